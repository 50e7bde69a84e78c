package homeserver

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Event is an event in a room.
type Event struct {
	ID       string
	RoomID   string
	Sender   string
	Type     string
	StateKey *string         // nil unless it is a state event
	Content  json.RawMessage // compact JSON; "{}" once redacted
	Time     time.Time

	stream      int64  // position among all events of the server
	device, txn string // how it was sent, for those who may see it
	previous    json.RawMessage
	redactedBy  *Event
	annotation  string // key of room.annotations
}

// wireEvent is an event as a client gets it.
type wireEvent struct {
	Type      string          `json:"type"`
	RoomID    string          `json:"room_id,omitempty"`
	EventID   string          `json:"event_id"`
	Sender    string          `json:"sender"`
	StateKey  *string         `json:"state_key,omitempty"`
	Timestamp int64           `json:"origin_server_ts"`
	Content   json.RawMessage `json:"content"`
	Unsigned  wireUnsigned    `json:"unsigned"`
}

type wireUnsigned struct {
	Age             int64           `json:"age"`
	TransactionID   string          `json:"transaction_id,omitempty"`
	PreviousContent json.RawMessage `json:"prev_content,omitempty"`
	RedactedBecause *wireEvent      `json:"redacted_because,omitempty"`
}

// wire draws an event for one client: the transaction id is only for the device that sent it.
func (s *Server) wire(e *Event, who requester) wireEvent {
	w := wireEvent{
		Type: e.Type, RoomID: e.RoomID, EventID: e.ID, Sender: e.Sender, StateKey: e.StateKey,
		Timestamp: e.Time.UnixMilli(), Content: e.Content,
		Unsigned: wireUnsigned{Age: s.opts.Now().Sub(e.Time).Milliseconds(), PreviousContent: e.previous},
	}
	if e.device != "" && e.device == who.device && e.Sender == who.user {
		w.Unsigned.TransactionID = e.txn
	}
	if e.redactedBy != nil {
		because := s.wire(e.redactedBy, who)
		w.Unsigned.RedactedBecause = &because
	}
	return w
}

func (s *Server) wireAll(events []*Event, who requester) []wireEvent {
	list := make([]wireEvent, len(events))
	for i, e := range events {
		list[i] = s.wire(e, who)
	}
	return list
}

// maxEvent is the largest event in bytes, as canonical JSON with all that federation adds.
const maxEvent = 65536

// federationPart is what an event has besides its ids and content: hashes, a signature, the
// ids of earlier events. It varies by some hundred bytes; this is the usual size with Synapse.
const federationPart = 506

func (e *Event) checkSize() error {
	room := maxEvent - federationPart - len(e.RoomID) - len(e.Sender) - len(e.Type)
	if e.StateKey != nil {
		room -= len(*e.StateKey)
	}
	// A client may have escaped what canonical JSON does not: "\u003c" counts as one byte.
	if len(e.Content) > room && len(canonicalized(e.Content)) > room {
		return errTooLarge("event too large")
	}
	return nil
}

// parseContent checks and compacts an event's content. Room versions from 6 on want JSON
// without fractions and without integers that a float64 cannot hold.
func parseContent(body []byte) (json.RawMessage, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil || !utf8.Valid(body) {
		return nil, errNotJSON
	}
	content := compact.Bytes()
	if content[0] != '{' {
		return nil, errBadJSON("Content must be a JSON object.")
	}
	return content, checkNumbers(content)
}

// checkNumbers looks at all numbers of valid JSON. It does not decode it, because that would
// be half the work of a send.
func checkNumbers(content []byte) error {
	const largest = 1<<53 - 1
	for i := 0; i < len(content); i++ {
		switch c := content[i]; {
		case c == '"':
			for i++; content[i] != '"'; i++ {
				if content[i] == '\\' {
					i++
				}
			}
		case c == '-' || c >= '0' && c <= '9':
			end := i + 1
			for end < len(content) && strings.IndexByte("0123456789.eE+-", content[end]) >= 0 {
				end++
			}
			number := string(content[i:end])
			if strings.ContainsAny(number, ".eE") {
				return errBadJSON("Bad JSON value: float")
			}
			if n, err := strconv.ParseInt(number, 10, 64); err != nil || n < -largest || n > largest {
				return errBadJSON("JSON integer out of range")
			}
			i = end - 1
		}
	}
	return nil
}

// canonical writes content as canonical JSON: sorted, without spaces or needless escapes.
func canonical(content any) json.RawMessage {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(content); err != nil {
		panic("homeserver: content that is not JSON: " + err.Error())
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

// canonicalized returns checked content as canonical JSON.
func canonicalized(content json.RawMessage) json.RawMessage {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var object map[string]any
	_ = decoder.Decode(&object) // parseContent has seen that it can be read
	return canonical(object)
}
