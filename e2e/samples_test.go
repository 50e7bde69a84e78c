//go:build goolm && linux

package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
	"code.lotusguild.org/LotusGuild/lotus-hooks/virtualusers"
)

// TestSamples posts every sample of every service as its sender would, and reads both a
// plain and an encrypted room: the latter with mautrix and with matrix-nio. What a service
// says does not depend on the database, so PostgreSQL is given those of four services.
func TestSamples(t *testing.T) {
	t.Parallel()
	var four, others []formatters.Service
	for _, s := range formatters.Services() {
		switch s.Name {
		case "generic", "grafana", "sonarr", "uptime-kuma":
			four = append(four, s)
		default:
			others = append(others, s)
		}
	}
	half := len(others) / 2
	tell := func(name string, database func(testing.TB) string, services []formatters.Service) subtest {
		return subtest{name, func(t *testing.T) { testSamples(t, database(t), services...) }}
	}
	atOnce(t,
		tell("SQLite", storetest.SQLite, four), tell("PostgreSQL", storetest.Postgres, four),
		tell("Others", storetest.SQLite, others[:half]), tell("MoreOthers", storetest.SQLite, others[half:]),
	)
}

func testSamples(t *testing.T, url string, services ...formatters.Service) {
	h := newHouse(t, func(testing.TB) string { return url })
	s := h.startSynapse()
	ann := newPerson(t, s, "ann").withKeys()
	bob := s.Account(t, "bob", password)
	plain, secret := ann.newRoom(false, sender), ann.newRoom(true, sender, bob.UserID)
	if version := roomVersion(t, ann, plain); version != "12" {
		t.Errorf("the room has version %s", version)
	}
	h.room("plain", plain.String())
	h.room("secret", secret.String())
	urls := map[string]string{}
	for _, service := range services {
		urls[service.Name] = h.hook(service.Name, service.Name, "plain",
			`get: true, filter: "true", routes: [{when: "true", room: plain, continue: true}, {when: "true", room: secret}]`)
	}
	h.write()
	h.start()
	nio := startMember(t, s.URL, bob.UserID, "--room", secret.String())

	var told []sample
	for _, service := range services {
		for _, p := range payloads.Of(service.Name) {
			told = append(told, sample{Sample: p, webhook: postSample(t, urls[p.Service], p)})
		}
	}
	h.awaitTold(8 * time.Minute)
	if t.Failed() {
		return // what is not told cannot be read
	}

	t.Run("Plain", func(t *testing.T) { h.followed(plain).check(t, told, ann.read(plain)) })
	t.Run("Encrypted", func(t *testing.T) {
		read := ann.read(secret)
		for _, m := range read {
			if !m.encrypted {
				t.Errorf("message %s is not encrypted", m.id)
			}
		}
		h.followed(secret).check(t, told, read)
	})
	t.Run("Nio", func(t *testing.T) {
		in := h.followed(secret)
		in.check(t, told, nio.messages(t, len(in.sends)))
	})
	t.Run("Users", func(t *testing.T) { checkUsers(t, ann, plain, urls) })
	t.Run("Check", func(t *testing.T) {
		out := strings.Join(strings.Fields(h.run("check", "--online")), " ")
		for _, want := range []string{
			"the homeserver knows the appservice as " + sender, "the homeserver reaches us at http://" + h.transactions,
			"ok users @hookshot_…:" + domain + " are the appservice's alone",
			"ok room plain is joined and not encrypted", "ok room secret is joined and encrypted", "is good",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("check --online does not say %q:\n%s", want, out)
			}
		}
	})
}

// sample is one that was accepted.
type sample struct {
	payloads.Sample
	webhook string // its id
}

// postSample posts a sample as its sender would.
func postSample(t *testing.T, url string, s payloads.Sample) (webhook string) {
	t.Helper()
	if s.Query != "" {
		url += "?" + s.Query
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, s.Method, url, bytes.NewReader(s.Body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = s.Header.Clone()
	for _, hop := range []string{"Connection", "Content-Length", "Transfer-Encoding", "Accept-Encoding"} {
		req.Header.Del(hop)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		OK bool
		ID string
	}
	if err := json.Unmarshal(body, &answer); err != nil || resp.StatusCode != http.StatusAccepted || !answer.OK || answer.ID == "" {
		t.Fatalf("%s: %s %s %v", s.Path(), resp.Status, body, err)
	}
	return answer.ID
}

func userOf(service string) string { return "@hookshot_" + service + ":" + domain }

// golden returns the notification in a sample's golden file. The texts in that file were
// drawn at another time than the events of a test: durations differ.
func golden(t *testing.T, s sample) formatters.Notification {
	t.Helper()
	golden, err := os.ReadFile(filepath.Join("..", "testdata", "payloads", filepath.FromSlash(s.Path())+".golden"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(golden), "\n-- notification (")
	_, text, whole := strings.Cut(text, "--\n")
	var n formatters.Notification
	if err := json.Unmarshal([]byte(text), &n); err != nil || !found || !whole {
		t.Fatalf("%s: read golden: %v", s.Path(), err)
	}
	return n
}

// checkUsers fails the test unless each service's user has its name and its picture, in its
// profile and as a member of the room.
func checkUsers(t *testing.T, p *person, room id.RoomID, services map[string]string) {
	t.Helper()
	for name := range services {
		service, _ := formatters.Lookup(name)
		user := id.UserID(userOf(name))
		profile, err := p.GetProfile(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		var member event.MemberEventContent
		if err := p.StateEvent(t.Context(), room, event.StateMember, user.String(), &member); err != nil {
			t.Fatal(err)
		}
		if profile.DisplayName != service.Title || member.Displayname != service.Title {
			t.Errorf("%s is called %q, in the room %q, want %q", user, profile.DisplayName, member.Displayname, service.Title)
		}
		if string(member.AvatarURL) != profile.AvatarURL.String() {
			t.Errorf("%s has another picture in the room", user)
		}
		picture, err := p.DownloadBytes(t.Context(), profile.AvatarURL)
		if err != nil {
			t.Fatal(err)
		}
		if want := virtualusers.Avatar(name).Data(); len(want) == 0 || !bytes.Equal(picture, want) {
			t.Errorf("%s has a picture of %d bytes that is not its own", user, len(picture))
		}
	}
}

func roomVersion(t *testing.T, p *person, room id.RoomID) string {
	t.Helper()
	var create struct {
		Version string `json:"room_version"`
	}
	if err := p.StateEvent(t.Context(), room, event.StateCreate, "", &create); err != nil {
		t.Fatal(err)
	}
	return create.Version
}
