package formatters_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// TestProxmoxShapes holds that a notification is told the same in whatever body it comes.
func TestProxmoxShapes(t *testing.T) {
	t.Parallel()
	const title = `Replication Job: '100-0' failed`
	const message = "Replication job '100-0' with target 'pve2' and schedule '*/15' failed!\n\nFailure count: 2\n\nError:\ngot \"500\" \\ ü\n\n"
	quoted, _ := json.Marshal(message)
	m := string(quoted)
	want := `replication|replication failed|100-0|to pve2: got "500" \ ü`
	withHost := strings.Replace(want, "to pve2", "from pve1 to pve2", 1)
	object := func(members string) string { return "{" + strings.ReplaceAll(members, "MESSAGE", m) + "}" }
	tests := []struct{ name, body, want string }{
		{"Recommended", object(`"title":"` + title + ` ","message":MESSAGE,"severity":"error","timestamp":1795330800,"fields":{"hostname":"pve1","job-id":"100-0","type":"replication"}`), withHost},
		{"Flat", object(`"title":"` + title + `","message":MESSAGE,"severity":"error","timestamp":"1795330800","type":"replication","hostname":"pve1","job-id":"100-0"`), withHost},
		{"SubjectBody", object(`"Subject":"` + title + `","Body":MESSAGE,"Status":"error","job_id":"100-0","node":"pve1"`), withHost},
		{"TitleContent", object(`"title":"` + title + `","content":MESSAGE,"priority":"error"`), want},
		{"TitleDescription", object(`"title":"` + title + `","description":MESSAGE,"level":"error"`), want},
		{"TitleText", object(`"title":"` + title + `","text":MESSAGE`), want},
		{"SeverityAboveMessage", object(`"title":"` + title + `","text":"error\n` + m[1:]), want},
		{"MessageTitle", object(`"messageTitle":"` + title + `","messageContent":MESSAGE`), want},
		{"Metadata", object(`"title":"` + title + `","message":MESSAGE,"metadata":{"node":"pve1","event_type":"replication"}`), withHost},
		{"FieldsAsString", object(`"title":"` + title + `","message":MESSAGE,"fields":"{\"hostname\":\"pve1\",\"type\":\"replication\"}"`), withHost},
		{"NoTitle", object(`"message":MESSAGE,"hostname":"pve1"`), withHost},
		{"TitleBlank", object(`"title":"","message":MESSAGE,"severity":"error"`), want},
		{"DiscordContent", object(`"content":"**` + title + `**\n` + "```\\n" + m[1:len(m)-1] + "\\n```" + `"`), want},
		{"DiscordEmbed", object(`"username":"Proxmox","embeds":[{"title":"` + title + `","description":MESSAGE,"color":16711680,"fields":[{"name":"Host","value":"pve1"}]}]`), withHost},
		{"SlackText", object(`"text":"` + "```\\n" + m[1:len(m)-1] + "\\n```" + `","type":"mrkdwn"`), want},
		{"SlackAttachment", object(`"attachments":[{"title":"` + title + `","text":MESSAGE,"color":"danger"}]`), want},
		{"Telegram", object(`"chat_id":"1","text":"⚠️ Proxmox ⚠️\nTitle: ` + title + `\nSeverity: error\nMessage: ` + m[1:]), want},
		{"Hookshot", object(`"text":"**` + title + `** (error)\n` + "```\\n" + m[1:len(m)-1] + "\\n```" + `"`), want},
		{"Gotify", object(`"title":"` + title + `","message":"` + "```\\n" + m[1:len(m)-1] + "\\n```" + `","priority":9,"extras":{"client::display":{"contentType":"text/markdown"}}`), want},
		{"Wrapped", "[" + object(`"title":"`+title+`","message":MESSAGE`) + "]", want},
		{"PlainFenced", "# " + title + "\n```\n" + message + "\n```", want},
		{"Plain", title + "\n\n" + message, want},
		{"PlainCRLF", strings.ReplaceAll(title+"\n"+message, "\n", "\r\n"), want},

		{"RawTitle", object(`"title":"` + title + ` "now"","message":MESSAGE,"severity":"error","fields":{"hostname":"pve1","type":"replication"}`), withHost},
		{"RawMessage", `{"title":"` + title + `","message":"` + message + `","severity":"error"}`, want},
		{"RawMessageFirst", "{\n  \"message\": \"" + message + "\",\n  \"title\": \"" + title + "\"\n}\n", want},
		{"RawAll", `{"text":"` + title + "\n" + message + `"}`, want},
		{"TrailingComma", object(`"title":"` + title + `","message":MESSAGE,`), want},
		{"NoTimestamp", object(`"title":"` + title + `","message":MESSAGE,"timestamp":,"severity":"error"`), want},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := toldBy(t, "proxmox", tt.body)
			if got := head(n); got != tt.want {
				t.Errorf("first line\n got %s\nwant %s", got, tt.want)
			}
			if !strings.Contains(factWords(n), "Failures 2") || n.Severity != formatters.Error {
				t.Errorf("facts %q, severity %v, details %q", factWords(n), n.Severity, n.Details)
			}
		})
	}
}

