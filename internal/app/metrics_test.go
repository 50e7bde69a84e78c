package app

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// While the database is away, what the outbox holds is not known. That webhooks are refused
// for it is, and the alert on it needs an answer.
func TestMetricsWithoutDatabase(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "lotus-hooks.db"))
	if err != nil {
		t.Fatal(err)
	}
	box := outbox.New(outbox.Options{DB: db, Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(box.Close)
	m := newMetrics("test")
	m.registry.MustRegister(newOutboxCollector(box, func() []string { return nil }))
	m.Received("backups", "unavailable", 0)
	get := func() (int, string) {
		w := httptest.NewRecorder()
		m.handler(slog.New(slog.DiscardHandler)).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		return w.Code, w.Body.String()
	}
	const refused, entries = `lotus_hooks_webhooks_total{hook="backups",result="unavailable"} 1`, `lotus_hooks_outbox_entries{state="pending"} 0`
	if status, text := get(); status != 200 || !strings.Contains(text, refused) || !strings.Contains(text, entries) {
		t.Errorf("with the database: status %d:\n%s", status, text)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if status, text := get(); status != 200 || !strings.Contains(text, refused) || strings.Contains(text, entries) {
		t.Errorf("without the database: status %d:\n%s", status, text)
	}
}
