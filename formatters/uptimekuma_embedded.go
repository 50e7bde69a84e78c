package formatters

import (
	"cmp"
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// embeddedBeat looks for a heartbeat, and for its monitor, in a custom body that has them
// whole, as {{ heartbeatJSON | json }} and {{ monitorJSON | json }}: as the document itself,
// or under any name at its top, also within a string.
func embeddedBeat(doc []byte) (kumaEnvelope, bool) {
	var e kumaEnvelope
	var members map[string]jsontext.Value
	if decodeJSON(doc, &members) != nil {
		return e, false
	}
	e.embed(doc)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if inner := unwrapJSON(string(members[name])); inner != nil {
			e.embed(inner)
		}
	}
	return e, e.Heartbeat != nil
}

// embed takes what looks like a heartbeat or a monitor.
func (e *kumaEnvelope) embed(doc []byte) {
	var beat kumaHeartbeat
	if decodeJSON(doc, &beat) != nil {
		return
	}
	if beat.MonitorID != "" && beat.Status != "" && beat.Important != "" {
		e.Heartbeat = &beat
		return
	}
	var m struct {
		kumaMonitor
		Active scalar `json:"active"`
	}
	if decodeJSON(doc, &m) == nil && m.ID != "" && m.Type != "" && m.Active != "" {
		e.Monitor = &m.kumaMonitor
	}
}

// customBeat tells such a body: by its heartbeat, and by what else it says.
func (e kumaEnvelope) customBeat(texts []kumaText) Notification {
	message := -1
	var details string
	for i, t := range texts {
		if n, ok := findKumaMessage(t.value); ok && t.name != "" {
			m, _ := parseKumaMessage(t.value)
			e.Msg, details, message = text(t.value), n.Details, i
			if m.State == kumaUnknown {
				e.Msg = ""
			}
			break
		}
	}
	n := e.beat()
	n.Details = cmp.Or(n.Details, details)
	if e.Monitor == nil && message < 0 { // the heartbeat is all there is
		return n
	}
	return withOtherTexts(n, texts, message)
}
