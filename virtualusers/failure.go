package virtualusers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// Class says whose fault a failure is.
type Class string

// The classes of failures. What nobody classifies is Server.
const (
	Server    Class = "server"    // away, overloaded, refuses our token: nothing can be sent
	Room      Class = "room"      // this room cannot be told, or not by this user
	Message   Class = "message"   // this event will never be accepted
	Elsewhere Class = "elsewhere" // another process must tell this room: it has the keys
)

// Failure is the error of every method of Users.
type Failure struct {
	Class      Class
	Ambiguous  bool          // the event was sent and not answered: it may have been made
	RetryAfter time.Duration // as the homeserver asked; 0 when it did not
	Err        error
}

// Error returns the cause.
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// roomFailure says what is wrong with a room.
func roomFailure(format string, args ...any) *Failure {
	return &Failure{Class: Room, Err: fmt.Errorf(format, args...)}
}

// byCode are the Matrix errors that are not the homeserver's fault.
var byCode = map[string]Class{
	"M_FORBIDDEN":                 Room,
	"M_NOT_FOUND":                 Room,
	"M_BAD_STATE":                 Room, // banned
	"M_EXCLUSIVE":                 Room, // the user id is not in the registration's namespaces
	"M_INVALID_USERNAME":          Room,
	"M_USER_DEACTIVATED":          Room,
	"M_USER_SUSPENDED":            Room,
	"M_UNSUPPORTED_ROOM_VERSION":  Room,
	"M_INCOMPATIBLE_ROOM_VERSION": Room,
	"M_TOO_LARGE":                 Message,
	"M_BAD_JSON":                  Message,
	"M_NOT_JSON":                  Message,
	"M_INVALID_PARAM":             Message,
}

// classify returns the failure that err is. It knows nothing of what the request did.
func classify(err error, now time.Time) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return &Failure{Class: f.Class, Ambiguous: f.Ambiguous, RetryAfter: f.RetryAfter, Err: err}
	}
	f = &Failure{Class: Server, Err: err}
	answer, ok := matrix.AsRejection(err, now)
	if !ok {
		var unreachable *url.Error
		if errors.As(err, &unreachable) { // what it was about to do matters less than that nothing can be done
			f.Err = fmt.Errorf("the homeserver cannot be reached: %w", unreachable.Err)
		}
		return f
	}
	f.RetryAfter = answer.RetryAfter
	switch class, known := byCode[answer.Code]; {
	case answer.Status == http.StatusTooManyRequests, answer.Status >= 500:
	case known:
		f.Class = class
	case answer.Status == http.StatusRequestEntityTooLarge:
		f.Class = Message
	}
	return f
}

// setUp classifies a failure to prepare. No event was sent, and none is to blame.
func setUp(err error, now time.Time) *Failure {
	f := classify(err, now)
	f.Ambiguous = false
	answer, ok := matrix.AsRejection(err, now)
	unknown := ok && answer.Status == http.StatusNotFound && answer.Code == "M_UNKNOWN" // Synapse: no server is in such a room
	if f.Class == Message || unknown {
		f.Class = Room
	}
	return f
}

// brief leaves the address out of a network error, which is long and says nothing new.
func brief(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// unknownDevice are the codes for a device that was deleted: as specified, and as Synapse says.
var unknownDevice = []string{"M_UNKNOWN_DEVICE", "ORG.MATRIX.MSC4326.M_UNKNOWN_DEVICE"}

// sending classifies a failure to send an event. Of a request that is plainly bad, only the
// event is to blame: everything else about it was accepted many times.
func sending(err error, now time.Time) *Failure {
	f := classify(err, now)
	if answer, ok := matrix.AsRejection(err, now); ok && answer.Status == http.StatusBadRequest && answer.Code != "" && f.Class == Server {
		f.Class = Message
	}
	return f
}

// rejected says whether the homeserver answered err with one of the codes.
func rejected(err error, codes ...string) bool {
	answer, ok := matrix.AsRejection(err, time.Time{})
	if !ok || answer.Status >= 500 { // Synapse's own failures are M_UNKNOWN, too
		return false
	}
	for _, code := range codes {
		if answer.Code == code {
			return true
		}
	}
	return false
}
