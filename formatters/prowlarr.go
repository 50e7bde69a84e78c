package formatters

import (
	"strings"
	"time"
)

// Prowlarr tells five events. A grab says that a release was asked for, by another program
// or by hand, and not whether it was had: so it is no incident, for nothing would end it.
// What another program asked for, that program tells better itself: it is muted.

func init() {
	register(Service{
		Name:      "prowlarr",
		Title:     prowlarrTitle,
		Formatter: FormatterFunc(formatProwlarr),
		Headers:   []string{"User-Agent"}, // "Prowlarr/2.3.5.5327 (alpine 3.22)"
	})
}

const prowlarrTitle = "Prowlarr"

type prowlarrWebhook struct {
	servarrWebhook
	Trigger text `json:"trigger"` // api, manual
	Source  text `json:"source"`  // "Sonarr", from its User-Agent; "Prowlarr" by hand; "Other"
	Host    text `json:"host"`    // the name or address that asked
}

// formatProwlarr tells the webhooks of Prowlarr 1 and 2.
func formatProwlarr(p Payload) (Notification, error) {
	w := prowlarrWebhook{servarrWebhook: servarrWebhook{program: prowlarrTitle}}
	if err := decodeServarr(p, &w); err != nil {
		return Notification{}, err
	}
	n, ok := w.system(p)
	if ok {
		return n, nil
	}
	m := &servarrMatter{page: Link{Text: "History", URL: w.appURL("history")}}
	w.begin(&n, m)
	n.addLabel("trigger", strings.ToLower(string(w.Trigger)))
	n.addLabel("source", string(w.Source))
	n.addLabel("host", string(w.Host))
	if w.event() == "grab" {
		w.requested(&n)
	} else {
		w.unknown(&n, p, m)
	}
	return n, nil
}

// requested tells a grab. One by another program names the release and its indexer alone.
func (w *prowlarrWebhook) requested(n *Notification) {
	n.setEvent("Grab", "requested", Muted)
	switch source := firstText(w.Source); {
	case strings.EqualFold(string(w.Trigger), "manual"), w.Trigger == "" && source == prowlarrTitle:
		n.Severity = Info
		n.Summary = "by hand"
	case source == "" || strings.EqualFold(source, "other"):
		n.Summary = "by another program"
	default:
		n.Summary = "by " + source
	}
	n.Facts = knownFacts(
		w.route(),
		Fact{Value: sizeWords(w.Release.Size)},
		Fact{Value: nameWords(w.Release.Categories)},
		Fact{Value: nameWords(w.Release.IndexerFlags)},
		Fact{Name: "From", Value: string(w.Host)},
	)
	published, err := time.Parse(time.RFC3339, string(w.Release.PublishDate))
	if err == nil && published.Year() > 1 {
		n.Facts = append(n.Facts, Fact{Name: "Published", Time: published})
	}
}
