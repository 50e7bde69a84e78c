package gateway

import (
	"net/http"
	"strings"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// dialect is a kind of server that a hook takes the place of, for senders that speak to no
// other: behind the hook's address, the sender finds what it would find there.
type dialect struct {
	name    string
	service formatters.Service // reads what is sent
	tell    func(w http.ResponseWriter, r *http.Request, a answer)
}

// kind returns the name, "" where no dialect is spoken.
func (d *dialect) kind() string {
	if d == nil {
		return ""
	}
	return d.name
}

// newDialects returns the dialects by name. Those that have a service of their own are read
// by its formatter.
func newDialects() map[string]*dialect {
	all := map[string]*dialect{}
	for name, tell := range map[string]func(http.ResponseWriter, *http.Request, answer){
		"slack": tellSlack, "discord": tellDiscord, "ntfy": tellNtfy, "gotify": tellGotify, "teams": tellTeams,
		"apprise": tellOK, "alertmanager": tellOK,
	} {
		service, known := formatters.Dialect(name)
		if !known {
			service, known = formatters.Lookup(name)
		}
		if !known {
			service, _ = formatters.Lookup("generic")
		}
		all[name] = &dialect{name: name, service: service, tell: tell}
	}
	return all
}

// place is what stands behind the id in a hook's address.
type place struct {
	dialect string // its name; "" for the hook itself
	publish bool   // ntfy's address for GET
	unknown bool   // nothing is there
}

// placeOf reads the rest of a path behind "/webhook/<id>", without slashes around it.
func placeOf(rest string) place {
	if rest == "" {
		return place{}
	}
	parts := strings.Split(strings.ToLower(rest), "/")
	word, below := parts[0], parts[1:]
	nothing := place{unknown: true}
	switch word {
	case "slack", "teams", "alertmanager":
		if len(below) == 0 {
			return place{dialect: word}
		}
	case "discord": // itself has an address for Slack's senders
		if len(below) == 0 {
			return place{dialect: word}
		} else if len(below) == 1 && below[0] == "slack" {
			return place{dialect: "slack"}
		}
	case "message": // of a server whose address is the hook's
		if len(below) == 0 {
			return place{dialect: "gotify"}
		}
	case "gotify":
		if len(below) == 0 || len(below) == 1 && below[0] == "message" {
			return place{dialect: word}
		}
	case "apprise": // as json:// or, with any key, as the API
		if len(below) == 0 || below[0] == "notify" && len(below) <= 2 {
			return place{dialect: word}
		}
	case "ntfy":
		return ntfyPlace(below)
	}
	return nothing
}

// ntfyPlace reads "", "<topic>" or "<topic>/publish": the topic does not matter.
func ntfyPlace(below []string) place {
	here := place{dialect: "ntfy"}
	if len(below) > 0 && !isTopic(below[0]) {
		return place{unknown: true}
	}
	switch len(below) {
	case 0, 1:
		return here
	case 2:
		switch below[1] {
		case "publish", "send", "trigger":
			here.publish = true
			return here
		}
	}
	return place{unknown: true}
}

// maxTopic is the longest topic of ntfy, in bytes.
const maxTopic = 64

func isTopic(s string) bool {
	return len(s) <= maxTopic && s != "" && strings.Trim(s, "-_0123456789abcdefghijklmnopqrstuvwxyz") == ""
}
