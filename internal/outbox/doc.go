// Package outbox keeps every accepted webhook on disk until each of its rooms has been told,
// and tells it: once, in the order of acceptance, through crashes of this program and of the
// homeserver.
//
// # The contract
//
// Enqueue returns when the webhook and its deliveries, one per room, are on disk. From then
// on each delivery ends in one of two states: told, by one or more events, or dead, with a
// reason, kept until it is replayed as a new webhook. It is dead only when it is older than
// MaxAge, when the homeserver refuses the message itself, or when drawing it panics.
//
// A room reference as it stands in the configuration is a lane. Deliveries get their
// position in a lane in the transaction that accepts them, and a lane's worker handles them
// one after the other; lanes run side by side. A process owns a lane by a lease, so that
// several may share one PostgreSQL database.
//
// The head of a lane is first planned, then sent. Planning asks the Decider what shall
// happen and stores the answer, with room, user, device and target, in one transaction; a
// crash repeats the plan and decides nothing anew. Each event of a plan is a send, and a
// send's id is its transaction id: the homeserver answers a repeated attempt with the first
// one's event. It remembers for 24 hours (Synapse, for a user with a device); a send whose
// first unanswered attempt is 20 hours old is looked up in the room before it is repeated.
//
// A failed attempt is the server's, the room's or the message's (see Failure). The server's
// pauses, with backoff; the room's parks the lane; the message's makes the delivery dead.
// What is not classified is the server's.
package outbox
