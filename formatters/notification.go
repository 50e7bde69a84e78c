package formatters

import (
	"strings"
	"time"
)

// NotificationVersion is the version of the stored JSON of a Notification. It grows when
// an old reader would misread a new notification.
const NotificationVersion = 1

// Notification is what a payload means, before it looks like anything. Its text is plain
// and foreign: Render escapes it, cleans it of controls, folds line breaks, drops empty
// parts and cuts what is too long, so that a formatter does none of that.
//
// The first line is drawn as "STATUS Subject Summary" and has to tell the story alone:
//
//   - Status is written in upper case, from its first letter or digit on. When two or more
//     items have a status, it is counted: "firing" becomes "3 FIRING", and "1 RESOLVED"
//     stands beside it when an item is over. A status that begins with a digit, and any of
//     a Muted notification, stands as it is. Without a status, the severity stands there.
//   - Summary follows the subject after a space; one that begins with ":", "," or ";"
//     follows at once: "on host-1" makes "HighCPU on host-1", and ": connection refused"
//     makes "Synapse: connection refused". Without a subject, that mark is left out. The
//     same holds for the text of an item.
//
// Addresses are linked when they are http, https or mailto, and lose their credentials.
// With any other address a text stays text, and a Link is not drawn.
type Notification struct {
	Version  int               `json:"version"`
	Event    string            `json:"event,omitempty"`   // the sender's own event name: "Grab", "firing"
	Severity Severity          `json:"severity"`          // the badge's colour; Warning and above notify
	Loud     bool              `json:"loud,omitzero"`     // wants a person's eye whatever its severity: a stream goes live
	Status   string            `json:"status"`            // what happened, one to three words: "firing", "8 of 10 imported"
	Subject  string            `json:"subject,omitempty"` // what it happened to: "HighCPU"
	URL      string            `json:"url,omitempty"`     // what the subject links to: where a person would act
	Summary  string            `json:"summary,omitempty"` // the rest of the first line: "on host-1: CPU at 97 %"
	Facts    []Fact            `json:"facts,omitempty"`   // two to six
	Items    []Item            `json:"items,omitempty"`   // entries of a group: alerts, episodes, files; the first 8 are in sight
	More     int               `json:"more,omitzero"`     // entries that the sender left out of Items, which the first line counts
	Details  string            `json:"details,omitempty"` // preformatted, folded, last; line breaks stay
	HTML     string            `json:"html,omitempty"`    // the sender's own rich text; it stands in the place of Details
	Links    []Link            `json:"links,omitempty"`   // the most useful first: the plain body shows two
	Image    string            `json:"image,omitempty"`   // URL of a public picture, such as a poster
	Large    bool              `json:"large,omitzero"`    // takes as much of an event as there is, which is for digests
	Labels   map[string]string `json:"labels,omitempty"`  // for routes and inhibition; never drawn
	Incident Incident          `json:"incident,omitzero"` //
	Time     time.Time         `json:"time,omitzero"`     // when it happened, as the sender says; never drawn
}

// Fact is a named value. A value that explains itself has no name, one without a value is
// not drawn.
type Fact struct {
	Name  string    `json:"name,omitempty"`
	Value string    `json:"value,omitempty"`
	URL   string    `json:"url,omitempty"`
	Code  bool      `json:"code,omitzero"` // a release name or path: drawn as code, on a line of its own, after the others
	Time  time.Time `json:"time,omitzero"` // drawn in the configured zone, in the place of Value: "09:40", "21 Nov 09:40"
}

// Item is one entry of a group.
type Item struct {
	Key      string    `json:"key,omitempty"`     // identifies the entry within its incident; never drawn
	Status   string    `json:"status,omitempty"`  // a badge before the entry, in lower case: "critical", "resolved"
	Subject  string    `json:"subject,omitempty"` // bold: "nas-1"
	Text     string    `json:"text,omitempty"`    // "/data 4 % left"
	URL      string    `json:"url,omitempty"`     // what the subject links to; without one, the text
	Severity Severity  `json:"severity,omitzero"` // the badge's colour; Success says that the entry is over
	Since    time.Time `json:"since,omitzero"`    // drawn behind the text as "for 2 h", unless the entry is over
	Said     bool      `json:"said,omitzero"`     // the lines above say it: neither drawn nor counted until others stand beside it
}

// Link is a named address, drawn in one line with the others.
type Link struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// Incident says which lasting matter a notification belongs to.
type Incident struct {
	Key   string        `json:"key,omitempty"`  // unique within the hook; "" when Standalone
	State IncidentState `json:"state,omitzero"` // as the sender said it
	// Partial says that Items are some of the incident's entries, and the others are as they
	// were: one import of many, or a group that the sender has cut.
	Partial bool `json:"partial,omitzero"`
}

// IncidentState is what the sender says of its incident. Whether an Open opens, updates
// or repeats one is found later, by comparing items.
type IncidentState string

// The states of an incident.
const (
	Standalone IncidentState = ""
	Open       IncidentState = "open"
	Resolved   IncidentState = "resolved"
)

// Title is the first line in plain text, for lists and logs; Render draws the real one.
func (n *Notification) Title() string {
	var title strings.Builder
	for _, part := range []string{n.Status, n.Subject, n.Summary} {
		if title.Len() > 0 && part != "" && !clings(part) {
			title.WriteByte(' ')
		}
		title.WriteString(part)
	}
	return title.String()
}
