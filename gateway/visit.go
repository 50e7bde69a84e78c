package gateway

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// visit is one request to a hook.
type visit struct {
	*Gateway
	r        *http.Request
	hook     *hook
	place    place
	dialect  *dialect // nil where none is spoken
	received time.Time

	client     netip.Addr // where it comes from, where that matters
	deliveryID string     // as its signature covers it; "" when it covers none
}

// admit checks all that can be checked before the body is read, and returns the answer to
// one who may not go on.
func (v *visit) admit() *answer {
	guard := &v.hook.guard
	if guard.secret() || len(guard.allowFrom) > 0 {
		v.client = clientAddress(v.r, v.trusted)
	}
	if !guard.admits(v.client) {
		v.hook.warn(v.log, "webhook refused", errForbidden, "address", v.client)
		return &forbidden
	}
	if !v.hook.takes(v.r.Method, v.place) {
		a := methodNotAllowed(v.hook.allows(v.place))
		return &a
	}
	if !guard.secret() {
		return nil
	}
	if wait := v.failures.wait(originOf(v.hook.Name, v.client), v.received); wait > 0 {
		a := lockedOut(wait)
		return &a
	}
	if err := guard.checkHeader(v.r, v.dialect); err != nil {
		return v.refuse(err)
	}
	return nil
}

// admitBody checks the signature of a body and the hook's rate. What is not authentic
// counts to no rate.
func (v *visit) admitBody(body []byte) *answer {
	if signature := v.hook.guard.signature; signature != nil {
		var err error
		if v.deliveryID, err = signature.verify(v.r, body, v.received); err != nil {
			return v.refuse(err)
		}
	}
	if v.hook.bucket != nil {
		if wait := v.hook.bucket.take(v.received); wait > 0 {
			a := rateLimited(wait)
			return &a
		}
	}
	return nil
}

// refuse answers one who did not authenticate.
func (v *visit) refuse(reason error) *answer {
	v.failures.note(originOf(v.hook.Name, v.client), v.received)
	v.hook.warn(v.log, "webhook refused", reason, "address", v.client)
	a := unauthorized(v.hook.guard.challenge)
	return &a
}

// accept reads, tells and enqueues a webhook.
func (v *visit) accept(buf *bytes.Buffer) answer {
	defer v.budget.meter(v.r, v.maxBody)()
	if err := readBody(buf, v.r, v.maxBody); err != nil {
		switch {
		case errors.Is(err, errTooLarge):
			return tooLarge
		case errors.Is(err, os.ErrDeadlineExceeded):
			return tooSlow
		case errors.Is(err, errBusy):
			return busy
		}
		return aborted
	}
	markWorking(v.r.Context())
	if refusal := v.admitBody(buf.Bytes()); refusal != nil {
		return *refusal
	}
	body, err := decoded(buf.Bytes(), v.r.Header["Content-Encoding"], v.maxBody)
	if err != nil {
		return tooLarge
	}
	w := v.webhook(body)
	// Its sender has handed it over: it is stored even if nobody waits for the answer.
	accepted, err := v.enqueuer.Enqueue(context.WithoutCancel(v.r.Context()), w)
	v.noteStorage(err)
	a := answer{
		status: http.StatusAccepted, id: accepted.ID, result: "accepted",
		received: v.received, title: w.Notification.Subject, message: strings.TrimPrefix(w.Notification.Summary, ": "),
	}
	switch {
	case err != nil:
		return unavailable
	case accepted.Repeat:
		a.result = "repeated"
	case accepted.Deliveries == 0:
		a.result = "filtered"
	}
	return a
}

// webhook tells what the request says, and finds its rooms.
func (v *visit) webhook(body []byte) Webhook {
	h := v.hook
	var query url.Values
	if v.r.URL.RawQuery != "" {
		query = v.r.URL.Query()
		withoutCredentials(query, v.dialect)
	}
	service, payload, told := v.format(query, body)
	if told.Fallback {
		v.metrics.FormatFallback(service.Name)
		h.warn(v.log, "payload told by the generic formatter", told.Err)
	}
	for _, failed := range told.Failed {
		v.noteExpr(h, "field of the format failed and is told by the generic formatter", failed)
	}
	w := Webhook{
		Hook:         h.Name,
		Service:      h.Service.Name,
		Formatter:    told.Formatter,
		SenderID:     v.deliveryID,
		Payload:      payload,
		Notification: told.Notification,
		Rooms:        h.fallback,
	}
	if w.SenderID == "" {
		w.SenderID = senderID(v.r.Header, body)
	}
	if h.Filter != nil || len(h.Routes) > 0 || h.Exempt != nil {
		in := &input{hook: h, webhook: &w, header: v.r.Header, query: query, zone: v.zone}
		w.Rooms = v.rooms(h, in)
		w.Exempt = v.exempt(h, in)
	}
	return w
}

// format tells the webhook as its hook's service does. At another program's address, what
// that service cannot read, and whatever comes to a generic hook, is read as that program's.
func (v *visit) format(query url.Values, body []byte) (formatters.Service, formatters.Payload, formatters.Formatted) {
	format := func(s formatters.Service) (formatters.Service, formatters.Payload, formatters.Formatted) {
		payload := s.PayloadOf(v.r.Method, v.r.Header, query, body, v.received)
		return s, payload, s.Format(payload)
	}
	own := v.hook.Service
	if v.dialect == nil {
		return format(own)
	}
	if own.Name != genericName {
		service, payload, told := format(own)
		if !told.Fallback || own.Name == formatters.Custom {
			return service, payload, told
		}
	}
	return format(v.dialect.service)
}

// genericName is the service that reads what no other does.
const genericName = "generic"
