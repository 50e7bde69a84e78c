package formatters

import (
	"strconv"
	"strings"
)

// Radarr tells eleven events. A grab, its import and its trouble share an incident by their
// download's id; a film is imported at once, so its import ends the incident.
//
// As with Sonarr, a warning is what needs a person or is a loss.

func init() {
	register(Service{
		Name:      "radarr",
		Title:     radarrTitle,
		Formatter: FormatterFunc(formatRadarr),
		Headers:   []string{"User-Agent"}, // "Radarr/6.0.4.10291 (alpine 3.22)"
	})
}

const radarrTitle = "Radarr"

type radarrWebhook struct {
	servarrWebhook
	Movie             radarrMovie     `json:"movie"`       // absent when a download's film is unknown
	RemoteMovie       radarrMovie     `json:"remoteMovie"` // Grab and Download: its title, year and ids, once more
	MovieFile         servarrFile     `json:"movieFile"`
	RenamedMovieFiles []servarrRename `json:"renamedMovieFiles"`
	AddMethod         text            `json:"addMethod"`       // MovieAdded: manual, list, collection
	MovieFolderSize   number          `json:"movieFolderSize"` // MovieDelete: bytes of the film's file, 0 when it is kept
}

type radarrMovie struct {
	Title            text           `json:"title"`
	Year             number         `json:"year"`        // 0 when unknown
	ReleaseDate      text           `json:"releaseDate"` // "2025-11-18", in a shop or so; "9999-12-31" when unknown
	FolderPath       text           `json:"folderPath"`
	TmdbID           number         `json:"tmdbId"` // 0 when unknown
	ImdbID           text           `json:"imdbId"`
	Overview         text           `json:"overview"`
	Genres           []text         `json:"genres"`
	Images           []servarrImage `json:"images"`
	Tags             []text         `json:"tags"`
	OriginalLanguage servarrName    `json:"originalLanguage"`
}

// formatRadarr tells the webhooks of Radarr 3 to 6.
func formatRadarr(p Payload) (Notification, error) {
	w := radarrWebhook{servarrWebhook: servarrWebhook{program: radarrTitle}}
	if err := decodeServarr(p, &w); err != nil {
		return Notification{}, err
	}
	n, ok := w.system(p)
	if ok {
		return n, nil
	}
	m := w.matter()
	w.begin(&n, m)
	switch w.event() {
	case "movieadded":
		w.movieAdded(&n, m)
	case "moviedelete":
		w.deleted(&n, m, "MovieDelete",
			Fact{Name: "Freed", Value: sizeWords(w.MovieFolderSize)},
			Fact{Value: string(w.Movie.FolderPath), Code: true})
	case "moviefiledelete":
		w.fileDeleted(&n, m, "MovieFileDelete")
	default:
		if !w.tell(&n, m) {
			w.unknown(&n, p, m, "movie", "remoteMovie")
		}
	}
	return n, nil
}

func (w *radarrWebhook) matter() *servarrMatter {
	movie, remote := &w.Movie, &w.RemoteMovie
	year := movie.Year
	if year.Value == 0 {
		year = remote.Year
	}
	tmdb := movie.TmdbID
	if tmdb.Value == 0 {
		tmdb = remote.TmdbID
	}
	m := &servarrMatter{
		subject: titleWithYear(text(firstText(movie.Title, remote.Title)), year),
		links: knownLinks(
			idLink("TMDB", "https://www.themoviedb.org/movie/", tmdb, ""),
			imdbLink(text(firstText(movie.ImdbID, remote.ImdbID))),
			idLink("Trakt", "https://trakt.tv/search/tmdb/", tmdb, "?id_type=movie"),
		),
		overview: firstText(movie.Overview),
		image:    publicImage(movie.Images, "poster", "fanart", "banner"),
		folder:   movie.FolderPath,
		tags:     movie.Tags,
		files:    []servarrFile{w.MovieFile},
		renamed:  w.RenamedMovieFiles,
		atOnce:   true,
	}
	if id, ok := tmdb.whole(1 << 40); ok && id > 0 {
		m.page = Link{Text: "Movie", URL: w.appURL("movie", strconv.Itoa(id))}
	}
	return m
}

// movieAdded tells a film that somebody wants, or a list or collection that Radarr follows.
func (w *radarrWebhook) movieAdded(n *Notification, m *servarrMatter) {
	movie, by := &w.Movie, ""
	switch method := strings.ToLower(string(w.AddMethod)); method {
	case "", "manual":
	case "list", "collection":
		by = "from a " + method
	default:
		by = camelWords(string(w.AddMethod))
	}
	release := ""
	if yearOf(movie.ReleaseDate).Known {
		release = string(movie.ReleaseDate)
	}
	w.added(n, m, "MovieAdded",
		Fact{Value: nameWords(movie.Genres)},
		Fact{Value: languageWords([]servarrName{movie.OriginalLanguage})},
		Fact{Name: "Release", Value: release},
	)
	n.Summary = by
	n.addLabel("add_method", strings.ToLower(string(w.AddMethod)))
}
