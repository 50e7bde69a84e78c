package gateway_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
)

// The vectors that are not published were made with openssl dgst -sha256 -hmac <key>.
const (
	firing = `{"status":"firing"}`
	// over firing, with the key grafana-key
	firingSignature = "0d35c1c724c8b1931762a4bc97308c86e2b9cf6bc696ddca8b7d1b2c94f9ef0b"
	// over "1795341600:" + firing; that is aTime
	firingAtTime = "52ad290a410657482f0006f9a7127072ba62f9fa3186bc0cd0f49950309ff1d2"
	// over firing as gzip -n makes it
	firingGzip = "49169d0b2d0cb9c980807f9d31953510417f3aee98567f16b83f2655e0d86ff7"
	gzipHex    = "1f8b0800000000000003ab562a2e492c292d56b2524acb2ccacc4b57aa050063f5f05813000000"

	// docs.github.com, "Validating webhook deliveries": over "Hello, World!"
	githubSecret    = "It's a Secret to Everybody"
	githubSignature = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

	// The test vector of Standard Webhooks' own libraries, over {"test": 2432232314}
	standardSecret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	standardID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	standardTime      = 1614265330
	standardBody      = `{"test": 2432232314}`
	standardSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

// signed returns what a hook asks for.
func signed(t *testing.T, scheme gateway.Scheme, timestamp string, keys ...string) gateway.Auth {
	t.Helper()
	s := &gateway.Signature{Scheme: scheme, Timestamp: timestamp}
	for _, text := range keys {
		key, err := scheme.Key(text)
		if err != nil {
			t.Fatal(err)
		}
		s.Keys = append(s.Keys, key)
	}
	return gateway.Auth{Signature: s}
}

func TestSignature(t *testing.T) {
	t.Parallel()
	grafana := signed(t, gateway.Grafana, "", "next-key", "grafana-key")
	timed := signed(t, gateway.Grafana, "x-time", "grafana-key")
	renamed := signed(t, gateway.Grafana, "", "grafana-key")
	renamed.Signature.Header = "x-signature"
	github := signed(t, gateway.GitHub, "", githubSecret)
	gitea := signed(t, gateway.Gitea, "", githubSecret)
	const hub, alerting = "X-Hub-Signature-256", "X-Grafana-Alerting-Signature"
	zipped, err := hex.DecodeString(gzipHex)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		auth    gateway.Auth
		body    string
		headers []string
		reason  string // in the log; "" where it is accepted
	}{
		"OKGrafana":           {grafana, firing, []string{alerting, firingSignature}, ""},
		"OKGrafanaUpper":      {grafana, firing, []string{alerting, strings.ToUpper(firingSignature)}, ""},
		"OKGrafanaHeader":     {renamed, firing, []string{"X-Signature", firingSignature}, ""},
		"OKGrafanaPrefix":     {renamed, firing, []string{"X-Signature", "sha256=" + firingSignature}, ""},
		"OKGzip":              {grafana, string(zipped), []string{alerting, firingGzip, "Content-Encoding", "gzip"}, ""},
		"ErrGzipOfInflated":   {grafana, string(zipped), []string{alerting, firingSignature, "Content-Encoding", "gzip"}, "does not fit"},
		"ErrGrafanaMissing":   {grafana, firing, nil, "no signature"},
		"ErrGrafanaEmpty":     {grafana, firing, []string{alerting, ""}, "no signature"},
		"ErrGrafanaBody":      {grafana, firing + " ", []string{alerting, firingSignature}, "does not fit"},
		"ErrGrafanaNoHex":     {grafana, firing, []string{alerting, "x" + firingSignature[1:]}, "does not fit"},
		"ErrGrafanaShort":     {grafana, firing, []string{alerting, firingSignature[:62]}, "does not fit"},
		"ErrGrafanaHeader":    {renamed, firing, []string{alerting, firingSignature}, "no signature"},
		"ErrGrafanaWithTime":  {grafana, firing, []string{alerting, firingAtTime, "X-Time", "1795341600"}, "does not fit"},
		"OKTimed":             {timed, firing, []string{alerting, firingAtTime, "X-Time", "1795341600"}, ""},
		"ErrTimedMissing":     {timed, firing, []string{alerting, firingAtTime}, "no readable signed time"},
		"ErrTimedNoNumber":    {timed, firing, []string{alerting, firingAtTime, "X-Time", "now"}, "no readable signed time"},
		"ErrTimedFraction":    {timed, firing, []string{alerting, firingAtTime, "X-Time", "1795341600.0"}, "no readable signed time"},
		"ErrTimedOther":       {timed, firing, []string{alerting, firingAtTime, "X-Time", "1795341601"}, "does not fit"},
		"ErrTimedSigned":      {timed, firing, []string{alerting, firingSignature, "X-Time", "1795341600"}, "does not fit"},
		"ErrTimedHuge":        {timed, firing, []string{alerting, firingAtTime, "X-Time", "9223372036854775807"}, "5 minutes off"},
		"ErrTimedNegative":    {timed, firing, []string{alerting, firingAtTime, "X-Time", "-9223372036854775808"}, "5 minutes off"},
		"OKGitHub":            {github, "Hello, World!", []string{hub, "sha256=" + githubSignature}, ""},
		"ErrGitHubMissing":    {github, "Hello, World!", nil, "no signature"},
		"ErrGitHubBody":       {github, "Hello, World?", []string{hub, "sha256=" + githubSignature}, "does not fit"},
		"ErrGitHubSHA1":       {github, "Hello, World!", []string{"X-Hub-Signature", "sha1=00"}, "no signature"},
		"ErrGitHubGitea":      {github, "Hello, World!", []string{"X-Gitea-Signature", githubSignature}, "no signature"},
		"OKGitea":             {gitea, "Hello, World!", []string{hub, "sha256=" + githubSignature, "X-Gitea-Signature", githubSignature}, ""},
		"OKGiteaOld":          {gitea, "Hello, World!", []string{"X-Gitea-Signature", githubSignature}, ""},
		"OKForgejo":           {gitea, "Hello, World!", []string{"X-Forgejo-Signature", githubSignature}, ""},
		"ErrGiteaNoSecret":    {gitea, "Hello, World!", []string{hub, "", "X-Gitea-Signature", ""}, "no signature"},
		"ErrGiteaSecret":      {gitea, "Hello, World!", []string{hub, "sha256=" + firingSignature, "X-Gitea-Signature", githubSignature}, "does not fit"},
		"ErrUnknownScheme":    {gateway.Auth{Signature: &gateway.Signature{}}, "x", []string{hub, githubSignature}, "does not fit"},
		"ErrKeylessIsRefused": {gateway.Auth{Signature: &gateway.Signature{Scheme: gateway.GitHub}}, "x", []string{hub, githubSignature}, "does not fit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, _ := newGuarded(t, guarded(t, c.auth))
			got := h.serve(request("POST", "/"+anID, c.body, c.headers...))
			if c.reason == "" {
				check(t, got, 202, accepted)
				return
			}
			check(t, got, 401, unauthorized)
			if !strings.Contains(h.logs.String(), c.reason) || len(h.outbox.webhooks()) > 0 {
				t.Errorf("%d enqueued, log %s, want the reason %q", len(h.outbox.webhooks()), h.logs, c.reason)
			}
		})
	}
}

