//go:build goolm && linux

package e2e_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// The secrets of TestSecrets, besides the ids of hooks and the two tokens of the appservice.
const (
	bearerSecret   = "bearer-of-good-news"
	basicSecret    = "basic-instincts"
	headerSecret   = "header-above-water"
	keySecret      = "key-to-the-kingdom"
	standardSecret = "standards-are-kept-by-all"
	botSecret      = "password-of-the-bot"
	databaseSecret = "password-of-the-database"
	querySecret    = "query-of-doom"
	strangeSecret  = "token-of-nobody"
	foreignSecret  = "bearer-of-bad-news"
)

// allSecrets says what the secrets of TestSecrets are.
func allSecrets() map[string]string {
	return map[string]string{
		bearerSecret: "the bearer token of a hook", basicSecret: "the password of a hook", headerSecret: "the header of a hook",
		keySecret: "the key of signatures", standardSecret: "the key of Standard Webhooks", standardKey(): "the same, as configured",
		botSecret: "the bot's password", databaseSecret: "the database's password", querySecret: "a secret in a query",
		strangeSecret: "a stranger's token", foreignSecret: "credentials that nobody asked for",
		signatureOf(guardedBody): "a signature",
	}
}

// guardedBody is a webhook that is signed.
const guardedBody = `{"text": "odd-00005"}`

func standardKey() string {
	return "whsec_" + base64.StdEncoding.EncodeToString([]byte(standardSecret))
}

func signatureOf(body string) string {
	mac := hmac.New(sha256.New, []byte(keySecret))
	mac.Write([]byte(body))
	return hex.EncodeToString(mac.Sum(nil))
}

// TestSecrets makes go wrong what could make somebody write a secret down, with a log at its
// most talkative, and looks for secrets everywhere.
func TestSecrets(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "postgres") {
			url += "&password=" + databaseSecret
		}
		s := newSecretive(t, url)
		s.askOddly()
		s.loseHomeserver()
		s.misconfigure()
		s.lookEverywhere()
	})
}

// secretive is a house with every kind of secret.
type secretive struct {
	*memory
	room string
	one  *poster

	guarded, basic, standard string // hooks that ask for something
}

func newSecretive(t *testing.T, url string) *secretive {
	t.Helper()
	s := &secretive{memory: newMemoryOn(t, func(testing.TB) string { return url })}
	s.more = allSecrets()
	s.server.CreateAccount("bot", botSecret)
	s.writeFile("bot-password", botSecret)
	s.bot = `user: "` + botUser + `", password_file: bot-password`
	var err error
	if s.room, err = s.server.CreateRoom(s.owner, homeserver.RoomOptions{Invite: []string{botUser}}); err != nil {
		t.Fatal(err)
	}
	s.house.room("one", s.room)
	s.one = &poster{name: "one", url: s.hook("one", "generic", "one", "")}
	s.hook("asks", "grafana", "one", `filter: 'payload.missing.field > 3', wait: true`)
	s.guarded = s.hook("guarded", "generic", "one", `auth: {bearer: `+bearerSecret+`, header: {name: X-Secret, value: `+headerSecret+`}, hmac: `+keySecret+`, scheme: github}`)
	s.basic = s.hook("basic", "generic", "one", `auth: {basic: {user: kim, password: `+basicSecret+`}}, get: true`)
	s.standard = s.hook("standard", "generic", "one", `auth: {hmac: `+standardKey()+`, scheme: standard-webhooks}`)
	s.write()
	s.start()
	return s
}

