package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
)

func bodyOf(t *testing.T, got *http.Response) string {
	t.Helper()
	defer func() { _ = got.Body.Close() }()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDialects posts what senders of other programs post, and reads what they look for.
func TestDialects(t *testing.T) {
	t.Parallel()
	const plain, jsonType = "text/plain; charset=utf-8", "application/json"
	for name, c := range map[string]struct {
		method, path, contentType, body string
		status                          int
		answerType, answer              string // a part of it
		told                            string // a part of the notification
	}{
		"Slack":             {"POST", "slack", jsonType, `{"text":"*disk* <https://nas.example|full>"}`, 200, plain, "ok", "https://nas.example"},
		"SlackForm":         {"POST", "slack", "application/x-www-form-urlencoded", `payload=%7B%22text%22%3A%22disk+full%22%7D`, 200, plain, "ok", "disk full"},
		"SlackAnyCase":      {"POST", "SLACK/", jsonType, `{"text":"disk full"}`, 200, plain, "ok", "disk full"},
		"DiscordSlack":      {"POST", "discord/slack", jsonType, `{"text":"disk full"}`, 200, plain, "ok", "disk full"},
		"Discord":           {"POST", "discord", jsonType, `{"content":"disk full","nonce":1}`, 204, "", "", "disk full"},
		"DiscordWait":       {"POST", "discord?wait=true", jsonType, `{"content":"disk full"}`, 200, jsonType, `"type":0`, "disk full"},
		"DiscordNoWait":     {"POST", "discord?wait=false", jsonType, `{"content":"disk full"}`, 204, "", "", "disk full"},
		"Teams":             {"POST", "teams", jsonType, `{"@type":"MessageCard","text":"disk full"}`, 200, plain, "1", "disk full"},
		"Ntfy":              {"POST", "ntfy", jsonType, `{"topic":"nas","message":"disk full"}`, 200, jsonType, `"event":"message"`, "disk full"},
		"NtfyTopic":         {"PUT", "ntfy/nas_1-A", "", "disk full", 200, jsonType, `"id":"id-1"`, "disk full"},
		"NtfyCurl":          {"POST", "ntfy/nas", "application/x-www-form-urlencoded", "disk full", 200, jsonType, `"id":"id-1"`, "disk full"},
		"NtfyGet":           {"GET", "ntfy/nas/publish?message=disk+full&t=nas-1", "", "", 200, jsonType, `"message":"disk full"`, "nas-1"},
		"NtfySend":          {"GET", "ntfy/nas/send?m=disk+full", "", "", 200, jsonType, `"message":"disk full"`, "disk full"},
		"NtfyTrigger":       {"GET", "ntfy/nas/trigger/?m=disk+full", "", "", 200, jsonType, `"message":"disk full"`, "disk full"},
		"Gotify":            {"POST", "gotify/message?token=x", jsonType, `{"title":"nas-1","message":"disk full","priority":5}`, 200, jsonType, `"appid":1`, "disk full"},
		"GotifyForm":        {"POST", "message", "application/x-www-form-urlencoded", "title=nas-1&message=disk+full&priority=5", 200, jsonType, `"appid":1`, "disk full"},
		"Apprise":           {"POST", "apprise", jsonType, `{"version":"1.0","title":"nas-1","message":"disk full","type":"warning"}`, 200, jsonType, `{"ok":true,"id":"id-1"}`, "disk full"},
		"AppriseAPI":        {"POST", "apprise/notify/key", jsonType, `{"title":"nas-1","body":"disk full","type":"warning"}`, 200, jsonType, `{"ok":true,"id":"id-1"}`, "disk full"},
		"Alertmanager":      {"POST", "alertmanager", jsonType, `{"version":"4","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"DiskFull"},"annotations":{}}]}`, 200, jsonType, `{"ok":true,"id":"id-1"}`, "DiskFull"},
		"ErrNtfyGet":        {"GET", "ntfy/nas?message=x", "", "", 405, jsonType, "use POST, PUT", ""},
		"ErrNtfySubscribe":  {"GET", "ntfy/nas/json", "", "", 404, jsonType, "not found", ""},
		"ErrNtfyTopic":      {"POST", "ntfy/a%20b", "", "x", 404, jsonType, "not found", ""},
		"ErrNtfyEmptyTopic": {"POST", "ntfy//publish", "", "x", 404, jsonType, "not found", ""},
		"ErrSlackBelow":     {"POST", "slack/x", "", "x", 404, jsonType, "not found", ""},
		"ErrDiscordBelow":   {"POST", "discord/messages/1", "", "x", 404, jsonType, "not found", ""},
		"ErrGotifyBelow":    {"POST", "gotify/version", "", "x", 404, jsonType, "not found", ""},
		"ErrAppriseBelow":   {"POST", "apprise/notify/a/b", "", "x", 404, jsonType, "not found", ""},
		"ErrOther":          {"POST", "rocketchat", "", "x", 404, jsonType, "not found", ""},
		"ErrTwoSlashes":     {"POST", "slack//", "", "x", 404, jsonType, "not found", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, service := range []string{"generic", "sonarr"} { // the address outranks the service
				for _, before := range []string{"/webhook/", "/"} {
					h := newHouse(t, generic(t, func(h *gateway.Hook) { h.Service, _ = formatters.Lookup(service) }))
					got := h.serve(request(c.method, before+anID+"/"+c.path, c.body, "Content-Type", c.contentType))
					text := bodyOf(t, got)
					if got.StatusCode != c.status || !strings.Contains(text, c.answer) || got.Header.Get("Content-Type") != c.answerType {
						t.Fatalf("answer %d %s %q, want %d %s %q", got.StatusCode, got.Header.Get("Content-Type"), text, c.status, c.answerType, c.answer)
					}
					if strings.HasPrefix(c.answerType, "text") && text != c.answer {
						t.Errorf("answer %q, want %q and no more", text, c.answer)
					}
					if c.status == 404 && (text != unknown || h.metrics.String() != "unknown not_found") {
						t.Errorf("answer %q, metrics %q: not as for any unknown address", text, h.metrics)
					}
					webhooks := h.outbox.webhooks()
					if c.told == "" {
						if len(webhooks) > 0 {
							t.Error("it was enqueued")
						}
						continue
					}
					if !strings.Contains(sprint(gateway.Webhook{Notification: webhooks[0].Notification}), c.told) {
						t.Errorf("told as %+v, want %q", webhooks[0].Notification, c.told)
					}
					if webhooks[0].Service != service || h.metrics.String() != "backups accepted" {
						t.Errorf("service %s, metrics %s", webhooks[0].Service, h.metrics)
					}
				}
			}
		})
	}
}

