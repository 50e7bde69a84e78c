package bot

import (
	"context"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
)

// ImportWordle adds to each player what an earlier bot knew of them, as wordle.ImportStats
// read it, and returns for how many: those who had theirs added before are left alone. A
// streak without a date may go on today. Nobody may play meanwhile.
func ImportWordle(ctx context.Context, m Memory, players map[string]wordle.Stats, now time.Time, zone *time.Location) (added int, err error) {
	w := &wordleFeature{memory: m, seats: map[string]wordleSeat{}}
	for user, before := range players {
		p, err := w.load(ctx, user)
		if err != nil {
			return added, err
		}
		if p.Imported {
			continue
		}
		if before.Last == 0 {
			before.Last = wordle.Day(now, zone) - 1
		}
		p.Stats.Join(before)
		p.Imported = true
		if err := w.save(ctx, p); err != nil {
			return added, err
		}
		added++
	}
	return added, nil
}
