//go:build goolm && linux

package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorcon/rcon"
	"github.com/gorcon/rcon/rcontest"
)

// languageModel speaks Ollama's protocol (docs/api.md, "Generate a chat completion"). What it
// answers depends on how a question begins.
type languageModel struct {
	url     string
	stopped chan struct{} // gets something when a question that never ends is given up
}

func startModel(t *testing.T) *languageModel {
	m := &languageModel{stopped: make(chan struct{}, 10)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/chat", m.chat)
	mux.HandleFunc("GET /api/tags", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"models":[{"name":"small:latest","model":"small:latest","size":1}]}`)
	})
	mux.HandleFunc("GET /page", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "all is fine") })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	m.url = server.URL
	return m
}

func (m *languageModel) chat(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Model    string
		Stream   bool
		Messages []struct{ Role, Content string }
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Model != "small" || !asked.Stream || len(asked.Messages) < 2 || asked.Messages[0].Role != "system" {
		http.Error(w, `{"error":"invalid request"}`, http.StatusBadRequest)
		return
	}
	refuse := func(status int, why string) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": why})
	}
	piece := func(fields map[string]any) {
		_ = json.NewEncoder(w).Encode(fields)
		_ = http.NewResponseController(w).Flush()
	}
	write := func(text string) {
		piece(map[string]any{"model": "small", "message": map[string]string{"role": "assistant", "content": text}, "done": false})
	}
	pause := func() { // longer than between two edits
		select {
		case <-time.After(2100 * time.Millisecond):
		case <-r.Context().Done():
		}
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	question := asked.Messages[len(asked.Messages)-1].Content
	switch {
	case strings.HasPrefix(question, "lost"):
		refuse(http.StatusNotFound, "model 'small' not found")
		return
	case strings.HasPrefix(question, "busy"):
		refuse(http.StatusServiceUnavailable, "server busy, please try again.  maximum pending requests exceeded")
		return
	case strings.HasPrefix(question, "away"):
		panic(http.ErrAbortHandler)
	case strings.HasPrefix(question, "break"):
		write("As I was going to say")
		if strings.HasSuffix(question, "late") {
			pause()
			write(" before I lost")
		}
		piece(map[string]any{"error": "an error was encountered while running the model: CUDA error"})
		return
	case strings.HasPrefix(question, "think"):
		piece(map[string]any{"message": map[string]string{"role": "assistant", "content": "", "thinking": "a secret thought"}, "done": false})
		write("<think>another secret thought</think>")
		write("**Forty-two** <@room> [link](https://example.org) & `code`.\n- one\n- two")
	case strings.HasPrefix(question, "story"):
		write("Once upon a time")
		pause()
		write(" there was a bot")
		pause()
		write(" that told no more.")
	case strings.HasPrefix(question, "forever"):
		for r.Context().Err() == nil {
			write("on ")
			pause()
		}
		m.stopped <- struct{}{}
		return
	case strings.HasPrefix(question, "silence"):
	default:
		var before []string
		for _, said := range asked.Messages[1:] {
			before = append(before, said.Role+" "+said.Content)
		}
		write("I have read: " + strings.Join(before, "; ") + ".")
	}
	piece(map[string]any{"model": "small", "message": map[string]string{"role": "assistant", "content": ""}, "done": true, "done_reason": "stop", "eval_count": 2})
}

const rconPassword = "the password of RCON"

// startGameServer returns the address of the console of a Minecraft server.
func startGameServer(t *testing.T) string {
	server := rcontest.NewServer(
		rcontest.SetSettings(rcontest.Settings{Password: rconPassword}),
		rcontest.SetCommandHandler(func(c *rcontest.Context) {
			_, _ = rcon.NewPacket(rcon.SERVERDATA_RESPONSE_VALUE, c.Request().ID, gameReply(c.Request().Body())).WriteTo(c.Conn())
		}),
	)
	t.Cleanup(server.Close)
	return server.Addr()
}

// gameReply is what the game says to a command.
func gameReply(command string) string {
	switch command {
	case "whitelist add Kim":
		return "Added Kim to the whitelist"
	case "whitelist add Old_Hand":
		return "§ePlayer is already whitelisted"
	case "whitelist add Nobody":
		return "That player does not exist"
	case "whitelist add Odd":
		return "Hm."
	case `fwhitelist add "Kim Lee"`:
		return ""
	}
	return "Unknown or incomplete command, see below for error\n" + command + "<--[HERE]"
}
