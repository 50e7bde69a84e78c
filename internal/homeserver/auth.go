package homeserver

import (
	"net/http"
	"strings"
)

// requester is who makes a request. An appservice has a device only when it names one.
type requester struct {
	user, device string
	appservice   *Appservice // nil for people
}

// session is a person's login.
type session struct{ user, device string }

func (s *Server) authenticate(r *http.Request) (requester, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return requester{}, errMissingToken
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.opts.Appservices {
		if as := &s.opts.Appservices[i]; as.ASToken == token {
			return s.masquerade(as, r)
		}
	}
	login, ok := s.tokens[token]
	if !ok {
		return requester{}, errUnknownToken
	}
	return requester{user: login.user, device: login.device}, nil
}

// masquerade finds whom an appservice acts for: ?user_id= and ?device_id=. Callers hold mu.
func (s *Server) masquerade(as *Appservice, r *http.Request) (requester, error) {
	who := requester{user: s.userID(as.SenderLocalpart), appservice: as}
	query := r.URL.Query()
	if name := query.Get("user_id"); name != "" && name != who.user {
		if !as.owns(name) {
			return who, errForbidden("Application service cannot masquerade as this user (%s).", name)
		}
		if s.users[name] == nil {
			return who, errForbidden("Application service has not registered this user (%s)", name)
		}
		who.user = name
	}
	who.device = query.Get("device_id")
	if _, known := s.users[who.user].devices[who.device]; who.device != "" && !known {
		return who, errBadRequest("ORG.MATRIX.MSC4326.M_UNKNOWN_DEVICE",
			"Application service trying to use a device that doesn't exist ('%s' for %s)", who.device, who.user)
	}
	return who, nil
}

func (as *Appservice) owns(userID string) bool {
	return as.Users != nil && as.Users.MatchString(userID)
}
