package formatters

import (
	"html"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr"
)

// customFunctions are what a format may call besides expr's own functions. Each takes what
// is missing (nil) and gives nil or "" for it, and leaves text alone that is not what it
// expects: the sender may have written "13 GB" itself. ago and date, which depend on the
// webhook, are in its environment.
func customFunctions() []expr.Option {
	one := func(f func(any) any) func(...any) (any, error) {
		return func(args ...any) (any, error) { return f(args[0]), nil }
	}
	return []expr.Option{
		expr.Function("bytes", one(sizeText), new(func(any) any)),
		expr.Function("duration", one(durationText), new(func(any) any)),
		expr.Function("truncate", truncateText, new(func(any, int) string)),
		expr.Function("default", defaultValue, new(func(any, any) any)),
		expr.Function("get", getValue, new(func(any, ...any) any)),
		expr.Function("lines", linesOf, new(func(...any) []any)),
		expr.Function("string", one(func(v any) any { return textOf(v) }), new(func(any) string)),
		expr.Function("escape", one(func(v any) any { return html.EscapeString(textOf(v)) }), new(func(any) string)),
		expr.Function("markdown", one(func(v any) any { return renderMarkdown(textOf(v)) }), new(func(any) string)),
		expr.Function(joinedText, joinText, new(func(...any) string)),
		expr.Function(textSum, joinText, new(func(string, any) string), new(func(any, string) string)),
		expr.Operator("+", textSum),
	}
}

// What "+" calls where a side is text: no names that an expression can use.
const (
	textSum    = "text + text"
	joinedText = "literal + text" // a literal among them: see customNames.join
)

// literal is a text that stands in an expression itself.
type literal string

// joinText makes one text of several, whatever the sender made of its numbers. A text of
// which all is missing but its literals is missing itself: "to " + payload.target.
func joinText(args ...any) (any, error) {
	var b strings.Builder
	known, literals := false, 0
	for _, arg := range args {
		if l, ok := arg.(literal); ok {
			b.WriteString(string(l))
			literals++
			continue
		}
		text := textOf(arg)
		known = known || text != ""
		b.WriteString(text)
	}
	if !known && literals < len(args) {
		return "", nil
	}
	return b.String(), nil
}

// sizeText writes a number of bytes: "13.0 GiB".
func sizeText(v any) any {
	n, ok := numberOf(v)
	switch {
	case !ok:
		return textOrNil(v)
	case math.Abs(n) >= 1<<60:
		return strconv.FormatFloat(n, 'g', 3, 64) + " B"
	case n < 0:
		return "-" + byteSize(-n)
	}
	return byteSize(n)
}

// durationText writes a number of seconds, or a text such as "1h30m": "1 h 30 min".
func durationText(v any) any {
	switch v := v.(type) {
	case time.Duration:
		return spanText(v.Seconds())
	case string:
		if d, err := time.ParseDuration(strings.TrimSpace(v)); err == nil {
			return spanText(d.Seconds())
		}
	}
	if n, ok := numberOf(v); ok {
		return spanText(n)
	}
	return textOrNil(v)
}

// textOrNil keeps absent what a helper could not make anything of.
func textOrNil(v any) any {
	if s := textOf(v); s != "" {
		return s
	}
	return nil
}

// spanText writes a number of seconds in its one or two largest units.
func spanText(seconds float64) string {
	size := math.Abs(seconds)
	var text string
	switch {
	case size >= 1e15:
		return strconv.FormatFloat(seconds, 'g', 3, 64) + " s"
	case size >= 9e9: // more than a time.Duration holds
		text = strconv.FormatFloat(math.Round(size/86400), 'f', 0, 64) + " d"
	case size >= 0.0005 && size < 0.9995:
		text = strconv.FormatFloat(math.Round(size*1000), 'f', 0, 64) + " ms"
	default:
		text = durationWords(time.Duration(size * float64(time.Second)))
	}
	if seconds < 0 && text != "0 s" {
		return "-" + text
	}
	return text
}

