package app

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
)

// The demo's visitor.
const (
	visitorName     = "visitor"
	visitorPassword = "visitor"
	visitorTitle    = "Visitor"
)

// botPatience is how long the page waits for the bot to come.
const botPatience = 15 * time.Second

// visitor is who looks at the demo's page: a client of the homeserver like any other, whose
// rooms the page shows. It implements console.Visitor.
type visitor struct {
	client *mautrix.Client
	bot    id.UserID
	home   demoHome
	log    *demoLog

	mu    sync.Mutex
	names map[id.RoomID]string // by id, the rooms that are shown
	rooms map[string]id.RoomID // by name
}

var _ console.Visitor = (*visitor)(nil)

// newVisitor logs the visitor in.
func newVisitor(ctx context.Context, home demoHome, bot string, log *demoLog) (*visitor, error) {
	client, err := mautrix.NewClient(home.url(), "", "")
	if err != nil {
		return nil, err
	}
	_, err = client.Login(ctx, &mautrix.ReqLogin{
		Type:       mautrix.AuthTypePassword,
		Identifier: mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: visitorName},
		Password:   visitorPassword, StoreCredentials: true,
	})
	if err != nil {
		return nil, fmt.Errorf("log in the visitor: %w", err)
	}
	if err := client.SetDisplayName(ctx, visitorTitle); err != nil {
		return nil, fmt.Errorf("name the visitor: %w", err)
	}
	return &visitor{
		client: client, bot: id.UserID(bot), home: home, log: log,
		names: map[id.RoomID]string{}, rooms: map[string]id.RoomID{},
	}, nil
}

// makeRooms makes rooms with the bot and another user, and returns their ids by their names:
// a room of two would be a direct chat, which the bot makes when it has something to say there.
func (v *visitor) makeRooms(ctx context.Context, rooms []console.Room, other string) (map[string]string, error) {
	ids := map[string]string{}
	for _, r := range rooms {
		if r.Name == directRoom {
			continue
		}
		req := &mautrix.ReqCreateRoom{Name: r.Title, Topic: r.Topic, Invite: []id.UserID{v.bot, id.UserID(other)}}
		encrypted := r.Chat != nil && v.home.encrypted()
		if encrypted {
			req.InitialState = []*event.Event{{
				Type:    event.StateEncryption,
				Content: event.Content{Parsed: &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1}},
			}}
		}
		made, err := v.client.CreateRoom(ctx, req)
		if err != nil {
			return nil, fmt.Errorf("make room %s: %w", r.Name, err)
		}
		ids[r.Name] = made.RoomID.String()
		if !encrypted {
			v.show(r.Name, made.RoomID)
		}
	}
	return ids, nil
}

// awaitBot returns when the bot is in all rooms, or does not come: it does not answer what was
// said before.
func (v *visitor) awaitBot(ctx context.Context, rooms map[string]string) {
	ctx, cancel := context.WithTimeout(ctx, botPatience)
	defer cancel()
	for _, room := range rooms {
		for ctx.Err() == nil {
			var member event.MemberEventContent
			err := v.client.StateEvent(ctx, id.RoomID(room), event.StateMember, v.bot.String(), &member)
			if err == nil && member.Membership == event.MembershipJoin {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

func (v *visitor) show(name string, room id.RoomID) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.names[room], v.rooms[name] = name, room
}

// follow has the log told what happens in the rooms, until ctx ends.
func (v *visitor) follow(ctx context.Context) error {
	syncer, ok := v.client.Syncer.(*mautrix.DefaultSyncer)
	if !ok {
		return fmt.Errorf("unexpected syncer %T", v.client.Syncer)
	}
	syncer.FilterJSON = &mautrix.Filter{Room: &mautrix.RoomFilter{Timeline: &mautrix.FilterPart{Limit: demoKeeps}}}
	syncer.OnEvent(func(ctx context.Context, e *event.Event) {
		switch from := e.Mautrix.EventSource; {
		case from&event.SourceInvite != 0:
			v.accept(ctx, e)
		case from&event.SourceTimeline != 0, e.Type == event.EphemeralEventTyping:
			v.tell(e)
		}
	})
	return v.client.SyncWithContext(ctx)
}

// accept accepts the bot's invitation to a direct chat, if the page can read what is said
// there. Elsewhere it is the visitor's client that is asked.
func (v *visitor) accept(ctx context.Context, e *event.Event) {
	if e.Type != event.StateMember || e.GetStateKey() != v.client.UserID.String() || e.Sender != v.bot || v.home.encrypted() {
		return
	}
	v.show(directRoom, e.RoomID)
	if _, err := v.client.JoinRoomByID(ctx, e.RoomID); err != nil && ctx.Err() == nil {
		v.client.Log.Err(err).Msg("The bot's invitation was not accepted")
	}
}

// tell logs an event of a room that is shown.
func (v *visitor) tell(e *event.Event) {
	v.mu.Lock()
	name, shown := v.names[e.RoomID]
	v.mu.Unlock()
	content, err := json.Marshal(e.Content.Raw)
	if !shown || err != nil {
		return
	}
	v.log.add(console.Event{
		Room: name, ID: e.ID.String(), Sender: e.Sender.String(), Type: e.Type.Type, StateKey: e.StateKey,
		Content: content, Time: time.UnixMilli(e.Timestamp),
	})
}

// User implements console.Visitor.
func (v *visitor) User() string { return v.client.UserID.String() }

// Say implements console.Visitor.
func (v *visitor) Say(ctx context.Context, room, text string) error {
	return v.in(room, func(room id.RoomID) error {
		_, err := v.client.SendMessageEvent(ctx, room, event.EventMessage, &event.MessageEventContent{MsgType: event.MsgText, Body: text})
		return err
	})
}

// React implements console.Visitor.
func (v *visitor) React(ctx context.Context, room, target, key string) error {
	return v.in(room, func(room id.RoomID) error {
		_, err := v.client.SendReaction(ctx, room, id.EventID(target), key)
		return err
	})
}

// TakeBack implements console.Visitor.
func (v *visitor) TakeBack(ctx context.Context, room, target string) error {
	return v.in(room, func(room id.RoomID) error {
		_, err := v.client.RedactEvent(ctx, room, id.EventID(target))
		return err
	})
}

// in does something in a room.
func (v *visitor) in(name string, do func(id.RoomID) error) error {
	v.mu.Lock()
	room, known := v.rooms[name]
	v.mu.Unlock()
	if !known {
		return console.Refusal("Nobody is there yet: say !wordle in Commands.")
	}
	return do(room)
}
