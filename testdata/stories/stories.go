// Package stories holds what senders tell in a row, made of the samples, and what a person
// sees of it at last, for the tests of incidents at each level. A file is a service:
//
//	== resolved                    a story and its name
//	firing-single                  a sample of the service
//	2s firing-single               another one, 2 s later; a minute is usual
//	firing-single pve1=>pve2       with a text put in the place of another in its body; "~" is a space
//	delete                         a person takes the newest card back
//	wait                           until all is told
//	--
//	1: RESOLVED HighCPU on pve1    the messages, with their first lines as they are at last
//	2 to 1: RESOLVED HighCPU       an answer to the first
package stories

import (
	"bytes"
	"embed"
	"fmt"
	"regexp"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

//go:embed *.txt
var files embed.FS

// Story is what one sender tells in a row.
type Story struct {
	Name  string
	Steps []Step
	View  string // what a person sees at last, as View writes it
}

// Step is a webhook, the deletion of the newest card, or a wait until all is told.
type Step struct {
	Line    string          // as it stands in the file
	After   time.Duration   // since the step before
	Deletes bool            // there is no webhook
	Waits   bool            // neither
	Sample  payloads.Sample // the webhook
}

// usualPause is between two steps that do not say when they are.
const usualPause = time.Minute

// Of returns the stories of a service.
func Of(service string) ([]Story, error) {
	text, err := files.ReadFile(service + ".txt")
	if err != nil {
		return nil, err
	}
	var all []Story
	for _, block := range strings.Split(string(text), "== ")[1:] {
		name, rest, _ := strings.Cut(block, "\n")
		steps, view, _ := strings.Cut(rest, "--\n")
		s := Story{Name: name, View: strings.TrimSpace(view) + "\n"}
		for line := range strings.Lines(steps) {
			step, err := parseStep(service, strings.TrimSpace(line))
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", service, name, err)
			}
			s.Steps = append(s.Steps, step)
		}
		all = append(all, s)
	}
	return all, nil
}

func parseStep(service, line string) (Step, error) {
	s := Step{Line: line, After: usualPause}
	words := strings.Fields(line)
	if len(words) > 1 {
		if d, err := time.ParseDuration(words[0]); err == nil {
			s.After, words = d, words[1:]
		}
	}
	if len(words) == 0 {
		return s, fmt.Errorf("a step is empty")
	}
	s.Deletes, s.Waits = words[0] == "delete", words[0] == "wait"
	if s.Deletes || s.Waits {
		return s, nil
	}
	for _, sample := range payloads.Of(service) {
		if sample.Name == words[0] {
			s.Sample = sample
		}
	}
	if s.Sample.Name == "" {
		return s, fmt.Errorf("there is no sample %s", words[0])
	}
	for _, word := range words[1:] {
		old, replacement, found := strings.Cut(strings.ReplaceAll(word, "~", " "), "=>")
		if !found || !bytes.Contains(s.Sample.Body, []byte(old)) {
			return s, fmt.Errorf("%s: no %q in %s", line, word, words[0])
		}
		s.Sample.Body = bytes.ReplaceAll(s.Sample.Body, []byte(old), []byte(replacement))
	}
	return s, nil
}

// Format writes stories as their file holds them.
func Format(all []Story) string {
	var b strings.Builder
	for i, s := range all {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "== %s\n", s.Name)
		for _, step := range s.Steps {
			fmt.Fprintln(&b, step.Line)
		}
		fmt.Fprintf(&b, "--\n%s", s.View)
	}
	return b.String()
}

// Message is a message of a room, as a person sees it at last.
type Message struct {
	Body    string
	Answers int // the message that it replies to, from 1; 0 for none
	Deleted bool
}

// howLong is at the end of a first line. How long something took depends on how late a test
// is, where the sender does not say.
var howLong = regexp.MustCompile(` after \d[^:]*`)

// View writes what a person sees of a room: its messages, numbered, with their first lines.
func View(room []Message) string {
	var b strings.Builder
	for i, m := range room {
		fmt.Fprintf(&b, "%d", i+1)
		if m.Answers > 0 {
			fmt.Fprintf(&b, " to %d", m.Answers)
		}
		first, _, _ := strings.Cut(m.Body, "\n")
		if m.Deleted {
			first = "(deleted)"
		}
		fmt.Fprintf(&b, ": %s\n", howLong.ReplaceAllString(first, ""))
	}
	return b.String()
}
