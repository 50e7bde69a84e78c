package homeserver

import (
	"slices"
	"strconv"
)

// Tokens name a position between two events: "s" or "t", and the stream position of the
// event before it.

func parseToken(token string, otherwise int64) (int64, error) {
	if token == "" {
		return otherwise, nil
	}
	at, err := strconv.ParseInt(token[1:], 10, 64)
	if err != nil || token[0] != 's' && token[0] != 't' {
		return 0, errBadRequest("M_INVALID_PARAM", "Invalid token %q", token)
	}
	return at, nil
}

func token(kind string, at int64) string { return kind + strconv.FormatInt(at, 10) }

func parseLimit(text string, otherwise int) int {
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		return min(n, 1000)
	}
	return otherwise
}

// messages pages through a room's timeline, backwards or forwards.
func (s *Server) messages(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rm, err := s.joinedRoom(r)
	if err != nil {
		return nil, err
	}
	query := r.URL.Query()
	backwards := query.Get("dir") == "b"
	start, end := int64(0), s.stream
	if backwards {
		start, end = end, start
	}
	from, err := parseToken(query.Get("from"), start)
	if err != nil {
		return nil, err
	}
	to, err := parseToken(query.Get("to"), end)
	if err != nil {
		return nil, err
	}
	// Both are positions between events, so the event at the later one is still in.
	found := slices.Clone(rm.timeline[rm.position(min(from, to)+1):rm.position(max(from, to)+1)])
	if backwards {
		slices.Reverse(found)
	}
	answer := map[string]any{"start": token("t", from)}
	if limit := parseLimit(query.Get("limit"), 10); len(found) > limit {
		found = found[:limit]
		last := found[limit-1].stream
		if backwards {
			last--
		}
		answer["end"] = token("t", last)
	}
	answer["chunk"] = s.wireAll(found, r.requester)
	return answer, nil
}
