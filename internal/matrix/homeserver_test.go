package matrix

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"maunium.net/go/mautrix/id"
)

func TestUser(t *testing.T) {
	t.Parallel()
	for name, device := range map[string]id.DeviceID{"WithDevice": "DEVICE", "WithoutDevice": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked *http.Request
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = r
				_, _ = w.Write([]byte(`{}`))
			}))
			defer s.Close()
			h, err := New(Options{URL: s.URL, Domain: "b.c", Token: "secret"})
			if err != nil {
				t.Fatal(err)
			}
			c, err := h.User(h.UserID("u"), device)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.JoinRoomByID(t.Context(), "!a"); err != nil {
				t.Fatal(err)
			}
			query := asked.URL.Query()
			if query.Get("user_id") != "@u:b.c" || query.Get("device_id") != device.String() {
				t.Errorf("asked %s", asked.URL)
			}
			if got := asked.Header.Get("Authorization"); got != "Bearer secret" {
				t.Errorf("Authorization: %q", got)
			}
		})
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	if _, err := New(Options{URL: "http://[", Domain: "b.c"}); err == nil {
		t.Error("no error for an address that is none")
	}
}
