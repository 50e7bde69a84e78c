package app

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// maxTransaction bounds what the homeserver pushes at once: it sends at most 100 events, of
// at most 64 KiB each.
const maxTransaction = 8 << 20

// serveTransactions answers the homeserver's pushes. They are a hint only, that somebody may
// have let us into a room: what matters is read from /sync and from the rooms themselves.
func serveTransactions(ctx context.Context, life *lifecycle, cfg *config.Config, p *program, log *slog.Logger) error {
	token := []byte(cfg.Appservice.Registration.HSToken.Reveal())
	allowed := func(w http.ResponseWriter, r *http.Request) bool {
		given := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if subtle.ConstantTimeCompare([]byte(given), token) == 1 {
			return true
		}
		writeMatrix(w, http.StatusForbidden, `{"errcode":"M_FORBIDDEN","error":"Bad token"}`)
		return false
	}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /_matrix/app/v1/transactions/{id}", func(w http.ResponseWriter, r *http.Request) {
		if !allowed(w, r) {
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxTransaction))
		writeMatrix(w, http.StatusOK, `{}`)
		if err != nil {
			return
		}
		types := eventTypes(body)
		p.metrics.hookshot.pushed(len(types))
		if slices.Contains(types, "m.room.member") { // people come, go or are invited
			p.relay.Unpark()
		}
	})
	mux.HandleFunc("POST /_matrix/app/v1/ping", func(w http.ResponseWriter, r *http.Request) {
		if allowed(w, r) {
			writeMatrix(w, http.StatusOK, `{}`)
		}
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeMatrix(w, http.StatusNotFound, `{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`)
	})
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	return listenHTTP(ctx, life, "appservice", string(cfg.Appservice.Listen), server, server.Serve)
}

// eventTypes returns the types of the events in a transaction.
func eventTypes(transaction []byte) []string {
	var t struct {
		Events []struct {
			Type string `json:"type"`
		} `json:"events"`
	}
	if json.Unmarshal(transaction, &t) != nil {
		return nil
	}
	var types []string
	for _, e := range t.Events {
		types = append(types, e.Type)
	}
	return types
}

func writeMatrix(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // a homeserver that no longer listens repeats its request
}
