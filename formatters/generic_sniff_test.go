package formatters

import (
	"strings"
	"testing"
)

func TestLooksLikeHTML(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"<p>Hello <b>World</b></p>":     true,
		"<!doctype html><p>unclosed":    true,
		"<html><body>cut":               true,
		"had a change.<br>\nnext":       true,
		"one<br/>two<BR />three":        true,
		`a<br><span style="x">b</span>`: true,

		"":                               false,
		"a < b":                          false,
		"a < b and c > d<br":             false,
		"List<String>":                   false,
		"List<String><br>\nnext":         false,
		"Map<B><br>\nnext":               false,
		"<none>":                         false,
		"<foo@example.org><br>\nwrote":   false,
		"done <b>":                       false,
		"0 errors <b>&</b> 1 warning":    false,
		"the <br> tag is missing":        false,
		"<b>a<i>b</b>c</i><br>\n":        false,
		"**bold** and `<br>`\nin a text": false,
	} {
		if got := looksLikeHTML(in); got != want {
			t.Errorf("%q looks like HTML: %t", in, got)
		}
	}
}

// TestHTMLIsRead renders HTML where nobody said that it is some.
func TestHTMLIsRead(t *testing.T) {
	t.Parallel()
	const change = `https://shop.example/item had a change.<br>\n---<br>\n<span style=\"color: red\">Old €10</span>`
	for name, tt := range map[string]struct{ service, contentType, body, want string }{
		"Fragment":     {"generic", "", `{"subject":"Report","body":"<p>Hello <b>World</b></p>"}`, "MESSAGE Report: Hello World"},
		"Page":         {"generic", "", `{"title":"t","message":"<html><body><p>a</p></body></html>"}`, "MESSAGE t: a"},
		"Doctype":      {"generic", "", `{"title":"t","message":"<!doctype html><html><body>a</body></html>"}`, "MESSAGE t: a"},
		"Breaks":       {"generic", "", `{"title":"t","message":"` + change + `"}`, "MESSAGE t: https://shop.example/item had a change.|---|Old €10"},
		"Below":        {"generic", "", `{"event":"changed","page":{"message":"<p>a</p>"}}`, "CHANGED a"},
		"Undeclared":   {"generic", "", strings.ReplaceAll(strings.ReplaceAll(change, `\n`, "\n"), `\"`, `"`), "MESSAGE https://shop.example/item had a change.|---|Old €10"},
		"DeclaredText": {"generic", "text/plain", "a<br>\nb", "MESSAGE a<br>|b"},
		"Gotify":       {"generic", "", `{"title":"t","message":"a<br>b","priority":5}`, "MESSAGE t: a|b"},
		"Markdown":     {"generic", "", `{"title":"t","text":"a<br>b"}`, "MESSAGE t: a<br>b"},
		"Apprise":      {"apprise", "", `{"version":"1.0","title":"t","message":"had a change.<br>\nnext","type":"info"}`, "INFO t: had a change.|next"},
		"AppriseText":  {"apprise", "", `{"version":"1.0","title":"t","message":"a<br>b","type":"info","format":"text"}`, "INFO t: a<br>b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service, _ := Lookup(tt.service)
			told := service.Format(Payload{ContentType: tt.contentType, Body: []byte(tt.body)})
			if got := strings.ReplaceAll(Render(told.Notification, RenderOptions{}).Body, "\n", "|"); told.Fallback || got != tt.want {
				t.Errorf("got %q, want %q (%v)", got, tt.want, told.Err)
			}
		})
	}
}

// TestForgeHTML renders the Markdown of issues, which has HTML in it.
func TestForgeHTML(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, want string }{
		"Comment":     {`<!-- Thanks! -->\r\n\r\nIt **crashes**.`, "ISSUE OPENED T: It crashes."},
		"OnlyComment": {`<!-- Thanks! -->`, "ISSUE OPENED T"},
		"Details":     {`Bumps x.\n<details>\n<summary>Commits</summary>\n<ul><li>a</li></ul>\n</details>\n<br />`, "ISSUE OPENED T: Bumps x.|Commits|- a"},
		"Inline":      {`<img src='x'> <b>Coverage</b> 80%`, "ISSUE OPENED T: Coverage 80%"},
		"NoTags":      {`a < b, List<String>, <none>, <A>`, "ISSUE OPENED T: a < b, List<String>, <none>, <A>"},
		"Address":     {`from <foo@example.org>`, "ISSUE OPENED T: from foo@example.org"},
		"Code":        {"see `<!-- x --> <b>`", "ISSUE OPENED T: see <!-- x --> <b>"},
		"Script":      {`a <script>alert(1)</script>`, "ISSUE OPENED T: a <script>alert(1)</script>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := `{"action":"opened","issue":{"title":"T","body":"` + tt.in + `"},"repository":{"full_name":"home/infra","html_url":"https://git.example/home/infra"}}`
			n, err := formatGeneric(Payload{Header: map[string][]string{"X-Github-Event": {"issues"}}, Body: []byte(body)})
			n.Facts = nil
			m := Render(n, RenderOptions{})
			if got := strings.ReplaceAll(m.Body, "\n", "|"); err != nil || got != tt.want || strings.Contains(m.FormattedBody, "<script") {
				t.Errorf("got %q, want %q (%v)", got, tt.want, err)
			}
		})
	}
	if got := forgeHTML("<i>" + strings.Repeat("a", maxMarkdown)); !strings.HasSuffix(strings.TrimSpace(got), "…</p>") {
		t.Errorf("the end of a long text is %q", got[len(got)-20:])
	}
}