// TestDialectOfCustom leaves a hook its own format, and answers as the sender expects.
func TestDialectOfCustom(t *testing.T) {
	t.Parallel()
	service, err := formatters.CompileCustom("Own", nil, []formatters.CustomField{{Name: "subject", Source: "payload.content"}})
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, generic(t, func(h *gateway.Hook) { h.Service = service }))
	if got := h.serve(request("POST", "/webhook/"+anID+"/discord", `{"content":"disk full"}`)); got.StatusCode != http.StatusNoContent {
		t.Errorf("answer %d", got.StatusCode)
	}
	if w := h.outbox.webhooks()[0]; w.Formatter != formatters.Custom || w.Notification.Subject != "disk full" {
		t.Errorf("told by %s: %+v", w.Formatter, w.Notification)
	}
}

// TestDialectNumbers reads the answers as clients do that count messages.
func TestDialectNumbers(t *testing.T) {
	t.Parallel()
	h := newHouse(t, generic(t))
	var discord struct{ ID, Timestamp string }
	var gotify struct {
		ID   uint64
		Date string
	}
	for range 2 {
		before := discord
		if err := json.Unmarshal([]byte(bodyOf(t, h.serve(request("POST", "/webhook/"+anID+"/discord?wait=true", `{"content":"x"}`, "Webhook-Id", "a")))), &discord); err != nil {
			t.Fatal(err)
		}
		number, err := strconv.ParseUint(discord.ID, 10, 63)
		if err != nil || number == 0 || discord.Timestamp != "2026-11-22T10:00:00Z" {
			t.Errorf("message %+v: %v", discord, err)
		}
		if before.ID != "" && before != discord {
			t.Errorf("the repeat is answered with %+v, first %+v", discord, before)
		}
	}
	if err := json.Unmarshal([]byte(bodyOf(t, h.serve(request("POST", "/webhook/"+anID+"/message", `{"message":"x"}`)))), &gotify); err != nil {
		t.Fatal(err)
	}
	if gotify.ID == 0 || gotify.ID > 1<<53 || gotify.Date != "2026-11-22T10:00:00Z" {
		t.Errorf("message %+v", gotify)
	}
}

