// Package e2e has tests only: they run the program as people run it, as a process with a
// hooks.yaml, on a real Synapse, with SQLite and with PostgreSQL.
//
// What is told is read by other accounts, from the homeserver, and found by ids that the
// webhooks carry: first all are posted, then each must be in its room, once and in order.
// The homeserver and the program are killed, stopped, cut off and made to fail meanwhile.
//
// The tests need Linux, and are skipped unless LOTUS_E2E=1; "make e2e" runs them, and
// "make torture" runs the faults LOTUS_TORTURE times.
package e2e
