package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/go-chi/chi/v5"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// roleVariable makes this program one of the references instead.
const roleVariable = "LOTUS_HOOKS_BENCH_ROLE"

const (
	roleBare = "bare" // takes webhooks, decodes them, keeps nothing
	roleOpen = "open" // the same with an open database: the least memory that the parts need
)

// play runs a reference until ctx ends.
func play(ctx context.Context, role string, args []string) error {
	if len(args) != 2 {
		return errors.New("needs an address and a folder")
	}
	switch role {
	case roleBare:
	case roleOpen:
		db, err := store.Open(ctx, "sqlite:"+filepath.Join(args[1], databaseName))
		if err != nil {
			return err
		}
		defer func() { _ = db.Close() }() // nothing is in it
	default:
		return fmt.Errorf("unknown role %q", role)
	}
	return serveBare(ctx, args[0])
}

// reference starts this program in a role.
func (b *bench) reference(role string) (*process, error) {
	dir, err := b.folder()
	if err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(b.self, address, dir) //nolint:noctx // stop ends it
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	return b.launch(cmd, dir, address)
}

// serveBare is what accepting a webhook costs at least with the same router: a handler that
// reads the body and decodes it with encoding/json.
func serveBare(ctx context.Context, address string) error {
	router := chi.NewRouter()
	router.Post("/webhook/{id}", func(w http.ResponseWriter, r *http.Request) {
		var webhook sonarrGrab
		body, err := io.ReadAll(r.Body)
		if err != nil || json.Unmarshal(body, &webhook) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `{"ok":true}`) // one who no longer listens cannot be told
	})
	server := &http.Server{Addr: address, Handler: router, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// sonarrGrab is what Sonarr says of a grab, in forty fields.
type sonarrGrab struct {
	Series struct {
		ID               int    `json:"id"`
		Title            string `json:"title"`
		TitleSlug        string `json:"titleSlug"`
		Path             string `json:"path"`
		TvdbID           int    `json:"tvdbId"`
		TvMazeID         int    `json:"tvMazeId"`
		TmdbID           int    `json:"tmdbId"`
		ImdbID           string `json:"imdbId"`
		Type             string `json:"type"`
		Year             int    `json:"year"`
		Genres           []string
		Tags             []string
		Images           []struct{ CoverType, URL, RemoteURL string }
		OriginalLanguage language
	} `json:"series"`
	Episodes []struct {
		ID            int       `json:"id"`
		EpisodeNumber int       `json:"episodeNumber"`
		SeasonNumber  int       `json:"seasonNumber"`
		Title         string    `json:"title"`
		Overview      string    `json:"overview"`
		AirDate       string    `json:"airDate"`
		AirDateUTC    time.Time `json:"airDateUtc"`
		SeriesID      int       `json:"seriesId"`
		TvdbID        int       `json:"tvdbId"`
	} `json:"episodes"`
	Release struct {
		Quality           string     `json:"quality"`
		QualityVersion    int        `json:"qualityVersion"`
		ReleaseGroup      string     `json:"releaseGroup"`
		ReleaseTitle      string     `json:"releaseTitle"`
		Indexer           string     `json:"indexer"`
		Size              int64      `json:"size"`
		CustomFormatScore int        `json:"customFormatScore"`
		CustomFormats     []string   `json:"customFormats"`
		Languages         []language `json:"languages"`
	} `json:"release"`
	DownloadClient     string `json:"downloadClient"`
	DownloadClientType string `json:"downloadClientType"`
	DownloadID         string `json:"downloadId"`
	EventType          string `json:"eventType"`
	InstanceName       string `json:"instanceName"`
	ApplicationURL     string `json:"applicationUrl"`
}

type language struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}
