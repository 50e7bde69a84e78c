package app

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/secrettest"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// clumsy is a formatter that panics with all that it was given.
type clumsy struct{}

func (clumsy) Format(p formatters.Payload) (formatters.Notification, error) {
	panic(fmt.Sprintf("%+v", p))
}

// careless is an enqueuer that panics with all that it was given.
type careless struct{ gateway.Enqueuer }

func (careless) Enqueue(_ context.Context, w gateway.Webhook) (gateway.Accepted, error) {
	panic(fmt.Sprintf("%+v", w))
}

// TestPanicsTellNoSecret has panics quote whatever they can get hold of, and looks for the
// secrets of a request in all that the program writes. What else can go wrong is tried on
// the real program, in e2e.
func TestPanicsTellNoSecret(t *testing.T) {
	t.Parallel()
	h := open(t)
	const id, bearer, password, query = secretMark + "-clumsy", "bearer-of-good-news", "basic-instincts", "query-of-doom"
	secrets := map[string]string{id: "the id", bearer: "the bearer token", password: "the password", query: "a secret in the query"}
	hook := gateway.Hook{
		ID: id, Name: "clumsy", Service: formatters.Service{Name: "clumsy", Title: "Clumsy", Formatter: clumsy{}},
		Room: h.room, Get: true, Auth: gateway.Auth{Bearer: []string{bearer}},
	}
	basic := hook
	basic.ID, basic.Name, basic.Auth = id+"-basic", "basic", gateway.Auth{Basic: &gateway.Basic{User: "kim", Passwords: []string{password}}}
	profile := (*h.sender.profiles.Load())["generic"]
	(*h.sender.profiles.Load())["clumsy"], (*h.sender.profiles.Load())["basic"] = profile, profile
	h.program.gateway.SetHooks([]gateway.Hook{hook, basic})

	where := map[string]string{}
	ask := func(id, authorization string) {
		t.Helper()
		s := payloads.Sample{Method: http.MethodGet, Query: "title=hello&token=" + query, Header: http.Header{"Authorization": {authorization}}}
		answer, err := post(t.Context(), "http://"+h.gateway+"/webhook/"+id, s)
		if err != nil {
			t.Fatal(err)
		}
		where["answers"] += answer + "\n"
	}
	ask(id, "Bearer "+bearer)
	ask(basic.ID, "Basic "+base64.StdEncoding.EncodeToString([]byte("kim:"+password)))
	if !strings.Contains(where["answers"], "202") {
		t.Errorf("after a formatter's panic, the answer is %s", where["answers"])
	}

	broken := gateway.New(gateway.Options{Enqueuer: careless{}, Log: slog.New(slog.NewTextHandler(h.log, nil))})
	broken.SetHooks([]gateway.Hook{hook})
	w := httpAsk(broken, "/webhook/"+id+"?token="+query, "Bearer "+bearer)
	where["answer of a broken gateway"] = w
	if !strings.HasPrefix(w, "503") || !strings.Contains(h.log.String(), "not accepted after a panic") {
		t.Errorf("after a panic, the answer is %s", w)
	}

	awaitMessages(t, h, 2)
	where["log"], where["metrics"] = h.log.String(), h.get("/metrics")
	for _, e := range h.home.server.Timeline(h.room) {
		where["room"] += string(e.Content)
	}
	files, err := filepath.Glob(filepath.Join(h.dir, "*.db*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("database files %q: %v", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		where[filepath.Base(file)] = string(data)
	}
	for place, content := range where {
		for _, what := range secrettest.Find([]byte(content), secrets) {
			t.Errorf("%s: holds %s", place, what)
		}
	}
}

// httpAsk asks a handler, and returns the status and body of its answer.
func httpAsk(h http.Handler, target, authorization string) string {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(`{"text":"hello"}`))
	r.Header.Set("Authorization", authorization)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return fmt.Sprint(w.Code, " ", w.Body)
}

// awaitMessages waits until the room was told so many messages.
func awaitMessages(t *testing.T, h *house, n int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); len(h.messages()) < n; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d messages, want %d", len(h.messages()), n)
		}
	}
}
