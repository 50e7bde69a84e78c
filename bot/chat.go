package bot

import "context"

// Chat is what the bot does in rooms. Each call that makes an event has a key: the same key
// in the same room makes one event, however often it is called.
type Chat interface {
	// User returns the bot's own id.
	User() string
	// Send makes a message and returns its id.
	Send(ctx context.Context, room, key string, a Answer) (event string, err error)
	// React adds a reaction, which is never encrypted, and returns its id.
	React(ctx context.Context, room, key, target, emoji string) (event string, err error)
	// Redact takes an event back.
	Redact(ctx context.Context, room, key, target string) error
	// Typing shows or ends the typing notice in a room.
	Typing(ctx context.Context, room string, typing bool) error
	// Power returns a user's power level in a room; a creator's is above every other.
	Power(ctx context.Context, room, user string) (int, error)
	// Name returns what a user is called in a room, or the user id.
	Name(ctx context.Context, room, user string) string
	// Resolve returns the id of the room that an alias or an id leads to: where the room was
	// upgraded, of the one in its place.
	Resolve(ctx context.Context, room string) (string, error)
	// Direct returns the room in which the bot talks to a user alone: one that exists and
	// that both are in or invited to, or a new encrypted one.
	Direct(ctx context.Context, user string) (room string, err error)
	// IsDirect says whether a room is one in which the bot and one other person talk.
	IsDirect(ctx context.Context, room string) bool
	// Invite invites a user, if the user is not in the room or invited already.
	Invite(ctx context.Context, room, user string) error
	// MayInvite returns nil if the bot may invite to a room, or why not, and what to do about it.
	MayInvite(ctx context.Context, room string) error
	// Members returns who has joined a room.
	Members(ctx context.Context, room string) ([]string, error)
}

// Answer is a message of the bot.
type Answer struct {
	Text     string   // plain; must say everything that HTML says
	HTML     string   // drawn by clients instead of Text; foreign text in it must be escaped; "" for none
	Board    bool     // a board or a result, an m.text, which notifies; else an m.notice
	ReplyTo  string   // the event that it answers; "" for none
	Replaces string   // the message of the bot that it takes the place of; "" for none
	Mention  []string // user ids that are to be pinged
	Content  any      // in the place of all above but ReplyTo: the event's own content, as for a native poll
	Type     string   // the event's type with Content; "" is m.room.message
}
