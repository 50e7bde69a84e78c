package synapse

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// Account is a person's account with one device.
type Account struct {
	UserID   string `json:"user_id"`
	DeviceID string `json:"device_id"`
	Token    string `json:"access_token"`
}

// Account makes an account. It uses Synapse's shared-secret registration, because open
// registration is off, as it is in production.
func (i *Instance) Account(t testing.TB, localpart, password string) Account {
	t.Helper()
	return i.account(t, localpart, password, "notadmin")
}

// Admin makes an account that may use Synapse's admin API.
func (i *Instance) Admin(t testing.TB, localpart, password string) Account {
	t.Helper()
	return i.account(t, localpart, password, "admin")
}

func (i *Instance) account(t testing.TB, localpart, password, role string) Account {
	t.Helper()
	url := i.URL + "/_synapse/admin/v1/register"
	var challenge struct{ Nonce string }
	answer(t, &challenge)(http.Get(url))

	// The signed text is prescribed, in this order: docs/admin_api/register_api.md of Synapse.
	mac := hmac.New(sha1.New, []byte(sharedSecret))
	mac.Write([]byte(strings.Join([]string{challenge.Nonce, localpart, password, role}, "\x00")))
	body, err := json.Marshal(map[string]any{
		"nonce": challenge.Nonce, "username": localpart, "password": password,
		"admin": role == "admin", "mac": hex.EncodeToString(mac.Sum(nil)),
	})
	if err != nil {
		t.Fatalf("register %s: %v", localpart, err)
	}
	var account Account
	answer(t, &account)(http.Post(url, "application/json", bytes.NewReader(body)))
	return account
}

// answer returns what reads a response into v, or fails the test.
func answer(t testing.TB, v any) func(*http.Response, error) {
	t.Helper()
	return func(resp *http.Response, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("ask Synapse: %v", err)
		}
		defer func() { _ = resp.Body.Close() }()
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("ask Synapse: %s", resp.Status)
		}
		if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
			t.Fatalf("ask Synapse: %v", err)
		}
	}
}
