package gateway

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// Hook is one address that a service sends webhooks to.
type Hook struct {
	ID      string // the last part of its address, and its password
	Name    string // what logs, metrics and the outbox call it; unique
	Service formatters.Service
	Room    string     // where its webhooks are told when no route takes them
	Filter  *Condition // webhooks for which it is false are dropped; nil keeps all
	Routes  []Route    // the first that matches takes the place of Room
	Exempt  *Condition // webhooks for which it is true are never told in a digest; nil for none
	Get     bool       // whether it also takes GET, with the query as the payload
	Wait    bool       // whether it answers only when its rooms were told
	Auth    Auth       // what requests must bring besides the ID
	Rate    Rate       // how many webhooks it takes
	Answer  *Answer    // what its senders are told of an accepted webhook; nil: what they expect
}

// Route sends some of a hook's webhooks elsewhere.
type Route struct {
	When     *Condition
	Room     string   // "" is the hook's
	Mentions []string // whom the message pings: user ids, "@room"
	Continue bool     // whether the routes behind it are tried, too
}

// hook is a Hook as requests need it.
type hook struct {
	Hook     // without its ID and the secrets of its Auth
	fallback []Routed
	guard    guard
	bucket   *bucket // nil without a Rate
	warned   warnings
}

// digest is the SHA-256 of a hook's id.
type digest [sha256.Size]byte

// SetHooks puts these hooks in the place of the ones before. Requests that have begun end
// with the hook they began with.
func (g *Gateway) SetHooks(hooks []Hook) {
	before := g.hooks.Load()
	table := make(map[digest]*hook, len(hooks))
	for _, h := range hooks {
		id := sha256.Sum256([]byte(h.ID))
		known := &hook{Hook: h, fallback: []Routed{{Room: h.Room}}, guard: newGuard(h.Auth)}
		known.ID, known.Auth = "", Auth{}
		if h.Rate != (Rate{}) {
			known.bucket = &bucket{rate: h.Rate}
			if before != nil && (*before)[id] != nil && (*before)[id].Rate == h.Rate {
				known.bucket = (*before)[id].bucket // a reload fills nothing
			}
		}
		table[id] = known
	}
	g.hooks.Store(&table)
}

// find returns the hook of an address, or nil, and what stands behind the hook's id. Every
// address costs the same.
func (g *Gateway) find(path string) (*hook, place) {
	id, rest := idOf(path)
	p := placeOf(rest)
	h := (*g.hooks.Load())[sha256.Sum256([]byte(id))]
	if p.unknown {
		return nil, p
	}
	return h, p
}

// idOf returns the id in "/webhook/<id>" or "/<id>", the word in any case, and what stands
// behind it, all with or without a slash at the end. Of all other paths it returns what
// cannot be an id.
func idOf(path string) (id, rest string) {
	path = strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	id, rest, found := strings.Cut(path, "/")
	if strings.EqualFold(id, "webhook") {
		if !found {
			return "/", ""
		}
		id, rest, found = strings.Cut(rest, "/")
	}
	if found && rest == "" { // two slashes
		return "/", ""
	}
	return id, rest
}

// allows returns the methods that a hook takes at a place, as the Allow header has them. A
// signature covers no query, so there is no GET with one.
func (h *hook) allows(p place) string {
	if (h.Get || p.publish) && h.guard.signature == nil {
		return "GET, POST, PUT"
	}
	return "POST, PUT"
}

func (h *hook) takes(method string, p place) bool {
	return method == http.MethodPost || method == http.MethodPut || method == http.MethodGet && strings.HasPrefix(h.allows(p), method)
}

// senderIDs are the headers in which senders say which delivery this is, the same for each
// attempt, the most exact first.
var senderIDs = []string{
	"Webhook-Id",        // Standard Webhooks
	"Svix-Id",           // the same
	"Idempotency-Key",   // GitLab from 17.4, and others
	"X-Github-Delivery", // GitHub, Gitea, Forgejo
	"X-Gitea-Delivery",
	"X-Forgejo-Delivery",
	"X-Gogs-Delivery",
	gitlabEvent,
}

// gitlabEvent is one id for all the webhooks that an event of GitLab sets off, so that
// only the body tells them apart.
const gitlabEvent = "X-Gitlab-Event-Uuid"

// maxSenderID is the longest sender's id in use, in bytes; a longer one is none.
const maxSenderID = 255

// senderID returns the sender's own id of a delivery, or "".
func senderID(header http.Header, body []byte) string {
	for _, name := range senderIDs {
		v := header[name]
		if len(v) == 0 || v[0] == "" || len(v[0]) > maxSenderID {
			continue
		}
		if name == gitlabEvent {
			sum := sha256.Sum256(body)
			return v[0] + " " + hex.EncodeToString(sum[:])
		}
		return v[0]
	}
	return ""
}

// warnings remembers what was logged of a hook, so that each text is logged once.
type warnings struct {
	mu    sync.Mutex
	texts []string
}

// maxWarnings bounds how many texts of a hook are logged: some name what the sender wrote.
const maxWarnings = 32

// warn logs an error of the hook unless it was logged before.
func (h *hook) warn(logger *slog.Logger, message string, err error, attributes ...any) {
	text := message + ": " + brief(err)
	h.warned.mu.Lock()
	defer h.warned.mu.Unlock()
	if len(h.warned.texts) == maxWarnings || slices.Contains(h.warned.texts, text) {
		return
	}
	h.warned.texts = append(h.warned.texts, text)
	logger.With(attributes...).Warn(message, "hook", h.Name, "service", h.Service.Name, "err", brief(err))
}

// brief is the part of an error that says what is wrong, without the values it quotes:
// they are the sender's.
func brief(err error) string {
	text := err.Error()
	if i := strings.IndexAny(text, "\"'`(\n"); i >= 0 {
		text = strings.TrimRight(text[:i], " :")
	}
	return text[:min(len(text), 120)]
}
