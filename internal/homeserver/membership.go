package homeserver

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// appendMember changes a membership that may be changed. Callers hold mu.
func (s *Server) appendMember(rm *room, sender, target, membership, reason string) *Event {
	content := s.memberContent(target, membership)
	if reason != "" {
		content["reason"] = reason
	}
	e := s.newEvent(rm, sender, "m.room.member", &target, canonical(content))
	s.append(rm, e)
	return e
}

// memberContent returns the content of a membership, with the user's profile. Callers hold mu.
func (s *Server) memberContent(target, membership string) map[string]any {
	content := map[string]any{"membership": membership}
	if u := s.users[target]; u != nil && (membership == "join" || membership == "invite") {
		for field, value := range u.profile() {
			content[field] = value
		}
	}
	return content
}

// join joins a room by its id or its alias.
func (s *Server) join(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.PathValue("room")
	if strings.HasPrefix(id, "#") {
		if id = s.aliases[id]; id == "" {
			return nil, errNotFound("Room alias %s not found", r.PathValue("room"))
		}
	}
	rm := s.rooms[id]
	if rm == nil {
		return nil, &matrixError{http.StatusNotFound, "M_UNKNOWN",
			"Can't join remote room because no servers that are in the room have been provided."}
	}
	if err := s.joinAs(rm, r.user); err != nil {
		return nil, err
	}
	return map[string]string{"room_id": rm.id}, nil
}

// joinAs joins a user to a room they may enter. Callers hold mu.
func (s *Server) joinAs(rm *room, userID string) error {
	switch rm.membership(userID) {
	case "join":
		return nil
	case "ban":
		return &matrixError{http.StatusForbidden, "M_BAD_STATE", "Cannot join user who was banned"}
	case "invite":
	default:
		var rules struct {
			JoinRule string `json:"join_rule"`
		}
		if e := rm.state[stateKey{"m.room.join_rules", ""}]; e != nil {
			_ = json.Unmarshal(e.Content, &rules) // without a rule, only the invited
		}
		if rules.JoinRule != "public" {
			return errForbidden("You are not invited to this room.")
		}
	}
	s.appendMember(rm, userID, userID, "join", "")
	return nil
}

func (s *Server) leave(r *request) (any, error) {
	var req struct{ Reason string }
	if err := r.decode(&req); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.PathValue("room")
	rm := s.rooms[id]
	if rm == nil || rm.membership(r.user) != "join" && rm.membership(r.user) != "invite" {
		return nil, errForbidden("%s not in room %s.", r.user, id)
	}
	s.appendMember(rm, r.user, r.user, "leave", req.Reason)
	return struct{}{}, nil
}

// changeMember returns the handler of an action on another user.
func (s *Server) changeMember(action string) handler {
	return func(r *request) (any, error) {
		var req struct {
			UserID string `json:"user_id"`
			Reason string `json:"reason"`
		}
		if err := r.decode(&req); err != nil {
			return nil, err
		}
		if !strings.HasPrefix(req.UserID, "@") {
			return nil, errBadRequest("M_MISSING_PARAM", "Missing user_id key.")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		rm, err := s.joinedRoom(r)
		if err != nil {
			return nil, err
		}
		if err := rm.mayChange(action, r.user, req.UserID); err != nil {
			return nil, err
		}
		becomes := map[string]string{"invite": "invite", "kick": "leave", "ban": "ban", "unban": "leave"}[action]
		s.appendMember(rm, r.user, req.UserID, becomes, req.Reason)
		return struct{}{}, nil
	}
}

func (rm *room) mayChange(action, sender, target string) error {
	now, own := rm.membership(target), rm.level(sender)
	switch {
	case action == "invite" && now == "ban":
		return &matrixError{http.StatusForbidden, "M_BAD_STATE", "Cannot invite user who was banned"}
	case action == "invite" && now == "join":
		return errForbidden("%s is already in the room.", target)
	case action == "kick" && now != "join" && now != "invite":
		return errForbidden("The target user is not in the room")
	case action == "unban" && now != "ban":
		return errForbidden("Cannot unban user who was not banned")
	case own < rm.levels.toChange(action):
		return errForbidden("You don't have permission to %s", action)
	case (action == "kick" || action == "ban") && own <= rm.level(target):
		return errForbidden("You cannot %s user %s.", action, target)
	}
	return nil
}

func (s *Server) joinedRooms(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := []string{}
	for id, rm := range s.rooms {
		if rm.membership(r.user) == "join" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return map[string]any{"joined_rooms": ids}, nil
}

func (s *Server) listMembers(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rm, err := s.joinedRoom(r)
	if err != nil {
		return nil, err
	}
	only, not := r.URL.Query().Get("membership"), r.URL.Query().Get("not_membership")
	chunk := []wireEvent{}
	for _, e := range rm.stateEvents() {
		if e.Type != "m.room.member" {
			continue
		}
		if m := rm.membership(*e.StateKey); (only == "" || m == only) && (not == "" || m != not) {
			chunk = append(chunk, s.wire(e, r.requester))
		}
	}
	return map[string]any{"chunk": chunk}, nil
}

// joinedMembers is open to an appservice that has any user in the room.
func (s *Server) joinedMembers(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rm := s.rooms[r.PathValue("room")]
	if rm == nil {
		return nil, errForbidden("User %s not in room %s", r.user, r.PathValue("room"))
	}
	type profile struct {
		DisplayName string `json:"display_name,omitempty"`
		AvatarURL   string `json:"avatar_url,omitempty"`
	}
	joined, allowed := map[string]profile{}, false
	for userID, m := range rm.members {
		if m.membership != "join" {
			continue
		}
		allowed = allowed || userID == r.user || r.appservice != nil && r.appservice.owns(userID)
		if u := s.users[userID]; u != nil {
			joined[userID] = profile{u.displayName, u.avatarURL}
		}
	}
	if !allowed {
		return nil, errForbidden("User %s not in room %s", r.user, rm.id)
	}
	return map[string]any{"joined": joined}, nil
}
