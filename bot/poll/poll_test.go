package poll_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/poll"
)

func TestParse(t *testing.T) {
	t.Parallel()
	ab := []string{"a", "b"}
	for name, test := range map[string]struct {
		text string
		want poll.Poll
	}{
		"OK":             {`"Pizza tonight?" a | b`, poll.Poll{Question: "Pizza tonight?", Options: ab}},
		"YesNo":          {`"Pizza tonight?"`, poll.Poll{Question: "Pizza tonight?"}},
		"NoQuotes":       {`Pizza tonight?`, poll.Poll{Question: "Pizza tonight?"}},
		"NoQuotesOption": {`Which one? a | b`, poll.Poll{Question: "Which one?", Options: ab}},
		"NoQuotesPipe":   {`Which one | a | b`, poll.Poll{Question: "Which one", Options: ab}},
		"CurlyQuotes":    {`“Which one” a|b`, poll.Poll{Question: "Which one", Options: ab}},
		"GermanQuotes":   {`„Which one“ a|b`, poll.Poll{Question: "Which one", Options: ab}},
		"QuotedOptions":  {`"Which one" "a" | "b"`, poll.Poll{Question: "Which one", Options: ab}},
		"OuterPipes":     {`"Which one" | a | b |`, poll.Poll{Question: "Which one", Options: ab}},
		"Lines":          {"\"Which one\"\na\nb", poll.Poll{Question: "Which one", Options: ab}},
		"LinesNoQuotes":  {"Which one?\na\nb\n", poll.Poll{Question: "Which one?", Options: ab}},
		"Spaces":         {"\"  Which \n one \"  a   a | b", poll.Poll{Question: "Which one", Options: []string{"a a", "b"}}},
		"Time":           {`10m "Which one" a | b`, poll.Poll{Question: "Which one", Options: ab, Open: 10 * time.Minute}},
		"TimeNoQuotes":   {`1h30m Pizza?`, poll.Poll{Question: "Pizza?", Open: 90 * time.Minute}},
		"TimeWords":      {`2days "Pizza?"`, poll.Poll{Question: "Pizza?", Open: 48 * time.Hour}},
		"Multi":          {`multi "Which" a | b`, poll.Poll{Question: "Which", Options: ab, Several: true}},
		"MultiTime":      {`MULTI 10M "Which" a | b`, poll.Poll{Question: "Which", Options: ab, Several: true, Open: 10 * time.Minute}},
		"TimeMulti":      {`10m multi "Which" a | b`, poll.Poll{Question: "Which", Options: ab, Several: true, Open: 10 * time.Minute}},
		"MultiIsAWord":   {`Multi player tonight?`, poll.Poll{Question: "Multi player tonight?"}},
		"TimeIsAll":      {`10m`, poll.Poll{Question: "10m"}},
		"QuotedCommand":  {`"close"`, poll.Poll{Question: "close"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := poll.Parse(test.text)
			if err != nil || !reflect.DeepEqual(*got, test.want) {
				t.Errorf("got %+v, %v, want %+v", got, err, test.want)
			}
		})
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"ErrEmpty":         {"", "What is the question?"},
		"ErrEmptyQuotes":   {`"" a | b`, "What is the question?"},
		"ErrNoEnd":         {`"Which a | b`, "The question's closing quotation mark is missing."},
		"ErrOneOption":     {`"Which" a`, "A poll needs at least two options, with | between them."},
		"ErrEmptyOption":   {`"Which" a | | b`, "One of the options is empty."},
		"ErrTwice":         {`"Which" Tea | coffee | tea`, `The option "tea" is there twice.`},
		"ErrEleven":        {`"Which" a|b|c|d|e|f|g|h|i|j|k`, "A poll has at most 10 options."},
		"ErrShort":         {`5s "Which"`, "A poll is open for 30 seconds to 30 days."},
		"ErrLong":          {`31d "Which"`, "A poll is open for 30 seconds to 30 days."},
		"ErrLongQuestion":  {`"` + strings.Repeat("ä", 301) + `"`, "The question is too long: 300 characters are the most."},
		"ErrLongOption":    {`"Which" a | ` + strings.Repeat("ä", 101), "An option is too long: 100 characters are the most."},
		"ErrOverflow":      {`9999d9999h "Which"`, "A poll is open for 30 seconds to 30 days."},
		"ErrQuoteInQuotes": {`"What is "this"?"`, "A poll needs at least two options, with | between them."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := poll.Parse(test.text)
			var mistake poll.Mistake
			if !errors.As(err, &mistake) || string(mistake) != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`multi 10m "Which" a | b`)
	f.Add("„Which“ a\nb")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := poll.Parse(text)
		var mistake poll.Mistake
		if err != nil {
			if !errors.As(err, &mistake) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		n := len(p.Options)
		if p.Question == "" || n == 1 || n > poll.MaxOptions || strings.ContainsAny(p.Question, "\n") || p.Open != 0 && (p.Open < poll.MinTime || p.Open > poll.MaxTime) {
			t.Fatalf("%q: %+v", text, p)
		}
		if len(p.Choices()) != max(n, 2) {
			t.Fatalf("%q: choices %v", text, p.Choices())
		}
	})
}

// TestBars holds bars and percents to what they say.
func TestBars(t *testing.T) {
	t.Parallel()
	rand := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		r := poll.Result{Votes: make([]int, 2+rand.IntN(9))}
		for i := range r.Votes {
			r.Votes[i] = rand.IntN(1 + rand.IntN(40))
			r.Voters += r.Votes[i]
		}
		sum := 0
		for i, n := range r.Votes {
			bar, percent := r.Bar(i, 10), r.Percent(i)
			sum += percent
			if (bar == 0) != (n == 0) || (bar == 10) != (n > 0 && n == r.Voters) {
				t.Fatalf("%v: bar %d for %d", r, bar, n)
			}
			if r.Voters > 0 && (percent*r.Voters > 100*n+r.Voters || percent*r.Voters < 100*n-r.Voters) {
				t.Fatalf("%v: %d %% for %d", r, percent, n)
			}
			for j, m := range r.Votes {
				if n > m && bar < r.Bar(j, 10) {
					t.Fatalf("%v: fewer votes have the longer bar", r)
				}
			}
		}
		if r.Voters > 0 && (sum < 100-len(r.Votes) || sum > 100+len(r.Votes)) {
			t.Fatalf("%v: %d %% altogether", r, sum)
		}
		for _, leader := range r.Leaders() {
			for _, n := range r.Votes {
				if n > r.Votes[leader] {
					t.Fatalf("%v: leaders %v", r, r.Leaders())
				}
			}
		}
	}
}
