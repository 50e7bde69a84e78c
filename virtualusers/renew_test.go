package virtualusers

import (
	"strings"
	"testing"

	"maunium.net/go/mautrix/id"
)

// TestRenewedElsewhere deletes a device that two processes use. The first of them makes a new
// one and the other takes that over, or they would delete each other's for ever.
func TestRenewedElsewhere(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	other, err := New(t.Context(), Options{
		Homeserver: h.homeserver, Sender: "hookshot", Follower: "hookshot_follower", DB: h.table.db, Log: h.log, Now: h.Users.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	e := h.event(t, "1")
	if place, err := other.Resolve(t.Context(), h.room.String(), Profile{Localpart: "hookshot_grafana"}); err != nil || place != e.Place {
		t.Fatalf("the other process has %+v, %v", place, err)
	}
	c, err := h.homeserver.User(id.UserID(e.Place.UserID), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.DeleteDevice(t.Context(), id.DeviceID(e.Place.DeviceID), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	h.requests()
	e.TransactionID = "2"
	if _, err := other.Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if asked := h.requests(); strings.Contains(asked, "devices, ") {
		t.Errorf("the other process looks for old devices: %s", asked)
	}
	first, second := h.Users.user(id.UserID(e.Place.UserID)).client, other.user(id.UserID(e.Place.UserID)).client
	if first.DeviceID != second.DeviceID || first.DeviceID == id.DeviceID(e.Place.DeviceID) {
		t.Errorf("devices %s and %s, the deleted one was %s", first.DeviceID, second.DeviceID, e.Place.DeviceID)
	}
}
