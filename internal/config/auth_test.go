package config_test

import (
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

func TestAuth(t *testing.T) {
	t.Parallel()
	c := load(t, strings.Replace(minimal, "spam}\n", `spam, rate: 30/min, burst: 5,
    answer: {status: 204, body: ""},
    auth: {bearer: [a, '${NOWHERE:-b}'], header: {name: x-token, value_file: one},
      hmac_file: [one, two], scheme: grafana, timestamp_header: X-Time, allow_from: [10.0.0.0/8, 192.0.2.7, "2001:db8::/32"]}}
  - {id: x`+anID+`, name: b, service: generic, room: spam, rate: 10 / s, answer: {body: hello}, auth: {basic: {user: u, password: p}}}
gateway: {trusted_proxies: ["::1"]}
`, 1), "one", "first\n", "two", "second\n")
	h := c.Hooks[0]
	for _, s := range []struct {
		what string
		got  config.Secrets
		want []string
	}{
		{"bearer", h.Auth.Bearer, []string{"a", "b"}},
		{"header", h.Auth.Header.Value, []string{"first"}},
		{"hmac", h.Auth.HMAC, []string{"first", "second"}},
		{"password", c.Hooks[1].Auth.Basic.Password, []string{"p"}},
	} {
		if diff := cmp.Diff(s.want, s.got.Reveal()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", s.what, diff)
		}
	}
	var networks []netip.Prefix
	for _, n := range append(h.Auth.AllowFrom, c.Gateway.TrustedProxies...) {
		networks = append(networks, n.Prefix)
	}
	want := []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("::1/128"),
	}
	if diff := cmp.Diff(want, networks, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("networks (-want +got):\n%s", diff)
	}
	if h.Rate != (config.Rate{Count: 30, Per: time.Minute}) || h.Burst != 5 || c.Hooks[1].Rate != (config.Rate{Count: 10, Per: time.Second}) {
		t.Errorf("rates %+v, %d, %+v", h.Rate, h.Burst, c.Hooks[1].Rate)
	}
	if *h.Answer != (config.Answer{Status: 204, ContentType: "text/plain; charset=utf-8"}) || c.Hooks[1].Answer.Status != 200 || c.Hooks[1].Answer.Body != "hello" {
		t.Errorf("answers %+v, %+v", h.Answer, c.Hooks[1].Answer)
	}
}

