package homeserver

import (
	"encoding/json"
	"net/http"
)

var errNoProfile = &matrixError{http.StatusNotFound, "M_UNKNOWN", "No row found (profiles)"}

func (s *Server) getProfile(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[r.PathValue("user")]
	if u == nil {
		return nil, errNoProfile
	}
	return u.profile(), nil
}

func (u *user) profile() map[string]string {
	fields := map[string]string{}
	if u.displayName != "" {
		fields["displayname"] = u.displayName
	}
	if u.avatarURL != "" {
		fields["avatar_url"] = u.avatarURL
	}
	return fields
}

func (s *Server) getProfileField(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[r.PathValue("user")]
	if u == nil {
		return nil, errNoProfile
	}
	name := r.PathValue("field")
	if value, set := u.profile()[name]; set {
		return map[string]string{name: value}, nil
	}
	return map[string]any{name: nil}, nil
}

// putProfileField sets a name or an avatar, and tells all rooms of the user.
func (s *Server) putProfileField(r *request) (any, error) {
	var req map[string]string
	if err := r.decode(&req); err != nil {
		return nil, err
	}
	if r.PathValue("user") != r.user {
		return nil, errBadRequest("M_FORBIDDEN", "Cannot set another user's profile")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[r.user]
	switch name := r.PathValue("field"); name {
	case "displayname":
		u.displayName = req[name]
	case "avatar_url":
		u.avatarURL = req[name]
	default:
		return nil, errBadRequest("M_UNKNOWN", "Unknown profile field %s", name)
	}
	for _, rm := range s.rooms {
		if rm.membership(r.user) == "join" {
			s.appendMember(rm, r.user, r.user, "join", "")
		}
	}
	return struct{}{}, nil
}

func (s *Server) getAccountData(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, ok := s.users[r.user].accountData[r.PathValue("type")]
	if !ok || r.PathValue("user") != r.user {
		return nil, errNotFound("Account data not found")
	}
	return json.RawMessage(data), nil
}

func (s *Server) putAccountData(r *request) (any, error) {
	var object map[string]any
	if err := r.decode(&object); err != nil {
		return nil, err
	}
	if r.PathValue("user") != r.user {
		return nil, errForbidden("Cannot add account data for other users.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[r.user].accountData[r.PathValue("type")] = r.body
	return struct{}{}, nil
}
