package bot_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

// upgrade has ann upgrade a room, and returns the one in its place.
func (l *lodge) upgrade(room id.RoomID) id.RoomID {
	l.t.Helper()
	var made struct {
		Room id.RoomID `json:"replacement_room"`
	}
	_, err := l.ann.MakeRequest(l.t.Context(), http.MethodPost, l.ann.BuildClientURL("v3", "rooms", room, "upgrade"), map[string]string{"new_version": "12"}, &made)
	if err != nil {
		l.t.Fatal(err)
	}
	return made.Room
}

// joined runs the bot until it has joined a room.
func (l *lodge) joined(room id.RoomID) {
	l.t.Helper()
	ctx, cancel := context.WithCancel(l.t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = l.bot.Run(ctx) })
	defer running.Wait()
	defer cancel()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		found, _ := l.server.State(room.String(), "m.room.member", botUser)
		if strings.Contains(string(found.Content), `"join"`) {
			return
		}
		if time.Now().After(deadline) {
			l.t.Fatalf("the bot does not join %s", room)
		}
	}
}

func TestMatrixUpgrade(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	room := l.room()
	l.poll()
	resolves := func(want id.RoomID) {
		t.Helper()
		if got, err := l.bot.Resolve(t.Context(), room.String()); err != nil || got != want.String() {
			t.Errorf("the room is %s now, %v; want %s", got, err, want)
		}
	}
	resolves(room)
	second := l.upgrade(room)
	if _, err := l.ann.SendStateEvent(t.Context(), second, event.StateJoinRules, "", map[string]string{"join_rule": "public"}); err != nil {
		t.Fatal(err)
	}
	told := l.poll()
	if len(told) != 1 || told[0].Kind != bot.KindUpgrade || told[0].Room != room.String() || told[0].Target != second.String() || told[0].Sender != ann {
		t.Fatalf("told %+v", told)
	}
	resolves(second)
	l.joined(second)
	l.poll()

	l.start()
	l.poll()
	resolves(second)
	third := l.upgrade(second)
	l.since = "" // the position is lost: what has happened is not told, but seen
	if told := l.poll(); len(told) > 0 {
		t.Errorf("told %+v", told)
	}
	resolves(third)
	if _, err := l.ann.InviteUser(t.Context(), third, &mautrix.ReqInviteUser{UserID: botUser}); err != nil {
		t.Fatal(err)
	}
	l.poll()
	l.joined(third)
}

// TestMatrixUpgradeForged has people say that a room was upgraded, in ways that must not count.
func TestMatrixUpgradeForged(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	a, b := l.room(), l.room()
	l.poll()
	for _, content := range []string{`{"replacement_room":"` + a.String() + `"}`, `{}`, `{"replacement_room":7}`} {
		if _, err := l.ann.SendStateEvent(t.Context(), a, event.StateTombstone, "", json.RawMessage(content)); err != nil {
			t.Fatal(err)
		}
		l.send(a, "m.room.tombstone", `{"replacement_room":"`+b.String()+`"}`) // no state
		if told := l.poll(); len(told) > 0 {
			t.Errorf("%s: told %+v", content, told)
		}
	}
	if got, err := l.bot.Resolve(t.Context(), a.String()); err != nil || got != a.String() {
		t.Errorf("the room is %s, %v", got, err)
	}
	for from, to := range map[id.RoomID]id.RoomID{a: b, b: a} { // in a circle
		if _, err := l.ann.SendStateEvent(t.Context(), from, event.StateTombstone, "", map[string]id.RoomID{"replacement_room": to}); err != nil {
			t.Fatal(err)
		}
	}
	l.poll()
	if _, err := l.bot.Resolve(t.Context(), a.String()); err != nil {
		t.Error(err)
	}
}

// TestMatrixDirectOnce loses the answer when a direct room is made, and then the note of it.
func TestMatrixDirectOnce(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]homeserver.Fault{
		"Answer": {Times: 1, Do: homeserver.DropReply(), Match: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/createRoom") }},
		"Note": {Times: 1, Do: homeserver.MatrixError(http.StatusForbidden, "M_FORBIDDEN"), Match: func(r *http.Request) bool {
			return r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/account_data/")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLodge(t)
			l.room() // of others
			l.poll()
			before := l.server.Rooms()
			l.server.Inject(lost)
			first, err := l.bot.Direct(t.Context(), bob)
			if err != nil {
				t.Fatal(err)
			}
			l.start()
			l.poll()
			again, err := l.bot.Direct(t.Context(), bob)
			if err != nil || again != first {
				t.Errorf("the direct room is %s, then %s, %v", first, again, err)
			}
			if _, err := l.bot.Direct(t.Context(), ann); err != nil {
				t.Error(err)
			}
			made := slices.DeleteFunc(l.server.Rooms(), func(room string) bool { return slices.Contains(before, room) })
			if len(made) != 2 {
				t.Errorf("made %v for bob and ann", made)
			}
			l.poll()
			if third, err := l.bot.Direct(t.Context(), bob); err != nil || third != first {
				t.Errorf("at last the direct room is %s, %v", third, err)
			}
		})
	}
}

func TestMatrixMayInvite(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	room := l.room()
	l.poll()
	may := func(where id.RoomID) string {
		t.Helper()
		if err := l.bot.MayInvite(t.Context(), where.String()); err != nil {
			return err.Error()
		}
		return ""
	}
	var levels event.PowerLevelsEventContent
	if err := l.ann.StateEvent(t.Context(), room, event.StatePowerLevels, "", &levels); err != nil {
		t.Fatal(err)
	}
	fifty := 50
	levels.InvitePtr = &fifty
	if _, err := l.ann.SendStateEvent(t.Context(), room, event.StatePowerLevels, "", &levels); err != nil {
		t.Fatal(err)
	}
	l.poll()
	if why := may(room); !strings.Contains(why, "has power level 0 there, and inviting takes 50") {
		t.Errorf("without the power: %q", why)
	}
	l.raise(room, botUser)
	l.poll()
	if why := may(room); why != "" {
		t.Errorf("with the power: %q", why)
	}
	closed, err := l.server.CreateRoom(ann, homeserver.RoomOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if why := may(id.RoomID(closed)); !strings.Contains(why, "the bot is not in it: invite it") {
		t.Errorf("of another room: %q", why)
	}
}
