package formatters

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// alignColumns lays rows out in columns.
func alignColumns(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], min(columnsOf(cell), maxColumn))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		if b.Len() > maxTextBytes {
			break
		}
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			line.WriteString(strings.Repeat(" ", max(widths[i]-columnsOf(cell), 0)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// maxColumn is how far a single long cell may move the columns behind it.
const maxColumn = 60

// columnsOf is how many columns of a terminal a text takes: two for a character of Chinese,
// Japanese or Korean.
func columnsOf(s string) int {
	if utf8.RuneCountInString(s) == len(s) {
		return len(s)
	}
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
