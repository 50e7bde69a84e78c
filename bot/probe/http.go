package probe

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
)

// maxBody is how much of an answer is read, in bytes.
const maxBody = 1 << 20

// HTTP wants an answer to a GET. Redirects are followed.
type HTTP struct {
	URL    string
	Status int    // the status that is wanted; 0 is any from 200 to 299
	Text   string // what the body must hold, within its first MiB; "" is anything
}

// Target implements Check.
func (h HTTP) Target() string { return h.URL }

// Ask implements Check.
func (h HTTP) Ask(ctx context.Context, d Dialer) (string, error) {
	status, body, err := get(ctx, d, h.URL)
	switch {
	case err != nil:
		return "", err
	case h.Status != 0 && status != h.Status, h.Status == 0 && (status < 200 || status > 299):
		return "", wrong("status %d", status)
	case !bytes.Contains(body, []byte(h.Text)):
		return "", wrong("status %d, but the text %q is not in it", status, h.Text)
	}
	return "", nil
}

// get reads a page.
func get(ctx context.Context, d Dialer, address string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("User-Agent", "lotus-hooks")
	transport := &http.Transport{DialContext: d.DialContext, DisableKeepAlives: true, ForceAttemptHTTP2: true}
	client := &http.Client{Transport: transport}
	resp, err := client.Do(req)
	if err != nil {
		var failed *url.Error // its own text repeats the address
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return 0, nil, untrusted(err)
	}
	defer resp.Body.Close() //nolint:errcheck // only read from
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody))
	return resp.StatusCode, body, err
}
