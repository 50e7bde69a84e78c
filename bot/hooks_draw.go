package bot

import (
	"context"
	"fmt"
	"html"
	"strings"
	"time"
)

// signs are what states look like.
var signs = map[string]string{"told": "✅", "filtered": "🔇", "held": "⏸️", "planned": "⏳", "pending": "⏳", "dead": "💀"}

// list shows the hooks.
func (h *hooksFeature) list(ctx context.Context, c *Call, rest string) error {
	if rest != "" {
		return &UsageError{}
	}
	hooks, err := h.desk.Hooks(ctx)
	if err != nil {
		return err
	}
	open, err := h.desk.Open(ctx, "")
	if err != nil {
		return err
	}
	matters := map[string]int64{}
	for _, m := range open {
		matters[m.Hook]++
	}
	b := board{first: counted(int64(len(hooks)), "hook", "hooks") + "."}
	for _, hook := range hooks {
		name := hook.Name
		if hook.Service != hook.Name {
			name += " (" + hook.Service + ")"
		}
		line := fmt.Sprintf("💤 %s: nothing came yet, or long ago", name)
		if len(hook.Last) > 0 {
			d := hook.Last[0]
			line = fmt.Sprintf("%s %s: %s ago, %s: %s", signs[hook.state()], name, span(c.Now.Sub(d.Received)), hook.state(), d.Title)
		}
		if n := matters[hook.Name]; n > 0 {
			line += fmt.Sprintf(" · %d open", n)
		}
		b.line(line)
	}
	_, err = c.Reply(ctx, b.answer())
	return err
}

// open shows what is not over.
func (h *hooksFeature) open(ctx context.Context, c *Call, word string) error {
	hook, err := h.hook(ctx, "open [<hook>]", word)
	if err != nil {
		return err
	}
	open, err := h.desk.Open(ctx, hook)
	if err != nil {
		return err
	}
	if len(open) == 0 {
		return c.Notice(ctx, "✅ Nothing is open.")
	}
	b := board{first: fmt.Sprintf("%d open.", len(open))}
	for i, m := range open {
		if i == maxOpen {
			b.line(fmt.Sprintf("… and %d more", len(open)-i))
			break
		}
		title := html.EscapeString(m.Title)
		if m.Link != "" {
			title = `<a href="` + html.EscapeString(m.Link) + `">` + title + "</a>"
		}
		rest := fmt.Sprintf(" · %s, in %s for %s", m.Hook, m.Room, span(c.Now.Sub(m.Since)))
		b.drawn("🔸 "+m.Title+rest, "🔸 "+title+html.EscapeString(rest))
	}
	_, err = c.Reply(ctx, b.answer())
	return err
}

// maxOpen bounds how much is listed.
const maxOpen = 20

// last shows the newest webhooks.
func (h *hooksFeature) last(ctx context.Context, c *Call, word string) error {
	hook, err := h.hook(ctx, "last [<hook>]", word)
	if err != nil {
		return err
	}
	list, err := h.desk.Last(ctx, hook, hooksLast)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return c.Notice(ctx, "No webhooks came yet.")
	}
	b := board{first: "The latest webhooks."}
	for _, d := range list {
		h.drawDelivery(&b, d, c.Now)
	}
	_, err = c.Reply(ctx, b.answer())
	return err
}

// drawDelivery adds a delivery with its id, for a replay.
func (h *hooksFeature) drawDelivery(b *board, d Delivery, now time.Time) {
	where := ""
	if d.Room != "" {
		where = " in " + d.Room
	}
	line := fmt.Sprintf("%s %s · %s, %s ago, %s%s", signs[d.State], d.Title, d.Hook, span(now.Sub(d.Received)), d.State, where)
	if d.Reason != "" {
		line += ": " + d.Reason
	}
	b.drawn(line+" · "+d.ID, html.EscapeString(line)+" · <code>"+html.EscapeString(d.ID)+"</code>")
}

// drawStory tells what made a card.
func (h *hooksFeature) drawStory(s Story) Answer {
	if len(s.By) == 0 {
		b := board{first: "A timer made this: it reminds of what is not over. The webhooks of that matter:"}
		for _, d := range s.Also {
			h.drawWhy(&b, d)
		}
		return b.answer()
	}
	d := s.By[0]
	b := board{first: fmt.Sprintf("%s told this: %s", d.Hook, d.Title)}
	if len(s.By) > 1 {
		b.first = fmt.Sprintf("%d webhooks in one message:", len(s.By))
	}
	for _, d := range s.By {
		h.drawWhy(&b, d)
	}
	if len(s.Also) > 0 {
		b.line("Of the same matter:")
		for _, d := range s.Also {
			h.drawWhy(&b, d)
		}
	}
	return b.answer()
}

// drawWhy tells how a webhook came to be told.
func (h *hooksFeature) drawWhy(b *board, d Delivery) {
	parts := []string{
		d.Received.In(h.zone).Format("2006-01-02 15:04:05") + " to " + d.Hook, "read as " + d.Formatter,
	}
	if d.Route != "" {
		parts = append(parts, d.Route)
	}
	state := d.State
	if d.Reason != "" {
		state += " (" + d.Reason + ")"
	}
	if d.Attempts > 1 {
		state += " at attempt " + fmt.Sprint(d.Attempts)
	}
	parts = append(parts, state)
	if d.ReplayOf != "" {
		parts = append(parts, "told again by request")
	}
	line := signs[d.State] + " " + strings.Join(parts, ", ")
	b.drawn(line+" · "+d.ID, html.EscapeString(line)+" · <code>"+html.EscapeString(d.ID)+"</code>")
}

// drawTest tells what became of a sample.
func (h *hooksFeature) drawTest(t Tested) Answer {
	b := board{first: fmt.Sprintf("🧪 I sent %s to %s.", t.Sample, t.Hook)}
	for _, d := range t.Deliveries {
		switch {
		case d.State == "filtered":
			b.line(signs[d.State] + " Its filter drops it, so no room is told.")
		case d.Reason != "":
			b.line(fmt.Sprintf("%s %s: %s, %s", signs[d.State], d.Room, d.State, d.Reason))
		default:
			b.line(fmt.Sprintf("%s %s: %s", signs[d.State], d.Room, d.State))
		}
	}
	a := b.answer()
	a.Board = false
	return a
}

// board is a message of a first line and others below it.
type board struct {
	first       string
	text, lines []string
}

// line adds a line of foreign text.
func (b *board) line(text string) { b.drawn(text, html.EscapeString(text)) }

// drawn adds a line as it is drawn.
func (b *board) drawn(text, markup string) {
	b.text, b.lines = append(b.text, text), append(b.lines, markup)
}

func (b *board) answer() Answer {
	a := Answer{Board: true, Text: strings.Join(append([]string{b.first}, b.text...), "\n"), HTML: "<p>" + html.EscapeString(b.first) + "</p>"}
	if len(b.lines) > 0 {
		a.HTML += "<p>" + strings.Join(b.lines, "<br>") + "</p>"
	}
	return a
}
