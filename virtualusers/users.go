package virtualusers

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"time"

	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// Options are what Users need.
type Options struct {
	Homeserver *matrix.Homeserver
	Sender     string         // localpart of the appservice's own user (sender_localpart), which invites
	Follower   string         // localpart of the virtual user that follows encrypted rooms; it joins no others
	DB         *sql.DB        // for devices and profiles; of package store
	Keys       Keys           // nil: encrypted rooms cannot be told
	Member     Member         // nil: Sender and Follower
	OnLead     func(bool)     // called when this process gets the keys, and when it loses them; nil is nobody
	Zone       *time.Location // of times in messages; nil is UTC
	Log        *slog.Logger
	Now        func() time.Time
}

// Users are the virtual users of one appservice.
type Users struct {
	homeserver *matrix.Homeserver
	table      table
	keys       Keys
	onLead     func(bool)
	member     Member
	zone       *time.Location
	log        *slog.Logger
	now        func() time.Time

	mu      sync.Mutex
	users   map[id.UserID]*user
	rooms   map[id.RoomID]*room
	aliases map[string]alias
	virtual map[id.UserID]bool // every user of the appservice that we know of
	term    *term              // nil while another process has the keys
	synced  time.Time          // when the member was last up to date
	tick    chan struct{}      // closed when it is again
}

// New returns the virtual users. It makes no request to the homeserver.
func New(ctx context.Context, o Options) (*Users, error) {
	if o.Homeserver == nil || o.DB == nil || o.Log == nil || o.Now == nil {
		return nil, errors.New("virtual users need a homeserver, a database, a logger and a clock")
	}
	u := &Users{
		homeserver: o.Homeserver,
		table:      table{o.DB},
		keys:       o.Keys,
		onLead:     o.OnLead,
		member:     o.Member,
		zone:       o.Zone,
		log:        o.Log.With("component", "virtualusers"),
		now:        o.Now,
		users:      map[id.UserID]*user{},
		rooms:      map[id.RoomID]*room{},
		aliases:    map[string]alias{},
		virtual:    map[id.UserID]bool{},
		tick:       make(chan struct{}),
	}
	if u.onLead == nil {
		u.onLead = func(bool) {}
	}
	known, err := u.table.all(ctx)
	if err != nil {
		return nil, err
	}
	for _, user := range known {
		u.virtual[user] = true
	}
	if u.member == nil {
		if o.Sender == "" || o.Follower == "" || o.Sender == o.Follower {
			return nil, errors.New("virtual users need a sender, and a follower other than it")
		}
		u.member = &ownMember{
			users:    u,
			sender:   o.Homeserver.UserID(o.Sender),
			follower: u.user(o.Homeserver.UserID(o.Follower)),
			wanted:   make(chan struct{}),
		}
	}
	return u, nil
}

// user returns the user with the given id. It need not exist yet.
func (u *Users) user(userID id.UserID) *user {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.virtual[userID] = true
	if u.users[userID] == nil {
		u.users[userID] = &user{id: userID}
	}
	return u.users[userID]
}

// room returns what is known about a room.
func (u *Users) room(roomID id.RoomID) *room {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.rooms[roomID] == nil {
		u.rooms[roomID] = &room{id: roomID, joined: map[id.UserID]bool{}}
	}
	return u.rooms[roomID]
}

// allRooms returns every room that is known.
func (u *Users) allRooms() []*room {
	u.mu.Lock()
	defer u.mu.Unlock()
	all := make([]*room, 0, len(u.rooms))
	for _, r := range u.rooms {
		all = append(all, r)
	}
	return all
}
