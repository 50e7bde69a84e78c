package formatters

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"strings"
)

// Sonarr, Radarr, Lidarr, Readarr and Prowlarr post their webhooks with the same code: one
// flat object per event, "eventType" last, absent members left out. Here is what they
// share: the envelope, and the four events that are about the program itself. Each program
// embeds servarrWebhook in a struct with members of its own.
//
// A webhook has neither an id nor a time. What ties several of them together is
// "downloadId", from a grab to the end of its import, and the name of a health check.

// errNoEventType says that a document is none of these programs' webhooks.
var errNoEventType = errors.New("the document has no eventType")

// servarrWebhook is what the programs' webhooks have in common, as of Sonarr 3 to 5,
// Radarr 6, Lidarr 2, Readarr 0.3 and Prowlarr 2.
type servarrWebhook struct {
	program string // "Sonarr"; set before decoding

	EventType      text `json:"eventType"`      // "Grab"; its source says that the case may change one day
	InstanceName   text `json:"instanceName"`   // contains the program's name; absent in Sonarr 3
	ApplicationURL text `json:"applicationUrl"` // "" or absent when unknown; may have a path, may end in "/"

	// Health, HealthRestored, ApplicationUpdate
	Level           text `json:"level"`   // "warning" or "error"; of what is restored, what it was
	Message         text `json:"message"` // in the language of the program's pages
	Type            text `json:"type"`    // the check's class: "IndexerStatusCheck"
	WikiURL         text `json:"wikiUrl"`
	PreviousVersion text `json:"previousVersion"`
	NewVersion      text `json:"newVersion"`

	// Grab, Download, ManualInteractionRequired
	Release            servarrRelease `json:"release"`
	DownloadClient     text           `json:"downloadClient"`     // as the user named it
	DownloadClientType text           `json:"downloadClientType"` // "qBittorrent"
	DownloadID         text           `json:"downloadId"`         // absent for blackholes and manual imports
	CustomFormatInfo   struct {
		Score number `json:"customFormatScore"` // may be negative
	} `json:"customFormatInfo"`
	IsUpgrade              boolean         `json:"isUpgrade"`
	DeletedFiles           servarrDeleted  `json:"deletedFiles"`
	DeleteReason           text            `json:"deleteReason"`
	DownloadInfo           servarrDownload `json:"downloadInfo"`
	DownloadStatusMessages []struct {
		Title    text   `json:"title"` // the file that is not imported
		Messages []text `json:"messages"`
	} `json:"downloadStatusMessages"`
}

// decodeServarr reads a webhook into w, which embeds servarrWebhook.
func decodeServarr(p Payload, w interface{ common() *servarrWebhook }) error {
	err := decodePayload(p, w)
	if err == nil && w.common().event() == "" {
		err = errNoEventType
	}
	if err != nil {
		return fmt.Errorf("read %s webhook: %w", w.common().program, err)
	}
	return nil
}

func (w *servarrWebhook) common() *servarrWebhook { return w }

// event returns the lower-cased name of the event, for comparisons.
func (w *servarrWebhook) event() string {
	return strings.ToLower(strings.TrimSpace(string(w.EventType)))
}

// instance returns the name that the user gave this installation of the program.
func (w *servarrWebhook) instance() string {
	return cmp.Or(strings.TrimSpace(string(w.InstanceName)), w.program)
}

// notification begins the notification of any event: until somebody knows better, it is
// called by its own name and is about the installation.
func (w *servarrWebhook) notification() Notification {
	event := strings.TrimSpace(string(w.EventType))
	n := Notification{Subject: w.instance(), Labels: map[string]string{"instance": w.instance()}}
	n.setEvent(event, cmp.Or(camelWords(event), event), Info)
	if message := strings.TrimSpace(string(w.Message)); message != "" {
		n.Summary = ": " + message
	}
	return n
}

// setEvent names a known event in its usual case, so that filters hold if that changes.
func (n *Notification) setEvent(event, status string, severity Severity) {
	n.Event, n.Status, n.Severity = event, status, severity
	n.Labels["event_type"] = event
}

// incident identifies a matter within a hook that several installations may share.
func (w *servarrWebhook) incident(kind string, id text, state IncidentState) Incident {
	if id == "" {
		return Incident{}
	}
	key := kind + ":" + string(id)
	if instance := w.instance(); instance != w.program {
		key += "@" + instance
	}
	return Incident{Key: key, State: state}
}

