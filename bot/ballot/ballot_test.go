package ballot_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/ballot"
)

// step is something that happens to a box: a vote, one that is taken back, the same event
// again, or a restart.
type step struct {
	vote    ballot.Vote
	retract string
}

// recount counts in the plainest way: everything that ever happened, from the beginning.
func recount(steps []step, n int, several bool) (counts []int, voters int) {
	var standing []ballot.Vote
	cast := map[string]bool{}
	for _, s := range steps {
		if s.retract != "" {
			var left []ballot.Vote
			for _, v := range standing {
				if v.ID != s.retract {
					left = append(left, v)
				}
			}
			standing = left
		} else if !cast[s.vote.ID] {
			cast[s.vote.ID] = true
			standing = append(standing, s.vote)
		}
	}
	counts = make([]int, n)
	of := map[string][]int{}
	for _, v := range standing {
		of[v.User] = append(of[v.User], v.Choice)
	}
	for _, choices := range of {
		if !several {
			counts[choices[len(choices)-1]]++
			continue
		}
		for choice := range n {
			if slices.Contains(choices, choice) {
				counts[choice]++
			}
		}
	}
	return counts, len(of)
}

func TestRecount(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		rand := rand.New(rand.NewPCG(seed, 1))
		const n = 4
		var box ballot.Box
		var steps []step
		for i := range 60 {
			var s step
			switch roll := rand.IntN(10); {
			case roll < 6:
				s.vote = ballot.Vote{ID: fmt.Sprintf("$%d", i), User: fmt.Sprintf("@%d", rand.IntN(5)), Choice: rand.IntN(n)}
			case roll < 9:
				s.retract = fmt.Sprintf("$%d", rand.IntN(i+1)) // perhaps of nothing
			case len(steps) > 0: // the last event is handled again after a crash
				s = steps[len(steps)-1]
			default:
				continue
			}
			steps = append(steps, s)
			if s.retract != "" {
				box.Retract(s.retract)
			} else {
				box.Cast(s.vote)
			}
			if rand.IntN(8) == 0 { // a restart
				data, err := json.Marshal(box)
				if err != nil {
					t.Fatal(err)
				}
				box = ballot.Box{}
				if err := json.Unmarshal(data, &box); err != nil {
					t.Fatal(err)
				}
			}
			for _, several := range []bool{false, true} {
				counts, voters := box.Count(n, several)
				want, wantVoters := recount(steps, n, several)
				if !reflect.DeepEqual(counts, want) || voters != wantVoters {
					t.Fatalf("seed %d, several %v: %v of %d, want %v of %d after %+v", seed, several, counts, voters, want, wantVoters, steps)
				}
			}
		}
	}
}

// TestTwice has somebody choose the same thing twice, by two clients, and take one back.
func TestTwice(t *testing.T) {
	t.Parallel()
	var box ballot.Box
	box.Cast(ballot.Vote{ID: "$1", User: "@a", Choice: 1})
	box.Cast(ballot.Vote{ID: "$2", User: "@a", Choice: 1})
	for _, several := range []bool{false, true} {
		if counts, voters := box.Count(2, several); counts[1] != 1 || voters != 1 {
			t.Errorf("several %v: %v of %d", several, counts, voters)
		}
	}
	if !box.Retract("$1") || box.Retract("$1") {
		t.Error("a vote can be taken back once")
	}
	if counts, _ := box.Count(2, false); counts[1] != 1 {
		t.Errorf("the other vote does not count: %v", counts)
	}
}

func TestChoice(t *testing.T) {
	t.Parallel()
	emoji := []string{"1️⃣", "✅", "🇦"}
	for key, want := range map[string]int{
		"1️⃣": 0, "1\u20e3": 0, "✅": 1, "✅\ufe0f": 1, "🇦": 2, "🇧": -1, "": -1, "1": -1, "✅✅": -1,
	} {
		if got := ballot.Choice(emoji, key); got != want {
			t.Errorf("%q is %d, want %d", key, got, want)
		}
	}
	if got := ballot.Choice([]string{"👍"}, "👍🏽"); got != 0 {
		t.Errorf("a thumb with a skin tone is %d", got)
	}
}
