package console

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// The page's own words on the wire.
type (
	wirePage struct {
		Room     string        `json:"room"`
		Services []wireService `json:"services"`
		Auto     *wireAuto     `json:"auto"` // null when no samples come by themselves
	}
	wireService struct {
		Name    string   `json:"name"`
		Title   string   `json:"title"`
		Avatar  string   `json:"avatar,omitempty"` // a path
		Samples []string `json:"samples"`
	}
	wireAuto struct {
		On bool `json:"on"`
	}
	wireSample struct {
		Service string `json:"service"`
		Sample  string `json:"sample"`
	}
)

// servePage tells what stands around the room: its name, the buttons, the switch.
func (c *console) servePage(w http.ResponseWriter, _ *http.Request) {
	page := wirePage{Room: c.Room.Name, Services: make([]wireService, len(c.Services))}
	for i, s := range c.Services {
		page.Services[i] = wireService{
			Name: s.Name, Title: s.Title, Avatar: s.Avatar.address("services", s.Name), Samples: s.Samples,
		}
	}
	if c.Auto != nil {
		page.Auto = &wireAuto{On: c.Auto.On()}
	}
	writeJSON(w, http.StatusOK, page)
}

// postTimeout is how long the gateway may take to accept a sample.
const postTimeout = 10 * time.Second

// postSample sends one sample to the gateway: 202 when it took it.
func (c *console) postSample(w http.ResponseWriter, r *http.Request) {
	var want wireSample
	if !readJSON(w, r, &want) {
		return
	}
	if s, ok := c.service(want.Service); !ok || !slices.Contains(s.Samples, want.Sample) {
		writeError(w, http.StatusNotFound, "There is no such sample.")
		return
	}
	select {
	case c.posts <- struct{}{}:
		defer func() { <-c.posts }()
	default:
		writeError(w, http.StatusTooManyRequests, "Too many samples at once.")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), postTimeout)
	defer cancel()
	if err := c.Post(ctx, want.Service, want.Sample); err != nil {
		c.Log.Warn("sample not posted", "service", want.Service, "sample", want.Sample, "err", err)
		writeError(w, http.StatusBadGateway, "The gateway did not take it; the log says why.")
		return
	}
	writeJSON(w, http.StatusAccepted, struct{}{})
}

// setAuto turns the automatic samples on or off and answers with what they are now.
func (c *console) setAuto(w http.ResponseWriter, r *http.Request) {
	var want wireAuto
	if c.Auto == nil {
		writeError(w, http.StatusNotFound, "No samples come by themselves.")
		return
	}
	if !readJSON(w, r, &want) {
		return
	}
	c.Auto.Set(want.On)
	writeJSON(w, http.StatusOK, wireAuto{On: c.Auto.On()})
}

func (c *console) service(name string) (Service, bool) {
	i := slices.IndexFunc(c.Services, func(s Service) bool { return s.Name == name })
	if i < 0 {
		return Service{}, false
	}
	return c.Services[i], true
}

// maxRequest is the largest body of a post in bytes: two names and their braces.
const maxRequest = 4 << 10

// readJSON reads a post's body into v, and answers itself where it cannot.
func readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(v); err != nil {
		writeError(w, http.StatusBadRequest, "This is not the JSON that was expected.")
		return false
	}
	return true
}

func writeError(w http.ResponseWriter, status int, text string) {
	writeJSON(w, status, struct {
		Error string `json:"error"`
	}{text})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the page may be gone
}
