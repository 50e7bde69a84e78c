package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

// row is one line of the table.
type row struct {
	what      string
	figure    string
	reference string // what it costs at best, or what it is compared with
	ratio     string
	goal      string
	met       string
}

// report is the table that a run ends with.
type report struct {
	w    io.Writer
	rows []row
}

func newReport(w io.Writer) *report { return &report{w: w} }

func (r *report) add(what, figure, reference string, ratio float64, g goal) {
	shown := ""
	if ratio > 0 {
		shown = fmt.Sprintf("%.2f", ratio)
	}
	r.rows = append(r.rows, row{what, figure, reference, shown, g.text, g.verdict()})
}

// goal is what a figure should be; the zero value is none.
type goal struct {
	text string
	met  bool
}

func (g goal) verdict() string {
	switch {
	case g.text == "":
		return ""
	case g.met:
		return "met"
	}
	return "**not met**"
}

func atLeast(value, limit float64, format string) goal {
	return goal{"≥ " + fmt.Sprintf(format, limit), value >= limit}
}

func atMost(value, limit float64, format string) goal {
	return goal{"≤ " + fmt.Sprintf(format, limit), value <= limit}
}

// print writes the table, in Markdown that is readable as it stands.
func (r *report) print() {
	table := []row{{"what", "figure", "reference", "ratio", "goal", ""}, {}}
	table = append(table, r.rows...)
	cells := func(w row) []string { return []string{w.what, w.figure, w.reference, w.ratio, w.goal, w.met} }
	widths := make([]int, 6)
	for _, w := range table {
		for i, c := range cells(w) {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	for n, w := range table {
		var line strings.Builder
		for i, c := range cells(w) {
			fill := " "
			if n == 1 {
				fill = "-"
			}
			line.WriteString("| " + c + strings.Repeat(fill, widths[i]-utf8.RuneCountInString(c)) + " ")
		}
		fmt.Fprintln(r.w, line.String()+"|")
	}
}

// machine writes what the figures depend on.
func (r *report) machine(dir string, rounds int) error {
	sync, err := syncTime(dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.w, "%d cores (%s/%s), %s, fdatasync of 4 KiB in %s; medians of %d rounds\n\n",
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), sync.Round(10*time.Microsecond), rounds)
	return nil
}

// syncTime returns how long the disk takes to keep 4 KiB, which bounds a commit.
func syncTime(dir string) (_ time.Duration, err error) {
	f, err := os.CreateTemp(dir, "sync-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }() // nobody reads it
	var took []time.Duration
	page := make([]byte, 4<<10)
	for i := range int64(101) {
		if _, err := f.WriteAt(page, i*int64(len(page))); err != nil {
			return 0, err
		}
		started := time.Now()
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			return 0, err
		}
		took = append(took, time.Since(started))
	}
	return median(took), nil
}

// median returns the middle of the values, of an even number the higher of the two.
func median[T int | int64 | float64 | time.Duration](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// ratios divides round by round.
func ratios(figures, references []float64) []float64 {
	all := make([]float64, len(figures))
	for i := range figures {
		all[i] = figures[i] / references[i]
	}
	return all
}
