// Package virtualusers tells notifications in Matrix rooms, each by the virtual user of its
// service.
//
// # The contract
//
// Resolve makes everything ready for an event: alias and upgrades are followed to the room,
// the user is registered, has its device, its name and picture, and has joined; and it is
// known whether the room is encrypted. What is ready is remembered, so that a second call
// makes no request.
//
// Send draws the notification and makes the event, under the transaction id it is given.
// The same id for the same place makes one event, however often it is sent: every virtual
// user has a device (MSC4190), which makes the homeserver remember transaction ids on disk.
// What Send returns as an error is a Failure, which says how to go on.
//
// Nothing is ever sent in plain text to a room that is encrypted or not known not to be. An
// encrypted room is followed by the syncing member, an account that sits in it beside the
// virtual users: its /sync tells who comes and goes, and whose devices change. That a room is
// not encrypted is looked up before every event, since what /sync tells may be late.
//
// Of several processes that share a database, the one that has the Keys tells the encrypted
// rooms; from the others, Resolve and Send return a Failure of the class Elsewhere.
//
// In an encrypted room each virtual user encrypts with a device of its own, which is
// cross-signed. A member who leaves cannot read what is said next, and one who joins, or a
// member's new device, can. Unless a room is public, a person must invite once who invites
// the virtual users: the bot, or the appservice's own user.
//
// Users are safe for concurrent use. Rooms do not wait for each other.
package virtualusers
