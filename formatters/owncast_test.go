package formatters_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

func FuzzOwncast(f *testing.F) { fuzzPosted(f, "owncast") }

// owncastBody is an event of a server with more members.
func owncastBody(kind, more string) string {
	return fmt.Sprintf(`{"eventData":{"serverURL":"https://live.example/","timestamp":"2026-11-22T10:00:00.5Z"%s},"type":%q}`, more, kind)
}

func TestOwncastFirstLine(t *testing.T) {
	t.Parallel()
	const (
		server = `,"name":"Garage","streamTitle":"Friday :D"`
		user   = `,"user":{"displayName":"Jo <3","previousNames":["old","older","Jo <3"]}`
	)
	tests := []struct {
		name, body string
		severity   formatters.Severity
		loud       bool
		want       string
		incident   string
	}{
		{"Started", owncastBody("STREAM_STARTED", server), formatters.Info, true, "STREAM_STARTED|live|Garage|: Friday :D", "stream:https://live.example open"},
		{"StartedLowerCase", owncastBody("stream_started", server), formatters.Info, true, "STREAM_STARTED|live|Garage|: Friday :D", "stream:https://live.example open"},
		{"StartedWithoutTitle", owncastBody("STREAM_STARTED", `,"name":"Garage","streamTitle":""`), formatters.Info, true, "STREAM_STARTED|live|Garage|", "stream:https://live.example open"},
		{"StartedTitleInStatus", owncastBody("STREAM_STARTED", `,"name":"Garage","status":{"streamTitle":"Friday"}`), formatters.Info, true, "STREAM_STARTED|live|Garage|: Friday", "stream:https://live.example open"},
		{"StartedWithoutName", owncastBody("STREAM_STARTED", ""), formatters.Info, true, "STREAM_STARTED|live|live.example|", "stream:https://live.example open"},
		{"StartedWithNothing", `{"type":"STREAM_STARTED"}`, formatters.Info, true, "STREAM_STARTED|live|Owncast|", "stream: open"},
		{"Stopped", owncastBody("STREAM_STOPPED", server+`,"status":{"lastConnectTime":null}`), formatters.Muted, false, "STREAM_STOPPED|ended|Garage|: Friday :D", "stream:https://live.example resolved"},
		{"StoppedAfter", owncastBody("STREAM_STOPPED", server+`,"status":{"lastConnectTime":"2026-11-22T07:55:00Z"}`), formatters.Muted, false,
			"STREAM_STOPPED|ended|Garage|after 2 h 5 min: Friday :D", "stream:https://live.example resolved"},
		{"StoppedBefore", owncastBody("STREAM_STOPPED", server+`,"status":{"lastConnectTime":"2026-11-22T11:00:00Z"}`), formatters.Muted, false, "STREAM_STOPPED|ended|Garage|: Friday :D", "stream:https://live.example resolved"},
		{"Title", owncastBody("STREAM_TITLE_UPDATED", server), formatters.Info, false, "STREAM_TITLE_UPDATED|new title|Garage|: Friday :D", " "},
		{"TitleRemoved", owncastBody("STREAM_TITLE_UPDATED", `,"name":"Garage"`), formatters.Info, false, "STREAM_TITLE_UPDATED|title removed|Garage|", " "},
		{"Chat", owncastBody("CHAT", user+`,"rawBody":"hi **all**","body":"<p>other</p>"`), formatters.Info, false, "CHAT|chat|Jo <3|: hi all", " "},
		{"ChatHidden", owncastBody("CHAT", user+`,"rawBody":"hi","visible":false`), formatters.Info, false, "CHAT|hidden chat|Jo <3|: hi", " "},
		{"ChatOfNobody", owncastBody("CHAT", `,"user":null,"rawBody":"hi"`), formatters.Info, false, "CHAT|chat|somebody|: hi", " "},
		{"Joined", owncastBody("USER_JOINED", user), formatters.Muted, false, "USER_JOINED|joined chat|Jo <3|", " "},
		{"Parted", owncastBody("USER_PARTED", user), formatters.Muted, false, "USER_PARTED|left chat|Jo <3|", " "},
		{"Renamed", owncastBody("NAME_CHANGE", user+`,"newName":"Jo <3"`), formatters.Muted, false, "NAME_CHANGE|renamed|older|is now Jo <3", " "},
		{"RenamedWithoutNew", owncastBody("NAME_CHANGE", user), formatters.Muted, false, "NAME_CHANGE|renamed|older|is now Jo <3", " "},
		{"RenamedUnknown", owncastBody("NAME_CHANGE", `,"newName":"Jo"`), formatters.Muted, false, "NAME_CHANGE|renamed|somebody|is now Jo", " "},
		{"Hidden", owncastBody("VISIBILITY-UPDATE", `,"ids":["a","b"],"visible":false,"user":null`), formatters.Muted, false, "VISIBILITY-UPDATE|hidden|2 messages|from the chat", " "},
		{"Shown", owncastBody("VISIBILITY_UPDATE", `,"ids":["a"],"visible":true`), formatters.Muted, false, "VISIBILITY-UPDATE|shown|1 message|in the chat again", " "},
		{"HiddenBy", owncastBody("VISIBILITY-UPDATE", user), formatters.Muted, false, "VISIBILITY-UPDATE|hidden|messages|from the chat by Jo <3", " "},
		{"Follower", `{"type":"FEDIVERSE_ENGAGEMENT_FOLLOW","eventData":{"name":"Ana","username":"ana@s.example"}}`, formatters.Info, false,
			"FEDIVERSE_ENGAGEMENT_FOLLOW|new follower|Ana|(ana@s.example)", " "},
		{"Like", `{"type":"FEDIVERSE_ENGAGEMENT_LIKE","eventData":{"username":"ana@s.example"}}`, formatters.Info, false, "FEDIVERSE_ENGAGEMENT_LIKE|liked|ana@s.example|", " "},
		{"Repost", `{"type":"FEDIVERSE_ENGAGEMENT_REPOST","eventData":{}}`, formatters.Info, false, "FEDIVERSE_ENGAGEMENT_REPOST|shared|somebody|", " "},
		{"EventOfTomorrow", owncastBody("CLIP_CREATED", `,"name":"Garage","length":30`), formatters.Info, false, "CLIP_CREATED|clip created|Garage|", " "},
		{"WrongTypes", `{"type":"CHAT","eventData":{"user":"x","rawBody":["x"],"ids":{},"status":7,"visible":"yes"}}`, formatters.Info, false, "CHAT|chat|somebody|", " "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := toldBy(t, "owncast", tt.body)
			if n.Severity != tt.severity || n.Loud != tt.loud {
				t.Errorf("severity %v, loud %t, want %v, %t", n.Severity, n.Loud, tt.severity, tt.loud)
			}
			if got := head(n); got != tt.want {
				t.Errorf("first line\n got %s\nwant %s", got, tt.want)
			}
			if got := n.Incident.Key + " " + string(n.Incident.State); got != tt.incident {
				t.Errorf("incident %q, want %q", got, tt.incident)
			}
		})
	}
}

