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
	Get     bool       // whether it also takes GET, with the query as the payload
	Wait    bool       // whether it answers only when its rooms were told
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
	Hook     // without its ID
	fallback []Routed
	allow    string // the Allow header of its 405
	warned   warnings
}

// digest is the SHA-256 of a hook's id.
type digest [sha256.Size]byte

// SetHooks puts these hooks in the place of the ones before. Requests that have begun end
// with the hook they began with.
func (g *Gateway) SetHooks(hooks []Hook) {
	table := make(map[digest]*hook, len(hooks))
	for _, h := range hooks {
		id := sha256.Sum256([]byte(h.ID))
		h.ID = ""
		known := &hook{Hook: h, fallback: []Routed{{Room: h.Room}}, allow: "POST, PUT"}
		if h.Get {
			known.allow = "GET, POST, PUT"
		}
		table[id] = known
	}
	g.hooks.Store(&table)
}

// find returns the hook of an address, or nil. Every address costs the same.
func (g *Gateway) find(path string) *hook {
	return (*g.hooks.Load())[sha256.Sum256([]byte(idOf(path)))]
}

// idOf returns the id in "/webhook/<id>" or "/<id>", both with or without a slash behind
// them, the word in any case. Of all other paths it returns what cannot be an id.
func idOf(path string) string {
	path = strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	word, id, found := strings.Cut(path, "/")
	switch webhook := strings.EqualFold(word, "webhook"); {
	case found && webhook:
		return id
	case found || webhook:
		return "/"
	}
	return word
}

func (h *hook) takes(method string) bool {
	return method == http.MethodPost || method == http.MethodPut || method == http.MethodGet && h.Get
}

// senderIDs are the headers in which senders say which delivery this is, the same for each
// attempt, the most exact first.
var senderIDs = []string{
	"Webhook-Id",        // Standard Webhooks
	"Idempotency-Key",   // GitLab from 17.4, and others
	"X-Github-Delivery", // GitHub, Gitea, Forgejo
	"X-Gitea-Delivery",
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
func (h *hook) warn(logger *slog.Logger, message string, err error) {
	text := message + ": " + brief(err)
	h.warned.mu.Lock()
	defer h.warned.mu.Unlock()
	if len(h.warned.texts) == maxWarnings || slices.Contains(h.warned.texts, text) {
		return
	}
	h.warned.texts = append(h.warned.texts, text)
	logger.Warn(message, "hook", h.Name, "service", h.Service.Name, "err", brief(err))
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
