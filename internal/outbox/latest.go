package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// maxLatest is among how many webhooks the latest of each hook is looked for. There is no
// index by hook, which every webhook would pay for.
const maxLatest = 10_000

// Latest returns the deliveries of each hook's latest webhook, by hook. A hook that is not
// among the newest ten thousand webhooks is left out.
func (o *Outbox) Latest(ctx context.Context) (map[string][]Delivery, error) {
	ids, err := o.webhookIDs(ctx, `SELECT max(id) FROM (SELECT id, hook FROM webhooks ORDER BY id DESC LIMIT $1) AS newest GROUP BY hook`, maxLatest)
	if err != nil {
		return nil, fmt.Errorf("look up latest webhooks: %w", err)
	}
	latest := map[string][]Delivery{}
	if len(ids) == 0 {
		return latest, nil
	}
	list, err := o.deliveries(ctx, `WHERE w.id IN (`+places(2, len(ids))+`) ORDER BY w.id, l.room`, ids...)
	for _, d := range list {
		latest[d.Hook] = append(latest[d.Hook], d)
	}
	return latest, err
}

// DeliveriesOf returns the deliveries of one webhook.
func (o *Outbox) DeliveriesOf(ctx context.Context, id string) ([]Delivery, error) {
	return o.deliveries(ctx, `WHERE w.id = $2 ORDER BY l.room`, id)
}

// BySender returns the webhook that a sender's own id of a delivery stands for.
func (o *Outbox) BySender(ctx context.Context, hook, senderID string) (id string, err error) {
	err = o.db.QueryRow(ctx, `SELECT webhook FROM sender_ids WHERE hook = $1 AND sender_id = $2`, hook, storable(senderID)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrUnknownWebhook
	}
	if err != nil {
		return "", fmt.Errorf("look up webhook of a sender: %w", err)
	}
	return id, nil
}