func TestStandardWebhooks(t *testing.T) {
	t.Parallel()
	with := func(id, timestamp, signature string) []string {
		return []string{"webhook-id", id, "webhook-timestamp", timestamp, "webhook-signature", signature}
	}
	const now = "1614265330"
	for name, c := range map[string]struct {
		keys    []string
		off     time.Duration
		headers []string
		reason  string
	}{
		"OK":                {[]string{standardSecret}, 0, with(standardID, now, standardSignature), ""},
		"OKBare":            {[]string{strings.TrimPrefix(standardSecret, "whsec_")}, 0, with(standardID, now, standardSignature), ""},
		"OKSecondKey":       {[]string{"whsec_bmV4dC1rZXk=", standardSecret}, 0, with(standardID, now, standardSignature), ""},
		"OKSecondSignature": {[]string{standardSecret}, 0, with(standardID, now, "v1,AAAA v1a,xyz  "+standardSignature), ""},
		"OKEarly":           {[]string{standardSecret}, -5 * time.Minute, with(standardID, now, standardSignature), ""},
		"OKLate":            {[]string{standardSecret}, 5 * time.Minute, with(standardID, now, standardSignature), ""},
		"OKSvix":            {[]string{standardSecret}, 0, []string{"svix-id", standardID, "svix-timestamp", now, "svix-signature", standardSignature}, ""},
		"ErrEarly":          {[]string{standardSecret}, -5*time.Minute - time.Second, with(standardID, now, standardSignature), "5 minutes off"},
		"ErrLate":           {[]string{standardSecret}, 5*time.Minute + time.Second, with(standardID, now, standardSignature), "5 minutes off"},
		"ErrMixed":          {[]string{standardSecret}, 0, []string{"svix-id", standardID, "svix-timestamp", now, "webhook-signature", standardSignature}, "no signed delivery id"},
		"ErrKey":            {[]string{"whsec_bmV4dC1rZXk="}, 0, with(standardID, now, standardSignature), "does not fit"},
		"ErrID":             {[]string{standardSecret}, 0, with("msg_other", now, standardSignature), "does not fit"},
		"ErrNoID":           {[]string{standardSecret}, 0, with("", now, standardSignature), "no signed delivery id"},
		"ErrOverlongID":     {[]string{standardSecret}, 0, with(strings.Repeat("x", 256), now, standardSignature), "no signed delivery id"},
		"ErrTime":           {[]string{standardSecret}, 0, with(standardID, "1614265331", standardSignature), "does not fit"},
		"ErrNoSignature":    {[]string{standardSecret}, 0, with(standardID, now, ""), "no signature"},
		"ErrVersion":        {[]string{standardSecret}, 0, with(standardID, now, "v2"+standardSignature[2:]), "does not fit"},
		"ErrNoVersion":      {[]string{standardSecret}, 0, with(standardID, now, standardSignature[3:]), "does not fit"},
		"ErrBase64":         {[]string{standardSecret}, 0, with(standardID, now, "v1,*"), "does not fit"},
		"ErrTooMany":        {[]string{standardSecret}, 0, with(standardID, now, strings.Repeat("v1,AAAA ", 8)+standardSignature), "does not fit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, clock := newGuarded(t, guarded(t, signed(t, gateway.StandardWebhooks, "", c.keys...)))
			clock.pass(time.Unix(standardTime, 0).Add(c.off).Sub(aTime))
			got := h.serve(request("POST", "/"+anID, standardBody, c.headers...))
			if c.reason == "" {
				check(t, got, 202, accepted)
				return
			}
			check(t, got, 401, unauthorized)
			if !strings.Contains(h.logs.String(), c.reason) {
				t.Errorf("log %s, want the reason %q", h.logs, c.reason)
			}
		})
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"ErrNoBase64": "whsec_hunter2!", "ErrEmpty": "whsec_"} {
		if _, err := gateway.StandardWebhooks.Key(text); err == nil || strings.Contains(err.Error(), text) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if key, err := gateway.GitHub.Key("any text"); err != nil || string(key) != "any text" {
		t.Errorf("key %q, %v", key, err)
	}
}

