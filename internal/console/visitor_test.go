package console_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
)

func TestPostMessage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body   string
		header string
		err    error
		none   bool // whether the page has no visitor
		want   int
		says   string
	}{
		"OK":           {body: `{"room":"commands","text":"!poll \"Pizza?\""}`, header: "Sec-Fetch-Site: same-origin", want: 202},
		"OKDirect":     {body: `{"room":"direct","text":"crane"}`, want: 202},
		"ErrCrossSite": {body: `{"room":"commands","text":"!help"}`, header: "Sec-Fetch-Site: cross-site", want: 403},
		"ErrOrigin":    {body: `{"room":"commands","text":"!help"}`, header: "Origin: http://localhost:3000", want: 403},
		"ErrReadOnly":  {body: `{"room":"spam","text":"!help"}`, want: 404},
		"ErrNoRoom":    {body: `{"room":"none","text":"!help"}`, want: 404},
		"ErrNoVisitor": {body: `{"room":"commands","text":"!help"}`, none: true, want: 404},
		"ErrEmpty":     {body: `{"room":"commands","text":" \n "}`, want: 422, says: "nothing to say"},
		"ErrTooLong":   {body: `{"room":"commands","text":"` + strings.Repeat("x", 4097) + `"}`, want: 413, says: "too long"},
		"ErrNotJSON":   {body: "room=commands", want: 400},
		"ErrRefused":   {body: `{"room":"direct","text":"crane"}`, err: console.Refusal("Nobody is there yet."), want: 422, says: "Nobody is there yet."},
		"ErrFails":     {body: `{"room":"commands","text":"!help"}`, err: errors.New("token secret"), want: 502},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			room := newFakeRoom()
			o := chatOptions(t, room, c.err)
			if c.none {
				o.Visitor = nil
			}
			w := do(console.New(o), request("POST", "/api/messages", c.body, headerOf(c.header)...))
			if w.Code != c.want || !strings.Contains(w.Body.String(), c.says) || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, c.want, c.says)
			}
			if said := len(room.history()); (said == 1) != (c.want == http.StatusAccepted) {
				t.Errorf("%d messages were sent", said)
			}
		})
	}
}

func headerOf(header string) []string {
	if header == "" {
		return nil
	}
	return []string{header}
}

// What a visitor does to messages: reactions to those that are there, and back with those of
// their own.
func TestReactions(t *testing.T) {
	t.Parallel()
	room := newFakeRoom()
	h := console.New(chatOptions(t, room, nil))
	asked := room.addTo("commands", "@bot:demo", "m.room.message", map[string]string{"msgtype": "m.text", "body": "Pizza?"})
	seeded := room.react("commands", "@bot:demo", asked, "✅")
	elsewhere := room.say("@bot:demo", "read only")
	ask := func(path, event, key string) int {
		t.Helper()
		body, err := json.Marshal(map[string]string{"room": "commands", "event": event, "key": key})
		if err != nil {
			t.Fatal(err)
		}
		return do(h, request("POST", path, string(body))).Code
	}
	for name, c := range map[string]struct {
		path, event, key string
		want             int
	}{
		"ErrNoMessage":   {"/api/reactions", "$none", "✅", 404},
		"ErrOtherRoom":   {"/api/reactions", elsewhere, "✅", 404},
		"ErrToReaction":  {"/api/reactions", seeded, "✅", 404},
		"ErrNoKey":       {"/api/reactions", asked, "", 422},
		"ErrLongKey":     {"/api/reactions", asked, strings.Repeat("x", 65), 422},
		"ErrNotOwn":      {"/api/redactions", seeded, "", 404},
		"ErrNotReaction": {"/api/redactions", asked, "", 404},
	} {
		if got := ask(c.path, c.event, c.key); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
	if got := ask("/api/reactions", asked, "✅"); got != http.StatusAccepted {
		t.Fatalf("a reaction got %d", got)
	}
	all := room.history()
	own := all[len(all)-1]
	if own.Type != "m.reaction" || own.Sender != visitorID || own.Room != "commands" {
		t.Errorf("the reaction is %+v", own)
	}
	if got := ask("/api/redactions", own.ID, ""); got != http.StatusAccepted {
		t.Errorf("taking it back got %d", got)
	}
	if n := len(room.history()); n != 5 {
		t.Errorf("%d events, want 5: a message, its reactions and a redaction, and one elsewhere", n)
	}
}

func TestPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := console.New(chatOptions(t, newFakeRoom(), nil))
		say := func() int { return do(h, request("POST", "/api/messages", `{"room":"commands","text":"!help"}`)).Code }
		for i := range 20 {
			if got := say(); got != http.StatusAccepted {
				t.Fatalf("message %d got %d", i, got)
			}
		}
		if got := say(); got != http.StatusTooManyRequests {
			t.Errorf("the 21st at once got %d, want 429", got)
		}
		time.Sleep(400 * time.Millisecond)
		if a, b := say(), say(); a != http.StatusAccepted || b != http.StatusTooManyRequests {
			t.Errorf("a moment later got %d and %d, want one", a, b)
		}
		time.Sleep(time.Hour)
		for range 20 {
			if got := say(); got != http.StatusAccepted {
				t.Fatalf("after an hour got %d", got)
			}
		}
		if got := say(); got != http.StatusTooManyRequests {
			t.Errorf("an hour saved up more than a burst: %d", got)
		}
	})
}

func TestChatPage(t *testing.T) {
	t.Parallel()
	w := do(console.New(chatOptions(t, newFakeRoom(), nil)), request("GET", "/api/page", ""))
	var got struct {
		Visitor string
		Rooms   []struct {
			Name string
			Chat *struct {
				Direct bool
				Hints  []string
			}
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	chats := map[string]any{}
	for _, r := range got.Rooms {
		if r.Chat != nil {
			chats[r.Name] = []any{r.Chat.Direct, strings.Join(r.Chat.Hints, " ")}
		}
	}
	if diff := cmp.Diff(map[string]any{"commands": []any{false, "!help !wordle"}, "direct": []any{true, "crane"}}, chats); diff != "" || got.Visitor != visitorID {
		t.Errorf("visitor %q, chats (-want +got):\n%s", got.Visitor, diff)
	}
}

// What passes comes without an id, and does not come to pages that open later.
func TestStreamPassing(t *testing.T) {
	t.Parallel()
	room := newFakeRoom()
	server := httptest.NewServer(console.New(chatOptions(t, room, nil)))
	defer server.Close()
	room.say("@a:demo", "one")
	p := open(t, server, "")
	defer p.close()
	p.expect(t, "begin anew", "one", "live")
	room.pass("commands", "@bot:demo")
	room.say("@a:demo", "two")
	p.expect(t, "passing", "two")
	late := open(t, server, "$1")
	defer late.close()
	late.expect(t, "begin resumed", "two", "live")
}
