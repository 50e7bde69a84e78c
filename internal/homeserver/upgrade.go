package homeserver

// upgrade replaces a room by one of another version: the old one gets a tombstone and is
// muted, the new one takes over its state and its aliases. Nobody is moved.
func (s *Server) upgrade(r *request) (any, error) {
	var req struct {
		NewVersion string `json:"new_version"`
	}
	if err := r.decode(&req); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := roomVersions[req.NewVersion]; !known {
		return nil, errBadRequest("M_UNSUPPORTED_ROOM_VERSION", "Your homeserver does not support this room version")
	}
	old, err := s.joinedRoom(r)
	if err != nil {
		return nil, err
	}
	tombstone := s.newEvent(old, r.user, "m.room.tombstone", new(string), nil)
	if err := old.mayAppend(tombstone); err != nil {
		return nil, err
	}
	c := creation{RoomVersion: req.NewVersion, CreationContent: map[string]any{
		"predecessor": map[string]any{"room_id": old.id},
	}}
	for _, kind := range []string{
		"m.room.join_rules", "m.room.name", "m.room.topic", "m.room.history_visibility", "m.room.guest_access",
		"m.room.avatar", "m.room.encryption", "m.room.server_acl", "m.room.power_levels",
	} {
		content := old.contentOf(kind)
		if content == nil {
			continue
		}
		if kind == "m.room.power_levels" {
			levelsOfUpgrade(content, r.user, req.NewVersion)
		}
		c.addState(kind, content)
	}
	replacement, err := s.create(r.user, c)
	if err != nil {
		return nil, err
	}
	tombstone.Content = canonical(map[string]any{
		"body": "This room has been replaced", "replacement_room": replacement.id,
	})
	s.append(old, tombstone)
	s.moveAliases(old, replacement, r.user)
	s.mute(old, r.user)
	return map[string]string{"replacement_room": replacement.id}, nil
}

func (c *creation) addState(kind string, content map[string]any) {
	c.InitialState = append(c.InitialState, struct {
		Type     string         `json:"type"`
		StateKey string         `json:"state_key"`
		Content  map[string]any `json:"content"`
	}{Type: kind, Content: content})
}

// levelsOfUpgrade makes copied power levels fit the new version's rule about creators.
func levelsOfUpgrade(content map[string]any, creator, version string) {
	users, _ := content["users"].(map[string]any)
	if users == nil {
		users = map[string]any{}
		content["users"] = users
	}
	if roomVersions[version].creatorPower {
		delete(users, creator)
	} else {
		users[creator] = 100
	}
}

func (s *Server) moveAliases(from, to *room, sender string) {
	for alias, id := range s.aliases {
		if id == from.id {
			s.aliases[alias] = to.id
		}
	}
	if content := from.contentOf("m.room.canonical_alias"); content != nil {
		s.append(from, s.newEvent(from, sender, "m.room.canonical_alias", new(string), canonical(map[string]any{})))
		s.append(to, s.newEvent(to, sender, "m.room.canonical_alias", new(string), canonical(content)))
	}
}

// mute asks for a moderator's level to speak or to invite.
func (s *Server) mute(rm *room, sender string) {
	content := rm.contentOf("m.room.power_levels")
	level := max(50, rm.levels.UsersDefault+1)
	content["events_default"] = max(level, rm.levels.EventsDefault)
	content["invite"] = max(level, rm.levels.Invite)
	s.append(rm, s.newEvent(rm, sender, "m.room.power_levels", new(string), canonical(content)))
}
