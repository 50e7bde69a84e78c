package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// Desk is where webhooks are looked up and told again. Its errors may be a *Refusal.
type Desk interface {
	// Hooks returns the configured hooks, in their order.
	Hooks(ctx context.Context) ([]HookState, error)
	// Open returns the matters whose end nobody has told, the oldest first; of all hooks with "".
	Open(ctx context.Context, hook string) ([]OpenMatter, error)
	// Last returns the newest deliveries first; of all hooks with "".
	Last(ctx context.Context, hook string, limit int) ([]Delivery, error)
	// Story returns what an event of a room told, or ErrNoCard.
	Story(ctx context.Context, room, event string) (Story, error)
	// Replay tells a webhook again and returns how many rooms will hear of it: with place "",
	// the rooms that it was for. A second call under the same name tells nothing.
	Replay(ctx context.Context, id, place, name string) (rooms int, err error)
	// Test sends a sample to a hook as its service would, and waits a moment for what becomes
	// of it. A second call under the same name sends nothing.
	Test(ctx context.Context, hook, name string) (Tested, error)
}

// ErrNoCard says that an event told no webhook that is still known.
var ErrNoCard = errors.New("no webhook was told by this event")

// Delivery is a webhook in one room.
type Delivery struct {
	ID        string // the webhook's
	Hook      string
	Formatter string // what made the notification
	Title     string // the first line of its message
	Received  time.Time
	Room      string // what the configuration calls it; "" when the hook's filter dropped it
	Route     string // why it is told there; "" when that is not known
	State     string // pending, held, planned, told, dead, filtered
	Reason    string // why it is dead, or not told yet
	Attempts  int
	ReplayOf  string // the webhook that it tells again
}

// OpenMatter is an alert, a download or the like in one room.
type OpenMatter struct {
	Hook, Room, Title string
	Since             time.Time
	Link              string // to its card; "" when there is none
}

// Story is what an event told.
type Story struct {
	Place string     // the room as Replay takes it
	By    []Delivery // the webhooks that it was made for, the newest first; none when a timer made it
	Also  []Delivery // others of the same matter, the newest first
}

// Tested is a sample that was sent.
type Tested struct {
	Hook, Sample string
	Deliveries   []Delivery
}

// state is the state of the room that fared worst.
func (h HookState) state() string {
	worst := ""
	order := []string{"", "told", "filtered", "held", "planned", "pending", "dead"}
	for _, d := range h.Last {
		if slices.Index(order, d.State) > slices.Index(order, worst) {
			worst = d.State
		}
	}
	return worst
}

const (
	hooksPower = 50 // a moderator's
	hooksLast  = 8  // deliveries that !hooks last shows
)

// hooksFeature looks into the gateway's works.
type hooksFeature struct {
	desk  Desk
	staff Staff
	zone  *time.Location
}

// Hooks is the command that looks after webhooks. The power level that it takes is the
// command's; staff says in which rooms that counts. Times are told in zone.
func Hooks(desk Desk, staff Staff, zone *time.Location) Feature {
	h := &hooksFeature{desk, staff, zone}
	return Feature{Name: "hooks", Commands: []Command{{
		Name:    "hooks",
		Aliases: []string{"hook"},
		Usage:   "[open [<hook>] | last [<hook>] | why | replay [<id>] | test <hook>]",
		Summary: "looks after webhooks: what came, what became of it",
		Details: strings.Join([]string{
			"Alone it lists the hooks with their last webhooks.",
			"open: alerts and the like that are not over",
			"last: the newest webhooks, with their ids",
			"why, as a reply to a card: which webhook made it, and how",
			"replay, as a reply to a card or with an id: tells a webhook again",
			"test: sends a sample to a hook, by its name or its service, as that service would",
		}, "\n"),
		Power: hooksPower, Background: true, Run: h.run,
	}}}
}

func (h *hooksFeature) run(ctx context.Context, c *Call) error {
	staff, err := h.staff.includes(ctx, c)
	if err != nil {
		return err
	}
	if !staff {
		return &Refusal{Text: "I talk about webhooks only in the rooms that I was set up for."}
	}
	word, rest, _ := strings.Cut(c.Args, " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(word) {
	case "", "list":
		return h.list(ctx, c, rest)
	case "open":
		return h.open(ctx, c, rest)
	case "last":
		return h.last(ctx, c, rest)
	case "why":
		return h.why(ctx, c, rest)
	case "replay":
		return h.replay(ctx, c, rest)
	case "test":
		return h.test(ctx, c, rest)
	}
	return &UsageError{}
}

// hook returns the name of the hook that somebody means by a name or a service, in a use of
// the command. "" is all, and is returned as it is.
func (h *hooksFeature) hook(ctx context.Context, use, word string) (string, error) {
	if word == "" {
		return "", nil
	}
	all, err := h.desk.Hooks(ctx)
	if err != nil {
		return "", err
	}
	var names, ofService []string
	for _, hook := range all {
		if strings.EqualFold(hook.Name, word) {
			return hook.Name, nil
		}
		names = append(names, hook.Name)
		if strings.EqualFold(hook.Service, word) {
			ofService = append(ofService, hook.Name)
		}
	}
	switch {
	case len(ofService) == 1:
		return ofService[0], nil
	case len(ofService) > 1:
		return "", &UsageError{Text: "Which one: " + listing(ofService, "or") + "?", Usage: use}
	case len(names) == 0:
		return "", &UsageError{Text: "There are no hooks.", Usage: use}
	}
	return "", &UsageError{Text: "There is no hook of that name. I know " + listing(names, "and") + ".", Usage: use}
}
