package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/outbox"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// Test implements bot.Desk: the sample goes through the gateway, as if it had come over HTTP.
func (d *hookDesk) Test(ctx context.Context, name, once string) (bot.Tested, error) {
	cfg := d.cfg.Load()
	hook, err := findHook(cfg, name)
	if err != nil {
		return bot.Tested{}, err
	}
	sample, found := testSample(hook.Service)
	if !found {
		return bot.Tested{}, &bot.Refusal{Text: fmt.Sprintf("I have no sample of %s. On the server, \"lotus-hooks send %s FILE\" sends one of yours.", hook.Service, hook.Name)}
	}
	req, err := newRequest(ctx, hook, sample.Method, sample.Body)
	if err != nil {
		return bot.Tested{}, err
	}
	req.URL.RawQuery = sample.Query
	for key, values := range sample.Header {
		if !slices.Contains(hopHeaders, key) {
			req.Header[key] = values
		}
	}
	req.Header.Set("Webhook-Id", once)
	if err := addCredentials(req.Header, hook.Auth, sample.Body, time.Now()); err != nil { // may sign an id of its own
		return bot.Tested{}, err
	}
	answer := newAnswer()
	d.gateway.ServeHTTP(answer, req)
	if answer.status < 200 || answer.status > 299 {
		return bot.Tested{}, &bot.Refusal{Text: fmt.Sprintf("The hook answered %d %s.", answer.status, http.StatusText(answer.status)), Cause: errors.New(answer.body.String())}
	}
	id, err := d.box.BySender(ctx, hook.Name, req.Header.Get("Webhook-Id"))
	if err != nil {
		return bot.Tested{}, err
	}
	wait, cancel := context.WithTimeout(ctx, testWait)
	defer cancel()
	if _, err := d.box.Wait(wait, id); err != nil {
		return bot.Tested{}, err
	}
	list, err := d.box.DeliveriesOf(ctx, id)
	return bot.Tested{Hook: hook.Name, Sample: sampleTitle(list, sample), Deliveries: deliveriesOf(cfg, list)}, err
}

// sampleTitle says which sample was sent, and what it says.
func sampleTitle(list []outbox.Delivery, s payloads.Sample) string {
	if len(list) == 0 {
		return fmt.Sprintf("the sample %q", s.Name)
	}
	return fmt.Sprintf("the sample %q (%s)", s.Name, oneLine(list[0].Title, 120))
}

// testSample returns the sample of a service that frightens least: its own test message, or
// else one that opens nothing.
func testSample(service string) (payloads.Sample, bool) {
	s, known := formatters.Lookup(service)
	all := slices.DeleteFunc(payloads.Of(service), func(p payloads.Sample) bool { return p.Method != http.MethodPost })
	if !known || len(all) == 0 {
		return payloads.Sample{}, false
	}
	rank := func(p payloads.Sample) int {
		name := strings.ToLower(path.Base(p.Name))
		switch {
		case name == "test":
			return 0
		case strings.HasPrefix(name, "test"):
			return 1
		case strings.HasSuffix(name, "test"):
			return 2
		case strings.HasPrefix(p.Name, "by-choice/"): // what the service's own filter drops
			return 5
		}
		query, _ := url.ParseQuery(p.Query)
		told := s.Format(s.PayloadOf(p.Method, p.Header, query, p.Body, time.Time{}))
		if !told.Fallback && told.Notification.Incident.State == formatters.Standalone {
			return 3
		}
		return 4
	}
	return slices.MinFunc(all, func(a, b payloads.Sample) int { return cmp.Compare(rank(a), rank(b)) }), true
}

// newRequest returns a request to a hook, from where the hook lets requests come from.
func newRequest(ctx context.Context, hook config.Hook, method string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, "/webhook/"+hook.ID.Reveal(), bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("make a request to a hook: its id makes no address") // the error would hold the id
	}
	from := "127.0.0.1"
	if hook.Auth != nil {
		if allowed := prefixes(hook.Auth.AllowFrom); len(allowed) > 0 {
			from = allowed[0].Addr().String()
		}
	}
	req.RemoteAddr = net.JoinHostPort(from, "0")
	return req, nil
}

func queryOf(values map[string][]string) string { return url.Values(values).Encode() }

// answer takes in what the gateway answers.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newAnswer() *answer { return &answer{header: http.Header{}, status: http.StatusOK} }

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) { a.status = status }
