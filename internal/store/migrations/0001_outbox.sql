-- The outbox: docs/outbox.md draws the states. Times are Unix milliseconds, 0 is "never".
-- Ids are UUIDv7, which sort by time of creation.

CREATE TABLE webhooks (
	id           TEXT PRIMARY KEY,
	hook         TEXT NOT NULL,     -- the hook's name, never its id
	service      TEXT NOT NULL,
	formatter    TEXT NOT NULL,     -- what made the notification
	received     BIGINT NOT NULL,
	notification {{bytes}} NOT NULL, -- versioned JSON
	content_type TEXT NOT NULL,
	headers      {{bytes}},         -- JSON; only what tells senders and events apart
	query        {{bytes}},         -- JSON; only what the formatter reads
	body         {{bytes}},         -- NULL when larger than 256 KiB
	replay_of    TEXT NOT NULL DEFAULT ''
);

-- The senders' own ids of their deliveries, to answer a repeat as the first time.
CREATE TABLE sender_ids (
	hook      TEXT NOT NULL,
	sender_id TEXT NOT NULL,
	webhook   TEXT NOT NULL,
	PRIMARY KEY (hook, sender_id)
) {{clustered}};
CREATE INDEX sender_ids_webhook ON sender_ids (webhook);

-- One lane per room reference, as it is configured. Positions are given out under its row
-- lock; deliveries before head are finished or held.
CREATE TABLE lanes (
	id            {{serial}} PRIMARY KEY,
	room          TEXT NOT NULL UNIQUE,
	next_position BIGINT NOT NULL DEFAULT 1,
	head          BIGINT NOT NULL DEFAULT 1,
	finished      BIGINT NOT NULL DEFAULT 0, -- how many are told or dead
	held          BIGINT NOT NULL DEFAULT 0, -- how many wait for something else than their turn
	owner         TEXT NOT NULL DEFAULT '',  -- the process that sends
	lease_until   BIGINT NOT NULL DEFAULT 0,
	parked_until  BIGINT NOT NULL DEFAULT 0,
	reason        TEXT NOT NULL DEFAULT ''   -- why it is parked
);

-- One per webhook and room.
CREATE TABLE deliveries (
	lane     BIGINT NOT NULL,
	position BIGINT NOT NULL,
	webhook  TEXT NOT NULL,
	state    TEXT NOT NULL,             -- pending, held, planned, told, dead
	mentions TEXT NOT NULL DEFAULT '',  -- JSON list, from the route
	incident BIGINT NOT NULL DEFAULT 0, -- set when planned or held
	plan     TEXT NOT NULL DEFAULT '',  -- the id of its first send
	reason   TEXT NOT NULL DEFAULT '',  -- why it is dead
	PRIMARY KEY (lane, position)
) {{clustered}};
CREATE INDEX deliveries_webhook ON deliveries (webhook);
CREATE INDEX deliveries_planned ON deliveries (plan) WHERE state = 'planned';
CREATE INDEX deliveries_held ON deliveries (incident) WHERE state = 'held';
CREATE INDEX deliveries_dead ON deliveries (webhook) WHERE state = 'dead';

-- One per event to be made. The id is the transaction id and is used for nothing else. A
-- plan, one decision, has one or more sends and tells one or more deliveries.
CREATE TABLE sends (
	id               TEXT PRIMARY KEY,
	plan             TEXT NOT NULL,
	part             INTEGER NOT NULL,
	lane             BIGINT NOT NULL,
	incident         BIGINT NOT NULL DEFAULT 0,
	webhook          TEXT NOT NULL,             -- the one whose turn it was
	kind             TEXT NOT NULL,             -- new, edit, reply
	target           TEXT NOT NULL DEFAULT '',  -- the send whose event is edited or replied to
	notification     {{bytes}},                 -- what to draw; NULL: the webhook's own
	msg_type         TEXT NOT NULL DEFAULT '',
	mentions         TEXT NOT NULL DEFAULT '',
	room_id          TEXT NOT NULL,
	user_id          TEXT NOT NULL,
	device_id        TEXT NOT NULL,
	encrypted        SMALLINT NOT NULL,
	planned          BIGINT NOT NULL,
	attempts         BIGINT NOT NULL DEFAULT 0,
	unanswered_since BIGINT NOT NULL DEFAULT 0, -- the first attempt whose answer was lost
	error            TEXT NOT NULL DEFAULT '',  -- of the last failed attempt
	state            TEXT NOT NULL,             -- planned, sent, dead
	event_id         TEXT NOT NULL DEFAULT ''
) {{clustered}};
CREATE INDEX sends_planned ON sends (lane) WHERE state = 'planned';
CREATE INDEX sends_plan ON sends (plan);
CREATE INDEX sends_event ON sends (event_id) WHERE event_id <> '';
CREATE INDEX sends_alone ON sends (planned) WHERE webhook = ''; -- made by a timer

-- What is known of a lasting matter in one room. "open" follows the order of acceptance,
-- "state" the order of telling.
CREATE TABLE incidents (
	id           {{serial}} PRIMARY KEY,
	hook         TEXT NOT NULL,
	key          TEXT NOT NULL,
	lane         BIGINT NOT NULL,
	open         SMALLINT NOT NULL,
	opened       BIGINT NOT NULL,
	updated      BIGINT NOT NULL,
	acknowledged BIGINT NOT NULL DEFAULT 0,
	card         TEXT NOT NULL DEFAULT '', -- the send that made its card
	state        {{bytes}},                -- versioned JSON, written by package incident
	UNIQUE (hook, key, lane)
);
CREATE INDEX incidents_card ON incidents (card) WHERE card <> '';
CREATE INDEX incidents_closed ON incidents (updated) WHERE open = 0;

-- When an incident wants to be looked at again: a digest closes, a reminder is due.
CREATE TABLE timers (
	incident BIGINT PRIMARY KEY,
	lane     BIGINT NOT NULL,
	due      BIGINT NOT NULL
);
CREATE INDEX timers_due ON timers (due);
