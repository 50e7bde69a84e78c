package probe_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorcon/rcon/rcontest"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/probe"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// serve answers each connection, and returns where.
func serve(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close() //nolint:errcheck // only answered
				answer(conn)
			}()
		}
	}()
	return l.Addr().String()
}

// says answers whatever comes with the same.
func says(t *testing.T, answer string) string {
	return serve(t, func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 100))
		_, _ = io.WriteString(conn, answer)
	})
}

// silent takes connections and never answers.
func silent(t *testing.T) string {
	return serve(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
}

// nobody is an address where nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // only its address is wanted
	return l.Addr().String()
}

// stun answers packets; what the answer is nil for is lost.
func stun(t *testing.T, answer func(packet []byte) []byte) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		packet := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(packet)
			if err != nil {
				return
			}
			if a := answer(packet[:n]); a != nil {
				_, _ = conn.WriteTo(a, from)
			}
		}
	}()
	return conn.LocalAddr().String()
}

// binding answers a binding request with a type of message, as RFC 8489 has it.
func binding(kind uint16) func([]byte) []byte {
	return func(packet []byte) []byte {
		if len(packet) != 20 || binary.BigEndian.Uint16(packet) != 1 || binary.BigEndian.Uint32(packet[4:]) != 0x2112a442 {
			return []byte("no")
		}
		answer := binary.BigEndian.AppendUint16(nil, kind)
		answer = append(answer, 0, 12)
		answer = append(answer, packet[4:]...)
		return append(answer, 0, 0x20, 0, 8, 0, 1, 1, 2, 3, 4, 5, 6) // XOR-MAPPED-ADDRESS
	}
}

// second loses the first packet.
func second(answer func([]byte) []byte) func([]byte) []byte {
	lost := false
	return func(packet []byte) []byte {
		if !lost {
			lost = true
			return nil
		}
		return answer(packet)
	}
}

// secured serves TLS as 127.0.0.1, with a certificate that lasts so long.
func secured(t *testing.T, now time.Time, lasts time.Duration) (address string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: now.Add(-30 * 24 * time.Hour), NotAfter: now.Add(lasts),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(cert)
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	return serve(t, func(conn net.Conn) { _ = tls.Server(conn, config).Handshake() }), roots
}

