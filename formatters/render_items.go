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

// cleanItems returns the items that say anything new, their texts clean and as long as drawn.
func (c *card) cleanItems(items []Item) []Item {
	kept := make([]Item, 0, len(items))
	for _, it := range items {
		if it.Said {
			continue
		}
		it.Status = c.badgeWord(it.Status)
		it.Subject = shorten(cleanLine(it.Subject), maxMember, maxMember*maxCost)
		it.Text = shorten(cleanLine(it.Text), maxItem, maxItem*maxCost)
		if it.Status != "" || it.Subject != "" || it.Text != "" {
			kept = append(kept, it)
		}
	}
	return kept
}

// items draws the entries of a group, cleaned before: the first in sight, the rest folded, and what does
// not fit as a number.
func (c *card) items(items []Item) {
	if len(items) == 0 {
		return
	}
	c.tag("<ul>")
	drawn := 0
	for _, it := range items {
		if drawn == maxItems {
			break
		}
		m := c.mark()
		if drawn == maxShown {
			c.fold(len(items) - drawn)
		}
		c.item(it, drawn < maxShown)
		if !c.keep(m, c.left) {
			break
		}
		drawn++
	}
	folded := drawn > maxShown
	if drawn < len(items) {
		more := "+" + strconv.Itoa(len(items)-drawn) + " more"
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
	address := cleanURL(it.URL)
	if it.Status != "" {
		c.badge(it.Severity, strings.ToLower(it.Status))
		if it.Subject+it.Text != "" {
			c.both(" ")
		}
	}
	if it.Subject != "" {
		c.tag("<b>")
		c.linked(it.Subject, address)
		c.tag("</b>")
		c.continued(it.Text)
	} else {
		c.linked(withoutClinging(it.Text), address)
	}
	if age := c.now.Sub(it.Since); it.Severity != Success && !it.Since.IsZero() && age >= time.Second {
		if it.Text != "" {
			c.both(",")
		}
		c.both(" for " + durationWords(age))
	}
	c.tag("</li>")
	if !inSight {
		c.text = c.text[:plain]
	}
}
