package matrix

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"maunium.net/go/mautrix"
)

// Rejection is what a homeserver, or a proxy before it, answered instead of success.
type Rejection struct {
	Status     int           // HTTP
	Code       string        // Matrix errcode, "" when the answer was not Matrix's
	RetryAfter time.Duration // from the header or from retry_after_ms; 0 when it says nothing
}

// AsRejection returns the homeserver's answer that err stands for. It returns false when no
// answer came, or when a success could not be read.
func AsRejection(err error, now time.Time) (Rejection, bool) {
	var e mautrix.HTTPError
	if !errors.As(err, &e) || e.Response == nil || e.WrappedError != nil {
		return Rejection{}, false
	}
	r := Rejection{Status: e.Response.StatusCode, RetryAfter: retryAfter(e.Response.Header, now)}
	if e.RespError != nil {
		r.Code = e.RespError.ErrCode
		// Synapse before 1.92 and others send only the field.
		if ms, ok := e.RespError.ExtraData["retry_after_ms"].(float64); ok && r.RetryAfter == 0 && ms > 0 {
			r.RetryAfter = time.Duration(min(ms, float64(maxRetryAfter.Milliseconds()))) * time.Millisecond
		}
	}
	return r, true
}

// maxRetryAfter bounds what a homeserver can make us wait in one go.
const maxRetryAfter = time.Hour

// retryAfter reads a Retry-After header in either of its forms (RFC 9110, 10.2.3).
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return min(time.Duration(max(seconds, 0))*time.Second, maxRetryAfter)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	return 0
}
