//go:build goolm

package virtualusers_test

import (
	"bufio"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"maunium.net/go/mautrix"

	"code.lotusguild.org/LotusGuild/lotus-hooks/e2e/synapse"
)

// TestNio lets matrix-nio, which shares no code with mautrix, read what two virtual users
// say in an encrypted room.
func TestNio(t *testing.T) {
	t.Parallel()
	python := pythonWithNio(t)
	s := startSynapse(t)
	h := open(t, s, newDisk(t))
	ann := logIn(t, s, s.Account(t, "ann", password))
	room := ann.newRoom(t, true, sender)
	bob := s.Account(t, "bob", password)
	if _, err := ann.InviteUser(t.Context(), room, &mautrix.ReqInviteUser{UserID: "@bob:synapse.test"}); err != nil {
		t.Fatal(err)
	}
	h.tellAll(t, room, "before nio") // it gets no key to these
	lines := runNio(t, s, python, bob.UserID, room.String())
	first := next(t, lines)
	if !first.Ready {
		t.Fatalf("first line: %+v", first)
	}
	texts, _ := h.tellAll(t, room, "to nio")
	for i, text := range texts {
		for {
			line := next(t, lines)
			if line.Error != "" {
				t.Fatalf("nio cannot decrypt: %+v", line)
			}
			if !strings.Contains(line.Content.Body, text) {
				continue
			}
			if !line.Decrypted || line.Sender != "@"+voices[i]+":synapse.test" || line.Content.FormattedBody == "" {
				t.Errorf("line: %+v", line)
			}
			break
		}
	}
}

// pythonWithNio skips the test where there is none.
func pythonWithNio(t *testing.T) string {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} { // Debian's, where another is first
		if exec.CommandContext(t.Context(), python, "-c", "import nio, olm").Run() == nil {
			return python
		}
	}
	t.Skip("needs Python with matrix-nio and olm")
	return ""
}

// nioLine is a line that member.py prints.
type nioLine struct {
	Ready     bool
	Sender    string
	Decrypted bool
	Content   struct {
		Body          string
		FormattedBody string `json:"formatted_body"`
	}
	Error string
}

// runNio starts a member of a room and returns what it prints.
func runNio(t *testing.T, s *synapse.Instance, python, user, room string) *bufio.Scanner {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), python, "../e2e/nio/member.py", "--homeserver", s.URL,
		"--user", user, "--password", password, "--room", room, "--seconds", "60")
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
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	return bufio.NewScanner(out)
}

func next(t *testing.T, lines *bufio.Scanner) nioLine {
	t.Helper()
	var line nioLine
	if !lines.Scan() {
		t.Fatalf("nio has ended: %v", lines.Err())
	}
	if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
		t.Fatalf("line %s: %v", lines.Bytes(), err)
	}
	return line
}
