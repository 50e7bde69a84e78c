package formatters

import (
	"cmp"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// story is what an open alert says, in one line.
func (a *groupAlert) story() string {
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

// located puts the alert's place before a text that does not name it: "on host-1: CPU at 97 %".
func (a *groupAlert) located(text string) string {
	place, _ := a.place()
	switch {
	case place == "" && text == "":
		return ""
	case place == "" || containsWord(text, hostOf(place)):
		return ": " + text
	case text == "":
		return "on " + place
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
	if a.replaces() && a.reason() == reason {
		return ""
	}
	switch reason {
	case "Paused":
		return "the rule was paused"
	case "RuleDeleted":
		return "the rule was deleted"
	case "Updated":
		return "the rule was changed"
	case "MissingSeries":
		return "its series is gone"
	case "NoData":
		return "there is no data"
	case "Error":
		return "the query fails"
	}
	return full
}
