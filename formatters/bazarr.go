package formatters

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func init() {
	register(Service{Name: "bazarr", Title: "Bazarr", Formatter: FormatterFunc(formatBazarr)})
}

// formatBazarr tells what Bazarr (0.8 to 1.5) says through Apprise: one sentence for each
// subtitle. It has no events, ids or links, and its type is always "info".
func formatBazarr(p Payload) (Notification, error) {
	d, labels, err := readAppriseRequest(p)
	if err != nil {
		return Notification{}, err
	}
	dropPlaceholders(&d, labels)
	if strings.EqualFold(d.text, "Test notification") || strings.EqualFold(d.title, "Bazarr test notification") {
		return Notification{
			Event: "test", Severity: Muted, Status: "test", Subject: "Bazarr", Summary: "is connected", Labels: labels,
		}, nil
	}
	if strings.EqualFold(d.title, "Bazarr notification") { // that much its name and picture say
		d.title = ""
	}
	s, ok := parseSubtitle(strings.TrimSpace(d.text))
	if !ok {
		n := d.notification()
		n.Labels = labels
		return n, nil
	}
	return s.notification(d, labels), nil
}

// dropPlaceholders leaves out what was to be filled in: older versions, and every test,
// send "{bazarr_movie_path}" as the user's URL has it.
func dropPlaceholders(d *draft, labels map[string]string) {
	unfilled := func(s string) bool { return strings.Contains(s, "{bazarr_") }
	d.facts = slices.DeleteFunc(d.facts, func(f Fact) bool { return unfilled(f.Value) })
	maps.DeleteFunc(labels, func(_, value string) bool { return unfilled(value) })
	if unfilled(d.url) {
		d.url = ""
	}
	if unfilled(d.image) {
		d.image = ""
	}
}

// subtitle is what a sentence of Bazarr's says.
type subtitle struct {
	media    string // a film with its year, or the series
	episode  string // "S02E03"; "" for a film
	title    string // of the episode
	language string // "English", in English whatever the language of its pages
	variant  string // "HI", for the hard of hearing, or "forced"
	action   string // "downloaded", "manually downloaded", "upgraded" or "manually uploaded"
	provider string // "" when uploaded
	score    string // of 100; "" when uploaded
}

var (
	subtitleNews = regexp.MustCompile(`(?is)^(\S.*?)(?: (HI|forced))? subtitles ` +
		`((?:manually )?(?:downloaded|upgraded|uploaded))(?: from (\S+))?(?: with a score of ([0-9.]+) ?%)?\.?$`)
	episodeOfSeries = hint(" - S", `(?s)^(.*?\S) - (S\d{2,}E\d{2,}) -\s*(.*)$`)
)

func parseSubtitle(sentence string) (subtitle, bool) {
	colon := strings.LastIndex(sentence, " : ") // the title of a film may hold one too, the name of a language does not
	if colon < 0 {
		return subtitle{}, false
	}
	media, m := strings.TrimSpace(sentence[:colon]), subtitleNews.FindStringSubmatch(sentence[colon+len(" : "):])
	if media == "" || m == nil {
		return subtitle{}, false
	}
	s := subtitle{media: media, language: m[1], variant: m[2], action: strings.ToLower(m[3]), provider: m[4]}
	if score, err := strconv.ParseFloat(m[5], 64); err == nil {
		s.score = strconv.FormatFloat(score, 'f', -1, 64)
	}
	if e := episodeOfSeries.FindStringSubmatch(s.media); e != nil {
		s.media, s.episode, s.title = e[1], e[2], e[3]
	}
	return s, true
}

// notification tells a subtitle, and below it what else the draft holds: the members that
// the user's URL adds.
func (s subtitle) notification(d draft, labels map[string]string) Notification {
	title := d.title
	d.title, d.text = "", ""
	n := d.notification()
	n.Event, n.Severity, n.Status, n.Labels = s.action, Success, "subtitles", labels
	n.Subject, n.Summary = s.media, s.episode+": "+s.language
	if s.variant != "" {
		n.Summary += " (" + s.variant + ")"
	}
	switch by, byHand := strings.CutPrefix(s.action, "manually "); {
	case byHand:
		n.Summary += ", " + by + " by hand"
	case by == "upgraded":
		n.Status = "subtitles upgraded"
	}
	n.Facts = append(knownFacts(
		Fact{Value: s.title}, Fact{Name: "From", Value: s.provider}, Fact{Name: "Score", Value: percent(s.score)}, Fact{Value: title},
	), n.Facts...)
	for i, f := range n.Facts {
		n.Facts[i].Code = f.Name == "Path"
	}
	labels["media"] = "movie"
	if s.episode != "" {
		labels["media"] = "episode"
	}
	for name, value := range map[string]string{
		"language": s.language, "variant": strings.ToLower(s.variant), "provider": s.provider, "score": s.score,
	} {
		if value != "" {
			labels[name] = value
		}
	}
	return n
}

// percent writes a known percentage.
func percent(s string) string {
	if s == "" {
		return ""
	}
	return s + " %"
}
