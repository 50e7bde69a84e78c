package formatters

import (
	"cmp"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// story is what an open alert says, in one line, without the name of its rule in front:
// the subject has said that.
func (a *groupAlert) story() string { return withoutName(a.words(), a.name()) }

// words are the story as its author wrote it.
func (a *groupAlert) words() string {
	if !a.blind() {
		summary := a.Annotations.first("summary", "description", "message")
		if a.Annotations.first("summary") == "" {
			summary, _, _ = strings.Cut(summary, "\n")
		}
		return oneLine(summary)
	}
	query := "the query"
	if ref := cmp.Or(a.Labels.first("ref_id"), a.Annotations.first("ref_id")); ref != "" {
		query = "query " + ref
		if source := cmp.Or(a.Labels.first("datasource_uid"), a.Annotations.first("datasource_uid")); source != "" {
			query += " of " + source
		}
	}
	if a.reason() == "NoData" {
		return oneLine(query + " returned nothing")
	}
	// "[sse.dataQueryError] failed to execute query [A]: …": the code is for Grafana's authors.
	cause := grafanaErrorCode.ReplaceAllString(a.Annotations.first("Error", "error"), "")
	return oneLine(cmp.Or(cause, query+" failed"))
}

var grafanaErrorCode = regexp.MustCompile(`^\[[\w.-]+\]\s+`)

// withoutName takes a rule's name off the front of a text: "on nas: 97 %" of "CPU on nas: 97 %".
// Where the name is the first words of a sentence, it stays.
func withoutName(text, name string) string {
	rest, ok := strings.CutPrefix(text, name)
	switch {
	case !ok || name == "":
		return text
	case rest == "" || strings.HasPrefix(rest, " on "):
		return strings.TrimSpace(rest)
	}
	rest = strings.TrimSpace(rest)
	for _, mark := range []string{":", "- ", "– ", "— "} {
		if said, ok := strings.CutPrefix(rest, mark); ok {
			return strings.TrimSpace(said)
		}
	}
	return text
}

// withoutPlace takes a place off the front of a text that stands behind it: "is down" of
// "nas is down", "97 %" of "on nas: 97 %".
func withoutPlace(text, place string) string {
	if place == "" {
		return text
	}
	for _, start := range []string{place + " ", "on " + place + ":", "on " + place + " "} {
		if rest, ok := strings.CutPrefix(text+" ", start); ok {
			return strings.TrimSpace(rest)
		}
	}
	return text
}

// located is what follows the subject: the text, with the alert's place before it where
// neither of them names it ("on host-1: CPU at 97 %"). What the subject says is not repeated.
func (a *groupAlert) located(subject, text string) string {
	if text != "" && containsWord(subject, text) {
		text = ""
	}
	place, _ := a.place()
	host := hostOf(place)
	told := place == "" || containsWord(text, host) || containsWord(subject, host)
	switch {
	case text == "" && told:
		return ""
	case text == "":
		return "on " + place
	case told && strings.HasPrefix(text, "on "):
		return text
	case told:
		return ": " + text
	}
	return "on " + place + ": " + text
}

// hostOf takes the port off an instance: people speak of the host.
func hostOf(place string) string {
	if host, port, ok := strings.Cut(place, ":"); ok && host != "" && strings.Trim(port, "0123456789") == "" {
		return host
	}
	return place
}

// containsWord reports whether a word stands in a text, and not as a part of another one.
func containsWord(text, word string) bool {
	for rest := text; ; {
		before, after, ok := strings.Cut(rest, word)
		if !ok {
			return false
		}
		last, _ := utf8.DecodeLastRuneInString(before)
		next, _ := utf8.DecodeRuneInString(after)
		if !inWord(last) && !inWord(next) {
			return true
		}
		rest = after
	}
}

func inWord(r rune) bool {
	return r == '-' || r == '_' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// summary is what follows the subject of an alert that has a card of its own.
func (a *groupAlert) summary(subject string) string {
	if !a.over {
		return a.located(subject, a.story())
	}
	ending := a.ending()
	place, _ := a.place()
	switch {
	case place == "" || containsWord(subject, hostOf(place)):
		return ending
	case ending == "" || ending[0] == ':':
		return "on " + place + ending
	}
	return "on " + place + " " + ending
}

// ending says how an alert ended that is over: "after 12 min", "had no data for 3 min".
func (a *groupAlert) ending() string {
	words, lasted := "", a.lasted()
	if lasted != "" {
		words = "after " + lasted
	}
	if a.replaces() {
		words = "had no data"
		if a.reason() == "Error" {
			words = "had query errors"
		}
		if lasted != "" {
			words += " for " + lasted
		}
	}
	if why := a.endReason(); why != "" {
		words += ": " + why
	}
	return words
}

// lasted says how long an alert took that is over, or "".
func (a *groupAlert) lasted() string {
	if !a.over || a.started.IsZero() || !a.ended.After(a.started) {
		return ""
	}
	return durationWords(a.ended.Sub(a.started))
}

// endReason says why an alert ended other than by its condition, or "".
func (a *groupAlert) endReason() string {
	full := oneLine(a.Annotations.first("grafana_state_reason"))
	reason, _, _ := strings.Cut(full, ",") // "NoData, KeepLast"
	if a.replaces() && strings.EqualFold(a.reason(), reason) {
		return ""
	}
	switch strings.ToLower(reason) {
	case "paused":
		return "the rule was paused"
	case "ruledeleted":
		return "the rule was deleted"
	case "updated":
		return "the rule was changed"
	case "missingseries":
		return "its series is gone"
	case "nodata":
		return "there is no data"
	case "error":
		return "the query fails"
	}
	return full
}
