//go:build goolm && linux

package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// debian returns a program of Debian's.
func debian(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatalf("needs %s: scripts/install-test-tools.sh installs it", program)
	}
	return path
}

// newSenderHouse has a room on a Synapse, and a member of it.
func newSenderHouse(t *testing.T) (*house, *person, id.RoomID) {
	t.Helper()
	h := newHouse(t, storetest.SQLite)
	ann := newPerson(t, h.startSynapse(), "ann")
	room := ann.newRoom(false, sender)
	h.room("spam", room.String())
	return h, ann, room
}

// TestApprise notifies by Debian's apprise, in each way that it can reach a hook.
func TestApprise(t *testing.T) {
	t.Parallel()
	if !enabled() {
		t.Skip("runs the program on a real homeserver: set LOTUS_E2E=1")
	}
	apprise := debian(t, "apprise")
	h, ann, room := newSenderHouse(t)
	const token = "token-of-apprise"
	h.more = map[string]string{token: "the token that apprise sends"}
	address := strings.TrimPrefix(h.hook("apprise", "apprise", "spam", ""), "http://")
	guarded := strings.TrimPrefix(h.hook("guarded", "apprise", "spam", "auth: {header: {name: X-Token, value: "+token+"}}"), "http://")
	gotify := strings.TrimPrefix(h.hook("gotify", "generic", "spam", "auth: {bearer: "+token+"}"), "http://")
	h.writeFile("backup.log", "42 files")
	h.write()
	h.start()

	notify := func(args ...string) error {
		out, err := exec.CommandContext(t.Context(), apprise, append([]string{"--disable-async"}, args...)...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
		return nil
	}
	var want []string
	for _, n := range []struct {
		sender, want string
		args         []string
	}{
		{"apprise", "INFO Backup: begins", []string{"-t", "Backup", "-b", "begins", "json://" + address}},
		{"apprise", "SUCCESS Backup: 42 files", []string{"-n", "success", "-t", "Backup", "-b", "42 files", "xml://" + address}},
		{"apprise", "FAILURE Disk: 97 % & more", []string{"-n", "failure", "-t", "Disk", "-b", "97 % & more", "form://" + address}},
		{"apprise", "WARNING only a body", []string{"-n", "warning", "-b", "only a body", "json://" + address + "?:room=media"}},
		{"apprise", "INFO Backup: its log", []string{"-t", "Backup", "-b", "its log", "-a", h.path("backup.log"), "json://" + address}},
		{"apprise", "INFO Guarded: with a token", []string{"-t", "Guarded", "-b", "with a token", "json://" + guarded + "?+X-Token=" + token}},
		{"generic", "MESSAGE Gotify: as to a server of it", []string{"-t", "Gotify", "-b", "as to a server of it", "gotify://" + gotify + "/gotify/" + token}},
	} {
		if err := notify(n.args...); err != nil {
			t.Errorf("apprise %q: %v", n.args, err)
			continue
		}
		want = append(want, userOf(n.sender)+" "+n.want)
	}
	if notify("-b", "refused", "json://"+guarded) == nil {
		t.Error("apprise believes that it was heard without a token")
	}
	h.awaitTold(time.Minute)
	checkLines(t, ann.read(room), want)
}

// checkLines compares the messages of a room with who said them and how their first lines begin.
func checkLines(t *testing.T, messages []message, want []string) {
	t.Helper()
	var got []string
	for _, m := range messages {
		first, _, _ := strings.Cut(m.body(), "\n")
		got = append(got, m.sender+" "+first)
	}
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("the room was told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// alertmanager is a running Alertmanager of Debian's.
type alertmanager struct {
	t   *testing.T
	url string
}

// startAlertmanager starts one on loopback, alone, with one receiver.
func startAlertmanager(t *testing.T, h *house, hook, token string) *alertmanager {
	t.Helper()
	h.writeFile("alertmanager.yml", fmt.Sprintf(`route: {receiver: matrix, group_by: [alertname], group_wait: 1s, group_interval: 2s, repeat_interval: 6s}
receivers:
  - name: matrix
    webhook_configs:
      - {url: %q, send_resolved: true, http_config: {authorization: {credentials: %q}}}
`, hook, token))
	a := &alertmanager{t: t, url: "http://" + freeAddress(t)}
	cmd := exec.Command(debian(t, "prometheus-alertmanager"), "--config.file="+h.path("alertmanager.yml"), "--storage.path="+t.TempDir(),
		"--web.listen-address="+strings.TrimPrefix(a.url, "http://"), "--cluster.listen-address=")
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started, done := make(chan error, 1), make(chan struct{})
	go func() {
		runtime.LockOSThread() // Pdeathsig looks at the thread that started the process
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // it is killed
		}
		close(done)
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-done
		if t.Failed() {
			t.Logf("the end of Alertmanager's log:\n%s", lastLines(log.String(), 20))
		}
	})
	eventually(t, 30*time.Second, "Alertmanager is ready", func() bool {
		status, _ := get(t.Context(), a.url+"/-/ready")
		return status == http.StatusOK
	})
	return a
}

// alert tells Alertmanager of an alert, as Prometheus does: that it fires, or that it ended.
func (a *alertmanager) alert(instance string, began time.Time, fires bool) {
	a.t.Helper()
	alert := map[string]any{
		"labels":      map[string]string{"alertname": "DiskFull", "severity": "critical", "instance": instance},
		"annotations": map[string]string{"summary": "the disk of " + instance + " is full"},
		"startsAt":    began, "endsAt": time.Now().Add(time.Hour),
	}
	if !fires {
		alert["endsAt"] = time.Now()
	}
	body, err := json.Marshal([]any{alert})
	if err != nil {
		a.t.Fatal(err)
	}
	resp, err := http.Post(a.url+"/api/v2/alerts", "application/json", bytes.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		a.t.Fatalf("Alertmanager answers %s", resp.Status)
	}
}

// failures returns whether requests to the receiver have failed.
func (a *alertmanager) failures() bool {
	_, page := get(a.t.Context(), a.url+"/metrics")
	for line := range strings.Lines(page) {
		if count, found := strings.CutPrefix(line, `alertmanager_notification_requests_failed_total{integration="webhook"} `); found {
			return strings.TrimSpace(count) != "0"
		}
	}
	return false
}

// TestAlertmanager lets Alertmanager tell of alerts: while the gateway is down, when its
// answers are lost, again and again, and when the alerts end.
func TestAlertmanager(t *testing.T) {
	t.Parallel()
	h, ann, room := newSenderHouse(t)
	const token = "token-of-alertmanager"
	h.more = map[string]string{token: "the token that Alertmanager sends"}
	hook := h.hook("alertmanager", "alertmanager", "spam", "auth: {bearer: "+token+"}")
	h.write()
	p := startProxy(t, "http://"+h.webhooks)
	a := startAlertmanager(t, h, strings.Replace(hook, "http://"+h.webhooks, p.URL, 1), token)

	began := time.Now().Add(-time.Minute)
	a.alert("nas-1", began, true)
	eventually(t, 30*time.Second, "Alertmanager has tried in vain", a.failures)
	p.fail(proxyFault{1, homeserver.DropReply()}) // now it is heard, and does not know
	h.start()
	eventually(t, time.Minute, "Alertmanager is heard", func() bool { return len(h.told(room)) > 1 })
	p.fail()
	eventually(t, time.Minute, "it has tried again", func() bool { return p.hits.Load() > 1 })
	h.awaitTold(time.Minute)
	card := checkCard(t, h.followed(room), ann.read(room))

	a.alert("nas-2", began, true) // joins the card
	eventually(t, time.Minute, "the second alert is told", func() bool { return strings.Contains(lastEdit(ann.read(room), card), "nas-2") })
	eventually(t, time.Minute, "a repetition is told by the card", func() bool {
		return toldAgain.MatchString(lastEdit(ann.read(room), card))
	})
	if told := replies(ann.read(room), card); len(told) != 0 {
		t.Errorf("a repetition was told by %+v", told)
	}
	checkCard(t, h.followed(room), ann.read(room))
	a.alert("nas-1", began, false)
	a.alert("nas-2", began, false)
	eventually(t, time.Minute, "their end is told", func() bool { return len(replies(ann.read(room), card)) > 0 })
	h.awaitTold(time.Minute)

	read := ann.read(room)
	checkCard(t, h.followed(room), read)
	if text := lastEdit(read, card); !strings.HasPrefix(text, "RESOLVED DiskFull") && !strings.HasPrefix(text, "2 RESOLVED DiskFull") {
		t.Errorf("the card says at last: %s", text)
	}
	told := replies(read, card)
	if len(told) != 1 || told[0].content["msgtype"] != "m.notice" || !strings.Contains(told[0].body(), "RESOLVED") {
		t.Errorf("the end was told by %+v", told)
	}
	for webhook, d := range h.followed(room).deliveries {
		if d.state != "told" {
			t.Errorf("webhook %s is %s", webhook, d.state)
		}
	}
}

// toldAgain is what a card says of an alert that goes on as it was.
var toldAgain = regexp.MustCompile(`nas-2(?s:.*)firing for \d+ min.*, told \d+×`)

// told returns the webhooks that a room was told.
func (h *house) told(room id.RoomID) map[string]delivered {
	h.t.Helper()
	told := h.followed(room).deliveries
	for webhook, d := range told {
		if d.state != "told" {
			delete(told, webhook)
		}
	}
	return told
}

// checkCard fails the test unless a room has one card, and besides it only changes of it and
// replies to it, just as the outbox says. It returns the card's id.
func checkCard(t *testing.T, in followed, read []message) string {
	t.Helper()
	in.checkEvents(t, read)
	if len(in.sends) == 0 || in.sends[0].kind != "new" {
		t.Fatalf("the room was told %+v", in.sends)
	}
	for _, s := range in.sends[1:] {
		if s.kind == "new" {
			t.Errorf("a second card was made: %s", s.notification.Title())
		}
	}
	return in.sends[0].event
}

// relation returns the event that a message relates to, and how.
func (m message) relation() (event, kind string) {
	relation, _ := m.content["m.relates_to"].(map[string]any)
	if reply, ok := relation["m.in_reply_to"].(map[string]any); ok {
		event, _ = reply["event_id"].(string)
		return event, "reply"
	}
	event, _ = relation["event_id"].(string)
	kind, _ = relation["rel_type"].(string)
	return event, kind
}

// lastEdit returns what a card says at last, as text.
func lastEdit(read []message, card string) string {
	text := ""
	for _, m := range read {
		if event, kind := m.relation(); event == card && kind == "m.replace" {
			content, _ := m.content["m.new_content"].(map[string]any)
			text, _ = content["body"].(string)
		}
	}
	return text
}

// replies returns what answers a card.
func replies(read []message, card string) []message {
	return slices.DeleteFunc(slices.Clone(read), func(m message) bool {
		event, kind := m.relation()
		return event != card || kind != "reply"
	})
}
