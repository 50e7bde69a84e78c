package homeserver

import (
	"maps"
	"slices"
	"time"
)

// ephemeral is what /sync tells of a room that is no event of it.
type ephemeral struct {
	Events []typingEvent `json:"events"`
}

type typingEvent struct {
	Type    string `json:"type"`
	Content struct {
		UserIDs []string `json:"user_ids"`
	} `json:"content"`
}

// putTyping notes that somebody types, for so long, or does not any more.
func (s *Server) putTyping(r *request) (any, error) {
	var req struct {
		Typing  bool  `json:"typing"`
		Timeout int64 `json:"timeout"` // ms
	}
	if err := r.decode(&req); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rm, err := s.joinedRoom(r)
	if err != nil {
		return nil, err
	}
	if r.PathValue("user") != r.user {
		return nil, errBadRequest("M_FORBIDDEN", "Cannot set another user's typing state")
	}
	s.setTyping(rm, r.user, req.Typing, time.Duration(req.Timeout)*time.Millisecond)
	return struct{}{}, nil
}

// setTyping changes whether a user types. Callers hold mu.
func (s *Server) setTyping(rm *room, user string, typing bool, timeout time.Duration) {
	before, typed := rm.typing[user]
	if typed {
		before.Stop()
		delete(rm.typing, user)
	}
	if typing {
		var timer *time.Timer
		timer = time.AfterFunc(timeout, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			if rm.typing[user] == timer { // not said again meanwhile
				s.setTyping(rm, user, false, 0)
			}
		})
		rm.typing[user] = timer
	}
	if typed == typing {
		return
	}
	s.stream++
	rm.typingSince = s.stream
	s.wake()
}

// typingNews returns who types, if that has changed since then and the filter wants it.
func (rm *room) typingNews(since int64, filter syncFilter) *ephemeral {
	wanted := filter.Room.Ephemeral.Types
	if rm.typingSince <= since || wanted != nil && !slices.Contains(wanted, "m.typing") {
		return nil
	}
	e := typingEvent{Type: "m.typing"}
	e.Content.UserIDs = append([]string{}, slices.Sorted(maps.Keys(rm.typing))...)
	return &ephemeral{[]typingEvent{e}}
}
