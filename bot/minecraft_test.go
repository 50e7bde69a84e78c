package bot_test

import (
	"context"
	"errors"
	"testing"

	"github.com/gorcon/rcon"
	"github.com/gorcon/rcon/rcontest"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/minecraft"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// whitelister is a server that always says the same.
type whitelister struct {
	outcome minecraft.Outcome
	reply   string
	err     error
	asked   minecraft.Player
}

func (w *whitelister) Whitelist(_ context.Context, p minecraft.Player) (minecraft.Outcome, string, error) {
	w.asked = p
	return w.outcome, w.reply, w.err
}

func TestMinecraft(t *testing.T) {
	t.Parallel()
	const usage = " Usage: !minecraft <player> | bedrock <gamertag>"
	added := &whitelister{outcome: minecraft.Added}
	for name, test := range map[string]struct {
		args   string
		server whitelister
		asked  minecraft.Player
		text   string
	}{
		"OK":          {"Kim", *added, minecraft.Player{Name: "Kim"}, "⛏️ Kim is on the whitelist now. Have fun!"},
		"Java":        {"java  Kim", *added, minecraft.Player{Name: "Kim"}, "⛏️ Kim is on the whitelist now. Have fun!"},
		"Bedrock":     {`Bedrock "Kim Lee"`, *added, minecraft.Player{Name: "Kim Lee", Bedrock: true}, "⛏️ Kim Lee is on the whitelist now. Have fun!"},
		"Dot":         {".Kim", *added, minecraft.Player{Name: "Kim", Bedrock: true}, "⛏️ Kim is on the whitelist now. Have fun!"},
		"NamedSo":     {"bedrock", *added, minecraft.Player{Name: "bedrock"}, "⛏️ bedrock is on the whitelist now. Have fun!"},
		"Already":     {"Kim", whitelister{outcome: minecraft.Already}, minecraft.Player{Name: "Kim"}, "⛏️ Kim was on the whitelist already."},
		"NoPlayer":    {"Kim", whitelister{outcome: minecraft.NoPlayer}, minecraft.Player{Name: "Kim"}, "There is no player called Kim. Is it spelled as in the game?"},
		"NoWhitelist": {"Kim", whitelister{outcome: minecraft.NoCommand}, minecraft.Player{Name: "Kim"}, "The Minecraft server does not know the whitelist. Whoever runs it can change that."},
		"NoFloodgate": {".Kim", whitelister{outcome: minecraft.NoCommand}, minecraft.Player{Name: "Kim", Bedrock: true}, "The Minecraft server cannot let in Bedrock players. Whoever runs it can change that."},
		"Failed":      {"Kim", whitelister{outcome: minecraft.Failed}, minecraft.Player{Name: "Kim"}, "The Minecraft server tried and could not. Try again later."},
		"Empty":       {"Kim", whitelister{}, minecraft.Player{Name: "Kim"}, "I have asked the Minecraft server to let Kim in, but it did not say whether it did. Try to join."},
		"Odd":         {"Kim", whitelister{reply: "<b>moo</b>"}, minecraft.Player{Name: "Kim"}, "I have asked the Minecraft server to let Kim in, but it did not say whether it did. Try to join."},
		"ErrAway":     {"Kim", whitelister{err: minecraft.ErrAway}, minecraft.Player{Name: "Kim"}, "The Minecraft server does not answer me. Try again later."},
		"ErrPassword": {"Kim", whitelister{err: minecraft.ErrPassword}, minecraft.Player{Name: "Kim"}, "The Minecraft server does not accept my password. Whoever runs me can change that."},
		"ErrOther":    {"Kim", whitelister{err: errors.New("odd")}, minecraft.Player{Name: "Kim"}, "The Minecraft server does not answer me. Try again later."},
		"ErrNobody":   {"", *added, minecraft.Player{}, "Which player?" + usage},
		"ErrName":     {"Kim Lee", *added, minecraft.Player{}, "That is no name of a player: it has 3 to 16 letters, digits or _, and no spaces." + usage},
		"ErrCommand":  {"Kim\nop Kim", *added, minecraft.Player{}, "That is no name of a player: it has 3 to 16 letters, digits or _, and no spaces." + usage},
		"ErrGamertag": {"bedrock 9", *added, minecraft.Player{}, "That is no gamertag: it begins with a letter and has 3 to 16 letters and digits." + usage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := test.server
			h := newHouse(t, feature(bot.Minecraft(&server, bot.MinecraftOptions{Bedrock: true})))
			if got := one(t, h.says(ann, lobby, "!minecraft "+test.args)); got.Text != test.text || got.Board {
				t.Errorf("got %q, want %q", got.Text, test.text)
			}
			if server.asked != test.asked {
				t.Errorf("asked for %+v", server.asked)
			}
		})
	}
}

func TestMinecraftJavaOnly(t *testing.T) {
	t.Parallel()
	server := &whitelister{outcome: minecraft.Added}
	h := newHouse(t, feature(bot.Minecraft(server, bot.MinecraftOptions{})))
	for _, args := range []string{".Kim", "bedrock Kim"} {
		if got := one(t, h.says(ann, lobby, "!mc "+args)); got.Text != "This server is for the Java edition. Usage: !minecraft <player>" {
			t.Errorf("got %q", got.Text)
		}
	}
	if server.asked.Name != "" {
		t.Errorf("asked for %v", server.asked)
	}
}

func TestMinecraftPower(t *testing.T) {
	t.Parallel()
	server := &whitelister{outcome: minecraft.Added}
	power := 50
	h := newHouseOn(t, storetest.SQLite(t), bot.Settings{Rules: map[string]bot.Rule{"minecraft": {Power: &power}}},
		feature(bot.Minecraft(server, bot.MinecraftOptions{})))
	h.chat.mu.Lock()
	h.chat.power[bob] = 50
	h.chat.mu.Unlock()
	if got := h.says(ann, lobby, "!minecraft Kim"); len(got) > 0 || server.asked.Name != "" {
		t.Errorf("said %+v, asked for %v", got, server.asked)
	}
	one(t, h.says(bob, lobby, "!minecraft Kim"))
}

// TestMinecraftServer goes all the way to an RCON server.
func TestMinecraftServer(t *testing.T) {
	t.Parallel()
	server := rcontest.NewServer(
		rcontest.SetSettings(rcontest.Settings{Password: "sesame"}),
		rcontest.SetCommandHandler(func(c *rcontest.Context) {
			said := "Unknown command"
			if c.Request().Body() == "whitelist add Kim" {
				said = "Added Kim to the whitelist"
			}
			_, _ = rcon.NewPacket(rcon.SERVERDATA_RESPONSE_VALUE, c.Request().ID, said).WriteTo(c.Conn())
		}),
	)
	defer server.Close()
	h := newHouse(t, feature(bot.Minecraft(minecraft.NewServer(server.Addr(), "sesame"), bot.MinecraftOptions{})))
	if got := one(t, h.says(ann, lobby, "!minecraft Kim")); got.Text != "⛏️ Kim is on the whitelist now. Have fun!" {
		t.Errorf("got %q", got.Text)
	}
	h.stop()
}
