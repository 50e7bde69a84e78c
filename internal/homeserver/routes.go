package homeserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

const maxBody = 50 << 20

// request is a request of someone who may make it.
type request struct {
	*http.Request
	requester
	body []byte
}

// decode reads the body into v. An empty body is an empty object.
func (r *request) decode(v any) error {
	if len(r.body) == 0 {
		return nil
	}
	if err := json.Unmarshal(r.body, v); err != nil {
		if !json.Valid(r.body) {
			return errNotJSON
		}
		return errBadJSON(err.Error())
	}
	return nil
}

// reply is an answer with a status other than 200.
type reply struct {
	status int
	body   any
}

// handler answers with a value that becomes JSON. Handlers parse, then lock.
type handler func(*request) (any, error)

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	handle := func(auth bool, routes map[string]handler) {
		for pattern, h := range routes {
			mux.Handle(pattern, s.endpoint(auth, h))
		}
	}
	handle(false, s.openRoutes())
	handle(true, s.userRoutes())
	handle(true, s.roomRoutes())
	mux.Handle("GET /_matrix/client/v1/media/download/{server}/{media}", s.download())
	mux.Handle("GET /_matrix/client/v1/media/download/{server}/{media}/{name}", s.download())
	mux.Handle("GET /_matrix/client/v1/media/thumbnail/{server}/{media}", s.download())
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, unrecognized(mux, r))
	})
	return mux
}

func (s *Server) openRoutes() map[string]handler {
	return map[string]handler{
		"GET /_matrix/client/versions":     s.versions,
		"GET /_matrix/client/v3/login":     s.loginFlows,
		"POST /_matrix/client/v3/login":    s.login,
		"POST /_matrix/client/v3/register": s.register,
	}
}

func (s *Server) userRoutes() map[string]handler {
	const v3 = "/_matrix/client/v3"
	return map[string]handler{
		"POST " + v3 + "/logout":                         s.logout,
		"GET " + v3 + "/account/whoami":                  s.whoami,
		"GET " + v3 + "/capabilities":                    s.capabilities,
		"GET " + v3 + "/devices":                         s.listDevices,
		"GET " + v3 + "/devices/{device}":                s.getDevice,
		"PUT " + v3 + "/devices/{device}":                s.putDevice,
		"DELETE " + v3 + "/devices/{device}":             s.deleteDevice,
		"GET " + v3 + "/profile/{user}":                  s.getProfile,
		"GET " + v3 + "/profile/{user}/{field}":          s.getProfileField,
		"PUT " + v3 + "/profile/{user}/{field}":          s.putProfileField,
		"GET " + v3 + "/user/{user}/account_data/{type}": s.getAccountData,
		"PUT " + v3 + "/user/{user}/account_data/{type}": s.putAccountData,
		"POST " + v3 + "/user/{user}/filter":             s.makeFilter,
		"PUT " + v3 + "/presence/{user}/status":          acknowledge,
		"GET " + v3 + "/sync":                            s.sync,
		"GET " + v3 + "/joined_rooms":                    s.joinedRooms,
		"POST " + v3 + "/createRoom":                     s.createRoom,
		"POST " + v3 + "/join/{room}":                    s.join,
		"GET " + v3 + "/directory/room/{alias}":          s.getAlias,
		"PUT " + v3 + "/directory/room/{alias}":          s.putAlias,
		"DELETE " + v3 + "/directory/room/{alias}":       s.deleteAlias,
		"POST /_matrix/media/v3/upload":                  s.upload,
		"GET /_matrix/client/v1/media/config":            s.mediaConfig,
		"POST /_matrix/client/v1/appservice/{id}/ping":   s.ping,
	}
}

func (s *Server) roomRoutes() map[string]handler {
	const room = "/_matrix/client/v3/rooms/{room}"
	return map[string]handler{
		"POST " + room + "/join":                   s.join,
		"POST " + room + "/leave":                  s.leave,
		"POST " + room + "/forget":                 acknowledge,
		"POST " + room + "/invite":                 s.changeMember("invite"),
		"POST " + room + "/kick":                   s.changeMember("kick"),
		"POST " + room + "/ban":                    s.changeMember("ban"),
		"POST " + room + "/unban":                  s.changeMember("unban"),
		"GET " + room + "/members":                 s.listMembers,
		"GET " + room + "/joined_members":          s.joinedMembers,
		"GET " + room + "/state":                   s.allState,
		"GET " + room + "/state/{type}":            s.getState,
		"GET " + room + "/state/{type}/{key...}":   s.getState,
		"PUT " + room + "/state/{type}":            s.putState,
		"PUT " + room + "/state/{type}/{key...}":   s.putState,
		"PUT " + room + "/send/{type}/{txn}":       s.send,
		"PUT " + room + "/redact/{event}/{txn}":    s.redact,
		"GET " + room + "/event/{event}":           s.getEvent,
		"GET " + room + "/messages":                s.messages,
		"POST " + room + "/upgrade":                s.upgrade,
		"PUT " + room + "/typing/{user}":           s.putTyping,
		"POST " + room + "/receipt/{type}/{event}": acknowledge,
		"POST " + room + "/read_markers":           acknowledge,
	}
}

// acknowledge accepts what nobody will see: receipts, presence.
func acknowledge(*request) (any, error) { return struct{}{}, nil }

// endpoint makes an http.Handler of a handler.
func (s *Server) endpoint(auth bool, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := s.answer(auth, h, w, r)
		if err != nil {
			writeError(w, err)
			return
		}
		if other, ok := answer.(reply); ok {
			writeJSON(w, other.status, other.body)
			return
		}
		writeJSON(w, http.StatusOK, answer)
	})
}

func (s *Server) answer(auth bool, h handler, w http.ResponseWriter, r *http.Request) (any, error) {
	req := &request{Request: r}
	who, err := s.authenticate(r)
	if err != nil && auth {
		return nil, err
	}
	req.requester = who
	req.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, errTooLarge("Request content is too large")
	}
	return h(req)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // a client that hung up is its own affair
}

func writeError(w http.ResponseWriter, err error) {
	var e *matrixError
	if !errors.As(err, &e) {
		e = &matrixError{http.StatusInternalServerError, "M_UNKNOWN", err.Error()}
	}
	writeJSON(w, e.status, map[string]any{"errcode": e.code, "error": e.message})
}

// unrecognized tells a path nobody knows from a method that a known path does not have.
func unrecognized(mux *http.ServeMux, r *http.Request) *matrixError {
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); pattern != "/" {
			return &matrixError{http.StatusMethodNotAllowed, "M_UNRECOGNIZED", "Unrecognized request"}
		}
	}
	return &matrixError{http.StatusNotFound, "M_UNRECOGNIZED", "Unrecognized request"}
}
