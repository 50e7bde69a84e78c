package config

// Bot is an ordinary account, with a password or an access token.
type Bot struct {
	// Its user id, such as "@lotusbot:example.org".
	User string `yaml:"user" required:"yes" example:"'@lotusbot:example.org'"`

	// Its password.
	Password Secret `yaml:"password"`

	// An access token of it, instead of the password.
	Token Secret `yaml:"token"`

	// What commands begin with.
	Prefix string `yaml:"prefix" default:"!"`

	// Whose invitations it accepts: user ids, "@*:example.org" for all users of a homeserver,
	// or "*"; by default all users of ours.
	InvitedBy []string `yaml:"invited_by"`

	// The file of the account's recovery key. It is made when the account has none, and read
	// to take the account over. By default it is beside the database's file, or with PostgreSQL
	// beside hooks.yaml.
	RecoveryKeyFile string `yaml:"recovery_key_file"`

	// Rules for commands, by their names.
	Commands map[string]BotCommand `yaml:"commands"`

	// What !health looks at.
	Health BotHealth `yaml:"health"`

	// How new members of a space are greeted; by default they are not.
	Welcome *BotWelcome `yaml:"welcome"`

	// The language model that !ask asks; without it there is no such command.
	Ask *BotAsk `yaml:"ask"`

	// The server that !minecraft lets people into; without it there is no such command.
	Minecraft *BotMinecraft `yaml:"minecraft"`

	// Where !trivia has its questions from.
	Trivia BotTrivia `yaml:"trivia"`

	// How !poll asks.
	Poll BotPoll `yaml:"poll"`

	// How !wordle is played.
	Wordle BotWordle `yaml:"wordle"`

	// Files of fortunes in the place of our own, in the format of the program fortune: a line
	// with "%" between two.
	FortuneFiles []string `yaml:"fortune_files"`

	// A file of champions in the place of our own, in the same JSON.
	ChampionsFile string `yaml:"champions_file"`

	// A file of agents in the place of our own, in the same JSON.
	AgentsFile string `yaml:"agents_file"`
}

// BotAsk is a language model behind Ollama.
type BotAsk struct {
	// The address of Ollama, such as http://127.0.0.1:11434.
	URL URL `yaml:"url" required:"yes"`

	// The model, as "ollama list" shows it.
	Model string `yaml:"model" required:"yes"`

	// What the model is told before every conversation; by default to be friendly and brief.
	System Text `yaml:"system"`

	// How long an answer may be, in tokens: words or parts of words.
	Tokens int `yaml:"tokens" default:"400"`

	// Whether a model that can think does so; by default it does as it likes. What it thinks is
	// never shown.
	Think *bool `yaml:"think"`

	// How long an answer may take.
	Time Duration `yaml:"time" default:"3m"`
}

// BotMinecraft is a Minecraft server with RCON.
type BotMinecraft struct {
	// Where its RCON answers, such as 127.0.0.1:25575.
	Address string `yaml:"address" required:"yes"`

	// The password of RCON.
	Password Secret `yaml:"password" required:"yes"`

	// Whether players of the Bedrock edition may come, too, by Floodgate.
	Bedrock bool `yaml:"bedrock" default:"false"`
}

// BotTrivia says where questions come from.
type BotTrivia struct {
	// Whether questions are also fetched from opentdb.com, which are CC BY-SA 4.0.
	OpenTDB bool `yaml:"opentdb" default:"false"`
}

// BotPoll says how polls are asked.
type BotPoll struct {
	// Whether polls are the clients' own (MSC3381), which Cinny does not show, instead of
	// reactions.
	Native bool `yaml:"native" default:"false"`
}

// BotWordle says how Wordle is played.
type BotWordle struct {
	// Where a board goes that is shared in a direct chat, unless its game was called from a
	// room: a name from rooms, a room id or an alias.
	Room string `yaml:"room"`
}

// BotHealth says what !health looks at.
type BotHealth struct {
	// The services that are asked, side by side.
	Probes []BotProbe `yaml:"probes"`

	// How long they have to answer.
	Deadline Duration `yaml:"deadline" default:"5s"`

	// The power level that it takes to be told addresses and errors, in a room that this file
	// names.
	DetailsPower int `yaml:"details_power" default:"50"`
}

// BotProbe is a service, and the one way in which it is asked.
type BotProbe struct {
	// What the service is called.
	Name string `yaml:"name" required:"yes"`

	// A page that it must answer with.
	HTTP URL `yaml:"http"`

	// A port that must take connections, as host:port.
	TCP string `yaml:"tcp"`

	// A port with a certificate that must be valid, as host:port.
	TLS string `yaml:"tls"`

	// A PostgreSQL server, as host:port or the path of its socket.
	Postgres string `yaml:"postgres"`

	// A STUN server such as coturn, as host:port, over UDP.
	STUN string `yaml:"stun"`

	// The console of a game server, as host:port.
	RCON string `yaml:"rcon"`

	// An Ollama server, such as http://127.0.0.1:11434.
	Ollama URL `yaml:"ollama"`

	// Of http: the status that is wanted; by default any from 200 to 299.
	ExpectStatus int `yaml:"expect_status"`

	// Of http: what the page must hold.
	ExpectText string `yaml:"expect_text"`

	// Of tls: for how many days the certificate must last.
	ExpectDays int `yaml:"expect_days" default:"14"`

	// Of ollama: the model that it must have.
	ExpectModel string `yaml:"expect_model"`
}

// BotWelcome says how new members of a space are greeted, in a direct chat.
type BotWelcome struct {
	// The space: a name from rooms, a room id or an alias.
	Space string `yaml:"space" required:"yes"`

	// What they are told; {name} is their name.
	Text string `yaml:"text" default:"Hello {name}, and welcome! React to this message with ✅, and I will invite you to our rooms."`

	// Where a ✅ on that message invites to: names from rooms, room ids or aliases.
	Rooms []string `yaml:"rooms" required:"yes"`

	// How many are greeted; others are greeted later.
	Rate Rate `yaml:"rate" default:"20/h"`

	// How many are greeted at once.
	Burst int `yaml:"burst" default:"5"`
}

// BotCommand says who may use a command, where, and how often.
type BotCommand struct {
	// Whether there is the command at all.
	Enabled bool `yaml:"enabled" default:"true"`

	// Where it may be used, besides in direct chats with the members of these rooms: names from
	// rooms, room ids or aliases; by default everywhere.
	Rooms []string `yaml:"rooms"`

	// The power level that it takes, in a room that this file names; by default the command's
	// own. Users below it may use the command if users names them.
	Power *int `yaml:"power"`

	// The ids of users who may use it whatever their power level. Without power, nobody else may.
	Users []string `yaml:"users"`

	// How long somebody waits before using it again in a room; by default the command's own.
	Cooldown *Duration `yaml:"cooldown"`
}
