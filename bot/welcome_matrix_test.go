package bot_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/welcome"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

// TestWelcomeOnMatrix greets Ann, who comes while the bot is away, and invites her when she
// reacts, which is while the bot is away, too.
func TestWelcomeOnMatrix(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	made := func() string { // of the bot's, so that it may invite
		room, err := l.server.CreateRoom(botUser, homeserver.RoomOptions{Public: true})
		if err != nil {
			t.Fatal(err)
		}
		return room
	}
	space, general := made(), made()
	membership := func(room, user string) string {
		found, _ := l.server.State(room, "m.room.member", user)
		var content struct{ Membership string }
		_ = json.Unmarshal(found.Content, &content)
		return content.Membership
	}

	// run runs the bot until something holds.
	run := func(what string, holds func() bool) {
		t.Helper()
		log := slog.New(slog.NewTextHandler(t.Output(), nil))
		b, err := bot.New(bot.Options{Chat: l.bot, DB: l.db, Log: log, Now: time.Now, Settings: bot.Settings{Prefix: "!"}},
			bot.Welcome(bot.MemoryOf(l.db, "welcome"), bot.WelcomeOptions{
				Space: space, Rooms: []string{general}, Text: "Hello {name}!", Limit: welcome.Limit{Burst: 5, Every: time.Minute}, Log: log, Now: time.Now,
			}))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = b.Run(ctx) })
		running.Go(func() { _ = l.bot.Run(ctx) })
		defer running.Wait()
		defer cancel()
		for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(50 * time.Millisecond) {
			if err := b.Receive(t.Context(), l.poll()); err != nil {
				t.Fatal(err)
			}
			if time.Now().After(deadline) {
				t.Fatalf("not in time: %s", what)
			}
		}
	}
	memory := bot.MemoryOf(l.db, "welcome")
	run("the members are noted", func() bool {
		var members []string
		found, err := memory.Get(t.Context(), "members/"+space, &members)
		return found && err == nil
	})
	if _, err := l.ann.JoinRoomByID(t.Context(), id.RoomID(space)); err != nil {
		t.Fatal(err)
	}
	l.start()
	var guest struct {
		Room  string `json:"room"`
		Event string `json:"event"`
	}
	run("Ann is greeted", func() bool {
		found, err := memory.Get(t.Context(), "guest/"+ann, &guest)
		return found && err == nil
	})
	if _, err := l.ann.JoinRoomByID(t.Context(), id.RoomID(guest.Room)); err != nil {
		t.Fatal(err)
	}
	greeted := false
	for _, e := range l.server.Timeline(guest.Room) {
		greeted = greeted || e.ID == guest.Event && e.Sender == botUser && strings.Contains(string(e.Content), "Hello ann!")
	}
	if !greeted {
		t.Errorf("the greeting is not in %+v", l.server.Timeline(guest.Room))
	}
	l.start()
	reaction := `{"m.relates_to":{"rel_type":"m.annotation","event_id":"` + guest.Event + `","key":"✅"}}`
	if _, err := l.server.Send(ann, guest.Room, "m.reaction", json.RawMessage(reaction)); err != nil {
		t.Fatal(err)
	}
	run("Ann is invited", func() bool { return membership(general, ann) == "invite" })
}
