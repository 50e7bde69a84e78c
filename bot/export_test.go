package bot

import "context"

// RaiseAlarms looks at the alarms now.
func (b *Bot) RaiseAlarms(ctx context.Context) { b.raiseAlarms(ctx) }

// Idle says that all that was received is handled, and every alarm that is due; one that
// failed is not waited for.
func (b *Bot) Idle(ctx context.Context) (bool, error) {
	due, err := b.dueAlarms(ctx)
	if err != nil {
		return false, err
	}
	left, err := b.inbox.open(ctx)
	if err != nil {
		return false, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, end := range b.alarms {
		if end.Sub(b.now()) > alarmPause { // being handled
			return false, nil
		}
	}
	for _, a := range due {
		f := b.featureNamed(a.feature)
		if _, tried := b.alarms[a]; !tried && f != nil && f.Handle != nil {
			return false, nil
		}
	}
	return b.work != nil && len(left) == 0 && len(b.rooms) == 0, nil
}

// MaxAlarms is how many alarms are raised in one look.
const MaxAlarms = maxAlarms

// MaxWaiting is how many events of one room wait.
const MaxWaiting = maxWaiting

// AlarmPoll lies between two looks at the alarms.
const AlarmPoll = alarmPoll
