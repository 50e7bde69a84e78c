package homeserver

import "net/http"

// medium is an uploaded file.
type medium struct {
	contentType string
	data        []byte
}

func (s *Server) mediaConfig(*request) (any, error) {
	return map[string]any{"m.upload.size": maxBody}, nil
}

func (s *Server) upload(r *request) (any, error) {
	kind := r.Header.Get("Content-Type")
	if kind == "" {
		kind = "application/octet-stream"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	uri := "mxc://" + s.opts.ServerName + "/" + s.newID()[:24]
	s.media[uri] = medium{kind, r.body}
	return map[string]string{"content_uri": uri}, nil
}

// download gives media to whoever has an account (MSC3916). A thumbnail is the whole picture.
func (s *Server) download() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.authenticate(r); err != nil {
			writeError(w, err)
			return
		}
		data, contentType, ok := s.Media("mxc://" + r.PathValue("server") + "/" + r.PathValue("media"))
		if !ok {
			writeError(w, errNotFound("Not found"))
			return
		}
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(data)
	})
}
