package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

// checked is a configuration beside a homeserver in memory, and what surrounds them. The
// program does not run. A test changes what it is about before it runs the check.
type checked struct {
	t            *testing.T
	registration config.Registration   // as the file has it
	known        homeserver.Appservice // as the homeserver has read it
	server       *homeserver.Server
	home         string // its address
	appservice   string // where the homeserver shall find us
	public       string // gateway.public_url; "" for none
	hooks        string // of hooks.yaml
	bot          string // of hooks.yaml; may be ""
	owner        *mautrix.Client
	room         string
}

const checkOwner = "ann"

func newChecked(t *testing.T) *checked {
	t.Helper()
	c := &checked{t: t, appservice: freeAddress(t)}
	var err error
	c.registration, err = config.NewRegistration(config.RegistrationParams{
		UserPrefix: "hookshot_", Domain: "demo", URL: "http://" + c.appservice,
	}, strings.NewReader(strings.Repeat("0123456789abcdef-", 20)))
	if err != nil {
		t.Fatal(err)
	}
	r := c.registration
	c.known = homeserver.Appservice{
		ID: r.ID, URL: r.URL, ASToken: r.ASToken.Reveal(), HSToken: r.HSToken.Reveal(), SenderLocalpart: r.SenderLocalpart,
		Users: regexp.MustCompile(`^` + r.Namespaces.Users[0].Regex + `$`),
	}
	return c
}

// start starts the homeserver, with a room of ann's.
func (c *checked) start() {
	c.t.Helper()
	c.server = homeserver.New(homeserver.Options{ServerName: "demo", Appservices: []homeserver.Appservice{c.known}})
	c.home = c.serve(c.server)
	account := c.server.CreateAccount(checkOwner, "")
	var err error
	if c.owner, err = mautrix.NewClient(c.home, id.UserID(account.UserID), account.Token); err != nil {
		c.t.Fatal(err)
	}
	c.room = c.newRoom(homeserver.RoomOptions{Alias: "spam"})
	c.hooks = c.hook("one", c.room, "")
}

// serve serves something until the test ends, and returns its address.
func (c *checked) serve(h http.Handler) string {
	s := httptest.NewServer(h)
	c.t.Cleanup(s.Close)
	return s.URL
}

// newRoom makes a room to which the appservice's own user is invited.
func (c *checked) newRoom(o homeserver.RoomOptions) string {
	c.t.Helper()
	o.Invite = append(o.Invite, "@lotus-hooks:demo")
	room, err := c.server.CreateRoom("@"+checkOwner+":demo", o)
	if err != nil {
		c.t.Fatal(err)
	}
	return room
}

// hook is an entry of hooks.yaml.
func (c *checked) hook(name, room, more string) string {
	return fmt.Sprintf("  - {id: 5ac4f0b2-93be-4d6f-8a1e-7c0d2b9f61e3-%s, name: %s, service: generic, room: %q%s}\n", name, name, room, more)
}

// state changes the state of the room, as its owner.
func (c *checked) state(kind event.Type, content any) {
	c.t.Helper()
	if _, err := c.owner.SendStateEvent(c.t.Context(), id.RoomID(c.room), kind, "", content); err != nil {
		c.t.Fatal(err)
	}
}

// levels changes the room's power levels.
func (c *checked) levels(change func(*event.PowerLevelsEventContent)) {
	c.t.Helper()
	var levels event.PowerLevelsEventContent
	if err := c.owner.StateEvent(c.t.Context(), id.RoomID(c.room), event.StatePowerLevels, "", &levels); err != nil {
		c.t.Fatal(err)
	}
	change(&levels)
	c.state(event.StatePowerLevels, &levels)
}

func (c *checked) invite(user string) {
	c.t.Helper()
	if _, err := c.owner.InviteUser(c.t.Context(), id.RoomID(c.room), &mautrix.ReqInviteUser{UserID: id.UserID(user)}); err != nil {
		c.t.Fatal(err)
	}
}

