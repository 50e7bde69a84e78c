package formatters

import "fmt"

// Formatted is a notification and how it came about.
type Formatted struct {
	Notification Notification
	Formatter    string // the formatter that made it: the service's, or "generic"
	Fallback     bool   // the service's own formatter could not, so the generic one did
	Err          error  // why it could not; nil without fallback
}

// Format turns a payload into a notification, whatever the payload is: when the service's
// own formatter refuses it or panics, the generic one tells it.
func (s Service) Format(p Payload) Formatted {
	n, err := protect(s.Formatter, p)
	if err == nil {
		return Formatted{Notification: n, Formatter: s.Name}
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
	return n, err
}
