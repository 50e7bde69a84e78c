package config

import "log/slog"

// The comments on the fields below are the manual: `lotus-hooks schema` hands them to
// editors. Tags: yaml, the name; required:"yes"; default, as it would be written in the
// file; oneof, the legal values; reload:"yes" for what a SIGHUP applies.

// Config is hooks.yaml, with its defaults, and with what it refers to read and checked.
type Config struct {
	// The time zone of times in cards and of quiet hours, by its IANA name, such as
	// America/New_York.
	Timezone Timezone `yaml:"timezone" default:"UTC"`

	// The Matrix homeserver.
	Homeserver Homeserver `yaml:"homeserver" required:"yes"`

	// How the homeserver knows us.
	Appservice Appservice `yaml:"appservice" required:"yes"`

	// Where services send their webhooks.
	Gateway Gateway `yaml:"gateway"`

	// Prometheus metrics.
	Metrics Metrics `yaml:"metrics"`

	// The web console.
	Console Console `yaml:"console"`

	// Where webhooks are kept until they are told: sqlite:<file>, or
	// postgres://user:password@host/database.
	Database Secret `yaml:"database" default:"sqlite:/var/lib/lotus-hooks/lotus-hooks.db"`

	// How long a webhook is kept after it was received, if it was told or is dead by then.
	Retention Duration `yaml:"retention" default:"14d"`

	// How long a webhook that cannot be told is tried before it is set aside as a dead letter.
	MaxAge Duration `yaml:"max_age" default:"7d"`

	// Names for rooms: each the id (!…) or an alias (#…:domain) of a room, in quotes.
	Rooms map[string]string `yaml:"rooms" reload:"yes"`

	// The webhooks, each with an address of its own: <public_url>/webhook/<id>.
	Hooks []Hook `yaml:"hooks" reload:"yes"`

	// An ordinary account that people invite to rooms in the place of the appservice's own
	// user. It lets the virtual users in, and follows encrypted rooms.
	Bot *Bot `yaml:"bot"`

	// What is logged to standard error.
	Log Log `yaml:"log"`

	// Warnings is what works and yet may be wrong, in the order of the file.
	Warnings []Problem `yaml:"-"`

	report *report
}

// Homeserver says which homeserver we belong to.
type Homeserver struct {
	// Where its client-server API answers, such as http://127.0.0.1:8008.
	URL URL `yaml:"url" required:"yes"`

	// The part behind the colon of its user ids, such as example.org.
	Domain string `yaml:"domain" required:"yes"`
}

// Appservice says how the homeserver knows us.
type Appservice struct {
	// The registration file that the homeserver also reads. `lotus-hooks registration` prints one.
	RegistrationFile string `yaml:"registration" required:"yes"`

	// What the localparts of all virtual users begin with.
	UserPrefix string `yaml:"user_prefix" default:"hookshot_"`

	// Where the homeserver's hints about invitations and membership are received.
	Listen Address `yaml:"listen" default:"127.0.0.1:9002"`

	// Registration is what the registration file holds.
	Registration Registration `yaml:"-"`
}

// Gateway says where services send their webhooks.
type Gateway struct {
	// Where webhooks are received, and /live and /ready answered.
	Listen Address `yaml:"listen" default:":9003"`

	// The address of the gateway as services see it, without /webhook; for showing the
	// addresses of hooks.
	PublicURL URL `yaml:"public_url"`

	// The largest body that is accepted, also after decompression.
	MaxBody Size `yaml:"max_body" default:"2MiB"`

	// How many connections are open at once; more wait.
	MaxConnections int `yaml:"max_connections" default:"1024"`

	// Whether hooks answer only when their rooms were told; each hook may say otherwise.
	Wait bool `yaml:"wait" default:"false" reload:"yes"`
}

// Metrics says where Prometheus scrapes.
type Metrics struct {
	// Where /metrics, /live and /ready are answered.
	Listen Address `yaml:"listen" default:":9004"`
}

// Console says where the web console is.
type Console struct {
	// Where the console is answered. Let nobody reach it who may not see all webhooks.
	Listen Address `yaml:"listen" default:"127.0.0.1:9001"`
}

// Hook is one address that a service sends webhooks to, and what becomes of them.
type Hook struct {
	// The last part of the hook's address, and its password: 1 to 128 letters, digits and
	// "-._~". `lotus-hooks id` prints a fresh one.
	ID Secret `yaml:"id" required:"yes"`

	// What the hook is called in logs, metrics and commands, unique; by default the name of
	// its service.
	Name string `yaml:"name"`

	// What sends the webhooks, and so how they are read. "generic" reads anything.
	Service string `yaml:"service" required:"yes"`

	// Where they are told: a name from rooms, a room id or an alias.
	Room string `yaml:"room" required:"yes"`

	// Who tells them.
	User User `yaml:"user"`

	// An expression; webhooks for which it is false are dropped, and counted.
	Filter Expr `yaml:"filter"`

	// Other rooms for some of the webhooks. The first route that matches takes the place of
	// room.
	Routes []Route `yaml:"routes"`

	// Whether the hook also accepts GET, with the query as the payload.
	Get bool `yaml:"get" default:"false"`

	// Whether the hook answers only when its rooms were told; by default as gateway.wait says.
	Wait bool `yaml:"wait"`
}

// User is the virtual user that tells a hook's webhooks.
type User struct {
	// The part of the user id behind user_prefix; by default the service's. Hooks of one
	// service share a user.
	Localpart string `yaml:"localpart"`

	// The display name. An existing one stays unless this is given.
	Name string `yaml:"name"`

	// The picture: the path of a file beside hooks.yaml, or the name of one that comes with
	// lotus-hooks. An existing one stays unless this is given.
	Avatar string `yaml:"avatar"`
}

// Route sends some of a hook's webhooks elsewhere.
type Route struct {
	// An expression; the route takes the webhooks for which it is true.
	When Expr `yaml:"when" required:"yes"`

	// Where they are told: a name from rooms, a room id or an alias; by default the hook's room.
	Room string `yaml:"room"`

	// Whom the message pings: "@room" or user ids.
	Mention []string `yaml:"mention"`

	// Whether the routes behind this one are tried, too.
	Continue bool `yaml:"continue" default:"false"`
}

// Bot is an ordinary account, with a password or an access token.
type Bot struct {
	// Its user id, such as "@lotusbot:example.org".
	User string `yaml:"user" required:"yes"`

	// Its password.
	Password Secret `yaml:"password"`

	// An access token of it, instead of the password.
	Token Secret `yaml:"token"`
}

// Log says what is logged.
type Log struct {
	// The least level that is logged.
	Level slog.Level `yaml:"level" default:"info" oneof:"debug info warn error"`

	// How a line looks.
	Format string `yaml:"format" default:"text" oneof:"text json"`
}
