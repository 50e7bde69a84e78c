package formatters_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

const (
	someArtist = "5f1e0d2c-1b3a-4c5d-8e7f-90a1b2c3d4e5"
	someAlbum  = "0a9b8c7d-6e5f-4a3b-9c2d-1e0f9a8b7c6d"
	oneAlbum   = `{"title":"Ebb","mbId":"` + someAlbum + `","albumType":"EP","secondaryAlbumTypes":["Live"],"releaseDate":"2025-10-03T00:00:00Z"}`
)

// lidarrBody is a webhook about an artist: its event, and members before it.
func lidarrBody(event, members string) string {
	return fmt.Sprintf(`{"artist":{"name":"Tide","mbId":%q,"path":"/music/Tide/"},%s"applicationUrl":"https://l.example","eventType":%q}`, someArtist, members, event)
}

func TestLidarr(t *testing.T) {
	t.Parallel()
	const (
		queue      = "https://l.example/activity/queue"
		artistPage = "https://l.example/artist/" + someArtist
		albumPage  = "https://l.example/album/" + someAlbum
		artist     = "https://musicbrainz.org/artist/" + someArtist
		album      = "https://musicbrainz.org/release-group/" + someAlbum
		files      = `"trackFiles":[{"quality":"FLAC","size":1024,"path":"/music/Tide/Ebb/1.flac"},{"quality":"FLAC","size":1024,"path":"/music/Tide/Ebb/CD 2/2.flac"}],`
	)
	for _, c := range []servarrCase{
		{"Grab", lidarrBody("Grab", `"albums":[`+oneAlbum+`],"release":{"quality":"FLAC","indexer":"Idx","size":1024,"customFormatScore":25},"downloadClient":"box","downloadId":"AB",`), formatters.Info,
			"Grab|grabbed|Tide – Ebb (2025)|", "EP, Live · FLAC · 1.0 KiB · Idx → box · Score +25", albumPage + " " + album + " " + artist, "open download:AB"},
		{"GrabFewAlbums", lidarrBody("Grab", `"albums":[`+oneAlbum+`,{"title":"Flow","releaseDate":"0001-01-01T00:00:00Z"}],`), formatters.Info,
			"Grab|grabbed|Tide|2 albums", "Ebb (2025), Flow", artistPage + " " + artist, ""},
		{"GrabCalledAsItsArtist", lidarrBody("Grab", `"albums":[{"title":"Tide"}],`), formatters.Info, "Grab|grabbed|Tide – Tide|", "", artist, ""},
		{"GrabArtistMissing", `{"eventType":"Grab","albums":[{"title":"Ebb"}]}`, formatters.Info, "Grab|grabbed|Ebb|", "", "", ""},
		{"GrabEverythingMissing", `{"eventType":"Grab","artist":null,"albums":null}`, formatters.Info, "Grab|grabbed|Lidarr|", "", "", ""},
		{"GrabIDsMadeUp", `{"eventType":"Grab","applicationUrl":"https://l.example","artist":{"name":"Tide","mbId":"aaaaa-aaa-aaaa-aaaaaa"},"albums":[{"title":"Ebb","mbId":"../x"}]}`, formatters.Info, "-", "", "", ""},
		{"Import", lidarrBody("Download", `"album":`+oneAlbum+`,"tracks":[{"title":"One"},{"title":"ebb"},{"title":null}],`+files+`"isUpgrade":false,"downloadId":"AB",`), formatters.Success,
			"Download|imported|Tide – Ebb (2025)|", "EP, Live · One · FLAC · 2.0 KiB · Ebb", albumPage + " " + album + " " + artist, "resolved download:AB"},
		{"ImportOfManyTracks", lidarrBody("Download", `"album":{"title":"Ebb"},"tracks":[{},{},{},{}],"trackFiles":null,`), formatters.Success, "Download|imported|Tide – Ebb|", "4 tracks", artist, ""},
		{"ImportAlbumMissing", lidarrBody("Download", `"tracks":[{},{},{},{}],`+files), formatters.Success, "Download|imported|Tide|", "4 tracks · FLAC · 2.0 KiB · Ebb", "-", ""},
		{"ImportAsScriptsCallIt", lidarrBody("AlbumDownload", `"album":`+oneAlbum+`,`+files), formatters.Success, "Download|imported|Tide – Ebb (2025)|", "-", "-", ""},
		{"Upgrade", lidarrBody("Download", `"album":{"title":"Ebb"},"isUpgrade":true,"deletedFiles":[{"quality":"MP3-320"},{"quality":"MP3-320"}],`+files), formatters.Success, "Download|upgraded|Tide – Ebb|from MP3-320 to FLAC", "-", "-", ""},
		{"DownloadFailed", `{"eventType":"DownloadFailure","quality":"FLAC","qualityVersion":2,"releaseTitle":"Tide-Ebb","downloadClient":"box","downloadId":"AB","applicationUrl":"https://l.example"}`, formatters.Error,
			"DownloadFailure|download failed|Tide-Ebb|", "FLAC Proper · Client box", "https://l.example/activity/history", "open download:AB"},
		{"DownloadFailedOfKnownArtist", lidarrBody("DownloadFailure", `"quality":"Unknown","releaseTitle":"Tide-Ebb",`), formatters.Error, "DownloadFailure|download failed|Tide|", "Tide-Ebb", "-", ""},
		{"DownloadFailedEmpty", `{"eventType":"DownloadFailure"}`, formatters.Error, "DownloadFailure|download failed|Lidarr|", "", "", ""},
		{"ImportFailed", `{"eventType":"ImportFailure","tracks":[],"trackFiles":[],"isUpgrade":false,"applicationUrl":"https://l.example"}`, formatters.Warning,
			"ImportFailure|import incomplete|Lidarr|: some files of a download were not imported", "", queue + " " + queue, ""},
		{"ImportFailedOfKnownAlbum", lidarrBody("ImportFailure", `"album":`+oneAlbum+`,`+files+`"downloadClient":"box","downloadId":"AB",`), formatters.Warning,
			"ImportFailure|import incomplete|Tide – Ebb (2025)|: some files of a download were not imported", "EP, Live · FLAC · Client box · Ebb", queue + " " + queue + " " + albumPage, "open download:AB"},
		{"Rename", lidarrBody("Rename", `"renamedTrackFiles":[{},{}],`), formatters.Info, "Rename|renamed|Tide|2 files", "", artistPage, ""},
		{"Retag", lidarrBody("Retag", `"trackFile":{"path":"/music/Tide/Ebb/1.flac","sceneName":"Tide-Ebb"},`), formatters.Muted, "Retag|retagged|Tide|", "Ebb/1.flac", artistPage, ""},
		{"ArtistAdded", `{"eventType":"ArtistAdd","artist":{"name":"Tide","type":"Group","disambiguation":"Danish","genres":["Rock"],"tags":["flac"],"overview":"They met."}}`, formatters.Info,
			"ArtistAdd|added|Tide|", "Group · Danish · Rock · Tags flac · They met.", "", ""},
		{"ArtistDeleted", lidarrBody("ArtistDelete", `"deletedFiles":true,`), formatters.Warning, "ArtistDelete|deleted|Tide|and its files", "/music/Tide/", artist, ""},
		{"AlbumDeleted", lidarrBody("AlbumDelete", `"album":`+oneAlbum+`,"deletedFiles":false,`), formatters.Info, "AlbumDelete|deleted|Tide – Ebb (2025)|, files kept", "EP, Live", artistPage + " " + album + " " + artist, ""},
		{"Stuck", lidarrBody("ManualInteractionRequired", `"albums":[`+oneAlbum+`],"downloadInfo":{"title":"Tide-Ebb"},"downloadId":"AB",`), formatters.Warning,
			"ManualInteractionRequired|manual interaction|Tide – Ebb (2025)|", "EP, Live · Tide-Ebb", queue + " " + queue + " " + albumPage, "open download:AB"},
	} {
		c.run(t, "lidarr")
	}
}

