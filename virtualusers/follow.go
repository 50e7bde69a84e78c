package virtualusers

import (
	"context"
	"log/slog"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// syncFilter leaves only what observe reads, so that messages do not end a poll.
const syncFilter = `{"presence":{"types":[]},"account_data":{"types":[]},"room":{` +
	`"account_data":{"types":[]},"ephemeral":{"types":[]},` +
	`"state":{"types":["m.room.member","m.room.encryption","m.room.tombstone","m.room.history_visibility"]},` +
	`"timeline":{"limit":100,"types":["m.room.member","m.room.encryption","m.room.tombstone","m.room.history_visibility"]}}}`

const (
	pollTime   = 30 * time.Second
	maxBackoff = 10 * time.Second
)

// follow polls /sync as an account, which as acts for, until ctx ends. The position is saved
// after a response is handled, so that none is skipped by a crash. A poll behind a start or
// a failure is answered at once, which says that we are up to date.
func follow(ctx context.Context, log *slog.Logger, positions matrix.Crypto, as func(context.Context, func(*mautrix.Client) error) error, handle handler) error {
	failing, backoff, timeout := "", time.Second, time.Duration(0)
	for ctx.Err() == nil {
		err := as(ctx, func(client *mautrix.Client) error { return poll(ctx, client, positions, timeout, handle) })
		switch {
		case err == nil:
			if failing != "" {
				log.Info("rooms are followed again")
			}
			failing, backoff, timeout = "", time.Second, pollTime
			continue
		case ctx.Err() != nil:
			continue // which ends the loop
		case brief(err).Error() != failing:
			failing = brief(err).Error()
			log.Warn("rooms cannot be followed", "err", failing)
		}
		timeout = 0
		select {
		case <-time.After(backoff):
		case <-ctx.Done():
		}
		backoff = min(2*backoff, maxBackoff)
	}
	return nil
}

// poll waits for one response, handles it, and stores the position after it.
func poll(ctx context.Context, client *mautrix.Client, positions matrix.Crypto, timeout time.Duration, handle handler) error {
	since, err := positions.NextBatch(ctx, client.UserID)
	if err != nil {
		return err
	}
	resp, err := client.FullSyncRequest(ctx, mautrix.ReqSync{
		FilterID:    syncFilter,
		Since:       since,
		Timeout:     int(timeout.Milliseconds()),
		SetPresence: event.PresenceOffline,
	})
	if err != nil {
		return err
	}
	if err := handle(ctx, resp, since); err != nil {
		return err
	}
	return positions.SaveNextBatch(ctx, client.UserID, resp.NextBatch)
}
