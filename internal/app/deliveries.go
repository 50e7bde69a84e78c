package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// DeliveriesQuery says which deliveries to list.
type DeliveriesQuery struct {
	State, Hook string
	Limit       int
	JSON        bool
}

// states are what a delivery can be listed by.
var states = []string{
	string(outbox.Pending), string(outbox.Held), string(outbox.Planned), string(outbox.Told), string(outbox.Dead), string(outbox.Replayed), string(outbox.Filtered),
}

// Deliveries prints the newest webhooks and how far each is in each of its rooms.
func Deliveries(ctx context.Context, e Env, q DeliveriesQuery) error {
	return withOutbox(ctx, e, func(cfg *config.Config, box *outbox.Outbox) error {
		list, err := box.Deliveries(ctx, outbox.Filter{State: outbox.State(q.State), Hook: q.Hook, Limit: q.Limit})
		if err != nil {
			return err
		}
		if len(list) == 0 && q.Hook != "" { // a hook of yesterday may have some
			if _, err := findHook(cfg, q.Hook); err != nil {
				return err
			}
		}
		if q.JSON {
			return printJSON(e.Stdout, list)
		}
		return printDeliveries(e.Stdout, cfg, list)
	})
}

func printDeliveries(w io.Writer, cfg *config.Config, list []outbox.Delivery) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "none")
		return err
	}
	names := roomNames(cfg)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "RECEIVED\tHOOK\tROOM\tSTATE\tID\tWHAT")
	for _, d := range list {
		room := d.Room
		if name := names[room]; name != "" {
			room = name
		}
		what := d.Title
		if d.Reason != "" {
			what += " (" + d.Reason + ")"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", d.Received.In(cfg.Timezone.Location).Format("2006-01-02 15:04:05"),
			d.Hook, room, d.State, d.Webhook, oneLine(what, 100))
	}
	return t.Flush()
}

// oneLine makes foreign text fit a line of a table or a log: no controls, a bounded length.
func oneLine(s string, limit int) string {
	out := make([]rune, 0, limit)
	for _, r := range s {
		if len(out) == limit {
			return string(out) + "…"
		}
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			r = ' '
		}
		out = append(out, r)
	}
	return string(out)
}

// Replay tells webhooks again: those named, or all dead ones. rooms may name other rooms
// than the ones they were for.
func Replay(ctx context.Context, e Env, ids []string, allDead bool, rooms []string) error {
	return withOutbox(ctx, e, func(cfg *config.Config, box *outbox.Outbox) error {
		if allDead {
			dead, err := box.Deliveries(ctx, outbox.Filter{State: outbox.Dead, Limit: 10_000})
			if err != nil {
				return err
			}
			seen := map[string]bool{}
			for i := len(dead) - 1; i >= 0; i-- { // oldest first, as they were accepted
				if id := dead[i].Webhook; !seen[id] {
					seen[id] = true
					ids = append(ids, id)
				}
			}
		}
		references := make([]string, len(rooms))
		for i, room := range rooms {
			var err error
			if references[i], err = cfg.FindRoom(room); err != nil {
				return err
			}
		}
		var errs []error
		for _, id := range ids {
			a, err := box.Replay(ctx, id, references...)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			fmt.Fprintf(e.Stdout, "%s is told again as %s\n", id, a.ID)
		}
		if len(ids) == 0 {
			fmt.Fprintln(e.Stdout, "none")
		}
		return errors.Join(errs...)
	})
}

// withOutbox opens the configured database beside a running program.
func withOutbox(ctx context.Context, e Env, do func(*config.Config, *outbox.Outbox) error) error {
	cfg, err := e.loadConfig()
	if err != nil {
		return err
	}
	url := cfg.Database.Reveal()
	if path, sqlite := strings.CutPrefix(url, "sqlite:"); sqlite {
		if _, err := os.Stat(strings.TrimPrefix(path, "//")); err != nil { // one made here would be of the wrong owner
			return fmt.Errorf("there is no database yet: %w", err)
		}
	}
	db, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	box := outbox.New(outbox.Options{DB: db, Log: slog.New(slog.NewTextHandler(e.Stderr, nil))})
	err = do(cfg, box)
	box.Close()
	return errors.Join(err, db.Close())
}
