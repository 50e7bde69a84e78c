package formatters

import (
	"strings"
	"testing"
)

// TestCredentialsStayOut renders documents with what nobody in a room may read.
func TestCredentialsStayOut(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"Names":    `{"title":"t","token":"hunter2","apiKey":"hunter2","X-Api-Key":"hunter2","Authorization":"Bearer hunter2","pwd":"hunter2","cookie":"hunter2"}`,
		"Endings":  `{"title":"t","db_password":"hunter2","bot_token":"hunter2","apiSecret":"hunter2","routing_key":"hunter2","aws.secret-access-key":"hunter2","privateKey":"hunter2"}`,
		"Numbers":  `{"title":"t","password":72,"smtp":{"password":"hunter2"}}`,
		"Objects":  `{"title":"t","token":{"value":"hunter2"},"secret":["hunter2"],"credentials":{"user":"hunter2"}}`,
		"Headers":  `{"title":"t","request":{"headers":[["Cookie","hunter2"],["Authorization","hunter2"]]}}`,
		"InText":   `{"title":"t","message":"{\"title\":\"t\",\"smtp_password\":\"hunter2\"}"}`,
		"Broken":   `{"title":"a "b"","smtp_password":"hunter2"}`,
		"Topic":    `{"topic":"t","message":"m","apiSecret":"hunter2"}`,
		"Lines":    "{\"title\":\"a\",\"token\":\"hunter2\"}\n{\"title\":\"b\",\"token\":\"hunter2\"}",
		"Form":     "title=t&message=m&smtp_password=hunter2&config[token]=hunter2",
		"XML":      "<?xml version='1.0'?><a><title>t</title><dbPassword>hunter2</dbPassword></a>",
		"OurOwn":   `{"zen":"z","hook":{"name":"web","config":{"url":"https://h.example/webhook/00000000-0000-4000-8000-hunter2"}}}`,
		"OfOthers": `{"title":"t","to":"https://discord.com/api/webhooks/123456/hunter2","also":"https://hooks.slack.com/services/T0/B0/hunter2"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, err := formatGeneric(Payload{Body: []byte(body)})
			m := Render(n, RenderOptions{})
			if err != nil || strings.Contains(m.Body+m.FormattedBody, "hunter2") || strings.Contains(m.Body, "72") {
				t.Errorf("%q (%v)", m.Body, err)
			}
		})
	}
}

func TestNoCredentials(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"tokens", "total_tokens", "key", "issue_key", "groupKey", "passed", "author", "design", "keyboard", "secretary"} {
		if isCredential(name) {
			t.Errorf("%q is hidden", name)
		}
	}
	n, err := formatGeneric(Payload{Body: []byte(`{"title":"t","has_password":true,"docs":"https://h.example/webhooks/getting-started"}`)})
	if err != nil || len(n.Facts) != 2 {
		t.Errorf("facts %v (%v)", n.Facts, err)
	}
}
