package formatters

import (
	"cmp"
	"strings"
)

// Plex Media Server posts a form with its own JSON in it and a thumbnail beside it, and lets
// nobody shape either (support.plex.tv, "Webhooks"). Most of the document is ids and paths,
// and one member is where on the internet the viewer is: neither is for a room.

// plexEvents are Plex' names in the words of a badge, and how bad it is.
var plexEvents = map[string]struct {
	status   string
	severity Severity
}{
	"media.play":               {"playing", Info},
	"media.pause":              {"paused", Info},
	"media.resume":             {"resumed", Info},
	"media.stop":               {"stopped", Info},
	"media.scrobble":           {"watched", Info},
	"media.rate":               {"rated", Info},
	"playback.started":         {"playing", Info},
	"library.new":              {"added", Info},
	"library.on.deck":          {"on deck", Info},
	"device.new":               {"new device", Info},
	"admin.database.backup":    {"database backed up", Success},
	"admin.database.corrupted": {"database corrupted", Error},
}

func isPlex(n *node) bool {
	return n.peek("event").isScalar() && n.peek("account") != nil && n.peek("server").peek("uuid").isScalar()
}

func readPlex(n *node) draft {
	d := draft{event: n.take("event"), severity: Info, markup: plain}
	if e, known := plexEvents[strings.ToLower(d.event)]; known {
		d.status, d.severity = e.status, e.severity
	} else {
		d.status = statusWords(d.event)
	}
	server, user, player := n.peek("server").take("title"), n.peek("account").take("title"), n.peek("player").take("title")
	d.readPlexMedia(n.peek("metadata"))
	viewer := "" // of what nobody plays, the account is the server's owner
	if player != "" {
		viewer = strings.TrimSpace(user + " on " + player)
	}
	if d.title == "" {
		d.title, server = cmp.Or(server, "Plex"), ""
	}
	d.addFact(Fact{Value: viewer})
	d.addFact(Fact{Name: "Rating", Value: n.take("rating")})
	d.addFact(Fact{Name: "Server", Value: server})
	n.drop("account", "server", "player", "metadata", "user", "owner")
	d.details = append(d.details, n.outline())
	return d
}

// readPlexMedia names what is played or new: a film with its year, an episode or track
// behind its series or artist.
func (d *draft) readPlexMedia(m *node) {
	if m == nil {
		return
	}
	title, of := m.take("title"), m.take("grandparenttitle")
	switch m.take("type") {
	case "episode":
		if d.title = strings.TrimSpace(of + " " + episodeLabel(m.take("parentindex"), m.take("index"))); d.title != "" {
			d.text = title
			return
		}
	case "track", "album", "season":
		d.title = credited(cmp.Or(of, m.take("parenttitle")), title)
		return
	}
	d.title = titleWithYear(text(title), numberFrom(m.take("year")))
}