func TestAsk(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/health":
			_, _ = io.WriteString(w, "all OK here")
		case "/moved":
			http.Redirect(w, r, "/health", http.StatusFound)
		case "/api/tags":
			_, _ = io.WriteString(w, `{"models":[{"name":"llama3.2:latest","size":1},{"name":"tiny:1b"}]}`)
		case "/other/api/tags":
			_, _ = io.WriteString(w, `<html>`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(web.Close)
	private := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(private.Close)
	game := rcontest.NewServer(rcontest.SetSettings(rcontest.Settings{Password: "secret"}))
	t.Cleanup(game.Close)
	fresh, freshRoots := secured(t, now, 42*24*time.Hour+time.Hour)
	stale, staleRoots := secured(t, now, 36*time.Hour)
	ended, endedRoots := secured(t, now, -time.Hour)

	for name, test := range map[string]struct {
		check probe.Check
		note  string
		text  string // of the trouble
		cause string // is in the whole error
	}{
		"TCP":            {check: probe.TCP{Address: silent(t)}},
		"ErrTCPNobody":   {check: probe.TCP{Address: nobody(t)}, text: "no connection", cause: "refused"},
		"HTTP":           {check: probe.HTTP{URL: web.URL + "/health", Text: "OK"}},
		"HTTPMoved":      {check: probe.HTTP{URL: web.URL + "/moved", Text: "OK"}},
		"HTTPStatus":     {check: probe.HTTP{URL: web.URL + "/none", Status: 404}},
		"ErrHTTPStatus":  {check: probe.HTTP{URL: web.URL + "/none"}, text: "a wrong answer", cause: "status 404"},
		"ErrHTTPText":    {check: probe.HTTP{URL: web.URL + "/health", Text: "fine"}, text: "a wrong answer", cause: `the text "fine"`},
		"ErrHTTPNobody":  {check: probe.HTTP{URL: "http://" + nobody(t)}, text: "no connection", cause: "refused"},
		"ErrHTTPSilent":  {check: probe.HTTP{URL: "http://" + silent(t)}, text: "no answer in time", cause: "deadline"},
		"ErrHTTPPrivate": {check: probe.HTTP{URL: private.URL}, text: "its certificate is not trusted", cause: "unknown authority"},
		"Ollama":         {check: probe.Ollama{URL: web.URL + "/"}},
		"OllamaModel":    {check: probe.Ollama{URL: web.URL, Model: "llama3.2"}},
		"OllamaTag":      {check: probe.Ollama{URL: web.URL, Model: "tiny:1b"}},
		"ErrOllamaModel": {check: probe.Ollama{URL: web.URL, Model: "tiny"}, text: "the model is missing", cause: "tiny is not among"},
		"ErrOllamaOther": {check: probe.Ollama{URL: web.URL + "/other"}, text: "a wrong answer", cause: "no list of models"},
		"ErrOllamaNone":  {check: probe.Ollama{URL: web.URL + "/none"}, text: "a wrong answer", cause: "status 404"},

		"TLS":             {check: probe.TLS{Address: fresh, Left: 14 * 24 * time.Hour, Roots: freshRoots, Now: clock}, note: "42 days left"},
		"ErrTLSSoon":      {check: probe.TLS{Address: stale, Left: 14 * 24 * time.Hour, Roots: staleRoots, Now: clock}, text: "its certificate has 1 day left", cause: "2026-03-03"},
		"ErrTLSEnded":     {check: probe.TLS{Address: ended, Roots: endedRoots, Now: clock}, text: "its certificate has ended"},
		"ErrTLSUntrusted": {check: probe.TLS{Address: fresh, Roots: staleRoots, Now: clock}, text: "its certificate is not trusted"},
		"ErrTLSPlain":     {check: probe.TLS{Address: says(t, "HTTP/1.0 400\r\n\r\n"), Now: clock}, text: "no connection", cause: "does not look like a TLS handshake"},
		"ErrTLSAddress":   {check: probe.TLS{Address: "127.0.0.1", Now: clock}, text: "no connection", cause: "missing port"},

		"PostgresPlain":      {check: probe.Postgres{Address: says(t, "N")}},
		"PostgresSecured":    {check: probe.Postgres{Address: says(t, "S")}},
		"ErrPostgresOther":   {check: probe.Postgres{Address: says(t, "HTTP/1.1 400")}, text: "a wrong answer", cause: `"H"`},
		"ErrPostgresSilent":  {check: probe.Postgres{Address: silent(t)}, text: "no answer in time"},
		"ErrPostgresClosed":  {check: probe.Postgres{Address: says(t, "")}, text: "a wrong answer", cause: "closed"},
		"ErrPostgresNobody":  {check: probe.Postgres{Address: nobody(t)}, text: "no connection"},
		"ErrPostgresNoFile":  {check: probe.Postgres{Address: filepath.Join(t.TempDir(), "none")}, text: "no connection", cause: "no such file"},
		"STUN":               {check: probe.STUN{Address: stun(t, binding(0x0101))}},
		"STUNWhoAsks":        {check: probe.STUN{Address: stun(t, binding(0x0111))}},
		"STUNPacketLost":     {check: probe.STUN{Address: stun(t, second(binding(0x0101)))}},
		"ErrSTUNSilent":      {check: probe.STUN{Address: stun(t, func([]byte) []byte { return nil })}, text: "no answer in time"},
		"ErrSTUNOther":       {check: probe.STUN{Address: stun(t, func([]byte) []byte { return []byte("hello") })}, text: "a wrong answer", cause: "5 bytes"},
		"ErrSTUNOwnRequest":  {check: probe.STUN{Address: stun(t, func(p []byte) []byte { return p })}, text: "a wrong answer", cause: "0x0001"},
		"ErrSTUNUnreachable": {check: probe.STUN{Address: nobody(t)}, text: "no connection"},

		"RCON":          {check: probe.RCON{Address: game.Addr()}},
		"ErrRCONOther":  {check: probe.RCON{Address: says(t, "HTTP/1.1 400 Bad Request")}, text: "a wrong answer", cause: "no packet of RCON"},
		"ErrRCONClosed": {check: probe.RCON{Address: says(t, "\n\x00\x00")}, text: "a wrong answer", cause: "closed"},
		"ErrPanic":      {check: broken{}, text: "the probe failed", cause: "oh"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := probe.All(t.Context(), &net.Dialer{}, 2*time.Second, []probe.Probe{{Name: "it", Check: test.check}})[0]
			if got.Name != "it" || got.Target != test.check.Target() || got.Took <= 0 || got.Note != test.note {
				t.Errorf("got %+v", got)
			}
			var trouble *probe.Trouble
			switch {
			case test.text == "" && got.Err != nil:
				t.Errorf("got %v", got.Err)
			case test.text == "":
			case !errors.As(got.Err, &trouble) || trouble.Text != test.text || !strings.Contains(trouble.Error(), test.cause):
				t.Errorf("got %v, want %q and %q", got.Err, test.text, test.cause)
			}
		})
	}
}

type broken struct{}

func (broken) Ask(context.Context, probe.Dialer) (string, error) { panic("oh") }
func (broken) Target() string                                    { return "nowhere" }

// TestPostgres asks a real server.
func TestPostgres(t *testing.T) {
	t.Parallel()
	dsn, err := url.Parse(storetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dsn.Query().Get("host"), ".s.PGSQL.5432")
	got := probe.All(t.Context(), &net.Dialer{}, 10*time.Second, []probe.Probe{{Name: "it", Check: probe.Postgres{Address: socket}}})[0]
	if got.Err != nil {
		t.Error(got.Err)
	}
}

// TestAll asks side by side, and ends in time whatever does not answer.
func TestAll(t *testing.T) {
	t.Parallel()
	probes := []probe.Probe{{Name: "good", Check: probe.Postgres{Address: says(t, "N")}}}
	for range 20 {
		probes = append(probes, probe.Probe{Name: "bad", Check: probe.RCON{Address: silent(t)}})
	}
	start := time.Now()
	results := probe.All(t.Context(), &net.Dialer{}, 300*time.Millisecond, probes)
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("it took %s", took)
	}
	if len(results) != 21 || results[0].Name != "good" || results[0].Err != nil || results[20].Err == nil {
		t.Errorf("got %+v", results)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := probe.All(ctx, &net.Dialer{}, time.Minute, probes[:2]); r[0].Err == nil || r[1].Err == nil {
		t.Errorf("after the end: %+v", r)
	}
}