// TestReplay sends again what was signed once: it is accepted as the same.
func TestReplay(t *testing.T) {
	t.Parallel()
	t.Run("StandardWebhooks", func(t *testing.T) {
		t.Parallel()
		h, clock := newGuarded(t, guarded(t, signed(t, gateway.StandardWebhooks, "", standardSecret)))
		clock.pass(time.Unix(standardTime, 0).Sub(aTime))
		post := func(id, signature string, more ...string) *http.Response {
			return h.serve(request("POST", "/"+anID, standardBody, append([]string{
				"webhook-id", id, "webhook-timestamp", "1614265330", "webhook-signature", signature}, more...)...))
		}
		check(t, post(standardID, standardSignature), 202, accepted)
		clock.pass(4 * time.Minute)
		check(t, post(standardID, standardSignature, "Idempotency-Key", "another"), 202, accepted) // not signed
		check(t, post("msg_2", signStandard("msg_2", "1614265330")), 202, `{"ok":true,"id":"id-2"}`)
		clock.pass(2 * time.Minute)
		check(t, post(standardID, standardSignature), 401, unauthorized)
		if m := h.metrics.String(); m != "backups accepted, backups repeated, backups accepted, backups unauthorized" {
			t.Errorf("metrics %q", m)
		}
	})
	t.Run("Grafana", func(t *testing.T) {
		t.Parallel()
		h, clock := newGuarded(t, guarded(t, signed(t, gateway.Grafana, "X-Time", "grafana-key")))
		post := func(signature string, more ...string) *http.Response {
			return h.serve(request("POST", "/"+anID, firing, append([]string{"X-Grafana-Alerting-Signature", signature, "X-Time", "1795341600"}, more...)...))
		}
		check(t, post(firingAtTime), 202, accepted)
		check(t, post(strings.ToUpper(firingAtTime), "Webhook-Id", "another"), 202, accepted)
		check(t, post("sha256="+firingAtTime), 202, accepted)
		clock.pass(5*time.Minute + time.Second)
		check(t, post(firingAtTime), 401, unauthorized)
		if n := len(h.outbox.webhooks()); n != 1 {
			t.Errorf("%d enqueued, want 1", n)
		}
	})
	t.Run("GrafanaWithoutTime", func(t *testing.T) { // repeats a firing alert word for word
		t.Parallel()
		h, _ := newGuarded(t, guarded(t, signed(t, gateway.Grafana, "", "grafana-key")))
		for range 2 {
			h.serve(request("POST", "/"+anID, firing, "X-Grafana-Alerting-Signature", firingSignature))
		}
		if n := len(h.outbox.webhooks()); n != 2 {
			t.Errorf("%d enqueued, want 2", n)
		}
	})
	t.Run("UnauthorizedTakesNoID", func(t *testing.T) {
		t.Parallel()
		h, _ := newGuarded(t, guarded(t, signed(t, gateway.GitHub, "", githubSecret)))
		check(t, h.serve(request("POST", "/"+anID, "Hello, World!", "X-GitHub-Delivery", "d1", "X-Hub-Signature-256", "sha256=00")), 401, unauthorized)
		check(t, h.serve(request("POST", "/"+anID, "Hello, World!", "X-GitHub-Delivery", "d1", "X-Hub-Signature-256", "sha256="+githubSignature)), 202, accepted)
		check(t, h.serve(request("POST", "/"+anID, "Hello, World!", "X-GitHub-Delivery", "d1", "X-Hub-Signature-256", "sha256="+githubSignature)), 202, accepted)
		if m := h.metrics.String(); m != "backups unauthorized, backups accepted, backups repeated" {
			t.Errorf("metrics %q", m)
		}
	})
}

