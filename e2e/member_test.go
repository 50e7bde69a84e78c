//go:build goolm && linux

package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"
)

// member is a person whose client is matrix-nio, which shares no code with ours: it encrypts
// what they say, and hears everything in their rooms, decrypted. Methods may be called from
// any goroutine.
type member struct {
	user string

	asking sync.Mutex // held from a request to its answer
	in     io.Writer
	done   chan memberLine

	mu    sync.Mutex
	all   []heard
	more  chan struct{} // closed when there is more in all
	ended bool
}

// heard is an event as a member hears it.
type heard struct {
	id, sender, kind string
	room             id.RoomID
	encrypted        bool
	content          map[string]any
	target           string // of a redaction
}

// memberLine is a line that nio/member.py prints.
type memberLine struct {
	Ready, Joined, Done bool
	EventID             string `json:"event_id"`
	RoomID              string `json:"room_id"`
	Sender, Type        string
	Decrypted           bool
	Content             map[string]any
	Redacts, Error      string
}

// startMember logs a person in, and returns when all that is said from now on can be read.
// Further arguments are member.py's.
func startMember(t *testing.T, url, user string, more ...string) *member {
	t.Helper()
	args := append([]string{"nio/member.py", "--homeserver", url, "--user", user, "--password", password, "--seconds", "900"}, more...)
	cmd := exec.Command(python(t), args...)
	cmd.Stderr = t.Output()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	m := &member{user: user, in: in, done: make(chan memberLine, 1), more: make(chan struct{})}
	ready, ended := make(chan bool, 1), make(chan struct{})
	t.Cleanup(func() {
		_ = in.Close()
		<-ended
	})
	go func() {
		defer close(ended)
		scan := bufio.NewScanner(out)
		scan.Buffer(nil, 1<<20)
		for scan.Scan() {
			var line memberLine
			if err := json.Unmarshal(scan.Bytes(), &line); err != nil {
				t.Errorf("%s printed %q: %v", user, scan.Bytes(), err)
			}
			switch {
			case line.Ready:
				ready <- true
			case line.Done:
				m.done <- line
			case line.Error != "":
				t.Errorf("%s cannot read %s of %s: %s", user, line.EventID, line.Sender, line.Error)
			default:
				m.hear(line)
			}
		}
		m.mu.Lock()
		m.ended = true
		close(m.more)
		m.mu.Unlock()
		_ = cmd.Wait() // it is told to end in the middle of what it does
	}()
	select {
	case <-ready:
	case <-time.After(time.Minute):
		t.Fatalf("%s is not ready", user)
	}
	return m
}

func (m *member) hear(line memberLine) {
	h := heard{
		id: line.EventID, sender: line.Sender, kind: line.Type, room: id.RoomID(line.RoomID),
		encrypted: line.Decrypted, content: line.Content, target: line.Redacts,
	}
	if line.Joined {
		h.kind = "joined"
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, h)
	close(m.more)
	m.more = make(chan struct{})
}

// do has the client do something and returns the event that it makes.
func (m *member) do(t *testing.T, what map[string]any) string {
	t.Helper()
	line, err := json.Marshal(what)
	if err != nil {
		t.Fatal(err)
	}
	m.asking.Lock()
	defer m.asking.Unlock()
	if _, err := fmt.Fprintf(m.in, "%s\n", line); err != nil {
		t.Fatalf("ask %s: %v", m.user, err)
	}
	select {
	case answer := <-m.done:
		if answer.Error != "" {
			t.Fatalf("%s cannot %s: %s", m.user, line, answer.Error)
		}
		return answer.EventID
	case <-time.After(time.Minute):
		t.Fatalf("%s does not get done with %s", m.user, line)
	}
	return ""
}

// say writes a message.
func (m *member) say(t *testing.T, room id.RoomID, text string) (event string) {
	t.Helper()
	return m.send(t, room, "m.room.message", map[string]any{"msgtype": "m.text", "body": text, "m.mentions": map[string]any{}})
}

// reply writes a message that answers another.
func (m *member) reply(t *testing.T, room id.RoomID, to, text string) (event string) {
	t.Helper()
	return m.send(t, room, "m.room.message", map[string]any{
		"msgtype": "m.text", "body": text, "m.mentions": map[string]any{},
		"m.relates_to": map[string]any{"m.in_reply_to": map[string]any{"event_id": to}},
	})
}

