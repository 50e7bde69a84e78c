package formatters_test

import (
	"net/url"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// TestDialect reads what could be something else as what the address says it is.
func TestDialect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		dialect, method, query, body string
		header                       map[string][]string
		want                         string
	}{
		"SlackMarkup":      {"slack", "POST", "", `{"text":"*nas-1* is <https://nas.example|full>"}`, nil, "MESSAGE nas-1 is full\nfull: https://nas.example"},
		"SlackEscapes":     {"slack", "POST", "", `{"text":"a &lt;b&gt;"}`, nil, "MESSAGE a <b>"},
		"SlackOther":       {"slack", "POST", "", `{"content":"hi","embeds":[{"title":"nas-1"}]}`, nil, "MESSAGE nas-1: hi"},
		"SlackUnknown":     {"slack", "POST", "", `{"message":"hi"}`, nil, "MESSAGE hi"},
		"SlackNoJSON":      {"slack", "POST", "", `hi`, nil, "MESSAGE hi"},
		"DiscordMore":      {"discord", "POST", "", `{"content":"**hi** <@123>","nonce":1}`, nil, "MESSAGE hi @someone"},
		"TeamsText":        {"teams", "POST", "", `{"text":"**hi**"}`, nil, "MESSAGE hi"},
		"NtfyHeaders":      {"ntfy", "PUT", "", "hi", map[string][]string{"Title": {"nas-1"}, "Tags": {"warning"}}, "WARNING nas-1: hi"},
		"NtfyQuery":        {"ntfy", "GET", "m=hi&t=nas-1&ta=x", "", nil, "ERROR nas-1: hi"},
		"NtfyQueryLong":    {"ntfy", "GET", "message=hi&title=nas-1&priority=5", "", nil, "ERROR nas-1: hi"},
		"NtfyQueryAndBody": {"ntfy", "POST", "t=nas-1&tags=warning", "hi", nil, "WARNING nas-1: hi"},
		"NtfyJSON":         {"ntfy", "POST", "", `{"message":"hi","title":"nas-1"}`, nil, "MESSAGE nas-1: hi"},
		"GotifyForm":       {"gotify", "POST", "token=x", `title=nas-1&message=hi&priority=8`, nil, "ERROR nas-1: hi"},
		"GotifyFormLow":    {"gotify", "POST", "", `title=nas-1&message=hi&priority=5`, nil, "MESSAGE nas-1: hi"},
		"DiscordForm":      {"discord", "POST", "", `content=**hi**&username=nas-1`, nil, "MESSAGE nas-1: hi"},
		"NtfyForm":         {"ntfy", "POST", "", `disk=full`, nil, "MESSAGE disk=full"},
		"Gotify":           {"gotify", "POST", "", `{"message":"hi","title":"nas-1"}`, nil, "MESSAGE nas-1: hi"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ok := formatters.Dialect(c.dialect)
			if !ok || s.Name != "generic" {
				t.Fatalf("service %q, %v", s.Name, ok)
			}
			query, err := url.ParseQuery(c.query)
			if err != nil {
				t.Fatal(err)
			}
			told := s.Format(s.PayloadOf(c.method, c.header, query, []byte(c.body), time.Time{}))
			if got := formatters.Render(told.Notification, formatters.RenderOptions{}).Body; got != c.want || told.Fallback {
				t.Errorf("told as %q (%v), want %q", got, told.Err, c.want)
			}
		})
	}
	if _, ok := formatters.Dialect("irc"); ok {
		t.Error("there is a dialect irc")
	}
}

// FuzzDialect: what the generic formatter can tell, each dialect can.
func FuzzDialect(f *testing.F) {
	f.Add(`{"text":"*hi*"}`, "m=hi")
	f.Add(`{"content":null,"embeds":[{}]}`, "")
	f.Add(`{"sections":[[]],"message":{}}`, "t=%zz")
	f.Fuzz(func(t *testing.T, body, rawQuery string) {
		query, _ := url.ParseQuery(rawQuery) // as much as there is
		for _, name := range []string{"slack", "discord", "teams", "ntfy", "gotify"} {
			s, _ := formatters.Dialect(name)
			told := s.Format(s.PayloadOf("POST", nil, query, []byte(body), time.Time{}))
			if told.Fallback {
				t.Errorf("%s: %v", name, told.Err)
			}
			if formatters.Render(told.Notification, formatters.RenderOptions{}).Body == "" {
				t.Errorf("%s says nothing", name)
			}
		}
	})
}
