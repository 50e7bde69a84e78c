package formatters

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestContentIsNotDrawn renders documents that hold files.
func TestContentIsNotDrawn(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("QUJD", 10<<10)
	const jpeg = "data:image/jpeg;base64,"
	for name, tt := range map[string]struct{ body, want string }{
		"Image":      {`{"title":"Motion","message":"Hall","image":"` + jpeg + content + `"}`, "MESSAGE Motion: Hall|File image/jpeg"},
		"Below":      {`{"title":"Motion","alarm":{"thumbnail":"` + jpeg + content + `","zone":"Hall"}}`, "MESSAGE Motion|File image/jpeg|alarm:|  zone: Hall"},
		"Several":    {`{"title":"Motion","images":["` + jpeg + content + `","data:image/svg+xml;utf8,` + content + `"]}`, "MESSAGE Motion|Files image/jpeg, image/svg+xml"},
		"PlainJPEG":  {`{"title":"Motion","snapshot":"/9j/` + content + `"}`, "MESSAGE Motion|File image/jpeg"},
		"Alone":      {`{"event":"motion","image":"` + jpeg + content + `"}`, "MOTION a webhook|File image/jpeg"},
		"InAText":    {`{"message":` + quoted(`{"title":"Motion","image":"`+jpeg+content+`"}`) + `}`, "MESSAGE Motion|File image/jpeg"},
		"NoContent":  {`{"title":"t","data":"data: a, b","path":"/9j/x"}`, "MESSAGE t|Data data: a, b · Path /9j/x"},
		"OnlyAName":  {`{"title":"t","image":"docker.io/x/y:1"}`, "MESSAGE t|Image docker.io/x/y:1"},
		"DiscordToo": {`{"content":"c","embeds":[{"title":"t","thumbnail":{"url":"` + jpeg + content + `"}}]}`, "MESSAGE t: c|File image/jpeg"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, err := formatGeneric(Payload{Body: []byte(tt.body)})
			m := Render(n, RenderOptions{})
			if got := strings.ReplaceAll(m.Body, "\n", "|"); err != nil || got != tt.want {
				t.Errorf("got %.200q, want %q (%v)", got, tt.want, err)
			}
			if strings.Contains(m.FormattedBody, "QUJD") {
				t.Errorf("the content is in %.200q", m.FormattedBody)
			}
		})
	}
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}
