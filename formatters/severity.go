package formatters

import "fmt"

// Severity orders notifications by how much they want a person. Filters compare it, and
// Render picks the badge's colour by it.
type Severity int

// The severities, least urgent first.
const (
	Muted    Severity = iota // digests, tests, ends
	Info                     // grabbed, renamed, added
	Success                  // resolved, up, imported
	Warning                  // somebody should look soon
	Error                    // something is broken
	Critical                 // something is broken and urgent
)

var severityNames = [...]string{"muted", "info", "success", "warning", "error", "critical"}

// String returns the lower-case name that configuration and JSON use.
func (s Severity) String() string {
	if s < Muted || s > Critical {
		return fmt.Sprintf("Severity(%d)", int(s))
	}
	return severityNames[s]
}

// ParseSeverity is the inverse of String.
func ParseSeverity(name string) (Severity, error) {
	for i, n := range severityNames {
		if n == name {
			return Severity(i), nil
		}
	}
	return Muted, fmt.Errorf("unknown severity %q: use muted, info, success, warning, error or critical", name)
}

// MarshalText writes the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a severity's name.
func (s *Severity) UnmarshalText(text []byte) error {
	parsed, err := ParseSeverity(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}
