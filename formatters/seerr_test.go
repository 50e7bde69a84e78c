package formatters_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

func FuzzSeerr(f *testing.F) { fuzzPosted(f, "seerr") }

// seerrBody is a webhook of the default template's shape about a series, with more members
// of its own, of the media and of the request or issue.
func seerrBody(kind, event, message, more string) string {
	return fmt.Sprintf(`{"notification_type":%q,"event":%q,"subject":"Tide (2023)","message":%q,"image":"",%s}`, kind, event, message, more)
}

const (
	seerrSeries  = `"media":{"media_type":"tv","tmdbId":"7","tvdbId":"9","status":"PENDING","status4k":"UNKNOWN"}`
	seerrRequest = `"request":{"request_id":"120","requestedBy_username":"Dana","requestedBy_email":"d@example.net"},"issue":null,"comment":null`
	seerrIssue   = `"request":null,"issue":{"issue_id":"27","issue_type":"SUBTITLES","issue_status":"OPEN","reportedBy_username":"Jon"}`
	seerrComment = `"comment":{"comment_message":"Fixed?\nTry again.","commentedBy_username":"Admin"}`
	seerrSeasons = `"extra":[{"name":"Requested Seasons","value":"1, 2"}]`
)

func TestSeerrFirstLine(t *testing.T) {
	t.Parallel()
	request := seerrSeries + "," + seerrRequest + "," + seerrSeasons
	issue := seerrSeries + "," + seerrIssue + `,"comment":null,"extra":[{"name":"Affected Season","value":"2"},{"name":"Affected Episode","value":"3"}]`
	tests := []struct {
		name, body string
		severity   formatters.Severity
		loud       bool
		want       string
		incident   string // key and state
	}{
		{"Pending", seerrBody("MEDIA_PENDING", "New Series Request", "x", request), formatters.Info, true,
			"MEDIA_PENDING|request|Tide (2023)|seasons 1–2 by Dana", "request:120 open"},
		{"Pending4K", seerrBody("MEDIA_PENDING", "New 4K Series Request", "x", request), formatters.Info, true,
			"MEDIA_PENDING|request|Tide (2023)|seasons 1–2 in 4K by Dana", "request:120 open"},
		{"AutoRequested", seerrBody("MEDIA_AUTO_REQUESTED", "", "x", request), formatters.Info, false,
			"MEDIA_AUTO_REQUESTED|requested|Tide (2023)|seasons 1–2 by Dana", "request:120 open"},
		{"Approved", seerrBody("MEDIA_APPROVED", "", "x", request), formatters.Info, false,
			"MEDIA_APPROVED|approved|Tide (2023)|seasons 1–2 for Dana", "request:120 open"},
		{"AutoApproved", seerrBody("MEDIA_AUTO_APPROVED", "", "x", request), formatters.Info, false,
			"MEDIA_AUTO_APPROVED|auto-approved|Tide (2023)|seasons 1–2 for Dana", "request:120 open"},
		{"Available", seerrBody("MEDIA_AVAILABLE", "", "x", request), formatters.Success, false,
			"MEDIA_AVAILABLE|available|Tide (2023)|seasons 1–2 for Dana", "request:120 resolved"},
		{"Declined", seerrBody("MEDIA_DECLINED", "", "x", request), formatters.Info, false,
			"MEDIA_DECLINED|declined|Tide (2023)|seasons 1–2, requested by Dana", "request:120 resolved"},
		{"Failed", seerrBody("MEDIA_FAILED", "", "x", request), formatters.Error, false,
			"MEDIA_FAILED|request failed|Tide (2023)|seasons 1–2, requested by Dana", "request:120 open"},
		{"LowerCase", seerrBody("media_failed", "", "x", request), formatters.Error, false,
			"MEDIA_FAILED|request failed|Tide (2023)|seasons 1–2, requested by Dana", "request:120 open"},
		{"IssueCreated", seerrBody("ISSUE_CREATED", "New Subtitle Issue Reported", "Late.\nBy 3 s.", issue), formatters.Warning, false,
			"ISSUE_CREATED|subtitle issue|Tide (2023)|S02E03: Late.", "issue:27 open"},
		{"IssueComment", seerrBody("ISSUE_COMMENT", "", "Late.", seerrSeries+","+seerrIssue+","+seerrComment), formatters.Info, true,
			"ISSUE_COMMENT|comment|Tide (2023)|by Admin: Fixed?", " "},
		{"IssueResolved", seerrBody("ISSUE_RESOLVED", "", "Late.", issue), formatters.Success, false,
			"ISSUE_RESOLVED|issue resolved|Tide (2023)|S02E03: Late.", "issue:27 resolved"},
		{"IssueReopened", seerrBody("ISSUE_REOPENED", "", "", issue), formatters.Warning, false,
			"ISSUE_REOPENED|issue reopened|Tide (2023)|S02E03", "issue:27 open"},
		{"Test", `{"notification_type":"TEST_NOTIFICATION","event":"","subject":"Test Notification","message":"Check check","media":null,"extra":[]}`,
			formatters.Muted, false, "TEST_NOTIFICATION|test|Seerr|is connected", " "},
		{"TestBySubject", `{"subject":"Test Notification","message":"Check check"}`, formatters.Muted, false,
			"TEST_NOTIFICATION|test|Seerr|is connected", " "},
		{"EventOfTomorrow", seerrBody("MEDIA_REMOVED", "Series Removed", "Gone.", request), formatters.Info, false,
			"MEDIA_REMOVED|media removed|Tide (2023)|: Gone.", " "},
		{"KindAlone", `{"notification_type":"MEDIA_AVAILABLE"}`, formatters.Success, false, "MEDIA_AVAILABLE|available|Seerr|", " "},
		{"TypeAlone", `{"notification_type":"MEDIA_AVAILABLE","media":{"media_type":"tv"}}`, formatters.Success, false, "MEDIA_AVAILABLE|available|Series|", " "},
		{"EmptyStrings", seerrBody("MEDIA_PENDING", "", "", `"media":"","request":"","issue":"","comment":"","extra":""`), formatters.Info, true,
			"MEDIA_PENDING|request|Tide (2023)|", " "},
		{"WrongTypes", `{"notification_type":"MEDIA_PENDING","subject":["x"],"media":7,"request":[1],"extra":{"a":1}}`, formatters.Info, true,
			"MEDIA_PENDING|request|Seerr|", " "},
		{"ByEvent", `{"event":"New 4K Movie Request","subject":"Dune (2021)"}`, formatters.Info, true, "MEDIA_PENDING|request|Dune (2021)|in 4K", " "},
		{"ByTitle", `{"title":"Movie Request Declined: Dune (2021)","user":"Dana"}`, formatters.Info, false,
			"MEDIA_DECLINED|declined|Dune (2021)|, requested by Dana", " "},
		{"EventInType", `{"type":"media_available","title":"Dune (2021)"}`, formatters.Success, false, "MEDIA_AVAILABLE|available|Dune (2021)|", " "},
		{"ColonInSubject", seerrBody("MEDIA_AVAILABLE", "", "", `"title":"other"`), formatters.Success, false, "MEDIA_AVAILABLE|available|Tide (2023)|", " "},
		{"FlatNames", `{"notificationType":"ISSUE_COMMENT","subject":"Tide","issue":"27","issueType":"AUDIO","comment":"Hm","commentedBy":"Ana"}`, formatters.Info, true,
			"ISSUE_COMMENT|comment|Tide|by Ana: Hm", " "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := toldBy(t, "seerr", tt.body)
			if n.Severity != tt.severity || n.Loud != tt.loud {
				t.Errorf("severity %v, loud %t, want %v, %t", n.Severity, n.Loud, tt.severity, tt.loud)
			}
			if got := head(n); got != tt.want {
				t.Errorf("first line\n got %s\nwant %s", got, tt.want)
			}
			if got := n.Incident.Key + " " + string(n.Incident.State); got != tt.incident {
				t.Errorf("incident %q, want %q", got, tt.incident)
			}
		})
	}
}

