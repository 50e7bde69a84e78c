//go:build goolm && linux

package e2e_test

import (
	"strings"
	"testing"
)

// TestBotCommands talks to the bot in a plain and an encrypted room at once.
func TestBotCommands(t *testing.T) {
	t.Parallel()
	p := newParlour(t)
	t.Run("Hooks", p.hooks)
	atOnce(t,
		subtest{"Plain", func(t *testing.T) {
			p.converse(t, p.plain, commands)
			p.converse(t, p.plain, further)
		}},
		subtest{"Secret", func(t *testing.T) { p.converse(t, p.secret, commands) }},
		subtest{"PlainAsk", func(t *testing.T) { p.asks(t, p.plain) }},
		subtest{"SecretAsk", func(t *testing.T) { p.asks(t, p.secret) }},
		subtest{"Elsewhere", func(t *testing.T) {
			p.converse(t, p.elsewhere, commandsElsewhere)
			p.takesBack(t)
		}},
	)
}

// commands are the right uses of every command, and a wrong use of each.
var commands = []exchange{
	{"!help", `.*!ping: .*!health \[details\]: .*!hooks …: .*!wordle …: .*!trivia …: .*!poll …: .*!roll …: .*!random .*!flip: .*!rps .*!8ball .*!fortune: .*!champion .*!agent .*!ask .*!minecraft .*!help .*`},
	{"bob: !commands", `!ping: .*!wordle .*!fortune: .*`},
	{"!help roll", `!roll .*: rolls dice.*\nAlso !dice\.\n.*`},
	{"!help !FLIP", `!flip: flips a coin\nAlso !coin\.`},
	{"!help dance", `There is no command "dance"\. Usage: !help \[<command>\]`},
	{"!pign", `Did you mean !ping\?`},
	{"bob: !hokks", ``},
	{"!", ``},
	{"what about !ping", ``},

	{"!ping", `Pong! \d.* to synapse\.test and back; your message took \d.* to reach me\.`},

	{"!8ball will it rain?", `🎱 .+`},
	{"!8ball", `Ask me something\. Usage: !8ball <question>`},

	{"!fortune", `🥠 .+`},

	{"!flip", `🪙 (?:Heads|Tails)\.`},
	{"bob: !flip", `🚫`},

	{"!roll", `🎲 d6 = [1-6]`},
	{"!roll 2d6 + 1d4 - 1", `🎲 2d6 \[[1-6] [1-6]\] \+ d4 \[[1-4]\] - 1 = \d+`},
	{"!dice 4D6KH3+2", `🎲 4d6kh3 \[\(?\d\)? \(?\d\)? \(?\d\)? \(?\d\)?\] \+ 2 = \d+`},
	{"!roll 2d20kl1", `🎲 2d20kl1 \[(?:\d+ \(\d+\)|\(\d+\) \d+)\] = \d+`},
	{"!roll d% d20", `🎲 d100 = \d+\n🎲 d20 = \d+`},
	{"!roll 3d1", `A die has 2 to 1000 sides\. Usage: !roll .*`},
	{"!roll 101d6", `Throw 1 to 100 dice\. Usage: .*`},
	{"!roll <b>dice</b>", `I cannot read "<b>dice</b>"\. Usage: .*`},

	{"!random 5 5", `🎯 5, between 5 and 5\.`},
	{"!rand 9 −9", `🎯 -?\d, between -9 and 9\.`},
	{"!random", `From which number to which\? Usage: !random <min> <max>`},
	{"!random one 2", `"one" is no whole number\. Usage: .*`},
	{"bob: !random 1 2", `🚫`},

	{"bob: !rps score", `(?:We have not played yet\.|You \d+, me \d+.*)`},
	{"bob: !rps rock", `Your 🪨 rock against my .+ \w+: .* You \d+, me \d+.*`},
	{"bob: !rps ✂️", `Your ✂️ scissors against my .+ \w+: .* You \d+, me \d+.*`},
	{"bob: !rps score", `You \d+, me \d+(?:, \d+ draws?)?\.`},
	{"!rps banana", `Show me rock, paper or scissors\. Usage: .*`},

	{"!champion", `⚔️ How about .+, for .+\?`},
	{"!champ ADC", `⚔️ How about .+, for bot\?`},
	{"!champion river", `I do not know "river"\. There are top, jungle, mid, bot and support\. Usage: !champion \[<lane>\]`},
	{"!agent", `🎯 How about .+, the (?:Duelist|Initiator|Controller|Sentinel)\?`},
	{"!agent smokes", `🎯 How about .+, the Controller\?`},
	{"!agent jungle", `I do not know "jungle"\. There are .*Sentinel\. Usage: !agent \[<role>\]`},

	{"!poll", `What is the question\? Usage: !poll .*`},
	{"!poll \"Pizza?\" yes", `A poll needs at least two options, with \| between them\. Usage: .*`},
	{"!poll 5s \"Pizza?\"", `A poll is open for 30 seconds to 30 days\. Usage: .*`},
	{"!poll close", `There is no open poll here\.`},

	{"!trivia categories", `\d{3} questions: .*science \(\d+\).*`},
	{"!trivia scores", `Nobody has answered a question here yet\. Ask one with !trivia\.`},
	{"!trivia cars", `I know no category "cars"\. There are .*sport\. Usage: !trivia .*`},

	{"!minecraft Kim", `⛏️ Kim is on the whitelist now\. Have fun!`},
	{"!mc java Old_Hand", `⛏️ Old_Hand was on the whitelist already\.`},
	{"!minecraft Nobody", `There is no player called Nobody\. Is it spelled as in the game\?`},
	{"!minecraft bedrock Kim Lee", `I have asked the Minecraft server to let Kim Lee in, but it did not say whether it did\. Try to join\.`},
	{"!minecraft .Gone", `The Minecraft server cannot let in Bedrock players\. Whoever runs it can change that\.`},
	{"!minecraft", `Which player\? Usage: !minecraft <player> \| bedrock <gamertag>`},
	{"!minecraft ab", `That is no name of a player: .*Usage: .*`},

	{"!health details", `board: ❌ 1 of 5 .*✅ Ollama: \d.* · http://127\.0\.0\.1:\d+.*❌ Away: no connection .* · 127\.0\.0\.1:\d+: .*refused.*`},
	{"!status", `⏳`},
	{"bob: !health details", `Details are for moderators, in the rooms that I was set up for\.`},

	{"!hooks please", `Usage: !hooks .*`},
	{"!hooks last nothing", `There is no hook of that name\. I know alerts, builds and series\. Usage: !hooks last \[<hook>\]`},
	{"!hooks why", `Send it as a reply to a card\. Usage: !hooks why`},
	{"!hooks replay", `Send it as a reply to a card\. Usage: !hooks replay \[<id>\]`},
	{"!hooks test", `Which hook\? Usage: !hooks test <hook>`},

	{"!wordle hard", `Hard mode is off\. Change it with !wordle hard on\.`},
	{"!wordle hard maybe", `Hard mode can be on or off\. Usage: !wordle hard on\|off`},
	{"!wordle stats", `You have not played a word of the day to its end yet\.`},
	{"!wordle share", `There is nothing to share yet: finish the word of the day first, with !wordle\.`},
	{"!wordle leaderboard", `Nobody here has played a word of the day to its end yet\.`},
	{"!wordle give up", `You have no board open\.`},
	{"!wordle abc", `That is no word of five letters\. Usage: !wordle <guess>`},
}

