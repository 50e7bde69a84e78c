package formatters

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// Formatted is a notification and how it came about.
type Formatted struct {
	Notification Notification
	Formatter    string // the formatter that made it: the service's, or "generic"
	Fallback     bool   // the service's own formatter could not, so the generic one did
	Err          error  // why it could not; nil without fallback

	// Failed are the fields of a custom format that failed, and were told by the generic
	// formatter.
	Failed FieldErrors
}

// Format turns a payload into a notification, whatever the payload is: when the service's
// own formatter refuses it or panics, the generic one tells it.
func (s Service) Format(p Payload) Formatted {
	n, err := protect(s.Formatter, p)
	var failed FieldErrors
	if err == nil || errors.As(err, &failed) {
		return Formatted{Notification: n, Formatter: s.Name, Failed: failed}
	}
	generic := services["generic"]
	n, genericErr := protect(generic.Formatter, p)
	if genericErr != nil { // a defect of ours, but the webhook is still told
		n = Notification{Version: NotificationVersion, Severity: Info, Status: "received", Details: decodeText(p)}
	}
	return Formatted{Notification: n, Formatter: generic.Name, Fallback: true, Err: err}
}

// protect formats under recover.
func protect(f Formatter, p Payload) (n Notification, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("formatter panicked: %v", r)
		}
	}()
	n, err = f.Format(p)
	n.Version = NotificationVersion
	n.Incident.Key = boundedKey(n.Incident.Key)
	n.storeTimes()
	return n, err
}

// storeTimes makes the notification's times such as JSON can hold: what cannot be stored
// would never be accepted, however often its sender tries. It writes to nothing that is well,
// which formatters may share.
func (n *Notification) storeTimes() {
	store := func(t *time.Time) {
		if can := storableTime(*t); can != *t {
			*t = can
		}
	}
	store(&n.Time)
	for i := range n.Facts {
		store(&n.Facts[i].Time)
	}
	for i := range n.Items {
		store(&n.Items[i].Since)
	}
}

// storableTime brings a time of an impossible zone, such as "+24:00", to UTC, and leaves out
// the years that RFC 3339 cannot write.
func storableTime(t time.Time) time.Time {
	if _, offset := t.Zone(); offset <= -24*60*60 || offset >= 24*60*60 {
		t = t.UTC()
	}
	if year := t.Year(); year < 1 || year > 9999 {
		return time.Time{}
	}
	return t
}

// maxIncidentKey is the longest incident key that stands as it is, in bytes: databases index
// keys, and PostgreSQL refuses an index entry of more than 2.7 KB.
const maxIncidentKey = 512

// boundedKey puts a hash in the place of a long key, such as a Grafana group's of many labels.
func boundedKey(key string) string {
	if len(key) <= maxIncidentKey {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "sha256:" + hex.EncodeToString(sum[:])
}
