package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// upgrade has another room take a room's place.
func (h *house) upgrade(room, successor string) {
	h.t.Helper()
	h.chat.mu.Lock()
	h.chat.aliases[room] = successor
	h.chat.mu.Unlock()
	h.do(bot.Event{Kind: bot.KindUpgrade, Room: room, Sender: ann, Target: successor})
}

const loft = "!loft" // what becomes of the lobby

// TestUpgradeTrivia has a room's scores follow its upgrade. The question that is open does not.
func TestUpgradeTrivia(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		h := newHouseOn(t, url, bot.Settings{}, quiz)
		asked := one(t, h.says(ann, lobby, "!trivia"))
		_, place, _ := rightOf(t, asked.Answer)
		h.reacts(ann, lobby, asked.id, letters[place])
		h.pass(30 * time.Second)
		one(t, h.says(ann, lobby, "!trivia"))
		before := len(h.all())
		h.upgrade(lobby, loft)
		h.pass(time.Hour)
		if said := h.all()[before:]; len(said) > 0 {
			t.Errorf("the question of the old room is told: %+v", said)
		}
		for _, restart := range []bool{false, true} {
			if restart {
				h.restart(quiz)
			}
			if got := one(t, h.says(ann, loft, "!trivia scores")); !strings.Contains(got.Text, "Ann") {
				t.Errorf("the new room's scores: %s", got.Text)
			}
			if got := one(t, h.says(ann, den, "!trivia scores")); strings.Contains(got.Text, "Ann") {
				t.Errorf("another room's scores: %s", got.Text)
			}
		}
	})
}

// TestUpgradeTriviaKept does not let an old room's scores take the place of newer ones.
func TestUpgradeTriviaKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t, quiz)
	for user, room := range map[string]string{ann: lobby, bob: loft} {
		asked := one(t, h.says(user, room, "!trivia"))
		_, place, _ := rightOf(t, asked.Answer)
		h.reacts(user, room, asked.id, letters[place])
		h.pass(30 * time.Second)
	}
	h.upgrade(lobby, loft)
	if got := one(t, h.says(ann, loft, "!trivia scores")); !strings.Contains(got.Text, "Bob") || strings.Contains(got.Text, "Ann") {
		t.Errorf("the scores: %s", got.Text)
	}
}

// TestUpgradePoll ends a poll with its room.
func TestUpgradePoll(t *testing.T) {
	t.Parallel()
	h := newHouse(t, polls)
	asks(h, ann, lobby, "!poll Shall we?")
	kept := asks(h, ann, den, "!poll Shall we?")
	before := len(h.all())
	h.upgrade(lobby, loft)
	h.reacts(bob, den, kept, "👍")
	h.pass(100 * 24 * time.Hour)
	h.pass(time.Minute)
	for _, s := range h.all()[before:] {
		if s.room != den {
			t.Errorf("the poll of the old room is told: %+v", s)
		}
	}
	if len(h.all()) == before {
		t.Error("the other room's poll is not told")
	}
}

// TestUpgradeWelcome upgrades the space: everybody joins anew, and only who is new is greeted.
func TestUpgradeWelcome(t *testing.T) {
	t.Parallel()
	h := newWelcome(t, storetest.SQLite(t), greets)
	one(t, h.comes(cat))
	const after = "!space-v12"
	h.chat.mu.Lock()
	h.chat.aliases["#space:test"] = after
	h.chat.members[after] = []string{botUser}
	h.chat.mu.Unlock()
	h.upgrade(space, after)
	h.pass(time.Minute)
	before := len(h.all())
	for _, user := range []string{ann, cat, dan} {
		h.joins(user, after)
		h.pass(0)
	}
	if got := one(t, h.all()[before:]); got.room != direct(dan) {
		t.Errorf("greeted: %+v", got)
	}
	h.restart(greets)
	h.pass(0)
	if all := h.all()[before:]; len(all) != 1 {
		t.Errorf("greeted after a restart: %+v", all)
	}
}

// TestUpgradeWelcomeAway upgrades the space while the bot is away, and it cannot follow at first.
func TestUpgradeWelcomeAway(t *testing.T) {
	t.Parallel()
	h := newWelcome(t, storetest.SQLite(t), greets)
	h.stop()
	const after = "!space-v12"
	h.chat.aliases["#space:test"] = after
	h.chat.members[after] = []string{ann, cat}
	h.start(greets)
	h.upgrade(space, after)
	h.pass(time.Minute)
	if all := h.all(); len(all) > 0 {
		t.Fatalf("greeted by a bot that is not in the space: %+v", all)
	}
	h.chat.mu.Lock()
	h.chat.members[after] = append(h.chat.members[after], botUser)
	h.chat.mu.Unlock()
	h.pass(5 * time.Minute)
	h.pass(0)
	if got := one(t, h.all()); got.room != direct(cat) {
		t.Errorf("greeted: %+v", got)
	}
}

// TestUpgradeAccess has the rule of a room hold for the one in its place.
func TestUpgradeAccess(t *testing.T) {
	t.Parallel()
	h := ruled(t, bot.Rule{Rooms: []string{lobby}})
	one(t, h.says(ann, lobby, "!say a"))
	h.upgrade(lobby, loft)
	one(t, h.says(ann, loft, "!say b"))
	id := h.event(bot.Event{Kind: bot.KindMessage, Room: lobby, Sender: ann, Text: "!say c"})
	h.wait()
	if got := h.reactions(id); !slices.Equal(got, []string{"🚫"}) {
		t.Errorf("in the old room: %v", got)
	}
}
