package console

import (
	"embed"
	"net/http"

	"github.com/go-chi/chi/v5"
)

//go:embed web
var files embed.FS

func serveFile(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache") // a newer program may stand behind the same address
		http.ServeFileFS(w, r, files, "web/"+name)
	}
}

func serveNamedFile(w http.ResponseWriter, r *http.Request) {
	serveFile(chi.URLParam(r, "file"))(w, r)
}
