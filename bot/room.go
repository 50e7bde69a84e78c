package bot

// room is a room with something to do. Its events are handled one after the other.
type room struct{ waiting []Event }

// queue hands events to their rooms. Where too many wait, somebody floods the room: more are
// forgotten.
func (b *Bot) queue(events []Event) {
	for _, e := range b.take(events) {
		b.log.Warn("a room is flooded, and an event is left out", "room_id", e.Room)
		b.finish(e)
	}
}

// take queues events and returns those for which there is no place.
func (b *Bot) take(events []Event) (tooMany []Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopping || b.work == nil {
		return nil // stored, and handled by the next process, or once Run has begun
	}
	for _, e := range events {
		r := b.rooms[e.Room]
		if r == nil {
			r = &room{}
			b.rooms[e.Room] = r
			b.handlers.Go(func() { b.attend(e.Room, r) })
		}
		if len(r.waiting) >= maxWaiting {
			tooMany = append(tooMany, e)
			continue
		}
		r.waiting = append(r.waiting, e)
	}
	return tooMany
}

// attend handles a room's events until there are none, or the bot stops.
func (b *Bot) attend(id string, r *room) {
	for {
		b.mu.Lock()
		if len(r.waiting) == 0 || b.stopping {
			delete(b.rooms, id)
			b.mu.Unlock()
			return
		}
		e := r.waiting[0]
		r.waiting = r.waiting[1:]
		b.mu.Unlock()
		b.handle(e)
	}
}
