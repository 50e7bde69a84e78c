package wordle

// Stats are how well somebody plays the words of the days.
type Stats struct {
	Played  int        `json:"played,omitzero"`
	Solved  int        `json:"solved,omitzero"`
	Streak  int        `json:"streak,omitzero"`  // days in a row up to Last
	Longest int        `json:"longest,omitzero"` // streak
	Last    int        `json:"last,omitzero"`    // the last day whose word was found; counts only with a streak
	In      [Tries]int `json:"in"`               // words found in one guess, in two, and so on
}

// Add counts a day's game that is over.
func (s *Stats) Add(g *Game) {
	s.Played++
	if !g.Solved() {
		s.Streak = 0
		return
	}
	s.Solved++
	s.In[len(g.Guesses)-1]++
	s.Streak = s.StreakOn(g.Day) + 1
	s.Longest = max(s.Longest, s.Streak)
	s.Last = g.Day
}

// StreakOn returns the streak as it stands on a day: it ends with a day that is left out,
// while today's word may still be found.
func (s *Stats) StreakOn(day int) int {
	if day-s.Last > 1 {
		return 0
	}
	return s.Streak
}

// Average returns how many guesses a word took that was found, or 0.
func (s *Stats) Average() float64 {
	sum, words := 0, 0
	for i, n := range s.In {
		sum += (i + 1) * n
		words += n
	}
	if words == 0 {
		return 0
	}
	return float64(sum) / float64(words)
}

// Percent returns how many of the words were found, rounded down so that 100 means all.
func (s *Stats) Percent() int {
	if s.Played == 0 {
		return 0
	}
	return 100 * s.Solved / s.Played
}

// Join adds what was played elsewhere, before this. The streak goes on when nothing was
// played here yet.
func (s *Stats) Join(before Stats) {
	if s.Played == 0 {
		s.Streak, s.Last = before.Streak, before.Last
	}
	s.Played += before.Played
	s.Solved += before.Solved
	s.Longest = max(s.Longest, before.Longest)
	for i, n := range before.In {
		s.In[i] += n
	}
}
