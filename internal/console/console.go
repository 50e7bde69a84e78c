package console

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
)

// Options say what the page shows and what its buttons do.
type Options struct {
	Room     Room
	Services []Service
	// Profile returns a user as the room shows it, also one that nobody knows. It is called
	// for each event and for each picture.
	Profile func(userID string) Profile
	// Post sends a sample of a service to the gateway. It is only called for those in Services.
	// Its error is logged, so it must not hold the hook's id.
	Post func(ctx context.Context, service, sample string) error
	// Auto is the switch of the samples that come by themselves; nil when none do.
	Auto Switch
	Log  *slog.Logger
}

// Room is a room to be shown.
type Room struct {
	Name string
	// History returns the events that the room keeps, oldest first.
	History func() []Event
	// Subscribe calls listen with every event from now on, in order, until cancel is called.
	// An event that History does not return comes to those who subscribed before. Listen is
	// quick and calls nothing back, so it may be called under a lock.
	Subscribe func(listen func(Event)) (cancel func())
}

// Event is an event of the room, as Matrix has it.
type Event struct {
	ID       string // without line breaks
	Sender   string
	Type     string
	StateKey *string         // nil unless it is a state event
	Content  json.RawMessage // a JSON object
	Time     time.Time
}

// Service is a service whose samples have buttons.
type Service struct {
	Name    string
	Title   string
	Avatar  Picture
	Samples []string // in the order of their buttons; "v5/Grab" is Grab of the group v5
}

// Profile is how a user looks.
type Profile struct {
	Name   string
	Avatar Picture
}

// Picture is an image file: PNG, JPEG, GIF or WebP; others and the zero value are not shown.
type Picture struct {
	Data        []byte
	ContentType string
}

// Switch turns something on and off.
type Switch interface {
	On() bool
	Set(on bool)
}

// maxStreams is how many pages may be open at once, and maxPosts how many samples may be on
// their way: more than a person needs, and few enough for one process.
const (
	maxStreams = 32
	maxPosts   = 8
)

type console struct {
	Options
	streams chan struct{} // holds a token for each open page
	posts   chan struct{} // and one for each sample on its way
}

// New returns the page. Its event streams end with their requests' contexts, so a server that
// is to shut down in time has a BaseContext that ends.
func New(o Options) http.Handler {
	c := &console{
		Options: o,
		streams: make(chan struct{}, maxStreams),
		posts:   make(chan struct{}, maxPosts),
	}
	r := chi.NewRouter()
	r.Use(onlyHere, headers)
	r.Get("/", serveFile("index.html"))
	r.Get("/web/{file}", serveNamedFile)
	r.Get("/avatars/users", c.serveUserAvatar)
	r.Get("/avatars/services", c.serveServiceAvatar)
	r.Route("/api", func(r chi.Router) {
		r.Use(onlyOwnPage)
		r.Get("/page", c.servePage)
		r.Get("/events", c.serveEvents)
		r.Post("/samples", c.postSample)
		r.Post("/auto", c.setAuto)
	})
	return r
}
