package formatters

import (
	"strconv"
	"strings"
	"time"
)

const (
	maxShown  = 8   // items in sight; the rest is folded
	maxItems  = 100 // items that are drawn at all
	maxItem   = 300 // runes of an item's text
	maxMember = 120 // runes of an item's subject
)

// items draws the entries of a group: the first in sight, the rest folded, and what does
// not fit as a number.
func (c *card) items(items []Item) {
	total := 0
	for _, it := range items {
		if !c.isEmptyItem(it) {
			total++
		}
	}
	if total == 0 {
		return
	}
	c.tag("<ul>")
	drawn := 0
	for _, it := range items {
		if c.isEmptyItem(it) {
			continue
		}
		if drawn == maxItems {
			break
		}
		m := c.mark()
		if drawn == maxShown {
			c.fold(total - drawn)
		}
		c.item(it, drawn < maxShown)
		if !c.keep(m, c.left) {
			break
		}
		drawn++
	}
	folded := drawn > maxShown
	if drawn < total {
		more := "+" + strconv.Itoa(total-drawn) + " more"
		c.tag("<li>" + more + "</li>")
		if !folded {
			c.plainLine(more)
		}
	}
	c.tag("</ul>")
	if folded {
		c.tag("</details>")
	}
}

// fold ends the list in sight and begins the folded one. The plain body cannot fold: there
// the number stands for the rest.
func (c *card) fold(rest int) {
	more := "+" + strconv.Itoa(rest) + " more"
	c.tag("</ul><details><summary>" + more + "</summary><ul>")
	c.plainLine(more)
}

func (c *card) plainLine(s string) {
	c.newLine()
	c.text = append(c.text, s...)
}

// item draws one entry; in the plain body only when it is in sight.
func (c *card) item(it Item, inSight bool) {
	plain := len(c.text)
	c.tag("<li>")
	c.plainLine("- ")
	status, subject := c.badgeWord(it.Status), shorten(cleanLine(it.Subject), maxMember, maxMember*maxCost)
	text := shorten(cleanLine(it.Text), maxItem, maxItem*maxCost)
	address := cleanURL(it.URL)
	if status != "" {
		c.badge(it.Severity, strings.ToLower(status))
		if subject+text != "" {
			c.both(" ")
		}
	}
	if subject != "" {
		c.tag("<b>")
		c.linked(subject, address)
		c.tag("</b>")
		c.continued(text)
	} else {
		c.linked(withoutClinging(text), address)
	}
	if age := c.now.Sub(it.Since); it.Severity != Success && !it.Since.IsZero() && age >= time.Second {
		if text != "" {
			c.both(",")
		}
		c.both(" for " + durationWords(age))
	}
	c.tag("</li>")
	if !inSight {
		c.text = c.text[:plain]
	}
}

func (c *card) isEmptyItem(it Item) bool {
	return c.badgeWord(it.Status) == "" && cleanLine(it.Subject) == "" && cleanLine(it.Text) == ""
}
