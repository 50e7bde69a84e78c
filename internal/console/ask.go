package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	// postTimeout is how long the gateway may take to accept a webhook, or a step's.
	postTimeout = 10 * time.Second
	// previewTimeout is how long a preview may take: what a visitor writes may be written to
	// take long.
	previewTimeout = 10 * time.Second
	// maxStory is how long ago a story may have begun that is still told.
	maxStory = time.Hour
)

type (
	wireSample struct {
		Service string `json:"service"`
		Sample  string `json:"sample"`
	}
	wireStepOf struct {
		Story string `json:"story"`
		Began int64  `json:"began"` // in milliseconds since 1970, as the page counts them
		Step  int    `json:"step"`
	}
	wireRequest struct {
		Request string `json:"request"`
	}
)

// serveSample answers with a sample as text that can be changed and sent.
func (c *console) serveSample(w http.ResponseWriter, r *http.Request) {
	want := wireSample{Service: r.URL.Query().Get("service"), Sample: r.URL.Query().Get("sample")}
	if !c.has(w, want) {
		return
	}
	text, err := c.Program.Sample(want.Service, want.Sample)
	if err != nil {
		c.fail(w, err, "sample not shown", "service", want.Service, "sample", want.Sample)
		return
	}
	writeJSON(w, http.StatusOK, wireRequest{text})
}

// postSample sends one sample to the gateway: 202 when it took it.
func (c *console) postSample(w http.ResponseWriter, r *http.Request) {
	var want wireSample
	if !readJSON(w, r, &want) || !c.has(w, want) {
		return
	}
	c.post(w, r, func(ctx context.Context) error { return c.Program.SendSample(ctx, want.Service, want.Sample) },
		"sample not posted", "service", want.Service, "sample", want.Sample)
}

// postRequest sends what a visitor has written to the gateway.
func (c *console) postRequest(w http.ResponseWriter, r *http.Request) {
	var want Trial
	if !c.readTrial(w, r, &want) {
		return
	}
	c.post(w, r, func(ctx context.Context) error { return c.Program.Send(ctx, want.Service, want.Request) },
		"request not posted", "service", want.Service)
}

// postStory sends what belongs to a step of a story.
func (c *console) postStory(w http.ResponseWriter, r *http.Request) {
	var want wireStepOf
	if !readJSON(w, r, &want) {
		return
	}
	i := slices.IndexFunc(c.Stories, func(s Story) bool { return s.Name == want.Story })
	if i < 0 || want.Step < 0 || want.Step >= len(c.Stories[i].Steps) {
		writeError(w, http.StatusNotFound, "There is no such step.")
		return
	}
	began := time.UnixMilli(want.Began)
	if ago := time.Since(began); ago.Abs() > maxStory {
		writeError(w, http.StatusBadRequest, "This story has not begun just now.")
		return
	}
	c.post(w, r, func(ctx context.Context) error { return c.Program.Tell(ctx, want.Story, began, want.Step) },
		"step not posted", "story", want.Story, "step", want.Step)
}

// postPreview answers with what a request would become.
func (c *console) postPreview(w http.ResponseWriter, r *http.Request) {
	var want Trial
	if !c.readTrial(w, r, &want) {
		return
	}
	leave, ok := enter(w, c.previews)
	if !ok {
		return
	}
	defer leave()
	ctx, cancel := context.WithTimeout(r.Context(), previewTimeout)
	defer cancel()
	outcome, err := c.Program.Preview(ctx, want)
	switch {
	case err == nil:
		writeJSON(w, http.StatusOK, outcome)
	case ctx.Err() != nil:
		writeError(w, http.StatusUnprocessableEntity, "This takes too long to read, so it was given up.")
	default:
		c.fail(w, err, "preview not made", "service", want.Service)
	}
}

// post runs what posts to the gateway, and answers.
func (c *console) post(w http.ResponseWriter, r *http.Request, send func(context.Context) error, failed string, attributes ...any) {
	leave, ok := enter(w, c.posts)
	if !ok {
		return
	}
	defer leave()
	ctx, cancel := context.WithTimeout(r.Context(), postTimeout)
	defer cancel()
	if err := send(ctx); err != nil {
		c.fail(w, err, failed, attributes...)
		return
	}
	writeJSON(w, http.StatusAccepted, struct{}{})
}

// enter takes one of few places, or answers that none is free.
func enter(w http.ResponseWriter, places chan struct{}) (leave func(), ok bool) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, true
	default:
		writeError(w, http.StatusTooManyRequests, "Too much at once: try it again in a moment.")
		return nil, false
	}
}

// fail answers with what a visitor can do about an error, which only a Refusal says.
func (c *console) fail(w http.ResponseWriter, err error, message string, attributes ...any) {
	var refusal Refusal
	if errors.As(err, &refusal) {
		writeError(w, http.StatusUnprocessableEntity, refusal.Error())
		return
	}
	c.Log.With(attributes...).Warn(message, "err", err)
	writeError(w, http.StatusBadGateway, "The program did not take it; its log says why.")
}

// has reports whether there is a sample, and answers where there is none.
func (c *console) has(w http.ResponseWriter, want wireSample) bool {
	if s, ok := c.service(want.Service); !ok || !slices.Contains(s.Samples, want.Sample) {
		writeError(w, http.StatusNotFound, "There is no such sample.")
		return false
	}
	return true
}

// readTrial reads what a visitor has written, and answers itself where that cannot be tried.
func (c *console) readTrial(w http.ResponseWriter, r *http.Request, t *Trial) bool {
	if !readJSON(w, r, t) {
		return false
	}
	_, known := c.service(t.Service)
	switch {
	case !known:
		writeError(w, http.StatusNotFound, "There is no such service.")
	case len(t.Request) > maxPayload:
		writeTooLarge(w)
	case strings.TrimSpace(t.Request) == "":
		writeError(w, http.StatusUnprocessableEntity, "Paste what the service sends, or take a sample to begin with.")
	default:
		return true
	}
	return false
}