// system tells the events that are about the program itself, and reports false for others.
func (w *servarrWebhook) system(p Payload) (Notification, bool) {
	n := w.notification()
	switch w.event() {
	case "test": // carries an invented series, film, album or book, or nothing
		n.setEvent("Test", "test", Muted)
		n.Subject, n.URL, n.Summary = w.program, w.appURL(), "is connected"
		n.Facts = knownFacts(
			Fact{Name: "Instance", Value: string(w.InstanceName)},
			Fact{Name: "Version", Value: productVersion(p.header("User-Agent"), w.program)},
		)
	case "health": // told once per check until that recovers, and once more after a restart
		level := cmp.Or(strings.ToLower(strings.TrimSpace(string(w.Level))), "issue")
		n.setEvent("Health", "health "+level, healthSeverity(level))
		w.describeCheck(&n)
		n.Incident = w.incident("health", w.Type, Open)
	case "healthrestored": // its level and message are those of what is over
		n.setEvent("HealthRestored", "health restored", Success)
		w.describeCheck(&n)
		n.Summary = "resolved" + n.Summary
		n.Incident = w.incident("health", w.Type, Resolved)
	case "applicationupdate":
		n.setEvent("ApplicationUpdate", "updated", Info)
		n.URL = w.appURL("system", "updates")
		if w.PreviousVersion != "" && w.NewVersion != "" {
			n.Summary = fmt.Sprintf("from %s to %s", w.PreviousVersion, w.NewVersion)
		}
	default:
		return n, false
	}
	return n, true
}

// describeCheck adds what a health check says of itself.
func (w *servarrWebhook) describeCheck(n *Notification) {
	check := strings.TrimSuffix(camelWords(string(w.Type)), " check")
	if n.Summary == "" && check != "" {
		n.Summary = ": " + check
	}
	n.URL = w.appURL("system", "status")
	n.Facts = knownFacts(Fact{Name: "Check", Value: check})
	n.Links = knownLinks(Link{Text: "Wiki", URL: webURL(w.WikiURL)})
	n.Labels["check"], n.Labels["level"] = string(w.Type), string(w.Level)
}

// healthSeverity is for a check that fails; "ok" and "notice" are known, but not sent.
func healthSeverity(level string) Severity {
	switch level {
	case "error":
		return Error
	case "notice", "ok":
		return Info
	}
	return Warning
}

// client names the download client.
func (w *servarrWebhook) client() string { return firstText(w.DownloadClient, w.DownloadClientType) }

// route says where a download comes from and where it goes: "indexer → client".
func (w *servarrWebhook) route() Fact {
	indexer, client := string(w.Release.Indexer), w.client()
	switch {
	case client == "":
		return Fact{Name: "Indexer", Value: indexer}
	case indexer == "":
		return Fact{Name: "Client", Value: client}
	}
	return Fact{Value: indexer + " → " + client}
}

// score is what the user's custom formats give a release in sum; 0 says nothing.
func (w *servarrWebhook) score() Fact {
	score := w.CustomFormatInfo.Score
	if !score.Known {
		score = w.Release.Score
	}
	if v := score.Value; v != 0 && v > -1e9 && v < 1e9 {
		return Fact{Name: "Score", Value: fmt.Sprintf("%+.0f", v)}
	}
	return Fact{}
}

// statusMessages lists why a download cannot be imported, per file, and returns the first
// reason alone. What the first line says is not said again: a reason that names no file,
// or the only one.
func (w *servarrWebhook) statusMessages() (first string, items []Item) {
	for _, m := range w.DownloadStatusMessages {
		words := make([]string, len(m.Messages))
		for i, message := range m.Messages {
			words[i] = string(message)
		}
		title, all := firstText(m.Title), joinWords(" · ", words...)
		if first == "" {
			if first = firstText(m.Messages...); first == "" {
				first, title = title, ""
			}
		}
		if title != "" || all != "" {
			items = append(items, Item{Subject: title, Text: all, Severity: Warning})
		}
	}
	if len(items) == 1 && items[0].Text == first {
		items[0].Text = ""
		if w.isRelease(items[0].Subject) {
			items = nil
		}
	}
	return first, items
}

// isRelease reports whether a file's name is that of the download, or nothing.
func (w *servarrWebhook) isRelease(name string) bool {
	for _, release := range []string{firstText(w.Release.ReleaseTitle), firstText(w.DownloadInfo.Title)} {
		if strings.EqualFold(name, release) || strings.EqualFold(strings.TrimSuffix(name, path.Ext(name)), release) {
			return true
		}
	}
	return name == ""
}
