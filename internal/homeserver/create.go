package homeserver

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

const defaultRoomVersion = "12"

// roomVersion says in what room versions differ, as far as clients see it.
type roomVersion struct {
	idIsHash     bool // the room's id is its create event's, without a server name
	creatorPower bool // creators have all power and no level
}

var roomVersions = map[string]roomVersion{
	"10": {},
	"11": {},
	"12": {idIsHash: true, creatorPower: true},
}

// creation is what createRoom asks for.
type creation struct {
	Preset          string         `json:"preset"`
	Visibility      string         `json:"visibility"`
	Name            string         `json:"name"`
	Topic           string         `json:"topic"`
	AliasName       string         `json:"room_alias_name"`
	Invite          []string       `json:"invite"`
	IsDirect        bool           `json:"is_direct"`
	RoomVersion     string         `json:"room_version"`
	CreationContent map[string]any `json:"creation_content"`
	PowerOverride   map[string]any `json:"power_level_content_override"`
	InitialState    []struct {
		Type     string         `json:"type"`
		StateKey string         `json:"state_key"`
		Content  map[string]any `json:"content"`
	} `json:"initial_state"`
}

func (s *Server) createRoom(r *request) (any, error) {
	var req creation
	if err := r.decode(&req); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rm, err := s.create(r.user, req)
	if err != nil {
		return nil, err
	}
	return map[string]string{"room_id": rm.id}, nil
}

// create makes a room with the events that Synapse makes, in its order. Callers hold mu.
func (s *Server) create(creator string, c creation) (*room, error) {
	if c.RoomVersion == "" {
		c.RoomVersion = defaultRoomVersion
	}
	if _, known := roomVersions[c.RoomVersion]; !known {
		return nil, errBadRequest("M_UNSUPPORTED_ROOM_VERSION", "Your homeserver does not support this room version")
	}
	alias := ""
	if c.AliasName != "" {
		alias = "#" + c.AliasName + ":" + s.opts.ServerName
		if s.aliases[alias] != "" {
			return nil, errBadRequest("M_ROOM_IN_USE", "Room alias already taken")
		}
	}
	rm := s.newRoom(creator, c)
	set := func(kind string, content any) {
		s.append(rm, s.newEvent(rm, creator, kind, new(string), canonical(content)))
	}
	s.appendMember(rm, creator, creator, "join", "")

	public := c.Preset == "public_chat" || c.Preset == "" && c.Visibility == "public"
	given := map[string]bool{}
	for _, state := range c.InitialState {
		given[state.Type] = true
	}
	defaults := func(kind string, content any) {
		if !given[kind] {
			set(kind, content)
		}
	}
	defaults("m.room.power_levels", rm.firstLevels(public, c))
	if alias != "" {
		s.aliases[alias] = rm.id
		defaults("m.room.canonical_alias", map[string]any{"alias": alias})
	}
	rule := "invite"
	if public {
		rule = "public"
	}
	defaults("m.room.join_rules", map[string]any{"join_rule": rule})
	defaults("m.room.history_visibility", map[string]any{"history_visibility": "shared"})
	if !public {
		defaults("m.room.guest_access", map[string]any{"guest_access": "can_join"})
	}
	for _, state := range c.InitialState {
		s.append(rm, s.newEvent(rm, creator, state.Type, &state.StateKey, canonical(state.Content)))
	}
	if c.Name != "" {
		set("m.room.name", map[string]any{"name": c.Name})
	}
	if c.Topic != "" {
		set("m.room.topic", map[string]any{"topic": c.Topic})
	}
	for _, guest := range c.Invite {
		content := s.memberContent(guest, "invite")
		if c.IsDirect {
			content["is_direct"] = true
		}
		s.append(rm, s.newEvent(rm, creator, "m.room.member", &guest, canonical(content)))
	}
	return rm, nil
}

// newRoom makes a room with nothing but its create event.
func (s *Server) newRoom(creator string, c creation) *room {
	rm := &room{
		version: c.RoomVersion, creators: []string{creator},
		events: map[string]*Event{}, state: map[stateKey]*Event{},
		members: map[string]member{}, annotations: map[string]bool{}, typing: map[string]*time.Timer{},
	}
	content := map[string]any{}
	maps.Copy(content, c.CreationContent)
	content["room_version"] = c.RoomVersion
	if roomVersions[c.RoomVersion].creatorPower {
		rm.addCreators(content, c)
	}
	create := s.newEvent(rm, creator, "m.room.create", new(string), canonical(content))
	rm.id = "!" + strings.TrimPrefix(create.ID, "$")
	if !roomVersions[c.RoomVersion].idIsHash {
		rm.id = "!" + s.newID()[:18] + ":" + s.opts.ServerName
	}
	create.RoomID = rm.id
	s.rooms[rm.id] = rm
	s.append(rm, create)
	return rm
}

// addCreators makes creators of those whom the request names, and of all guests of a trusted
// private chat.
func (rm *room) addCreators(content map[string]any, c creation) {
	named, _ := content["additional_creators"].([]any)
	if c.Preset == "trusted_private_chat" {
		for _, guest := range c.Invite {
			named = append(named, guest)
		}
	}
	for _, name := range named {
		if id, ok := name.(string); ok && !slices.Contains(rm.creators, id) {
			rm.creators = append(rm.creators, id)
		}
	}
	if len(rm.creators) > 1 {
		content["additional_creators"] = rm.creators[1:]
	}
}

func (rm *room) firstLevels(public bool, c creation) map[string]any {
	tombstone, users := 150, map[string]int{}
	if !roomVersions[rm.version].creatorPower {
		tombstone, users = 100, map[string]int{rm.creators[0]: 100}
	}
	levels := map[string]any{
		"users": users, "users_default": 0, "events_default": 0, "state_default": 50,
		"ban": 50, "kick": 50, "redact": 50, "invite": 0, "historical": 100,
		"events": map[string]int{
			"m.room.name": 50, "m.room.avatar": 50, "m.room.canonical_alias": 50, "m.room.power_levels": 100,
			"m.room.history_visibility": 100, "m.room.server_acl": 100, "m.room.encryption": 100,
			"m.room.tombstone": tombstone,
		},
	}
	if public {
		levels["invite"] = 50
	}
	maps.Copy(levels, c.PowerOverride)
	return levels
}

// contentOf decodes the content of a state event, or returns nil where there is none.
func (rm *room) contentOf(kind string) map[string]any {
	e := rm.state[stateKey{kind, ""}]
	if e == nil {
		return nil
	}
	var content map[string]any
	_ = json.Unmarshal(e.Content, &content) // our own JSON
	return content
}
