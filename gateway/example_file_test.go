package gateway_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// TestExampleFile compiles every expression of hooks.example.yaml and runs it on every
// sample of its service.
func TestExampleFile(t *testing.T) {
	t.Parallel()
	c := exampleFile(t)
	expressions := 0
	for _, h := range c.Hooks {
		for _, e := range expressionsOf(h) {
			expressions++
			t.Run(e.Path, func(t *testing.T) {
				t.Parallel()
				box, metrics, logs := &outbox{}, &counts{}, &logs{}
				g := newGateway(box, metrics, logs)
				g.SetHooks([]gateway.Hook{{
					ID: anID, Name: h.Name, Service: service(t, h.Service), Room: h.Room, Get: true,
					Filter: compileAt(t, e),
				}})
				samples := payloads.Of(h.Service)
				for _, s := range samples {
					r := request(s.Method, "/webhook/"+anID+"?"+s.Query, string(s.Body))
					r.Header = s.Header.Clone()
					if got := (&house{Gateway: g}).serve(r); got.StatusCode != http.StatusAccepted {
						t.Errorf("%s: answer %d", s.Path(), got.StatusCode)
					}
				}
				if text := logs.String(); strings.Contains(text, "filter failed") || strings.Contains(metrics.String(), "expr") {
					t.Errorf("it fails at run time:\n%s", text)
				}
				if len(samples) == 0 {
					t.Errorf("there are no samples of %s", h.Service)
				}
			})
		}
	}
	if expressions < 8 {
		t.Errorf("%d expressions found: is the example read?", expressions)
	}
}

func expressionsOf(h config.Hook) []config.Expr {
	var all []config.Expr
	if !h.Filter.IsZero() {
		all = append(all, h.Filter)
	}
	for _, r := range h.Routes {
		all = append(all, r.When)
	}
	return all
}

// compileAt compiles an expression and says where in the file it is wrong.
func compileAt(t *testing.T, e config.Expr) *gateway.Condition {
	t.Helper()
	c, err := gateway.Compile(e.Source)
	var located *gateway.CompileError
	if errors.As(err, &located) {
		t.Fatal(e.Problem(located.Line, located.Column-1, located.Message, located.Remedy))
	}
	return c
}

// exampleFile loads hooks.example.yaml with ids that are not published.
func exampleFile(t *testing.T) *config.Config {
	t.Helper()
	text, err := os.ReadFile("../hooks.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	fresh := regexp.MustCompile(`00000000-0000-4000-8000-\d{12}`).ReplaceAllStringFunc(string(text), func(string) string {
		n++
		return fmt.Sprintf("%x5c4f0b2-93be-4d6f-8a1e-7c0d2b9f61e3", n)
	})
	dir := t.TempDir()
	for name, content := range map[string]string{
		"hooks.yaml": strings.ReplaceAll(fresh, "/etc/matrix-synapse/lotus-hooks.yaml", "registration.yaml"),
		"registration.yaml": `{id: lotus-hooks, url: "http://127.0.0.1:9002", as_token: a-long-token-of-ours-0123456789, hs_token: a-long-token-of-its-0123456789,
			sender_localpart: lotus-hooks, rate_limited: false, io.element.msc4190: true, namespaces: {users: [{exclusive: true, regex: '@hookshot_.*:example\.org'}]}}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := config.Load(filepath.Join(dir, "hooks.yaml"), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSamples sends every sample of every service, as its sender would.
func TestSamples(t *testing.T) {
	t.Parallel()
	for _, s := range payloads.Of("") {
		t.Run(s.Path(), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, gateway.Hook{ID: anID, Name: "a", Service: service(t, s.Service), Room: "spam", Get: true})
			r := request(s.Method, (&url.URL{Path: "/webhook/" + anID, RawQuery: s.Query}).String(), string(s.Body))
			r.Header = s.Header.Clone()
			check(t, h.serve(r), 202, accepted)
		})
	}
}
