// Package minecraft lets players onto the whitelist of a Minecraft server.
//
// # The contract
//
// A Player's name is checked before anything is sent, so that nobody can smuggle a command
// into the server's console. Whitelist says what became of it: an Outcome that the server's
// reply tells, or an error when the server could not be asked.
//
// Players of the Java edition go through the server's own command, those of the Bedrock
// edition through that of Floodgate (geysermc.org/wiki/floodgate/features).
package minecraft

import (
	"regexp"
	"strings"
)

// Player is somebody who wants to play.
type Player struct {
	Name    string // of Bedrock the gamertag, without Floodgate's prefix
	Bedrock bool
}

var (
	javaName = regexp.MustCompile(`^[A-Za-z0-9_]{3,16}$`)
	// gamertag begins with a letter; single spaces may stand within. Newer ones may have
	// letters of other alphabets and end in digits that tell namesakes apart.
	gamertag = regexp.MustCompile(`^\p{L}[\p{L}\p{N}_]*(?: [\p{L}\p{N}_]+)*$`)
)

const minGamertag, maxGamertag = 3, 16 // letters

// Valid says whether a name can be one, and may be sent.
func (p Player) Valid() bool {
	if !p.Bedrock {
		return javaName.MatchString(p.Name)
	}
	n := len([]rune(p.Name))
	return n >= minGamertag && n <= maxGamertag && gamertag.MatchString(p.Name)
}

// command returns what is sent to the console.
func (p Player) command() string {
	switch {
	case !p.Bedrock:
		return "whitelist add " + p.Name
	case strings.Contains(p.Name, " "):
		return `fwhitelist add "` + p.Name + `"`
	}
	return "fwhitelist add " + p.Name
}

// Outcome is what became of a request.
type Outcome int

// The outcomes.
const (
	Unconfirmed Outcome = iota // it was sent; the reply does not say what became of it
	Added
	Already   // was on the whitelist before
	NoPlayer  // nobody is called that
	NoCommand // the server does not know the command: Floodgate may be missing
	Failed    // the server tried and could not
)

var colours = regexp.MustCompile(`§.?`)

// replies are what servers say, in lower case, the more telling first: the game's own
// (commands.whitelist.* and argument.player.unknown since 1.13, and the older ones), Bukkit's,
// and what plugins make of them.
var replies = []struct {
	pattern *regexp.Regexp
	outcome Outcome
}{
	{regexp.MustCompile(`^player is already whitelisted|already (?:on the white-?list|white-?listed)`), Already},
	{regexp.MustCompile(`^that player does not exist|^could not add .* to the white-?list|(?:player|user|account) .*(?:not found|(?:could not|cannot|can't) be found)|(?:could not|couldn't|cannot|can't) find (?:a |the |that )?(?:player|user)|^no player was found|invalid (?:user|player) ?name|name .*is invalid`), NoPlayer},
	{regexp.MustCompile(`^unknown (?:or incomplete )?command|^incorrect argument for command`), NoCommand},
	{regexp.MustCompile(`^an (?:unexpected|internal) error|error .*(?:occurred|happened)|api .*(?:unavailable|not available)|try again later`), Failed},
	{regexp.MustCompile(`^(?:successfully )?added .* to the white-?list|(?:has been|is now|was) (?:added to the white-?list|white-?listed)|^(?:successfully )?white-?listed `), Added},
}

// understand reads a reply.
func understand(reply string) Outcome {
	reply = strings.ToLower(strings.TrimSpace(colours.ReplaceAllString(reply, "")))
	for _, r := range replies {
		if r.pattern.MatchString(reply) {
			return r.outcome
		}
	}
	return Unconfirmed
}