func TestProxmoxRequests(t *testing.T) {
	t.Parallel()
	service, _ := formatters.Lookup("proxmox")
	query := url.Values{
		"title": {"Pruning datastore 'nas' failed"}, "severity": {"error"}, "hostname": {"pbs1"}, "job-id": {"p"},
		"message": {"Datastore: nas\n\nPruning failed: locked"}, "token": {"hunter2"},
	}
	form := "token=hunter2&title=Pruning+datastore+%27nas%27+failed&message=Pruning+failed%3A+locked&severity=error&hostname=pbs1&job-id=p"
	for name, p := range map[string]formatters.Payload{
		"Query":     service.PayloadOf("GET", nil, query, nil, goldenTime),
		"BodyQuery": service.PayloadOf("POST", nil, query, []byte("Pruning failed: locked"), goldenTime),
		"Form":      service.PayloadOf("POST", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, nil, []byte(form), goldenTime),
	} {
		f := service.Format(p)
		if got := head(f.Notification); f.Fallback || got != "prune|prune failed|nas|on pbs1: locked" {
			t.Errorf("%s = %s (%v)", name, got, f.Err)
		}
		if f.Notification.Incident.Key != "prune/pbs1/nas/p" {
			t.Errorf("%s: incident = %+v", name, f.Notification.Incident)
		}
	}
	p := service.PayloadOf("POST", http.Header{"Title": {"=?UTF-8?B?UHLDvGZ1bmc=?="}}, nil, []byte("fertig"), goldenTime)
	if got := head(service.Format(p).Notification); got != "notification|notification|Prüfung|" {
		t.Errorf("title in a header: %s", got)
	}
}

// TestProxmoxSecrets looks for what must never be shown in everything that is told.
func TestProxmoxSecrets(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"Secrets":     `{"title":"x","message":"y","secrets":{"a":"hunter2"}}`,
		"SecretsOnly": `{"secrets":{"a":"hunter2"},"b":"c"}`,
		"Token":       `{"title":"x","message":"y","Token":"hunter2","gotify_token":"hunter2"}`,
		"Password":    `{"title":"x","password":"hunter2","auth":{"pass":"hunter2"},"credentials":["hunter2"]}`,
		"Key":         `{"title":"x","apiKey":"hunter2","user":"hunter2","webhook_url":"https://d.example/hunter2"}`,
		"Nested":      `{"title":"x","fields":{"secret":"hunter2","type":"y"},"data":{"deep":{"token":"hunter2"}}}`,
		"AsString":    `{"title":"x","fields":"{\"token\":\"hunter2\"}"}`,
		"ByLooks":     `{"title":"x","to":"a1b2c3hunter2d4e5f6g7h8"}`,
		"Broken":      `{"title":"x "y"","token":"hunter2","message":"z"}`,
		"BrokenOnly":  `{"token":"hunter2" "b":1}`,
		"Query":       "",
	} {
		p := formatters.Payload{Body: []byte(body), Received: goldenTime}
		if body == "" {
			p.Query = map[string][]string{"title": {"x"}, "token": {"hunter2"}, "secrets[a]": {"hunter2"}}
		}
		service, _ := formatters.Lookup("proxmox")
		told, err := json.Marshal(service.Format(p).Notification)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(told), "hunter2") {
			t.Errorf("%s: shown in %s", name, told)
		}
	}
}

func TestProxmoxKeepsTheRest(t *testing.T) {
	t.Parallel()
	n := toldBy(t, "proxmox", `{"title":"Test notification","message":"x","cluster":"homelab","fields":{"rack":"B2"},"priority":"0"}`)
	if n.Details != "rack: B2\ncluster: homelab" {
		t.Errorf("details = %q", n.Details)
	}
	n = toldBy(t, "proxmox", `{"content":"before\n`+"```\\nPruning failed: locked\\n```"+`\nafter"}`)
	if !strings.Contains(n.Summary+n.Details, "after") || !strings.Contains(head(n)+factWords(n)+n.Details, "before") {
		t.Errorf("text around a fence is lost: %+v", n)
	}
}

func TestProxmoxEmptyRequest(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", " \n", "{}", `{"title":"","message":""}`, "``````"} {
		if n := toldBy(t, "proxmox", body); n.Event != "empty" || n.Severity != formatters.Warning {
			t.Errorf("%q = %s", body, head(n))
		}
	}
}

func TestProxmoxRefuses(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"OtherObject": `{"foo":1,"bar":[2]}`,
		"Array":       `["a","b"]`,
		"List":        `[{"title":"a"},{"title":"b"}]`,
	} {
		if f := posted(t, "proxmox", body); !f.Fallback {
			t.Errorf("%s: taken for Proxmox': %s", name, head(f.Notification))
		}
	}
}

func FuzzProxmox(f *testing.F) {
	f.Add(`{"title":"a "b"","message":"` + "x\n\"y\",\"z\":" + `"}`)
	f.Add("**x** (error)\n```\nVMID \n1  ok")
	fuzzPosted(f, "proxmox")
}