func TestLidarrItems(t *testing.T) {
	t.Parallel()
	albums := strings.Repeat(oneAlbum+",", 3) + `{"title":"Flow","albumType":"Single"}`
	got := toldServarr(t, "lidarr", lidarrBody("Grab", `"albums":[`+albums+`],`))
	ebb := formatters.Item{Key: someAlbum, Subject: "Ebb (2025)", Text: "EP, Live", Severity: formatters.Info}
	want := []formatters.Item{ebb, ebb, ebb, {Subject: "Flow", Text: "Single", Severity: formatters.Info}}
	if diff := cmp.Diff(want, got.Items); diff != "" || got.Summary != "4 albums" || len(got.Facts) > 0 {
		t.Errorf("%q, facts %v, items (-want +got):\n%s", got.Summary, got.Facts, diff)
	}
	renamed := toldServarr(t, "lidarr", lidarrBody("Rename", `"renamedTrackFiles":[{"previousPath":"/music/Tide/a.flac","path":"/music/Tide/Ebb/1.flac"},{"previousPath":"/music/Tidea/b","path":"/music/Tide"},{"path":"C:\\music\\c"}],`))
	want = []formatters.Item{{Text: "a.flac → Ebb/1.flac"}, {Text: "/music/Tidea/b → /music/Tide"}, {Text: `C:\music\c`}}
	if diff := cmp.Diff(want, renamed.Items); diff != "" {
		t.Errorf("renamed (-want +got):\n%s", diff)
	}
}

func TestLidarrImage(t *testing.T) {
	t.Parallel()
	const poster = `"artist":{"images":[{"coverType":"poster","remoteUrl":"https://x/poster"}]},`
	for name, tt := range map[string]struct{ cover, want string }{
		"Cover":       {`{"coverType":"disc","remoteUrl":"https://x/disc"},{"coverType":"cover","remoteUrl":"https://x/cover"}`, "https://x/cover"},
		"CoverIsPath": {`{"coverType":"cover","remoteUrl":"/MediaCover/Albums/1/cover.jpg"}`, "https://x/poster"},
		"NoCover":     {``, "https://x/poster"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := `{"eventType":"Download",` + poster + `"album":{"title":"Ebb","images":[` + tt.cover + `]}}`
			if got := toldServarr(t, "lidarr", body).Image; got != tt.want {
				t.Errorf("image = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLidarrLabels(t *testing.T) {
	t.Parallel()
	checkLabels(t, "lidarr", `{"eventType":"grab","artist":{"tags":["flac"]},"albums":[{"title":"Ebb","albumType":"EP"}],"release":{"indexer":"Idx"},"downloadClientType":"Deluge"}`,
		map[string]string{"instance": "Lidarr", "event_type": "Grab", "album_type": "EP", "tags": "flac", "indexer": "Idx", "client": "Deluge"})
}
