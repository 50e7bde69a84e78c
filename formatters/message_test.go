package formatters

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMessageJSON(t *testing.T) {
	t.Parallel()
	m := Message{MsgType: MsgText, Body: "UP nas-1\nmore", Format: FormatHTML, FormattedBody: "-html-", Mentions: Mentions{UserIDs: []string{"@a:b"}}}
	for _, c := range []struct {
		name string
		m    Message
		want string
	}{
		{"New", m, `{"msgtype":"m.text","body":"UP nas-1\nmore","format":"org.matrix.custom.html","formatted_body":"-html-","m.mentions":{"user_ids":["@a:b"]}}`},
		{"NobodyPinged", Message{MsgType: MsgNotice, Body: "x"}, `{"msgtype":"m.notice","body":"x","m.mentions":{}}`},
		{"RoomPinged", Message{MsgType: MsgText, Body: "x", Mentions: Mentions{Room: true}}, `{"msgtype":"m.text","body":"x","m.mentions":{"room":true}}`},
		{"Reply", Message{MsgType: MsgNotice, Body: "x"}.Reply("$e"), `{"msgtype":"m.notice","body":"x","m.mentions":{},"m.relates_to":{"m.in_reply_to":{"event_id":"$e"}}}`},
		{"Edit", m.Reply("$r").Edit("$e"), `{"msgtype":"m.text","body":"* UP nas-1","m.mentions":{},` +
			`"m.new_content":{"msgtype":"m.text","body":"UP nas-1\nmore","format":"org.matrix.custom.html","formatted_body":"-html-","m.mentions":{"user_ids":["@a:b"]}},` +
			`"m.relates_to":{"rel_type":"m.replace","event_id":"$e"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(c.m)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("content (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMessageEditFallback(t *testing.T) {
	t.Parallel()
	m := Message{Body: "x" + strings.Repeat("ß", 500)}
	got := m.Edit("$e").Body
	if want := "* x" + strings.Repeat("ß", 98); got != want {
		t.Errorf("body %q, want %q", got, want)
	}
	if len(m.Edit("$e").NewContent.Body) != len(m.Body) {
		t.Error("the new content is cut")
	}
}
