package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// base is the head of files that are wrong in their hooks, which begin in line 5.
const base = `homeserver: {url: "http://127.0.0.1:8008", domain: example.org}
appservice: {registration: registration.yaml}
rooms: {spam: "!spam", ops: "#ops:example.org"}
hooks:
`

// with puts a field into an otherwise right file, in line 6.
func with(field string) string { return minimal + field + "\n" }

// hook returns a file with one hook, which has these fields besides; they begin in line 6.
func hook(fields string) string {
	return base + "  - {id: " + anID + ", service: generic, room: spam,\n     " + fields + "}\n"
}

// TestLoadWrong holds what people read when their file is wrong, word for word.
func TestLoadWrong(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		hooks string
		want  []string
	}{
		{"ErrEmpty", "", []string{
			`hooks.yaml: is empty: hooks.example.yaml shows how to begin`}},
		{"ErrMoreDocuments", minimal + "---\na: 1\n", []string{
			`hooks.yaml: holds more than one document: take out the lines ---`}},
		{"ErrNoMapping", "- a\n", []string{
			`hooks.yaml:1:1: is a list, not a mapping: write it as lines of key: value below it`}},
		{"ErrTab", "homeserver:\n\turl: x\n", []string{
			`hooks.yaml:2:1: is not YAML: begins with a tab: indent with spaces`}},
		{"ErrSyntax", "hooks: [1\n", []string{
			`hooks.yaml:2:1: is not YAML: did not find expected ',' or ']'`}},
		{"ErrColon", "timezone: a: b\n", []string{
			`hooks.yaml:1:12: is not YAML: a second key or colon in one place: check the indentation, and put text with a colon in quotes`}},
		{"ErrUnknownAnchorIsNotShown", with("bot: {user: '@b:example.org', password: *hunter2}"), []string{
			`hooks.yaml:6:41: is not YAML: unknown anchor behind a *: put text that begins with * in quotes`}},
		{"ErrUserUnquoted", hook("routes: [{when: true, mention: [@room]}]"), []string{
			`hooks.yaml:6:38: is not YAML: text cannot begin with this sign: put it in quotes`}},
		{"ErrAllAtOnce", "timezon: UTC\ntimezone: Mars\nhomeserver: {domain: 7}\nhooks:\n  - {id: x, services: grafana}\n", []string{
			`hooks.yaml:1:1: timezon: unknown key: did you mean "timezone"?`,
			`hooks.yaml:1:1: appservice: is missing: add it, as in appservice: {registration: /etc/matrix-synapse/lotus-hooks.yaml}`,
			`hooks.yaml:2:11: timezone: is no time zone: use an IANA name such as America/New_York, or UTC`,
			`hooks.yaml:3:13: homeserver.url: is missing: add it, as in url: http://127.0.0.1:8008`,
			`hooks.yaml:3:22: homeserver.domain: is a number, not text: put it in quotes`,
			`hooks.yaml:5:5: hooks[0].service: is missing: add it, as in service: grafana`,
			`hooks.yaml:5:5: hooks[0].room: is missing: add it, as in room: spam`,
			`hooks.yaml:5:13: hooks[0].services: unknown key: did you mean "service"?`,
		}},
		{"ErrUnknownKey", hook("filtr: severity > info"), []string{
			`hooks.yaml:6:6: hooks[0].filtr: unknown key: did you mean "filter"?`}},
		{"ErrUnknownKeyUnlikeAny", with("metrics: {path: /metrics}"), []string{
			`hooks.yaml:6:11: metrics.path: unknown key: use one of hookshot_names, listen`}},
		{"ErrDuplicateKey", with("metrics: {listen: ':1', listen: ':2'}"), []string{
			`hooks.yaml:6:25: metrics.listen: is given twice, first in line 6: keep one`}},
		{"ErrDuplicateSection", with("rooms: {}"), []string{
			`hooks.yaml:6:1: rooms: is given twice, first in line 3: keep one`}},
		{"ErrKeyNoText", with("metrics: {[a]: b}"), []string{
			`hooks.yaml:6:11: metrics: has a key that is no text: use a name`}},
		{"ErrMergeNoMapping", with("metrics: {<<: 1}"), []string{
			`hooks.yaml:6:11: metrics.<<: cannot be merged: name the anchor of another mapping, as in <<: *name`}},
		{"ErrMergeIntoItself", with("metrics: &m {<<: *m}"), []string{
			`hooks.yaml:6:14: metrics.<<: cannot be merged: name the anchor of another mapping, as in <<: *name`}},
		{"ErrTextForMapping", with("metrics: on"), []string{
			`hooks.yaml:6:10: metrics: is text, not a mapping: write it as lines of key: value below it`}},
		{"ErrTextForList", hook("routes: [{when: true, mention: '@room'}]"), []string{
			`hooks.yaml:6:37: hooks[0].routes[0].mention: is text, not a list: put it in brackets, as in [a, b]`}},
		{"ErrMappingForText", hook("filter: {a: b}"), []string{
			`hooks.yaml:6:14: hooks[0].filter: is a mapping, not text: put it in quotes, if it is text with a colon or braces`}},
		{"ErrYesForTruth", hook("wait: yes"), []string{
			`hooks.yaml:6:12: hooks[0].wait: is text, not true or false: write true or false, without quotes`}},
		{"ErrDateForText", hook("name: 2026-11-22"), []string{
			`hooks.yaml:6:12: hooks[0].name: is a date, not text: put it in quotes`}},
		{"ErrTextForNumber", with("gateway: {max_connections: many}"), []string{
			`hooks.yaml:6:28: gateway.max_connections: is text, not a whole number: write it in digits, without quotes`}},
		{"ErrAliasUnquoted", with("x: 1\nx-rooms: 2") + "bot:\n  user: #bot\n  password: p\n", []string{
			`hooks.yaml:6:1: x: unknown key: use one of appservice, bot, console, database, database_file, digest, gateway, homeserver, hooks, log, max_age, metrics, retention, rooms, timezone`,
			`hooks.yaml:9:8: bot.user: is empty: a # begins a comment: put the value in quotes`}},
		{"ErrRoomIDUnquoted", strings.Replace(minimal, `{spam: "!spam"}`, "\n  spam: !spam", 1), []string{
			`hooks.yaml:4:9: rooms.spam: is read as a YAML tag, because it begins with !: put the value in quotes`}},
		{"ErrEmptyValue", hook("name: ''"), []string{
			`hooks.yaml:6:12: hooks[0].name: is empty: give it a value, or leave the key out`}},
		{"ErrPortOnly", with("gateway: {listen: 9003}"), []string{
			`hooks.yaml:6:19: gateway.listen: is a number, not an address such as ":9003"`}},
		{"ErrNoAddress", with("gateway: {listen: localhost}"), []string{
			`hooks.yaml:6:19: gateway.listen: is no address to listen on: write it as ":9003" or "127.0.0.1:9003"`}},
		{"ErrNoPort", with("gateway: {listen: 'localhost:http'}"), []string{
			`hooks.yaml:6:19: gateway.listen: has no valid port: use a number up to 65535`}},
		{"ErrSamePort", with("metrics: {listen: '127.0.0.1:9003'}"), []string{
			`hooks.yaml:6:19: metrics.listen: is the port of gateway.listen, too: use another port`}},
		{"ErrSamePortAsDefault", with("gateway: {listen: ':9004'}"), []string{
			`hooks.yaml:6:19: gateway.listen: is the port of metrics.listen, too: use another port`}},
		{"ErrNoURL", with("gateway: {public_url: matrix.example.org}"), []string{
			`hooks.yaml:6:23: gateway.public_url: is no address: write it as https://host or http://host:port`}},
		{"ErrURLWithUser", with("gateway: {public_url: 'https://u:p@matrix.example.org'}"), []string{
			`hooks.yaml:6:23: gateway.public_url: has a user, query or fragment: leave them out`}},
		{"ErrNoSize", with("gateway: {max_body: large}"), []string{
			`hooks.yaml:6:21: gateway.max_body: is no size: write it as "2MiB" or "512KiB"`}},
		{"ErrTooLargeSize", with("gateway: {max_body: 1gb, max_connections: 0}"), []string{
			`hooks.yaml:6:21: gateway.max_body: is out of range: use at most 64MiB`,
			`hooks.yaml:6:43: gateway.max_connections: is out of range: use at least 1`}},
		{"ErrNoSpan", with("retention: 2 weeks"), []string{
			`hooks.yaml:6:12: retention: is no span of time: write it as "14d", "36h" or "90s"`}},
		{"ErrRetentionShorterThanMaxAge", with("retention: 36h"), []string{
			`hooks.yaml:6:12: retention: is shorter than max_age (7d), so that webhooks would be forgotten before they are told: make retention at least as long as max_age`}},
		{"ErrMaxAgeZero", with("max_age: 0s"), []string{
			`hooks.yaml:6:10: max_age: is out of range: write how long to try, such as "7d"`}},
		{"ErrLevel", with("log: {level: warning}"), []string{
			`hooks.yaml:6:14: log.level: is unknown: use one of debug, error, info, warn`}},
		{"ErrDomain", strings.Replace(minimal, "domain: example.org", "domain: 'https://example.org'", 1), []string{
			`hooks.yaml:1:52: homeserver.domain: is no server name: write what stands behind the colon of user ids, such as example.org`}},
		{"ErrUserPrefix", strings.Replace(minimal, "{registration: registration.yaml}", "{registration: registration.yaml, user_prefix: '@Hook_'}", 1), []string{
			`hooks.yaml:2:60: appservice.user_prefix: holds what a user id may not: use a-z, 0-9 and "._=/+-", without @ and domain`}},
		{"ErrDatabaseKind", with("database: mysql://secret@db"), []string{
			`hooks.yaml:6:11: database: is of no kind that is known: begin with sqlite: or postgres://`}},
		{"ErrDatabaseInMemory", with("database: 'sqlite::memory:'"), []string{
			`hooks.yaml:6:11: database: names no file, and webhooks must be on disk: write sqlite: and the path of a file`}},
		{"ErrDatabaseURLIsNotShown", with("database: 'postgres://u:pass%word@db/x'"), []string{
			`hooks.yaml:6:11: database: is no PostgreSQL address: write postgres://user:password@host/database; in the password, write special characters as %40`}},
		{"ErrRoomNames", strings.Replace(minimal, `{spam: "!spam"}`, `{spam: "!spam", "#x": "!x", general: general, alias: "#general"}`, 1), []string{
			`hooks.yaml:3:30: rooms.#x: is no name for a room: use one word that does not begin with ! or #`,
			`hooks.yaml:3:45: rooms.general: is neither a room id nor an alias: write it as "!id" or "#alias:example.org"`,
			`hooks.yaml:3:61: rooms.alias: is neither a room id nor an alias: write it as "!id" or "#alias:example.org"`}},
		{"ErrUnknownRoom", hook("routes: [{when: true, room: opps}, {room: '#x:example.org'}]"), []string{
			`hooks.yaml:6:34: hooks[0].routes[0].room: unknown room "opps": did you mean "ops"?`,
			`hooks.yaml:6:41: hooks[0].routes[1].when: is missing: add it, as in when: severity >= error`}},
		{"ErrNoRooms", strings.Replace(minimal, `rooms: {spam: "!spam"}`, "rooms:", 1), []string{
			`hooks.yaml:5:72: hooks[0].room: unknown room "spam": give it a room id under rooms, or write the id here`}},
		{"ErrUnknownService", strings.Replace(minimal, "service: generic", "service: genric", 1), []string{
			`hooks.yaml:5:57: hooks[0].service: unknown service "genric": did you mean "generic"?`}},
		{"ErrMention", hook("routes: [{when: true, mention: ['@kim', kim]}]"), []string{
			`hooks.yaml:6:38: hooks[0].routes[0].mention[0]: is neither @room nor a user id: write it as "@someone:example.org"`,
			`hooks.yaml:6:46: hooks[0].routes[0].mention[1]: is neither @room nor a user id: write it as "@someone:example.org"`}},
		{"ErrEmptyExpression", hook("filter: ' '"), []string{
			`hooks.yaml:6:14: hooks[0].filter: is empty: write an expression, or leave the key out`}},
		{"ErrIDIsNotShown", strings.Replace(minimal, anID, "a/secret", 1), []string{
			"hooks.yaml:5:10: hooks[0].id: is no id: use 1 to 128 letters, digits and \"-._~\""}},
		{"ErrIDTwice", minimal + "  - {id: " + anID + ", service: generic, room: spam, name: other}\n", []string{
			"hooks.yaml:6:10: hooks[1].id: is the id of hooks[0], too: give each hook its own; `lotus-hooks id` prints a fresh one"}},
		{"ErrExampleID", strings.Replace(minimal, anID, "00000000-0000-4000-8000-00000000000a", 1), []string{
			"hooks.yaml:5:10: hooks[0].id: is an id from the example, which everybody knows: `lotus-hooks id` prints a fresh one"}},
		{"ErrIDMissing", strings.Replace(minimal, "id: "+anID+", ", "", 1), []string{
			`hooks.yaml:5:5: hooks[0].id: is missing: give id or id_file`}},
		{"ErrIDAndFile", hook("id_file: x"), []string{
			`hooks.yaml:6:6: hooks[0].id_file: is given together with id: keep one of the two`}},
		{"ErrNameByService", base + "  - {id: " + anID + ", service: generic, room: spam}\n  - {id: x" + anID + ", service: generic, room: ops}\n", []string{
			`hooks.yaml:6:5: hooks[1]: is called "generic" after its service, and so is hooks[0]: give it a name of its own`}},
		{"ErrNameTwice", base + "  - {id: " + anID + ", name: a, service: generic, room: spam}\n  - {id: x" + anID + ", name: a, service: generic, room: ops}\n", []string{
			`hooks.yaml:6:55: hooks[1].name: is the name of hooks[0], too: give each hook its own`}},
		{"ErrNameOfManyLines", hook(`name: "a\nb"`), []string{
			`hooks.yaml:6:12: hooks[0].name: is no name: use one line of at most 255 bytes`}},
		{"ErrLocalpart", hook("user: {localpart: 'Uptime Kuma'}"), []string{
			`hooks.yaml:6:24: hooks[0].user.localpart: holds what a user id may not: use a-z, 0-9 and "._=/+-", such as "uptimekuma"`}},
		{"ErrLocalpartWithPrefix", hook("user: {localpart: hookshot_grafana}"), []string{
			`hooks.yaml:6:24: hooks[0].user.localpart: begins with user_prefix, which is put before it: write "grafana"`}},
		{"ErrNoAvatar", hook("user: {avatar: ./missing.png}"), []string{
			`hooks.yaml:6:21: hooks[0].user.avatar: cannot be read: missing.png: no such file or directory: create the file, or correct the path`}},
		{"ErrBotNeedsSecret", with("bot: {user: '@b:example.org'}"), []string{
			`hooks.yaml:6:6: bot: has neither password nor token: give password_file or token_file`}},
		{"ErrBotSecrets", with("bot: {user: bot, password: p, token: t}"), []string{
			`hooks.yaml:6:13: bot.user: is no user id: write it as "@lotusbot:example.org"`,
			`hooks.yaml:6:38: bot.token: is given together with a password: keep one of the two`}},
		{"ErrBotElsewhere", with("bot: {user: '@b:example.net', token: t}"), []string{
			`hooks.yaml:6:13: bot.user: is on another homeserver: use an account of example.org`}},
		{"ErrBotIsSender", with("bot: {user: '@lotus-hooks:example.org', token: t}"), []string{
			`hooks.yaml:6:13: bot.user: is the appservice's own user, which has no password: use an account of its own`}},
		{"ErrBotIsVirtual", with("bot: {user: '@hookshot_bot:example.org', token: t}"), []string{
			`hooks.yaml:6:13: bot.user: is a user of the appservice, by the namespaces of the registration: use an account whose name does not begin with appservice.user_prefix`}},
		{"ErrVariable", hook("name: '${NOWHERE}'"), []string{
			`hooks.yaml:6:12: hooks[0].name: needs the environment variable NOWHERE, which is not set: set it, or write ${NOWHERE:-default}`}},
		{"ErrVariableOpen", hook("name: '${NOWHERE'"), []string{
			`hooks.yaml:6:12: hooks[0].name: has a ${ that begins no environment variable: write ${NAME}, or $${ for a literal ${`}},
		{"ErrSecretFileMissing", with("bot: {user: '@b:example.org', token_file: nowhere}"), []string{
			`hooks.yaml:6:43: bot.token_file: cannot be read: nowhere: no such file or directory: create the file, or correct the path`}},
		{"ErrSecretFileEmpty", with("bot: {user: '@b:example.org', token_file: empty}"), []string{
			`hooks.yaml:6:43: bot.token_file: is the path of an empty file: write the secret into it`}},
		{"ErrMistakeInAnchorIsToldOnce", base + "  - &a {id: " + anID + ", service: generic, room: spam, filtr: x}\n  - {<<: *a, id: x" + anID + ", name: b}\n", []string{
			`hooks.yaml:5:81: hooks[0].filtr: unknown key: did you mean "filter"?`}},
		{"ErrTooManyAliases", base + "  - &a {id: x, routes: [&r {when: true}" + strings.Repeat(", *r", 400) + "]}\n" + strings.Repeat("  - *a\n", 400), []string{
			`hooks.yaml:1:1: is too large with its aliases followed: use fewer aliases`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, test.hooks, "empty", "\n")
			if diff := cmp.Diff(test.want, problemsOf(t, dir, environment())); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadWrongRegistration(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name         string
		registration string
		hooks        string
		want         []string
	}{
		{"OK", registration, minimal, nil},
		{"OKWithKeysOfOthers", registration + "de.sorunome.msc2409.push_ephemeral: true\nprotocols: []\n", minimal, nil},
		{"ErrOfHookshot", strings.Replace(registration, "io.element.msc4190: true\n", "", 1), minimal, []string{
			"registration.yaml:1:1: io.element.msc4190: is not true, and virtual users without devices may lose messages or tell them twice: add the line `io.element.msc4190: true`, and restart the homeserver"}},
		{"ErrDevicesOff", strings.Replace(registration, "msc4190: true", "msc4190: false", 1), minimal, []string{
			"registration.yaml:7:21: io.element.msc4190: is not true, and virtual users without devices may lose messages or tell them twice: add the line `io.element.msc4190: true`, and restart the homeserver"}},
		{"ErrTokensMissing", strings.NewReplacer("as-token-of-the-test", "''", "hs_token: hs-token-of-the-test\n", "").Replace(registration), minimal, []string{
			"registration.yaml:1:1: hs_token: is missing",
			"registration.yaml:3:11: as_token: is empty: give it a value, or leave the key out"}},
		{"ErrTokensSame", strings.Replace(registration, "hs-token", "as-token", 1), minimal, []string{
			"registration.yaml:4:11: hs_token: is the same as as_token: give each its own; `lotus-hooks registration` makes both"}},
		{"ErrSender", strings.Replace(registration, "localpart: lotus-hooks", "localpart: '@lotus'", 1), minimal, []string{
			`registration.yaml:5:19: sender_localpart: holds what a user id may not: use a-z, 0-9 and "._=/+-", without @ and domain`}},
		{"ErrPrefixNotOurs", strings.Replace(registration, "hookshot_", "_webhooks_", 1), minimal, []string{
			`hooks.yaml:2:28: appservice.registration: the registration gives us no users @hookshot_…:example.org: let a regex of its namespaces match them, such as '@hookshot_.*:example\.org'`}},
		{"ErrDomainNotOurs", registration, strings.Replace(minimal, "domain: example.org", "domain: example.net", 1), []string{
			`hooks.yaml:2:28: appservice.registration: the registration gives us no users @hookshot_…:example.net: let a regex of its namespaces match them, such as '@hookshot_.*:example\.net'`}},
		{"ErrUserNotOurs", strings.Replace(registration, "hookshot_.*", "hookshot_[a-z]*", 1), hook("user: {localpart: box-9}"), []string{
			`hooks.yaml:6:24: hooks[0].user.localpart: makes a user that the registration does not give us: use another localpart, or widen the namespaces of the registration`}},
		{"ErrUserIsSender", strings.Replace(registration, "localpart: lotus-hooks", "localpart: hookshot_x", 1), hook("user: {localpart: x}"), []string{
			`hooks.yaml:6:24: hooks[0].user.localpart: makes the appservice's own user tell webhooks: use another localpart`}},
		{"ErrSyntax", "id: [", minimal, []string{
			"registration.yaml:2:1: is not YAML: did not find expected node content"}},
		{"ErrNoFile", "", strings.Replace(minimal, "registration.yaml", "nowhere.yaml", 1), []string{
			"hooks.yaml:2:28: appservice.registration: cannot be read: nowhere.yaml: no such file or directory: `lotus-hooks registration` prints one; the homeserver must be given the same file"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, test.hooks)
			if err := os.WriteFile(filepath.Join(dir, "registration.yaml"), []byte(test.registration), 0o600); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, problemsOf(t, dir, environment())); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
