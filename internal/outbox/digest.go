package outbox

import (
	"fmt"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/incident"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// digestKey is the key of the incident that a lane's digest is. Its hook is "", which no
// hook is called.
const digestKey = "digest"

// addLine decides what the line of a delivery, of which something was decided already, does
// to its lane's digest, and stores that. The line tells the delivery, unless events of what was
// decided before do (told). It returns the first event to be made, if there is
// one. The digest's events are a plan of their own: what cannot be told of one matter does
// not keep the others from being told.
func (o *Outbox) addLine(tx *store.Tx, d *delivery, line incident.Line, decided *incident.Decision, told bool, p Place, change *laneChange) (*send, error) {
	_, err := tx.Exec(`INSERT INTO incidents (hook, key, lane, open, opened, updated) VALUES ('', $1, $2, 0, $3, $3) ON CONFLICT DO NOTHING`,
		digestKey, d.lane, d.received)
	if err != nil {
		return nil, fmt.Errorf("insert digest: %w", err)
	}
	digest, err := loadIncident(tx, `hook = '' AND key = $1 AND lane = $2`, digestKey, d.lane)
	if err != nil {
		return nil, err
	}
	added := incident.Add(incident.Input{
		State: digest.state, Room: decided.Room, Hook: d.hook, Now: o.now(), Held: digest.held,
		Encrypted: p.Encrypted, Behind: d.behind,
	}, line)
	change.room = &added.Room
	pl, err := d.newPlan(p)
	if err != nil {
		return nil, err
	}
	pl.own, pl.mentions = nil, nil
	if told || added.Hold {
		pl.webhook, pl.received = "", time.Time{} // it tells others, and is not to be kept or to die with this one
	}
	first, err := o.storeDecision(tx, d.lane, digest, added, pl, change)
	switch {
	case err != nil:
	case told:
	case added.Hold:
		if err = d.hold(tx, digest.id, change); err == nil && decided.TellHeld {
			err = takeOver(tx, line.Matter, digest.id)
		}
	default:
		if err = d.plan(tx, digest.id, pl.id); err == nil && decided.TellHeld {
			err = planHeld(tx, line.Matter, pl.id, change)
		}
	}
	return first, err
}

// takeOver has the deliveries that wait for a matter wait for the digest, which tells of it
// what is newer than they are.
func takeOver(tx *store.Tx, matter, digest int64) error {
	_, err := tx.Exec(`UPDATE deliveries SET incident = $1 WHERE incident = $2 AND state = 'held'`, digest, matter)
	if err != nil {
		return fmt.Errorf("hold deliveries for digest: %w", err)
	}
	return nil
}
