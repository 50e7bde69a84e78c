package synapse_test

import (
	"net/http"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/e2e/synapse"
)

func TestInstance(t *testing.T) {
	t.Parallel()
	s := synapse.Start(t, synapse.Options{})
	person := s.Account(t, "person", "a password")
	if got := whoami(t, s, person.Token); got != http.StatusOK {
		t.Fatalf("whoami: status %d", got)
	}

	t.Run("Restart", func(t *testing.T) {
		s.Restart(t)
		if got := whoami(t, s, person.Token); got != http.StatusOK {
			t.Errorf("the account is gone: status %d", got)
		}
	})
	t.Run("Kill", func(t *testing.T) {
		s.Kill(t)
		if resp, err := http.Get(s.URL); err == nil {
			_ = resp.Body.Close()
			t.Error("a killed instance answers")
		}
		s.Up(t)
		if got := whoami(t, s, person.Token); got != http.StatusOK {
			t.Errorf("the account is gone: status %d", got)
		}
	})
	t.Run("Admin", func(t *testing.T) {
		admin := s.Admin(t, "admin", "a password")
		for token, want := range map[string]int{admin.Token: http.StatusOK, person.Token: http.StatusForbidden} {
			if got := get(t, s.URL+"/_synapse/admin/v1/rooms", token); got != want {
				t.Errorf("status %d, want %d", got, want)
			}
		}
	})
}

func whoami(t *testing.T, s *synapse.Instance, token string) int {
	t.Helper()
	return get(t, s.URL+"/_matrix/client/v3/account/whoami", token)
}

func get(t *testing.T, url, token string) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
