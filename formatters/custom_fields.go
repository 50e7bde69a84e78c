package formatters

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// set makes the result of an expression a field's value. nil leaves the field empty.
func (d *customDraft) set(name string, v any) (err error) {
	if v == nil {
		return nil
	}
	field, own, _ := strings.Cut(name, ".")
	switch field {
	case "event":
		d.Event = lineOf(v)
	case "status":
		d.Status = lineOf(v)
	case "severity":
		if d.Severity, err = severityOf(v); err == nil {
			d.rated = true
		}
	case "loud":
		loud, ok := v.(bool)
		if d.Loud = loud; !ok {
			return fmt.Errorf("is neither true nor false, but %s", kindName(v))
		}
	case "subject":
		d.Subject = lineOf(v)
	case "url":
		d.URL = lineOf(v)
	case "summary":
		d.Summary = textOf(v)
	case "facts":
		d.addFact(own, v)
	case "items":
		return d.setItems(v)
	case "details":
		d.Details, err = detailsOf(v)
	case "html":
		d.HTML = textOf(v)
	case "links":
		d.Links = append(d.Links, Link{Text: own, URL: lineOf(v)})
	case "image":
		d.Image = lineOf(v)
	case "labels":
		d.addLabel(own, lineOf(v))
	case "incident":
		return d.setIncident(own, v)
	case "time":
		when, ok := readTime(v, d.zone)
		if d.Time = when.Time; !ok {
			return errors.New("is no time")
		}
	}
	return err
}

// severityOf reads a severity: one of the constants, or a word as senders use them.
func severityOf(v any) (Severity, error) {
	switch v := v.(type) {
	case int:
		if s := Severity(v); s >= Muted && s <= Critical {
			return s, nil
		}
	case string:
		if s, err := ParseSeverity(strings.ToLower(strings.TrimSpace(v))); err == nil {
			return s, nil
		}
		if s, ok := rate(v); ok {
			return s, nil
		}
		return 0, fmt.Errorf("unknown severity %q", v)
	}
	return 0, fmt.Errorf("is no severity, but %s", kindName(v))
}

// factKeys are those of a fact that is given as a map.
var factKeys = []string{"value", "url", "code", "time"}

func (d *customDraft) addFact(name string, v any) {
	f := Fact{Name: name}
	if m, ok := v.(map[string]any); ok && isOf(m, factKeys) {
		f.Value, f.URL = lineOf(m["value"]), lineOf(m["url"])
		f.Code, _ = m["code"].(bool)
		when, _ := readTime(m["time"], d.zone)
		f.Time = when.Time
	} else {
		f.Value = lineOf(v)
	}
	if f.Value != "" || !f.Time.IsZero() {
		d.Facts = append(d.Facts, f)
	}
}

// isOf reports whether a map has keys, and only known ones.
func isOf(m map[string]any, known []string) bool {
	n := 0
	for _, key := range known {
		if _, there := m[key]; there {
			n++
		}
	}
	return n > 0 && n == len(m)
}

// itemKeys are those of an item.
var itemKeys = []string{"key", "status", "subject", "text", "url", "severity", "since"}

// setItems reads a list of maps, or of texts. An entry that is wrong in part is told all
// the same.
func (d *customDraft) setItems(v any) error {
	list := reflect.ValueOf(v)
	if list.Kind() != reflect.Slice && list.Kind() != reflect.Array {
		return fmt.Errorf("is no list, but %s", kindName(v))
	}
	var wrong error
	for i := range list.Len() {
		it, err := d.item(list.Index(i).Interface())
		if err != nil && wrong == nil {
			wrong = fmt.Errorf("an item %w", err)
		}
		if it.Subject != "" || it.Text != "" || it.Status != "" {
			d.Items = append(d.Items, it)
		}
	}
	if wrong != nil && len(d.Items) > 0 {
		d.failed = append(d.failed, fieldErrorOf("items", wrong))
		return nil
	}
	return wrong
}

func (d *customDraft) item(v any) (it Item, err error) {
	m, ok := v.(map[string]any)
	if !ok {
		return Item{Text: lineOf(v), Severity: d.severity()}, nil
	}
	it = Item{
		Key: lineOf(m["key"]), Status: lineOf(m["status"]), Subject: lineOf(m["subject"]), Text: lineOf(m["text"]), URL: lineOf(m["url"]),
	}
	if it.Key == "" {
		it.Key = it.Subject
	}
	it.Key = boundedKey(it.Key)
	if rated, ok := rate(it.Status); ok {
		it.Severity = rated
	} else {
		it.Severity = d.severity()
	}
	if given := m["severity"]; given != nil {
		s, wrong := severityOf(given)
		if wrong == nil {
			it.Severity = s
		}
		err = wrong
	}
	if given := m["since"]; given != nil {
		when, ok := readTime(given, d.zone)
		if it.Since = when.Time; !ok {
			err = errors.Join(err, errors.New("has a since that is no time"))
		}
	}
	return it, err
}

func (d *customDraft) addLabel(name, value string) {
	if value == "" {
		return
	}
	if d.Labels == nil {
		d.Labels = map[string]string{}
	}
	d.Labels[name] = value
}

// setIncident reads the key, and the state: "open", "resolved" or another word for them.
func (d *customDraft) setIncident(name string, v any) error {
	if name == "key" {
		d.Incident.Key = lineOf(v)
		return nil
	}
	word, ok := v.(string)
	if !ok {
		return fmt.Errorf("is no state, but %s", kindName(v))
	}
	d.state = true
	switch word = strings.ToLower(strings.TrimSpace(word)); word {
	case "":
	case "open", "opened", "active", "triggered", "alerting":
		d.Incident.State = Open
	case "closed", "cleared", "inactive":
		d.Incident.State = Resolved
	default:
		s, known := rate(word)
		switch {
		case known && s >= Warning:
			d.Incident.State = Open
		case known && s == Success:
			d.Incident.State = Resolved
		default:
			return fmt.Errorf("unknown state %q", word)
		}
	}
	return nil
}

// kindName says what a result is.
func kindName(v any) string {
	switch v.(type) {
	case string:
		return "text"
	case bool:
		return "a truth value"
	case time.Time:
		return "a time"
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt(), r.CanUint(), r.CanFloat():
		return "a number"
	case r.Kind() == reflect.Map:
		return "a map"
	}
	return "a list"
}

// moment is a time as a sender gave it.
type moment struct {
	time.Time
	day bool // the day alone
}
