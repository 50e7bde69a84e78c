package virtualusers

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"maunium.net/go/mautrix"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	answer := func(status int, code string) error {
		e := mautrix.HTTPError{Response: &http.Response{StatusCode: status, Header: http.Header{"Retry-After": {"5"}}}}
		if code != "" {
			e.RespError = &mautrix.RespError{ErrCode: code}
		}
		return fmt.Errorf("send: %w", e)
	}
	for name, test := range map[string]struct {
		err                         error
		classify, setUp, whileSends Class
	}{
		"Unanswered":    {errors.New("connection refused"), Server, Server, Server},
		"RateLimited":   {answer(429, "M_LIMIT_EXCEEDED"), Server, Server, Server},
		"Internal":      {answer(500, "M_UNKNOWN"), Server, Server, Server},
		"InternalNamed": {answer(500, "M_FORBIDDEN"), Server, Server, Server},
		"Proxy":         {answer(502, ""), Server, Server, Server},
		"ProxyNotFound": {answer(404, ""), Server, Server, Server},
		"ProxyBad":      {answer(400, ""), Server, Server, Server},
		"Token":         {answer(401, "M_UNKNOWN_TOKEN"), Server, Server, Server},
		"Unrecognized":  {answer(404, "M_UNRECOGNIZED"), Server, Server, Server},
		"Forbidden":     {answer(403, "M_FORBIDDEN"), Room, Room, Room},
		"Banned":        {answer(403, "M_BAD_STATE"), Room, Room, Room},
		"NoSuchAlias":   {answer(404, "M_NOT_FOUND"), Room, Room, Room},
		"NoSuchRoom":    {answer(404, "M_UNKNOWN"), Server, Room, Server},
		"BadAlias":      {answer(400, "M_INVALID_PARAM"), Message, Room, Message},
		"TooLarge":      {answer(413, "M_TOO_LARGE"), Message, Room, Message},
		"ProxyTooLarge": {answer(413, ""), Message, Room, Message},
		"BadJSON":       {answer(400, "M_BAD_JSON"), Message, Room, Message},
		"BadEvent":      {answer(400, "M_UNKNOWN"), Server, Server, Message},
		"Ours":          {fmt.Errorf("x: %w", roomFailure("no")), Room, Room, Room},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Now()
			if got := classify(test.err, now).Class; got != test.classify {
				t.Errorf("classify: %s, want %s", got, test.classify)
			}
			if got := setUp(test.err, now).Class; got != test.setUp {
				t.Errorf("setUp: %s, want %s", got, test.setUp)
			}
			if got := sending(test.err, now).Class; got != test.whileSends {
				t.Errorf("sending: %s, want %s", got, test.whileSends)
			}
			if f := classify(test.err, now); !errors.Is(f, f.Err) || f.Error() != test.err.Error() {
				t.Errorf("failure says %q of %q", f, test.err)
			}
		})
	}
	if got := classify(answer(429, "M_LIMIT_EXCEEDED"), time.Now()).RetryAfter; got != 5*time.Second {
		t.Errorf("RetryAfter = %s", got)
	}
}
