package homeserver_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"maunium.net/go/mautrix"

	"code.lotusguild.org/LotusGuild/lotus-hooks/e2e/synapse"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

// The contract is what lotus-hooks relies on of a homeserver. It holds for the in-memory
// server and for a real Synapse alike (LOTUS_E2E=1), so that nobody tests against their own
// idea of Matrix. What differs is a bug of the in-memory server.

const (
	domain  = "contract.test"
	asToken = "contract-as-token"
	hsToken = "contract-hs-token"
)

// subject is the homeserver under test.
type subject struct {
	url     string
	account func(t *testing.T, localpart, password string) // makes a person's account
	restart func(t *testing.T)
}

func TestContract(t *testing.T) {
	t.Parallel()
	t.Run("InMemory", func(t *testing.T) {
		t.Parallel()
		runContract(t, func(t *testing.T, appserviceURL string) subject {
			server, web := start(t, homeserver.Options{Appservices: []homeserver.Appservice{contractAppservice(appserviceURL)}})
			return subject{
				url:     web.URL,
				account: func(_ *testing.T, localpart, password string) { server.CreateAccount(localpart, password) },
				restart: func(*testing.T) { server.Restart() },
			}
		})
	})
	t.Run("Synapse", func(t *testing.T) {
		t.Parallel()
		runContract(t, func(t *testing.T, appserviceURL string) subject {
			s := synapse.Start(t, synapse.Options{
				ServerName:    domain,
				Registrations: []string{registration(appserviceURL)},
			})
			return subject{
				url:     s.URL,
				account: func(t *testing.T, localpart, password string) { s.Account(t, localpart, password) },
				restart: func(t *testing.T) { s.Kill(t); s.Up(t) },
			}
		})
	})
}

// TestContractRateLimit shows that RateLimited answers as a Synapse with its own limits does.
func TestContractRateLimit(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, h *harness) {
		client := h.person(t)
		room := h.room(t, client)
		for range 50 {
			_, err := send(t.Context(), client, room, h.name("t"), "spam")
			if err == nil {
				continue
			}
			wantCode(t, err, mautrix.MLimitExceeded)
			wantStatus(t, err, http.StatusTooManyRequests)
			var httpErr mautrix.HTTPError
			errors.As(err, &httpErr)
			ms, _ := httpErr.RespError.ExtraData["retry_after_ms"].(float64)
			seconds, _ := strconv.Atoi(httpErr.Response.Header.Get("Retry-After"))
			if ms <= 0 || seconds != int(math.Ceil(ms/1000)) {
				t.Errorf("retry_after_ms %v, Retry-After %v", ms, seconds)
			}
			return
		}
		t.Error("50 messages in a row were not too many")
	}
	t.Run("InMemory", func(t *testing.T) {
		t.Parallel()
		server, web := start(t, homeserver.Options{})
		server.Inject(homeserver.Fault{Match: homeserver.Sends, Chance: 0.5, Do: homeserver.RateLimited(1961 * time.Millisecond)})
		check(t, &harness{subject: subject{url: web.URL, account: func(_ *testing.T, localpart, password string) {
			server.CreateAccount(localpart, password)
		}}})
	})
	t.Run("Synapse", func(t *testing.T) {
		t.Parallel()
		s := synapse.Start(t, synapse.Options{RateLimits: true})
		check(t, &harness{subject: subject{url: s.URL, account: func(t *testing.T, localpart, password string) {
			s.Account(t, localpart, password)
		}}})
	})
}

func registration(url string) string {
	return fmt.Sprintf(`
id: contract
url: %s
as_token: %s
hs_token: %s
sender_localpart: hookshot
rate_limited: false
io.element.msc4190: true
namespaces:
  users: [{exclusive: true, regex: '@hookshot_.*:%s'}]
`, url, asToken, hsToken, domain)
}

func contractAppservice(url string) homeserver.Appservice {
	return homeserver.Appservice{
		ID: "contract", URL: url, ASToken: asToken, HSToken: hsToken,
		SenderLocalpart: "hookshot", Users: regexp.MustCompile("^@hookshot_.*:" + domain + "$"),
	}
}

// start serves an in-memory homeserver for the length of a test.
func start(t testing.TB, o homeserver.Options) (*homeserver.Server, *httptest.Server) {
	t.Helper()
	o.ServerName = domain
	server := homeserver.New(o)
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	return server, web
}

func runContract(t *testing.T, start func(t *testing.T, appserviceURL string) subject) {
	pings := new(atomic.Int32)
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/_matrix/app/v1/ping" && r.Header.Get("Authorization") == "Bearer "+hsToken {
			pings.Add(1)
		}
		_, _ = io.WriteString(w, "{}")
	}))
	t.Cleanup(listener.Close)
	s := start(t, listener.URL)
	h := &harness{subject: s, pings: pings, as: newAppservice(t, s.url)}
	t.Run("Together", func(t *testing.T) {
		for name, part := range map[string]func(*testing.T, *harness){
			"Users": contractUsers, "Profile": contractProfile, "Devices": contractDevices,
			"Media": contractMedia, "Ping": contractPing, "Unknown": contractUnknown,
			"Send": contractSend, "Transactions": contractTransactions, "Sizes": contractSizes,
			"Messages": contractMessages, "Relations": contractRelations, "Redact": contractRedact,
			"Membership": contractMembership, "Aliases": contractAliases, "State": contractState,
			"CreateRoom": contractCreateRoom, "Power": contractPower, "Upgrade": contractUpgrade,
			"Login": contractLogin, "Sync": contractSync,
		} {
			t.Run(name, func(t *testing.T) { t.Parallel(); part(t, h) })
		}
	})
	t.Run("Restart", func(t *testing.T) { contractRestart(t, h) }) // alone: it stops the server
}
