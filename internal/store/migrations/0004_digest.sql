-- How much a room was told lately, JSON of package incident; and whose user answers a timer.
ALTER TABLE lanes ADD COLUMN pace {{bytes}};
ALTER TABLE timers ADD COLUMN hook TEXT NOT NULL DEFAULT '';
CREATE INDEX timers_lane ON timers (lane, due);
ALTER TABLE webhooks ADD COLUMN exempt SMALLINT NOT NULL DEFAULT 0; -- never told in a digest
CREATE INDEX incidents_open ON incidents (hook) WHERE open = 1;
