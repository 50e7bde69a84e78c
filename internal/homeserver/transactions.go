package homeserver

import "time"

// transactions remembers which event a transaction id made. Synapse has two such memories
// and asks both (rest/client/transactions.py, handlers/message.py):
//
//   - in RAM, for half an hour or until it restarts, by path and appservice, or by path and
//     device for people. It does not know an appservice's users apart: when two of them use
//     one id in one room, the second's message is swallowed.
//   - on disk, for a day, by room, user and device; only for senders with a device.
type transactions struct {
	lifetime time.Duration
	events   map[transaction]string
	order    []remembered // oldest first
}

type transaction struct{ scope, user, device, id string }

type remembered struct {
	transaction
	at time.Time
}

func newTransactions(lifetime time.Duration) transactions {
	return transactions{lifetime: lifetime, events: map[transaction]string{}}
}

// find returns the id of the event that was made under a transaction id.
func (t *transactions) find(key transaction, now time.Time) (eventID string, ok bool) {
	for len(t.order) > 0 && now.Sub(t.order[0].at) >= t.lifetime {
		delete(t.events, t.order[0].transaction)
		t.order = t.order[1:]
	}
	eventID, ok = t.events[key]
	return eventID, ok
}

func (t *transactions) remember(key transaction, eventID string, now time.Time) {
	if _, known := t.events[key]; !known {
		t.order = append(t.order, remembered{key, now})
	}
	t.events[key] = eventID
}

// ramKey and diskKey name a request in the two memories. The path has the room, the event
// type and the id in it.
func (r *request) ramKey() transaction {
	if r.appservice != nil {
		return transaction{scope: r.URL.EscapedPath(), user: r.appservice.ID}
	}
	return transaction{scope: r.URL.EscapedPath(), user: r.user, device: r.device}
}

func (r *request) diskKey() transaction {
	return transaction{scope: r.PathValue("room"), user: r.user, device: r.device, id: r.PathValue("txn")}
}

// once appends the event that prepare makes, unless the transaction id is remembered. Only
// success is. Callers hold mu.
func (s *Server) once(r *request, prepare func() (*room, *Event, error)) (any, error) {
	now := s.opts.Now()
	eventID, found := s.inRAM.find(r.ramKey(), now)
	if !found && r.device != "" {
		eventID, found = s.onDisk.find(r.diskKey(), now)
	}
	if found {
		s.inRAM.remember(r.ramKey(), eventID, now)
		return sent(eventID)
	}
	rm, e, err := prepare()
	if err != nil {
		return nil, err
	}
	if r.device != "" {
		e.device, e.txn = r.device, r.PathValue("txn")
		s.onDisk.remember(r.diskKey(), e.ID, now)
	}
	s.inRAM.remember(r.ramKey(), e.ID, now)
	s.append(rm, e)
	return sent(e.ID)
}

func sent(eventID string) (any, error) { return map[string]string{"event_id": eventID}, nil }
