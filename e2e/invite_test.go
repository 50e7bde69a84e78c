//go:build goolm && linux

package e2e_test

import (
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestUninvited tells a room into which nobody has let the program yet: its webhooks wait,
// hold up no other room, and are told when somebody invites it, as soon as the homeserver
// pushes that.
func TestUninvited(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite)
	ann := newPerson(t, h.startSynapse(), "ann")
	closed, open := ann.newRoom(false), ann.newRoom(false, sender)
	h.room("closed", closed.String())
	h.room("open", open.String())
	one := &poster{name: "one", url: h.hook("one", "generic", "closed", "")}
	two := &poster{name: "two", url: h.hook("two", "generic", "open", "")}
	h.write()
	h.start()
	one.postAll(t, 3)
	two.postAll(t, 3)
	eventually(t, time.Minute, "the open room is told", func() bool { return len(ann.read(open)) == 3 })
	if pending, dead, _ := h.outbox(); pending != 3 || dead != 0 {
		t.Errorf("%d deliveries are pending and %d dead", pending, dead)
	}
	out := strings.Join(strings.Fields(h.fails("check", "--online")), " ")
	if !strings.Contains(out, "problem room closed "+sender) || !strings.Contains(out, "invite it to the room once") {
		t.Errorf("check --online does not say what to do:\n%s", out)
	}
	if _, err := ann.InviteUser(t.Context(), closed, &mautrix.ReqInviteUser{UserID: sender}); err != nil {
		t.Fatal(err)
	}
	h.awaitTold(time.Minute) // without the push, it would be five minutes
	checkTold(t, ann.read(closed), one)
	checkTold(t, ann.read(open), two)
}
