package app

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/virtualusers"
)

// sender is the virtual users as the outbox sees them.
type sender struct {
	users    *virtualusers.Users
	profiles atomic.Pointer[map[string]virtualusers.Profile] // by hook; replaced by a reload
	retired  virtualusers.Profile                            // tells what hooks left behind that are no longer configured
}

// Place implements outbox.Sender.
func (s *sender) Place(ctx context.Context, room, hook string) (outbox.Place, error) {
	profile, known := (*s.profiles.Load())[hook]
	if !known {
		profile = s.retired
	}
	p, err := s.users.Resolve(ctx, room, profile)
	return outbox.Place(p), failure(err)
}

// Send implements outbox.Sender.
func (s *sender) Send(ctx context.Context, e outbox.Event) (outbox.Made, error) {
	made, err := s.users.Send(ctx, eventOf(e))
	return outbox.Made(made), failure(err)
}

// Find implements outbox.Sender.
func (s *sender) Find(ctx context.Context, e outbox.Event) (string, error) {
	id, found, err := s.users.Find(ctx, eventOf(e))
	if err != nil || !found {
		return "", failure(err)
	}
	return id, nil
}

func eventOf(e outbox.Event) virtualusers.Event {
	return virtualusers.Event{
		Place: virtualusers.Place(e.Place), TransactionID: e.TransactionID, Unanswered: e.Unanswered,
		Notification: e.Notification, Drawn: e.Drawn, MsgType: e.MsgType,
		Mentions: mentions(e.Mentions), Replace: e.Replaces, ReplyTo: e.RepliesTo, Thread: e.Threads, React: e.ReactsTo,
		Dependent: e.Dependent,
	}
}

// mentions turns a route's list, in which "@room" stands for everybody, into Matrix's form.
func mentions(list []string) formatters.Mentions {
	return formatters.Mentions{
		Room:    slices.Contains(list, "@room"),
		UserIDs: slices.DeleteFunc(slices.Clone(list), func(who string) bool { return who == "@room" }),
	}
}

// failure says in the outbox's words whose fault an error is.
func failure(err error) error {
	var f *virtualusers.Failure
	if !errors.As(err, &f) {
		return err
	}
	class := outbox.Server
	switch f.Class {
	case virtualusers.Room:
		class = outbox.Room
	case virtualusers.Message:
		class = outbox.Message
	case virtualusers.Elsewhere:
		class = outbox.Elsewhere
	case virtualusers.Server:
	}
	return &outbox.Failure{Class: class, Unanswered: f.Ambiguous, RetryAfter: f.RetryAfter, Err: f.Err}
}
