package trivia_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/trivia"
)

func shipped(t *testing.T) trivia.Bank {
	t.Helper()
	bank, err := trivia.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return bank
}

// TestShipped holds the project's questions to what a good one is.
func TestShipped(t *testing.T) {
	t.Parallel()
	bank := shipped(t)
	ids, texts := map[string]bool{}, map[string]bool{}
	for _, q := range bank {
		if ids[q.ID] || !regexp.MustCompile(`^`+q.Category+`-\d\d$`).MatchString(q.ID) {
			t.Errorf("%s: the id is not its own", q.ID)
		}
		if text := strings.ToLower(q.Text); texts[text] {
			t.Errorf("%s: the question is there twice", q.ID)
		} else {
			texts[text] = true
		}
		ids[q.ID] = true
		if q.Difficulty != trivia.Easy && q.Difficulty != trivia.Medium && q.Difficulty != trivia.Hard {
			t.Errorf("%s: difficulty %q", q.ID, q.Difficulty)
		}
		if n := utf8.RuneCountInString(q.Text); n < 15 || n > 120 || !strings.HasSuffix(q.Text, "?") {
			t.Errorf("%s: a question of %d characters: %s", q.ID, n, q.Text)
		}
		if q.Source == "" || q.Credit != "" {
			t.Errorf("%s: source %q, credit %q", q.ID, q.Source, q.Credit)
		}
		answers := append([]string{q.Right}, q.Wrong...)
		if len(answers) != 4 {
			t.Errorf("%s: %d answers", q.ID, len(answers))
		}
		for i, answer := range answers {
			n := utf8.RuneCountInString(answer)
			again := slices.ContainsFunc(answers[:i], func(other string) bool { return strings.EqualFold(other, answer) })
			if n < 1 || n > 50 || again || answer != strings.TrimSpace(answer) {
				t.Errorf("%s: answer %q", q.ID, answer)
			}
		}
		if len(q.Right) > 3 && strings.Contains(strings.ToLower(q.Text), strings.ToLower(q.Right)) {
			t.Errorf("%s: the question tells its answer", q.ID)
		}
	}
	if categories := bank.Categories(); len(bank) < 300 || len(categories) < 10 {
		t.Errorf("%d questions in %d categories", len(bank), len(categories))
	}
	for _, c := range bank.Categories() {
		for _, d := range []trivia.Difficulty{trivia.Easy, trivia.Medium, trivia.Hard} {
			if n := bank.Count(trivia.Filter{Category: c, Difficulty: d}); n < 5 {
				t.Errorf("%d %s questions about %s", n, d, c)
			}
		}
	}
}
