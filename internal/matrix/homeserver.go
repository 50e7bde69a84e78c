package matrix

import (
	"fmt"
	"net/http"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// requestTimeout bounds a request with its answer. It is longer than the longest poll.
const requestTimeout = 60 * time.Second

// Homeserver makes clients of one homeserver. They share connections.
type Homeserver struct {
	Domain string

	url   string
	token string
	http  *http.Client
}

// Options say how the homeserver is reached.
type Options struct {
	URL       string                      // client-server API: "http://127.0.0.1:8008"
	Domain    string                      // the part of user ids behind the colon
	Token     string                      // as_token of the appservice
	Transport http.RoundTripper           // nil is one with enough idle connections
	Count     func(endpoint, code string) // called per attempt; nil counts nothing
}

// New returns the homeserver. It makes no request.
func New(o Options) (*Homeserver, error) {
	if _, err := mautrix.ParseAndNormalizeBaseURL(o.URL); err != nil {
		return nil, fmt.Errorf("parse homeserver address: %w", err)
	}
	transport := o.Transport
	if transport == nil {
		transport = newTransport()
	}
	if o.Count != nil {
		transport = counted{next: transport, count: o.Count}
	}
	return &Homeserver{
		Domain: o.Domain,
		url:    o.URL,
		token:  o.Token,
		http:   &http.Client{Transport: transport, Timeout: requestTimeout},
	}, nil
}

// newTransport keeps as many connections open as lanes may send at once: the default of
// two a host would open a new one for nearly every event.
func newTransport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns, t.MaxIdleConnsPerHost = 128, 64
	t.ResponseHeaderTimeout = requestTimeout
	return t
}

// UserID returns the id of a user of this homeserver.
func (h *Homeserver) UserID(localpart string) id.UserID { return id.NewUserID(localpart, h.Domain) }

// User returns a client that acts as a user of the appservice and, unless device is "", as
// that device. A device makes the homeserver keep transaction ids on disk (MSC4190).
func (h *Homeserver) User(user id.UserID, device id.DeviceID) (*mautrix.Client, error) {
	c, err := h.Account(user, device, h.token)
	if err != nil {
		return nil, err
	}
	c.SetAppServiceUserID = true
	c.SetAppServiceDeviceID = device != ""
	return c, nil
}

// Account returns a client of an ordinary account.
func (h *Homeserver) Account(user id.UserID, device id.DeviceID, token string) (*mautrix.Client, error) {
	c, err := mautrix.NewClient(h.url, user, token)
	if err != nil {
		return nil, fmt.Errorf("make client of %s: %w", user, err)
	}
	c.DeviceID = device
	c.Client = h.http
	c.Store = nil  // the default keeps filters that nobody asks for
	c.Syncer = nil // responses are handled by who asks for them
	return c, nil
}
