//go:build goolm && linux

package e2e_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

// TestSecrets makes go wrong what could make somebody write a secret down, with a log at its
// most talkative, and looks for secrets everywhere.
func TestSecrets(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	room, one := m.newRoom("one")
	asks := m.hook("asks", "grafana", "one", `filter: 'payload.missing.field > 3', wait: true`)
	m.more = map[string]string{
		"bearer-of-bad-news": "a credential in a header", "query-of-doom": "a credential in a query", "token-of-nobody": "a stranger's token",
	}
	m.write()
	m.start()

	heal := m.server.Inject(homeserver.Fault{Times: 20, Do: homeserver.UnknownToken()})
	one.postAll(t, 3)
	m.odd(http.MethodGet, one.url, "")
	m.odd(http.MethodDelete, one.url, "")
	m.odd(http.MethodPost, one.url+"/more", "")
	m.odd(http.MethodPost, strings.Replace(one.url, "/webhook/", "/WEBHOOK/", 1)+"?", `{"text": "odd-00000"`)
	m.odd(http.MethodPost, strings.Replace(one.url, "/webhook/", "/", 1), `{"text": "odd-00001"}`)
	m.odd(http.MethodPost, one.url, strings.Repeat("x", 3<<20))
	m.odd(http.MethodPost, asks, `{"broken": `)
	m.odd(http.MethodPost, one.url+"?token=query-of-doom", `{"text": "odd-00002"}`)
	for _, request := range []string{
		"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",        // aborted
		"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: nonsense\r\n\r\n",     // malformed
		"POST %s HTTP/7.0\r\nHost: x\r\n\r\n",                                 // impossible
		"POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz", // malformed later
		"POST %s HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
	} {
		m.raw(fmt.Sprintf(request, strings.TrimPrefix(one.url, "http://"+m.webhooks)))
	}
	if status := m.transaction(t.Context(), []byte(`{}`), "token-of-nobody"); status != http.StatusForbidden {
		t.Errorf("a stranger's transaction: status %d", status)
	}
	heal()
	m.kill() // and let it not reach its homeserver at all
	good := m.homeserver
	m.homeserver = "http://127.0.0.1:1"
	m.write()
	m.start()
	one.postAll(t, 3)
	m.findSecrets("check --online", []byte(m.fails("check", "--online")))
	m.homeserver = good
	m.write()

	for what, yaml := range map[string]string{ // in an id that is still right, and around it
		"twice":  m.yaml() + strings.SplitAfter(m.yaml(), "hooks:\n")[1],
		"syntax": strings.ReplaceAll(m.yaml(), `", name: one`, `, name: one`),
		"list":   strings.ReplaceAll(m.yaml(), `{id: "`, `{id: ["`),
		"rude":   strings.ReplaceAll(m.yaml(), `", name: one`, ` /?", name: one`),
		"key":    strings.ReplaceAll(m.yaml(), `{id: "`, `{idd: "`),
	} {
		m.writeFile("hooks.yaml", yaml)
		m.reload("the old one stays")
		m.findSecrets("check of what is wrong: "+what, []byte(m.fails("check")))
	}
	m.write()
	m.stop()
	m.start()
	m.awaitTold(time.Minute)

	_, metrics := get(t.Context(), "http://"+m.metrics+"/metrics")
	m.findSecrets("the metrics", []byte(metrics))
	for _, event := range m.server.Timeline(room) {
		m.findSecrets("the room", event.Content)
	}
	for _, args := range [][]string{{"check"}, {"deliveries", "--json", "-n", "100"}, {"dead"}, {"send", "one"}, {"schema"}, {"version"}} {
		m.findSecrets(strings.Join(args, " "), []byte(m.run(args...)))
	}
	if n := len(m.read(room)); n < 6 {
		t.Errorf("the room was told %d messages", n)
	}
}

// odd makes a request with credentials in its headers. The answer must not hold a secret.
func (h *house) odd(method, url, body string) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, name := range []string{"Authorization", "Cookie", "X-Api-Key", "X-Gitlab-Token"} {
		req.Header.Set(name, "bearer-of-bad-news")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil { // it may hang up on a body that is too large
		return
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Error(err)
	}
	h.findSecrets(fmt.Sprintf("the answer to %s, %s", method, resp.Status), answer)
}

// raw sends bytes and hangs up. The answer must not hold a secret.
func (h *house) raw(request string) {
	h.t.Helper()
	conn, err := net.DialTimeout("tcp", h.webhooks, 5*time.Second)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(300 * time.Millisecond))
	if _, err := io.WriteString(conn, request); err != nil {
		h.t.Fatal(err)
	}
	answer, _ := io.ReadAll(conn) // until it has said all, or nothing for a while
	h.findSecrets("the answer to a malformed request", answer)
}

// fails runs a subcommand that must not succeed, and returns what it prints.
func (h *house) fails(args ...string) string {
	h.t.Helper()
	var out bytes.Buffer
	cmd := exec.CommandContext(h.t.Context(), binary, append([]string{"-c", h.path("hooks.yaml")}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if cmd.Run() == nil {
		h.t.Errorf("lotus-hooks %s succeeds:\n%s", strings.Join(args, " "), out.String())
	}
	return out.String()
}