func TestDialectErrors(t *testing.T) {
	t.Parallel()
	dead := func(context.Context) (gateway.State, error) { return gateway.Dead, nil }
	told := func(context.Context) (gateway.State, error) { return gateway.Told, nil }
	for _, dialect := range []string{"slack", "discord", "ntfy", "gotify", "message", "teams", "apprise", "alertmanager"} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, generic(t, func(h *gateway.Hook) { h.Wait = true }))
			post := func() *http.Response { return h.serve(request("POST", "/webhook/"+anID+"/"+dialect, "text")) }
			h.outbox.wait = dead
			check(t, post(), 502, `{"ok":false,"id":"id-1","error":"The webhook could not be told in its room"}`)
			h.outbox.wait = told
			if got := post(); !slices.Contains([]int{200, 204}, got.StatusCode) {
				t.Errorf("told: answer %d", got.StatusCode)
			}
			h.outbox.setErr(errors.New("disk full"))
			got := post()
			check(t, got, 503, `{"ok":false,"error":"The webhook could not be stored, please repeat it"}`)
			if got.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		})
	}
}

func TestFixedAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer         gateway.Answer
		path           string
		status         int
		wantType, body string
	}{
		"OK":          {gateway.Answer{Status: 201, Body: `{"a":1}`, ContentType: "application/json"}, "", 201, "application/json", `{"a":1}`},
		"OKEmpty":     {gateway.Answer{Status: 204, ContentType: "text/plain"}, "", 204, "", ""},
		"OKPlain":     {gateway.Answer{Status: 200, Body: "<b>"}, "", 200, "text/plain; charset=utf-8", "<b>"},
		"OKOutranks":  {gateway.Answer{Status: 200, Body: "mine"}, "/discord", 200, "text/plain; charset=utf-8", "mine"},
		"OKOutranks2": {gateway.Answer{Status: 202, Body: "mine"}, "/slack", 202, "text/plain; charset=utf-8", "mine"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, generic(t, func(h *gateway.Hook) { h.Answer = &c.answer }))
			got := h.serve(request("POST", "/webhook/"+anID+c.path, "text"))
			if text := bodyOf(t, got); got.StatusCode != c.status || text != c.body || got.Header.Get("Content-Type") != c.wantType {
				t.Errorf("answer %d %s %q", got.StatusCode, got.Header.Get("Content-Type"), text)
			}
			if got.Header.Get("X-Content-Type-Options") != "nosniff" || got.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("headers %v", got.Header)
			}
			// What is not accepted is answered as ever.
			h.outbox.setErr(errors.New("disk full"))
			check(t, h.serve(request("POST", "/webhook/"+anID, "text")), 503, `{"ok":false,"error":"The webhook could not be stored, please repeat it"}`)
			check(t, h.serve(request("DELETE", "/webhook/"+anID, "text")), 405, `{"ok":false,"error":"Method not allowed, use POST, PUT"}`)
		})
	}
}
