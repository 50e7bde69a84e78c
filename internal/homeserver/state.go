package homeserver

import (
	"bytes"
	"encoding/json"
	"strings"
)

func (s *Server) allState(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rm, err := s.joinedRoom(r)
	if err != nil {
		return nil, err
	}
	return s.wireAll(rm.stateEvents(), r.requester), nil
}

func (s *Server) getState(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rm, err := s.joinedRoom(r)
	if err != nil {
		return nil, err
	}
	e := rm.state[stateKey{r.PathValue("type"), r.PathValue("key")}]
	if e == nil {
		return nil, errNotFound("Event not found.")
	}
	if r.URL.Query().Get("format") == "event" {
		return s.wire(e, r.requester), nil
	}
	return e.Content, nil
}

func (s *Server) putState(r *request) (any, error) {
	content, err := parseContent(r.body)
	if err != nil {
		return nil, err
	}
	kind, key := r.PathValue("type"), r.PathValue("key")
	s.mu.Lock()
	defer s.mu.Unlock()
	if kind == "m.room.member" {
		return s.putMember(r, key, content)
	}
	rm, err := s.joinedRoom(r)
	if err != nil {
		return nil, err
	}
	e := s.newEvent(rm, r.user, kind, &key, canonicalized(content))
	if kind == "m.room.power_levels" {
		if err := rm.mayChangeLevels(r.user, e.Content); err != nil {
			return nil, err
		}
	}
	if err := rm.mayAppend(e); err != nil {
		return nil, err
	}
	if now := rm.state[stateKey{kind, key}]; now != nil && now.Sender == e.Sender && bytes.Equal(now.Content, e.Content) {
		return sent(now.ID)
	}
	s.append(rm, e)
	return sent(e.ID)
}

// putMember changes a membership by way of its state event. Callers hold mu.
func (s *Server) putMember(r *request, target string, content json.RawMessage) (any, error) {
	var member struct{ Membership, Reason string }
	if err := json.Unmarshal(content, &member); err != nil {
		return nil, errBadJSON(err.Error())
	}
	membership, reason := member.Membership, member.Reason
	rm := s.rooms[r.PathValue("room")]
	if rm == nil {
		return nil, errForbidden("User %s not in room %s", r.user, r.PathValue("room"))
	}
	key := stateKey{"m.room.member", target}
	switch {
	case membership == "join" && target == r.user:
		if err := s.joinAs(rm, r.user); err != nil {
			return nil, err
		}
		return sent(rm.state[key].ID)
	case membership == "leave" && target == r.user && rm.membership(r.user) != "":
		return sent(s.appendMember(rm, r.user, target, membership, reason).ID)
	}
	action := map[string]string{"invite": "invite", "leave": "kick", "ban": "ban"}[membership]
	if action == "" || target == r.user || !strings.HasPrefix(target, "@") {
		return nil, errForbidden("You cannot set the membership of %s to %q", target, membership)
	}
	if rm.membership(r.user) != "join" {
		return nil, errForbidden("User %s not in room %s", r.user, rm.id)
	}
	if err := rm.mayChange(action, r.user, target); err != nil {
		return nil, err
	}
	return sent(s.appendMember(rm, r.user, target, membership, reason).ID)
}
