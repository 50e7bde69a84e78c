package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/minecraft"
)

// Whitelister lets players onto a Minecraft server: see minecraft.Server.
type Whitelister interface {
	Whitelist(ctx context.Context, p minecraft.Player) (o minecraft.Outcome, reply string, err error)
}

// MinecraftOptions are what the configuration says of !minecraft.
type MinecraftOptions struct {
	Bedrock bool // whether the server lets in players of the Bedrock edition, by Floodgate
}

// Minecraft is the command by which players come onto a server's whitelist.
func Minecraft(server Whitelister, o MinecraftOptions) Feature {
	command := Command{
		Name:       "minecraft",
		Aliases:    []string{"mc"},
		Usage:      "<player>",
		Summary:    "lets you onto the Minecraft server",
		Background: true, // the server looks a name up in the internet
		Run: func(ctx context.Context, c *Call) error {
			p, err := o.player(c.Args)
			if err != nil {
				return err
			}
			outcome, reply, err := server.Whitelist(ctx, p)
			if err != nil {
				return whitelistRefusal(err)
			}
			return tellWhitelist(ctx, c, p, outcome, reply)
		},
	}
	if o.Bedrock {
		command.Usage = "<player> | bedrock <gamertag>"
		command.Details = "Your name in the game. For the Bedrock edition, put the word bedrock, or a dot, before your gamertag."
	}
	return Feature{Name: "minecraft", Commands: []Command{command}}
}

// player reads who wants to play: "kim", "java kim", "bedrock Kim L", ".kim".
func (o MinecraftOptions) player(args string) (minecraft.Player, error) {
	args = strings.NewReplacer(`"`, "", "“", "", "”", "").Replace(args)
	p := minecraft.Player{Name: strings.Join(strings.Fields(args), " ")}
	first, rest, more := strings.Cut(p.Name, " ")
	switch tag, dotted := strings.CutPrefix(p.Name, "."); {
	case p.Name == "":
		return p, &UsageError{Text: "Which player?"}
	case more && strings.EqualFold(first, "java"):
		p.Name = rest
	case more && strings.EqualFold(first, "bedrock"):
		p = minecraft.Player{Name: strings.TrimPrefix(rest, "."), Bedrock: true}
	case dotted:
		p = minecraft.Player{Name: tag, Bedrock: true}
	}
	switch {
	case p.Bedrock && !o.Bedrock:
		return p, &UsageError{Text: "This server is for the Java edition."}
	case p.Bedrock && !p.Valid():
		return p, &UsageError{Text: "That is no gamertag: it begins with a letter and has 3 to 16 letters and digits."}
	case !p.Valid():
		return p, &UsageError{Text: "That is no name of a player: it has 3 to 16 letters, digits or _, and no spaces."}
	}
	return p, nil
}

// whitelistRefusal says why the server could not be asked.
func whitelistRefusal(err error) error {
	if errors.Is(err, minecraft.ErrPassword) {
		return &Refusal{Text: "The Minecraft server does not accept my password. Whoever runs me can change that.", Cause: err}
	}
	return &Refusal{Text: "The Minecraft server does not answer me. Try again later.", Cause: err}
}

// tellWhitelist says what became of it. A reply that is not understood is for the log: it
// may be about anything.
func tellWhitelist(ctx context.Context, c *Call, p minecraft.Player, o minecraft.Outcome, reply string) error {
	odd := fmt.Errorf("the Minecraft server replied %q", shorten(reply, 300))
	switch o {
	case minecraft.Added:
		return c.Notice(ctx, fmt.Sprintf("⛏️ %s is on the whitelist now. Have fun!", p.Name))
	case minecraft.Already:
		return c.Notice(ctx, fmt.Sprintf("⛏️ %s was on the whitelist already.", p.Name))
	case minecraft.NoPlayer:
		return &Refusal{Text: fmt.Sprintf("There is no player called %s. Is it spelled as in the game?", p.Name)}
	case minecraft.NoCommand:
		if p.Bedrock {
			return &Refusal{Text: "The Minecraft server cannot let in Bedrock players. Whoever runs it can change that.", Cause: odd}
		}
		return &Refusal{Text: "The Minecraft server does not know the whitelist. Whoever runs it can change that.", Cause: odd}
	case minecraft.Failed:
		return &Refusal{Text: "The Minecraft server tried and could not. Try again later.", Cause: odd}
	case minecraft.Unconfirmed:
	}
	sent := fmt.Sprintf("I have asked the Minecraft server to let %s in, but it did not say whether it did. Try to join.", p.Name)
	if strings.TrimSpace(reply) == "" {
		return c.Notice(ctx, sent)
	}
	return &Refusal{Text: sent, Cause: odd}
}
