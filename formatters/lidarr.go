package formatters

import (
	"regexp"
	"strings"
)

// Lidarr tells thirteen events. A grab, its import and its failure share an incident by
// their download's id. An import ends it; where one download holds several albums, the first
// of them does. A failed download leaves it open: Lidarr looks for another, with another id.
//
// As with Sonarr, a warning is what needs a person or is a loss. Retag comes once per track
// and does not say what changed: that is noise, and so muted.

func init() {
	register(Service{
		Name:      "lidarr",
		Title:     lidarrTitle,
		Formatter: FormatterFunc(formatLidarr),
		Headers:   []string{"User-Agent"}, // "Lidarr/2.14.5.4836 (alpine 3.22)"
	})
}

const lidarrTitle = "Lidarr"

type lidarrWebhook struct {
	servarrWebhook
	servarrQuality                    // DownloadFailure
	ReleaseTitle      text            `json:"releaseTitle"` // DownloadFailure, which names neither artist nor album
	Artist            lidarrArtist    `json:"artist"`
	Album             lidarrAlbum     `json:"album"`
	Albums            []lidarrAlbum   `json:"albums"` // Grab: many, of a discography
	Tracks            []lidarrTrack   `json:"tracks"`
	TrackFile         servarrFile     `json:"trackFile"` // Retag
	TrackFiles        []servarrFile   `json:"trackFiles"`
	RenamedTrackFiles []servarrRename `json:"renamedTrackFiles"`
}

type lidarrArtist struct {
	Name           text           `json:"name"`
	Disambiguation text           `json:"disambiguation"` // what tells two of one name apart
	Path           text           `json:"path"`
	MBID           text           `json:"mbId"` // MusicBrainz: an artist
	Type           text           `json:"type"` // "Group", "Person"
	Overview       text           `json:"overview"`
	Genres         []text         `json:"genres"`
	Images         []servarrImage `json:"images"` // their public address may be a path; see publicImage
	Tags           []text         `json:"tags"`
}

type lidarrAlbum struct {
	Title          text           `json:"title"`
	MBID           text           `json:"mbId"`                // MusicBrainz: a release group
	AlbumType      text           `json:"albumType"`           // "Album", "EP", "Single"
	SecondaryTypes []text         `json:"secondaryAlbumTypes"` // "Live", "Compilation"
	ReleaseDate    text           `json:"releaseDate"`         // "2025-10-03T00:00:00Z"
	Images         []servarrImage `json:"images"`
}

type lidarrTrack struct {
	Title text `json:"title"`
}

// formatLidarr tells the webhooks of Lidarr 1 to 3.
func formatLidarr(p Payload) (Notification, error) {
	w := lidarrWebhook{servarrWebhook: servarrWebhook{program: lidarrTitle}}
	if err := decodeServarr(p, &w); err != nil {
		return Notification{}, err
	}
	n, ok := w.system(p)
	if ok {
		return n, nil
	}
	m := w.matter()
	w.begin(&n, m)
	n.addLabel("album_type", string(w.album().AlbumType))
	switch w.event() {
	case "albumdownload": // as Lidarr's scripts call it
		w.imported(&n, m)
	case "downloadfailure":
		w.downloadFailed(&n, m)
	case "importfailure":
		w.importFailed(&n, m)
	case "artistadd", "artistadded":
		w.added(&n, m, "ArtistAdd",
			Fact{Value: string(w.Artist.Type)},
			Fact{Value: firstText(w.Artist.Disambiguation)},
			Fact{Value: nameWords(w.Artist.Genres)})
	case "artistdelete":
		w.deleted(&n, m, "ArtistDelete", Fact{Value: string(w.Artist.Path), Code: true})
	case "albumdelete":
		w.deleted(&n, m, "AlbumDelete", Fact{Value: m.about})
		n.URL = w.artistPage() // which is still there
	default:
		if !w.tell(&n, m) {
			w.unknown(&n, p, m, "artist", "album", "albums")
		}
	}
	return n, nil
}

// album returns the album that an event is about; none when there are several.
func (w *lidarrWebhook) album() *lidarrAlbum {
	if w.Album.Title == "" && len(w.Albums) == 1 {
		return &w.Albums[0]
	}
	return &w.Album
}

