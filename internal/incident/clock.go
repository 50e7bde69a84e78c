package incident

import "time"

// notAhead brings what is yet to come back to now: the clock was set back since, and what waits
// for a pause to end must not wait until the clock is there again.
func (s *State) notAhead(now time.Time) {
	for _, at := range []*time.Time{&s.Opened, &s.Card, &s.Edited, &s.Reminded} {
		if at.After(now) {
			*at = now
		}
	}
	if s.Lines == nil || !s.Lines.Last.After(now) {
		return
	}
	s.Lines = s.Lines.clone()
	back := s.Lines.Last.Sub(now)
	for _, at := range []*time.Time{&s.Lines.Since, &s.Lines.Until, &s.Lines.Last} {
		*at = at.Add(-back)
	}
}
