package config

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// UserID returns the id of the virtual user that tells a hook's webhooks.
func (c *Config) UserID(h Hook) string {
	return "@" + c.Appservice.UserPrefix + h.User.Localpart + ":" + c.Homeserver.Domain
}

// RoomReference returns the room id or alias that a hook's or route's room stands for.
func (c *Config) RoomReference(room string) string {
	if reference, named := c.Rooms[room]; named {
		return reference
	}
	return room
}

// FindRoom is RoomReference for a room that a person names, who may be mistaken.
func (c *Config) FindRoom(room string) (string, error) {
	if !c.isKnownRoom(room) {
		return "", fmt.Errorf("unknown room %q: %s", room, c.roomRemedy(room))
	}
	return c.RoomReference(room), nil
}

// resolve fills in what follows from the service, from other fields, or from files.
func (h *Hook) resolve(c *Config, d *decoder, path string) {
	if h.Name == "" {
		h.Name = h.Service
	}
	if h.User.Localpart == "" {
		h.User.Localpart = h.Service
		if h.Service == formatters.Custom {
			h.User.Localpart = formatters.Localpart(h.Name)
		}
	}
	if h.User.Avatar != "" {
		file := d.resolve(h.User.Avatar)
		if _, err := os.Stat(file); err == nil {
			h.User.Avatar = file
		} else if strings.ContainsAny(h.User.Avatar, `/\`) {
			c.report.problem(path+".user.avatar", cause(err), "create the file, or correct the path")
		}
	}
	if !c.report.given(path + ".wait") {
		h.Wait = c.Gateway.Wait
	}
	for i := range h.Routes {
		if h.Routes[i].Room == "" {
			h.Routes[i].Room = h.Room
		}
	}
}

func (c *Config) validateHooks() {
	ids, names := map[string]int{}, map[string]int{}
	for i, h := range c.Hooks {
		path := fmt.Sprintf("hooks[%d]", i)
		c.validateService(h, path)
		c.validateFormat(h, path)
		c.validateID(h, path)
		if first, taken := ids[h.ID.Reveal()]; taken && !h.ID.IsZero() {
			c.report.problem(path+".id", fmt.Sprintf("is the id of hooks[%d], too", first), "give each hook its own; `lotus-hooks id` prints a fresh one")
		} else {
			ids[h.ID.Reveal()] = i
		}
		switch first, taken := names[h.Name]; {
		case h.Name == "":
		case taken && !c.report.given(path+".name"):
			c.report.problem(path, fmt.Sprintf("is called %q after its service, and so is hooks[%d]", h.Name, first), "give it a name of its own")
		case taken:
			c.report.problem(path+".name", fmt.Sprintf("is the name of hooks[%d], too", first), "give each hook its own")
		default:
			names[h.Name] = i
		}
		c.validateUser(h, path)
		c.validateRoom(h.Room, path+".room")
		for j, r := range h.Routes {
			c.validateRoute(r, fmt.Sprintf("%s.routes[%d]", path, j))
		}
	}
}

func (c *Config) validateService(h Hook, path string) {
	if h.Service == "" {
		return
	}
	if _, known := formatters.Lookup(h.Service); !known && h.Service != formatters.Custom {
		all := []string{formatters.Custom}
		for _, s := range formatters.Services() {
			all = append(all, s.Name)
		}
		c.report.problem(path+".service", fmt.Sprintf("unknown service %q", h.Service), suggest(h.Service, all))
	}
}

// maxName bounds a hook's name and a display name, in bytes; homeservers refuse longer ones.
const maxName = 255

func (c *Config) validateUser(h Hook, path string) {
	if h.Name != "" && !printable(h.Name) {
		c.report.problem(path+".name", "is no name", "use one line of at most 255 bytes")
	}
	if h.User.Name != "" && !printable(h.User.Name) {
		c.report.problem(path+".user.name", "is no name", "use one line of at most 255 bytes")
	}
	local := h.User.Localpart
	switch prefix := c.Appservice.UserPrefix; {
	case h.Service == formatters.Custom && !c.report.given(path+".user.localpart") && len(c.UserID(h)) > 255:
		c.report.problem(path+".name", "makes a user id of more than 255 bytes", "shorten it, or give it a user.localpart")
	case !c.report.given(path + ".user.localpart"):
	case !localpartPattern.MatchString(local):
		c.report.problem(path+".user.localpart", "holds what a user id may not", fmt.Sprintf("use a-z, 0-9 and \"._=/+-\", such as %q", formatters.Localpart(local)))
	case strings.HasPrefix(local, prefix):
		c.report.problem(path+".user.localpart", "begins with user_prefix, which is put before it", fmt.Sprintf("write %q", strings.TrimPrefix(local, prefix)))
	case len(c.UserID(h)) > 255:
		c.report.problem(path+".user.localpart", "makes a user id of more than 255 bytes", "shorten it")
	}
}

func printable(name string) bool {
	return len(name) <= maxName && utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl)
}

func (c *Config) validateRoute(r Route, path string) {
	c.validateRoom(r.Room, path+".room")
	for i, who := range r.Mention {
		if who != "@room" && who != "" && !isUserID(who) {
			c.report.problem(fmt.Sprintf("%s.mention[%d]", path, i), "is neither @room nor a user id", `write it as "@someone:example.org"`)
		}
	}
}

func (c *Config) validateRooms() {
	for name, reference := range c.Rooms {
		path := join("rooms", name)
		if name == "" || strings.ContainsAny(name[:1], "!#") || strings.ContainsFunc(name, unicode.IsSpace) {
			c.report.problem(path, "is no name for a room", "use one word that does not begin with ! or #")
		}
		if reference != "" && !isRoom(reference) {
			c.report.problem(path, "is neither a room id nor an alias", `write it as "!id" or "#alias:example.org"`)
		}
	}
}

// validateRoom reports a hook's or route's room that is none. A route that names no room
// has its hook's, which is reported there.
func (c *Config) validateRoom(room, path string) {
	if c.isKnownRoom(room) || !c.report.given(path) || room == "" {
		return
	}
	c.report.problem(path, fmt.Sprintf("unknown room %q", room), c.roomRemedy(room))
}

func (c *Config) isKnownRoom(room string) bool {
	_, named := c.Rooms[room]
	return named || isRoom(room)
}

func (c *Config) roomRemedy(room string) string {
	if len(c.Rooms) == 0 {
		return "give it a room id under rooms, or write the id here"
	}
	return suggest(room, slices.Collect(maps.Keys(c.Rooms)))
}

// isRoom says whether a text is a room id or an alias. Ids are opaque: those of room
// version 12 name no server.
func isRoom(s string) bool {
	if len(s) > 255 || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return false
	}
	if alias, found := strings.CutPrefix(s, "#"); found {
		name, server, _ := strings.Cut(alias, ":")
		return name != "" && domainPattern.MatchString(server)
	}
	return len(s) > 1 && s[0] == '!'
}

// isUserID says whether a text is a user id, with the wider localparts of old accounts.
func isUserID(s string) bool {
	name, server, _ := strings.Cut(strings.TrimPrefix(s, "@"), ":")
	odd := slices.ContainsFunc([]byte(name), func(b byte) bool { return b < '!' || b > '~' })
	return len(s) <= 255 && strings.HasPrefix(s, "@") && name != "" && !odd && domainPattern.MatchString(server)
}
