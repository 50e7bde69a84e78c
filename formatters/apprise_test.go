package formatters_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

func TestAppriseFirstLine(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, contentType, body, event, title, severity string }{
		{"Info", "", `{"version":"1.0","title":"t","message":"m","attachments":[],"type":"info"}`, "info", "info t: m", "info"},
		{"Success", "", `{"version":"1.0","title":"t","message":"m","type":"success"}`, "success", "success t: m", "success"},
		{"Warning", "", `{"version":"1.0","title":"t","message":"m","type":"Warning"}`, "warning", "warning t: m", "warning"},
		{"Failure", "", `{"version":"1.0","title":"t","message":"m","type":"failure"}`, "failure", "failure t: m", "error"},
		{"NoTitle", "", `{"version":"1.0","title":"","message":"m","type":"failure"}`, "failure", "failure m", "error"},
		{"NoType", "", `{"version":"1.0","title":"t","message":"m"}`, "", "message t: m", "info"},
		{"NewType", "", `{"version":"1.0","title":"t","message":"m","type":"urgently"}`, "urgently", "urgently t: m", "info"},
		{"Renamed", "", `{"version":"1.0","subject":"t","text":"m","type":"failure"}`, "failure", "failure t: m", "error"},
		{"RenamedWithoutVersion", "", `{"heading":"h","body":"m","type":"failure"}`, "failure", "failure m", "error"},
		{"OwnSeverity", "", `{"version":"1.0","title":"t","message":"m","type":"info","severity":"critical"}`, "info", "critical t: m", "critical"},
		{"Form", "application/x-www-form-urlencoded", `version=1.0&title=t&message=a+%26+b&type=warning`, "warning", "warning t: a & b", "warning"},
		{"XML", "application/xml", `<?xml version='1.0'?><E><B><Notification><Version>1.1</Version><Subject>t</Subject><MessageType>failure</MessageType><Message>a &amp; b</Message></Notification></B></E>`,
			"failure", "failure t: a & b", "error"},
		{"HTMLByFormat", "", `{"version":"1.0","title":"t","message":"<b>m</b> &amp; n","type":"info","format":"html"}`, "info", "info t: m & n", "info"},
		{"HTMLByLooks", "", `{"version":"1.0","title":"t","message":"<p>m</p>\n<p>n</p>","type":"info"}`, "info", "info t: m", "info"},
		{"TagsInText", "", `{"version":"1.0","title":"t","message":"<pve1> failed <b>","type":"info"}`, "info", "info t: <pve1> failed <b>", "info"},
		{"MarkdownByFormat", "", `{"version":"1.0","title":"t","message":"_m_","type":"info","format":"Markdown"}`, "info", "info t: m", "info"},
		{"MarkdownByLooks", "", `{"version":"1.0","title":"t","message":"**m**","type":"info"}`, "info", "info t: m", "info"},
		{"TextByFormat", "", `{"version":"1.0","title":"t","message":"**m**","type":"info","format":"text"}`, "info", "info t: **m**", "info"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := apprised(t, "apprise", formatters.Payload{ContentType: tt.contentType, Body: []byte(tt.body)})
			n := f.Notification
			if f.Fallback || n.Title() != tt.title || n.Event != tt.event || n.Severity.String() != tt.severity {
				t.Errorf("got %q, event %q, %s, error %v", n.Title(), n.Event, n.Severity, f.Err)
			}
		})
	}
}