// ago writes how long a time was before the webhook was received, "5 min ago", or how long
// behind, "in 3 d 4 h". It is text from then on: a card that is told or changed later says
// the same. An item's since is counted anew.
func (d *customDraft) ago(v any) any {
	when, ok := readTime(v, d.zone)
	if !ok {
		return textOrNil(v)
	}
	if when.IsZero() {
		return nil
	}
	switch age := d.received.Sub(when.Time); {
	case age.Abs() < time.Second:
		return "now"
	case age < 0:
		return "in " + durationWords(age.Abs())
	default:
		return durationWords(age) + " ago"
	}
}

// date writes a time in the configured zone, "22 Nov 09:40", or as a Go layout says.
func (d *customDraft) date(v any, layout ...string) any {
	when, ok := readTime(v, d.zone)
	switch {
	case !ok:
		return textOrNil(v)
	case when.IsZero():
		return nil
	case len(layout) > 0:
		return when.Format(layout[0])
	}
	text := "2 Jan"
	if when.Year() != d.received.Year() {
		text += " 2006"
	}
	if !when.day {
		text += " 15:04"
	}
	return when.Format(text)
}

// truncateText returns the first n characters of a text, with "…" as the last of them when
// there were more.
func truncateText(args ...any) (any, error) {
	limit, _ := numberOf(args[1])
	runes := []rune(textOf(args[0]))
	switch n := int(min(max(limit, 0), maxTextBytes)); {
	case len(runes) <= n:
		return string(runes), nil
	case n == 0:
		return "", nil
	default:
		return strings.TrimRight(string(runes[:n-1]), " \t\n") + "…", nil
	}
}

// defaultValue returns the first value, or the second when the first is nil, blank or an
// empty list or map. 0 and false are values.
func defaultValue(args ...any) (any, error) {
	switch v := reflect.ValueOf(args[0]); v.Kind() {
	case reflect.Invalid:
		return args[1], nil
	case reflect.String:
		if strings.TrimSpace(v.String()) == "" {
			return args[1], nil
		}
	case reflect.Slice, reflect.Map:
		if v.Len() == 0 {
			return args[1], nil
		}
	}
	return args[0], nil
}

// getValue follows keys, paths such as "disks.0.name" and numbers of entries, and returns
// nil where one is missing. Numbers below 0 count from the end.
func getValue(args ...any) (any, error) {
	v := args[0]
	for _, step := range args[1:] {
		path, isText := step.(string)
		if !isText {
			v = entryOf(v, step)
			continue
		}
		if whole := entryOf(v, path); whole != nil || !strings.Contains(path, ".") {
			v = whole
			continue
		}
		for key := range strings.SplitSeq(path, ".") {
			v = entryOf(v, key)
		}
	}
	return v, nil
}

// entryOf returns the entry of a map or list, or nil.
func entryOf(v, key any) any {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Map:
		k := reflect.ValueOf(textOf(key))
		if !k.Type().AssignableTo(r.Type().Key()) {
			return nil
		}
		if entry := r.MapIndex(k); entry.IsValid() {
			return entry.Interface()
		}
	case reflect.Slice, reflect.Array:
		n, ok := numberOf(key)
		if n < 0 {
			n += float64(r.Len())
		}
		if ok && n >= 0 && n < float64(r.Len()) && n == math.Trunc(n) {
			return r.Index(int(n)).Interface()
		}
	}
	return nil
}

// linesOf returns the lines of texts and of lists of texts, without the empty ones.
func linesOf(args ...any) (any, error) {
	all := []any{}
	for _, arg := range args {
		texts, isList := scalars(arg)
		if !isList {
			texts = []string{textOf(arg)}
		}
		for _, text := range texts {
			for line := range strings.Lines(strings.ReplaceAll(text, "\r", "\n")) {
				if line = strings.TrimRight(line, " \t\n"); line != "" {
					all = append(all, line)
				}
			}
		}
	}
	return all, nil
}
