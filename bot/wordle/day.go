package wordle

import "time"

// Day returns the number of the day that it is somewhere. Days before the first have
// numbers below 1.
func Day(now time.Time, zone *time.Location) int {
	year, month, day := now.In(zone).Date()
	first := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	// Between midnights in UTC there are always whole days.
	return 1 + int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Sub(first)/(24*time.Hour))
}

// Next returns when the next day begins somewhere.
func Next(now time.Time, zone *time.Location) time.Time {
	year, month, day := now.In(zone).Date()
	next := time.Date(year, month, day+1, 0, 0, 0, 0, zone)
	// Where the clocks go forward at midnight there is no midnight, and Date may return the
	// last hour of the day before.
	for Day(next, zone) <= Day(now, zone) {
		next = next.Truncate(time.Hour).Add(time.Hour)
	}
	return next
}
