package formatters

import (
	"cmp"
	"fmt"
)

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
// rest: a download of more than a few episodes, or of a whole season, has an item for each,
// keyed "S02E03", and an import brings those that it finished, as Success.

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
	var w sonarrWebhook
	if err := decodeServarr(p, &w); err != nil {
		return Notification{}, fmt.Errorf("read Sonarr webhook: %w", err)
	}
	n, ok := w.system(p, sonarrTitle)
	if ok {
		return n, nil
	}
	w.describeSeries(&n)
	switch w.event() {
	case "grab":
		w.grabbed(&n)
	case "download":
		if w.EpisodeFiles != nil || w.FileCount.Known {
			w.importComplete(&n)
		} else {
			w.imported(&n)
		}
	case "rename":
		w.renamed(&n)
	case "seriesadd":
		w.added(&n)
	case "seriesdelete":
		w.deleted(&n)
	case "episodefiledelete":
		w.fileDeleted(&n)
	case "manualinteractionrequired":
		w.stuck(&n)
	default: // an event that is new to us keeps its own name
		n.Summary = w.label() + n.Summary
		n.Facts = knownFacts(Fact{Value: w.titles()}, w.releaseTitle(&n))
		n.Details = leftOver(p, "eventType", "instanceName", "applicationUrl", "message", "series", "episodes")
	}
	return n, nil
}

// describeSeries says what an event is about: the series, or else the release.
func (w *sonarrWebhook) describeSeries(n *Notification) {
	n.Subject = cmp.Or(firstText(w.Series.Title, w.DownloadInfo.Title, w.Release.ReleaseTitle), n.Subject)
	n.URL = w.appURL("series", string(w.Series.TitleSlug))
	n.Image = publicImage(w.Series.Images, "poster", "fanart", "banner")
	for name, value := range map[string]string{
		"series_type": string(w.Series.Type),
		"tags":        nameWords(w.Series.Tags),
		"indexer":     string(w.Release.Indexer),
		"client":      w.client(),
	} {
		if value != "" {
			n.Labels[name] = value
		}
	}
}

func (w *sonarrWebhook) grabbed(n *Notification) {
	n.setEvent("Grab", "grabbed", Info)
	n.Summary = w.label()
	n.Facts = knownFacts(
		Fact{Value: w.titles()},
		Fact{Value: w.Release.words(w.isAnime())},
		Fact{Value: sizeWords(w.Release.Size)},
		groupFact(w.Release.ReleaseGroup, string(w.Release.ReleaseTitle)),
		w.route(),
		Fact{Value: nameWords(w.Release.Languages)},
		w.score(),
		w.releaseTitle(n),
	)
	n.Items = w.items("", Info)
	n.Links = w.seriesLinks()
	n.Incident = w.incident(sonarrTitle, "download", w.DownloadID, Open)
}

// imported tells a file that came into the library, new or in the place of others.
func (w *sonarrWebhook) imported(n *Notification) {
	f := w.EpisodeFile
	quality := f.words(w.isAnime())
	n.setEvent("Download", "imported", Success)
	n.Summary = w.label()
	if w.IsUpgrade.isTrue() || len(w.DeletedFiles.Files) > 0 {
		n.Status = "upgraded"
		if old := qualityWords(w.DeletedFiles.Files, w.isAnime()); old != "" && quality != "" && old != quality {
			n.Summary = joinWords(" ", n.Summary, "from "+old+" to "+quality)
			quality = ""
		}
	}
	release := w.releaseTitle(n)
	n.Facts = knownFacts(
		Fact{Value: w.titles()},
		Fact{Value: quality},
		Fact{Value: sizeWords(f.Size)},
		Fact{Value: nameWords(f.Languages)},
		Fact{Value: f.MediaInfo.words()},
		Fact{Name: "Subtitles", Value: nameWords(f.MediaInfo.Subtitles)},
		groupFact(f.ReleaseGroup, release.Value),
		release,
	)
	n.Items = w.items(n.Status, Success)
	n.Links = w.seriesLinks()
	n.Incident = w.incident(sonarrTitle, "download", w.DownloadID, Open)
}

