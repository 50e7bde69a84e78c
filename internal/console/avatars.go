package console

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// shown are the kinds of pictures that are served: those that cannot hold a script.
var shown = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

func (p Picture) shown() bool { return len(p.Data) > 0 && slices.Contains(shown, p.ContentType) }

// address returns where a picture is served, and "" when it is not. It changes with the
// picture, so that browsers may keep what they have.
func (p Picture) address(kind, name string) string {
	if !p.shown() {
		return ""
	}
	return fmt.Sprintf("/avatars/%s?of=%s&v=%08x", kind, url.QueryEscape(name), crc32.ChecksumIEEE(p.Data))
}

func (c *console) serveUserAvatar(w http.ResponseWriter, r *http.Request) {
	servePicture(w, r, c.Profile(r.URL.Query().Get("of")).Avatar)
}

func (c *console) serveServiceAvatar(w http.ResponseWriter, r *http.Request) {
	s, _ := c.service(r.URL.Query().Get("of"))
	servePicture(w, r, s.Avatar)
}

func servePicture(w http.ResponseWriter, r *http.Request, p Picture) {
	if !p.shown() {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", p.ContentType)
	w.Header().Set("Cache-Control", "private, max-age=86400")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(p.Data))
}
