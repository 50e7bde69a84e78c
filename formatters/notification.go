package formatters

import "time"

// NotificationVersion is the version of the stored JSON of a Notification. It grows when
// an old reader would misread a new notification.
const NotificationVersion = 1

// Notification is what a payload means, before it looks like anything. All text in it is
// plain and foreign: Render escapes it.
type Notification struct {
	Version  int               `json:"version"`
	Event    string            `json:"event,omitempty"`   // the sender's own event name: "Grab", "firing"
	Severity Severity          `json:"severity"`          //
	Loud     bool              `json:"loud,omitzero"`     // wants a person's eye whatever its severity: a stream goes live
	Status   string            `json:"status"`            // what happened, one to three words: "firing", "8 of 10 imported"
	Subject  string            `json:"subject,omitempty"` // what it happened to: "HighCPU"
	URL      string            `json:"url,omitempty"`     // what the subject links to
	Summary  string            `json:"summary,omitempty"` // the rest of the first line: "on host-1: CPU at 97 % for 5 min"
	Facts    []Fact            `json:"facts,omitempty"`   // two to six
	Items    []Item            `json:"items,omitempty"`   // entries of a group: alerts, episodes, files
	Details  string            `json:"details,omitempty"` // preformatted, folded, last
	HTML     string            `json:"html,omitempty"`    // the sender's own rich text, cleaned by Render; it stands in the place of Details
	Links    []Link            `json:"links,omitempty"`   //
	Image    string            `json:"image,omitempty"`   // URL of a public picture, such as a poster
	Labels   map[string]string `json:"labels,omitempty"`  // for routes and inhibition; never drawn
	Incident Incident          `json:"incident,omitzero"` //
	Time     time.Time         `json:"time,omitzero"`     // when it happened, as the sender says
}

// Fact is a named value. A value that explains itself has no name.
type Fact struct {
	Name  string    `json:"name,omitempty"`
	Value string    `json:"value,omitempty"`
	URL   string    `json:"url,omitempty"`
	Code  bool      `json:"code,omitzero"` // a release name or path: drawn as code, on a line of its own
	Time  time.Time `json:"time,omitzero"` // drawn in the configured zone, in the place of Value
}

// Item is one entry of a group.
type Item struct {
	Key      string    `json:"key,omitempty"`     // identifies the entry within its incident; never drawn
	Status   string    `json:"status,omitempty"`  // a badge before the entry: "critical", "resolved"
	Subject  string    `json:"subject,omitempty"` // bold: "nas-1"
	Text     string    `json:"text,omitempty"`    // "/data 4 % left"
	URL      string    `json:"url,omitempty"`     // what the subject links to
	Severity Severity  `json:"severity,omitzero"` // the badge's colour; Success says that the entry is over
	Since    time.Time `json:"since,omitzero"`    // while it lasts, drawn as "for 2 h"
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
