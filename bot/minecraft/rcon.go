package minecraft

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/gorcon/rcon"
)

const (
	dialTime  = 5 * time.Second
	replyTime = 10 * time.Second // the server looks a name up in the internet
)

// Why a server could not be asked.
var (
	ErrAway     = errors.New("the Minecraft server does not answer")
	ErrPassword = errors.New("the Minecraft server refuses the password")
)

// Server is a Minecraft server with its console open to RCON. Its methods may be called from
// any goroutine; the server is asked one thing at a time.
type Server struct {
	address  string
	password string
	turn     chan struct{} // holds something while the server is asked
}

// NewServer returns the server at an address, "127.0.0.1:25575". It makes no connection.
func NewServer(address, password string) *Server {
	return &Server{address: address, password: password, turn: make(chan struct{}, 1)}
}

// Whitelist lets a player onto the whitelist, and returns the server's reply as well. The
// player must be valid. An error is ErrAway or ErrPassword; a server that does not reply in
// time may have done it all the same, which is Unconfirmed.
func (s *Server) Whitelist(ctx context.Context, p Player) (o Outcome, reply string, err error) {
	if !p.Valid() {
		return Failed, "", fmt.Errorf("whitelist %q: no name of a player", p.Name)
	}
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return Failed, "", ctx.Err()
	}
	defer func() { <-s.turn }()
	console, end, err := s.open(ctx)
	if err != nil {
		return Failed, "", err
	}
	defer end()
	reply, err = console.Execute(p.command())
	if err != nil {
		return Unconfirmed, "(" + err.Error() + ")", nil
	}
	return understand(reply), reply, nil
}

// open logs in to the console. It is closed when the context ends, or by end.
func (s *Server) open(ctx context.Context) (console *rcon.Conn, end func(), err error) {
	conn, err := (&net.Dialer{Timeout: dialTime}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	end = func() {
		stop()
		_ = conn.Close()
	}
	console, err = rcon.Open(conn, s.password, rcon.SetDeadline(replyTime))
	if err != nil {
		end()
		if errors.Is(err, rcon.ErrAuthFailed) {
			return nil, nil, fmt.Errorf("%w: %w", ErrPassword, err)
		}
		return nil, nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	return console, end, nil
}
