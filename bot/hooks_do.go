package bot

import (
	"context"
	"errors"
	"fmt"
)

// replay tells a webhook again: the one that is named, or the one of the card that the call
// answers, and then in its room alone.
func (h *hooksFeature) replay(ctx context.Context, c *Call, id string) error {
	place := ""
	if id == "" {
		story, err := h.card(ctx, c, "replay [<id>]")
		if err != nil {
			return err
		}
		of := story.By
		if len(of) == 0 {
			of = story.Also
		}
		if len(story.By) > 1 {
			return &UsageError{Text: "That card tells several webhooks. \"why\" shows their ids: say which one.", Usage: "replay <id>"}
		}
		id, place = of[0].ID, story.Place
	}
	rooms, err := h.desk.Replay(ctx, id, place, replayName(c))
	if err != nil {
		return err
	}
	if place != "" {
		return c.Notice(ctx, "🔁 It is told here again.")
	}
	return c.Notice(ctx, fmt.Sprintf("🔁 It is told again in %s.", counted(int64(rooms), "room", "rooms")))
}

// replayName is the same when a call is handled for a second time.
func replayName(c *Call) string { return "bot " + c.ID }

// test sends a sample to a hook.
func (h *hooksFeature) test(ctx context.Context, c *Call, word string) error {
	if word == "" {
		return &UsageError{Text: "Which hook?", Usage: "test <hook>"}
	}
	hook, err := h.hook(ctx, "test <hook>", word)
	if err != nil {
		return err
	}
	t, err := h.desk.Test(ctx, hook, replayName(c))
	if err != nil {
		return err
	}
	_, err = c.Reply(ctx, h.drawTest(t))
	return err
}

// why says what made a card.
func (h *hooksFeature) why(ctx context.Context, c *Call, rest string) error {
	if rest != "" {
		return &UsageError{Text: "Send it as a reply to a card.", Usage: "why"}
	}
	story, err := h.card(ctx, c, "why")
	if err != nil {
		return err
	}
	_, err = c.Reply(ctx, h.drawStory(story))
	return err
}

// card returns the story of the event that a call answers.
func (h *hooksFeature) card(ctx context.Context, c *Call, word string) (Story, error) {
	if c.ReplyTo == "" {
		return Story{}, &UsageError{Text: "Send it as a reply to a card.", Usage: word}
	}
	story, err := h.desk.Story(ctx, c.Room, c.ReplyTo)
	if errors.Is(err, ErrNoCard) {
		return Story{}, &Refusal{Text: "I know no webhook that was told by that message. It may be too long ago, or somebody else's."}
	}
	return story, err
}
