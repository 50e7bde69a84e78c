package gateway

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// answer is what a sender is told, and what the metrics are.
type answer struct {
	status int
	result string
	id     string // the webhook's, when there is one
	err    string // what is wrong, in plain ASCII; "" when all is well
	allow  string // with 405

	challenge string        // with 401; may be ""
	wait      time.Duration // with 429

	// What the dialects' answers repeat of an accepted webhook.
	received       time.Time
	title, message string
}

// The answers that are always the same.
var (
	notFound    = answer{status: http.StatusNotFound, result: "not_found", err: "Webhook not found"}
	tooLarge    = answer{status: http.StatusRequestEntityTooLarge, result: "too_large", err: "The body is too large"}
	tooSlow     = answer{status: http.StatusRequestTimeout, result: "timeout", err: "The body took too long"}
	aborted     = answer{status: http.StatusBadRequest, result: "aborted", err: "The body did not arrive whole"}
	unavailable = answer{status: http.StatusServiceUnavailable, result: "unavailable", err: "The webhook could not be stored, please repeat it"}
	busy        = answer{status: http.StatusServiceUnavailable, result: "unavailable", err: "Too many large webhooks at once, please repeat it"}
	forbidden   = answer{status: http.StatusForbidden, result: "forbidden", err: "Not allowed from here"}
)

func methodNotAllowed(allow string) answer {
	return answer{status: http.StatusMethodNotAllowed, result: "method", allow: allow, err: "Method not allowed, use " + allow}
}

// unauthorized is the same whatever is missing or wrong.
func unauthorized(challenge string) answer {
	return answer{status: http.StatusUnauthorized, result: "unauthorized", challenge: challenge, err: "Unauthorized"}
}

func lockedOut(wait time.Duration) answer {
	return answer{status: http.StatusTooManyRequests, result: "locked_out", wait: wait, err: "Too many failures"}
}

func rateLimited(wait time.Duration) answer {
	return answer{status: http.StatusTooManyRequests, result: "rate_limited", wait: wait, err: "Too many requests"}
}

// retryAfter is after how many seconds a sender may repeat what could not be stored.
const retryAfter = "30"

// Header values that all answers share. Nobody may change them.
var (
	jsonType = []string{"application/json"}
	noSniff  = []string{"nosniff"}
	noStore  = []string{"no-store"} // a cached answer to a GET would swallow webhooks
	closing  = []string{"close"}
)

// write sends the answer.
func (a answer) write(w http.ResponseWriter) {
	header := w.Header()
	header["Content-Type"], header["X-Content-Type-Options"], header["Cache-Control"] = jsonType, noSniff, noStore
	seconds := strconv.Itoa(int(math.Ceil(a.wait.Seconds())))
	switch a.status {
	case http.StatusMethodNotAllowed:
		header.Set("Allow", a.allow)
	case http.StatusUnauthorized:
		if a.challenge != "" {
			header.Set("WWW-Authenticate", a.challenge)
		}
	case http.StatusTooManyRequests:
		header.Set("Retry-After", seconds)
	case http.StatusServiceUnavailable:
		header.Set("Retry-After", retryAfter)
	case http.StatusRequestEntityTooLarge, http.StatusRequestTimeout, http.StatusBadRequest:
		header["Connection"] = closing // what is left of the body is not worth reading
	}
	body := make([]byte, 0, 128)
	body = append(body, `{"ok":`...)
	body = strconv.AppendBool(body, a.err == "")
	if a.id != "" {
		body = append(body, `,"id":`...)
		body = strconv.AppendQuote(body, a.id)
	}
	if a.err != "" {
		body = append(body, `,"error":`...)
		body = strconv.AppendQuote(body, a.err)
	}
	if a.wait > 0 { // Discord's senders look for it here
		body = append(append(body, `,"retry_after":`...), seconds...)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(append(body, '}')) // one who no longer listens cannot be told
}
