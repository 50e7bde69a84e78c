package homeserver

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

const defaultTimeline = 10

// syncFilter is what of a filter this server heeds.
type syncFilter struct {
	Room struct {
		Timeline struct {
			Limit int `json:"limit"`
		} `json:"timeline"`
		Ephemeral struct {
			Types []string `json:"types"` // nil is all
		} `json:"ephemeral"`
	} `json:"room"`
}

type syncAnswer struct {
	NextBatch string    `json:"next_batch"`
	Rooms     syncRooms `json:"rooms"`
}

type syncRooms struct {
	Join   map[string]syncRoom `json:"join,omitempty"`
	Invite map[string]any      `json:"invite,omitempty"`
	Leave  map[string]syncRoom `json:"leave,omitempty"`
}

type syncRoom struct {
	State    syncEvents   `json:"state"`
	Timeline syncTimeline `json:"timeline"`

	Ephemeral *ephemeral `json:"ephemeral,omitempty"`
}

type syncEvents struct {
	Events []wireEvent `json:"events"`
}

type syncTimeline struct {
	Events    []wireEvent `json:"events"`
	Limited   bool        `json:"limited"`
	PrevBatch string      `json:"prev_batch"`
}

func (s *Server) makeFilter(r *request) (any, error) {
	var filter syncFilter
	if err := r.decode(&filter); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[r.user]
	u.filters = append(u.filters, filter)
	return map[string]string{"filter_id": strconv.Itoa(len(u.filters) - 1)}, nil
}

// filter returns what a /sync asks for. Callers hold mu.
func (s *Server) filter(r *request) syncFilter {
	var filter syncFilter
	text := r.URL.Query().Get("filter")
	if n, err := strconv.Atoi(text); err == nil && n >= 0 && n < len(s.users[r.user].filters) {
		filter = s.users[r.user].filters[n]
	} else if text != "" {
		_ = json.Unmarshal([]byte(text), &filter) // a filter we cannot read filters nothing
	}
	if filter.Room.Timeline.Limit <= 0 {
		filter.Room.Timeline.Limit = defaultTimeline
	}
	return filter
}

// sync answers at once when there is news, else when there is some or the time is over.
func (s *Server) sync(r *request) (any, error) {
	query := r.URL.Query()
	since, err := parseToken(query.Get("since"), 0)
	if err != nil {
		return nil, err
	}
	timeout, _ := strconv.Atoi(query.Get("timeout")) // none is 0
	timer := time.NewTimer(time.Duration(timeout) * time.Millisecond)
	defer timer.Stop()
	for {
		s.mu.Lock()
		rooms := s.news(r, since, s.filter(r))
		if timeout <= 0 || since == 0 || len(rooms.Join)+len(rooms.Invite)+len(rooms.Leave) > 0 {
			answer := syncAnswer{token("s", s.stream), rooms}
			s.mu.Unlock()
			return answer, nil
		}
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		changed, restarted := s.changed, s.restarted
		s.mu.Unlock()
		select {
		case <-changed:
		case <-timer.C:
			timeout = 0
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		case <-restarted.Done():
			panic(http.ErrAbortHandler)
		}
	}
}

// news collects what came after a position. Callers hold mu.
func (s *Server) news(r *request, since int64, filter syncFilter) syncRooms {
	found := syncRooms{map[string]syncRoom{}, map[string]any{}, map[string]syncRoom{}}
	for id, rm := range s.rooms {
		m := rm.members[r.user]
		switch m.membership {
		case "join":
			if part, ok := s.roomNews(rm, r.requester, since, m.since, filter); ok {
				found.Join[id] = part
			}
		case "invite":
			if m.since > since {
				found.Invite[id] = map[string]any{"invite_state": syncEvents{s.stripped(rm, r.user)}}
			}
		case "leave", "ban":
			if m.since > since && since > 0 {
				last := rm.state[stateKey{"m.room.member", r.user}]
				found.Leave[id] = syncRoom{Timeline: syncTimeline{Events: s.wireAll([]*Event{last}, r.requester)}}
			}
		}
	}
	return found
}

// roomNews returns a joined room's part. Who joined since then gets the whole state.
func (s *Server) roomNews(rm *room, who requester, since, joined int64, filter syncFilter) (syncRoom, bool) {
	whole := joined > since
	if whole {
		since = 0
	}
	first := rm.position(since + 1)
	events := rm.timeline[first:]
	part := syncRoom{Ephemeral: rm.typingNews(since, filter)}
	if len(events) == 0 && part.Ephemeral == nil && !whole {
		return syncRoom{}, false
	}
	if limit := filter.Room.Timeline.Limit; len(events) > limit {
		events = events[len(events)-limit:]
		part.Timeline.Limited = true
	}
	start := s.stream
	if len(events) > 0 {
		start = events[0].stream - 1
	}
	part.Timeline.PrevBatch = token("t", start)
	part.Timeline.Events = s.wireAll(events, who)
	// State that changes within the timeline is told there.
	var state []*Event
	for _, e := range rm.stateEvents() {
		if e.stream > since && e.stream <= start {
			state = append(state, e)
		}
	}
	part.State.Events = s.wireAll(state, who)
	return part, true
}

// stripped returns what an invited user may see of a room.
func (s *Server) stripped(rm *room, userID string) []wireEvent {
	var events []wireEvent
	for _, e := range rm.stateEvents() {
		switch e.Type {
		case "m.room.create", "m.room.name", "m.room.topic", "m.room.avatar", "m.room.join_rules",
			"m.room.canonical_alias", "m.room.encryption":
			events = append(events, s.wire(e, requester{}))
		case "m.room.member":
			inviter := rm.state[stateKey{"m.room.member", userID}].Sender
			if *e.StateKey == userID || *e.StateKey == inviter {
				events = append(events, s.wire(e, requester{}))
			}
		}
	}
	return events
}
