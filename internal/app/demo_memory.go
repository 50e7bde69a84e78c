package app

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

// memoryHome is a homeserver inside the program.
type memoryHome struct {
	server  *homeserver.Server
	address string
}

func (h *memoryHome) domain() string { return "demo" }
func (h *memoryHome) url() string    { return "http://" + h.address }
func (h *memoryHome) hint() string   { return "" }

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

func (h *memoryHome) rooms(_ context.Context, _ *lifecycle, rooms []console.Room, invite string, log *demoLog) (map[string]string, error) {
	visitor := h.server.CreateAccount("visitor", "")
	ids := map[string]string{}
	for _, r := range rooms {
		id, err := h.server.CreateRoom(visitor.UserID, homeserver.RoomOptions{Name: r.Title, Invite: []string{invite}})
		if err != nil {
			return nil, err
		}
		ids[r.Name] = id
		h.server.Subscribe(func(e homeserver.Event) {
			if e.RoomID == id {
				log.add(console.Event{
					Room: r.Name, ID: e.ID, Sender: e.Sender, Type: e.Type, StateKey: e.StateKey, Content: e.Content, Time: e.Time,
				})
			}
		})
	}
	return ids, nil
}
