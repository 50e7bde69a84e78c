package formatters

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// cellsOf parts a row at tabs and wherever two blanks or more stand together.
func cellsOf(row string) []string {
	cells := make([]string, 0, 6)
	from, blanks := 0, 0 // where the cell begins, and how many blanks are right before i
	for i := 0; i <= len(row); i++ {
		if i < len(row) && (isBlank(row[i]) || row[i] == '\f') {
			blanks++
			continue
		}
		if end := i - blanks; blanks > 1 || blanks == 1 && row[end] == '\t' {
			cells = append(cells, row[from:end])
			from = i
		}
		blanks = 0
	}
	return append(cells, row[from:])
}

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
	var b []byte
	for _, row := range rows {
		if len(b) > maxTextBytes {
			break
		}
		for i, cell := range row {
			b = append(b, cell...)
			b = append(b, strings.Repeat(" ", max(widths[i]-columnsOf(cell), 0)+2)...)
		}
		b = append(bytes.TrimRight(b, " "), '\n')
	}
	return string(bytes.TrimRight(b, "\n"))
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
