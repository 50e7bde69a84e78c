package virtualusers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"maunium.net/go/mautrix/event"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// maxContent is the most that an event's content may take, in bytes of JSON. Matrix allows
// 65,536 for the whole event; the homeserver adds ids, hashes, signatures and references.
const maxContent = 60 << 10

// budgets returns the limits that are tried in turn, for both bodies together.
func budgets(large, encrypted bool) []int {
	usual := []int{formatters.MaxBytes, formatters.MaxBytes / 2, formatters.MaxBytes / 4, formatters.MinBytes}
	switch {
	case large && encrypted:
		return append([]int{formatters.LargeEncryptedBytes}, usual...)
	case large:
		return append([]int{formatters.LargeBytes}, usual...)
	}
	return usual
}

// draw returns the event's type and content, encrypted if it must be, as large as fits.
func (u *Users) draw(ctx context.Context, v *user, r *room, encrypted bool, e Event) (event.Type, any, error) {
	if e.React != "" { // reactions are never encrypted
		return event.EventReaction, formatters.React(e.Notification, e.React), nil
	}
	for _, budget := range budgets(e.Notification.Large, encrypted) {
		message := render(e, formatters.RenderOptions{
			Now:      e.Drawn,
			Zone:     u.zone,
			MsgType:  e.MsgType,
			Mentions: e.Mentions,
			MaxBytes: budget,
		})
		eventType, content := event.EventMessage, any(&message)
		if encrypted {
			ciphertext, err := u.encrypt(ctx, v, r, &message)
			if err != nil {
				return eventType, nil, setUp(err, u.now())
			}
			eventType, content = event.EventEncrypted, ciphertext
		}
		size, err := encodedSize(content)
		if err != nil {
			return eventType, nil, &Failure{Class: Message, Err: err}
		}
		if size <= maxContent {
			return eventType, content, nil
		}
	}
	return event.EventMessage, nil, &Failure{Class: Message, Err: errors.New("the event is too large, however short it is drawn")}
}

// render draws the message with its relation.
func render(e Event, o formatters.RenderOptions) formatters.Message {
	message := formatters.Render(e.Notification, o)
	switch {
	case e.Replace != "":
		return message.Edit(e.Replace)
	case e.ReplyTo != "":
		return message.Reply(e.ReplyTo)
	case e.Thread != "":
		return message.InThread(e.Thread)
	}
	return message
}

// encodedSize returns how long the content is as JSON.
func encodedSize(content any) (int, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // as the homeserver counts
	if err := enc.Encode(content); err != nil {
		return 0, fmt.Errorf("encode event: %w", err)
	}
	return b.Len(), nil
}
