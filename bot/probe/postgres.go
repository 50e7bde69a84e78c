package probe

import (
	"context"
	"encoding/binary"
	"io"
)

// Postgres wants a PostgreSQL server to say whether it encrypts, which it tells everybody and
// notes in no log (PostgreSQL 17, "Message Formats", SSLRequest).
type Postgres struct {
	Address string // host:port, or the path of a Unix socket
}

// sslRequest is the code of the request, which no protocol version has.
const sslRequest = 80877103

// Target implements Check.
func (p Postgres) Target() string { return p.Address }

// Ask implements Check.
func (p Postgres) Ask(ctx context.Context, d Dialer) (string, error) {
	conn, end, err := dial(ctx, d, "tcp", p.Address)
	if err != nil {
		return "", err
	}
	defer end()
	request := binary.BigEndian.AppendUint32(nil, 8)
	if _, err := conn.Write(binary.BigEndian.AppendUint32(request, sslRequest)); err != nil {
		return "", err
	}
	var answer [1]byte
	if _, err := io.ReadFull(conn, answer[:]); err != nil {
		return "", cut(err)
	}
	if answer[0] != 'S' && answer[0] != 'N' {
		return "", wrong("the answer begins with %q", answer[:])
	}
	return "", nil
}
