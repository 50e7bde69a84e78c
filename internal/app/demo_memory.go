package app

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

// memoryHome is a homeserver inside the program.
type memoryHome struct {
	server  *homeserver.Server
	address string
}

func (h *memoryHome) domain() string  { return "demo" }
func (h *memoryHome) url() string     { return "http://" + h.address }
func (h *memoryHome) encrypted() bool { return false }
func (h *memoryHome) hint() string    { return "" }

func (h *memoryHome) start(ctx context.Context, life *lifecycle, r config.Registration, _ string) error {
	h.server = homeserver.New(homeserver.Options{
		ServerName: h.domain(),
		KeepEvents: 500,
		Appservices: []homeserver.Appservice{{
			ID: r.ID, ASToken: r.ASToken.Reveal(), HSToken: r.HSToken.Reveal(), SenderLocalpart: r.SenderLocalpart,
			Users: regexp.MustCompile(`^` + r.Namespaces.Users[0].Regex + `$`),
		}},
	})
	server := &http.Server{Handler: h.server, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(life.log.Handler(), slog.LevelWarn)}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	h.address = l.Addr().String()
	serveHTTP(life, "homeserver", l, server, server.Serve)
	return nil
}

func (h *memoryHome) account(_ context.Context, localpart, password string) error {
	h.server.CreateAccount(localpart, password)
	return nil
}