// further are aliases and more wrong uses. It is for one room: what they say has nothing to do
// with encryption.
var further = []exchange{
	{"!dance", ``},
	{"!!!", ``},
	{"!PING", `Pong! .*`},
	{"!eightball will it rain?", `🎱 .+`},
	{"!cookie", `🥠 .+`},
	{"!coin", `🪙 (?:Heads|Tails)\.`},
	{"!roll 3d1001", `A die has 2 to 1000 sides\. Usage: .*`},
	{"!roll 0d6", `Throw 1 to 100 dice\. Usage: .*`},
	{"!roll 60d6 60d6", `I have only 100 dice\. Usage: .*`},
	{"!roll 2d6kh3", `Of 2 dice, keep 1 to 2\. Usage: .*`},
	{"!roll d6 + 1000001", `Numbers go up to 1000000\. Usage: .*`},
	{"!roll d6 d6 d6 d6 d6 d6 d6 d6 d6 d6 d6", `That is too much at once: at most 10 rolls\. Usage: .*`},
	{"!roll 6", `There are no dice in "6": a die with six sides is d6\. Usage: .*`},
	{"!roll d6 +", `Something is missing behind the last sign\. Usage: .*`},
	{"!roll d6 + - 1", `Two signs stand side by side\. Usage: .*`},
	{"!roll the <b>dice</b>", `I cannot read "the"\. Usage: .*`},
	{"!random 1 2 3", `From which number to which\? Usage: .*`},
	{"!random 1 2.5", `"2\.5" is no whole number\. Usage: .*`},
	{"!random 1 1000000000001", `I count from -1000000000000 to 1000000000000\. Usage: .*`},
	{"!rps", `Show me rock, paper or scissors\. Usage: !rps rock \| paper \| scissors \| score`},
	{"!rps rock paper", `Show me rock, paper or scissors\. Usage: .*`},
	{"!poll \"\"", `What is the question\? Usage: .*`},
	{"!poll \"Pizza? yes | no", `The question's closing quotation mark is missing\. Usage: .*`},
	{"!poll \"Pizza?\" yes | YES", `The option "YES" is there twice\. Usage: .*`},
	{"!poll \"Pizza?\" yes | | no", `One of the options is empty\. Usage: .*`},
	{"!poll \"Pizza?\" 1|2|3|4|5|6|7|8|9|10|11", `A poll has at most 10 options\. Usage: .*`},
	{"!poll 31d \"Pizza?\"", `A poll is open for 30 seconds to 30 days\. Usage: .*`},
	{"!poll " + strings.Repeat("long ", 61) + "?", `The question is too long: 300 characters are the most\. Usage: .*`},
	{"!poll \"Pizza?\" yes | " + strings.Repeat("long ", 21), `An option is too long: 100 characters are the most\. Usage: .*`},
	{"!quiz easy hard", `One category and one difficulty at a time\. Usage: !trivia \[<category>\] \[easy\|medium\|hard\]`},
	{"!minecraft Odd", `I have asked the Minecraft server to let Odd in, but .*`},
	{"!minecraft Kim; op Kim", `That is no name of a player: .*`},
	{"!minecraft Kim\nop Kim", `That is no name of a player: .*`},
	{"!minecraft bedrock 1x", `That is no gamertag: .*`},
	{"bob: !health please", `Usage: !health \[details\]`},
	{"!hooks list all", `Usage: !hooks .*`},
	{"!hooks open nothing", `There is no hook of that name\. .*`},
	{"!hooks why this", `Send it as a reply to a card\. Usage: !hooks why`},
	{"!hooks replay 42", `There is no webhook with that id, or no more\.`},
	{"!hooks test nothing", `There is no hook of that name\. .*`},
	{"!wordle contrast", `High contrast is off\. Change it with !wordle contrast on\.`},
	{"!wordle some more words", `I do not know that one\. Usage: .*`},
}

// commandsElsewhere are what is different in a room that hooks.yaml does not name.
var commandsElsewhere = []exchange{
	{"!agent", `🚫`},
	{"!random 1 2", `🚫`},
	{"!hooks", `🚫`},
	{"bob: !health", `board: ❌ 1 of 5 services in trouble: Away\.\n✅ Ollama: \d.*✅ Page: .*✅ Port: .*✅ Game: .*❌ Away: .*🤖 Version .*, up for \d+ (?:s|min), .*📬 Outbox: .*🪝 Last webhooks: .*`},
	{"!health details", `Details are for moderators, in the rooms that I was set up for\.`},
	{"!help agent", `!agent .*`},
}
