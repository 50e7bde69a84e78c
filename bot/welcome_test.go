package bot_test

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/welcome"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

const (
	space = "!space"
	cat   = "@cat:test"
	dan   = "@dan:test"
)

// greeter is the welcome of a house, with a limit.
func greeter(burst int, every time.Duration) func(*house) bot.Feature {
	return func(h *house) bot.Feature {
		return bot.Welcome(h.memory("welcome"), bot.WelcomeOptions{
			Space: "#space:test", Text: "Hello {name},\nwelcome <here>!\n\nReact to come in.", Rooms: []string{"#general:test", den},
			Limit:  welcome.Limit{Burst: burst, Every: every},
			Ignore: func(user string) bool { return strings.HasPrefix(user, "@hookshot_") },
			Log:    slog.New(h.log), Now: h.time,
		})
	}
}

var greets = greeter(100, time.Second)

// newWelcome starts a bot in a space of which Ann is a member.
func newWelcome(t *testing.T, url string, f func(*house) bot.Feature) *house {
	t.Helper()
	h := newHouseOn(t, url, bot.Settings{})
	h.stop()
	h.chat.aliases["#space:test"], h.chat.aliases["#general:test"] = space, lobby
	h.chat.members[space] = []string{botUser, ann}
	h.chat.names[cat] = "Cat & Co"
	h.start(f)
	h.pass(0)
	return h
}

// comes lets somebody join the space, and the bot greet.
func (h *house) comes(user string) []said {
	h.t.Helper()
	before := len(h.all())
	h.joins(user, space)
	h.pass(0)
	return h.all()[before:]
}

func (h *house) invitations() []string {
	h.chat.mu.Lock()
	defer h.chat.mu.Unlock()
	return slices.Clone(h.chat.invited)
}

func TestWelcome(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		h := newWelcome(t, url, greets)
		if all := h.all(); len(all) > 0 {
			t.Fatalf("who was there is greeted: %+v", all)
		}
		got := one(t, h.comes(cat))
		want := bot.Answer{
			Text: "Hello Cat & Co,\nwelcome <here>!\n\nReact to come in.", Board: true,
			HTML: "<p>Hello Cat &amp; Co,<br>welcome &lt;here&gt;!</p><p>React to come in.</p>",
		}
		if got.room != direct(cat) || got.Text != want.Text || got.HTML != want.HTML || !got.Board || got.Mention != nil {
			t.Errorf("got %+v", got)
		}
		if r := h.reactions(got.id); !slices.Equal(r, []string{"✅"}) {
			t.Errorf("reactions %q", r)
		}
		other := one(t, h.comes(dan))

		// Only that member's ✅ on that event counts.
		h.reacts(cat, direct(cat), got.id, "👍")
		h.reacts(cat, direct(dan), other.id, "✅")
		h.reacts(ann, direct(cat), got.id, "✅")
		h.reacts(cat, direct(cat), "$another", "✅")
		if all := h.invitations(); all != nil {
			t.Fatalf("invited: %q", all)
		}
		h.reacts(cat, direct(cat), got.id, "✅\ufe0f")
		if all := h.invitations(); !slices.Equal(all, []string{lobby + " " + cat, den + " " + cat}) {
			t.Errorf("invited: %q", all)
		}
		all := h.all()
		if last := all[len(all)-1]; last.room != direct(cat) || !strings.Contains(last.Text, "you are invited") || last.Board {
			t.Errorf("the answer: %+v", last)
		}

		// Who comes back, and who was there before, is not greeted.
		if again := h.comes(cat); len(again) > 0 {
			t.Errorf("greeted twice: %+v", again)
		}
		if old := h.comes(ann); len(old) > 0 {
			t.Errorf("an old member is greeted: %+v", old)
		}
		// Nor who joins another room, or is no person.
		if elsewhere := h.joins("@eve:test", lobby); len(elsewhere) > 0 {
			t.Errorf("greeted for another room: %+v", elsewhere)
		}
		if ghost := h.comes("@hookshot_sonarr:test"); len(ghost) > 0 {
			t.Errorf("a virtual user is greeted: %+v", ghost)
		}
	})
}

// TestWelcomeWhileAway has members come while the bot is away, and the bot stop in the midst.
func TestWelcomeWhileAway(t *testing.T) {
	t.Parallel()
	h := newWelcome(t, storetest.SQLite(t), greets)
	got := one(t, h.comes(cat))
	h.stop()
	h.chat.members[space] = append(h.chat.members[space], dan)
	h.start(greets)
	h.pass(0)
	h.pass(0)
	all := h.all()
	if len(all) != 2 || all[1].room != direct(dan) {
		t.Fatalf("got %+v, want a greeting for Dan", all)
	}
	h.reacts(cat, direct(cat), got.id, "✅")
	if all := h.invitations(); len(all) != 2 {
		t.Errorf("after a restart, invited: %q", all)
	}
	h.restart(greets)
	h.pass(0)
	if again := h.all(); len(again) != 3 { // with the answer to Cat
		t.Errorf("after another restart: %+v", again)
	}
}

// TestWelcomeCrash has the bot end after the greeting is sent and before it is known, with a
// ✅ in between.
func TestWelcomeCrash(t *testing.T) {
	t.Parallel()
	h := newWelcome(t, storetest.SQLite(t), greets)
	h.chat.fail = func(what string) error {
		if what == "react" {
			return errors.New("cut off")
		}
		return nil
	}
	got := one(t, h.comes(cat))
	h.stop()
	h.chat.fail = nil
	h.start(greets)
	h.reacts(cat, direct(cat), got.id, "✅")
	if all := h.invitations(); len(all) != 2 {
		t.Errorf("invited: %q", all)
	}
	h.pass(3 * time.Minute)
	all := h.all()
	if len(all) != 2 || len(h.reactions(got.id)) != 1 {
		t.Errorf("said %+v, reactions %q", all, h.reactions(got.id))
	}
}

