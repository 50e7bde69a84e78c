package bot

import (
	"context"
	_ "embed" // the fortunes
	"fmt"
	"html"
	"os"
	"strings"
	"unicode/utf8"
)

//go:embed data/fortunes.txt
var ownFortunes string

// maxFortune is the longest fortune that is told, in bytes.
const maxFortune = 4 << 10

// Fortune is the command that tells a fortune out of files in the format of fortune(6), or
// out of the program's own if none are given. pick returns a number from 0 up to n, n left
// out, by chance. An error names the file.
func Fortune(pick func(n int) int, files []string) (Feature, error) {
	fortunes, err := loadFortunes(files)
	if err != nil {
		return Feature{}, err
	}
	return Feature{Name: "fortune", Commands: []Command{{
		Name:    "fortune",
		Aliases: []string{"cookie"},
		Summary: "opens a fortune cookie",
		Run: func(ctx context.Context, c *Call) error {
			text := fortunes[pick(len(fortunes))]
			if !strings.Contains(text, "\n") {
				return c.Notice(ctx, "🥠 "+text)
			}
			_, err := c.Reply(ctx, Answer{ // lines are part of a verse or a dialogue
				Text: "🥠 " + text,
				HTML: "🥠 " + strings.ReplaceAll(html.EscapeString(text), "\n", "<br>"),
			})
			return err
		},
	}}}, nil
}

func loadFortunes(files []string) ([]string, error) {
	if len(files) == 0 {
		return readFortunes(ownFortunes), nil
	}
	var all []string
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read fortunes: %w", err)
		}
		if !utf8.Valid(data) || strings.ContainsRune(string(data), 0) {
			return nil, fmt.Errorf("read fortunes: %s is no text in UTF-8", name)
		}
		fortunes := readFortunes(string(data))
		if len(fortunes) == 0 {
			return nil, fmt.Errorf("read fortunes: there are none in %s", name)
		}
		all = append(all, fortunes...)
	}
	return all, nil
}

// readFortunes reads the format of fortune(6): a line with a "%" alone stands between two,
// and one that begins with "%%" is a comment. What is too long for a chat is left out.
func readFortunes(text string) []string {
	var all []string
	var lines []string
	end := func() {
		fortune := strings.Trim(strings.Join(lines, "\n"), "\n")
		if strings.TrimSpace(fortune) != "" && len(fortune) <= maxFortune {
			all = append(all, fortune)
		}
		lines = nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		switch {
		case line == "%":
			end()
		case strings.HasPrefix(line, "%%"):
		default:
			lines = append(lines, printable(line))
		}
	}
	end()
	return all
}

// printable removes what is for a printer: a letter that is struck over, and other controls.
func printable(line string) string {
	var out []rune
	for _, r := range strings.ReplaceAll(line, "\t", "    ") {
		switch {
		case r == '\b' && len(out) > 0:
			out = out[:len(out)-1]
		case r >= ' ' && r != 0x7f:
			out = append(out, r)
		}
	}
	return string(out)
}
