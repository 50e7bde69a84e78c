//go:build goolm && linux

package e2e_test

import (
	"bufio"
	"encoding/json"
	"os/exec"
	"sync"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"
)

// nio reads an encrypted room with matrix-nio, which shares no code with mautrix.
type nio struct {
	t     *testing.T
	lines chan nioLine
}

// nioLine is a line that nio/read_room.py prints.
type nioLine struct {
	Ready     bool
	EventID   string `json:"event_id"`
	Sender    string
	Decrypted bool
	Error     string
	Content   map[string]any
}

// startNio joins a room and returns when everything that is said from now on can be read.
func startNio(t *testing.T, url, user string, room id.RoomID) *nio {
	t.Helper()
	cmd := exec.Command(python(t), "nio/read_room.py", "--homeserver", url,
		"--user", user, "--password", password, "--room", room.String(), "--seconds", "900")
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
	n := &nio{t: t, lines: make(chan nioLine, 1000)}
	done := make(chan struct{})
	t.Cleanup(func() {
		_ = in.Close()
		<-done
	})
	go func() {
		defer close(done)
		defer close(n.lines)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			var line nioLine
			if err := json.Unmarshal(scan.Bytes(), &line); err != nil {
				t.Errorf("nio printed %q: %v", scan.Bytes(), err)
			}
			n.lines <- line
		}
		_ = cmd.Wait() // it is told to end in the middle of what it does
	}()
	if first, ok := n.next(30 * time.Second); !ok || !first.Ready {
		t.Fatalf("nio is not ready: %+v", first)
	}
	return n
}

func (n *nio) next(patience time.Duration) (nioLine, bool) {
	select {
	case line, ok := <-n.lines:
		return line, ok
	case <-time.After(patience):
		return nioLine{}, false
	}
}

// read returns so many messages, and those that come within a second behind them.
func (n *nio) read(count int) []message {
	n.t.Helper()
	var all []message
	for patience := 20 * time.Second; ; {
		if len(all) >= count {
			patience = time.Second
		}
		line, ok := n.next(patience)
		if !ok {
			return all
		}
		if line.Error != "" || !line.Decrypted {
			n.t.Errorf("nio cannot decrypt %s of %s: %s", line.EventID, line.Sender, line.Error)
		}
		all = append(all, message{id: line.EventID, sender: line.Sender, encrypted: true, content: line.Content})
	}
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
