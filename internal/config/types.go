package config

import "log/slog"

// The comments on the fields below are the manual: `lotus-hooks schema` hands them to
// editors. Tags: yaml, the name; required:"yes", and example, as it would be written in the
// file; default, the same; oneof, the legal values; reload:"yes" for what a SIGHUP applies.

// Config is hooks.yaml, with its defaults, and with what it refers to read and checked.
type Config struct {
	// The time zone of times in cards and of quiet hours, by its IANA name, such as
	// America/New_York.
	Timezone Timezone `yaml:"timezone" default:"UTC"`

	// The Matrix homeserver.
	Homeserver Homeserver `yaml:"homeserver" required:"yes" example:"{url: http://127.0.0.1:8008, domain: example.org}"`

	// How the homeserver knows us.
	Appservice Appservice `yaml:"appservice" required:"yes" example:"{registration: /etc/matrix-synapse/lotus-hooks.yaml}"`

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

	// When a room is told too much, and the rest is told by one message.
	Digest Digest `yaml:"digest" reload:"yes"`

	// An ordinary account that answers commands. People invite it to rooms in the place of the
	// appservice's own user: it lets the virtual users in, and follows encrypted rooms.
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
	URL URL `yaml:"url" required:"yes" example:"http://127.0.0.1:8008"`

	// The part behind the colon of its user ids, such as example.org.
	Domain string `yaml:"domain" required:"yes" example:"example.org"`
}

// Appservice says how the homeserver knows us.
type Appservice struct {
	// The registration file that the homeserver also reads. `lotus-hooks registration` prints one.
	RegistrationFile string `yaml:"registration" required:"yes" example:"/etc/matrix-synapse/lotus-hooks.yaml"`

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

	// The reverse proxies that pass webhooks on: networks or addresses. What they write into
	// X-Forwarded-For counts as where a webhook comes from.
	TrustedProxies []Network `yaml:"trusted_proxies"`
}

// Metrics says where Prometheus scrapes.
type Metrics struct {
	// Where /metrics, /live and /ready are answered.
	Listen Address `yaml:"listen" default:":9004"`

	// Whether the numbers are also served under the names that dashboards and alerts of
	// matrix-hookshot know.
	HookshotNames bool `yaml:"hookshot_names" default:"false"`
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

	// What sends the webhooks, and so how they are read. "generic" reads anything; "custom"
	// is read as format says.
	Service string `yaml:"service" required:"yes" example:"grafana"`

	// What messages show, for service: custom: expressions over payload, headers, query and time.
	Format *Format `yaml:"format"`

	// Where they are told: a name from rooms, a room id or an alias.
	Room string `yaml:"room" required:"yes" example:"spam"`

	// Who tells them.
	User User `yaml:"user"`

	// An expression; webhooks for which it is false are dropped, and counted.
	Filter Expr `yaml:"filter"`

	// Other rooms for some of the webhooks. The first route that matches takes the place of
	// room.
	Routes []Route `yaml:"routes"`

	// What a change of something that lasts does, such as an alert: edit changes its message,
	// reply answers it, react puts an emoji on it, thread writes into its thread, new tells it
	// in a message of its own. By default its message changes, and what got worse is answered,
	// too; requests and tickets: [edit, reply].
	OnUpdate []string `yaml:"on_update" oneof:"edit reply react thread new"`

	// What its end does; by default [edit, reply].
	OnResolve []string `yaml:"on_resolve" oneof:"edit reply react thread new"`

	// After how long what still lasts is told again, by a reply; by default never.
	Remind Duration `yaml:"remind"`

	// A message older than this is not changed any more: what is new is told by a new one.
	ReopenAfter Duration `yaml:"reopen_after" default:"7d"`

	// When the hook's webhooks are told together.
	Digest HookDigest `yaml:"digest"`

	// Whether the hook also accepts GET, with the query as the payload.
	Get bool `yaml:"get" default:"false"`

	// Whether the hook answers only when its rooms were told; by default as gateway.wait says.
	Wait bool `yaml:"wait"`

	// What a webhook must bring besides the id. All that is given must be right.
	Auth *Auth `yaml:"auth"`

	// How many webhooks are accepted, such as 10/s or 30/min; by default there is no limit.
	Rate Rate `yaml:"rate"`

	// How many of them may come at once; by default as many as the rate says.
	Burst int `yaml:"burst"`

	// What is answered to accepted webhooks, for senders that expect something of their own.
	Answer *Answer `yaml:"answer"`
}

// Digest says when a room is told too much: what goes beyond the limits becomes one message
// that grows.
type Digest struct {
	// Whether anything is told together.
	Enabled bool `yaml:"enabled" default:"true"`

	// How many webhooks of one hook are told one by one in a room, within window.
	Burst int `yaml:"burst" default:"5"`

	// The time that burst is about, and how long one digest grows.
	Window Duration `yaml:"window" default:"30s"`

	// How many webhooks of all hooks are told one by one in a room, within room_window.
	RoomBurst int `yaml:"room_burst" default:"10"`

	// The time that room_burst is about.
	RoomWindow Duration `yaml:"room_window" default:"60s"`
}

