-- What must outlive the process about Matrix users.

CREATE TABLE virtual_users (
	user_id   TEXT PRIMARY KEY,
	device_id TEXT NOT NULL,
	profile   TEXT NOT NULL DEFAULT '' -- the fingerprint of what was set last
);

-- Where each picture was uploaded to, by the SHA-256 of its content.
CREATE TABLE virtual_user_pictures (
	hash TEXT PRIMARY KEY,
	uri  TEXT NOT NULL
);

-- The sessions of ordinary accounts that log in by password.
CREATE TABLE accounts (
	user_id   TEXT PRIMARY KEY,
	device_id TEXT NOT NULL,
	token     TEXT NOT NULL
);
