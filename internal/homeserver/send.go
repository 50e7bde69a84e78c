package homeserver

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

func (s *Server) send(r *request) (any, error) {
	content, parseErr := parseContent(r.body)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.once(r, func() (*room, *Event, error) {
		if parseErr != nil {
			return nil, nil, parseErr
		}
		rm, err := s.joinedRoom(r)
		if err != nil {
			return nil, nil, err
		}
		e, err := s.newMessage(rm, r.user, r.PathValue("type"), content)
		if err != nil {
			return nil, nil, err
		}
		if ms, err := strconv.ParseInt(r.URL.Query().Get("ts"), 10, 64); err == nil && r.appservice != nil {
			e.Time = time.UnixMilli(ms)
		}
		return rm, e, nil
	})
}

// newMessage makes an event without a state key, if it is allowed. Callers hold mu.
func (s *Server) newMessage(rm *room, sender, kind string, content json.RawMessage) (*Event, error) {
	e := s.newEvent(rm, sender, kind, nil, content)
	switch kind {
	case "m.room.message":
		if err := checkMessage(content); err != nil {
			return nil, err
		}
	case "m.reaction":
		e.annotation = annotationOf(e)
	}
	if err := rm.mayAppend(e); err != nil {
		return nil, err
	}
	if rm.annotations[e.annotation] {
		return nil, errBadRequest("M_DUPLICATE_ANNOTATION", "Can't send same reaction twice")
	}
	return e, nil
}

func checkMessage(content json.RawMessage) error {
	var fields struct {
		Body    json.RawMessage `json:"body"`
		MsgType json.RawMessage `json:"msgtype"`
	}
	_ = json.Unmarshal(content, &fields) // parseContent has seen that it is an object
	switch {
	case fields.Body == nil:
		return errBadRequest("M_UNKNOWN", "'body' not in content")
	case fields.MsgType == nil:
		return errBadRequest("M_UNKNOWN", "'msgtype' not in content")
	case fields.Body[0] != '"' || fields.MsgType[0] != '"':
		return errBadRequest("M_UNKNOWN", "'body' or 'msgtype' not a string type")
	}
	return nil
}

// annotationOf names what a reaction says: nobody may say it twice. Other events have none.
func annotationOf(e *Event) string {
	var content struct {
		RelatesTo struct {
			Type    string `json:"rel_type"`
			EventID string `json:"event_id"`
			Key     string `json:"key"`
		} `json:"m.relates_to"`
	}
	if err := json.Unmarshal(e.Content, &content); err != nil || content.RelatesTo.Type != "m.annotation" {
		return ""
	}
	return e.Sender + "\n" + content.RelatesTo.EventID + "\n" + content.RelatesTo.Key
}

// redaction is the content of m.room.redaction, from room version 11 on.
type redaction struct {
	Redacts string `json:"redacts"`
	Reason  string `json:"reason,omitempty"`
}

func (s *Server) redact(r *request) (any, error) {
	var req redaction
	parseErr := r.decode(&req)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.once(r, func() (*room, *Event, error) {
		if parseErr != nil {
			return nil, nil, parseErr
		}
		rm, err := s.joinedRoom(r)
		if err != nil {
			return nil, nil, err
		}
		target := rm.events[r.PathValue("event")]
		if target == nil {
			return nil, nil, errNotFound("Event not found.")
		}
		if target.Sender != r.user && rm.level(r.user) < or50(rm.levels.Redact) {
			return nil, nil, errForbidden("You don't have permission to redact events")
		}
		e := s.newEvent(rm, r.user, "m.room.redaction", nil, canonical(redaction{target.ID, req.Reason}))
		return rm, e, rm.mayAppend(e)
	})
}

func (s *Server) getEvent(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rm := s.rooms[r.PathValue("room")]
	if rm == nil || rm.membership(r.user) != "join" || rm.events[r.PathValue("event")] == nil {
		return nil, &matrixError{http.StatusNotFound, "M_NOT_FOUND", "Event not found."}
	}
	return s.wire(rm.events[r.PathValue("event")], r.requester), nil
}
