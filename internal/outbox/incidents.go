package outbox

import (
	"context"
	"fmt"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
)

// OpenIncident is a matter whose end nobody has told, in one room, as people look at it.
type OpenIncident struct {
	Hook    string    `json:"hook"`
	Key     string    `json:"key"`
	Room    string    `json:"room"`
	Since   time.Time `json:"since"`   // as its sender says, or when it was first told
	Updated time.Time `json:"updated"` // when it was last heard of
	EventID string    `json:"event_id,omitempty"`
	Title   string    `json:"title"` // the first line of its card
}

// OpenIncidents returns what is open, the oldest first; of all hooks with "".
func (o *Outbox) OpenIncidents(ctx context.Context, hook string) ([]OpenIncident, error) {
	rows, err := o.db.Query(ctx, `SELECT i.hook, i.key, l.room, i.opened, i.updated, i.state, coalesce(s.event_id, '')
		FROM incidents i JOIN lanes l ON l.id = i.lane LEFT JOIN sends s ON s.id = i.card
		WHERE i.open = 1 AND ($1 = '' OR i.hook = $1) ORDER BY i.opened, i.hook, i.key, l.room`, hook)
	if err != nil {
		return nil, fmt.Errorf("list incidents: %w", err)
	}
	defer rows.Close()
	list := []OpenIncident{}
	for rows.Next() {
		var i OpenIncident
		var opened, updated int64
		var state []byte
		if err := rows.Scan(&i.Hook, &i.Key, &i.Room, &opened, &updated, &state, &i.EventID); err != nil {
			return nil, fmt.Errorf("list incidents: %w", err)
		}
		i.Since, i.Updated = fromMillis(opened), fromMillis(updated)
		var s incident.State
		if len(state) > 0 { // else it waits for its turn
			if err := decode(state, &s); err != nil {
				return nil, fmt.Errorf("list incidents: %s of %s: %w", i.Key, i.Hook, err)
			}
		}
		if s.Open && s.Last != nil {
			i.Title, i.Since = s.Last.Title(), s.Opened
		}
		list = append(list, i)
	}
	return list, rows.Err()
}

// CountOpen returns how many incidents each hook has open, over all rooms. Hooks with none
// are left out.
func (o *Outbox) CountOpen(ctx context.Context) (map[string]int, error) {
	rows, err := o.db.Query(ctx, `SELECT hook, count(*) FROM incidents WHERE open = 1 GROUP BY hook`)
	if err != nil {
		return nil, fmt.Errorf("count incidents: %w", err)
	}
	defer rows.Close()
	counts := map[string]int{}
	for rows.Next() {
		var hook string
		var n int
		if err := rows.Scan(&hook, &n); err != nil {
			return nil, fmt.Errorf("count incidents: %w", err)
		}
		counts[hook] = n
	}
	return counts, rows.Err()
}
