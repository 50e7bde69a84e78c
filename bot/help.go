package bot

import (
	"context"
	"fmt"
	"html"
	"strings"
)

// helpFeature lists the commands that a person may use where it is asked for.
func (b *Bot) helpFeature() Feature {
	return Feature{Name: "help", Commands: []Command{{
		Name:    "help",
		Aliases: []string{"commands"},
		Usage:   "[<command>]",
		Summary: "this list, or more about one command",
		Run:     b.help,
	}}}
}

func (b *Bot) help(ctx context.Context, c *Call) error {
	if name := strings.ToLower(strings.TrimPrefix(c.Args, b.settings.Prefix)); name != "" {
		command := b.commands[name]
		if command == nil || b.settings.Rules[command.Name].Off {
			return &UsageError{Text: fmt.Sprintf("There is no command %q.", name)}
		}
		_, err := c.Reply(ctx, b.details(command))
		return err
	}
	var text, markup strings.Builder
	for _, f := range b.features {
		for i := range f.Commands {
			command := &f.Commands[i]
			allowed, err := b.allows(ctx, command, c.Room, c.Sender)
			b.complain("looking up who may failed", command.Name, c.Event, err)
			if err != nil || !allowed {
				continue
			}
			call := b.shortForm(command)
			fmt.Fprintf(&text, "%s: %s\n", call, command.Summary)
			fmt.Fprintf(&markup, "<li><code>%s</code> %s</li>", html.EscapeString(call), html.EscapeString(command.Summary))
		}
	}
	more := fmt.Sprintf("More with %shelp and a command's name.", b.settings.Prefix)
	_, err := c.Reply(ctx, Answer{
		Text: text.String() + more,
		HTML: "<ul>" + markup.String() + "</ul>" + html.EscapeString(more),
	})
	return err
}

// form returns how a command is called.
func (b *Bot) form(c *Command) string {
	return strings.TrimSpace(b.settings.Prefix + c.Name + " " + c.Usage)
}

// maxListed is the longest usage that the list of commands shows, in bytes.
const maxListed = 24

// shortForm returns how a command is called, for a list that is to be read at a glance.
func (b *Bot) shortForm(c *Command) string {
	if len(c.Usage) > maxListed {
		return b.settings.Prefix + c.Name + " …"
	}
	return b.form(c)
}

// details tells all about a command.
func (b *Bot) details(c *Command) Answer {
	text, markup := b.form(c)+": "+c.Summary, "<code>"+html.EscapeString(b.form(c))+"</code> "+html.EscapeString(c.Summary)
	if len(c.Aliases) > 0 {
		also := "Also " + b.settings.Prefix + strings.Join(c.Aliases, ", "+b.settings.Prefix) + "."
		text += "\n" + also
		markup += "<br>" + html.EscapeString(also)
	}
	if c.Details != "" {
		text += "\n" + c.Details
		markup += "<br>" + strings.ReplaceAll(html.EscapeString(c.Details), "\n", "<br>")
	}
	return Answer{Text: text, HTML: markup}
}

// usage says in one line what was wrong, and how it is right.
func (b *Bot) usage(c *Command, wrong *UsageError) Answer {
	text, form := wrong.Text, b.form(c)
	if text != "" {
		text += " "
	}
	if wrong.Usage != "" {
		form = b.settings.Prefix + c.Name + " " + wrong.Usage
	}
	return Answer{
		Text: text + "Usage: " + form,
		HTML: html.EscapeString(text) + "Usage: <code>" + html.EscapeString(form) + "</code>",
	}
}

// suggest answers a command that does not exist, if one with nearly its name does: it may
// have been meant for another bot.
func (b *Bot) suggest(c *Call, name string) {
	ctx, cancel := context.WithTimeout(b.work, handlerTime)
	defer cancel()
	best, least := "", 3
	for known, command := range b.commands {
		d := distance(name, known)
		if d < least && 2*d < len(known) || d == least && known < best {
			if allowed, err := b.allows(ctx, command, c.Room, c.Sender); err == nil && allowed {
				best, least = known, d
			}
		}
	}
	if best == "" {
		return
	}
	err := c.Notice(ctx, fmt.Sprintf("Did you mean %s%s?", b.settings.Prefix, best))
	b.complain("suggesting a command failed", best, c.Event, err)
}

// distance is how many letters must be added, removed, replaced or swapped with their
// neighbour to get from one word to the other.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
