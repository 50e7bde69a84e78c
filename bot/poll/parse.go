package poll

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Mistake says what is wrong with how a poll is written, in words for who wrote it.
type Mistake string

func (m Mistake) Error() string { return string(m) }

// Parse reads a poll as people write it:
//
//	[multi] [<time>] "question" [option | option …]
//
// The quotation marks may be left out: then the question ends at its question mark, or at
// the first |. Options may stand on lines of their own. Errors are Mistakes.
func Parse(text string) (*Poll, error) {
	p := &Poll{}
	question, options, err := p.split(strings.TrimSpace(text))
	if err != nil {
		return nil, err
	}
	p.Question = clean(question)
	if p.Question == "" {
		return nil, Mistake("What is the question?")
	}
	if options != "" {
		p.Options = list(options)
	}
	return p, p.check()
}

// split reads what stands before the question, and returns the question and its options.
func (p *Poll) split(text string) (question, options string, err error) {
	for {
		word, rest := firstWord(text)
		quoted := strings.ContainsAny(rest, quotes)
		if d, ok := duration(word); ok && rest != "" && p.Open == 0 {
			if d < MinTime || d > MaxTime {
				return "", "", Mistake("A poll is open for 30 seconds to 30 days.")
			}
			p.Open, text = d, rest
			continue
		}
		if w := strings.ToLower(word); (w == "multi" || w == "multiple") && quoted && !p.Several {
			p.Several, text = true, rest
			continue
		}
		break
	}
	opening, size := utf8.DecodeRuneInString(text)
	if !strings.ContainsRune(quotes, opening) || text == "" {
		question, options = plain(text)
		return question, options, nil
	}
	end := strings.IndexAny(text[size:], quotes)
	if end < 0 {
		return "", "", Mistake("The question's closing quotation mark is missing.")
	}
	end += size
	_, closing := utf8.DecodeRuneInString(text[end:])
	return text[size:end], text[end+closing:], nil
}

// quotes are the quotation marks of many languages: keyboards put in what they like.
const quotes = "\"“”„«»"

// plain splits a question without quotation marks from its options.
func plain(text string) (question, options string) {
	first, rest, ok := cutAny(text)
	if !ok {
		return text, ""
	}
	if end := strings.LastIndex(first, "?"); end >= 0 && strings.TrimSpace(first[end+1:]) != "" {
		return first[:end+1], text[end+1:]
	}
	return first, rest
}

// cutAny cuts a text at its first separator of options.
func cutAny(text string) (before, after string, found bool) {
	separator := "\n"
	if strings.Contains(text, "|") {
		separator = "|"
	}
	return strings.Cut(text, separator)
}

// list splits options. Separators at the ends mean nothing, nor do quotation marks around an
// option.
func list(text string) []string {
	separator := "\n"
	if strings.Contains(text, "|") {
		separator = "|"
	}
	var all []string
	for option := range strings.SplitSeq(text, separator) {
		all = append(all, clean(strings.Trim(strings.TrimSpace(option), quotes)))
	}
	for len(all) > 0 && all[0] == "" {
		all = all[1:]
	}
	for len(all) > 0 && all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	return all
}

// clean writes a text on one line.
func clean(text string) string { return strings.Join(strings.Fields(text), " ") }

func firstWord(text string) (word, rest string) {
	end := strings.IndexAny(text, " \t\n")
	if end < 0 {
		return text, ""
	}
	return text[:end], strings.TrimSpace(text[end:])
}

func (p *Poll) check() error {
	switch n := len(p.Options); {
	case n == 1:
		return Mistake("A poll needs at least two options, with | between them.")
	case n > MaxOptions:
		return Mistake(fmt.Sprintf("A poll has at most %d options.", MaxOptions))
	case utf8.RuneCountInString(p.Question) > MaxQuestion:
		return Mistake(fmt.Sprintf("The question is too long: %d characters are the most.", MaxQuestion))
	}
	for i, option := range p.Options {
		switch {
		case option == "":
			return Mistake("One of the options is empty.")
		case utf8.RuneCountInString(option) > MaxOption:
			return Mistake(fmt.Sprintf("An option is too long: %d characters are the most.", MaxOption))
		case slices.ContainsFunc(p.Options[:i], func(other string) bool { return strings.EqualFold(other, option) }):
			return Mistake(fmt.Sprintf("The option %q is there twice.", option))
		}
	}
	return nil
}

var spans = regexp.MustCompile(`^(?i)(?:(\d{1,4})(?:d|days?))?(?:(\d{1,4})(?:h|hours?))?(?:(\d{1,5})(?:m|mins?|minutes?))?(?:(\d{1,6})(?:s|secs?|seconds?))?$`)

// duration reads a time such as 10m, 2h, 1h30m or 3d.
func duration(word string) (time.Duration, bool) {
	m := spans.FindStringSubmatch(word)
	if word == "" || m == nil {
		return 0, false
	}
	var d time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if n, err := strconv.Atoi(m[i+1]); err == nil {
			d += time.Duration(n) * unit
		}
	}
	return d, true
}
