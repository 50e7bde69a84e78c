package homeserver

import (
	"net/http"
	"strings"
)

func (s *Server) getAlias(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.aliases[r.PathValue("alias")]
	if id == "" {
		return nil, errNotFound("Room alias %s not found", r.PathValue("alias"))
	}
	return map[string]any{"room_id": id, "servers": []string{s.opts.ServerName}}, nil
}

func (s *Server) putAlias(r *request) (any, error) {
	var req struct {
		RoomID string `json:"room_id"`
	}
	if err := r.decode(&req); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	alias := r.PathValue("alias")
	switch {
	case !strings.HasPrefix(alias, "#") || !strings.HasSuffix(alias, ":"+s.opts.ServerName):
		return nil, errBadRequest("M_INVALID_PARAM", "Room alias invalid")
	case s.aliases[alias] != "":
		return nil, &matrixError{http.StatusConflict, "M_UNKNOWN", "Room alias " + alias + " already exists"}
	case s.rooms[req.RoomID] == nil:
		return nil, errBadRequest("M_UNKNOWN", "Room does not exist")
	}
	s.aliases[alias] = req.RoomID
	return struct{}{}, nil
}

func (s *Server) deleteAlias(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	alias := r.PathValue("alias")
	rm := s.rooms[s.aliases[alias]]
	if rm == nil {
		return nil, errNotFound("Room alias %s not found", alias)
	}
	if rm.level(r.user) < rm.levels.toSend("m.room.canonical_alias", true) {
		return nil, errForbidden("You don't have permission to delete the alias.")
	}
	delete(s.aliases, alias)
	return struct{}{}, nil
}
