// Package gateway receives webhooks over HTTP and hands them to the outbox.
//
//	POST or PUT /webhook/<id>      GET where the hook allows it
//	POST or PUT /<id>              the address that matrix-hookshot had before
//	… /<dialect>                   behind both: slack, discord, ntfy, gotify, message, teams,
//	                               apprise or alertmanager, for senders that know no other
//	GET /live, GET /ready          for supervisors and load balancers
//
// Each webhook is authenticated, if its hook asks for that, read, told by its service's
// formatter, filtered, routed and enqueued. What the answers promise:
//
//	202 {"ok":true,"id":…}   it is on disk and will be told; a repeat gets the first one's id
//	200                      the same, and the hook waits: it was told in all its rooms
//	502                      the same, and the hook waits: it cannot be told
//	400, 408, 413            the body did not arrive whole, in time, or within the limit
//	401, 403                 a secret is missing or wrong; it may not come from there
//	404                      no such hook; one and the same for all that is no hook's address
//	405                      the hook does not take this method; Allow lists those it takes
//	429                      too many webhooks, or failures to authenticate; Retry-After says when to repeat
//	503                      it could not be stored; nothing is kept, and Retry-After says when to repeat
//
// All that arrives whole is accepted, whatever it looks like. Only a hook's filter drops a
// webhook, and even that is enqueued, without rooms: where its incident is open, its end is
// told. An expression that fails at run time drops nothing.
//
// A dialect's senders are told of a success as they expect, and of all else as above.
//
// A hook's id is a password. It is kept as a hash only, and neither it nor a path that may
// hold it reaches a log, a metric, an answer or an error.
package gateway
