package homeserver_test

import (
	"context"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

func contractSync(t *testing.T, h *harness) {
	watcher, user := h.person(t), h.intent(t, "D")
	room := h.room(t, watcher, user)
	sync := func(since string, timeout time.Duration) *mautrix.RespSync {
		t.Helper()
		resp, err := watcher.SyncRequest(t.Context(), int(timeout.Milliseconds()), since, "", false, "")
		must(t, err)
		return resp
	}
	first := sync("", 0)
	latest := first.NextBatch
	// news is what came since the last call. Synapse caches answers by their token, so that
	// none may be asked for twice.
	news := func() *mautrix.RespSync {
		t.Helper()
		resp := sync(latest, 5*time.Second)
		latest = resp.NextBatch
		return resp
	}
	settle := func() {
		t.Helper()
		for {
			resp := sync(latest, 0)
			latest = resp.NextBatch
			if len(resp.Rooms.Join) == 0 {
				return
			}
		}
	}

	t.Run("Initial", func(t *testing.T) {
		joined := first.Rooms.Join[room]
		if joined == nil {
			t.Fatal("the room is missing")
		}
		kinds := map[string]bool{}
		for _, e := range append(joined.State.Events, joined.Timeline.Events...) {
			kinds[e.Type.Type] = true
		}
		if !kinds["m.room.create"] || !kinds["m.room.member"] || !kinds["m.room.power_levels"] {
			t.Errorf("event types %v", kinds)
		}
	})
	t.Run("LongPoll", func(t *testing.T) {
		settle()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		answered := make(chan *mautrix.RespSync, 1)
		go func() {
			resp, err := watcher.SyncRequest(ctx, 15_000, latest, "", false, "")
			if err != nil {
				t.Error(err)
			}
			answered <- resp
		}()
		time.Sleep(50 * time.Millisecond)
		sent, err := send(t.Context(), user.Client, room, h.name("t"), "news")
		must(t, err)
		resp := <-answered
		if resp == nil || resp.Rooms.Join[room] == nil {
			t.Fatalf("answer %+v", resp)
		}
		events := resp.Rooms.Join[room].Timeline.Events
		if len(events) != 1 || events[0].ID != sent || events[0].Unsigned.TransactionID != "" {
			t.Errorf("events %v", events)
		}
		latest = resp.NextBatch
	})
	t.Run("OwnTransactionID", func(t *testing.T) {
		settle()
		_, err := send(t.Context(), watcher, room, "own", "mine")
		must(t, err)
		events := news().Rooms.Join[room].Timeline.Events
		if len(events) != 1 || events[0].Unsigned.TransactionID != "own" {
			t.Errorf("events %v", events)
		}
	})
	t.Run("Limited", func(t *testing.T) {
		settle()
		since := latest
		for range 15 {
			_, err := send(t.Context(), user.Client, room, h.name("t"), "many")
			must(t, err)
		}
		timeline := news().Rooms.Join[room].Timeline
		if len(timeline.Events) != 10 || !timeline.Limited {
			t.Fatalf("%d events, limited %v", len(timeline.Events), timeline.Limited)
		}
		older, err := watcher.Messages(t.Context(), room, timeline.PrevBatch, since, mautrix.DirectionBackward, nil, 100)
		must(t, err)
		if len(older.Chunk) != 5 {
			t.Errorf("%d events in the gap, want 5", len(older.Chunk))
		}
	})
	t.Run("FilterLimit", func(t *testing.T) {
		filter := &mautrix.Filter{Room: &mautrix.RoomFilter{Timeline: &mautrix.FilterPart{Limit: 3}}}
		made, err := watcher.CreateFilter(t.Context(), filter)
		must(t, err)
		resp, err := watcher.SyncRequest(t.Context(), 0, "", made.FilterID, false, "")
		must(t, err)
		if n := len(resp.Rooms.Join[room].Timeline.Events); n != 3 {
			t.Errorf("%d events, want 3", n)
		}
	})
	t.Run("InviteAndLeave", func(t *testing.T) {
		settle()
		made, err := user.CreateRoom(t.Context(), &mautrix.ReqCreateRoom{Preset: "private_chat", Name: "Ops", Invite: []id.UserID{watcher.UserID}})
		must(t, err)
		resp := news()
		invite := resp.Rooms.Invite[made.RoomID]
		if invite == nil {
			t.Fatal("the invitation is missing")
		}
		kinds := map[string]bool{}
		for _, e := range invite.State.Events {
			kinds[e.Type.Type] = true
		}
		if !kinds["m.room.member"] || !kinds["m.room.name"] || !kinds["m.room.create"] {
			t.Errorf("stripped state %v", kinds)
		}
		_, err = watcher.JoinRoomByID(t.Context(), made.RoomID)
		must(t, err)
		resp = news()
		joined := resp.Rooms.Join[made.RoomID]
		if joined == nil {
			t.Fatal("the joined room is missing")
		}
		hasName := false
		for _, e := range append(joined.State.Events, joined.Timeline.Events...) {
			hasName = hasName || e.Type == event.StateRoomName
		}
		if !hasName {
			t.Error("a newly joined room lacks its state")
		}
		_, err = watcher.LeaveRoom(t.Context(), made.RoomID)
		must(t, err)
		if resp = news(); resp.Rooms.Leave[made.RoomID] == nil {
			t.Errorf("the left room is missing: %+v", resp.Rooms)
		}
	})
	t.Run("Direct", func(t *testing.T) {
		settle()
		made, err := user.CreateRoom(t.Context(), &mautrix.ReqCreateRoom{Preset: "trusted_private_chat", IsDirect: true, Invite: []id.UserID{watcher.UserID}})
		must(t, err)
		direct := false
		if invite := news().Rooms.Invite[made.RoomID]; invite != nil {
			for _, e := range invite.State.Events {
				isDirect, _ := e.Content.Raw["is_direct"].(bool)
				direct = direct || e.GetStateKey() == watcher.UserID.String() && isDirect
			}
		}
		if !direct {
			t.Error("the invitation does not say that the room is direct")
		}
	})
	t.Run("AccountData", func(t *testing.T) {
		var got map[string][]id.RoomID
		wantCode(t, watcher.GetAccountData(t.Context(), "m.direct", &got), mautrix.MNotFound)
		must(t, watcher.SetAccountData(t.Context(), "m.direct", map[string][]id.RoomID{"@a:b": {room}}))
		must(t, watcher.GetAccountData(t.Context(), "m.direct", &got))
		if len(got["@a:b"]) != 1 {
			t.Errorf("account data %v", got)
		}
	})
	t.Run("Typing", func(t *testing.T) {
		settle()
		types := func() []id.UserID {
			t.Helper()
			for range 5 {
				joined := news().Rooms.Join[room]
				if joined == nil {
					continue
				}
				for _, e := range joined.Ephemeral.Events {
					if e.Type.Type == event.EphemeralEventTyping.Type {
						must(t, e.Content.ParseRaw(event.EphemeralEventTyping))
						return e.Content.AsTyping().UserIDs
					}
				}
			}
			t.Fatal("nobody's typing is told")
			return nil
		}
		_, err := user.UserTyping(t.Context(), room, true, 20*time.Second)
		must(t, err)
		if who := types(); len(who) != 1 || who[0] != user.UserID {
			t.Errorf("%v type", who)
		}
		_, err = user.UserTyping(t.Context(), room, false, 0)
		must(t, err)
		if who := types(); len(who) != 0 {
			t.Errorf("%v still type", who)
		}
	})
	t.Run("Receipts", func(t *testing.T) {
		eventID, err := send(t.Context(), user.Client, room, h.name("t"), "read me")
		must(t, err)
		must(t, watcher.MarkRead(t.Context(), room, eventID))
	})
}