func TestAppriseRefusesOthers(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"ErrEmpty": "", "ErrText": "hello", "ErrArray": `[{"title":"t"}]`, "ErrNoMembers": "{}",
		"ErrSlack": `{"text":"m","channel":"#a"}`, "ErrDiscord": `{"content":"m"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if f := apprised(t, "apprise", formatters.Payload{Body: []byte(body)}); !f.Fallback {
				t.Errorf("told as %+v", f.Notification)
			}
		})
	}
}

// TestAppriseFiles wants the names of files, and never what is in them.
func TestAppriseFiles(t *testing.T) {
	t.Parallel()
	const secret = "U0VDUkVU"
	file := func(name string) string {
		return `{"filename":"` + name + `","base64":"` + secret + `","mimetype":"image/png"}`
	}
	xml := func(files string) string {
		return "<?xml version='1.0'?><E><B><N><Version>1.1</Version><Subject>t</Subject><MessageType>info</MessageType><Message>m</Message>" +
			`<Attachments format="base64">` + files + `</Attachments></N></B></E>`
	}
	xmlFile := `<Attachment filename="a.png" mimetype="image/png">` + secret + `</Attachment>`
	for _, tt := range []struct {
		name, body string
		want       []formatters.Fact
	}{
		{"None", `{"version":"1.0","message":"m","attachments":[],"type":"info"}`, nil},
		{"One", `{"version":"1.0","message":"m","attachments":[` + file("a.png") + `],"type":"info"}`, []formatters.Fact{{Name: "File", Value: "a.png"}}},
		{"Four", `{"version":"1.0","message":"m","attachments":[` + file("a") + "," + file("b") + "," + file("c") + "," + file("d") + `],"type":"info"}`,
			[]formatters.Fact{{Name: "Files", Value: "a, b, c and 1 more"}}},
		{"Nameless", `{"version":"1.0","message":"m","attachments":[` + file("") + `],"type":"info"}`, []formatters.Fact{{Name: "File", Value: "unnamed"}}},
		{"Renamed", `{"version":"1.0","message":"m","pictures":[` + file("a.png") + `],"type":"info"}`, []formatters.Fact{{Name: "File", Value: "a.png"}}},
		{"XML", xml(xmlFile), []formatters.Fact{{Name: "File", Value: "a.png"}}},
		{"XMLTwo", xml(xmlFile + xmlFile), []formatters.Fact{{Name: "Files", Value: "a.png, a.png"}}},
		{"Multipart", "--b\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\nm\r\n--b\r\n" +
			"Content-Disposition: form-data; name=\"file01\"; filename=\"a.png\"\r\n\r\n" + secret + "\r\n--b--\r\n", []formatters.Fact{{Name: "File", Value: "a.png"}}},
	} {
		for _, service := range []string{"apprise", "generic"} {
			t.Run(tt.name+"/"+service, func(t *testing.T) {
				t.Parallel()
				f := apprised(t, service, formatters.Payload{Body: []byte(tt.body)})
				m := formatters.Render(f.Notification, formatters.RenderOptions{Now: goldenTime})
				if diff := cmp.Diff(tt.want, f.Notification.Facts); diff != "" || f.Fallback || strings.Contains(m.Body+m.FormattedBody, secret) {
					t.Errorf("error %v, body %q, facts -want +got:\n%s", f.Err, m.Body, diff)
				}
			})
		}
	}
}

func TestAppriseMembers(t *testing.T) {
	t.Parallel()
	body := `{"version":"1.0","title":"t","message":"m","attachments":[],"type":"FAILURE","Room":"media","url":"https://x.example","long":"` + strings.Repeat("x", 200) + `"}`
	n := apprised(t, "apprise", formatters.Payload{Body: []byte(body)}).Notification
	if diff := cmp.Diff(map[string]string{"type": "failure", "room": "media", "url": "https://x.example"}, n.Labels); diff != "" {
		t.Errorf("labels -want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]formatters.Fact{{Name: "Room", Value: "media"}}, n.Facts); diff != "" || n.URL != "https://x.example" {
		t.Errorf("url %q, facts -want +got:\n%s", n.URL, diff)
	}
}

func TestAppriseHidesAddresses(t *testing.T) {
	t.Parallel()
	n := apprised(t, "apprise", formatters.Payload{Body: []byte(`{"urls":"mailto://kim:SECRET@x.example","title":"t","body":"m","type":"info"}`)}).Notification
	if m := formatters.Render(n, formatters.RenderOptions{Now: goldenTime}); strings.Contains(m.Body, "SECRET") || n.Labels["urls"] != "" {
		t.Errorf("body %q, labels %v", m.Body, n.Labels)
	}
}

// FuzzApprise holds what is true of everything that Apprise's formatter tells.
func FuzzApprise(f *testing.F) {
	for _, s := range payloads.Of("apprise") {
		f.Add(s.Header.Get("Content-Type"), s.Body)
	}
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		checkApprised(t, "apprise", formatters.Payload{ContentType: contentType, Body: body})
	})
}
