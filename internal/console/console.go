package console

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
)

// Options say what the page shows and what its buttons do.
type Options struct {
	Rooms []Room // as the page lists them; it opens with the first
	// History returns the events that the rooms keep, oldest first.
	History func() []Event
	// Subscribe calls listen with every event of the rooms from now on, in order, until cancel
	// is called. An event that History does not return comes to those who subscribed before.
	// Listen is quick and calls nothing back, so it may be called under a lock.
	Subscribe func(listen func(Event)) (cancel func())

	Services []Service
	Stories  []Story
	// Profile returns a user as the rooms show it, also one that nobody knows. It is called
	// for each event and for each picture.
	Profile func(userID string) Profile
	Program Program
	Visitor Visitor // nil when no room is a chat
	// Auto is the switch of the samples that come by themselves; nil when none do.
	Auto Switch
	Log  *slog.Logger
}

// Room is a room to be shown.
type Room struct {
	Name  string // as the configuration calls it: "ops"
	Title string
	Topic string // what is told there
	Chat  *Chat  // nil where a visitor only reads
}

// Chat is what makes a room one in which a visitor writes.
type Chat struct {
	Direct bool     // with one other user; it is listed once something is said there
	Hints  []string // what a visitor may say, for those who do not know
}

// Story is a tale of several webhooks, told step by step.
type Story struct {
	Name  string
	Title string
	About string // one line
	Room  string // the name of the room to watch
	Steps []Step
}

// Step is a step of a story.
type Step struct {
	Text string        // what happens, and what to look at
	Wait time.Duration // until the next one
}

// Event is an event of a room, as Matrix has it.
type Event struct {
	Room     string // a Room's name
	ID       string // without line breaks; "" for what History does not keep, such as m.typing
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

// maxStreams is how many pages may be open at once, maxPosts how many webhooks may be on their
// way or messages of the visitor's, and maxPreviews how many previews are made: more than a
// person needs, and few enough for one machine.
const (
	maxStreams  = 32
	maxPosts    = 8
	maxPreviews = 2
)

type console struct {
	Options
	streams  chan struct{} // holds a token for each open page
	posts    chan struct{} // one for each webhook on its way
	previews chan struct{} // and one for each preview that is made
	pace     *pace         // of what the visitor says
}

// New returns the page. Its event streams end with their requests' contexts, so a server that
// is to shut down in time has a BaseContext that ends.
func New(o Options) http.Handler {
	c := &console{
		Options:  o,
		streams:  make(chan struct{}, maxStreams),
		posts:    make(chan struct{}, maxPosts),
		previews: make(chan struct{}, maxPreviews),
		pace:     newPace(maxBurst, sayEvery),
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
		r.Get("/samples", c.serveSample)
		r.Post("/samples", c.postSample)
		r.Post("/requests", c.postRequest)
		r.Post("/previews", c.postPreview)
		r.Post("/stories", c.postStory)
		r.Post("/auto", c.setAuto)
		r.Post("/messages", c.postMessage)
		r.Post("/reactions", c.postReaction)
		r.Post("/redactions", c.postRedaction)
	})
	return r
}
