package homeserver

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// room is a room. All its state is the server's mutex's.
type room struct {
	id, version string
	creators    []string          // in order; they have all power
	timeline    []*Event          // oldest first, the newest Options.KeepEvents
	events      map[string]*Event // by id: the timeline, and the current state
	state       map[stateKey]*Event
	members     map[string]member
	levels      powerLevels
	annotations map[string]bool
	typing      map[string]*time.Timer // until when somebody types, by user
	typingSince int64                  // stream position at which typing became this
}

type stateKey struct{ kind, key string }

type member struct {
	membership string
	since      int64 // stream position at which the membership became this
}

func (rm *room) membership(userID string) string { return rm.members[userID].membership }

// room returns a room that the requester has joined. Callers hold mu.
func (s *Server) joinedRoom(r *request) (*room, error) {
	id := r.PathValue("room")
	rm := s.rooms[id]
	if rm == nil || rm.membership(r.user) != "join" {
		return nil, errForbidden("User %s not in room %s", r.user, id)
	}
	return rm, nil
}

// newEvent makes an event that is not in the room yet. Callers hold mu.
func (s *Server) newEvent(rm *room, sender, kind string, key *string, content json.RawMessage) *Event {
	return &Event{
		ID: "$" + s.newID(), RoomID: rm.id, Sender: sender, Type: kind, StateKey: key,
		Content: content, Time: s.opts.Now(),
	}
}

// append puts an event into its room, with all it does there, and tells everybody. Whether
// it is allowed is checked before. Callers hold mu.
func (s *Server) append(rm *room, e *Event) {
	s.stream++
	e.stream = s.stream
	rm.timeline = append(rm.timeline, e)
	rm.events[e.ID] = e
	switch {
	case e.StateKey != nil:
		rm.setState(e)
	case e.Type == "m.room.redaction":
		rm.redact(e)
	case e.annotation != "":
		rm.annotations[e.annotation] = true
	}
	if keep := s.opts.KeepEvents; keep > 0 && len(rm.timeline) >= 2*keep {
		rm.forget(len(rm.timeline) - keep)
	}
	for _, listen := range s.listeners {
		listen(*e)
	}
	s.wake()
}

// wake has those who wait in /sync look for news. Callers hold mu.
func (s *Server) wake() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

func (rm *room) setState(e *Event) {
	key := stateKey{e.Type, *e.StateKey}
	if before := rm.state[key]; before != nil {
		e.previous = before.Content
	}
	rm.state[key] = e
	switch e.Type {
	case "m.room.power_levels":
		rm.levels = parseLevels(e.Content)
	case "m.room.member":
		var content struct{ Membership string }
		_ = json.Unmarshal(e.Content, &content) // written by memberContent
		if rm.membership(*e.StateKey) != content.Membership {
			rm.members[*e.StateKey] = member{content.Membership, e.stream}
		}
	}
}

// redact empties the event that a redaction names. Copies that listeners and clients have
// stay as they are.
func (rm *room) redact(e *Event) {
	var content redaction
	_ = json.Unmarshal(e.Content, &content) // written by Server.redact
	old := rm.events[content.Redacts]
	if old == nil {
		return
	}
	delete(rm.annotations, old.annotation)
	emptied := *old
	emptied.Content, emptied.previous, emptied.redactedBy = json.RawMessage("{}"), nil, e
	rm.events[old.ID] = &emptied
	if i := rm.position(old.stream); i < len(rm.timeline) && rm.timeline[i] == old {
		rm.timeline[i] = &emptied
	}
	if old.StateKey != nil && rm.state[stateKey{old.Type, *old.StateKey}] == old {
		rm.state[stateKey{old.Type, *old.StateKey}] = &emptied
	}
}

// forget drops the n oldest events, except from the current state.
func (rm *room) forget(n int) {
	for _, e := range rm.timeline[:n] {
		delete(rm.annotations, e.annotation)
		if e.StateKey == nil || rm.state[stateKey{e.Type, *e.StateKey}] != e {
			delete(rm.events, e.ID)
		}
	}
	rm.timeline = slices.Clone(rm.timeline[n:])
}

// position returns the index of the first event in the timeline at or after a stream position.
func (rm *room) position(stream int64) int {
	i, _ := slices.BinarySearchFunc(rm.timeline, stream, func(e *Event, at int64) int { return int(e.stream - at) })
	return i
}

// stateEvents returns the current state, in the order in which it came about.
func (rm *room) stateEvents() []*Event {
	all := make([]*Event, 0, len(rm.state))
	for _, e := range rm.state {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b *Event) int { return int(a.stream - b.stream) })
	return all
}

// mayAppend checks an event that is not a membership: those have their own rules.
func (rm *room) mayAppend(e *Event) error {
	if rm.membership(e.Sender) != "join" {
		return errForbidden("User %s not in room %s", e.Sender, rm.id)
	}
	if have, need := rm.level(e.Sender), rm.levels.toSend(e.Type, e.StateKey != nil); have < need {
		return errForbidden("You don't have permission to post that to the room. user_level (%d) < send_level (%d)", have, need)
	}
	if e.StateKey != nil && strings.HasPrefix(*e.StateKey, "@") && *e.StateKey != e.Sender {
		return errForbidden("You are not allowed to set others state")
	}
	return e.checkSize()
}
