package matrix

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestAsRejection(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		status int
		header string
		body   string
		want   Rejection
	}{
		"Matrix":      {403, "", `{"errcode":"M_FORBIDDEN","error":"no"}`, Rejection{Status: 403, Code: "M_FORBIDDEN"}},
		"Proxy":       {502, "", `<html>Bad Gateway`, Rejection{Status: 502}},
		"Header":      {429, "7", `{"errcode":"M_LIMIT_EXCEEDED"}`, Rejection{Status: 429, Code: "M_LIMIT_EXCEEDED", RetryAfter: 7 * time.Second}},
		"HeaderDate":  {503, "Sun, 22 Nov 2026 12:00:30 GMT", ``, Rejection{Status: 503, RetryAfter: 30 * time.Second}},
		"HeaderWrong": {503, "soon", ``, Rejection{Status: 503}},
		"HeaderHuge":  {429, "99999999999", ``, Rejection{Status: 429, RetryAfter: time.Hour}},
		"Negative":    {429, "-3", ``, Rejection{Status: 429}},
		"Field":       {429, "", `{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1500}`, Rejection{Status: 429, Code: "M_LIMIT_EXCEEDED", RetryAfter: 1500 * time.Millisecond}},
		"FieldHuge":   {429, "", `{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1e300}`, Rejection{Status: 429, Code: "M_LIMIT_EXCEEDED", RetryAfter: time.Hour}},
		"FieldWrong":  {429, "", `{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":"soon"}`, Rejection{Status: 429, Code: "M_LIMIT_EXCEEDED"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := ask(t, func(w http.ResponseWriter, _ *http.Request) {
				if test.header != "" {
					w.Header().Set("Retry-After", test.header)
				}
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			})
			got, ok := AsRejection(fmt.Errorf("wrapped: %w", err), now)
			if !ok || got != test.want {
				t.Errorf("AsRejection(%v) = %+v, %v; want %+v", err, got, ok, test.want)
			}
		})
	}

	t.Run("NoAnswer", func(t *testing.T) {
		t.Parallel()
		err := ask(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		if got, ok := AsRejection(err, now); ok {
			t.Errorf("AsRejection(%v) = %+v", err, got)
		}
	})
	t.Run("NotReadable", func(t *testing.T) {
		t.Parallel()
		err := ask(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"event_`)) })
		if got, ok := AsRejection(err, now); ok {
			t.Errorf("AsRejection(%v) = %+v", err, got)
		}
	})
}

// ask makes a request and returns its error.
func ask(t *testing.T, answer http.HandlerFunc) error {
	t.Helper()
	s := httptest.NewServer(answer)
	defer s.Close()
	h, err := New(Options{URL: s.URL, Domain: "b.c", Token: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.User("@u:b.c", "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.JoinRoomByID(t.Context(), "!a")
	if err == nil {
		t.Fatal("no error")
	}
	return err
}
