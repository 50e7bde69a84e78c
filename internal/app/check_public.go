package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// publicURL asks for a hook that there is not, the way that services come.
func (c *onlineCheck) publicURL(ctx context.Context) {
	const what = "public URL"
	public := strings.TrimSuffix(string(c.cfg.Gateway.PublicURL), "/")
	if public == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, public+"/webhook/"+uuid.NewString(), nil)
	if err != nil {
		c.problem(what, reason(err), "correct gateway.public_url")
		return
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		wrong, remedy := unreachable(err)
		c.problem(what, public+" "+wrong, remedy)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10)) // what was cut short is not ours
	if wrong, remedy := c.answersAs(resp, string(body)); wrong != "" {
		c.problem(what, public+" "+wrong, remedy)
		return
	}
	c.good(what, "%s leads to lotus-hooks", public)
}

// unreachable says why a public address does not answer.
func unreachable(err error) (wrong, remedy string) {
	var dns *net.DNSError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &dns):
		return "has a host name that is not known", "correct gateway.public_url, or the name's DNS record"
	case errors.As(err, &name):
		return "has a certificate for another name", "let the proxy have a certificate for this name, or correct gateway.public_url"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "has a certificate that is not valid at this time", "renew it"
	case errors.As(err, &authority), errors.As(err, &invalid):
		return "has a certificate that nobody trusts: " + reason(err), "let the proxy have one that services trust, with its whole chain"
	case errors.Is(err, http.ErrSchemeMismatch):
		return "does not speak TLS", "write http:// in gateway.public_url, or let the proxy speak TLS on this port"
	}
	return "does not answer: " + reason(err), "start the reverse proxy, or correct gateway.public_url; from within some networks, their own public address cannot be reached"
}

// answersAs judges an answer to an address that is no hook's: "" if it is ours.
func (c *onlineCheck) answersAs(resp *http.Response, body string) (wrong, remedy string) {
	ours := "let the proxy pass /webhook/ on to gateway.listen (" + string(c.cfg.Gateway.Listen) + "), path unchanged"
	same := resp.StatusCode == http.StatusNotFound && strings.TrimSpace(body) == notFoundBody
	switch {
	case same && resp.Header.Get("Cache-Control") == "no-store" && resp.Header.Get("X-Content-Type-Options") == "nosniff":
		return "", ""
	case same:
		return "leads to matrix-hookshot", "stop it, or " + ours
	case resp.StatusCode/100 == 3 && resp.Header.Get("Location") != "":
		return "redirects to " + withoutPath(resp), "write the address that needs no redirect: most senders lose the body on the way"
	case resp.StatusCode == http.StatusBadGateway, resp.StatusCode == http.StatusServiceUnavailable, resp.StatusCode == http.StatusGatewayTimeout:
		return fmt.Sprintf("reaches a proxy, and that nothing: HTTP %s", resp.Status), "start lotus-hooks, or " + ours
	case resp.StatusCode == http.StatusUnauthorized, resp.StatusCode == http.StatusForbidden:
		return fmt.Sprintf("lets nobody in: HTTP %s", resp.Status), "exempt /webhook/ from the proxy's own log-in; hooks have auth of their own"
	case strings.Contains(body, "M_UNRECOGNIZED"):
		return "leads to the homeserver", ours
	}
	return fmt.Sprintf("leads to something else: HTTP %s", resp.Status), ours
}

// notFoundBody is what the gateway says where there is no hook, and so does matrix-hookshot.
const notFoundBody = `{"ok":false,"error":"Webhook not found"}`

// withoutPath is where a redirect leads.
func withoutPath(resp *http.Response) string {
	to, err := resp.Location()
	if err != nil {
		return "an address that cannot be read"
	}
	return to.Scheme + "://" + to.Host
}
