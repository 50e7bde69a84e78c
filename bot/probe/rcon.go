package probe

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
)

// RCON wants a game server to refuse an empty password (Source RCON protocol,
// SERVERDATA_AUTH): whoever speaks the protocol does, and no password is needed to know.
type RCON struct{ Address string }

const (
	rconValue  = 0
	rconAnswer = 2
	rconAuth   = 3
	rconLeast  = 10 // bytes behind the length: id, type and two zeros
	rconMost   = 4110
)

// Target implements Check.
func (r RCON) Target() string { return r.Address }

// Ask implements Check.
func (r RCON) Ask(ctx context.Context, d Dialer) (string, error) {
	conn, end, err := dial(ctx, d, "tcp", r.Address)
	if err != nil {
		return "", err
	}
	defer end()
	request := binary.LittleEndian.AppendUint32(nil, rconLeast)
	request = binary.LittleEndian.AppendUint32(request, 1)
	request = append(binary.LittleEndian.AppendUint32(request, rconAuth), 0, 0)
	if _, err := conn.Write(request); err != nil {
		return "", err
	}
	for { // some servers send an empty packet before the answer; both are read, so that they see no broken connection
		kind, err := rconPacket(conn)
		if err != nil || kind == rconAnswer {
			return "", err
		}
	}
}

// rconPacket reads a packet and returns its type.
func rconPacket(r io.Reader) (kind uint32, err error) {
	var header [12]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return 0, cut(err)
	}
	size, kind := binary.LittleEndian.Uint32(header[:]), binary.LittleEndian.Uint32(header[8:])
	if size < rconLeast || size > rconMost || kind != rconValue && kind != rconAnswer {
		return 0, wrong("%x is no packet of RCON", header)
	}
	if _, err := io.CopyN(io.Discard, r, int64(size)-8); err != nil {
		return 0, cut(err)
	}
	return kind, nil
}

// cut tells a connection that was closed without an answer from one that was never opened.
func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return wrong("the connection was closed without one")
	}
	return err
}