func TestSeerrEventsByTheirWords(t *testing.T) {
	t.Parallel()
	for _, s := range payloads.Of("seerr") {
		want := posted(t, "seerr", string(s.Body)).Notification
		if !strings.HasPrefix(want.Event, "MEDIA_") && !strings.HasPrefix(want.Event, "ISSUE_") || !strings.Contains(string(s.Body), `"event"`) ||
			want.Event == "MEDIA_REMOVED" {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			body := strings.Replace(string(s.Body), `"notification_type"`, `"unread"`, 1)
			body = strings.Replace(body, `"`+want.Event+`"`, `""`, 1)
			if got := toldBy(t, "seerr", body); got.Event != want.Event || got.Status != want.Status {
				t.Errorf("without its type, %s is told as %s", want.Event, got.Event)
			}
		})
	}
}

func TestSeerrSeasons(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]string{
		"1": "season 1", "1, 2, 3": "seasons 1–3", "3, 1,1": "seasons 1, 3", "0": "specials",
		"0, 1": "specials and season 1", "0, 2, 3": "specials and seasons 2–3", "all": "all", "1, x": "1, x", "-1": "-1",
	} {
		n := toldBy(t, "seerr", fmt.Sprintf(`{"notification_type":"MEDIA_PENDING","extra":[{"name":"Requested Seasons","value":%q}]}`, list))
		if n.Summary != want {
			t.Errorf("%q is told as %q, want %q", list, n.Summary, want)
		}
	}
}