// HookDigest says when a hook's webhooks are told together.
type HookDigest struct {
	// Whether they ever are.
	Enabled bool `yaml:"enabled" default:"true"`

	// How many are told one by one in a room, within window; by default as digest.burst says.
	Burst int `yaml:"burst"`

	// The time that burst is about; by default as digest.window says.
	Window Duration `yaml:"window"`

	// An expression; webhooks for which it is true are always told by themselves.
	Except Expr `yaml:"except"`
}

// Auth is what a webhook must bring. Of each secret there may be several, so that it can be
// changed without a gap: a list instead of one.
type Auth struct {
	// A token, as in "Authorization: Bearer <token>".
	Bearer Secrets `yaml:"bearer"`

	// A user and a password, as in "Authorization: Basic …".
	Basic *Basic `yaml:"basic"`

	// A header that holds a secret.
	Header *Header `yaml:"header"`

	// The key that bodies are signed with, for the scheme.
	HMAC Secrets `yaml:"hmac"`

	// How bodies are signed.
	Scheme string `yaml:"scheme" oneof:"grafana github gitea standard-webhooks"`

	// The header in which Grafana sends the signature, if it is not its default,
	// X-Grafana-Alerting-Signature.
	SignatureHeader string `yaml:"signature_header"`

	// The header in which Grafana sends the time that it signs, if it was told to.
	TimestampHeader string `yaml:"timestamp_header"`

	// The networks or addresses that webhooks may come from.
	AllowFrom []Network `yaml:"allow_from"`
}

// Basic is a user and a password.
type Basic struct {
	// The name of the user.
	User string `yaml:"user" required:"yes" example:"grafana"`

	// The password.
	Password Secrets `yaml:"password" required:"yes"`
}

// Header is a header that holds a secret.
type Header struct {
	// The name of the header, such as X-Gitlab-Token.
	Name string `yaml:"name" required:"yes" example:"X-Token"`

	// Its whole value.
	Value Secrets `yaml:"value" required:"yes"`
}

// Answer is what is answered to accepted webhooks.
type Answer struct {
	// The status, from 200 to 299.
	Status int `yaml:"status" default:"200"`

	// The body.
	Body Text `yaml:"body"`

	// What the body is.
	ContentType string `yaml:"content_type" default:"text/plain; charset=utf-8"`
}

// Format says what the messages of a custom hook show: each field is an expression.
type Format struct {
	// What happened, in one to three words: the badge.
	Status Expr `yaml:"status"`

	// What it happened to, in bold.
	Subject Expr `yaml:"subject"`

	// The rest of the first line.
	Summary Expr `yaml:"summary"`

	// How bad it is: muted, info, success, warning, error, critical, or a word of the payload
	// such as "warn"; by default what the status stands for, or info.
	Severity Expr `yaml:"severity"`

	// What the subject links to.
	URL Expr `yaml:"url"`

	// Named values, shown in this order.
	Facts []NamedExpr `yaml:"facts"`

	// The entries of a group: a list of maps with key, status, subject, text, url, severity
	// and since.
	Items Expr `yaml:"items"`

	// Preformatted text, folded; anything but text is shown as JSON.
	Details Expr `yaml:"details"`

	// HTML, as far as Matrix allows.
	HTML Expr `yaml:"html"`

	// The address of a public picture.
	Image Expr `yaml:"image"`

	// Addresses by the text that is shown.
	Links []NamedExpr `yaml:"links"`

	// Which lasting matter a webhook belongs to.
	Incident FormatIncident `yaml:"incident"`

	// What filters and routes see as event.
	Event Expr `yaml:"event"`

	// What filters and routes see as labels; never shown.
	Labels []NamedExpr `yaml:"labels"`

	// Whether clients notify of it whatever its severity.
	Loud Expr `yaml:"loud"`

	// When it happened; by default when it was received. Never shown.
	Time Expr `yaml:"time"`
}

// FormatIncident says which lasting matter a webhook belongs to.
type FormatIncident struct {
	// What tells this matter from others of the hook, such as a host.
	Key Expr `yaml:"key" required:"yes" example:"payload.host"`

	// "open" or "resolved"; by default as the severity is: from warning on it is open,
	// success resolves it.
	State Expr `yaml:"state"`
}

// User is the virtual user that tells a hook's webhooks.
type User struct {
	// The part of the user id behind user_prefix; by default the service's, or of a custom
	// hook its name's. Hooks of one service share a user.
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
	When Expr `yaml:"when" required:"yes" example:"severity >= error"`

	// Where they are told: a name from rooms, a room id or an alias; by default the hook's room.
	Room string `yaml:"room"`

	// Whom the message pings: "@room" or user ids.
	Mention []string `yaml:"mention"`

	// Whether the routes behind this one are tried, too.
	Continue bool `yaml:"continue" default:"false"`
}

// Log says what is logged.
type Log struct {
	// The least level that is logged.
	Level slog.Level `yaml:"level" default:"info" oneof:"debug info warn error"`

	// How a line looks.
	Format string `yaml:"format" default:"text" oneof:"text json"`
}
