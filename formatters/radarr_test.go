package formatters_test

import (
	"fmt"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// radarrBody is a webhook about a film: its event, and members before it.
func radarrBody(event, members string) string {
	return fmt.Sprintf(`{"movie":{"title":"Tide","year":2025,"tmdbId":9,"imdbId":"tt7","folderPath":"/films/Tide","releaseDate":"9999-12-31"},%s"applicationUrl":"https://r.example/r/","eventType":%q}`,
		members, event)
}

func TestRadarr(t *testing.T) {
	t.Parallel()
	const (
		page  = "https://r.example/r/movie/9"
		links = "https://www.themoviedb.org/movie/9 https://imdb.com/title/tt7/ https://trakt.tv/search/tmdb/9?id_type=movie"
		line  = "|Tide (2025)|"
	)
	for _, c := range []servarrCase{
		{"Grab", radarrBody("Grab", `"release":{"quality":"Bluray-1080p","qualityVersion":2,"size":1024,"indexer":"Idx","releaseTitle":"Tide-X","releaseGroup":"X","languages":[{"name":"Danish"}]},"downloadClient":"box","downloadId":"AB",`), formatters.Info,
			"Grab|grabbed" + line, "Bluray-1080p Proper · 1.0 KiB · Idx → box · Danish · Tide-X", page + " " + links, "open download:AB"},
		{"GrabLanguageUnknown", radarrBody("Grab", `"release":{"quality":"Unknown","size":0,"languages":[{"id":0,"name":"Unknown"},"Danish"]},`), formatters.Info,
			"Grab|grabbed" + line, "Danish", "-", ""},
		{"GrabFlagsAsText", radarrBody("grab", `"release":{"indexerFlags":"G_Freeleech","releaseTitle":"Tide-X","size":1024},`), formatters.Info,
			"Grab|grabbed" + line, "1.0 KiB · Tide-X", "-", ""},
		{"GrabYearUnknown", `{"eventType":"Grab","movie":{"title":"Tide","year":0,"tmdbId":0},"remoteMovie":{"title":"Ebb","year":2024,"tmdbId":5}}`, formatters.Info,
			"Grab|grabbed|Tide (2024)|", "", "https://www.themoviedb.org/movie/5 https://trakt.tv/search/tmdb/5?id_type=movie", ""},
		{"GrabMovieMissing", `{"eventType":"Grab","remoteMovie":{"title":"Ebb","imdbId":"5678"}}`, formatters.Info, "Grab|grabbed|Ebb|", "", "", ""},
		{"GrabAloneWithRelease", `{"eventType":"Grab","release":{"releaseTitle":"Tide-X"}}`, formatters.Info, "Grab|grabbed|Tide-X|", "", "", ""},
		{"GrabEmpty", `{"eventType":"Grab","movie":null,"release":null}`, formatters.Info, "Grab|grabbed|Radarr|", "", "", ""},
		{"Import", radarrBody("Download", `"movieFile":{"quality":"SDTV","size":2048,"path":"/films/Tide/a.mkv","indexerFlags":"0","mediaInfo":{"videoCodec":"x265","audioCodec":"AAC","audioChannels":2}},"isUpgrade":false,"release":{"size":0},"downloadId":"AB",`), formatters.Success,
			"Download|imported" + line, "SDTV · 2.0 KiB · x265, AAC 2.0 · a.mkv", page + " " + links, "resolved download:AB"},
		{"Upgrade", radarrBody("Download", `"movieFile":{"quality":"Remux-2160p"},"isUpgrade":true,"deletedFiles":[{"quality":"SDTV"}],`), formatters.Success,
			"Download|upgraded" + line + "from SDTV to Remux-2160p", "", "-", ""},
		{"Rename", radarrBody("Rename", `"renamedMovieFiles":[{"previousPath":"/films/Tide/a","path":"/films/Tide/b"}],`), formatters.Info, "Rename|renamed" + line + "1 file", "", page, ""},
		{"RenameWithoutFiles", radarrBody("Rename", ""), formatters.Info, "Rename|renamed" + line, "", page, ""},
		{"Added", radarrBody("MovieAdded", `"addMethod":"manual",`), formatters.Info, "MovieAdded|added" + line, "", page + " " + links, ""},
		{"AddedByList", radarrBody("movieadded", `"addMethod":"List",`), formatters.Info, "MovieAdded|added" + line + "from a list", "", "-", ""},
		{"AddedByMethodOfTomorrow", radarrBody("MovieAdded", `"addMethod":"byAFriend",`), formatters.Info, "MovieAdded|added" + line + "by a friend", "", "-", ""},
		{"AddedFacts", `{"eventType":"MovieAdded","movie":{"title":"Tide","genres":["Drama"],"originalLanguage":{"name":"French"},"releaseDate":"2026-12-04","tags":["uhd"],"overview":"At sea."}}`, formatters.Info,
			"MovieAdded|added|Tide|", "Drama · French · Release 2026-12-04 · Tags uhd · At sea.", "", ""},
		{"UpgradeOfStrangeFiles", radarrBody("Download", `"movieFile":{"quality":"Remux-2160p"},"isUpgrade":"True","deletedFiles":[7,{"quality":"SDTV","size":"x"},[]],`), formatters.Success,
			"Download|upgraded" + line + "from SDTV to Remux-2160p", "", "-", ""},
		{"Deleted", radarrBody("MovieDelete", `"deletedFiles":true,"movieFolderSize":1024,`), formatters.Warning, "MovieDelete|deleted" + line + "and its files", "Freed 1.0 KiB · /films/Tide", links, ""},
		{"DeletedFilesKept", radarrBody("MovieDelete", `"deletedFiles":false,"movieFolderSize":0,`), formatters.Info, "MovieDelete|deleted" + line + ", files kept", "/films/Tide", links, ""},
		{"FileDeleted", radarrBody("MovieFileDelete", `"movieFile":{"relativePath":"a.mkv","quality":{"quality":{"name":"SDTV"}}},"deleteReason":"manual",`), formatters.Warning,
			"MovieFileDelete|file deleted" + line + ": deleted by hand", "SDTV · a.mkv", page, ""},
		{"FileReplaced", radarrBody("MovieFileDelete", `"deleteReason":"upgrade",`), formatters.Info, "MovieFileDelete|file deleted" + line + ": replaced by an upgrade", "", page, ""},
		{"Stuck", radarrBody("ManualInteractionRequired", `"downloadId":"AB","downloadInfo":{"quality":"SDTV","size":1024,"title":"Tide-X"},"downloadStatusMessages":[{"title":"a","messages":["Sample"]}],`), formatters.Warning,
			"ManualInteractionRequired|manual interaction" + line + ": Sample", "SDTV · 1.0 KiB · Tide-X", "https://r.example/r/activity/queue https://r.example/r/activity/queue " + page, "open download:AB"},
		{"StuckMovieUnknown", `{"eventType":"ManualInteractionRequired","downloadInfo":{"title":"some_file"}}`, formatters.Warning, "ManualInteractionRequired|manual interaction|some_file|", "", "", ""},
	} {
		c.run(t, "radarr")
	}
}

func TestRadarrLabels(t *testing.T) {
	t.Parallel()
	checkLabels(t, "radarr", `{"eventType":"movieAdded","addMethod":"Collection","movie":{"tags":["a","b"]},"instanceName":"Radarr 4K"}`,
		map[string]string{"instance": "Radarr 4K", "event_type": "MovieAdded", "add_method": "collection", "tags": "a, b"})
	checkLabels(t, "radarr", `{"eventType":"MovieFileDelete","deleteReason":"manual"}`,
		map[string]string{"instance": "Radarr", "event_type": "MovieFileDelete", "reason": "manual"})
}