func TestSeerrFacts(t *testing.T) {
	t.Parallel()
	status := func(kind, event, status, status4k string) string {
		return fmt.Sprintf(`{"notification_type":%q,"event":%q,"subject":"x","media":{"media_type":"movie","status":%q,"status4k":%q}}`, kind, event, status, status4k)
	}
	tests := []struct{ name, body, want string }{
		{"New", status("MEDIA_PENDING", "", "PENDING", "UNKNOWN"), "Movie"},
		{"PartlyThere", status("MEDIA_AVAILABLE", "", "PARTIALLY_AVAILABLE", "UNKNOWN"), "Movie · Library partially available"},
		{"There", status("MEDIA_AVAILABLE", "", "AVAILABLE", "UNKNOWN"), "Movie"},
		{"ThereIn4K", status("MEDIA_PENDING", "", "PENDING", "AVAILABLE"), "Movie · In 4K available"},
		{"WantedIn4K", status("MEDIA_PENDING", "New 4K Movie Request", "AVAILABLE", "PENDING"), "Movie · In HD available"},
		{"Blocked", status("MEDIA_DECLINED", "", "BLOCKLISTED", "UNKNOWN"), "Movie · Library blocklisted"},
		{"TheirOwn", `{"notification_type":"MEDIA_PENDING","subject":"x","media_type":"movie","server":"Attic","nothing":"{{nothing}}"}`, "Movie · Server Attic"},
		{"OtherExtra", `{"notification_type":"MEDIA_PENDING","subject":"x","extra":[{"name":"Quality","value":"best"},{"name":"Empty","value":""}]}`, "Quality best"},
		{"Issue", seerrBody("ISSUE_COMMENT", "", "Late.\nReally.", seerrSeries+","+seerrIssue+","+seerrComment), "Subtitle issue · Reported by Jon · Issue Late.\nReally."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := toldBy(t, "seerr", tt.body)
			if got := factWords(n); got != tt.want {
				t.Errorf("facts\n got %s\nwant %s", got, tt.want)
			}
			if n.Details != "" {
				t.Errorf("details %q", n.Details)
			}
		})
	}
}

