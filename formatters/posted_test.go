package formatters_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// posted formats a document that was posted to a service's hook.
func posted(tb testing.TB, service, body string) formatters.Formatted {
	tb.Helper()
	s, ok := formatters.Lookup(service)
	if !ok {
		tb.Fatalf("%s is not registered", service)
	}
	return s.Format(formatters.Payload{ContentType: "application/json", Body: []byte(body), Received: goldenTime})
}

// toldBy formats what the service's own formatter must be able to tell.
func toldBy(t *testing.T, service, body string) formatters.Notification {
	t.Helper()
	f := posted(t, service, body)
	if f.Fallback {
		t.Fatalf("told by the generic formatter: %v", f.Err)
	}
	return f.Notification
}

// head is a notification's event, status, subject and summary, parted by "|".
func head(n formatters.Notification) string {
	return strings.Join([]string{n.Event, n.Status, n.Subject, n.Summary}, "|")
}

// factWords writes facts as a card does.
func factWords(n formatters.Notification) string {
	var words []string
	for _, f := range n.Facts {
		words = append(words, strings.TrimSpace(f.Name+" "+f.Value))
	}
	return strings.Join(words, " · ")
}

// fuzzPosted holds what is true of everything that a service's formatter tells.
func fuzzPosted(f *testing.F, service string) {
	for _, s := range payloads.Of(service) {
		if len(s.Body) < 8<<10 { // longer ones only slow the search
			f.Add(string(s.Body))
		}
	}
	f.Fuzz(func(t *testing.T, body string) {
		told := posted(t, service, body)
		if told.Err != nil && strings.Contains(told.Err.Error(), "panicked") {
			t.Fatal(told.Err)
		}
		n := told.Notification
		if n.Status == "" {
			t.Error("no status")
		}
		if (n.Incident.Key == "") != (n.Incident.State == formatters.Standalone) {
			t.Errorf("half an incident: %+v", n.Incident)
		}
		if !told.Fallback && (n.Event == "" || n.Subject == "") {
			t.Errorf("event %q, subject %q", n.Event, n.Subject)
		}
		m := formatters.Render(n, formatters.RenderOptions{Now: goldenTime})
		if !utf8.ValidString(m.Body) || !utf8.ValidString(m.FormattedBody) {
			t.Error("a body is no UTF-8")
		}
	})
}
