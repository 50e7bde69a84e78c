// Package console is the web page of "lotus-hooks demo": a Matrix room as a client shows it,
// live, with a button for every sample of every service.
//
// The handler that New returns holds to this:
//
//   - It answers only requests whose Host is this machine (localhost or a loopback address),
//     so that no name that somebody else points here can read the room, and it takes posts
//     only from its own page.
//   - A page gets every event of the room once and in order. It says which event it had last
//     when its connection breaks, and gets what it missed; when that event is no longer
//     known, it gets the room anew.
//   - A page that does not read is let go: what is kept for each is bounded, and the room
//     never waits for one.
//   - What stands in events is foreign. It is drawn by the page from an allow-list, and the
//     Content-Security-Policy allows nothing but the page's own files.
//
// The page is in web/: modules and style sheets as browsers take them, without a build step.
package console
