package minecraft_test

import (
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/minecraft"
)

func TestValid(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		player  string
		java    bool
		bedrock bool
	}{
		"OK":         {"Kim_99", true, true},
		"Shortest":   {"kim", true, true},
		"Longest":    {strings.Repeat("k", 16), true, true},
		"TooShort":   {"ki", false, false},
		"TooLong":    {strings.Repeat("k", 17), false, false},
		"DigitFirst": {"9lives", true, false},
		"Space":      {"Kim Lee", false, true},
		"Spaces":     {"Kim  Lee", false, false},
		"SpaceLast":  {"Kim ", false, false},
		"Letters":    {"Łukasz 12", false, true},
		"Command":    {"kim\nop kim", false, false},
		"LineEnd":    {"kim\n", false, false},
		"Quote":      {`kim" op "kim`, false, false},
		"Selector":   {"@a[tag=x]", false, false},
		"Slash":      {"/op kim", false, false},
		"Colour":     {"§4kim", false, false},
		"Nul":        {"kim\x00", false, false},
		"Hyphen":     {"-kim-", false, false},
		"Empty":      {"", false, false},
		"Invalid":    {"kim\xff", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (minecraft.Player{Name: test.player}).Valid(); got != test.java {
				t.Errorf("Java: %v", got)
			}
			if got := (minecraft.Player{Name: test.player, Bedrock: true}).Valid(); got != test.bedrock {
				t.Errorf("Bedrock: %v", got)
			}
		})
	}
}

func TestUnderstand(t *testing.T) {
	t.Parallel()
	for reply, want := range map[string]minecraft.Outcome{
		"Added Kim to the whitelist":                minecraft.Added,
		"§aAdded Kim to the whitelist§r\n":          minecraft.Added,
		"ADDED KIM TO THE WHITELIST":                minecraft.Added,
		"Kim has been whitelisted":                  minecraft.Added,
		"Successfully added Kim to the white-list.": minecraft.Added,
		"Player is already whitelisted":             minecraft.Already,
		"Kim is already on the whitelist":           minecraft.Already,
		"Kim was already whitelisted":               minecraft.Already,
		"That player does not exist":                minecraft.NoPlayer,
		"Could not add Kim to the whitelist":        minecraft.NoPlayer,
		"The user could not be found":               minecraft.NoPlayer,
		"Could not find a user with that name":      minecraft.NoPlayer,
		"No player was found":                       minecraft.NoPlayer,
		"Invalid username":                          minecraft.NoPlayer,
		"Unknown or incomplete command, see below for error\nfwhitelist add Kim<--[HERE]": minecraft.NoCommand,
		`Unknown command. Type "/help" for help.`:                                         minecraft.NoCommand,
		"An unexpected error occurred trying to execute that command":                     minecraft.Failed,
		"An internal error occurred while attempting to perform this command":             minecraft.Failed,
		"The Xbox API is unavailable":                                                     minecraft.Failed,
		"":                                                                                minecraft.Unconfirmed,
		"§":                                                                               minecraft.Unconfirmed,
		"There are 3 of a max of 20 players online":                                       minecraft.Unconfirmed,
	} {
		t.Run(reply, func(t *testing.T) {
			t.Parallel()
			if got := minecraft.Understand(reply); got != want {
				t.Errorf("got %d, want %d", got, want)
			}
		})
	}
}

// FuzzCommand looks for a valid name that makes more of the command than an argument.
func FuzzCommand(f *testing.F) {
	for _, name := range []string{"kim", "Kim Lee", `k" op k`, "k\nop", "Łukasz"} {
		f.Add(name, true)
		f.Add(name, false)
	}
	f.Fuzz(func(t *testing.T, name string, bedrock bool) {
		p := minecraft.Player{Name: name, Bedrock: bedrock}
		if !p.Valid() {
			return
		}
		argument, ok := strings.CutPrefix(minecraft.Command(p), map[bool]string{false: "whitelist add ", true: "fwhitelist add "}[bedrock])
		if strings.Contains(name, " ") {
			argument = strings.TrimSuffix(strings.TrimPrefix(argument, `"`), `"`)
		}
		if !ok || argument != name || strings.ContainsAny(argument, "\"'\n\r\x00/@§[]{};|&\\") {
			t.Errorf("%q becomes %q", name, minecraft.Command(p))
		}
	})
}
