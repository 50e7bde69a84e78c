package app

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

type accepting struct{ gateway.Enqueuer }

func (accepting) Enqueue(context.Context, gateway.Webhook) (gateway.Accepted, error) {
	return gateway.Accepted{ID: "an-id", Deliveries: 1}, nil
}

// TestCredentials configures each kind of authentication: what `send` brings is accepted,
// and nothing without it.
func TestCredentials(t *testing.T) {
	t.Parallel()
	for name, auth := range map[string]string{
		"Bearer":           "{bearer: [new, old]}",
		"Basic":            "{basic: {user: ann, password: [p, q]}}",
		"Header":           "{header: {name: x-gitlab-token, value: v}}",
		"BearerAndHeader":  "{bearer: b, header: {name: X-Token, value: v}}",
		"Grafana":          "{hmac: key, scheme: grafana}",
		"GrafanaHeaders":   "{hmac: [key, other], scheme: grafana, signature_header: X-Sig, timestamp_header: X-Time}",
		"GitHub":           "{hmac: key, scheme: github}",
		"Gitea":            "{hmac: key, scheme: gitea}",
		"StandardWebhooks": "{hmac: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, scheme: standard-webhooks}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, err := loadAuth(t, auth)
			if err != nil {
				t.Fatal(err)
			}
			h, err := compileHooks(cfg)
			if err != nil {
				t.Fatal(err)
			}
			g := gateway.New(gateway.Options{Enqueuer: accepting{}, Log: slog.New(slog.DiscardHandler)})
			g.SetHooks(h.gateway)
			post := func(prepare func(http.Header)) int {
				r := httptest.NewRequest(http.MethodPost, "/webhook/"+cfg.Hooks[0].ID.Reveal(), strings.NewReader("body"))
				prepare(r.Header)
				w := httptest.NewRecorder()
				g.ServeHTTP(w, r)
				return w.Code
			}
			with := func(header http.Header) {
				if err := addCredentials(header, cfg.Hooks[0].Auth, []byte("body"), time.Now()); err != nil {
					t.Error(err)
				}
			}
			if code := post(with); code != http.StatusAccepted {
				t.Errorf("with credentials: %d", code)
			}
			if code := post(func(http.Header) {}); code != http.StatusUnauthorized {
				t.Errorf("without: %d", code)
			}
		})
	}
	t.Run("ErrKey", func(t *testing.T) {
		t.Parallel()
		_, err := loadAuth(t, "{hmac: [whsec_bmV4dC1rZXk=, whsec_hunter2!], scheme: standard-webhooks}")
		if err == nil || !strings.Contains(err.Error(), "hooks[0].auth.hmac: is no key of Standard Webhooks") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("error %v", err)
		}
	})
}

// loadAuth loads a configuration with one hook that asks for something.
func loadAuth(t *testing.T, auth string) (*config.Config, error) {
	t.Helper()
	dir := t.TempDir()
	r, err := config.NewRegistration(config.RegistrationParams{UserPrefix: "hookshot_", Domain: "example.org"}, strings.NewReader(strings.Repeat("tokens", 100)))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.WriteFile(filepath.Join(dir, "registration.yaml")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "hooks.yaml")
	text := `homeserver: {url: "http://127.0.0.1:1", domain: example.org}
appservice: {registration: registration.yaml}
hooks: [{id: 5ac4f0b2-93be-4d6f-8a1e-7c0d2b9f61e3, service: generic, room: "!spam", auth: ` + auth + "}]\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Load(path, func(string) string { return "" }, checkHooks)
}
