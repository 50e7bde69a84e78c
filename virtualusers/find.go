package virtualusers

import (
	"context"
	"fmt"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// clockSkew is how far the homeserver's clock may be behind ours.
const clockSkew = time.Hour

// pageSize is what Synapse gives at most in one page.
const pageSize = 100

// Find looks for the event in the room, newest first, back to when it was drawn. The
// homeserver shows an event's transaction id only to the device that sent it, so a device
// that is gone finds nothing. Its errors are Failures.
func (u *Users) Find(ctx context.Context, e Event) (eventID string, found bool, err error) {
	eventID, err = u.find(ctx, e)
	if rejected(err, unknownDevice...) {
		return "", false, nil
	}
	if err != nil {
		return "", false, setUp(err, u.now())
	}
	return eventID, eventID != "", nil
}

func (u *Users) find(ctx context.Context, e Event) (string, error) {
	user := id.UserID(e.Place.UserID)
	client, err := u.homeserver.User(user, id.DeviceID(e.Place.DeviceID))
	if err != nil {
		return "", err
	}
	oldest := e.Drawn.Add(-clockSkew)
	own := &mautrix.FilterPart{Senders: []id.UserID{user}}
	for from := ""; ; {
		page, err := client.Messages(ctx, id.RoomID(e.Place.RoomID), from, "", mautrix.DirectionBackward, own, pageSize)
		if err != nil {
			return "", fmt.Errorf("look for event in %s: %w", e.Place.RoomID, err)
		}
		for _, evt := range page.Chunk {
			if evt.Unsigned.TransactionID == e.TransactionID {
				return evt.ID.String(), nil
			}
			if time.UnixMilli(evt.Timestamp).Before(oldest) {
				return "", nil
			}
		}
		if page.End == "" || page.End == from {
			return "", nil
		}
		from = page.End
	}
}
