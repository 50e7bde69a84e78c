package app

import (
	"context"

	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
)

// enqueuer is the outbox as the gateway sees it.
type enqueuer struct{ box *outbox.Outbox }

// Enqueue implements gateway.Enqueuer.
func (e enqueuer) Enqueue(ctx context.Context, w gateway.Webhook) (gateway.Accepted, error) {
	rooms := make([]outbox.Routed, len(w.Rooms))
	for i, r := range w.Rooms {
		rooms[i] = outbox.Routed(r)
	}
	a, err := e.box.Enqueue(ctx, outbox.Webhook{
		Hook: w.Hook, Service: w.Service, Formatter: w.Formatter, SenderID: w.SenderID,
		Payload: w.Payload, Notification: w.Notification, Rooms: rooms, Exempt: w.Exempt,
	})
	return gateway.Accepted(a), err
}

// Wait implements gateway.Enqueuer.
func (e enqueuer) Wait(ctx context.Context, id string) (gateway.State, error) {
	state, err := e.box.Wait(ctx, id)
	return gateway.State(state), err
}
