package incident

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// Line is what a digest says of one delivery.
type Line struct {
	Hook     string              `json:"hook"`
	Status   string              `json:"status"`
	Severity formatters.Severity `json:"severity,omitzero"`
	Text     string              `json:"text"` // the first line of what would have been its card
	Window   time.Duration       `json:"-"`    // how long a digest lasts that it begins

	// Kept as long as the line is alone.
	Part     *Part    `json:"part,omitempty"`     // what it stands for
	Matter   int64    `json:"matter,omitzero"`    // the incident that Part is about, as the caller counts them; 0 for none
	Mentions []string `json:"mentions,omitempty"` // whom Part pings
}

const (
	maxLine   = 400     // bytes of one line
	maxCounts = 4       // statuses that a digest's first line counts
	inSight   = 8       // lines that are not folded
	headSpace = 2 << 10 // bytes of a card that its lines leave to its head
)

// lineOf returns the line that stands for a part.
func lineOf(hook string, window time.Duration, p *Part) *Line {
	n := p.Notification
	return &Line{Hook: hook, Status: bareStatus(n.Status), Severity: n.Severity, Text: n.Title(), Window: window, Part: p}
}

// space is how many bytes the lines of one card may take.
func space(encrypted bool) int {
	if encrypted {
		return formatters.LargeEncryptedBytes - headSpace
	}
	return formatters.LargeBytes - headSpace
}

// weight is what a line takes of a card at most.
func (l *Line) weight() int { return formatters.Weigh(l.Hook + ": " + l.Text) }

// card draws a digest: "DIGEST 14 more in 30 s: 12 renamed, 2 imported". A few lines are in
// sight, many are folded.
func (l *Lines) card() *formatters.Notification {
	n := &formatters.Notification{
		Version: formatters.NotificationVersion, Event: "digest", Severity: formatters.Muted, Status: "digest", Large: true,
		Subject: fmt.Sprintf("%d more in %s", len(l.Lines), formatters.Duration(max(l.Last.Sub(l.Since), time.Second))),
		Summary: ": " + l.counts(),
	}
	mixed := slices.ContainsFunc(l.Lines, func(line Line) bool { return line.Hook != l.Lines[0].Hook })
	if len(l.Lines) <= inSight {
		for _, line := range l.Lines {
			n.Items = append(n.Items, line.item(mixed))
		}
		return n
	}
	var details strings.Builder
	for _, line := range l.Lines {
		if mixed {
			details.WriteString(line.Hook + ": ")
		}
		details.WriteString(line.Text + "\n")
	}
	n.Details = details.String()
	return n
}

// item draws a line that is in sight: with its hook's name, or with its status as a badge.
func (l *Line) item(named bool) formatters.Item {
	if named {
		return formatters.Item{Subject: l.Hook, Text: ": " + l.Text}
	}
	if rest, begins := strings.CutPrefix(l.Text, l.Status+" "); begins {
		return formatters.Item{Status: l.Status, Severity: l.Severity, Text: rest}
	}
	return formatters.Item{Text: l.Text}
}

// counts says how many lines have which status, the most frequent first.
func (l *Lines) counts() string {
	counts := slices.Clone(l.Count)
	slices.SortStableFunc(counts, func(a, b StatusCount) int { return cmp.Compare(b.N, a.N) })
	words := make([]string, 0, maxCounts+1)
	rest := len(l.Lines)
	for _, c := range counts[:min(len(counts), maxCounts)] {
		words = append(words, fmt.Sprintf("%d %s", c.N, strings.ToLower(c.Status)))
		rest -= c.N
	}
	if rest > 0 {
		words = append(words, fmt.Sprintf("%d others", rest))
	}
	return strings.Join(words, ", ")
}

// cutText keeps a line from taking a card for itself.
func cutText(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= maxLine {
		return s
	}
	return strings.ToValidUTF8(s[:maxLine-len("…")], "") + "…"
}
