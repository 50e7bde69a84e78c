package virtualusers

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

func TestProfileRequests(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	profile := Profile{Localpart: "hookshot_grafana", Name: "Alerts", Picture: Avatar("grafana")}
	resolve := func() string {
		t.Helper()
		h.requests()
		if _, err := h.Resolve(t.Context(), h.room.String(), profile); err != nil {
			t.Fatal(err)
		}
		var about []string
		for asked := range strings.SplitSeq(h.requests(), ", ") {
			if strings.HasPrefix(asked, "profile") || asked == "upload" {
				about = append(about, asked)
			}
		}
		return strings.Join(about, ", ")
	}
	if got, want := resolve(), "profile/{user}, profile/{user}/{field}, upload, profile/{user}/{field}"; got != want {
		t.Errorf("a new user took %q, want %q", got, want)
	}
	if got := resolve(); got != "" {
		t.Errorf("a user that is there took %q", got)
	}
	profile.Name = "Grafana"
	if got, want := resolve(), "profile/{user}, profile/{user}/{field}"; got != want {
		t.Errorf("a new name took %q, want %q", got, want)
	}
}

// TestProfileHangs speaks although pictures cannot be uploaded, and nobody says so.
func TestProfileHangs(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	never := make(chan struct{})
	h.server.Inject(homeserver.Fault{
		Match: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/upload") },
		Do:    homeserver.Hang(never),
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // as an attempt has
	defer cancel()
	if _, err := h.Resolve(ctx, h.room.String(), Profile{Localpart: "hookshot_grafana", Picture: Avatar("grafana")}); err != nil {
		t.Error(err)
	}
}

// TestProfileForbidden speaks all the same where the homeserver keeps names to itself.
func TestProfileForbidden(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.server.Inject(homeserver.Fault{
		Match: func(r *http.Request) bool {
			return r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/displayname")
		},
		Do: homeserver.MatrixError(http.StatusForbidden, "M_FORBIDDEN"),
	})
	profile := Profile{Localpart: "hookshot_grafana", Name: "Alerts", Picture: Avatar("grafana")}
	for range 2 {
		if _, err := h.Resolve(t.Context(), h.room.String(), profile); err != nil {
			t.Fatal(err)
		}
	}
	if asked := h.requests(); strings.Count(asked, "profile/{user}/{field}") != 2 { // name and picture, once
		t.Errorf("asked %s", asked)
	}
	got, err := h.person.GetProfile(t.Context(), "@hookshot_grafana:homeserver.test")
	if err != nil || got.DisplayName == "Alerts" || got.AvatarURL.IsEmpty() {
		t.Errorf("profile %+v, %v", got, err)
	}
}
