package app

import (
	"log/slog"
	"math/rand/v2"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/minecraft"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/ollama"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// botParts are what features are made of. Where the configuration is only checked, there is
// nothing but it.
type botParts struct {
	cfg     *config.Config
	db      *store.DB
	chat    *bot.Matrix
	live    bot.TriviaSource // nil without questions from elsewhere
	desk    *hookDesk
	log     *slog.Logger
	version string
	started time.Time
}

// reference returns the room reference that a name stands for; "" where none is given.
func reference(cfg *config.Config, name string) string {
	if name == "" {
		return ""
	}
	return cfg.RoomReference(name)
}

// botFeatures is the list of all that the bot can do, besides !help, in the order in which
// !help shows it.
func botFeatures(p botParts) ([]bot.Feature, error) {
	c := p.cfg.Bot
	fortune, fortuneErr := bot.Fortune(rand.IntN, c.FortuneFiles)
	champion, championErr := bot.Champion(rand.IntN, c.ChampionsFile)
	agent, agentErr := bot.Agent(rand.IntN, c.AgentsFile)
	features := []bot.Feature{
		bot.Ping(p.chat),
		bot.Health(healthOptions(p)),
		bot.Hooks(p.desk, staff(p.cfg, "hooks", 0), p.cfg.Timezone.Location),
		bot.Wordle(bot.MemoryOf(p.db, "wordle"), rand.IntN, bot.WordleOptions{
			Zone: p.cfg.Timezone.Location, Prefix: c.Prefix, Room: reference(p.cfg, c.Wordle.Room),
		}),
		bot.Trivia(bot.MemoryOf(p.db, "trivia"), rand.IntN, bot.TriviaOptions{Prefix: c.Prefix, Live: p.live}),
		bot.Poll(bot.MemoryOf(p.db, "poll"), bot.PollOptions{Prefix: c.Prefix, Zone: p.cfg.Timezone.Location, Native: c.Poll.Native}),
		bot.Roll(rand.IntN),
		bot.Random(rand.IntN),
		bot.Flip(rand.IntN),
		bot.RPS(bot.MemoryOf(p.db, "rps"), rand.IntN),
		bot.EightBall(rand.IntN),
		fortune,
		champion,
		agent,
	}
	if c.Ask != nil {
		model := &ollama.Client{URL: string(c.Ask.URL), Model: c.Ask.Model, Tokens: c.Ask.Tokens, Think: c.Ask.Think}
		features = append(features, bot.Ask(bot.MemoryOf(p.db, "ask"), model, bot.AskOptions{
			Model: c.Ask.Model, System: string(c.Ask.System), Time: time.Duration(c.Ask.Time), Now: time.Now,
		}))
	}
	if c.Minecraft != nil {
		server := minecraft.NewServer(c.Minecraft.Address, c.Minecraft.Password.Reveal())
		features = append(features, bot.Minecraft(server, bot.MinecraftOptions{Bedrock: c.Minecraft.Bedrock}))
	}
	if c.Welcome != nil {
		features = append(features, bot.Welcome(bot.MemoryOf(p.db, "welcome"), welcomeOptions(p)))
	}
	var problems config.Errors
	for _, file := range []struct {
		field string
		err   error
	}{{"bot.fortune_files", fortuneErr}, {"bot.champions_file", championErr}, {"bot.agents_file", agentErr}} {
		if file.err != nil {
			problems = append(problems, p.cfg.Problem(file.field, file.err.Error(), "mend the file, or leave the field out for our own"))
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return features, nil
}
