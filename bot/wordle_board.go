package bot

import (
	"fmt"
	"html"
	"strings"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

// The spaces of a board: within a tile, between tiles, between keys, before the emoji.
const (
	noBreakSpace = "\u00a0"
	thinSpace    = "\u2009"
	hairSpace    = "\u200a"
	emSpace      = "\u2003"
)

// wordleInk is how marks are drawn. Colours are for clients that have them, emoji in the
// same row for the others.
type wordleInk [wordle.Correct + 1]struct{ back, text, emoji string }

var (
	wordleColours = wordleInk{
		wordle.Untried: {"#d3d6da", "#1a1a1b", "⬜"},
		wordle.Absent:  {"#56575a", "#ffffff", "⬛"},
		wordle.Present: {"#b59f3b", "#ffffff", "🟨"},
		wordle.Correct: {"#538d4e", "#ffffff", "🟩"},
	}
	wordleContrast = wordleInk{
		wordle.Untried: {"#d3d6da", "#1a1a1b", "⬜"},
		wordle.Absent:  {"#56575a", "#ffffff", "⬛"},
		wordle.Present: {"#85c0f9", "#000000", "🟦"},
		wordle.Correct: {"#f5793a", "#000000", "🟧"},
	}
)

func inkOf(contrast bool) *wordleInk {
	if contrast {
		return &wordleContrast
	}
	return &wordleColours
}

// tile draws a letter, which is a capital.
func (ink *wordleInk) tile(letter byte, mark wordle.Mark) string {
	return ink.draw(mark, letter, "<b>"+string(rune(letter))+"</b>")
}

// key draws a letter of the keyboard: thinner than a tile, so that ten fit a phone.
func (ink *wordleInk) key(letter byte, mark wordle.Mark) string {
	return ink.draw(mark, letter, string(rune(letter)))
}

func (ink *wordleInk) draw(mark wordle.Mark, letter byte, markup string) string {
	space := noBreakSpace
	if letter == 'I' { // half as wide as the others
		space += hairSpace
	}
	return fmt.Sprintf(`<span data-mx-bg-color="%s" data-mx-color="%s">%s%s%s</span>`,
		ink[mark].back, ink[mark].text, space, markup, space)
}

func (ink *wordleInk) emoji(marks wordle.Marks) string {
	var row strings.Builder
	for _, mark := range marks {
		row.WriteString(ink[mark].emoji)
	}
	return row.String()
}

// drawWordle draws a board with its keyboard, and a hint below, in which `code` is code.
func drawWordle(g *wordle.Game, contrast bool, hint string) Answer {
	ink := inkOf(contrast)
	title, rest := wordleTitle(g)
	text := []string{title + rest}
	markup := "<p><b>" + title + "</b>" + rest + "</p>"
	if len(g.Guesses) > 0 {
		text = append(text, "")
		var rows []string
		for i, word := range g.Guesses {
			word, marks := strings.ToUpper(word), g.Marks(i)
			var tiles []string
			for j, mark := range marks {
				tiles = append(tiles, ink.tile(word[j], mark))
			}
			rows = append(rows, strings.Join(tiles, thinSpace)+emSpace+ink.emoji(marks))
			text = append(text, ink.emoji(marks)+" "+word)
		}
		markup += "<p>" + strings.Join(rows, "<br>") + "</p>"
	}
	text = append(text, "")
	keys := g.Keys()
	markup += "<p>" + ink.keyboard(keys)
	if len(g.Guesses) > 0 && !g.Over() { // what the keyboard says without colours
		out := lettersWith(keys, wordle.Absent)
		if out == "" {
			out = "none yet"
		}
		text = append(text, "Not in it: "+out, "Not tried: "+lettersWith(keys, wordle.Untried))
		markup += "<br>Not in it: " + out
	}
	markup += "</p><p>" + codeSpans(hint) + "</p>"
	text = append(text, strings.ReplaceAll(hint, "`", ""))
	return Answer{Text: strings.Join(text, "\n"), HTML: markup, Board: true}
}

// wordleTitle says in one line how a game stands: "Wordle #60", " · 2/6 · hard mode".
func wordleTitle(g *wordle.Game) (title, rest string) {
	title = "Wordle practice"
	if g.Day != 0 {
		title = fmt.Sprintf("Wordle #%d", g.Day)
	}
	rest = " · " + g.Count()
	switch {
	case g.Solved():
		rest += " · solved"
	case g.Over():
		rest += " · not solved"
	case g.Hard:
		rest += " · hard mode"
	}
	return title, rest
}

// keyboard draws all letters as they lie on a keyboard.
func (ink *wordleInk) keyboard(keys [26]wordle.Mark) string {
	var rows []string
	for _, row := range []string{"QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"} {
		var drawn []string
		for _, letter := range []byte(row) {
			drawn = append(drawn, ink.key(letter, keys[letter-'A']))
		}
		rows = append(rows, strings.Join(drawn, hairSpace))
	}
	return strings.Join(rows, "<br>")
}

// lettersWith lists the letters that have a mark: "A E I".
func lettersWith(keys [26]wordle.Mark, mark wordle.Mark) string {
	var letters []string
	for i, m := range keys {
		if m == mark {
			letters = append(letters, string(rune('A'+i)))
		}
	}
	return strings.Join(letters, " ")
}

// codeSpans escapes a text and makes what stands between backticks code.
func codeSpans(text string) string {
	var markup strings.Builder
	for i, part := range strings.Split(text, "`") {
		part = html.EscapeString(part)
		if i%2 == 1 {
			part = "<code>" + part + "</code>"
		}
		markup.WriteString(part)
	}
	return markup.String()
}
