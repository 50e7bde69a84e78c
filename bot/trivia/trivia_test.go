package trivia_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/ballot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/trivia"
)

func TestParseFilter(t *testing.T) {
	t.Parallel()
	categories := []string{"film", "food", "geography", "science", "space", "sport"}
	for name, test := range map[string]struct {
		words   []string
		want    trivia.Filter
		unknown string
	}{
		"OKNothing":     {nil, trivia.Filter{}, ""},
		"OKCategory":    {[]string{"film"}, trivia.Filter{Category: "film"}, ""},
		"OKBoth":        {[]string{"Science", "HARD"}, trivia.Filter{Category: "science", Difficulty: trivia.Hard}, ""},
		"OKOtherOrder":  {[]string{"easy", "film"}, trivia.Filter{Category: "film", Difficulty: trivia.Easy}, ""},
		"OKAny":         {[]string{"any", "medium"}, trivia.Filter{Difficulty: trivia.Medium}, ""},
		"OKAlias":       {[]string{"movies"}, trivia.Filter{Category: "film"}, ""},
		"OKBeginning":   {[]string{"geo"}, trivia.Filter{Category: "geography"}, ""},
		"ErrShort":      {[]string{"sp"}, trivia.Filter{}, "sp"},
		"ErrUnknown":    {[]string{"film", "cars"}, trivia.Filter{}, "cars"},
		"ErrTwoOfAKind": {[]string{"film", "food"}, trivia.Filter{}, "food"},
		"ErrTwoLevels":  {[]string{"hard", "easy"}, trivia.Filter{}, "easy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, unknown := trivia.ParseFilter(test.words, categories); got != test.want || unknown != test.unknown {
				t.Errorf("got %+v, %q", got, unknown)
			}
		})
	}
}

// TestPick asks everything three times over, with filters that change.
func TestPick(t *testing.T) {
	t.Parallel()
	bank := shipped(t)
	rand := rand.New(rand.NewPCG(1, 2))
	for _, f := range []trivia.Filter{{}, {Category: "space"}, {Difficulty: trivia.Hard}, {Category: "film", Difficulty: trivia.Easy}} {
		var asked []string
		last, n := "", bank.Count(f)
		for round := range 3 {
			seen := map[string]bool{}
			for range n {
				var q *trivia.Question
				q, asked = bank.Pick(f, asked, rand.IntN)
				if seen[q.ID] || !f.Matches(q) || q.ID == last {
					t.Fatalf("%+v, round %d: %s came again", f, round, q.ID)
				}
				seen[q.ID], last = true, q.ID
				if rand.IntN(5) == 0 && f.Category != "" { // something else in between
					_, asked = bank.Pick(trivia.Filter{Category: "music"}, asked, rand.IntN)
				}
			}
		}
		if len(asked) > len(bank) {
			t.Errorf("%d are kept of %d", len(asked), len(bank))
		}
	}
	if q, _ := bank.Pick(trivia.Filter{Category: "nothing"}, nil, rand.IntN); q != nil {
		t.Errorf("got %+v of no category", q)
	}
	one := bank[:1]
	_, asked := one.Pick(trivia.Filter{}, nil, rand.IntN)
	if q, again := one.Pick(trivia.Filter{}, asked, rand.IntN); q == nil || len(again) != 1 {
		t.Errorf("the only question came once: %v", again)
	}
}

// TestNewRound shuffles, and every place is as likely to be right.
func TestNewRound(t *testing.T) {
	t.Parallel()
	rand := rand.New(rand.NewPCG(1, 2))
	q := &shipped(t)[0]
	places := make([]int, 4)
	for range 4000 {
		r := trivia.NewRound(q, rand.IntN)
		if r.Choices[r.Right] != q.Right {
			t.Fatalf("%+v", r)
		}
		all := append([]string{q.Right}, q.Wrong...)
		slices.Sort(all)
		if got := slices.Sorted(slices.Values(r.Choices)); !slices.Equal(got, all) {
			t.Fatalf("choices %v", got)
		}
		places[r.Right]++
	}
	for _, n := range places {
		if n < 900 || n > 1100 {
			t.Errorf("right places: %v", places)
		}
	}
}

// TestScore plays games and compares with a score kept in the plainest way.
func TestScore(t *testing.T) {
	t.Parallel()
	rand := rand.New(rand.NewPCG(1, 2))
	bank := shipped(t)
	players, history := trivia.Players{}, map[string][]int{} // points of each answer
	for n := range 500 {
		r := trivia.NewRound(&bank[rand.IntN(len(bank))], rand.IntN)
		last := map[string]int{}
		for i := range rand.IntN(10) {
			user, choice := fmt.Sprintf("@%d", rand.IntN(4)), rand.IntN(4)
			r.Box.Cast(ballot.Vote{ID: fmt.Sprintf("$%d-%d", n, i), User: user, Choice: choice})
			last[user] = choice
		}
		players.Score(r)
		for user, choice := range last {
			points := 0
			if choice == r.Right {
				points = map[trivia.Difficulty]int{trivia.Easy: 1, trivia.Medium: 2, trivia.Hard: 3}[r.Question.Difficulty]
			}
			history[user] = append(history[user], points)
		}
	}
	for user, all := range history {
		want := trivia.Player{Answered: len(all)}
		for _, points := range all {
			want.Points += points
			if want.Streak++; points == 0 {
				want.Streak = 0
			} else {
				want.Right++
			}
			want.Longest = max(want.Longest, want.Streak)
		}
		if players[user] != want {
			t.Errorf("%s has %+v, want %+v", user, players[user], want)
		}
	}
	ranked := players.Ranked()
	for i := range ranked[1:] {
		if players[ranked[i]].Points < players[ranked[i+1]].Points {
			t.Errorf("ranked %v of %+v", ranked, players)
		}
	}
}
