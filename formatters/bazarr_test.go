package formatters_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// apprised formats a body as the named service, "apprise" or "bazarr".
func apprised(tb testing.TB, name string, p formatters.Payload) formatters.Formatted {
	tb.Helper()
	service, ok := formatters.Lookup(name)
	if !ok {
		tb.Fatalf("%s is not registered", name)
	}
	return service.Format(p)
}

// bazarrSays is Bazarr's notification with a sentence.
func bazarrSays(t *testing.T, sentence, members string) formatters.Notification {
	t.Helper()
	message, err := json.Marshal(sentence)
	if err != nil {
		t.Fatal(err)
	}
	body := `{"version":"1.0","title":"Bazarr notification","message":` + string(message) + `,"attachments":[],"type":"info"` + members + `}`
	f := apprised(t, "bazarr", formatters.Payload{ContentType: "application/json", Body: []byte(body)})
	if f.Fallback {
		t.Fatalf("told by the generic formatter: %v", f.Err)
	}
	return f.Notification
}

func TestBazarrFirstLine(t *testing.T) {
	t.Parallel()
	const (
		downloaded = " subtitles downloaded from subdl with a score of 90.0%."
		upgraded   = " subtitles upgraded from subdl with a score of 90.0%."
	)
	for _, tt := range []struct {
		name, sentence, event string
		severity              formatters.Severity
		title                 string
	}{
		{"Movie", "Dune (2021) : English" + downloaded, "downloaded", formatters.Success, "subtitles Dune (2021): English"},
		{"Episode", "Tide (2023) - S02E03 - Salt : English" + downloaded, "downloaded", formatters.Success, "subtitles Tide (2023) S02E03: English"},
		{"EpisodeOfYear", "News - S2026E145 - Monday : English" + downloaded, "downloaded", formatters.Success, "subtitles News S2026E145: English"},
		{"EpisodeWithoutTitle", "Tide - S00E01 -  : English" + downloaded, "downloaded", formatters.Success, "subtitles Tide S00E01: English"},
		{"EpisodeWithoutNumber", "Tide - Salt : English" + downloaded, "downloaded", formatters.Success, "subtitles Tide - Salt: English"},
		{"Upgraded", "Dune : Danish" + upgraded, "upgraded", formatters.Success, "subtitles upgraded Dune: Danish"},
		{"ByHand", "Dune : Danish subtitles manually downloaded from subdl with a score of 45%.", "manually downloaded", formatters.Success, "subtitles Dune: Danish, downloaded by hand"},
		{"Uploaded", "Dune : Danish forced Subtitles manually uploaded.", "manually uploaded", formatters.Success, "subtitles Dune: Danish (forced), uploaded by hand"},
		{"HearingImpaired", "Dune : Danish HI" + downloaded, "downloaded", formatters.Success, "subtitles Dune: Danish (HI)"},
		{"LanguageOfRegion", "Dune : Portuguese (Brazil) forced" + upgraded, "upgraded", formatters.Success, "subtitles upgraded Dune: Portuguese (Brazil) (forced)"},
		{"ColonInTitle", "Tide : The Film : English" + downloaded, "downloaded", formatters.Success, "subtitles Tide : The Film: English"},
		{"LineInTitle", "Tide\nII : English" + downloaded, "downloaded", formatters.Success, "subtitles Tide\nII: English"},
		{"NewSentence", "Dune : English subtitles deleted from disk.", "", formatters.Info, "info Dune : English subtitles deleted from disk."},
		{"NoFilm", "English" + downloaded, "", formatters.Info, "info English" + downloaded},
		{"Test", "Test notification", "test", formatters.Muted, "test Bazarr is connected"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := bazarrSays(t, tt.sentence, "")
			if n.Title() != tt.title || n.Event != tt.event || n.Severity != tt.severity {
				t.Errorf("got %q, event %q, %s; want %q, %q, %s", n.Title(), n.Event, n.Severity, tt.title, tt.event, tt.severity)
			}
		})
	}
}

