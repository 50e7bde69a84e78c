package gateway

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Answer is what a hook's senders are told of each accepted webhook.
type Answer struct {
	Status      int
	Body        string
	ContentType string // of the Body; "" is plain text
}

const plainText = "text/plain; charset=utf-8"

func (a *Answer) write(w http.ResponseWriter) {
	contentType := a.ContentType
	if contentType == "" {
		contentType = plainText
	}
	if a.Body == "" {
		contentType = ""
	}
	writeBody(w, a.Status, contentType, []byte(a.Body))
}

// writeBody writes an answer that is not ours.
func writeBody(w http.ResponseWriter, status int, contentType string, body []byte) {
	header := w.Header()
	header["X-Content-Type-Options"], header["Cache-Control"] = noSniff, noStore
	if contentType != "" {
		header.Set("Content-Type", contentType)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // one who no longer listens cannot be told
}

func writeJSON(w http.ResponseWriter, v any) {
	body, _ := json.Marshal(v) // only texts, numbers and times
	writeBody(w, http.StatusOK, jsonType[0], body)
}

// tellOK tells senders that take nothing but 200 for a success.
func tellOK(w http.ResponseWriter, _ *http.Request, a answer) {
	a.status = http.StatusOK
	a.write(w)
}

// tellSlack answers as Slack's incoming webhooks.
func tellSlack(w http.ResponseWriter, _ *http.Request, _ answer) {
	writeBody(w, http.StatusOK, plainText, []byte("ok"))
}

// tellTeams answers as the connectors of Microsoft Teams, whose senders look for the 1.
func tellTeams(w http.ResponseWriter, _ *http.Request, _ answer) {
	writeBody(w, http.StatusOK, plainText, []byte("1"))
}

// discordMessage is the part of Discord's message object that is never left out.
type discordMessage struct {
	ID              string        `json:"id"`
	Type            int           `json:"type"`
	Content         string        `json:"content"`
	ChannelID       string        `json:"channel_id"`
	WebhookID       string        `json:"webhook_id"`
	Author          discordAuthor `json:"author"`
	Attachments     []string      `json:"attachments"`
	Embeds          []string      `json:"embeds"`
	Mentions        []string      `json:"mentions"`
	MentionRoles    []string      `json:"mention_roles"`
	MentionEveryone bool          `json:"mention_everyone"`
	Pinned          bool          `json:"pinned"`
	TTS             bool          `json:"tts"`
	Timestamp       time.Time     `json:"timestamp"`
	EditedTimestamp *time.Time    `json:"edited_timestamp"`
	Flags           int           `json:"flags"`
	Components      []string      `json:"components"`
}

type discordAuthor struct {
	ID            string  `json:"id"`
	Username      string  `json:"username"`
	Discriminator string  `json:"discriminator"`
	Avatar        *string `json:"avatar"`
	Bot           bool    `json:"bot"`
}

// tellDiscord answers as "Execute Webhook": with nothing or, where the sender waits for the
// message, with the message.
func tellDiscord(w http.ResponseWriter, r *http.Request, a answer) {
	if !slices.Contains([]string{"true", "1"}, strings.ToLower(r.URL.Query().Get("wait"))) {
		writeBody(w, http.StatusNoContent, "", nil)
		return
	}
	number := strconv.FormatInt(numberOf(a.id), 10)
	none := []string{}
	writeJSON(w, discordMessage{
		ID: number, Content: a.message, ChannelID: number, WebhookID: number, Timestamp: a.received.UTC(),
		Author:      discordAuthor{ID: number, Username: "lotus-hooks", Discriminator: "0000", Bot: true},
		Attachments: none, Embeds: none, Mentions: none, MentionRoles: none, Components: none,
	})
}

// ntfyMessage is ntfy's message object.
type ntfyMessage struct {
	ID      string `json:"id"`
	Time    int64  `json:"time"` // Unix seconds
	Expires int64  `json:"expires"`
	Event   string `json:"event"`
	Topic   string `json:"topic"`
	Title   string `json:"title,omitempty"`
	Message string `json:"message"`
}

// tellNtfy answers as ntfy does to what was published.
func tellNtfy(w http.ResponseWriter, _ *http.Request, a answer) {
	writeJSON(w, ntfyMessage{
		ID: a.id, Time: a.received.Unix(), Expires: a.received.Add(12 * time.Hour).Unix(), Event: "message", Topic: "webhook",
		Title: a.title, Message: a.message,
	})
}

// gotifyMessage is Gotify's message object.
type gotifyMessage struct {
	ID       int64     `json:"id"`
	AppID    int64     `json:"appid"`
	Title    string    `json:"title"`
	Message  string    `json:"message"`
	Priority int       `json:"priority"`
	Date     time.Time `json:"date"`
}

// tellGotify answers as Gotify does to a new message.
func tellGotify(w http.ResponseWriter, _ *http.Request, a answer) {
	writeJSON(w, gotifyMessage{ID: numberOf(a.id), AppID: 1, Title: a.title, Message: a.message, Date: a.received.UTC()})
}

// numberOf turns a webhook's id into a number, for senders that take only numbers: of 52
// bits, which all of them can count to.
func numberOf(id string) int64 {
	sum := sha256.Sum256([]byte(id))
	return int64(binary.BigEndian.Uint64(sum[:8]) >> 12)
}
