package bot_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/welcome"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

// TestWelcomeOnMatrix greets Ann, who comes while the bot is away, in the room that they have
// already, and invites her.
func TestWelcomeOnMatrix(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	made := func(client *mautrix.Client) string {
		room, err := l.server.CreateRoom(bob, homeserver.RoomOptions{Public: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.JoinRoomByID(t.Context(), id.RoomID(room)); err != nil {
			t.Fatal(err)
		}
		return room
	}
	space, general := made(l.client), made(l.client)
	direct, err := l.ann.CreateRoom(t.Context(), &mautrix.ReqCreateRoom{Invite: []id.UserID{botUser}, IsDirect: true})
	if err != nil {
		t.Fatal(err)
	}
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
	has := func(key string) bool {
		var v any
		found, err := bot.MemoryOf(l.db, "welcome").Get(t.Context(), key, &v)
		return found && err == nil
	}
	run("the members and the direct room are noted", func() bool {
		listed := map[id.UserID][]id.RoomID{}
		err := l.client.GetAccountData(t.Context(), "m.direct", &listed); t.Log(err, listed)
		return has("members/"+space) && len(listed[ann]) == 1
	})

	if _, err := l.ann.JoinRoomByID(t.Context(), id.RoomID(space)); err != nil {
		t.Fatal(err)
	}
	l.start()
	greeting := func() string {
		for _, e := range l.server.Timeline(direct.RoomID.String()) {
			if e.Type == "m.room.message" && e.Sender == botUser && strings.Contains(string(e.Content), "Hello ann!") {
				return e.ID
			}
		}
		return ""
	}
	run("Ann is greeted", func() bool { return has("guest/" + ann) })
	if greeting() == "" {
		t.Fatalf("the greeting is not in the direct room: %+v", l.server.Timeline(direct.RoomID.String()))
	}
	l.start()
	reaction := `{"m.relates_to":{"rel_type":"m.annotation","event_id":"` + greeting() + `","key":"✅"}}`
	if _, err := l.server.Send(ann, direct.RoomID.String(), "m.reaction", json.RawMessage(reaction)); err != nil {
		t.Fatal(err)
	}
	run("Ann is invited", func() bool { return membership(general, ann) == "invite" })
}
