-- What the bot must not forget. Values and events are JSON of package bot.

CREATE TABLE bot_memory (
	feature TEXT NOT NULL,
	key     TEXT NOT NULL,
	value   {{bytes}} NOT NULL,
	alarm   BIGINT NOT NULL DEFAULT 0, -- when the feature is to be called; 0 for never
	PRIMARY KEY (feature, key)
) {{clustered}};
CREATE INDEX bot_memory_alarm ON bot_memory (alarm) WHERE alarm > 0;

-- Events from their receipt until they are handled, and their ids for a day longer.
CREATE TABLE bot_inbox (
	id       TEXT PRIMARY KEY,
	received BIGINT NOT NULL,
	turn     BIGINT NOT NULL, -- among those received together
	event    {{bytes}}, -- NULL when it is handled
	done     SMALLINT NOT NULL DEFAULT 0
) {{clustered}};
CREATE INDEX bot_inbox_open ON bot_inbox (received) WHERE done = 0;
CREATE INDEX bot_inbox_done ON bot_inbox (received) WHERE done = 1;
