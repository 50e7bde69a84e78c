package formatters

import (
	"fmt"
	"strings"
	"testing"
)

// TestRenderLimit holds what gives way first, and that it is said.
func TestRenderLimit(t *testing.T) {
	t.Parallel()
	full := func(items, details, html int) Notification {
		n := Notification{
			Severity: Critical, Status: "firing", Subject: "DiskSpaceLow", Summary: "on many hosts",
			Facts: []Fact{{Name: "Folder", Value: "infra"}}, Links: []Link{{"Dashboard", "https://g"}},
			Details: strings.Repeat("a <line> of it\n", details), HTML: strings.Repeat("<p>a paragraph</p>", html),
		}
		for i := range items {
			n.Items = append(n.Items, Item{Subject: fmt.Sprintf("host-%d", i), Text: strings.Repeat("x & y ", 30)})
		}
		return n
	}
	for _, c := range []struct {
		name       string
		n          Notification
		limit      int
		want, lost []string // in both bodies
	}{
		{"Details", full(2, 5_000, 2), 0, []string{"host-1", "a paragraph", "of it", "… (cut)"}, nil},
		{"HTMLBeforeDetails", full(2, 20, 5_000), 0, []string{"host-1", "a paragraph", "… (cut)"}, []string{"of it"}},
		{"FoldedItems", full(60, 5, 0), 0, []string{"host-7", "… (cut)"}, []string{"of it"}},
		{"Items", full(60, 0, 0), MinBytes, []string{"host-1", "+", " more", "Dashboard"}, []string{"host-7", "… (cut)"}},
		{"ItemsBeyondCount", full(5_000, 0, 0), 1 << 30, []string{"host-7"}, []string{"host-100"}},
		{"SmallestLimit", full(60, 60, 60), 1, []string{"DiskSpaceLow", "on many hosts", "infra", "… (cut)"}, []string{"of it"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := Render(c.n, RenderOptions{MaxBytes: c.limit})
			limit := max(c.limit, MinBytes)
			if c.limit == 0 {
				limit = MaxBytes
			}
			checkMessage(t, m, limit)
			for name, body := range map[string]string{"body": m.Body, "formatted body": m.FormattedBody} {
				if !strings.Contains(body, "FIRING") {
					t.Errorf("the %s has no status", name)
				}
				for _, s := range c.want {
					if !strings.Contains(body, s) {
						t.Errorf("the %s lacks %q", name, s)
					}
				}
				for _, s := range c.lost {
					if strings.Contains(body, s) {
						t.Errorf("the %s has %q", name, s)
					}
				}
			}
		})
	}
}

// TestRenderLimitUsed shows that a cut card is not cut more than it must be.
func TestRenderLimitUsed(t *testing.T) {
	t.Parallel()
	m := Render(Notification{Details: strings.Repeat("x", MaxBytes)}, RenderOptions{})
	if n := encodedSize(t, m.Body) + encodedSize(t, m.FormattedBody); n < MaxBytes-reserve {
		t.Errorf("only %d of %d bytes are used", n, MaxBytes)
	}
}

// TestRenderLongLine holds that each part of the first line leaves room for the others.
func TestRenderLongLine(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("&", 5_000)
	n := Notification{Status: "S" + long, Subject: "J" + long, Summary: "M" + long, URL: "https://x/?" + strings.Repeat("&", 1_000)}
	for _, limit := range []int{MinBytes, MaxBytes} {
		m := Render(n, RenderOptions{MaxBytes: limit})
		checkMessage(t, m, limit)
		for _, part := range []string{"S&", "J&", "M&", "…"} {
			if !strings.Contains(m.Body, part) {
				t.Errorf("with %d bytes, the body lacks %q", limit, part)
			}
		}
	}
}

// TestRenderLongAddress holds that the subject keeps the longest address that is linked at all.
func TestRenderLongAddress(t *testing.T) {
	t.Parallel()
	address := "https://x/?" + strings.Repeat("a", maxURL-len("https://x/?"))
	m := Render(Notification{Subject: "S", URL: address, Links: []Link{{"Dashboard", "https://g"}}}, RenderOptions{})
	if !strings.Contains(m.FormattedBody, `<a href="`+address+`">S</a>`) {
		t.Error("the subject is not linked")
	}
	checkMessage(t, m, MaxBytes)
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s     string
		bytes int
		want  string
		whole bool
	}{
		{"abc", 48, "abc", true},
		{"abc", 6, "abc", true},
		{"abc", 5, "ab", false},
		{"ßßß", 11, "ßß", false},
		{"a&b", 18, "a&", false},
		{"a", -5, "", false},
	} {
		if got, whole := cut(c.s, c.bytes); got != c.want || whole != c.whole {
			t.Errorf("cut(%q, %d) = %q, %t", c.s, c.bytes, got, whole)
		}
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s            string
		runes, bytes int
		want         string
	}{
		{"abc", 3, 48, "abc"},
		{"abc", 2, 48, "ab…"},
		{"ab c", 3, 48, "ab…"},
		{"ßßß", 3, 48, "ßßß"},
		{"ßßß", 2, 48, "ßß…"},
		{"ßßß", 3, 11, "ßß…"},
	} {
		if got := shorten(c.s, c.runes, c.bytes); got != c.want {
			t.Errorf("shorten(%q, %d, %d) = %q, want %q", c.s, c.runes, c.bytes, got, c.want)
		}
	}
}

// TestCosts holds the reckoning of sizes against an encoder's: the cost of a rune's bytes
// is what it takes in both bodies, and no byte takes more than its share.
func TestCosts(t *testing.T) {
	t.Parallel()
	for _, r := range "aß€🔥&<>\"\\\n'/\u200b" {
		s := string(r)
		escaped := string(appendEscaped(nil, s))
		want := encodedSize(t, s) + encodedSize(t, escaped)
		got := 0
		for i := range len(s) {
			got += 2 + int(costs[s[i]])
		}
		if got != want || got > maxCost*len(s) {
			t.Errorf("cost of %q = %d, want %d", r, got, want)
		}
		if got := encodedLen(s) + encodedLen([]byte(escaped)); got != want {
			t.Errorf("encodedLen of both %q = %d, want %d", r, got, want)
		}
	}
}
