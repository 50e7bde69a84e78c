package formatters

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHinted(t *testing.T) {
	t.Parallel()
	anyCase, asIs := hint("load '", `(?i)(load '[a-z]+')`), hint("Count:", `(?m)^(Count:\s*\d+)`)
	for _, c := range []struct {
		name string
		h    hinted
		in   string
		want string
	}{
		{"AnyCase", anyCase, "please LOAD 'X' now", "LOAD 'X'"},
		{"AtTheEnd", anyCase, "load 'y'", "load 'y'"},
		{"PartAlone", anyCase, "load '1'", ""},
		{"NoPart", anyCase, "unload", ""},
		{"ShorterThanPart", anyCase, "lo", ""},
		{"AsIs", asIs, "a\nCount: 3", "Count: 3"},
		{"OtherCase", asIs, "COUNT: 3", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := submatch(c.h, c.in); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
			if got := c.h.MatchString(c.in); got != (c.want != "") {
				t.Errorf("matches: %t", got)
			}
			if got := len(c.h.FindAllStringSubmatch(c.in, -1)); got != 0 != (c.want != "") {
				t.Errorf("%d matches", got)
			}
		})
	}
}

func TestCellsOf(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"":                      {""},
		"pihole":                {"pihole"},
		"web server  ok  2s":    {"web server", "ok", "2s"},
		"a\tb \tc \td e":        {"a", "b", "c", "d e"},
		"a \n b":                {"a", "b"},
		"größe   ok":            {"größe", "ok"},
		"backup-1    ok   0 B ": {"backup-1", "ok", "0 B "},
	} {
		if diff := cmp.Diff(want, cellsOf(in)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}