func (m *member) react(t *testing.T, room id.RoomID, target, emoji string) (event string) {
	t.Helper()
	return m.send(t, room, "m.reaction", map[string]any{
		"m.relates_to": map[string]any{"rel_type": "m.annotation", "event_id": target, "key": emoji},
	})
}

func (m *member) send(t *testing.T, room id.RoomID, kind string, content map[string]any) (event string) {
	t.Helper()
	return m.do(t, map[string]any{"do": "send", "room": room, "type": kind, "content": content})
}

func (m *member) redact(t *testing.T, room id.RoomID, event string) {
	t.Helper()
	m.do(t, map[string]any{"do": "redact", "room": room, "event": event})
}

func (m *member) join(t *testing.T, room id.RoomID) {
	t.Helper()
	m.do(t, map[string]any{"do": "join", "room": room})
}

// events returns what was heard that matches, in order.
func (m *member) events(match func(heard) bool) []heard {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []heard
	for _, h := range m.all {
		if match(h) {
			found = append(found, h)
		}
	}
	return found
}

// await waits until something was heard, and returns the first of it.
func (m *member) await(t *testing.T, what string, match func(heard) bool) heard {
	t.Helper()
	return m.awaitMany(t, 1, what, match)[0]
}

// awaitMany waits until something was heard so often.
func (m *member) awaitMany(t *testing.T, n int, what string, match func(heard) bool) []heard {
	t.Helper()
	limit := time.After(time.Minute)
	for {
		m.mu.Lock()
		more, ended := m.more, m.ended
		m.mu.Unlock()
		if found := m.events(match); len(found) >= n {
			return found
		}
		if ended {
			t.Fatalf("%s has ended, before %s", m.user, what)
		}
		select {
		case <-more:
		case <-limit:
			t.Fatalf("%s did not hear %s", m.user, what)
		}
	}
}

// messages waits for so many messages, and returns them with those that come within a second
// behind them. All of them must have been encrypted.
func (m *member) messages(t *testing.T, n int) []message {
	t.Helper()
	said := func(h heard) bool { return h.kind == "m.room.message" }
	m.awaitMany(t, n, fmt.Sprintf("%d messages", n), said)
	time.Sleep(time.Second)
	var all []message
	for _, h := range m.events(said) {
		if !h.encrypted {
			t.Errorf("%s of %s was not encrypted", h.id, h.sender)
		}
		all = append(all, message{id: h.id, sender: h.sender, encrypted: h.encrypted, content: h.content})
	}
	return all
}

// relation returns to what an event relates, and how: "m.annotation", "m.replace", or
// "reply".
func (h heard) relation() (kind, target, key string) {
	relation, _ := h.content["m.relates_to"].(map[string]any)
	kind, _ = relation["rel_type"].(string)
	target, _ = relation["event_id"].(string)
	key, _ = relation["key"].(string)
	if reply, ok := relation["m.in_reply_to"].(map[string]any); ok && kind == "" {
		kind = "reply"
		target, _ = reply["event_id"].(string)
	}
	return kind, target, key
}

// answers says whether an event is the bot's answer to another: a reply or a reaction.
func (h heard) answers(to string) bool {
	kind, target, _ := h.relation()
	return h.sender == botUser && target == to && (kind == "reply" || kind == "m.annotation")
}

// edits says whether an event changes another.
func (h heard) edits(event string) bool {
	kind, target, _ := h.relation()
	return kind == "m.replace" && target == event
}

// text is what an event says: its body, of an edit the new one, or the emoji of a reaction.
func (h heard) text() string {
	if _, _, key := h.relation(); key != "" {
		return key
	}
	body, _ := h.said()["body"].(string)
	return body
}

// said is the content of a message, or of an edit the new one.
func (h heard) said() map[string]any {
	if now, ok := h.content["m.new_content"].(map[string]any); ok {
		return now
	}
	return h.content
}

// python returns an interpreter with matrix-nio.
func python(t *testing.T) string {
	t.Helper()
	name := pythonWithNio()
	if name == "" {
		t.Fatal("needs Python with matrix-nio and olm (apt install python3-matrix-nio python3-olm)")
	}
	return name
}

var pythonWithNio = sync.OnceValue(func() string {
	for _, name := range []string{"python3", "/usr/bin/python3"} { // Debian's, where another is first
		if exec.Command(name, "-c", "import nio, olm").Run() == nil {
			return name
		}
	}
	return ""
})