// askOddly posts what is right and what is wrong in many ways, while the homeserver does not
// know the appservice.
func (s *secretive) askOddly() {
	heal := s.server.Inject(homeserver.Fault{Times: 20, Do: homeserver.UnknownToken()})
	s.one.postAll(s.t, 3)
	s.odd(http.MethodGet, s.one.url, "")
	s.odd(http.MethodDelete, s.one.url, "")
	s.odd(http.MethodPost, s.one.url+"/more", "")
	s.odd(http.MethodPost, strings.Replace(s.one.url, "/webhook/", "/WEBHOOK/", 1)+"?", `{"text": "odd-00000"`)
	s.odd(http.MethodPost, strings.Replace(s.one.url, "/webhook/", "/", 1), `{"text": "odd-00001"}`)
	s.odd(http.MethodPost, s.one.url, strings.Repeat("x", 3<<20))
	s.odd(http.MethodPost, s.hookURL("asks"), `{"broken": `)
	s.odd(http.MethodPost, s.one.url+"?token="+querySecret, `{"text": "odd-00002"}`)
	s.odd(http.MethodGet, s.one.url+"?title=odd-00003&token="+querySecret+"&Api-Key="+querySecret, "")
	s.odd(http.MethodPost, s.one.url+"/gotify/message?token="+querySecret, `{"message": "odd-00004"}`)
	s.odd(http.MethodPost, s.one.url+"/ntfy?auth="+base64.RawURLEncoding.EncodeToString([]byte("Bearer "+querySecret)), "odd-00004")
	s.odd(http.MethodPost, s.guarded, guardedBody, "Authorization", "Bearer "+bearerSecret, "X-Secret", headerSecret, "X-Hub-Signature-256", "sha256="+signatureOf(guardedBody))
	s.odd(http.MethodPost, s.guarded, guardedBody+" ", "Authorization", "Bearer "+bearerSecret, "X-Secret", headerSecret, "X-Hub-Signature-256", "sha256="+signatureOf(guardedBody))
	s.odd(http.MethodPost, s.guarded, guardedBody)
	s.odd(http.MethodGet, s.basic+"?text=odd-00006", "", "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("kim:"+basicSecret)))
	s.odd(http.MethodPost, s.basic, "odd-00007", "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("kim:"+strangeSecret)))
	s.odd(http.MethodPost, s.standard, "odd-00008", "Webhook-Id", "msg_1", "Webhook-Timestamp", "1", "Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString([]byte(strangeSecret)))
	for _, request := range []string{
		"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",        // aborted
		"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: nonsense\r\n\r\n",     // malformed
		"POST %s HTTP/7.0\r\nHost: x\r\n\r\n",                                 // impossible
		"POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz", // malformed later
		"POST %s HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
	} {
		s.raw(fmt.Sprintf(request, strings.TrimPrefix(s.one.url, "http://"+s.webhooks)))
	}
	if status := s.transaction(s.t.Context(), []byte(`{}`), strangeSecret); status != http.StatusForbidden {
		s.t.Errorf("a stranger's transaction: status %d", status)
	}
	heal()
}

// hookURL returns where a hook is posted to.
func (s *secretive) hookURL(name string) string {
	for _, k := range s.hooks {
		if k.name == name {
			return "http://" + s.webhooks + "/webhook/" + k.id
		}
	}
	s.t.Fatalf("no hook %s", name)
	return ""
}

// loseHomeserver lets the program not reach its homeserver at all, and its bot's password
// be wrong.
func (s *secretive) loseHomeserver() {
	s.kill()
	good := s.homeserver
	s.homeserver = "http://127.0.0.1:1"
	s.write()
	s.start()
	s.one.postAll(s.t, 3)
	s.findSecrets("check --online", []byte(s.fails("check", "--online")))
	s.homeserver = good
	s.server.CreateAccount("other", "another password")
	s.bot = strings.Replace(s.bot, "@bot:", "@other:", 1)
	s.write()
	s.findSecrets("check --online with a wrong password", []byte(s.fails("check", "--online")))
	s.bot = strings.Replace(s.bot, "@other:", "@bot:", 1)
	s.write()
}

// misconfigure reloads wrong files, in which secrets are where they do not belong.
func (s *secretive) misconfigure() {
	for what, yaml := range map[string]string{ // in what is still right, and around it
		"twice":    s.yaml() + strings.SplitAfter(s.yaml(), "hooks:\n")[1],
		"syntax":   strings.ReplaceAll(s.yaml(), `", name: one`, `, name: one`),
		"list":     strings.ReplaceAll(s.yaml(), `{id: "`, `{id: ["`),
		"rude":     strings.ReplaceAll(s.yaml(), `", name: one`, ` /?", name: one`),
		"key":      strings.ReplaceAll(s.yaml(), `{id: "`, `{idd: "`),
		"bearer":   strings.ReplaceAll(s.yaml(), `bearer: `, `bearr: `),
		"user":     strings.ReplaceAll(s.yaml(), `user: kim, password: `, `user: `),
		"scheme":   strings.ReplaceAll(s.yaml(), `scheme: github`, `scheme: `+keySecret),
		"standard": strings.ReplaceAll(s.yaml(), `hmac: whsec_`, `hmac: whsec_!`),
		"database": strings.ReplaceAll(s.yaml(), `database: "`, `database: "mysql://kim:`+databaseSecret+`@`),
		"bot":      strings.ReplaceAll(s.yaml(), `password_file: bot-password`, `password: [`+botSecret+`]`),
		"file":     strings.ReplaceAll(s.yaml(), `password_file: bot-password`, `pasword: `+botSecret),
	} {
		s.writeFile("hooks.yaml", yaml)
		s.reload("the old one stays")
		s.findSecrets("check of what is wrong: "+what, []byte(s.fails("check")))
	}
	s.write()
}

// lookEverywhere looks at all that the program has shown and written. The log and the
// database are looked at when the test ends.
func (s *secretive) lookEverywhere() {
	s.stop()
	s.start()
	s.awaitTold(time.Minute)
	_, metrics := get(s.t.Context(), "http://"+s.metrics+"/metrics")
	s.findSecrets("the metrics", []byte(metrics))
	for _, event := range s.server.Timeline(s.room) {
		s.findSecrets("the room", event.Content)
	}
	s.writeFile("request.http", "POST /webhook/x?token="+querySecret+" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+foreignSecret+
		"\r\nCookie: "+foreignSecret+"\r\nX-Hub-Signature-256: sha256="+signatureOf(guardedBody)+"\r\nContent-Type: application/json\r\n\r\n"+guardedBody)
	for _, args := range [][]string{
		{"check"}, {"deliveries", "--json", "-n", "100"}, {"deliveries"}, {"dead"}, {"send", "one"}, {"send", "guarded"},
		{"send", "basic"}, {"send", "standard"}, {"schema"}, {"version"},
		{"render", "generic", s.path("request.http")}, {"render", "--json", "generic", s.path("request.http")}, {"render", "--html", "generic", s.path("request.http")},
	} {
		s.findSecrets(strings.Join(args, " "), []byte(s.run(args...)))
	}
	s.findSecrets("check --online", []byte(s.fails("check", "--online"))) // its homeserver calls nobody
	var marks []string
	for _, m := range s.read(s.room) {
		marks = append(marks, oddMark.FindAllString(m.body(), -1)...)
	}
	for _, want := range []string{"odd-00000", "odd-00001", "odd-00002", "odd-00003", "odd-00004", "odd-00005", "odd-00006"} {
		if !slices.Contains(marks, want) {
			s.t.Errorf("the room was not told %s: what is tested did not happen", want)
		}
	}
	if slices.Contains(marks, "odd-00007") || slices.Contains(marks, "odd-00008") {
		s.t.Error("the room was told what a stranger sent")
	}
}

var oddMark = regexp.MustCompile(`odd-\d{5}`)

// odd makes a request with credentials in its headers, besides those that are given. The
// answer must not hold a secret.
func (h *house) odd(method, url, body string, header ...string) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, name := range []string{"Authorization", "Cookie", "X-Api-Key", "X-Gitlab-Token"} {
		req.Header.Set(name, foreignSecret)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
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
