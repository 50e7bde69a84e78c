package formatters

import (
	"net/url"
	"slices"
	"time"
)

// PayloadOf picks from a request what the service's formatter may read: the headers and
// query parameters it declares, and with a GET, whose query is its content, all parameters
// but those that their names say are secrets.
func (s Service) PayloadOf(method string, header map[string][]string, query url.Values, body []byte, received time.Time) Payload {
	p := Payload{Body: body, Received: received}
	if v := header["Content-Type"]; len(v) > 0 {
		p.ContentType = v[0]
	}
	for _, name := range s.Headers {
		if v := header[name]; len(v) > 0 {
			if p.Header == nil {
				p.Header = map[string][]string{}
			}
			p.Header[name] = v
		}
	}
	for name, v := range query {
		if method == "GET" && !isCredential(name) || slices.Contains(s.Query, name) {
			if p.Query == nil {
				p.Query = map[string][]string{}
			}
			p.Query[name] = v
		}
	}
	return p
}