// TestWelcomeRaid has many come at once.
func TestWelcomeRaid(t *testing.T) {
	t.Parallel()
	h := newWelcome(t, storetest.SQLite(t), greeter(3, time.Minute))
	raider := func(i int) string { return fmt.Sprintf("@raider%02d:test", i) }
	for i := range 12 {
		h.joins(raider(i), space)
	}
	for range 12 {
		h.pass(0)
	}
	if n := len(h.all()); n != 3 {
		t.Fatalf("%d are greeted at once, want 3", n)
	}
	h.chat.mu.Lock()
	h.chat.members[space] = []string{botUser, ann, raider(10), raider(11)} // the others were removed
	h.chat.mu.Unlock()
	h.restart(greeter(3, time.Minute))
	for range 9 {
		h.pass(0)
		h.pass(time.Minute)
	}
	all := h.all()
	if len(all) != 5 || all[3].room != direct(raider(10)) || all[4].room != direct(raider(11)) {
		t.Errorf("%d are greeted, want the three and the two who stay: %+v", len(all), all)
	}
}

func TestWelcomeErr(t *testing.T) {
	t.Parallel()
	refusing := func(what string, user *string) func(string) error {
		return func(w string) error {
			if w == what {
				return errors.New("forbidden: " + *user)
			}
			return nil
		}
	}
	who := cat
	t.Run("Greeting", func(t *testing.T) {
		t.Parallel()
		h := newWelcome(t, storetest.SQLite(t), greets)
		h.chat.fail = refusing("direct", &who)
		for range 2 {
			if got := h.comes(cat); len(got) > 0 {
				t.Fatalf("got %+v", got)
			}
		}
		h.pass(time.Minute)
		h.chat.mu.Lock()
		h.chat.fail = nil
		h.chat.mu.Unlock()
		h.pass(time.Minute)
		if got := one(t, h.all()); got.room != direct(cat) {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("Invitation", func(t *testing.T) {
		t.Parallel()
		h := newWelcome(t, storetest.SQLite(t), greets)
		got := one(t, h.comes(cat))
		h.chat.fail = refusing("invite", &who)
		h.reacts(cat, direct(cat), got.id, "✅")
		if all := h.all(); len(all) != 2 || !strings.Contains(all[1].Text, "keep trying") {
			t.Errorf("said %+v", all)
		}
		h.pass(5 * time.Minute)
		h.chat.mu.Lock()
		h.chat.fail = nil
		h.chat.mu.Unlock()
		h.restart(greets)
		h.pass(5 * time.Minute)
		if all := h.invitations(); len(all) != 2 {
			t.Errorf("invited: %q", all)
		}
	})
	t.Run("NoMember", func(t *testing.T) {
		t.Parallel()
		h := newWelcome(t, storetest.SQLite(t), greets)
		got := one(t, h.comes(cat))
		h.chat.mu.Lock()
		h.chat.members[space] = []string{botUser, ann} // Cat was banned
		h.chat.mu.Unlock()
		h.reacts(cat, direct(cat), got.id, "✅")
		if all := h.invitations(); all != nil {
			t.Errorf("invited: %q", all)
		}
	})
	t.Run("MayNotInvite", func(t *testing.T) {
		t.Parallel()
		h := newHouseOn(t, storetest.SQLite(t), bot.Settings{})
		h.stop()
		var log strings.Builder
		h.log = slog.NewTextHandler(&log, nil)
		h.chat.aliases["#space:test"], h.chat.aliases["#general:test"] = space, lobby
		h.chat.members[space] = []string{botUser, ann}
		h.chat.mayNot = map[string]error{den: errors.New("give it power")}
		h.start(greets)
		h.pass(0)
		h.stop() // so that the log is whole
		if got := log.String(); strings.Count(got, "nobody can be welcomed") != 1 || !strings.Contains(got, `room=!den err="give it power"`) {
			t.Errorf("the log: %s", got)
		}
	})
	t.Run("NotInSpace", func(t *testing.T) {
		t.Parallel()
		h := newHouseOn(t, storetest.SQLite(t), bot.Settings{})
		h.stop()
		h.chat.aliases["#space:test"] = space
		h.start(greets)
		h.pass(0)
		h.chat.mu.Lock()
		h.chat.members[space] = []string{botUser, ann, bob}
		h.chat.mu.Unlock()
		h.pass(5 * time.Minute)
		if all := h.all(); len(all) > 0 {
			t.Errorf("said %+v", all)
		}
		if got := one(t, h.comes(cat)); got.room != direct(cat) {
			t.Errorf("got %+v", got)
		}
	})
}

// TestWelcomeImport has a greeting of an earlier bot accepted.
func TestWelcomeImport(t *testing.T) {
	t.Parallel()
	h := newWelcome(t, storetest.SQLite(t), greets)
	h.stop()
	old := map[string]welcome.Old{cat: {Room: direct(cat), Event: "$old"}, dan: {}}
	for i, want := range []int{2, 0} {
		if added, err := bot.ImportWelcome(t.Context(), h.memory("welcome"), old); err != nil || added != want {
			t.Errorf("import %d added %d, %v", i+1, added, err)
		}
	}
	h.chat.members[space] = append(h.chat.members[space], cat, dan)
	h.start(greets)
	h.pass(0)
	h.reacts(cat, direct(cat), "$old", "✅")
	if all := h.invitations(); len(all) != 2 {
		t.Errorf("invited: %q", all)
	}
	if all := h.all(); len(all) != 1 { // the answer
		t.Errorf("said %+v", all)
	}
}
