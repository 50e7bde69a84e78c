package dice

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// maxText is the longest text that is read, in bytes.
const maxText = 500

var termPattern = regexp.MustCompile(`^(?:(\d*)d(\d+|%)(?:k([hl]?)(\d*))?|(\d+))`)

// Parse reads rolls. Letters may be large or small, and space may stand anywhere between
// terms and signs; a comma ends a roll.
func Parse(text string) ([]Roll, error) {
	if len(text) > maxText {
		return nil, refuse("That is too much to read.")
	}
	p := parser{rest: strings.ToLower(strings.ReplaceAll(text, "−", "-"))}
	for p.skip(); p.rest != ""; p.skip() {
		if err := p.term(); err != nil {
			return nil, err
		}
	}
	return p.finish()
}

// parser reads a text from its beginning.
type parser struct {
	rest  string
	rolls []Roll
	terms int
	dice  int
	sign  string // in front of the next term; "" begins a roll
}

func (p *parser) skip() { p.rest = strings.TrimLeft(p.rest, " \t\n,") }

// term reads a sign and a term, or a term that begins a roll.
func (p *parser) term() error {
	if p.rest[0] == '+' || p.rest[0] == '-' {
		if p.sign != "" {
			return refuse("Two signs stand side by side.")
		}
		p.sign, p.rest = p.rest[:1], p.rest[1:]
		return nil
	}
	m := termPattern.FindStringSubmatch(p.rest)
	if m == nil || !p.ends(len(m[0])) {
		word, _, _ := strings.Cut(p.rest, " ")
		return refuse("I cannot read %q.", cut(word))
	}
	p.rest = p.rest[len(m[0]):]
	t, err := read(m)
	if err != nil {
		return err
	}
	t.Negative = p.sign == "-"
	if p.sign == "" || len(p.rolls) == 0 {
		p.rolls = append(p.rolls, nil)
	}
	last := len(p.rolls) - 1
	p.rolls[last] = append(p.rolls[last], t)
	p.sign, p.terms, p.dice = "", p.terms+1, p.dice+t.Count
	switch {
	case p.dice > MaxDice:
		return refuse("I have only %d dice.", MaxDice)
	case len(p.rolls) > MaxRolls || p.terms > MaxTerms:
		return refuse("That is too much at once: at most %d rolls.", MaxRolls)
	}
	return nil
}

// ends says whether a term may end after n bytes: "2d6x" is none.
func (p *parser) ends(n int) bool {
	return n == len(p.rest) || strings.IndexByte(" \t\n,+-", p.rest[n]) >= 0
}

// read makes a term of what the pattern found.
func read(m []string) (Term, error) {
	if m[5] != "" {
		n, err := number(m[5], MaxNumber)
		if err != nil {
			return Term{}, refuse("Numbers go up to %d.", MaxNumber)
		}
		return Term{Number: n}, nil
	}
	t := Term{Count: 1, Sides: 100}
	var err error
	if m[1] != "" {
		if t.Count, err = number(m[1], MaxDice); err != nil || t.Count == 0 {
			return Term{}, refuse("Throw 1 to %d dice.", MaxDice)
		}
	}
	if m[2] != "%" {
		if t.Sides, err = number(m[2], MaxSides); err != nil || t.Sides < 2 {
			return Term{}, refuse("A die has 2 to %d sides.", MaxSides)
		}
	}
	if !strings.Contains(m[0], "k") {
		return t, nil
	}
	t.Keep, t.Kept = Highest, 1
	if m[3] == "l" {
		t.Keep = Lowest
	}
	if m[4] != "" {
		if t.Kept, err = number(m[4], t.Count); err != nil || t.Kept == 0 {
			return Term{}, refuse("Of %d dice, keep 1 to %d.", t.Count, t.Count)
		}
	}
	return t, nil
}

// number reads a number up to most.
func number(digits string, most int) (int, error) {
	n, err := strconv.Atoi(digits)
	if err == nil && n > most {
		err = strconv.ErrRange
	}
	return n, err
}

// finish looks at the whole.
func (p *parser) finish() ([]Roll, error) {
	if p.sign != "" {
		return nil, refuse("Something is missing behind the last sign.")
	}
	for _, r := range p.rolls {
		if !r.hasDice() {
			return nil, refuse("There are no dice in %q: a die with six sides is d6.", r[0].String())
		}
	}
	return p.rolls, nil
}

func (r Roll) hasDice() bool {
	for _, t := range r {
		if t.Count > 0 {
			return true
		}
	}
	return false
}

// refuse is an error for who wrote the dice.
func refuse(format string, args ...any) error { return fmt.Errorf(format, args...) }

// cut shortens what is shown of a player's own words.
func cut(word string) string {
	if letters := []rune(word); len(letters) > 20 {
		return string(letters[:20]) + "…"
	}
	return word
}
