package dice_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/dice"
)

func TestParse(t *testing.T) {
	t.Parallel()
	d := func(count, sides int) dice.Term { return dice.Term{Count: count, Sides: sides} }
	for name, test := range map[string]struct {
		text string
		want []dice.Roll
	}{
		"Empty":       {"", nil},
		"One":         {"d20", []dice.Roll{{d(1, 20)}}},
		"Several":     {"3D6", []dice.Roll{{d(3, 6)}}},
		"Percent":     {"d%", []dice.Roll{{d(1, 100)}}},
		"Plus":        {"2d6+3", []dice.Roll{{d(2, 6), {Number: 3}}}},
		"Minus":       {"2d6 −1", []dice.Roll{{d(2, 6), {Number: 1, Negative: true}}}},
		"Spaces":      {" 2d6  +\n1d8 - 1 ", []dice.Roll{{d(2, 6), d(1, 8), {Number: 1, Negative: true}}}},
		"NumberFirst": {"3 + 2d6", []dice.Roll{{{Number: 3}, d(2, 6)}}},
		"SignFirst":   {"-d4+10", []dice.Roll{{{Count: 1, Sides: 4, Negative: true}, {Number: 10}}}},
		"Rolls":       {"d20 d20+5, 2d6", []dice.Roll{{d(1, 20)}, {d(1, 20), {Number: 5}}, {d(2, 6)}}},
		"Highest":     {"4d6kh3", []dice.Roll{{{Count: 4, Sides: 6, Keep: dice.Highest, Kept: 3}}}},
		"Short":       {"4d6k3", []dice.Roll{{{Count: 4, Sides: 6, Keep: dice.Highest, Kept: 3}}}},
		"Advantage":   {"2d20kh", []dice.Roll{{{Count: 2, Sides: 20, Keep: dice.Highest, Kept: 1}}}},
		"Lowest":      {"2d20KL1", []dice.Roll{{{Count: 2, Sides: 20, Keep: dice.Lowest, Kept: 1}}}},
		"Bounds":      {"100d1000 + 1000000", []dice.Roll{{d(100, 1000), {Number: 1000000}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := dice.Parse(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"Word":        {"banana", `I cannot read "banana".`},
		"LongWord":    {strings.Repeat("ü", 50), `I cannot read "üüüüüüüüüüüüüüüüüüüü…".`},
		"Tail":        {"2d6x", `I cannot read "2d6x".`},
		"Drop":        {"2d6d1", `I cannot read "2d6d1".`},
		"NoSides":     {"2d", `I cannot read "2d".`},
		"OneSide":     {"d1", "A die has 2 to 1000 sides."},
		"ManySides":   {"d1001", "A die has 2 to 1000 sides."},
		"HugeSides":   {"d99999999999999999999", "A die has 2 to 1000 sides."},
		"NoDice":      {"0d6", "Throw 1 to 100 dice."},
		"ManyDice":    {"101d6", "Throw 1 to 100 dice."},
		"ManyInAll":   {"60d6 + 41d6", "I have only 100 dice."},
		"ManyRolls":   {strings.Repeat("d6 ", 11), "That is too much at once: at most 10 rolls."},
		"ManyTerms":   {strings.Repeat("d6+", 20) + "d6", "That is too much at once: at most 10 rolls."},
		"KeepTooMany": {"2d6kh3", "Of 2 dice, keep 1 to 2."},
		"KeepNone":    {"2d6kl0", "Of 2 dice, keep 1 to 2."},
		"HugeNumber":  {"d6+1000001", "Numbers go up to 1000000."},
		"TwoSigns":    {"d6++1", "Two signs stand side by side."},
		"LastSign":    {"d6+", "Something is missing behind the last sign."},
		"PlainNumber": {"20", `There are no dice in "20": a die with six sides is d6.`},
		"LongText":    {strings.Repeat(" ", 501), "That is too much to read."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := dice.Parse(test.text)
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v and the error %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestThrow(t *testing.T) {
	t.Parallel()
	rolls, err := dice.Parse("4d6kh2 - 2d4kl1 + 3")
	if err != nil {
		t.Fatal(err)
	}
	faces := []int{4, 0, 4, 2, 3, 1}
	got := rolls[0].Throw(func(int) int {
		face := faces[0]
		faces = faces[1:]
		return face
	})
	want := dice.Throw{Total: 5 + 5 - 2 + 3, Groups: []dice.Group{
		{Term: rolls[0][0], Dice: []dice.Die{{Value: 5}, {Value: 1, Dropped: true}, {Value: 5}, {Value: 3, Dropped: true}}},
		{Term: rolls[0][1], Dice: []dice.Die{{Value: 4, Dropped: true}, {Value: 2}}},
		{Term: rolls[0][2]},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestFair throws each face of a die about as often as the others.
func TestFair(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	count := map[int]int{}
	for range 600 {
		for _, d := range (dice.Roll{{Count: 100, Sides: 6}}).Throw(random.IntN).Groups[0].Dice {
			count[d.Value]++
		}
	}
	for face := 1; face <= 6; face++ {
		if n := count[face]; n < 9500 || n > 10500 {
			t.Errorf("%d came %d times in 60000", face, n)
		}
	}
	if len(count) != 6 {
		t.Errorf("the faces are %v", count)
	}
}

// FuzzParse looks for texts that Parse takes and that break its bounds.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"2d6+3", "4d6kh3 d%", "d6 - -", "100d1000kl99,2", "−d4"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rolls, err := dice.Parse(text)
		if err != nil {
			return
		}
		thrown := 0
		for _, roll := range rolls {
			low, high := 0, 0
			for _, term := range roll {
				from, to := term.Number, term.Number
				if term.Count > 0 {
					n := term.Count
					if term.Keep != dice.All {
						n = term.Kept
					}
					from, to = n, n*term.Sides
				}
				if term.Negative {
					from, to = -to, -from
				}
				low, high, thrown = low+from, high+to, thrown+term.Count
				if term.Count == 0 {
					continue
				}
				again, err := dice.Parse(term.String())
				term.Negative = false
				if err != nil || !cmp.Equal(again, []dice.Roll{{term}}) {
					t.Errorf("%q is read as %v: %v", term, again, err)
				}
			}
			if got := roll.Throw(rand.IntN).Total; got < low || got > high {
				t.Errorf("%q makes %d, not %d to %d", text, got, low, high)
			}
		}
		if thrown > dice.MaxDice || len(rolls) > dice.MaxRolls {
			t.Errorf("%q throws %d dice in %d rolls", text, thrown, len(rolls))
		}
	})
}