// TestOwncastStreamLasts holds that start and end of a stream are one entry of one incident,
// with the time of the start: the end does not say it.
func TestOwncastStreamLasts(t *testing.T) {
	t.Parallel()
	started := toldBy(t, "owncast", owncastBody("STREAM_STARTED", `,"name":"Garage"`))
	stopped := toldBy(t, "owncast", owncastBody("STREAM_STOPPED", `,"name":"Garage, renamed"`))
	if started.Incident.Key != stopped.Incident.Key || started.Items[0].Key != stopped.Items[0].Key {
		t.Errorf("start %+v, end %+v", started.Incident, stopped.Incident)
	}
	if want := time.Date(2026, 11, 22, 10, 0, 0, 5e8, time.UTC); !started.Items[0].Since.Equal(want) {
		t.Errorf("the stream began %v, want %v", started.Items[0].Since, want)
	}
	if stopped.Items[0].Severity != formatters.Success {
		t.Error("the stream is not over")
	}
}

func TestOwncastChatMarkup(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, raw, line, html string }{
		{"Emote", "beer :beerparrot: 🍺", ": beer :beerparrot: 🍺", ""},
		{"EmoteAsPicture", `a <img class="emoji" alt=":owncast:" src="/img/emoji/o.png"> b`, ": a :owncast: b", ""},
		{"EmojiAsPicture", `<IMG src='x' onerror=alert(1) alt='🍺'>`, ": 🍺", ""},
		{"AltWithoutQuotes", `<img alt=:o: src=x>`, ": :o:", ""},
		{"AltHoldsMarkup", `<img alt="&lt;script&gt;x">`, ": <script>x", ""},
		{"PictureWithoutAlt", `a<img src=x> b`, ": a b", ""},
		{"Script", `<script>alert(1)</script>`, ": <script>alert(1)</script>", ""},
		{"Markdown", "**a** _b_ `c`", ": a b c", ""},
		{"Lines", "one\ntwo", ": one", "<p>\ntwo</p>\n"},
		{"Blank", " \n ", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := toldBy(t, "owncast", owncastBody("CHAT", fmt.Sprintf(`,"user":{"displayName":"Jo"},"rawBody":%q`, tt.raw)))
			if diff := cmp.Diff([2]string{tt.line, tt.html}, [2]string{n.Summary, n.HTML}); diff != "" {
				t.Errorf("line and rest (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOwncastFacts(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		owncastBody("STREAM_STARTED", `,"summary":"Synths & stuff"`):                                          "Synths & stuff",
		owncastBody("STREAM_STOPPED", `,"summary":"Synths","status":{"sessionMaxViewerCount":37}`):            "Most viewers 37",
		owncastBody("STREAM_STOPPED", `,"status":{"sessionMaxViewerCount":0,"overallMaxViewerCount":9}`):      "",
		owncastBody("CHAT", `,"user":{"displayName":"Jo","isBot":true,"scopes":["MODERATOR"]},"rawBody":"x"`): "bot · moderator",
	} {
		if got := factWords(toldBy(t, "owncast", body)); got != want {
			t.Errorf("%s: facts %q, want %q", body, got, want)
		}
	}
}

func TestOwncastLabels(t *testing.T) {
	t.Parallel()
	n := toldBy(t, "owncast", owncastBody("chat", `,"user":{"displayName":"Jo"}`))
	if diff := cmp.Diff(map[string]string{"event_type": "CHAT", "server": "live.example", "user": "Jo"}, n.Labels); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOwncastZeroTime(t *testing.T) {
	t.Parallel()
	n := toldBy(t, "owncast", `{"type":"NAME_CHANGE","eventData":{"timestamp":"0001-01-01T00:00:00Z","newName":"x"}}`)
	if !n.Time.IsZero() {
		t.Errorf("it happened in %v", n.Time)
	}
}

// TestOwncastRefuses holds what the generic formatter tells better.
func TestOwncastRefuses(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"eventData":{}}`, `{"type":"alert","title":"x"}`, `{"type":"","eventData":{}}`, `CHAT`, ``} {
		if f := posted(t, "owncast", body); !f.Fallback {
			t.Errorf("%s is told as %s", body, head(f.Notification))
		}
	}
}

// TestOwncastTellsUnknownWhole holds that nothing of a new event is lost.
func TestOwncastTellsUnknownWhole(t *testing.T) {
	t.Parallel()
	n := toldBy(t, "owncast", owncastBody("CLIP_CREATED", `,"clip":{"length":30}`))
	if !strings.Contains(n.Details, "length: 30") {
		t.Errorf("details %q", n.Details)
	}
}
