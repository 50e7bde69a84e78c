package formatters

import "cmp"

// Sonarr tells eleven events in twelve shapes: a "Download" is one imported file, or, once a
// whole download is imported, all of its files.
//
// Grabs and imports are chatter. A warning is what needs a person or is a loss: a download
// that cannot be imported, a file that is missing or was deleted by hand, a series deleted
// with its files.
//
// A grab, its imports and its trouble share an incident by their download's id. It is open
// until the import is complete; that is an event of its own (since 4.0.8), which users may
// leave out, so an import of a single file leaves the incident open. Its items say the
// rest: a download has one for each episode, keyed "S02E03", and an import brings those that
// it finished, as Success. How many files a download has, nobody says before its end; so the
// items of a few episodes are there, too, but drawn only beside those of other files.

func init() {
	register(Service{
		Name:      "sonarr",
		Title:     sonarrTitle,
		Formatter: FormatterFunc(formatSonarr),
		Headers:   []string{"User-Agent"}, // "Sonarr/4.0.19.2979 (alpine 3.21)"
	})
}

const sonarrTitle = "Sonarr"

type sonarrWebhook struct {
	servarrWebhook
	Series              sonarrSeries    `json:"series"` // absent when a download's series is unknown
	Episodes            []sonarrEpisode `json:"episodes"`
	EpisodeFile         servarrFile     `json:"episodeFile"`
	EpisodeFiles        []servarrFile   `json:"episodeFiles"` // of a complete import, as FileCount
	FileCount           number          `json:"fileCount"`
	RenamedEpisodeFiles []servarrRename `json:"renamedEpisodeFiles"` // hundreds, for a whole series
}

type sonarrSeries struct {
	Title            text           `json:"title"`
	TitleSlug        text           `json:"titleSlug"` // since 4
	Path             text           `json:"path"`
	TvdbID           number         `json:"tvdbId"` // these three are 0 when unknown
	TvMazeID         number         `json:"tvMazeId"`
	TmdbID           number         `json:"tmdbId"`
	ImdbID           text           `json:"imdbId"`
	Type             text           `json:"type"` // standard, daily, anime
	Year             number         `json:"year"` // 0 when unknown
	Genres           []text         `json:"genres"`
	Images           []servarrImage `json:"images"`
	Tags             []text         `json:"tags"`
	OriginalLanguage servarrName    `json:"originalLanguage"`
}

// formatSonarr tells the webhooks of Sonarr 3, 4 and 5.
func formatSonarr(p Payload) (Notification, error) {
	w := sonarrWebhook{servarrWebhook: servarrWebhook{program: sonarrTitle}}
	if err := decodeServarr(p, &w); err != nil {
		return Notification{}, err
	}
	n, ok := w.system(p)
	if ok {
		return n, nil
	}
	m := w.matter()
	w.begin(&n, m)
	n.addLabel("series_type", string(w.Series.Type))
	switch w.event() {
	case "seriesadd":
		n.Subject = cmp.Or(titleWithYear(w.Series.Title, w.Series.Year), n.Subject)
		w.added(&n, m, "SeriesAdd",
			Fact{Value: nameWords(w.Series.Genres)}, Fact{Value: string(w.Series.OriginalLanguage)})
	case "seriesdelete":
		n.Subject = cmp.Or(titleWithYear(w.Series.Title, w.Series.Year), n.Subject)
		w.deleted(&n, m, "SeriesDelete", Fact{Value: string(w.Series.Path), Code: true})
	case "episodefiledelete":
		w.fileDeleted(&n, m, "EpisodeFileDelete")
	default:
		switch {
		case w.isImportComplete():
			w.importComplete(&n, m)
		case !w.tell(&n, m):
			w.unknown(&n, p, m, "series", "episodes")
		}
	}
	return n, nil
}

// isImportComplete reports whether a Download tells that all of a download is imported.
func (w *sonarrWebhook) isImportComplete() bool {
	return w.event() == "download" && (w.EpisodeFiles != nil || w.FileCount.Known)
}

func (w *sonarrWebhook) matter() *servarrMatter {
	s := &w.Series
	files := []servarrFile{w.EpisodeFile}
	if w.isImportComplete() {
		files = w.EpisodeFiles
	}
	return &servarrMatter{
		subject:  firstText(s.Title),
		label:    w.label(),
		about:    w.titles(),
		page:     Link{Text: "Series", URL: w.appURL("series", string(s.TitleSlug))},
		links:    w.seriesLinks(),
		image:    publicImage(s.Images, "poster", "fanart", "banner"),
		folder:   s.Path,
		tags:     s.Tags,
		numbered: w.isAnime(),
		files:    files,
		renamed:  w.RenamedEpisodeFiles,
		items:    w.items(),
	}
}

// importComplete tells that all files of a download are in the library.
func (w *sonarrWebhook) importComplete(n *Notification, m *servarrMatter) {
	n.setEvent("Download", "import complete", Success)
	n.Summary = m.label
	count := len(m.files)
	if c, ok := w.FileCount.whole(1e6); ok {
		count = c
	}
	n.Facts = knownFacts(
		Fact{Value: m.about},
		Fact{Value: counted(count, "file")},
		Fact{Value: qualityWords(m.files, m.numbered)},
		Fact{Value: cmp.Or(sizeWords(w.Release.Size), sizeWords(totalSize(m.files)))},
		w.route(),
		w.releaseTitle(n, m),
	)
	n.Items = itemsAs(m.items, "", Success)
	n.Links = m.links
	n.Incident = w.incident("download", w.DownloadID, Resolved)
}

// seriesLinks are the series' pages in public databases; TVmaze where TMDB does not know it.
func (w *sonarrWebhook) seriesLinks() []Link {
	s := &w.Series
	last := idLink("TMDB", "https://www.themoviedb.org/tv/", s.TmdbID, "")
	if last.URL == "" {
		last = idLink("TVmaze", "https://www.tvmaze.com/shows/", s.TvMazeID, "")
	}
	return knownLinks(
		idLink("TVDB", "https://thetvdb.com/?tab=series&id=", s.TvdbID, ""),
		imdbLink(s.ImdbID),
		last,
		idLink("Trakt", "https://trakt.tv/search/tvdb/", s.TvdbID, "?id_type=show"),
	)
}
