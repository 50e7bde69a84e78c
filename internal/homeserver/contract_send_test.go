package homeserver_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

var eventMessage = event.EventMessage

func messages(t *testing.T, client *mautrix.Client, room id.RoomID) []*event.Event {
	t.Helper()
	resp, err := client.Messages(t.Context(), room, "", "", mautrix.DirectionBackward, nil, 100)
	must(t, err)
	slices.Reverse(resp.Chunk)
	return resp.Chunk
}

func contractSend(t *testing.T, h *harness) {
	owner := h.person(t)
	member, stranger := h.intent(t, "D"), h.intent(t, "D")
	room := h.room(t, owner, member)
	path := "v3/rooms/" + url.PathEscape(room.String()) + "/send/m.room.message/"
	asMember := "?user_id=" + member.UserID.String() + "&device_id=D"

	t.Run("OK", func(t *testing.T) {
		eventID, err := send(t.Context(), member.Client, room, h.name("t"), "hello")
		must(t, err)
		if !strings.HasPrefix(eventID.String(), "$") || len(eventID) != 44 {
			t.Errorf("event id %q", eventID)
		}
		evt, err := owner.GetEvent(t.Context(), room, eventID)
		must(t, err)
		if evt.Sender != member.UserID || evt.Content.Raw["body"] != "hello" || evt.Timestamp == 0 || evt.RoomID != room {
			t.Errorf("event %+v", evt)
		}
	})
	t.Run("ErrNotJoined", func(t *testing.T) {
		_, err := send(t.Context(), stranger.Client, room, h.name("t"), "hello")
		wantCode(t, err, mautrix.MForbidden)
		wantStatus(t, err, http.StatusForbidden)
	})
	t.Run("ErrRoomUnknown", func(t *testing.T) {
		_, err := send(t.Context(), member.Client, "!0000000000000000000000000000000000000000000", h.name("t"), "hello")
		wantCode(t, err, mautrix.MForbidden)
	})
	t.Run("ErrNotJSON", func(t *testing.T) {
		wantReply(t, h.ask(t, "PUT", path+h.name("t")+asMember, `{"body":`), 400, "M_NOT_JSON")
	})
	t.Run("ErrNotObject", func(t *testing.T) {
		wantReply(t, h.ask(t, "PUT", path+h.name("t")+asMember, `[1]`), 400, "M_BAD_JSON")
	})
	t.Run("ErrFloat", func(t *testing.T) {
		wantReply(t, h.ask(t, "PUT", path+h.name("t")+asMember, `{"msgtype":"m.text","body":"","x":1.5}`), 400, "M_BAD_JSON")
	})
	t.Run("ErrBigInteger", func(t *testing.T) {
		wantReply(t, h.ask(t, "PUT", path+h.name("t")+asMember, `{"msgtype":"m.text","body":"","x":{"y":[9007199254740992]}}`), 400, "M_BAD_JSON")
	})
	t.Run("ErrNoBody", func(t *testing.T) {
		wantReply(t, h.ask(t, "PUT", path+h.name("t")+asMember, `{"msgtype":"m.text"}`), 400, "M_UNKNOWN")
	})
}

func contractSizes(t *testing.T, h *harness) {
	owner, user := h.person(t), h.intent(t, "D")
	room := h.room(t, owner, user)
	t.Run("OK", func(t *testing.T) { // about 600 bytes are federation's
		_, err := send(t.Context(), user.Client, room, h.name("t"), strings.Repeat("x", 64_600))
		must(t, err)
	})
	t.Run("Escapes", func(t *testing.T) { // the wire has "\u003c", the event "<"
		_, err := send(t.Context(), user.Client, room, h.name("t"), strings.Repeat("<", 60<<10))
		must(t, err)
	})
	for _, size := range []int{65_200, 100_000} {
		t.Run("ErrTooLarge", func(t *testing.T) {
			_, err := send(t.Context(), user.Client, room, h.name("t"), strings.Repeat("x", size))
			wantCode(t, err, mautrix.MTooLarge)
			wantStatus(t, err, http.StatusRequestEntityTooLarge)
		})
	}
}

