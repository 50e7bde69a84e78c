// Package formatters turns the webhooks of each service into messages for a Matrix room,
// in two pure steps:
//
//	Payload ──Formatter.Format──▶ Notification ──Render──▶ Message
//
// A formatter, one file per service, says what happened. It writes no HTML, escapes
// nothing, cuts nothing and asks no clock: Render does all of that, in one place.
// Nothing in this package touches files, sockets, time or logs.
//
// A new service is one file that calls register in its init function, its samples and
// golden files in testdata/payloads/<service>, and an optional avatar.
package formatters
