package matrix

import (
	"net/http"
	"strconv"
	"strings"
)

// endpoints are the paths that this program asks for, below /_matrix/<api>/<version>/. What
// stands in braces is an id. Metrics are labelled by them, so the set is closed.
var endpoints = parseEndpoints(`
account/whoami
appservice/{id}/ping
capabilities
createRoom
delete_devices
devices
devices/{device}
directory/room/{alias}
join/{room}
joined_rooms
keys/claim
keys/device_signing/upload
keys/query
keys/signatures/upload
keys/upload
login
media/{name}
profile/{user}
profile/{user}/{field}
register
room_keys/version
rooms/{room}/context/{event}
rooms/{room}/event/{event}
rooms/{room}/hierarchy
rooms/{room}/invite
rooms/{room}/join
rooms/{room}/leave
rooms/{room}/members
rooms/{room}/messages
rooms/{room}/read_markers
rooms/{room}/receipt/{type}/{event}
rooms/{room}/redact/{event}/{txn}
rooms/{room}/send/{type}/{txn}
rooms/{room}/state
rooms/{room}/state/{type}
rooms/{room}/state/{type}/{key}
rooms/{room}/typing/{user}
sendToDevice/{type}/{txn}
sync
upload
user/{user}/account_data/{type}
user/{user}/filter
versions
`)

type endpoint struct {
	name     string
	segments []string
}

func parseEndpoints(lines string) []endpoint {
	var all []endpoint
	for name := range strings.FieldsSeq(lines) {
		all = append(all, endpoint{name: name, segments: strings.Split(name, "/")})
	}
	return all
}

// Endpoints returns every label that Count can be called with.
func Endpoints() []string {
	names := []string{otherEndpoint}
	for _, e := range endpoints {
		names = append(names, e.name)
	}
	return names
}

// otherEndpoint stands for paths that are none of ours.
const otherEndpoint = "other"

// endpointOf returns the template of a path, "other" when it is none of ours. The path is
// the escaped one: an id may contain a slash.
func endpointOf(path string) string {
	_, rest, found := strings.Cut(path, "/_matrix/")
	if !found {
		return otherEndpoint
	}
	segments := strings.Split(strings.Trim(rest, "/"), "/")
	if len(segments) > 2 { // the API and its version, which /client/versions has not
		segments = segments[2:]
	} else {
		segments = segments[len(segments)-1:]
	}
	for _, e := range endpoints {
		if e.matches(segments) {
			return e.name
		}
	}
	return otherEndpoint
}

func (e endpoint) matches(segments []string) bool {
	if len(e.segments) != len(segments) {
		return false
	}
	for i, want := range e.segments {
		if want != segments[i] && !strings.HasPrefix(want, "{") {
			return false
		}
	}
	return true
}

// counted counts every attempt, also those that a client would retry on its own.
type counted struct {
	next  http.RoundTripper
	count func(endpoint, code string)
}

// RoundTrip counts the request by its endpoint and status code, "error" without an answer.
func (c counted) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	code := "error"
	if err == nil {
		code = strconv.Itoa(resp.StatusCode)
	}
	c.count(endpointOf(req.URL.EscapedPath()), code)
	return resp, err
}
