package ollama_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/ollama"
)

// serve starts a server that answers every question alike, and returns a client of it.
func serve(t *testing.T, status int, answer string) *ollama.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return &ollama.Client{URL: server.URL, Model: "tiny"}
}

func ask(ctx context.Context, c *ollama.Client) (answer string, cut bool, err error) {
	var b strings.Builder
	cut, err = c.Chat(ctx, []ollama.Message{{Role: "user", Content: "hi"}}, func(piece string) error {
		b.WriteString(piece)
		return nil
	})
	return b.String(), cut, err
}

func said(piece string) string {
	return fmt.Sprintf(`{"model":"tiny","created_at":"2026-03-01T12:00:00Z","message":{"role":"assistant","content":%q},"done":false}`, piece) + "\n"
}

const done = `{"model":"tiny","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":5,"eval_count":2}` + "\n"

func TestChat(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20-len(said(""))+1)
	for name, test := range map[string]struct {
		status       int
		stream, want string
		cut          bool
		err          error // nil: none
		message      string
	}{
		"OK":           {200, said("Hello") + said(" there.") + done, "Hello there.", false, nil, ""},
		"LastLine":     {200, said("Hello") + strings.ReplaceAll(done, `content":""`, `content":"!"`), "Hello!", false, nil, ""},
		"Length":       {200, said("Hello") + strings.ReplaceAll(done, `"stop"`, `"length"`), "Hello", true, nil, ""},
		"Thinking":     {200, `{"message":{"role":"assistant","content":"","thinking":"hm"},"done":false}` + "\n" + said("Yes.") + done, "Yes.", false, nil, ""},
		"EmptyLines":   {200, "\n" + said("Hello") + "\r\n" + done, "Hello", false, nil, ""},
		"OneObject":    {200, `{"message":{"role":"assistant","content":"All at once."},"done":true,"done_reason":"stop"}`, "All at once.", false, nil, ""},
		"Load":         {200, `{"message":{"role":"assistant","content":""},"done":true,"done_reason":"load"}`, "", false, nil, ""},
		"LongLine":     {200, said(long) + done, long, false, nil, ""},
		"ErrLine":      {200, said("Hel") + said(long+long) + done, "Hel", false, nil, "token too long"},
		"ErrMidStream": {200, said("Hel") + `{"error":"an error was encountered while running the model"}` + "\n", "Hel", false, nil, "an error was encountered while running the model"},
		"ErrBrokenOff": {200, said("Hel"), "Hel", false, io.ErrUnexpectedEOF, ""},
		"ErrOther":     {200, "<html>It works!</html>", "", false, nil, "no line of a stream: <html>It works!</html>"},
		"ErrNoModel":   {404, `{"error":"model 'tiny' not found"}`, "", false, ollama.ErrNoModel, ""},
		"ErrNotFound":  {404, `404 page not found`, "", false, nil, "ollama (404): 404 page not found"},
		"ErrBusy":      {503, `{"error":"server busy, please try again.  maximum pending requests exceeded"}`, "", false, ollama.ErrBusy, ""},
		"ErrTooMany":   {429, ``, "", false, ollama.ErrBusy, ""},
		"ErrProxy":     {502, `<html>Bad Gateway</html>`, "", false, ollama.ErrAway, ""},
		"ErrRequest":   {400, `{"error":"\"tiny\" does not support thinking"}`, "", false, nil, `"tiny" does not support thinking`},
		"ErrForbidden": {403, ``, "", false, nil, "ollama (403): "},
		"ErrShape":     {500, `{"error":{"message":"odd"}}`, "", false, nil, `{"error":{"message":"odd"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, cut, err := ask(t.Context(), serve(t, test.status, test.stream))
			if got != test.want || cut != test.cut {
				t.Errorf("got %d bytes %.40q, cut %v", len(got), got, cut)
			}
			switch {
			case test.err == nil && test.message == "":
				if err != nil {
					t.Error(err)
				}
			case test.err != nil && !errors.Is(err, test.err),
				test.err == nil && (err == nil || !strings.Contains(err.Error(), test.message)):
				t.Errorf("the error is %v", err)
			case test.err == nil:
				for _, kind := range []error{ollama.ErrAway, ollama.ErrBusy, ollama.ErrNoModel} {
					if errors.Is(err, kind) {
						t.Errorf("%v is %v", err, kind)
					}
				}
			}
		})
	}
}

// TestRequest looks at what is asked.
func TestRequest(t *testing.T) {
	t.Parallel()
	no := false
	for name, test := range map[string]struct {
		client ollama.Client
		want   string
	}{
		"Least": {ollama.Client{}, `{"model":"tiny","messages":[{"role":"user","content":"hi"}],"stream":true,"options":{}}`},
		"All":   {ollama.Client{Tokens: 400, Think: &no}, `{"model":"tiny","messages":[{"role":"user","content":"hi"}],"stream":true,"think":false,"options":{"num_predict":400}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got, where string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				got, where = string(body), r.Method+" "+r.URL.Path+" "+r.Header.Get("Content-Type")
				_, _ = io.WriteString(w, done)
			}))
			defer server.Close()
			test.client.URL, test.client.Model = server.URL+"/", "tiny"
			if _, _, err := ask(t.Context(), &test.client); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" || where != "POST /api/chat application/json" {
				t.Errorf("%s: %s", where, diff)
			}
		})
	}
}

func TestAway(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ask(t.Context(), &ollama.Client{URL: "http://" + address}); !errors.Is(err, ollama.ErrAway) {
		t.Errorf("the error is %v", err)
	}
}

// TestCancel ends a question, and the server's work with it.
func TestCancel(t *testing.T) {
	t.Parallel()
	stopped := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(stopped)
		_, _ = io.Copy(io.Discard, r.Body) // only then the server looks for the end of the connection
		_, _ = io.WriteString(w, said("once upon a time"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := (&ollama.Client{URL: server.URL}).Chat(ctx, nil, func(string) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	select {
	case <-stopped:
	case <-time.After(10 * time.Second):
		t.Error("the server works on")
	}
}

// TestEnough stops in the midst, because the caller has read enough.
func TestEnough(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	_, err := serve(t, 200, said("a")+said("b")+done).Chat(t.Context(), nil, func(string) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("the error is %v", err)
	}
}

func TestSpoken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ answer, want string }{
		"Plain":        {" Hello. ", "Hello."},
		"Empty":        {"", ""},
		"Thoughts":     {"<think>\nhm\n</think>\n\nHello.", "Hello."},
		"ThinkingYet":  {"<think>\nhm", ""},
		"Beginning":    {"\n<thi", ""},
		"NearlyThat":   {"<them> said so", "<them> said so"},
		"OnlyTheEnd":   {"hm\n\n</think>\n\nHello.", "Hello."},
		"InTheAnswer":  {"The tag <think> ends with </think>.", "The tag <think> ends with </think>."},
		"LessThanSign": {"<", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := ollama.Spoken(test.answer); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