func TestBazarrRest(t *testing.T) {
	t.Parallel()
	t.Run("Facts", func(t *testing.T) {
		t.Parallel()
		n := bazarrSays(t, "Tide - S02E03 - Salt : English HI subtitles upgraded from subdl with a score of 96.39%.", `,"instance":"4k","url":"https://x.example/tt1"`)
		facts := []formatters.Fact{
			{Value: "Salt"}, {Name: "From", Value: "subdl"}, {Name: "Score", Value: "96.39 %"}, {Name: "Host", Value: "4k"},
		}
		if diff := cmp.Diff(facts, n.Facts); diff != "" || n.URL != "https://x.example/tt1" {
			t.Errorf("url %q, facts -want +got:\n%s", n.URL, diff)
		}
		labels := map[string]string{
			"type": "info", "media": "episode", "language": "English", "variant": "hi", "provider": "subdl", "score": "96.39",
			"instance": "4k", "url": "https://x.example/tt1",
		}
		if diff := cmp.Diff(labels, n.Labels); diff != "" {
			t.Errorf("labels -want +got:\n%s", diff)
		}
	})
	t.Run("PlaceholdersOfOldVersion", func(t *testing.T) {
		t.Parallel()
		n := bazarrSays(t, "Dune : English subtitles downloaded from subdl with a score of 90.0%.",
			`,"url":"https://www.imdb.com/title/{bazarr_movie_imdbId}","path":"{bazarr_movie_path}","poster_url":"https://x.example/{bazarr_movie_poster}"`)
		if m := formatters.Render(n, formatters.RenderOptions{Now: goldenTime}); strings.Contains(m.Body+m.FormattedBody, "bazarr_") || n.Image != "" {
			t.Errorf("body %q, image %q", m.Body, n.Image)
		}
	})
	t.Run("TitleOfOnesOwn", func(t *testing.T) {
		t.Parallel()
		body := `{"version":"1.0","subject":"Bazarr 4k","body":"Dune : English subtitles downloaded from subdl with a score of 90.0%."}`
		n := apprised(t, "bazarr", formatters.Payload{Body: []byte(body)}).Notification
		if want := "subtitles Dune: English"; n.Title() != want || n.Facts[len(n.Facts)-1].Value != "Bazarr 4k" {
			t.Errorf("title %q, facts %v", n.Title(), n.Facts)
		}
	})
	t.Run("ErrOtherProgram", func(t *testing.T) {
		t.Parallel()
		if f := apprised(t, "bazarr", formatters.Payload{Body: []byte(`"hello"`)}); !f.Fallback {
			t.Errorf("told as %+v", f.Notification)
		}
	})
}

// FuzzBazarr holds what is true of everything that Bazarr's formatter tells.
func FuzzBazarr(f *testing.F) {
	for _, s := range payloads.Of("bazarr") {
		f.Add(string(s.Body))
	}
	f.Fuzz(func(t *testing.T, body string) { checkApprised(t, "bazarr", formatters.Payload{Body: []byte(body)}) })
}

// checkApprised wants a message with a first line, in valid UTF-8, from any payload.
func checkApprised(t *testing.T, service string, p formatters.Payload) {
	t.Helper()
	told := apprised(t, service, p)
	if told.Err != nil && strings.Contains(told.Err.Error(), "panicked") {
		t.Fatal(told.Err)
	}
	n := told.Notification
	if n.Status == "" || n.Subject+n.Summary == "" {
		t.Errorf("status %q, subject %q, summary %q", n.Status, n.Subject, n.Summary)
	}
	if n.Incident != (formatters.Incident{}) {
		t.Errorf("an incident: %+v", n.Incident)
	}
	m := formatters.Render(n, formatters.RenderOptions{Now: goldenTime})
	if m.Body == "" || !utf8.ValidString(m.Body) || !utf8.ValidString(m.FormattedBody) {
		t.Errorf("body %q", m.Body)
	}
}
