package formatters

import (
	"strings"
	"sync"
	"time"
)

// card is a message while it is drawn: both bodies side by side, and what is left of the
// size limit. Everything foreign passes through cleanLine or cleanLines before it is
// written.
type card struct {
	html, text []byte
	left       int // what both may still grow by, in bytes as encoded in JSON
	max        int
	wasCut     bool // markCut has said so
	now        time.Time
	zone       *time.Location
}

// reserve is held back for closing tags and marks that are written when nothing else fits.
const reserve = 320

// cards are those that nobody draws on, kept for their buffers.
var cards = sync.Pool{New: func() any { return &card{} }}

func newCard(o RenderOptions) *card {
	c := cards.Get().(*card)
	*c = card{html: c.html[:0], text: c.text[:0], max: o.MaxBytes, now: o.Now, zone: o.Zone}
	if c.max == 0 {
		c.max = MaxBytes
	}
	c.max = max(c.max, MinBytes)
	if c.zone == nil {
		c.zone = time.UTC
	}
	c.left = c.max - reserve
	return c
}

// mark is a place in both bodies to which a card can be set back.
type mark struct{ html, text int }

func (c *card) mark() mark { return mark{len(c.html), len(c.text)} }

// keep charges what was written since m to the limit, or takes it back when it needs more
// than allowed.
func (c *card) keep(m mark, allowed int) bool {
	n := encodedLen(c.html[m.html:]) + encodedLen(c.text[m.text:])
	if n > allowed {
		c.html, c.text = c.html[:m.html], c.text[:m.text]
		return false
	}
	c.left -= n
	return true
}

// tag writes markup of our own to the HTML.
func (c *card) tag(s string) { c.html = append(c.html, s...) }

// both writes clean text to both bodies.
func (c *card) both(s string) {
	c.text = append(c.text, s...)
	c.html = appendEscaped(c.html, s)
}

// newLine begins a new line of the plain body.
func (c *card) newLine() {
	if len(c.text) > 0 && c.text[len(c.text)-1] != '\n' {
		c.text = append(c.text, '\n')
	}
}

// breakLine begins a new line of both bodies, within a paragraph.
func (c *card) breakLine() {
	c.tag("<br>")
	c.newLine()
}

// linked writes clean text, as a link when there is an address.
func (c *card) linked(s, address string) {
	if address == "" {
		c.both(s)
		return
	}
	c.anchor(address)
	c.both(s)
	c.tag("</a>")
}

// anchor opens a link.
func (c *card) anchor(address string) {
	c.tag(`<a href="`)
	c.html = appendEscaped(c.html, address)
	c.tag(`">`)
}

// colours are the badges' backgrounds; white text on each has a contrast of at least 5:1.
var colours = [...]string{
	Muted:    "#56575a",
	Info:     "#1565c0",
	Success:  "#2e7d32",
	Warning:  "#a65d00",
	Error:    "#c62828",
	Critical: "#c62828",
}

// badge writes a word on the severity's colour. The no-break spaces are its padding:
// clients allow no other.
func (c *card) badge(s Severity, word string) {
	c.tag(`<span data-mx-bg-color="`)
	c.tag(colours[min(max(s, Muted), Critical)])
	c.tag("\" data-mx-color=\"#ffffff\">\u00a0<b>")
	c.both(word)
	c.tag("</b>\u00a0</span>")
}

// clinging are the marks that stand right behind the word before them.
const clinging = ":,;"

func clings(s string) bool { return s != "" && strings.IndexByte(clinging, s[0]) >= 0 }

// continued writes text behind a subject: attached or parted by a space.
func (c *card) continued(s string) {
	if s != "" && !clings(s) {
		c.both(" ")
	}
	c.both(s)
}

// withoutClinging takes our own mark off a text that has no word before it. A sender's, as in
// ":x: failed" or "::1 is down", has no space behind it.
func withoutClinging(s string) string {
	if clings(s) && (len(s) == 1 || s[1] == ' ') {
		return strings.TrimLeft(s[1:], " ")
	}
	return s
}

// appendEscaped appends text as HTML, fit for attributes too.
func appendEscaped(b []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); i++ {
		var entity string
		switch s[i] {
		case '&':
			entity = "&amp;"
		case '<':
			entity = "&lt;"
		case '>':
			entity = "&gt;"
		case '"':
			entity = "&#34;"
		default:
			continue
		}
		b = append(b, s[from:i]...)
		b = append(b, entity...)
		from = i + 1
	}
	return append(b, s[from:]...)
}

// escapes are by how many bytes characters grow in JSON at worst: encoders write "<", ">"
// and "&" as six-byte escapes.
var escapes = [256]uint8{'<': 5, '>': 5, '&': 5, '"': 1, '\\': 1, '\n': 1}

// encodedLen returns how many bytes text takes inside JSON at worst.
func encodedLen[T string | []byte](s T) int {
	n := len(s)
	for i := range len(s) {
		n += int(escapes[s[i]])
	}
	return n
}

// maxCost is the most that one byte of text takes in both bodies: "&" is \u0026 in one
// and \u0026amp; in the other.
const maxCost = 16

// costs are by how much more characters take in both bodies than the two bytes of others.
var costs = [256]uint8{'&': maxCost - 2, '<': 13, '>': 13, '"': 10, '\\': 2, '\n': 2}

// cut shortens clean text to what takes so many bytes of the limit in both bodies
// together. It reports whether the text is whole.
func cut(s string, bytes int) (string, bool) {
	if len(s)*maxCost <= bytes {
		return s, true
	}
	for i := range len(s) {
		if bytes -= 2 + int(costs[s[i]]); bytes < 0 {
			return firstBytes(s, i)
		}
	}
	return s, true
}

// Weigh returns what a line of foreign text takes of a message's limit when it stands in
// both bodies, with its end.
func Weigh(line string) int {
	line = cleanLine(line)
	weight := 2*len(line) + 2 + int(costs['\n'])
	for i := range len(line) {
		weight += int(costs[line[i]])
	}
	return weight
}

// shorten cuts clean text to so many runes, and to what takes so many bytes of the limit,
// and says so.
func shorten(s string, runes, bytes int) string {
	short, _ := cut(firstRunes(s, runes), bytes)
	if len(short) == len(s) {
		return s
	}
	return strings.TrimRight(short, " \u200d") + "…"
}

// firstRunes returns the first n runes of s.
func firstRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