func (w *lidarrWebhook) matter() *servarrMatter {
	artist, album := &w.Artist, w.album()
	m := &servarrMatter{
		subject:  firstText(artist.Name),
		page:     Link{Text: "Artist", URL: w.artistPage()},
		links:    knownLinks(mbLink("MusicBrainz", "artist", artist.MBID)),
		overview: firstText(artist.Overview),
		image:    publicImage(artist.Images, "poster", "fanart", "banner"),
		folder:   artist.Path,
		tags:     artist.Tags,
		files:    w.TrackFiles,
		renamed:  w.RenamedTrackFiles,
		atOnce:   true,
	}
	if w.event() == "retag" {
		m.files = []servarrFile{w.TrackFile}
	}
	switch title := firstText(album.Title); {
	case title != "":
		m.subject = credited(m.subject, titleWithYear(text(title), yearOf(album.ReleaseDate)))
		m.about = joinWords(" · ", album.kind(), w.trackWords(title))
		m.page = Link{Text: "Album", URL: w.appURL("album", mbID(album.MBID))}
		m.links = knownLinks(mbLink("MusicBrainz", "release-group", album.MBID), mbLink("Artist", "artist", artist.MBID))
		if cover := publicImage(album.Images, "cover"); cover != "" {
			m.image = cover
		}
	case len(w.Albums) > 0:
		m.label = counted(len(w.Albums), "album")
		m.about, m.items = lidarrAlbums(w.Albums)
	default:
		m.about = w.trackWords("")
	}
	return m
}

func (w *lidarrWebhook) artistPage() string { return w.appURL("artist", mbID(w.Artist.MBID)) }

// lidarrAlbums names a few albums, or makes items of more of them.
func lidarrAlbums(albums []lidarrAlbum) (few string, items []Item) {
	titles := make([]string, len(albums))
	for i, a := range albums {
		titles[i] = titleWithYear(a.Title, yearOf(a.ReleaseDate))
		items = append(items, Item{Key: mbID(a.MBID), Subject: titles[i], Text: a.kind()})
	}
	if len(albums) <= fewParts {
		return joinWords(", ", titles...), nil
	}
	return "", items
}

// kind returns "Album, Live".
func (a *lidarrAlbum) kind() string {
	return joinWords(", ", string(a.AlbumType), nameWords(a.SecondaryTypes))
}

// trackWords names a few tracks, but not one that is called as its album, or counts them.
func (w *lidarrWebhook) trackWords(album string) string {
	if len(w.Tracks) > fewParts {
		return counted(len(w.Tracks), "track")
	}
	titles := make([]string, 0, len(w.Tracks))
	for _, t := range w.Tracks {
		if title := firstText(t.Title); !strings.EqualFold(title, album) {
			titles = append(titles, title)
		}
	}
	return joinWords(", ", titles...)
}

// downloadFailed tells a download that failed. Lidarr says neither why nor of which album.
func (w *lidarrWebhook) downloadFailed(n *Notification, m *servarrMatter) {
	n.setEvent("DownloadFailure", "download failed", Error)
	title := firstText(w.ReleaseTitle)
	if m.subject == "" && title != "" {
		n.Subject, title = title, ""
	}
	n.URL = w.appURL("activity", "history")
	n.Facts = knownFacts(
		Fact{Value: m.about},
		Fact{Value: w.words(false)},
		w.route(),
		Fact{Value: title, Code: true},
	)
	n.Links = m.links
	n.Incident = w.incident("download", w.DownloadID, Open)
}

// importFailed tells an import that left files behind. Most often Lidarr says nothing else.
func (w *lidarrWebhook) importFailed(n *Notification, m *servarrMatter) {
	n.setEvent("ImportFailure", "import incomplete", Warning)
	n.Summary = ": some files of a download were not imported"
	n.URL = w.appURL("activity", "queue")
	n.Facts = knownFacts(
		Fact{Value: m.about},
		Fact{Value: qualityWords(m.files, false)},
		w.route(),
		w.releaseTitle(n, m),
	)
	n.Links = knownLinks(Link{Text: "Queue", URL: n.URL}, m.page)
	n.Incident = w.incident("download", w.DownloadID, Open)
}

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// mbID returns an id of MusicBrainz, or "": those of a test are made up.
func mbID(id text) string {
	if !uuidForm.MatchString(string(id)) {
		return ""
	}
	return string(id)
}

// mbLink returns a link to an entry of MusicBrainz.
func mbLink(name, kind string, id text) Link {
	if mbID(id) == "" {
		return Link{}
	}
	return Link{Text: name, URL: "https://musicbrainz.org/" + kind + "/" + string(id)}
}
