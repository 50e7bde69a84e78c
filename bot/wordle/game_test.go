package wordle_test

import (
	"encoding/json"
	"errors"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

func TestGame(t *testing.T) {
	t.Parallel()
	game := wordle.Game{Day: 60, Answer: "lotus"}
	for _, step := range []struct {
		guess string
		err   error
		count string
	}{
		{"crane", nil, "1/6"},
		{" Moist. ", nil, "2/6"},
		{"CRANE", wordle.ErrAgain, "2/6"},
		{"cran", wordle.ErrForm, "2/6"},
		{"cranes", wordle.ErrForm, "2/6"},
		{"naïve", wordle.ErrForm, "2/6"},
		{"cr4ne", wordle.ErrForm, "2/6"},
		{"", wordle.ErrForm, "2/6"},
		{"zzzzz", wordle.ErrUnknown, "2/6"},
		{"lotus", nil, "3/6"},
		{"crane", wordle.ErrOver, "3/6"},
	} {
		if err := game.Guess(step.guess); !errors.Is(err, step.err) || game.Count() != step.count {
			t.Errorf("after %q: %v, %s", step.guess, err, game.Count())
		}
	}
	if !game.Solved() || !game.Over() {
		t.Error("not solved")
	}
	keys := game.Keys()
	for letter, want := range map[byte]wordle.Mark{
		'L': wordle.Correct, 'O': wordle.Correct, 'C': wordle.Absent, 'M': wordle.Absent, 'Q': wordle.Untried,
	} {
		if got := keys[letter-'A']; got != want {
			t.Errorf("key %c is %d, want %d", letter, got, want)
		}
	}
}

func TestGameLost(t *testing.T) {
	t.Parallel()
	game := wordle.Game{Answer: "lotus", Hard: true}
	for _, guess := range []string{"crane", "wimpy", "buddy", "fudge", "gulch"} {
		game.Hard = false // only the asterisk matters here
		if err := game.Guess(guess); err != nil || game.Over() {
			t.Fatalf("%s: %v", guess, err)
		}
	}
	game.Hard = true
	if err := game.Guess("stock"); err == nil {
		t.Error("hard mode let U wander")
	}
	game.Hard = false
	if err := game.Guess("pluck"); err != nil || !game.Over() || game.Solved() {
		t.Fatalf("the sixth guess: %v", err)
	}
	game.Hard = true
	if got := game.Count(); got != "X/6*" {
		t.Errorf("count is %s", got)
	}
	given := wordle.Game{Answer: "lotus", GivenUp: true}
	if !given.Over() || given.Solved() || given.Count() != "X/6" {
		t.Error("a game that was given up goes on")
	}
}

// TestGameStored holds the stored form: boards are begun today and ended by a later version.
func TestGameStored(t *testing.T) {
	t.Parallel()
	const stored = `{"day":60,"answer":"lotus","hard":true,"guesses":["crane"]}`
	var game wordle.Game
	if err := json.Unmarshal([]byte(stored), &game); err != nil {
		t.Fatal(err)
	}
	if again, err := json.Marshal(game); err != nil || string(again) != stored {
		t.Errorf("%s, %v", again, err)
	}
}

func TestStats(t *testing.T) {
	t.Parallel()
	solved := func(day, n int) *wordle.Game {
		words := []string{"crane", "moist", "piano", "jumpy", "vouch"}
		return &wordle.Game{Day: day, Answer: "lotus", Guesses: append(words[:n-1:n-1], "lotus")}
	}
	var s wordle.Stats
	if s.Percent() != 0 || s.Average() != 0 || s.StreakOn(5) != 0 {
		t.Error("numbers of nothing")
	}
	for _, step := range []struct {
		game            *wordle.Game
		streak, longest int
	}{
		{solved(1, 3), 1, 1},
		{solved(2, 4), 2, 2},
		{solved(3, 4), 3, 3},
		{solved(5, 1), 1, 3}, // a day left out
		{solved(6, 6), 2, 3},
		{&wordle.Game{Day: 7, Answer: "lotus", GivenUp: true}, 0, 3},
		{solved(8, 2), 1, 3}, // a day lost
	} {
		s.Add(step.game)
		if s.StreakOn(step.game.Day) != step.streak || s.Longest != step.longest {
			t.Errorf("on day %d: streak %d, longest %d", step.game.Day, s.Streak, s.Longest)
		}
	}
	if want := (wordle.Stats{Played: 7, Solved: 6, Streak: 1, Longest: 3, Last: 8, In: [6]int{1, 1, 1, 2, 0, 1}}); s != want {
		t.Errorf("got %+v", s)
	}
	for day, want := range map[int]int{8: 1, 9: 1, 10: 0} { // on day 9 the word may still be found
		if got := s.StreakOn(day); got != want {
			t.Errorf("on day %d the streak is %d", day, got)
		}
	}
	if s.Percent() != 85 || s.Average() != 20.0/6 {
		t.Errorf("%d %%, %v guesses", s.Percent(), s.Average())
	}
}

func TestStatsJoin(t *testing.T) {
	t.Parallel()
	before := wordle.Stats{Played: 10, Solved: 9, Streak: 4, Longest: 5, Last: 59, In: [6]int{0, 1, 2, 3, 2, 1}}
	var fresh wordle.Stats
	fresh.Join(before)
	if fresh != before {
		t.Errorf("got %+v", fresh)
	}
	played := wordle.Stats{Played: 2, Solved: 1, Streak: 1, Longest: 1, Last: 61, In: [6]int{1}}
	played.Join(before)
	if want := (wordle.Stats{Played: 12, Solved: 10, Streak: 1, Longest: 5, Last: 61, In: [6]int{1, 1, 2, 3, 2, 1}}); played != want {
		t.Errorf("got %+v", played)
	}
}
