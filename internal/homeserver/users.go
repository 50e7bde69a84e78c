package homeserver

import (
	"net/http"
	"strings"
)

// user is an account: a person's, or a virtual user's, who has no password.
type user struct {
	id, password           string
	displayName, avatarURL string
	devices                map[string]string // id to display name
	accountData            map[string][]byte
	filters                []syncFilter
}

// addUser makes an account. Its display name is its localpart until it chooses another.
// Callers hold mu.
func (s *Server) addUser(userID, password string) *user {
	localpart, _, _ := strings.Cut(userID[1:], ":")
	u := &user{
		id: userID, password: password, displayName: localpart,
		devices: map[string]string{}, accountData: map[string][]byte{},
	}
	s.users[userID] = u
	return u
}

// register lets an appservice register its users. People cannot: see CreateAccount.
func (s *Server) register(r *request) (any, error) {
	var req struct {
		Type         string `json:"type"`
		Username     string `json:"username"`
		InhibitLogin bool   `json:"inhibit_login"`
	}
	if err := r.decode(&req); err != nil {
		return nil, err
	}
	if req.Type != "m.login.application_service" {
		return nil, errForbidden("Registration has been disabled. Only m.login.application_service registrations are allowed.")
	}
	if r.appservice == nil {
		return nil, errMissingToken
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	userID := s.userID(req.Username)
	switch {
	case !req.InhibitLogin:
		return nil, errNoAppserviceLogin
	case userID != s.userID(r.appservice.SenderLocalpart) && !r.appservice.owns(userID):
		return nil, errBadRequest("M_EXCLUSIVE", "Invalid user localpart for this application service.")
	case s.users[userID] != nil:
		return nil, errBadRequest("M_USER_IN_USE", "User ID already taken.")
	}
	s.addUser(userID, "")
	return map[string]string{"user_id": userID, "home_server": s.opts.ServerName}, nil
}

// errNoAppserviceLogin is what MSC4190 says to appservices that want access tokens for users.
var errNoAppserviceLogin = &matrixError{
	http.StatusBadRequest, "IO.ELEMENT.MSC4190.M_APPSERVICE_LOGIN_UNSUPPORTED",
	"This appservice has MSC4190 enabled, so appservice login cannot be used",
}

func (s *Server) loginFlows(*request) (any, error) {
	return map[string]any{"flows": []map[string]string{{"type": "m.login.password"}}}, nil
}

func (s *Server) login(r *request) (any, error) {
	var req struct {
		Type       string `json:"type"`
		User       string `json:"user"`
		Identifier struct {
			User string `json:"user"`
		} `json:"identifier"`
		Password string `json:"password"`
		DeviceID string `json:"device_id"`
	}
	if err := r.decode(&req); err != nil {
		return nil, err
	}
	switch req.Type {
	case "m.login.password":
	case "m.login.application_service":
		return nil, errNoAppserviceLogin
	default:
		return nil, errBadRequest("M_UNKNOWN", "Unknown login type %s", req.Type)
	}
	userID := req.Identifier.User
	if userID == "" {
		userID = req.User
	}
	if !strings.HasPrefix(userID, "@") {
		userID = s.userID(userID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[userID]
	if u == nil || u.password == "" || u.password != req.Password {
		return nil, errForbidden("Invalid username or password")
	}
	return s.newSession(u, req.DeviceID), nil
}

// newSession logs a person in. Callers hold mu.
func (s *Server) newSession(u *user, device string) Account {
	if device == "" {
		device = strings.ToUpper(s.newID()[:10])
	}
	if _, known := u.devices[device]; !known {
		u.devices[device] = ""
	}
	account := Account{UserID: u.id, DeviceID: device, Token: "token_" + s.newID()}
	s.tokens[account.Token] = session{u.id, device}
	return account
}

func (s *Server) logout(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	return struct{}{}, nil
}

func (s *Server) whoami(r *request) (any, error) {
	answer := map[string]any{"user_id": r.user, "is_guest": false}
	if r.device != "" {
		answer["device_id"] = r.device
	}
	return answer, nil
}

func (s *Server) versions(*request) (any, error) {
	return map[string]any{"versions": []string{
		"r0.6.1", "v1.1", "v1.2", "v1.3", "v1.4", "v1.5", "v1.6", "v1.7", "v1.8", "v1.9", "v1.10", "v1.11", "v1.12",
	}}, nil
}

func (s *Server) capabilities(*request) (any, error) {
	available := map[string]string{}
	for v := range roomVersions {
		available[v] = "stable"
	}
	return map[string]any{"capabilities": map[string]any{
		"m.room_versions": map[string]any{"default": defaultRoomVersion, "available": available},
	}}, nil
}