// importComplete tells that all files of a download are in the library.
func (w *sonarrWebhook) importComplete(n *Notification) {
	n.setEvent("Download", "import complete", Success)
	n.Summary = w.label()
	count := len(w.EpisodeFiles)
	if c, ok := w.FileCount.whole(1e6); ok {
		count = c
	}
	size := w.Release.Size
	if sizeWords(size) == "" {
		for _, f := range w.EpisodeFiles {
			size.Value += f.Size.Value
		}
	}
	n.Facts = knownFacts(
		Fact{Value: w.titles()},
		Fact{Value: counted(count, "file")},
		Fact{Value: qualityWords(w.EpisodeFiles, w.isAnime())},
		Fact{Value: sizeWords(size)},
		w.route(),
		w.releaseTitle(n),
	)
	n.Items = w.items("", Success)
	n.Links = w.seriesLinks()
	n.Incident = w.incident(sonarrTitle, "download", w.DownloadID, Resolved)
}

func (w *sonarrWebhook) renamed(n *Notification) {
	n.setEvent("Rename", "renamed", Info)
	n.Summary = counted(len(w.RenamedEpisodeFiles), "file")
	n.Items = make([]Item, 0, len(w.RenamedEpisodeFiles))
	for _, f := range w.RenamedEpisodeFiles {
		n.Items = append(n.Items, Item{Text: f.words()})
	}
}

func (w *sonarrWebhook) added(n *Notification) {
	n.setEvent("SeriesAdd", "added", Info)
	n.Subject = cmp.Or(titleWithYear(w.Series.Title, w.Series.Year), n.Subject)
	n.Facts = knownFacts(
		Fact{Value: nameWords(w.Series.Genres)},
		Fact{Value: string(w.Series.OriginalLanguage)},
		Fact{Name: "Tags", Value: nameWords(w.Series.Tags)},
	)
	n.Links = w.seriesLinks()
}

func (w *sonarrWebhook) deleted(n *Notification) {
	n.setEvent("SeriesDelete", "deleted", Info)
	n.Subject = cmp.Or(titleWithYear(w.Series.Title, w.Series.Year), n.Subject)
	n.URL = "" // its page is gone
	n.Summary, n.Severity = w.DeletedFiles.outcome()
	n.Facts = knownFacts(Fact{Value: string(w.Series.Path), Code: true})
	n.Links = w.seriesLinks()
}

func (w *sonarrWebhook) fileDeleted(n *Notification) {
	n.setEvent("EpisodeFileDelete", "file deleted", reasonSeverity(w.DeleteReason))
	n.Summary = w.label()
	if reason := reasonWords(w.DeleteReason); reason != "" {
		n.Summary += ": " + reason
		n.Labels["reason"] = string(w.DeleteReason)
	}
	n.Facts = knownFacts(
		Fact{Value: w.titles()},
		Fact{Value: w.EpisodeFile.words(w.isAnime())},
		Fact{Value: sizeWords(w.EpisodeFile.Size)},
		Fact{Value: firstText(w.EpisodeFile.RelativePath, w.EpisodeFile.Path), Code: true},
	)
}

// stuck tells a download that somebody has to import by hand, or to give up.
func (w *sonarrWebhook) stuck(n *Notification) {
	n.setEvent("ManualInteractionRequired", "manual interaction", Warning)
	n.URL = w.appURL("activity", "queue")
	first, items := w.statusMessages()
	n.Summary = w.label()
	if first != "" {
		n.Summary += ": " + first
	}
	n.Facts = knownFacts(
		Fact{Value: w.titles()},
		Fact{Value: w.DownloadInfo.words(w.isAnime())},
		Fact{Value: sizeWords(w.DownloadInfo.Size)},
		w.route(),
		w.score(),
		w.releaseTitle(n),
	)
	n.Items = items
	n.Links = knownLinks(
		Link{Text: "Queue", URL: n.URL},
		Link{Text: "Series", URL: w.appURL("series", string(w.Series.TitleSlug))},
	)
	n.Incident = w.incident(sonarrTitle, "download", w.DownloadID, Open)
}

// releaseTitle names the release as its makers did, or else the file, unless that is what
// the notification is about.
func (w *sonarrWebhook) releaseTitle(n *Notification) Fact {
	title := firstText(w.Release.ReleaseTitle, w.DownloadInfo.Title, w.EpisodeFile.SceneName,
		w.EpisodeFile.RelativePath, w.EpisodeFile.Path)
	if title == n.Subject {
		return Fact{}
	}
	return Fact{Value: title, Code: true}
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
