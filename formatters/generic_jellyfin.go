package formatters

import (
	"strconv"
	"strings"
)

// Jellyfin's webhook plugin with "Send All Properties" posts up to a hundred members in one
// flat object. A template says less, and better: docs/services/others.md has one. Without
// it, the first line shall still say which episode it is, and no id, count of ticks or
// viewer's address takes the place of what people read.

func isJellyfin(n *node) bool {
	return n.peek("notificationtype").isScalar() && n.peek("serverid").isScalar()
}

func readJellyfin(n *node) draft {
	address := strings.TrimRight(n.takeURL("serverurl"), "/") // may lack its scheme
	item, server := n.take("itemid"), n.take("serverid")
	name, series := n.peek("name").scalar(), n.take("seriesname")
	var title, more string
	switch n.take("itemtype") {
	case "Episode":
		title, more = strings.TrimSpace(series+" "+episodeLabel(n.take("seasonnumber"), n.take("episodenumber"))), name
	case "Season":
		title = joinWords(" ", series, name)
	case "Audio", "MusicAlbum":
		title = credited(n.take("artist"), name)
	default:
		title = titleWithYear(text(name), numberFrom(n.take("year")))
	}
	for i := range n.fields {
		f := &n.fields[i]
		f.told = f.told || strings.HasSuffix(f.name, "Id") || strings.HasSuffix(f.name, "Ticks") || strings.HasSuffix(f.name, "Number00") || strings.HasSuffix(f.name, "Number000")
	}
	n.drop("serverversion", "lastactivitydate", "lastplaybackcheckin", "clientname")
	if !n.peek("notificationtype").isText("AuthenticationFailure") { // where it is the stranger's
		n.drop("remoteendpoint")
	}
	viewer := ""
	if title != "" {
		if name == "" {
			n.set("title", textNode(title))
		} else {
			n.peek("name").text = title
		}
		viewer = joinWords(" on ", n.take("notificationusername"), n.take("devicename"))
	}
	d := readUnknown(n)
	d.facts = append(knownFacts(Fact{Value: viewer}), d.facts...)
	if more != "" {
		d.details, d.text, d.markup = append(d.details, d.text), more, plain
	}
	if d.url == "" && address != "" && item != "" {
		d.url = address + "/web/#/details?id=" + item + "&serverId=" + server
	}
	return d
}

// episodeLabel returns "S02E03" of numbers that are written as texts.
func episodeLabel(season, episode string) string {
	return sonarrEpisode{SeasonNumber: numberFrom(season), EpisodeNumber: numberFrom(episode)}.label()
}

// numberFrom reads a number that is written as text; it is unknown where that is none.
func numberFrom(s string) number {
	v, err := strconv.ParseFloat(s, 64)
	return number{Value: v, Known: err == nil}
}
