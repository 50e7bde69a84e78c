package deploy_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const hookshotRegistration = `id: matrix-hookshot
as_token: "secret-token" # a comment
hs_token: other
sender_localpart: hookshot
`

// hookshotHome answers what a homeserver with a matrix-hookshot would: by path.
var hookshotHome = map[string]string{
	"joined_rooms": `{"joined_rooms":["!empty","!spam:example.org"]}`,
	"user/@hookshot:example.org/rooms/!spam:example.org/account_data/uk.half-shot.matrix-hookshot.generic.hook": `
		{"id-1":"Uptime Kuma","id-2":"twice","id-3":"twice","id-4":"gone","id-5":"日本"}`,
	"rooms/!spam:example.org/state": `[
		{"type":"m.room.name","state_key":"","content":{"name":"Spam"}},
		{"type":"uk.half-shot.matrix-hookshot.generic.hook","state_key":"Uptime Kuma","content":{"name":"Uptime Kuma","transformationFunction":"result =\n1"}},
		{"type":"uk.half-shot.matrix-hookshot.generic.hook","state_key":"twice","content":{"name":"Renamed: it"}},
		{"type":"uk.half-shot.matrix-hookshot.generic.hook","state_key":"gone","content":{"name":"gone","disabled":true}},
		{"type":"uk.half-shot.matrix-hookshot.generic.hook","state_key":"日本","content":{"name":"日本"}}]`,
}

const hookshotHooks = `  - id: id-1
    name: "Uptime Kuma"
    service: generic
    room: "!spam:example.org"
    user: {localpart: "uptimekuma"}
  - id: id-2
    name: "Renamed: it"
    service: generic
    room: "!spam:example.org"
    user: {localpart: "renamedit"}
  - id: id-3
    name: "Renamed: it"
    service: generic
    room: "!spam:example.org"
    user: {localpart: "renamedit"}
  - id: id-5
    name: "日本"
    service: generic
    room: "!spam:example.org"
    user: {localpart: "bot"}
`

func TestHookshotHooks(t *testing.T) {
	t.Parallel()
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := hookshotHome[r.URL.Path[len("/_matrix/client/v3/"):]]
		if r.Header.Get("Authorization") != "Bearer secret-token" || r.FormValue("user_id") != "@hookshot:example.org" || answer == "" {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(home.Close)
	registration := write(t, filepath.Join(t.TempDir(), "registration.yml"), hookshotRegistration)
	tool(t, "jq")
	tool(t, "curl")
	list := func(registration string) (hooks, said string, err error) {
		cmd := exec.CommandContext(t.Context(), tool(t, "bash"), "hookshot-hooks.sh", registration, home.URL, "example.org")
		cmd.Env = append(os.Environ(), "BOT=")
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		err = cmd.Run()
		return out.String(), errs.String(), err
	}
	t.Run("OK", func(t *testing.T) {
		t.Parallel()
		hooks, scripts, err := list(registration)
		if err != nil || hooks != hookshotHooks || scripts != "// Uptime Kuma\nresult =\n1\n\n" {
			t.Errorf("%v\n%s\n%s", err, hooks, scripts)
		}
	})
	t.Run("ErrToken", func(t *testing.T) {
		t.Parallel()
		wrong := write(t, filepath.Join(t.TempDir(), "wrong.yml"), "as_token: x\nsender_localpart: hookshot\n")
		if hooks, said, err := list(wrong); err == nil || hooks != "" || said == "" {
			t.Errorf("a wrong token is taken: %s %s", hooks, said)
		}
	})
}
