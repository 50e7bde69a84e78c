// Package console is the web page of "lotus-hooks demo": Matrix rooms as a client shows them,
// live; beside each card what a phone and a client without HTML show of it; a button for every
// sample of every service; stories of several webhooks; a workbench that says what a payload
// of the visitor's would become, and where it would go; and chats with the bot.
//
// The handler that New returns holds to this:
//
//   - It answers only requests whose Host is this machine (localhost or a loopback address),
//     so that no name that somebody else points here can read the rooms, and it takes posts
//     only from its own page.
//   - A page gets every event of the rooms once and in order. It says which event it had last
//     when its connection breaks, and gets what it missed; when that event is no longer
//     known, it gets the rooms anew.
//   - A page that does not read is let go: what is kept for each is bounded, and the rooms
//     never wait for one.
//   - What a visitor writes is bounded in size, in number and in time; the Program ends what
//     takes too long.
//   - What stands in events is foreign. It is drawn by the page from an allow-list, and the
//     Content-Security-Policy allows nothing but the page's own files.
//
// The page is in web/: modules and style sheets as browsers take them, without a build step.
package console