func contractMessages(t *testing.T, h *harness) {
	owner, user, other := h.person(t), h.intent(t, "D"), h.intent(t, "D")
	room := h.room(t, owner, user, other)
	var txns []string
	for range 25 {
		txn := h.name("t")
		_, err := send(t.Context(), user.Client, room, txn, txn)
		must(t, err)
		txns = append(txns, txn)
	}

	t.Run("Pages", func(t *testing.T) {
		var got []string
		from := ""
		for page := 0; page == 0 || from != ""; page++ {
			resp, err := owner.Messages(t.Context(), room, from, "", mautrix.DirectionBackward, nil, 7)
			must(t, err)
			if len(resp.Chunk) > 7 || page > 10 {
				t.Fatalf("page %d has %d events", page, len(resp.Chunk))
			}
			for _, e := range resp.Chunk {
				if e.Type == event.EventMessage {
					got = append(got, e.Content.Raw["body"].(string))
				}
			}
			from = resp.End
		}
		want := slices.Clone(txns)
		slices.Reverse(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("TransactionID", func(t *testing.T) {
		seen := func(client *mautrix.Client) (ids []string) {
			for _, e := range messages(t, client, room) {
				if e.Unsigned.TransactionID != "" {
					ids = append(ids, e.Unsigned.TransactionID)
				}
			}
			return ids
		}
		if diff := cmp.Diff(txns, seen(user.Client)); diff != "" {
			t.Errorf("the sender sees other ids: %s", diff)
		}
		for _, client := range []*mautrix.Client{owner, other.Client} {
			if got := seen(client); len(got) > 0 {
				t.Errorf("%s sees another user's ids: %v", client.UserID, got)
			}
		}
		must(t, user.CreateDeviceMSC4190(t.Context(), "OTHER", ""))
		if got := seen(user.Client); len(got) > 0 {
			t.Errorf("another device sees the ids: %v", got)
		}
	})
	t.Run("ErrNotJoined", func(t *testing.T) {
		_, err := h.intent(t, "").Messages(t.Context(), room, "", "", mautrix.DirectionBackward, nil, 7)
		wantCode(t, err, mautrix.MForbidden)
	})
	t.Run("ErrEventUnknown", func(t *testing.T) {
		_, err := owner.GetEvent(t.Context(), room, "$0000000000000000000000000000000000000000000")
		wantCode(t, err, mautrix.MNotFound)
	})
}

func contractRelations(t *testing.T, h *harness) {
	owner, user := h.person(t), h.intent(t, "D")
	room := h.room(t, owner, user)
	card, err := send(t.Context(), user.Client, room, h.name("t"), "firing")
	must(t, err)

	t.Run("Edit", func(t *testing.T) {
		content := &event.MessageEventContent{MsgType: event.MsgNotice, Body: "resolved"}
		content.SetEdit(card)
		resp, err := user.SendMessageEvent(t.Context(), room, event.EventMessage, content)
		must(t, err)
		evt, err := owner.GetEvent(t.Context(), room, resp.EventID)
		must(t, err)
		must(t, evt.Content.ParseRaw(evt.Type))
		if evt.Content.AsMessage().RelatesTo.GetReplaceID() != card {
			t.Errorf("edit %v", evt.Content.Raw)
		}
	})
	t.Run("Reaction", func(t *testing.T) {
		_, err := owner.SendReaction(t.Context(), room, card, "👍")
		must(t, err)
		_, err = owner.SendReaction(t.Context(), room, card, "👎")
		must(t, err)
	})
	t.Run("ErrReactionTwice", func(t *testing.T) {
		_, err := user.SendReaction(t.Context(), room, card, "👀")
		must(t, err)
		_, err = user.SendReaction(t.Context(), room, card, "👀")
		wantCode(t, err, mautrix.RespError{ErrCode: "M_DUPLICATE_ANNOTATION"})
		wantStatus(t, err, http.StatusBadRequest)
	})
}

func contractRedact(t *testing.T, h *harness) {
	owner, user, other := h.person(t), h.intent(t, "D"), h.intent(t, "D")
	room := h.room(t, owner, user, other)
	eventID, err := send(t.Context(), user.Client, room, h.name("t"), "secret")
	must(t, err)

	t.Run("ErrNotOwn", func(t *testing.T) {
		_, err := other.RedactEvent(t.Context(), room, eventID)
		wantCode(t, err, mautrix.MForbidden)
	})
	t.Run("OK", func(t *testing.T) {
		txn := h.name("t")
		first, err := user.RedactEvent(t.Context(), room, eventID, mautrix.ReqRedact{Reason: "oops", TxnID: txn})
		must(t, err)
		again, err := user.RedactEvent(t.Context(), room, eventID, mautrix.ReqRedact{Reason: "oops", TxnID: txn})
		must(t, err)
		if first.EventID != again.EventID {
			t.Error("redacted twice")
		}
		evt, err := owner.GetEvent(t.Context(), room, eventID)
		must(t, err)
		if len(evt.Content.Raw) > 0 || evt.Unsigned.RedactedBecause == nil {
			t.Errorf("still there: %+v", evt)
		}
		redaction, err := owner.GetEvent(t.Context(), room, first.EventID)
		must(t, err)
		if redaction.Content.Raw["redacts"] != eventID.String() || redaction.Content.Raw["reason"] != "oops" {
			t.Errorf("redaction %+v", redaction.Content.Raw)
		}
	})
	t.Run("Moderator", func(t *testing.T) {
		eventID, err := send(t.Context(), user.Client, room, h.name("t"), "spam")
		must(t, err)
		_, err = owner.RedactEvent(t.Context(), room, eventID)
		must(t, err)
	})
}

func wantBodies(t *testing.T, client *mautrix.Client, room id.RoomID, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, bodies(t, client, room)); diff != "" {
		t.Errorf("the room's messages (-want +got):\n%s", diff)
	}
}

func wantStatus(t *testing.T, err error, status int) {
	t.Helper()
	var httpErr mautrix.HTTPError
	if !errors.As(err, &httpErr) || !httpErr.IsStatus(status) {
		t.Errorf("got error %v, want status %d", err, status)
	}
}
