// Package bot answers commands in rooms: games, polls, questions to a language model, the
// state of services, and a welcome to new members.
//
// # The contract
//
// What people write, react and redact comes in as Events, decrypted. Receive stores those
// that the bot cares about before it returns, so that the position in /sync may move on; a
// crash later loses none. Each is handled once: rooms side by side, and the events of one
// room one after the other. After a restart, commands younger than five minutes are handled,
// older ones are forgotten.
//
// A Feature is a command, or several with a state in common, and a file. All stand in one
// list, in package app. A feature keeps what must survive a restart in its Memory, where a
// value may have an alarm. What happens waits until all have read theirs.
//
// What a handler sends has transaction ids that derive from its event: handled a second
// time, after a crash, it makes no second message. So a handler must do the same again, or
// less, when it finds its work done.
//
// A room that was upgraded is the one in its place from then on, wherever the configuration
// names it. Features are told, for what they keep by room.
//
// A handler that panics is answered with a 💥, and one that takes too long is ended.
// Nothing that the bot says pings anybody unless an Answer says whom.
package bot
