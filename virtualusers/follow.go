package virtualusers

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// syncFilter leaves only what observe reads, and events of other types if somebody wants
// them, so that nothing else ends a poll.
func syncFilter(others ...string) string {
	types := others
	for _, t := range watched {
		types = append(types, t.Type)
	}
	list := `["` + strings.Join(types, `","`) + `"]`
	return `{"presence":{"types":[]},"account_data":{"types":[]},"room":{` +
		`"account_data":{"types":[]},"ephemeral":{"types":[]},` +
		`"state":{"types":` + list + `},"timeline":{"limit":100,"types":` + list + `}}}`
}

const (
	pollTime   = 30 * time.Second
	maxBackoff = 10 * time.Second
)

// positions keeps how far each account has followed the rooms; see matrix.Crypto.
type positions interface {
	NextBatch(ctx context.Context, account id.UserID) (string, error)
	SaveNextBatch(ctx context.Context, account id.UserID, token string) error
}

// follow polls /sync as an account, which as acts for, until ctx ends. The position is saved
// after a response is handled, so that none is skipped by a crash. A poll behind a start or
// a failure is answered at once, which says that we are up to date.
func follow(ctx context.Context, log *slog.Logger, at positions, as func(context.Context, func(*mautrix.Client) error) error, filter string, handle handler) error {
	failing, backoff, timeout := "", time.Second, time.Duration(0)
	for ctx.Err() == nil {
		err := as(ctx, func(client *mautrix.Client) error { return poll(ctx, client, at, timeout, filter, handle) })
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
func poll(ctx context.Context, client *mautrix.Client, at positions, timeout time.Duration, filter string, handle handler) error {
	since, err := at.NextBatch(ctx, client.UserID)
	if err != nil {
		return err
	}
	resp, err := client.FullSyncRequest(ctx, mautrix.ReqSync{
		FilterID:    filter,
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
	return at.SaveNextBatch(ctx, client.UserID, resp.NextBatch)
}
