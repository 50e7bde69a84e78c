package wordle_test

import (
	"slices"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

func TestEveryAnswerIsALegalGuess(t *testing.T) {
	t.Parallel()
	if n := wordle.Answers(); n < 2000 {
		t.Fatalf("only %d answers", n)
	}
	for i := range wordle.Answers() {
		answer := wordle.Answer(i)
		if !wordle.Legal(answer) {
			t.Errorf("%q may not be guessed", answer)
		}
		if i > 0 && answer <= wordle.Answer(i-1) {
			t.Errorf("%q is out of order", answer)
		}
		game := wordle.Game{Answer: answer, Hard: true}
		if err := game.Guess(answer); err != nil || !game.Solved() {
			t.Errorf("guessing %q: %v", answer, err)
		}
	}
}

func TestLegal(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]bool{
		"aahed": true, "crane": true, "zymic": true, "bitch": true, // rude ones too
		"": false, "aaaaa": false, "zzzzz": false, "cran": false, "cranes": false, "rane\n": false, "CRANE": false,
	} {
		if got := wordle.Legal(word); got != want {
			t.Errorf("Legal(%q) = %v", word, got)
		}
	}
}

// TestAnswerOf holds the words of some days: who breaks it changes the word of everybody.
func TestAnswerOf(t *testing.T) {
	t.Parallel()
	var got []string
	for _, day := range []int{-1, 0, 1, 2, 3, 60, 2268, 2269} {
		got = append(got, wordle.AnswerOf(day))
	}
	want := []string{"timer", "prawn", "newsy", "psych", "frill", "wider", "graze", "flank"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnswerOfRounds(t *testing.T) {
	t.Parallel()
	n := wordle.Answers()
	order := func(from int) []string {
		seen := map[string]bool{}
		var words []string
		for day := from; day < from+n; day++ {
			word := wordle.AnswerOf(day)
			if seen[word] {
				t.Fatalf("%q comes twice from day %d on", word, from)
			}
			seen[word] = true
			words = append(words, word)
		}
		return words
	}
	first, second := order(1), order(1+n)
	same, rising := 0, 0
	for i := range first {
		if first[i] == second[i] {
			same++
		}
		if i > 0 && first[i] > first[i-1] {
			rising++
		}
	}
	if same > 10 {
		t.Errorf("%d days of the second round have the word of the first", same)
	}
	if rising < n/2-n/10 || rising > n/2+n/10 {
		t.Errorf("%d of %d words come after the one before in the alphabet: that is no shuffle", rising, n)
	}
}

func TestDay(t *testing.T) {
	t.Parallel()
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	for name, test := range map[string]struct {
		now  string
		zone *time.Location
		day  int
		next string
	}{
		"First":        {"2026-01-01T00:00:00Z", time.UTC, 1, "2026-01-02T00:00:00Z"},
		"BeforeFirst":  {"2025-12-31T23:59:59Z", time.UTC, 0, "2026-01-01T00:00:00Z"},
		"LongBefore":   {"2025-12-01T12:00:00Z", time.UTC, -30, "2025-12-02T00:00:00Z"},
		"LeapYear":     {"2028-02-29T12:00:00Z", time.UTC, 790, "2028-03-01T00:00:00Z"},
		"West":         {"2026-01-02T04:59:59Z", zone("America/New_York"), 1, "2026-01-02T05:00:00Z"},
		"WestMidnight": {"2026-01-02T05:00:00Z", zone("America/New_York"), 2, "2026-01-03T05:00:00Z"},
		"East":         {"2026-01-01T15:00:00Z", zone("Asia/Tokyo"), 2, "2026-01-02T15:00:00Z"},
		"ShortDay":     {"2026-03-08T06:00:00Z", zone("America/New_York"), 67, "2026-03-09T04:00:00Z"},
		"NoMidnight":   {"2018-11-04T02:00:00Z", zone("America/Sao_Paulo"), -2615, "2018-11-04T03:00:00Z"}, // 0:00 is 1:00
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now, err := time.Parse(time.RFC3339, test.now)
			if err != nil {
				t.Fatal(err)
			}
			if got := wordle.Day(now, test.zone); got != test.day {
				t.Errorf("Day is %d, want %d", got, test.day)
			}
			if got := wordle.Next(now, test.zone).UTC().Format(time.RFC3339); got != test.next {
				t.Errorf("Next is %s, want %s", got, test.next)
			}
		})
	}
}
