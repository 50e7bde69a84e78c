package gateway

import (
	"cmp"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits bound what one sender, or all of them together, can occupy. Zero values stand for
// the defaults.
type Limits struct {
	Connections int           // open at once; 1024
	Patience    time.Duration // how long a sender is waited for when all connections are taken; 1 s
	Header      time.Duration // from the first byte to the end of the header; 10 s
	Request     time.Duration // to the end of the body; 30 s
	Answer      time.Duration // from the end of the header to the end of the answer; 1 min
	Idle        time.Duration // between two requests; 2 min
}

// maxHeader is the largest header, in bytes; net/http adds 4 KiB to it.
const maxHeader = 32 << 10

// Server serves HTTP within limits. Serve it, and Shutdown it, as an http.Server.
type Server struct {
	*http.Server
	seats *seats
}

// NewServer returns a server for a handler. What net/http has to say is logged as a warning.
func NewServer(handler http.Handler, l Limits, logger *slog.Logger) *Server {
	seats := newSeats(cmp.Or(l.Connections, 1024), cmp.Or(l.Patience, time.Second))
	return &Server{
		seats: seats,
		Server: &http.Server{
			Handler:                      handler,
			ReadHeaderTimeout:            cmp.Or(l.Header, 10*time.Second),
			ReadTimeout:                  cmp.Or(l.Request, 30*time.Second),
			WriteTimeout:                 cmp.Or(l.Answer, time.Minute),
			IdleTimeout:                  cmp.Or(l.Idle, 2*time.Minute),
			MaxHeaderBytes:               maxHeader,
			DisableGeneralOptionsHandler: true,
			ErrorLog:                     slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
			ConnContext:                  seats.take,
			ConnState:                    seats.changed,
		},
	}
}

// Serve answers the connections of a listener until Shutdown or Close. When all connections
// are taken, the one that has kept the server waiting longest is closed for a new one,
// after some patience: its sender is idle, or trickles a header or a body. Those that the
// server works for are left alone, and new ones queue.
func (s *Server) Serve(l net.Listener) error {
	return s.Server.Serve(&seatedListener{Listener: l, seats: s.seats})
}
