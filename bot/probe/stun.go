package probe

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"os"
	"time"
)

// STUN wants a server such as coturn to answer a binding request over UDP (RFC 8489, 6). One
// that wants to know who asks has answered, too.
type STUN struct{ Address string }

// The parts of STUN's header, and how long an answer is waited for before a packet is taken
// for lost (RFC 8489, 6.2.1).
const (
	stunRequest = 0x0001
	stunSuccess = 0x0101
	stunError   = 0x0111
	stunCookie  = 0x2112a442
	stunHeader  = 20 // bytes
	stunPause   = 500 * time.Millisecond
)

// Target implements Check.
func (s STUN) Target() string { return s.Address }

// Ask implements Check.
func (s STUN) Ask(ctx context.Context, d Dialer) (string, error) {
	conn, end, err := dial(ctx, d, "udp", s.Address)
	if err != nil {
		return "", err
	}
	defer end()
	request := binary.BigEndian.AppendUint16(nil, stunRequest)
	request = binary.BigEndian.AppendUint16(request, 0) // no attributes
	request = binary.BigEndian.AppendUint32(request, stunCookie)
	request = append(request, make([]byte, stunHeader-len(request))...)
	_, _ = rand.Read(request[8:]) // it never fails
	answer := make([]byte, 1500)
	for pause := stunPause; ; pause *= 2 {
		if _, err := conn.Write(request); err != nil {
			return "", err
		}
		until := time.Now().Add(pause)
		if end, ok := ctx.Deadline(); ok && end.Before(until) {
			until = end
		}
		if err := conn.SetReadDeadline(until); err != nil {
			return "", err
		}
		n, err := conn.Read(answer)
		switch {
		case err == nil:
			return "", stunAnswer(request, answer[:n])
		case ctx.Err() != nil:
			return "", ctx.Err()
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return "", err
		}
	}
}

// stunAnswer says what is wrong with an answer to a request.
func stunAnswer(request, answer []byte) error {
	if len(answer) < stunHeader || !bytes.Equal(answer[4:stunHeader], request[4:]) {
		return wrong("%d bytes that are no answer to a binding request", len(answer))
	}
	if kind := binary.BigEndian.Uint16(answer); kind != stunSuccess && kind != stunError {
		return wrong("a message of type %#04x", kind)
	}
	return nil
}
