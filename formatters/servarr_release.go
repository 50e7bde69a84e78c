package formatters

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// servarrQuality says how good a release or file is.
type servarrQuality struct {
	Quality        servarrQualityName `json:"quality"`
	QualityVersion number             `json:"qualityVersion"` // 2 and more: a repaired release
}

// servarrQualityName is a name such as "WEBDL-1080p". Where Sonarr 3 sends the record of
// its database, it is {"quality":{"name":"WEBDL-1080p"},"revision":{"version":2}} instead.
type servarrQualityName struct {
	Name     text
	Revision number
}

// UnmarshalJSONFrom reads a name or a record.
func (q *servarrQualityName) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*q = servarrQualityName{}
	if dec.PeekKind() != '{' {
		return json.UnmarshalDecode(dec, &q.Name)
	}
	var record struct {
		Name     text        `json:"name"`
		Quality  servarrName `json:"quality"`
		Revision struct {
			Version number `json:"version"`
		} `json:"revision"`
	}
	err := json.UnmarshalDecode(dec, &record)
	q.Name, q.Revision = text(firstText(text(record.Quality), record.Name)), record.Revision.Version
	return err
}

// words returns "WEBDL-2160p Proper", with "v2" in the place of "Proper" where releases
// are numbered, as those of anime are; "" when nothing is known.
func (q servarrQuality) words(numbered bool) string {
	name := firstText(q.Quality.Name)
	if name == "" || strings.EqualFold(name, "unknown") {
		return ""
	}
	version, ok := q.QualityVersion.whole(100)
	if !ok {
		version, _ = q.Quality.Revision.whole(100)
	}
	switch {
	case version < 2:
		return name
	case version == 2 && !numbered:
		return name + " Proper"
	}
	return name + " v" + strconv.Itoa(version)
}

// servarrName is a name that stands alone or in an object: {"id":1,"name":"English"}.
type servarrName text

// UnmarshalJSONFrom reads a scalar, or an object's name.
func (s *servarrName) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '{' {
		return json.UnmarshalDecode(dec, (*text)(s))
	}
	var object struct {
		Name text `json:"name"`
	}
	err := json.UnmarshalDecode(dec, &object)
	*s = servarrName(object.Name)
	return err
}

// servarrRelease is what an indexer offered. Once its grab is forgotten, and for imports by
// hand, little of it is left.
type servarrRelease struct {
	servarrQuality               // Grab only
	ReleaseTitle   text          `json:"releaseTitle"`
	ReleaseGroup   text          `json:"releaseGroup"` // Grab only
	ReleaseType    text          `json:"releaseType"`  // Sonarr, not in Grab: unknown, singleEpisode, multiEpisode, seasonPack
	Indexer        text          `json:"indexer"`
	Size           number        `json:"size"` // bytes; 0 when unknown
	Languages      []servarrName `json:"languages"`
	Score          number        `json:"customFormatScore"`
	Categories     []text        `json:"categories"`   // Prowlarr only: "TV/HD"
	IndexerFlags   []text        `json:"indexerFlags"` // "freeleech"; "G_Freeleech" in Radarr
	PublishDate    text          `json:"publishDate"`  // Prowlarr only; year 1 when unknown
}

// servarrMedia is what a program found inside a file.
type servarrMedia struct {
	VideoCodec       text   `json:"videoCodec"`
	DynamicRange     text   `json:"videoDynamicRange"`     // "" or "HDR"
	DynamicRangeType text   `json:"videoDynamicRangeType"` // "DV HDR10"
	AudioCodec       text   `json:"audioCodec"`
	AudioChannels    number `json:"audioChannels"` // 5.1
	Subtitles        []text `json:"subtitles"`     // ISO 639-2: "eng"
}

// words returns "h265 DV HDR10, EAC3 Atmos 5.1".
func (m servarrMedia) words() string {
	channels := ""
	if v := m.AudioChannels.Value; v > 0 && v < 100 {
		channels = strconv.FormatFloat(v, 'f', 1, 64)
	}
	return joinWords(", ",
		joinWords(" ", string(m.VideoCodec), firstText(m.DynamicRangeType, m.DynamicRange)),
		joinWords(" ", string(m.AudioCodec), channels))
}

// servarrDownload is what lies with a download client and cannot be imported.
type servarrDownload struct {
	servarrQuality
	Title text   `json:"title"`
	Size  number `json:"size"` // bytes; 0 when unknown
}