// TestAuthWrong holds what people read when they ask for what cannot be, word for word.
func TestAuthWrong(t *testing.T) {
	t.Parallel()
	const remedy = ": give bearer_file, basic, header, hmac_file or allow_from, or leave auth out"
	for _, test := range []struct {
		name  string
		hooks string
		want  []string
	}{
		{"ErrNull", hook("auth: "), []string{
			"hooks[0].auth: is empty, so that everybody with the address could post" + remedy}},
		{"ErrEmpty", hook("auth: {}"), []string{
			"hooks[0].auth: asks for nothing, so that everybody with the address could post" + remedy}},
		{"ErrSchemeAlone", hook("auth: {scheme: github}"), []string{
			"hooks[0].auth: names a scheme, and no key" + remedy}},
		{"ErrUnknownKey", hook("auth: {baerer: x}"), []string{
			`hooks[0].auth.baerer: unknown key: did you mean "bearer"?`}},
		{"ErrUnknownScheme", hook("auth: {hmac: x, scheme: git-hub}"), []string{
			`hooks[0].auth.scheme: is unknown: did you mean "github"?`}},
		{"ErrNoScheme", hook("auth: {hmac: x}"), []string{
			"hooks[0].auth.scheme: is missing: say how bodies are signed: grafana, github, gitea or standard-webhooks"}},
		{"ErrSchemeWithoutKey", hook("auth: {bearer: x, scheme: github}"), []string{
			"hooks[0].auth.scheme: is given without a key: give hmac_file, too"}},
		{"ErrEmptyList", hook("auth: {bearer: []}"), []string{
			"hooks[0].auth.bearer: is an empty list: give it a value, or leave the key out"}},
		{"ErrEmptySecret", hook("auth: {bearer: ''}"), []string{
			"hooks[0].auth.bearer: is empty: give it a value, or leave the key out"}},
		{"ErrEmptySecretInList", hook("auth: {bearer: [a, '']}"), []string{
			"hooks[0].auth.bearer[1]: is empty: give it a value, or leave the key out"}},
		{"ErrNullSecretInList", hook("auth: {bearer: [a, ]}") + "  - {id: x" + anID + ", name: b, service: generic, room: spam, auth: {bearer: [a, null]}}\n", []string{
			"hooks[1].auth.bearer[1]: is empty: give it a value, or leave the key out"}},
		{"ErrEmptyFile", hook("auth: {bearer_file: [secret, empty]}"), []string{
			"hooks[0].auth.bearer_file[1]: is the path of an empty file: write the secret into it"}},
		{"ErrNoFile", hook("auth: {hmac_file: nowhere, scheme: github}"), []string{
			"hooks[0].auth.hmac_file: cannot be read: nowhere: no such file or directory: create the file, or correct the path"}},
		{"ErrSecretTwice", hook("auth: {bearer: a, bearer_file: secret}"), []string{
			"hooks[0].auth.bearer_file: is given together with bearer: keep one of the two"}},
		{"ErrBearerAndBasic", hook("auth: {bearer: a, basic: {user: u, password: p}}"), []string{
			"hooks[0].auth.basic: needs the header Authorization, and so does bearer: keep one of the two"}},
		{"ErrBasicIncomplete", hook("auth: {basic: {user: u}}"), []string{
			"hooks[0].auth.basic.password: is missing: give password or password_file"}},
		{"ErrBasicColon", hook("auth: {basic: {user: 'a:b', password: p}}"), []string{
			"hooks[0].auth.basic.user: has a colon, which ends a user's name: use a name without one"}},
		{"ErrHeaderName", hook("auth: {header: {name: 'X Token', value: v}}"), []string{
			"hooks[0].auth.header.name: is no name of a header: write it as X-Token"}},
		{"ErrHeaderTaken", hook("auth: {bearer: a, header: {name: authorization, value: v}}"), []string{
			"hooks[0].auth.header.name: needs the header Authorization, and so does bearer or basic: keep one of the two"}},
		{"ErrHeaderHost", hook("auth: {header: {name: host, value: v}}"), []string{
			"hooks[0].auth.header.name: is a header that holds no secret: use another, such as X-Token"}},
		{"ErrGetIsNotSigned", hook("get: true, auth: {hmac: x, scheme: github}"), []string{
			"hooks[0].get: is given together with hmac, and a GET has no body that could be signed: keep one of the two"}},
		{"ErrHeadersOfGrafanaAlone", hook("auth: {hmac: x, scheme: gitea, timestamp_header: X-Time}"), []string{
			"hooks[0].auth.timestamp_header: is for the scheme grafana alone: leave it out: the others have fixed headers"}},
		{"ErrSignatureHeader", hook("auth: {hmac: x, scheme: grafana, signature_header: 'X:'}"), []string{
			"hooks[0].auth.signature_header: is no name of a header: write it as X-Signature"}},
		{"ErrNoNetwork", hook("auth: {allow_from: [localhost]}"), []string{
			`hooks[0].auth.allow_from[0]: is no network: write it as "10.0.0.0/8" or "192.0.2.7"`}},
		{"ErrNetworkBits", hook("auth: {allow_from: [10.0.0.7/8]}"), []string{
			"hooks[0].auth.allow_from[0]: has address bits behind its mask: write 10.0.0.0/8, or 10.0.0.7 for this address alone"}},
		{"ErrNetworkMapped", hook("auth: {allow_from: ['::ffff:10.0.0.0/104']}"), []string{
			"hooks[0].auth.allow_from[0]: is an IPv4 network written as IPv6: write it as IPv4, such as 10.0.0.0/8"}},
		{"ErrNetworkZone", hook("auth: {allow_from: ['fe80::1%eth0']}"), []string{
			`hooks[0].auth.allow_from[0]: is no network: write it as "10.0.0.0/8" or "192.0.2.7"`}},
		{"ErrNoNetworks", hook("auth: {bearer: a, allow_from: []}"), []string{
			"hooks[0].auth.allow_from: is empty: name the networks, such as [10.0.0.0/8], or leave the key out"}},
		{"ErrRate", hook("rate: 10 per second"), []string{
			`hooks[0].rate: is no rate: write it as "10/s", "30/min" or "100/h"`}},
		{"ErrRateUnit", hook("rate: 10/w"), []string{
			`hooks[0].rate: is no rate: write it as "10/s", "30/min" or "100/h"`}},
		{"ErrRateZero", hook("rate: 0/s"), []string{
			`hooks[0].rate: is no rate: write it as "10/s", "30/min" or "100/h"`}},
		{"ErrRateNumber", hook("rate: 10"), []string{
			"hooks[0].rate: is a number, not a rate: write it as \"10/s\", \"30/min\" or \"100/h\""}},
		{"ErrBurst", hook("rate: 10/s, burst: 0"), []string{
			"hooks[0].burst: is out of range: use at least 1"}},
		{"ErrBurstAlone", hook("burst: 5"), []string{
			"hooks[0].burst: is given without a rate: add how many webhooks are accepted, such as rate: 30/min"}},
		{"ErrAnswerStatus", hook("answer: {status: 301}"), []string{
			"hooks[0].answer.status: is no success, so that senders would repeat what was accepted: use 200 to 299"}},
		{"ErrAnswerBody", hook("answer: {status: 204, body: x}"), []string{
			"hooks[0].answer.body: cannot be sent with status 204: leave it out, or use status 200"}},
		{"ErrAnswerType", hook(`answer: {body: x, content_type: "text/plain\r\nX-Evil: 1"}`), []string{
			"hooks[0].answer.content_type: is no content type: write it as application/json"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, test.hooks, "secret", "s", "empty", "\n")
			var got []string
			for _, line := range problemsOf(t, dir, environment()) {
				_, problem, _ := strings.Cut(line, ": ") // without the place
				got = append(got, strings.ReplaceAll(problem, dir+string(filepath.Separator), ""))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAddressWarnings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hooks string
		want  []string
	}{
		"OK":         {hook("auth: {allow_from: [192.0.2.7]}"), nil},
		"OKBehind":   {hook("auth: {allow_from: [192.0.2.7]}") + "gateway: {listen: '127.0.0.1:9003', trusted_proxies: [127.0.0.1]}\n", nil},
		"OnlyProxy":  {hook("auth: {allow_from: [192.0.2.7]}") + "gateway: {listen: 'localhost:9003'}\n", []string{`hooks[0].auth.allow_from: sees the address of the reverse proxy alone: name the proxy under gateway.trusted_proxies, such as [127.0.0.1, "::1"]`}},
		"TrustsAll":  {hook("get: true") + "gateway: {trusted_proxies: [127.0.0.1, 0.0.0.0/0]}\n", []string{"gateway.trusted_proxies[1]: trusts everybody, so that webhooks can come from any address they like: name the proxies alone"}},
		"TrustsAll6": {hook("get: true") + "gateway: {trusted_proxies: ['::/0']}\n", []string{"gateway.trusted_proxies[0]: trusts everybody, so that webhooks can come from any address they like: name the proxies alone"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, p := range load(t, strings.Replace(c.hooks, `, ops: "#ops:example.org"`, "", 1)).Warnings {
				got = append(got, p.Path+": "+p.Message+": "+p.Remedy)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}
