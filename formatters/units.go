package formatters

import (
	"fmt"
	"math"
	"time"
)

// byteSize writes a number of bytes as people read it: "13.0 GiB", "512 B".
func byteSize(n float64) string {
	if n < 1024 {
		return fmt.Sprintf("%.0f B", math.Max(n, 0))
	}
	for _, unit := range []string{"KiB", "MiB", "GiB", "TiB"} {
		n /= 1024
		if n < 1023.95 {
			return fmt.Sprintf("%.1f %s", n, unit)
		}
	}
	return fmt.Sprintf("%.1f PiB", n/1024)
}

// Duration writes a duration as cards do: "45 s", "12 min", "2 h 5 min", "3 d 4 h".
func Duration(d time.Duration) string { return durationWords(d) }

// durationWords writes a duration in its one or two largest units: "45 s", "12 min",
// "2 h 5 min", "3 d 4 h".
func durationWords(d time.Duration) string {
	d = max(d, 0).Round(time.Second)
	day, hour := 24*time.Hour, time.Hour
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < day && d%hour < time.Minute:
		return fmt.Sprintf("%d h", d/hour)
	case d < day:
		return fmt.Sprintf("%d h %d min", d/hour, d%hour/time.Minute)
	case d%day < hour:
		return fmt.Sprintf("%d d", d/day)
	}
	return fmt.Sprintf("%d d %d h", d/day, d%day/hour)
}
