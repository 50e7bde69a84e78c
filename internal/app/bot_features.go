package app

import (
	"math/rand/v2"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// botParts are what features are made of. Where the configuration is only checked, there is
// nothing but it.
type botParts struct {
	cfg  *config.Config
	db   *store.DB
	chat *bot.Matrix
}

// botFeatures is the list of all that the bot can do, besides !help, in the order in which
// !help shows it.
func botFeatures(p botParts) []bot.Feature {
	return []bot.Feature{
		bot.Ping(p.chat),
		bot.Wordle(bot.MemoryOf(p.db, "wordle"), rand.IntN, bot.WordleOptions{Zone: p.cfg.Timezone.Location, Prefix: p.cfg.Bot.Prefix}),
	}
}