func TestSeerrLinks(t *testing.T) {
	t.Parallel()
	series := seerrSeries + "," + seerrRequest
	const app = `,"url":"https://seerr.example/"`
	tests := []struct{ name, body, want string }{
		{"Series", seerrBody("MEDIA_APPROVED", "", "", series), "https://www.themoviedb.org/tv/7 TVDB https://thetvdb.com/?tab=series&id=9"},
		{"SeriesInApp", seerrBody("MEDIA_APPROVED", "", "", series+app),
			"https://seerr.example/tv/7 TMDB https://www.themoviedb.org/tv/7 TVDB https://thetvdb.com/?tab=series&id=9"},
		{"PendingInApp", `{"notification_type":"MEDIA_PENDING","media":{"media_type":"movie","tmdbId":7}` + app + `}`,
			"https://seerr.example/movie/7 Approve or decline https://seerr.example/requests TMDB https://www.themoviedb.org/movie/7"},
		{"IssueInApp", `{"notification_type":"ISSUE_CREATED","issue":{"issue_id":27}` + app + `}`, "https://seerr.example/issues/27"},
		{"MovieHasNoTVDB", `{"notification_type":"MEDIA_APPROVED","media":{"media_type":"movie","tmdbId":"7","tvdbId":"9"}}`, "https://www.themoviedb.org/movie/7"},
		{"IMDb", `{"notification_type":"MEDIA_APPROVED","mediaType":"movie","mediaId":"7","imdbId":"tt12"}`, "https://www.themoviedb.org/movie/7 IMDb https://imdb.com/title/tt12/"},
		{"NoIDs", `{"notification_type":"MEDIA_APPROVED","media":{"media_type":"tv","tmdbId":"","tvdbId":"0"}}`, ""},
		{"BadIDs", `{"notification_type":"MEDIA_APPROVED","media":{"media_type":"tv","tmdbId":"../x","tvdbId":"1&x"}}`, ""},
		{"AppIsNoAddress", `{"notification_type":"ISSUE_CREATED","issue":{"issue_id":27},"url":"/x"}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := toldBy(t, "seerr", tt.body)
			got := n.URL
			for _, l := range n.Links {
				got += " " + l.Text + " " + l.URL
			}
			if got != tt.want {
				t.Errorf("links\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestSeerrPrivate looks for what is nobody's business in everything that samples become.
func TestSeerrPrivate(t *testing.T) {
	t.Parallel()
	for _, s := range payloads.Of("seerr") {
		n := posted(t, "seerr", string(s.Body)).Notification
		m := formatters.Render(n, formatters.RenderOptions{})
		for _, private := range []string{"@example.net", "avatar", "123456789012345678", "{{", "object Object"} {
			if strings.Contains(m.Body+m.FormattedBody+fmt.Sprint(n), private) {
				t.Errorf("%s tells %q:\n%s", s.Name, private, m.Body)
			}
		}
	}
}

func TestSeerrPoster(t *testing.T) {
	t.Parallel()
	for image, want := range map[string]string{
		"https://image.tmdb.org/t/p/w600_and_h900_bestv2/a.jpg": "https://image.tmdb.org/t/p/w600_and_h900_bestv2/a.jpg",
		"https://image.tmdb.org/t/p/w600_and_h900_bestv2null":   "",
		"/avatarproxy/1": "",
		"":               "",
	} {
		n := toldBy(t, "seerr", fmt.Sprintf(`{"notification_type":"MEDIA_PENDING","image":%q}`, image))
		if n.Image != want {
			t.Errorf("the picture of %q is %q, want %q", image, n.Image, want)
		}
	}
}

func TestSeerrLabels(t *testing.T) {
	t.Parallel()
	request := toldBy(t, "seerr", seerrBody("MEDIA_PENDING", "New 4K Series Request", "", seerrSeries+","+seerrRequest))
	if diff := cmp.Diff(map[string]string{"event_type": "MEDIA_PENDING", "media_type": "tv", "is_4k": "true", "user": "Dana"}, request.Labels); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	comment := toldBy(t, "seerr", seerrBody("ISSUE_COMMENT", "", "", seerrSeries+","+seerrIssue+","+seerrComment))
	if diff := cmp.Diff(map[string]string{"event_type": "ISSUE_COMMENT", "media_type": "tv", "issue_type": "subtitles", "user": "Jon", "commenter": "Admin"}, comment.Labels); diff != "" {
		t.Errorf("comment (-want +got):\n%s", diff)
	}
}

// TestSeerrRefuses holds what the generic formatter tells better.
func TestSeerrRefuses(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"text":"hello"}`, `{"subject":"hello","message":"world"}`, `[1]`, `no JSON`, ``} {
		if f := posted(t, "seerr", body); !f.Fallback {
			t.Errorf("%s is told as %s", body, head(f.Notification))
		}
	}
}
