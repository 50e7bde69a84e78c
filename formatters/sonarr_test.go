package formatters_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

func sonarr(tb testing.TB, body string) formatters.Formatted {
	tb.Helper()
	return servarr(tb, "sonarr", body)
}

func toldSonarr(t *testing.T, body string) formatters.Notification {
	t.Helper()
	return toldServarr(t, "sonarr", body)
}

// sonarrBody is a webhook about a series: its event, more members of the series ("type":"daily",)
// and more members behind it.
func sonarrBody(event, series, members string) string {
	return fmt.Sprintf(`{"series":{%s"title":"Tide","titleSlug":"tide","tvdbId":9},%s"instanceName":"Sonarr","applicationUrl":"https://s.example/tv/","eventType":%q}`,
		series, members, event)
}

// sonarrEpisodes writes the numbers of one season as a member "episodes".
func sonarrEpisodes(season int, numbers ...int) string {
	list := make([]string, len(numbers))
	for i, n := range numbers {
		list[i] = fmt.Sprintf(`{"seasonNumber":%d,"episodeNumber":%d,"title":"Chapter %d","airDate":"2026-03-%02d"}`, season, n, n, n)
	}
	return `"episodes":[` + strings.Join(list, ",") + `],`
}

func TestSonarrFirstLine(t *testing.T) {
	t.Parallel()
	const replaced = `"deletedFiles":[{"quality":"HDTV-720p","qualityVersion":1},{"quality":"SDTV"},{"quality":"HDTV-720p"}],`
	one := sonarrEpisodes(2, 3)
	tests := []struct {
		name, body string
		severity   formatters.Severity
		want       string // event, status, subject and summary, parted by "|"
	}{
		{"Grab", sonarrBody("Grab", "", one), formatters.Info, "Grab|grabbed|Tide|S02E03"},
		{"CamelCase", sonarrBody("episodeFileDelete", "", one), formatters.Warning, "EpisodeFileDelete|file deleted|Tide|S02E03"},
		{"UpperCase", sonarrBody(" GRAB ", "", one), formatters.Info, "Grab|grabbed|Tide|S02E03"},
		{"SeriesMissing", `{"eventType":"Grab","release":{"releaseTitle":"Tide.S01"}}`, formatters.Info, "Grab|grabbed|Tide.S01|"},
		{"EverythingMissing", `{"eventType":"Grab"}`, formatters.Info, "Grab|grabbed|Sonarr|"},
		{"Import", sonarrBody("Download", "", one+`"episodeFile":{"quality":"WEBDL-1080p"},"isUpgrade":false,`), formatters.Success, "Download|imported|Tide|S02E03"},
		{"Upgrade", sonarrBody("Download", "", one+replaced+`"episodeFile":{"quality":"WEBDL-1080p","qualityVersion":2},"isUpgrade":true,`), formatters.Success,
			"Download|upgraded|Tide|S02E03 from HDTV-720p, SDTV to WEBDL-1080p Proper"},
		{"UpgradeByFilesAlone", sonarrBody("Download", "", one+replaced), formatters.Success, "Download|upgraded|Tide|S02E03"},
		{"UpgradeAsString", sonarrBody("Download", "", one+`"isUpgrade":"True",`), formatters.Success, "Download|upgraded|Tide|S02E03"},
		{"UpgradeSameQuality", sonarrBody("Download", "", one+`"isUpgrade":true,"deletedFiles":[{"quality":"SDTV"}],"episodeFile":{"quality":"SDTV"},`), formatters.Success,
			"Download|upgraded|Tide|S02E03"},
		{"TwoEpisodesOfSeason", sonarrBody("Download", "", sonarrEpisodes(2, 1, 2)+`"release":{"releaseTitle":"Tide.S02","releaseType":"seasonPack"},"episodeFile":{},`), formatters.Success,
			"Download|imported|Tide|S02E01–E02"},
		{"UpgradeOfAnime", sonarrBody("Download", `"type":"anime",`, one+`"isUpgrade":true,"deletedFiles":[{"quality":"SDTV"}],"episodeFile":{"quality":"SDTV","qualityVersion":"2"},`),
			formatters.Success, "Download|upgraded|Tide|S02E03 from SDTV to SDTV v2"},
		{"ImportComplete", sonarrBody("Download", "", sonarrEpisodes(1, 1, 2, 3)+`"episodeFiles":[{},{}],"release":{"releaseType":"seasonPack"},`), formatters.Success,
			"Download|import complete|Tide|season 1 (3 episodes)"},
		{"ImportCompleteByCount", sonarrBody("Download", "", `"fileCount":8,`), formatters.Success, "Download|import complete|Tide|"},
		{"ImportCompleteEmpty", sonarrBody("Download", "", `"episodeFiles":[],`), formatters.Success, "Download|import complete|Tide|"},
		{"Rename", sonarrBody("Rename", "", `"renamedEpisodeFiles":[{},{}],`), formatters.Info, "Rename|renamed|Tide|2 files"},
		{"RenameOne", sonarrBody("Rename", "", `"renamedEpisodeFiles":[{}],`), formatters.Info, "Rename|renamed|Tide|1 file"},
		{"RenameNone", sonarrBody("Rename", "", `"renamedEpisodeFiles":null,`), formatters.Info, "Rename|renamed|Tide|"},
		{"Add", sonarrBody("SeriesAdd", `"year":2023,`, ""), formatters.Info, "SeriesAdd|added|Tide (2023)|"},
		{"AddYearInTitle", `{"eventType":"SeriesAdd","series":{"title":"Tide (2023)","year":2023}}`, formatters.Info, "SeriesAdd|added|Tide (2023)|"},
		{"AddYearUnknown", sonarrBody("SeriesAdd", `"year":0,`, ""), formatters.Info, "SeriesAdd|added|Tide|"},
		{"DeleteWithFiles", sonarrBody("SeriesDelete", "", `"deletedFiles":true,`), formatters.Warning, "SeriesDelete|deleted|Tide|and its files"},
		{"DeleteFilesKept", sonarrBody("SeriesDelete", "", `"deletedFiles":"false",`), formatters.Info, "SeriesDelete|deleted|Tide|, files kept"},
		{"DeleteUnknown", sonarrBody("SeriesDelete", "", ""), formatters.Warning, "SeriesDelete|deleted|Tide|"},
		{"FileMissing", sonarrBody("EpisodeFileDelete", "", one+`"deleteReason":"missingFromDisk",`), formatters.Warning, "EpisodeFileDelete|file deleted|Tide|S02E03: missing from disk"},
		{"FileByHand", sonarrBody("EpisodeFileDelete", "", one+`"deleteReason":"Manual",`), formatters.Warning, "EpisodeFileDelete|file deleted|Tide|S02E03: deleted by hand"},
		{"FileUpgraded", sonarrBody("EpisodeFileDelete", "", one+`"deleteReason":"upgrade",`), formatters.Info, "EpisodeFileDelete|file deleted|Tide|S02E03: replaced by an upgrade"},
		{"FileUnlinked", sonarrBody("EpisodeFileDelete", "", `"deleteReason":"noLinkedEpisodes",`), formatters.Info, "EpisodeFileDelete|file deleted|Tide|: no longer linked to anything"},
		{"FileOverridden", sonarrBody("EpisodeFileDelete", "", one+`"deleteReason":"manualOverride",`), formatters.Info, "EpisodeFileDelete|file deleted|Tide|S02E03: replaced by a manual import"},
		{"FileReasonOfTomorrow", sonarrBody("EpisodeFileDelete", "", one+`"deleteReason":"diskTooFull",`), formatters.Warning, "EpisodeFileDelete|file deleted|Tide|S02E03: disk too full"},
		{"Stuck", sonarrBody("ManualInteractionRequired", "", one+`"downloadStatusMessages":[{"title":"a.mkv","messages":["Sample"]}],`), formatters.Warning,
			"ManualInteractionRequired|manual interaction|Tide|S02E03: Sample"},
		{"StuckSeriesUnknown", `{"eventType":"ManualInteractionRequired","episodes":[],"downloadInfo":{"title":"some_file"},"downloadStatusMessages":[{"title":"a.mkv","messages":[]}]}`, formatters.Warning,
			"ManualInteractionRequired|manual interaction|some_file|: a.mkv"},
		{"StuckForNoFile", sonarrBody("ManualInteractionRequired", "", one+`"downloadStatusMessages":[{"title":"Missing from the release","messages":[]},{"title":"a.mkv","messages":["Sample"]}],`), formatters.Warning,
			"ManualInteractionRequired|manual interaction|Tide|S02E03: Missing from the release"},
		{"HealthError", `{"eventType":"Health","level":"error","message":"broken","type":"RootFolderCheck"}`, formatters.Error, "Health|health error|Sonarr|: broken"},
		{"HealthWarning", `{"eventType":"health","level":"Warning","message":"shaky","instanceName":"Sonarr 4K"}`, formatters.Warning, "Health|health warning|Sonarr 4K|: shaky"},
		{"HealthMessageMissing", `{"eventType":"Health","type":"RootFolderCheck"}`, formatters.Warning, "Health|health issue|Sonarr|: root folder"},
		{"HealthRestored", `{"eventType":"HealthRestored","level":"error","message":"broken","type":"RootFolderCheck"}`, formatters.Success, "HealthRestored|health restored|Sonarr|resolved: broken"},
		{"Update", `{"eventType":"ApplicationUpdate","message":"Sonarr updated","previousVersion":"4.0.1","newVersion":"4.0.2"}`, formatters.Info, "ApplicationUpdate|updated|Sonarr|from 4.0.1 to 4.0.2"},
		{"UpdateVersionsMissing", `{"eventType":"ApplicationUpdate","message":"Sonarr updated"}`, formatters.Info, "ApplicationUpdate|updated|Sonarr|: Sonarr updated"},
		{"Test", sonarrBody("Test", "", one), formatters.Muted, "Test|test|Sonarr|is connected"},
		{"EventOfTomorrow", sonarrBody("SomethingNew", "", one+`"message":"hello",`), formatters.Info, "SomethingNew|something new|Tide|S02E03: hello"},
		{"EventOfTomorrowAlone", `{"eventType":"SomethingNew"}`, formatters.Info, "SomethingNew|something new|Sonarr|"},
		{"EventWithoutWords", `{"eventType":"__"}`, formatters.Info, "__|__|Sonarr|"},
		{"EventAsNumber", `{"eventType":7}`, formatters.Info, "7|7|Sonarr|"},
		{"WrongTypes", `{"eventType":"Grab","series":"Tide","episodes":{"a":1},"release":[],"instanceName":{},"downloadId":12,"customFormatInfo":7,"applicationUrl":false}`,
			formatters.Info, "Grab|grabbed|Sonarr|"},
		{"NumbersAsStrings", `{"eventType":"Grab","series":{"title":24,"tvdbId":"9"},"episodes":[{"seasonNumber":"2","episodeNumber":"3","title":null}]}`, formatters.Info, "Grab|grabbed|24|S02E03"},
		{"NumbersAbsurd", `{"eventType":"Grab","series":{"title":"Tide","year":"NaN"},"release":{"size":"Inf"},"episodes":[{"seasonNumber":"NaN","episodeNumber":1},{"seasonNumber":1,"episodeNumber":-4},{"seasonNumber":1e300,"episodeNumber":1}]}`,
			formatters.Info, "Grab|grabbed|Tide|"},
		{"Nulls", `{"eventType":"Download","series":null,"episodes":null,"episodeFile":null,"deletedFiles":null,"release":null,"downloadStatusMessages":null}`, formatters.Success, "Download|imported|Sonarr|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := toldSonarr(t, tt.body)
			if n.Severity != tt.severity {
				t.Errorf("severity = %v, want %v", n.Severity, tt.severity)
			}
			if got := strings.Join([]string{n.Event, n.Status, n.Subject, n.Summary}, "|"); got != tt.want {
				t.Errorf("first line\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestSonarrEpisodeLabel(t *testing.T) {
	t.Parallel()
	release := func(title, kind string) string {
		return fmt.Sprintf(`"release":{"releaseTitle":%q,"releaseType":%q},`, title, kind)
	}
	manySeasons := `"episodes":[{"seasonNumber":3,"episodeNumber":1},{"seasonNumber":1,"episodeNumber":1},{"seasonNumber":2,"episodeNumber":1},{"seasonNumber":2,"episodeNumber":2}],`
	tests := []struct{ name, series, members, want string }{
		{"One", "", sonarrEpisodes(2, 3), "S02E03"},
		{"Contiguous", "", sonarrEpisodes(2, 3, 4), "S02E03–E04"},
		{"Unsorted", "", sonarrEpisodes(2, 5, 3, 4, 3), "S02E03–E05"},
		{"Gap", "", sonarrEpisodes(2, 3, 5), "S02E03, E05"},
		{"Gaps", "", sonarrEpisodes(2, 1, 2, 4, 6, 7), "S02E01–E02, E04, E06–E07"},
		{"LargeNumbers", "", sonarrEpisodes(21, 1002, 1003), "S21E1002–E1003"},
		{"Special", "", sonarrEpisodes(0, 1), "special 1"},
		{"Specials", "", sonarrEpisodes(0, 1, 2, 5), "specials 1–2, 5"},
		{"Season", "", sonarrEpisodes(2, 1, 2, 3) + release("Tide.S02.1080p.WEB-DL", ""), "season 2 (3 episodes)"},
		{"SeasonByType", "", sonarrEpisodes(2, 1, 2) + release("Tide E01 E02", "seasonPack"), "season 2 (2 episodes)"},
		{"SeasonTypeUnknown", "", sonarrEpisodes(2, 1, 2) + release("Tide.S02.720p", "unknown"), "season 2 (2 episodes)"},
		{"SeasonWithGap", "", sonarrEpisodes(2, 1, 3) + release("Tide.S02.1080p", "seasonPack"), "S02E01, E03"},
		{"SeasonFromMiddle", "", sonarrEpisodes(2, 2, 3) + release("Tide.S02.1080p", ""), "S02E02–E03"},
		{"SeasonNotByType", "", sonarrEpisodes(2, 1, 2) + release("Tide.S02", "multiEpisode"), "S02E01–E02"},
		{"SeasonNotByTitle", "", sonarrEpisodes(1, 1, 2) + release("Tide.S01E01-E02.1080p", ""), "S01E01–E02"},
		{"SeasonNotByAnimeTitle", "", sonarrEpisodes(1, 1, 2) + release("[Kumo] Tide - 01-02v2 [1080p]", ""), "S01E01–E02"},
		{"SeasonNotWithoutTitle", "", sonarrEpisodes(1, 1, 2), "S01E01–E02"},
		{"SpecialsAreNoSeason", "", sonarrEpisodes(0, 1, 2) + release("Tide.S00", "seasonPack"), "specials 1–2"},
		{"TwoSeasons", "", `"episodes":[{"seasonNumber":2,"episodeNumber":1},{"seasonNumber":1,"episodeNumber":10}],`, "S01E10, S02E01"},
		{"ManySeasons", "", manySeasons, "seasons 1–3 (4 episodes)"},
		{"Daily", `"type":"daily",`, sonarrEpisodes(2026, 14), "2026-03-14"},
		{"DailyTwo", `"type":"Daily",`, sonarrEpisodes(2026, 15, 14), "2026-03-14, 2026-03-15"},
		{"DailyTwoADay", `"type":"daily",`, strings.ReplaceAll(sonarrEpisodes(2026, 10, 11, 12, 13, 14), "-11", "-10"), "2026-03-10 to 2026-03-14 (5 episodes)"},
		{"DailyMany", `"type":"daily",`, sonarrEpisodes(2026, 10, 11, 12, 13), "2026-03-10 to 2026-03-13 (4 episodes)"},
		{"DailyDateUnknown", `"type":"daily",`, `"episodes":[{"seasonNumber":2026,"episodeNumber":45}],`, "S2026E45"},
		{"NumberMissing", "", `"episodes":[{"seasonNumber":2}],`, ""},
		{"None", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := toldSonarr(t, sonarrBody("Grab", tt.series, tt.members)).Summary; got != tt.want {
				t.Errorf("label = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSonarrFacts(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"GroupInTitle", sonarrBody("Grab", "", `"release":{"releaseTitle":"Tide-NORDLYS","releaseGroup":"NORDLYS"},`), "Tide-NORDLYS"},
		{"GroupAlone", sonarrBody("Grab", "", `"release":{"releaseTitle":"x","releaseGroup":"NORDLYS"},`), "Group NORDLYS · x"},
		{"SizeUnknown", sonarrBody("Grab", "", `"release":{"size":0,"quality":"Unknown","qualityVersion":2},`), ""},
		{"Indexer", sonarrBody("Grab", "", `"release":{"indexer":"Idx"},`), "Indexer Idx"},
		{"Client", sonarrBody("Grab", "", `"downloadClientType":"Deluge",`), "Client Deluge"},
		{"Route", sonarrBody("Grab", "", `"downloadClient":"box","downloadClientType":"Deluge","release":{"indexer":"Idx"},`), "Idx → box"},
		{"ScoreNegative", sonarrBody("Grab", "", `"customFormatInfo":{"customFormatScore":-50},`), "Score -50"},
		{"ScoreZero", sonarrBody("Grab", "", `"customFormatInfo":{"customFormatScore":0},"release":{"customFormatScore":7},`), ""},
		{"ScoreOfRelease", sonarrBody("Grab", "", `"release":{"customFormatScore":"7"},`), "Score +7"},
		{"Languages", sonarrBody("Grab", "", `"release":{"languages":[{"id":1,"name":"English"},"Danish",null,{"id":1,"name":"English"}]},`), "English, Danish"},
		{"LanguagesMany", sonarrBody("Grab", "", `"release":{"languages":["a","b","c","d","e","f","g","h","i","a"]},`), "a, b, c, d, e, f, g, +2 more"},
		{"SubtitlesMany", sonarrBody("Download", "", `"episodeFile":{"mediaInfo":{"subtitles":["a","b","c","d","e","f","g","h","a"]}},`), "Subtitles a, b, c, d, e, f, g, h"},
		{"ScoreOfUpgradeInSameQuality", sonarrBody("Download", "", `"isUpgrade":true,"deletedFiles":[{"quality":"SDTV"}],"episodeFile":{"quality":"SDTV"},"customFormatInfo":{"customFormatScore":1850},`), "SDTV · Score +1850"},
		{"ScoreOfImport", sonarrBody("Download", "", `"episodeFile":{"quality":"SDTV"},"customFormatInfo":{"customFormatScore":1850},`), "SDTV"},
		{"ImportCompleteOfFile", sonarrBody("Download", "", `"episodeFiles":[{"relativePath":"Season 1/a.mkv"}],`), "1 file · Season 1/a.mkv"},
		{"ImportCompleteOfFolder", sonarrBody("Download", "", `"episodeFiles":[{"relativePath":"Season 1/a.mkv","sceneName":"a"},{"relativePath":"Season 1/b.mkv","sceneName":"b"}],`), "2 files · Season 1"},
		{"TitleToBeAnnounced", sonarrBody("Grab", "", `"episodes":[{"title":"TBA"},{"title":"Pilot"}],`), "Pilot"},
		{"Finale", sonarrBody("Grab", "", `"episodes":[{"title":"The End","finaleType":"season"}],`), "The End (season finale)"},
		{"MediaInfo", sonarrBody("Download", "", `"episodeFile":{"relativePath":"a.mkv","mediaInfo":{"videoCodec":"h265","videoDynamicRange":"HDR","audioCodec":"AAC","audioChannels":2,"subtitles":["eng"]}},`),
			"h265 HDR, AAC 2.0 · Subtitles eng · a.mkv"},
		{"MediaInfoListsMissing", sonarrBody("Download", "", `"episodeFile":{"path":"/a.mkv","mediaInfo":{"videoDynamicRange":"","audioChannels":5.1,"subtitles":null}},`), "5.1 · /a.mkv"},
		{"FileOfVersion3", sonarrBody("EpisodeFileDelete", "", `"episodeFile":{"relativePath":"a.mkv","quality":{"quality":{"id":4,"name":"HDTV-720p"},"revision":{"version":2}},"size":1024},`),
			"HDTV-720p Proper · 1.0 KiB · a.mkv"},
		{"ImportCompleteSum", sonarrBody("Download", "", `"episodeFiles":[{"size":1024,"quality":"SDTV"},{"size":"1024","quality":"HDTV-720p"}],`), "2 files · SDTV, HDTV-720p · 2.0 KiB"},
		{"ImportCompleteCount", sonarrBody("Download", "", `"episodeFiles":[{}],"fileCount":"5","release":{"size":1024},`), "5 files · 1.0 KiB"},
		{"StuckReleaseIsSubject", `{"eventType":"ManualInteractionRequired","downloadInfo":{"title":"x","size":2048,"quality":"SDTV"}}`, "SDTV · 2.0 KiB"},
		{"Test", sonarrBody("Test", "", ""), "Instance Sonarr · Version 4.0.19.2979"},
		{"Check", `{"eventType":"Health","type":"ApiKeyValidationCheck"}`, "Check api key validation"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var facts []string
			for _, f := range toldSonarr(t, tt.body).Facts {
				facts = append(facts, strings.TrimSpace(f.Name+" "+f.Value))
			}
			if got := strings.Join(facts, " · "); got != tt.want {
				t.Errorf("facts\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestSonarrLinks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body, url string
		links           []string
	}{
		{"Everything", `{"eventType":"Grab","applicationUrl":"https://s.example","series":{"titleSlug":"tide","tvdbId":9,"imdbId":"tt7","tmdbId":8,"tvMazeId":5}}`,
			"https://s.example/series/tide",
			[]string{"https://thetvdb.com/?tab=series&id=9", "https://imdb.com/title/tt7/", "https://www.themoviedb.org/tv/8", "https://trakt.tv/search/tvdb/9?id_type=show"}},
		{"Zeros", `{"eventType":"Grab","applicationUrl":"","series":{"titleSlug":"tide","tvdbId":0,"imdbId":"5678","tmdbId":0,"tvMazeId":"5"}}`,
			"", []string{"https://www.tvmaze.com/shows/5"}},
		{"URLBase", sonarrBody("SeriesAdd", "", ""), "https://s.example/tv/series/tide",
			[]string{"https://thetvdb.com/?tab=series&id=9", "https://trakt.tv/search/tvdb/9?id_type=show"}},
		{"URLWithoutScheme", `{"eventType":"Grab","applicationUrl":"s.example","series":{"titleSlug":"tide"}}`, "", nil},
		{"SlugMissing", `{"eventType":"Grab","applicationUrl":"https://s.example"}`, "", nil},
		{"SlugOdd", `{"eventType":"Rename","applicationUrl":"http://s.example:8989","series":{"titleSlug":"a/../b?c"}}`, "http://s.example:8989/series/a%2F..%2Fb%3Fc", nil},
		{"DeletedHasNoPage", `{"eventType":"SeriesDelete","applicationUrl":"https://s.example","series":{"titleSlug":"tide"}}`, "", nil},
		{"Queue", sonarrBody("ManualInteractionRequired", "", ""), "https://s.example/tv/activity/queue",
			[]string{"https://s.example/tv/activity/queue", "https://s.example/tv/series/tide"}},
		{"Wiki", `{"eventType":"Health","wikiUrl":"https://wiki.example/#a"}`, "", []string{"https://wiki.example/#a"}},
		{"WikiNotWeb", `{"eventType":"Health","wikiUrl":"javascript:alert(1)","applicationUrl":"https://s.example"}`, "https://s.example/system/status", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := toldSonarr(t, tt.body)
			if n.URL != tt.url {
				t.Errorf("the subject links to %q, want %q", n.URL, tt.url)
			}
			var links []string
			for _, l := range n.Links {
				links = append(links, l.URL)
			}
			if diff := cmp.Diff(tt.links, links, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("links (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSonarrImage(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, images, want string }{
		{"PosterLast", `{"coverType":"banner","remoteUrl":"https://x/b"},{"coverType":"Poster","remoteUrl":"https://x/p"}`, "https://x/p"},
		{"PosterLocal", `{"coverType":"poster","remoteUrl":"/MediaCover/1"},{"coverType":"poster","remoteUrl":"http://x/p"}`, "http://x/p"},
		{"FanartBeforeBanner", `{"coverType":"banner","remoteUrl":"https://x/b"},{"coverType":"fanart","remoteUrl":"https://x/f"}`, "https://x/f"},
		{"NoneRemote", `{"coverType":"poster","url":"/p"}`, ""},
		{"OtherKinds", `{"coverType":"clearlogo","remoteUrl":"https://x/l"}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := toldSonarr(t, sonarrBody("Grab", `"images":[`+tt.images+`],`, "")).Image; got != tt.want {
				t.Errorf("image = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSonarrIncident(t *testing.T) {
	t.Parallel()
	open := formatters.Incident{Key: "download:AB", State: formatters.Open}
	partial := formatters.Incident{Key: "download:AB", State: formatters.Open, Partial: true}
	resolved := formatters.Incident{Key: "download:AB", State: formatters.Resolved}
	tests := []struct {
		name, body string
		want       formatters.Incident
	}{
		{"Grab", sonarrBody("Grab", "", `"downloadId":"AB",`), open},
		{"Import", sonarrBody("Download", "", `"downloadId":"AB",`), partial},
		{"ImportComplete", sonarrBody("Download", "", `"downloadId":"AB","episodeFiles":[],`), resolved},
		{"Stuck", sonarrBody("ManualInteractionRequired", "", `"downloadId":"AB",`), partial},
		{"GrabByBlackhole", sonarrBody("Grab", "", ""), formatters.Incident{}},
		{"Rename", sonarrBody("Rename", "", `"downloadId":"AB",`), formatters.Incident{}},
		{"Health", `{"eventType":"Health","type":"RootFolderCheck"}`, formatters.Incident{Key: "health:RootFolderCheck", State: formatters.Open}},
		{"HealthRestored", `{"eventType":"HealthRestored","type":"RootFolderCheck","instanceName":"Sonarr"}`, formatters.Incident{Key: "health:RootFolderCheck", State: formatters.Resolved}},
		{"HealthOfSecondInstance", `{"eventType":"Health","type":"RootFolderCheck","instanceName":"Sonarr 4K"}`, formatters.Incident{Key: "health:RootFolderCheck@Sonarr 4K", State: formatters.Open}},
		{"HealthTypeMissing", `{"eventType":"Health","message":"x"}`, formatters.Incident{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := toldSonarr(t, tt.body).Incident; got != tt.want {
				t.Errorf("incident = %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestSonarrItems(t *testing.T) {
	t.Parallel()
	item := func(key, status, subject, text string, severity formatters.Severity) formatters.Item {
		return formatters.Item{Key: key, Status: status, Subject: subject, Text: text, Severity: severity}
	}
	said := func(key, status, subject, text string, severity formatters.Severity) formatters.Item {
		it := item(key, status, subject, text, severity)
		it.Said = true
		return it
	}
	tests := []struct {
		name, body string
		want       []formatters.Item
	}{
		{"FewEpisodes", sonarrBody("Grab", "", sonarrEpisodes(1, 2, 1)), []formatters.Item{
			said("S01E01", "", "S01E01", "Chapter 1", formatters.Info), said("S01E02", "", "S01E02", "Chapter 2", formatters.Info)}},
		{"ManyEpisodes", sonarrBody("Grab", "", sonarrEpisodes(1, 1, 2, 3, 4)), []formatters.Item{
			item("S01E01", "", "S01E01", "Chapter 1", formatters.Info), item("S01E02", "", "S01E02", "Chapter 2", formatters.Info),
			item("S01E03", "", "S01E03", "Chapter 3", formatters.Info), item("S01E04", "", "S01E04", "Chapter 4", formatters.Info)}},
		{"NumberMissing", sonarrBody("Grab", "", `"episodes":[{"seasonNumber":2,"title":"Chapter 1"}],`), nil},
		{"Import", sonarrBody("Download", "", sonarrEpisodes(1, 2)), []formatters.Item{
			said("S01E02", "imported", "S01E02", "Chapter 2", formatters.Success)}},
		{"Upgrade", sonarrBody("Download", "", sonarrEpisodes(1, 2)+`"isUpgrade":true,`), []formatters.Item{
			said("S01E02", "upgraded", "S01E02", "Chapter 2", formatters.Success)}},
		{"ImportComplete", sonarrBody("Download", "", sonarrEpisodes(0, 2)+`"fileCount":1,`), []formatters.Item{
			said("S00E02", "", "special 2", "Chapter 2", formatters.Success)}},
		{"Daily", sonarrBody("Download", `"type":"daily",`, sonarrEpisodes(2026, 14)), []formatters.Item{
			said("S2026E14", "imported", "2026-03-14", "Chapter 14", formatters.Success)}},
		{"Rename", sonarrBody("Rename", "", `"renamedEpisodeFiles":[{"relativePath":"b","previousRelativePath":"a"},{"path":"/d","previousPath":"/c"},{"relativePath":"e"}],`),
			[]formatters.Item{{Text: "a → b"}, {Text: "/c → /d"}, {Text: "e"}}},
		{"StuckForSeveralReasons", sonarrBody("ManualInteractionRequired", "", `"downloadStatusMessages":[{"title":"a","messages":["x","y"]},{},{"title":"b"}],`), []formatters.Item{
			item("", "", "a", "x · y", formatters.Warning), item("", "", "b", "", formatters.Warning)}},
		{"StuckForOneReason", sonarrBody("ManualInteractionRequired", "", `"downloadStatusMessages":[{"title":"a","messages":["x"]}],`), []formatters.Item{
			item("", "", "a", "", formatters.Warning)}},
		{"StuckAsAWhole", sonarrBody("ManualInteractionRequired", "", `"release":{"releaseTitle":"A"},"downloadStatusMessages":[{"title":"a.mkv","messages":["x"]}],`), nil},
		{"StuckForNoFile", sonarrBody("ManualInteractionRequired", "", `"downloadStatusMessages":[{"title":"x","messages":[]},{"title":"a","messages":["y"]}],`), []formatters.Item{
			item("", "", "a", "y", formatters.Warning)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := toldSonarr(t, tt.body)
			if diff := cmp.Diff(tt.want, n.Items, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("items (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSonarrLabels(t *testing.T) {
	t.Parallel()
	n := toldSonarr(t, sonarrBody("grab", `"type":"anime","tags":["4k","family"],`, `"downloadClient":"box","release":{"indexer":"Idx"},`))
	want := map[string]string{
		"instance": "Sonarr", "event_type": "Grab", "series_type": "anime", "tags": "4k, family", "client": "box", "indexer": "Idx",
	}
	if diff := cmp.Diff(want, n.Labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
}

func TestSonarrRefuses(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"ErrNotJSON":      "Sonarr is down",
		"ErrEmpty":        "",
		"ErrNoEventType":  `{"series":{"title":"Tide"}}`,
		"ErrBlank":        `{"eventType":"  "}`,
		"ErrNull":         `{"eventType":null}`,
		"ErrObject":       `{"eventType":{"name":"Grab"}}`,
		"ErrListOfEvents": `[{"eventType":"Grab"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if f := sonarr(t, body); !f.Fallback {
				t.Errorf("told as %+v", f.Notification)
			}
		})
	}
}
