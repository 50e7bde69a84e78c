package formatters

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// lineOf is textOf for what stands in a line, without blanks around it.
func lineOf(v any) string { return strings.TrimSpace(firstOf(textOf(v), maxTitleBytes)) }

// textOf writes a result as text: nil and what is no number are "", a list of scalars is
// listed, anything deeper is JSON in one line.
func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return firstOf(v, maxTextBytes)
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return numberText(v)
	case int:
		return strconv.Itoa(v)
	case time.Duration:
		return spanText(v.Seconds())
	case time.Time:
		return v.Format("2 Jan 2006 15:04")
	}
	if texts, ok := scalars(v); ok {
		return firstOf(strings.Join(texts, ", "), maxTextBytes)
	}
	if n, ok := numberOf(v); ok {
		return numberText(n)
	}
	text, err := jsonText(v, "")
	if err != nil {
		return fmt.Sprint(v)
	}
	return firstOf(text, maxTextBytes)
}

// detailsOf writes a result as preformatted text: a list of scalars line by line, anything
// deeper as indented JSON.
func detailsOf(v any) (string, error) {
	if texts, ok := scalars(v); ok {
		return firstOf(strings.Join(texts, "\n"), maxTextBytes), nil
	}
	switch reflect.ValueOf(v).Kind() {
	case reflect.Map, reflect.Slice, reflect.Array:
		text, err := jsonText(v, "  ")
		return firstOf(text, maxTextBytes), err
	}
	return textOf(v), nil
}

// jsonText writes JSON with sorted members.
func jsonText(v any, indent string) (string, error) {
	var b bytes.Buffer
	enc := stdjson.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("cannot be written as JSON: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// scalars returns the texts of a list of which no entry is a list or map itself. Empty
// entries are left out.
func scalars(v any) ([]string, bool) {
	list := reflect.ValueOf(v)
	if list.Kind() != reflect.Slice && list.Kind() != reflect.Array {
		return nil, false
	}
	texts := make([]string, 0, list.Len())
	for i := range list.Len() {
		entry := list.Index(i).Interface()
		switch reflect.ValueOf(entry).Kind() {
		case reflect.Map, reflect.Slice, reflect.Array:
			return nil, false
		}
		if s := textOf(entry); s != "" {
			texts = append(texts, s)
		}
	}
	return texts, true
}

// numberText writes a number as JSON would, but without an exponent where people can do
// without it: 13000000000.
func numberText(n float64) string {
	switch size := math.Abs(n); {
	case math.IsNaN(n), math.IsInf(n, 0):
		return ""
	case n == 0:
		return "0"
	case size >= 1e21, size < 1e-6:
		return strconv.FormatFloat(n, 'g', -1, 64)
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// numberOf reads a finite number, also from a text.
func numberOf(v any) (float64, bool) {
	var n float64
	switch r := reflect.ValueOf(v); {
	case r.CanFloat():
		n = r.Float()
	case r.CanInt():
		n = float64(r.Int())
	case r.CanUint():
		n = float64(r.Uint())
	case r.Kind() == reflect.String:
		parsed, err := strconv.ParseFloat(strings.TrimSpace(r.String()), 64)
		if err != nil {
			return 0, false
		}
		n = parsed
	default:
		return 0, false
	}
	return n, !math.IsNaN(n) && !math.IsInf(n, 0)
}

// readTime reads a time: RFC 3339 and its like, in the zone when it names none; a Unix time
// in seconds, milli-, micro- or nanoseconds. The zero moment with ok is a time that senders
// write for none: 0, and Go's "0001-01-01T00:00:00Z".
func readTime(v any, zone *time.Location) (m moment, ok bool) {
	switch v := v.(type) {
	case nil:
		return moment{}, true
	case time.Time:
		return normalTime(v, zone)
	case string:
		v = strings.TrimSpace(v)
		if len(v) > maxTimeText {
			return moment{}, false
		}
		for _, layout := range timeLayouts {
			if t, err := time.ParseInLocation(layout, v, zone); err == nil {
				m, ok = normalTime(t, zone)
				m.day = layout == time.DateOnly
				return m, ok
			}
		}
	}
	n, ok := numberOf(v)
	if n == 0 {
		return moment{}, ok
	}
	for _, unit := range []float64{1, 1e3, 1e6, 1e9} {
		if seconds := n / unit; ok && seconds >= 1e8 && seconds < 1e11 { // from 1973, which tells numbers from times
			whole, rest := math.Modf(seconds)
			return normalTime(time.Unix(int64(whole), int64(rest*1e9)), zone)
		}
	}
	return moment{}, false
}

// normalTime brings a time into the zone, which JSON can write whatever the sender's was.
func normalTime(t time.Time, zone *time.Location) (moment, bool) {
	if t.Year() <= 1 {
		return moment{}, true
	}
	if t.Year() >= 9999 { // JSON has no year 10000, which it may be in the zone
		return moment{}, false
	}
	return moment{Time: t.In(zone)}, true
}

// maxTimeText is longer than any time in words, in bytes.
const maxTimeText = 64

// timeLayouts are how senders write a time; fractions of a second may follow the seconds.
var timeLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700",
	"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 -0700 MST", "2006-01-02 15:04:05 MST",
	"2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly,
	time.RFC1123Z, time.RFC1123, time.RFC822Z, time.RFC822, time.RFC850, time.UnixDate, time.ANSIC,
}