// alias gives a room an address.
func (c *checked) alias(localpart, room string) {
	c.t.Helper()
	if _, err := c.owner.CreateAlias(c.t.Context(), id.NewRoomAlias(localpart, "demo"), id.RoomID(room)); err != nil {
		c.t.Fatal(err)
	}
}

// env writes the configuration.
func (c *checked) env() Env {
	c.t.Helper()
	dir := c.t.TempDir()
	if err := c.registration.WriteFile(filepath.Join(dir, "registration.yaml")); err != nil {
		c.t.Fatal(err)
	}
	text := fmt.Sprintf("homeserver: {url: %q, domain: demo}\nappservice: {registration: registration.yaml, listen: %q}\n", c.home, c.appservice)
	if c.public != "" {
		text += fmt.Sprintf("gateway: {public_url: %q}\n", c.public)
	}
	text += c.bot + "hooks:\n" + c.hooks
	path := filepath.Join(dir, "hooks.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return Env{Config: path, Getenv: func(string) string { return "" }, Stdout: &bytes.Buffer{}, Stderr: io.Discard}
}

// run runs the check and returns its lines, in which addresses have names.
func (c *checked) run() ([]string, error) {
	c.t.Helper()
	env := c.env()
	ctx, cancel := context.WithTimeout(c.t.Context(), 30*time.Second)
	defer cancel()
	err := Check(ctx, env, true)
	text := env.Stdout.(*bytes.Buffer).String()
	if c.public != "" {
		text = strings.ReplaceAll(text, c.public, "PUBLIC")
	}
	names := strings.NewReplacer(c.home, "HOME", "http://"+c.appservice, "APPSERVICE", c.appservice, "LISTEN",
		c.room, "ROOM", filepath.Dir(env.Config)+"/", "")
	var lines []string
	for line := range strings.Lines(names.Replace(text)) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return lines, err
}

// fault makes requests to a path go wrong.
func (c *checked) fault(path string, do homeserver.Action) {
	c.server.Inject(homeserver.Fault{Match: func(r *http.Request) bool { return strings.Contains(r.URL.Path, path) }, Do: do})
}

// says answers everything with a status, headers and a body.
func says(status int, body string, header ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// dated serves with another time in the answer.
func dated(ahead time.Duration) homeserver.Action {
	return func(w http.ResponseWriter, r *http.Request, serve http.Handler) {
		w.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
		serve.ServeHTTP(w, r)
	}
}

// TestCheckOnline holds what people read: all of a good installation, and of each that is
// wrong in one way, the lines that are another.
func TestCheckOnline(t *testing.T) {
	t.Parallel()
	good := []string{
		"ok homeserver HOME answers",
		"ok clock agrees with the homeserver's",
		"ok as_token the homeserver knows the appservice as @lotus-hooks:demo",
		"ok hs_token the homeserver reaches us at APPSERVICE, and shows the right token",
		"ok users @hookshot_…:demo are the appservice's alone",
		"ok room ROOM is joined and not encrypted",
		"hooks.yaml is good: 1 hook",
	}
	for _, test := range checks() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newChecked(t)
			if test.before != nil {
				test.before(c)
			}
			c.start()
			if test.after != nil {
				test.after(c)
			}
			lines, err := c.run()
			if wrong := strings.HasPrefix(test.name, "Err"); wrong != errors.Is(err, errFindings) || !wrong && err != nil {
				t.Errorf("error is %v", err)
			}
			var other []string
			for _, line := range lines {
				if !slices.Contains(good, line) {
					other = append(other, line)
				}
			}
			if diff := cmp.Diff(test.want, other); diff != "" {
				t.Errorf("lines that are not as usual (-want +got):\n%s\nall:\n%s", diff, strings.Join(lines, "\n"))
			}
			if test.name == "OK" {
				if diff := cmp.Diff(good, lines); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}
