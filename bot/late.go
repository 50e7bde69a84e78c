package bot

import "time"

const (
	// punctual is how late an alarm may be before the bot must have been away.
	punctual = 3 * time.Second
	// catchUp is how long a game that ended while the bot was away waits for the reactions
	// that were made before its end: they are still on their way.
	catchUp = 10 * time.Second
	// futile is for how long something is tried that always fails, such as an edit in a
	// room that the bot was removed from.
	futile = 24 * time.Hour
)

// inTime says whether a reaction counts that may be made until a moment. The sender's clock
// is looked at only when ours says that it is too late.
func inTime(c *Call, end time.Time) bool { return !c.Now.After(end) || !c.Sent.After(end) }