// signStandard signs the body of the published vector.
func signStandard(id, timestamp string) string {
	key, _ := gateway.StandardWebhooks.Key(standardSecret)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "." + standardBody))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// TestSignedMethods: a signature covers no query, so a GET cannot be signed.
func TestSignedMethods(t *testing.T) {
	t.Parallel()
	hook := guarded(t, signed(t, gateway.GitHub, "", githubSecret))
	hook.Get = true
	h, _ := newGuarded(t, hook)
	for _, path := range []string{"/" + anID + "?message=x", "/webhook/" + anID + "/ntfy/t/publish?message=x"} {
		got := h.serve(request("GET", path, ""))
		check(t, got, 405, `{"ok":false,"error":"Method not allowed, use POST, PUT"}`)
	}
}

// FuzzAuth: no header makes a hook with all kinds of authentication accept, or panic.
func FuzzAuth(f *testing.F) {
	f.Add("Bearer x", "v1,AAAA", "1795341600", "1.2.3.4, [::1]:80", "auth=QmVhcmVy")
	f.Add("Basic Om5l", "v1a, v1,=", "-1", ",,,", "token=%zz&auth=*")
	f.Fuzz(func(t *testing.T, authorization, signature, timestamp, forwarded, query string) {
		for _, scheme := range []gateway.Scheme{gateway.Grafana, gateway.GitHub, gateway.Gitea, gateway.StandardWebhooks} {
			auth := signed(t, scheme, "", "whsec_bmV4dC1rZXk=")
			if scheme == gateway.Grafana {
				auth.Signature.Timestamp = "X-Time"
			}
			for _, dialect := range []string{"", "/ntfy/a", "/gotify"} {
				h, _ := newGuarded(t, guarded(t, auth))
				r := request("POST", "/webhook/"+anID+dialect, "body")
				r.RemoteAddr = "127.0.0.1:1"
				r.URL.RawQuery = query
				for _, name := range []string{"X-Grafana-Alerting-Signature", "X-Hub-Signature-256", "X-Gitea-Signature", "Webhook-Signature", "Svix-Signature"} {
					r.Header[name] = []string{signature}
				}
				r.Header["X-Time"], r.Header["Webhook-Timestamp"], r.Header["Webhook-Id"] = []string{timestamp}, []string{timestamp}, []string{"id"}
				r.Header["X-Forwarded-For"], r.Header["Authorization"] = []string{forwarded}, []string{authorization}
				if got := h.serve(r); got.StatusCode != http.StatusUnauthorized {
					t.Errorf("%s%s: answer %d", scheme, dialect, got.StatusCode)
				}
				if strings.Contains(h.logs.String(), "panic") {
					t.Errorf("%s%s: %s", scheme, dialect, h.logs)
				}

				with := guarded(t, gateway.Auth{Bearer: []string{"a-token-that-nobody-guesses"}})
				h.SetHooks([]gateway.Hook{with})
				if got := h.serve(r); got.StatusCode != http.StatusUnauthorized || strings.Contains(h.logs.String(), "panic") {
					t.Errorf("bearer%s: answer %d, %s", dialect, got.StatusCode, h.logs)
				}
			}
		}
	})
}
