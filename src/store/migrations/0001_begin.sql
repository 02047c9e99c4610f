-- Everything tocsin keeps. For SQLite and Postgres alike: TEXT, BIGINT, BOOLEAN and DOUBLE PRECISION only.
-- Moments are milliseconds since 1970 in UTC; lists and structures are JSON in TEXT and never queried into.
-- Every table has a rule in src/store/purge.rs.

-- Messages that were taken in: their numbers, never their words.
CREATE TABLE envelopes (
    platform TEXT NOT NULL,
    id TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (platform, id)
);
CREATE INDEX envelopes_seen_at ON envelopes (seen_at);

-- How far each platform's account has been read.
CREATE TABLE checkpoints (
    platform TEXT NOT NULL PRIMARY KEY,
    checkpoint TEXT NOT NULL,
    saved_at BIGINT NOT NULL
);

-- Named counters; the rows `intake` and `outbox` are also what several processes queue up at.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

-- Facts about the installation, such as the check value of its key.
CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Which process does a thing that only one may do.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    held_until BIGINT NOT NULL
);

CREATE TABLE incidents (
    id TEXT NOT NULL PRIMARY KEY,
    handle TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    report TEXT NOT NULL,
    areas TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    news_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    reports BIGINT NOT NULL,
    firsthand BIGINT NOT NULL,
    rooms BIGINT NOT NULL,
    closed_at BIGINT,
    lat DOUBLE PRECISION,
    lon DOUBLE PRECISION,
    coarse BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX incidents_open ON incidents (news_at) WHERE closed_at IS NULL;
CREATE INDEX incidents_handle ON incidents (handle) WHERE closed_at IS NULL;
CREATE INDEX incidents_opened_at ON incidents (opened_at);

CREATE TABLE reports (
    id TEXT NOT NULL PRIMARY KEY,
    incident TEXT NOT NULL,
    platform TEXT NOT NULL,
    room TEXT,
    message TEXT NOT NULL,
    sender TEXT NOT NULL,
    author TEXT NOT NULL,
    body TEXT NOT NULL,
    firsthand BOOLEAN NOT NULL,
    loose BOOLEAN NOT NULL,
    text_hash TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    withdrawn BOOLEAN NOT NULL
);
CREATE INDEX reports_incident ON reports (incident, received_at);
CREATE INDEX reports_room ON reports (platform, room);
CREATE INDEX reports_sender ON reports (sender);
CREATE INDEX reports_message ON reports (message);
CREATE INDEX reports_received_at ON reports (received_at);

-- Who heard the alert of an incident, so that they also hear its end.
CREATE TABLE heard (
    incident TEXT NOT NULL,
    lane TEXT NOT NULL,
    nth BIGINT NOT NULL,
    target TEXT NOT NULL,
    noted_at BIGINT NOT NULL,
    PRIMARY KEY (incident, lane)
);
CREATE INDEX heard_nth ON heard (incident, nth);
CREATE INDEX heard_lane ON heard (lane);
CREATE INDEX heard_noted_at ON heard (noted_at);

-- What the bot said, by message number: never its words.
CREATE TABLE posts (
    lane TEXT NOT NULL,
    message TEXT NOT NULL,
    incident TEXT NOT NULL,
    kind TEXT NOT NULL,
    nth BIGINT NOT NULL,
    said_at BIGINT NOT NULL,
    PRIMARY KEY (lane, message)
);
CREATE INDEX posts_named ON posts (lane, incident, kind, nth);
CREATE INDEX posts_said_at ON posts (said_at);

-- The one open question to a person.
CREATE TABLE questions (
    asked TEXT NOT NULL PRIMARY KEY,
    report TEXT,
    incident TEXT,
    choices TEXT NOT NULL,
    area_choices TEXT NOT NULL,
    purpose TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- The outbox: only what is still to be done. While a row is `sending`, `due_at` is the moment at which its claim runs out.
-- Settled rows leave the table, so that it stays small and the database's guesses about it stay true.
CREATE TABLE effects (
    id TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    lane TEXT NOT NULL,
    platform TEXT NOT NULL,
    urgency BIGINT NOT NULL,
    target TEXT NOT NULL,
    act TEXT NOT NULL,
    edits TEXT NOT NULL,
    state TEXT NOT NULL,
    owner TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    code TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX effects_next ON effects (urgency, seq);
-- A lane's head comes first: what is being sent, else the most urgent, else the oldest.
CREATE INDEX effects_lane ON effects (lane, state DESC, urgency, seq);

-- The ids of all effects ever owed, so that the same cause owes nothing twice. Nothing of what they said.
CREATE TABLE owed (
    id TEXT NOT NULL PRIMARY KEY,
    owed_at BIGINT NOT NULL
);
CREATE INDEX owed_owed_at ON owed (owed_at);

-- Effects that were given up, until moderators are told.
CREATE TABLE dead (
    id TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    lane TEXT NOT NULL,
    urgency BIGINT NOT NULL,
    target TEXT NOT NULL,
    act TEXT NOT NULL,
    code TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    died_at BIGINT NOT NULL
);

-- People who asked for alerts; their addresses are sealed with the key outside the database.
CREATE TABLE subscribers (
    hash TEXT NOT NULL,
    area TEXT NOT NULL,
    platform TEXT NOT NULL,
    sealed TEXT NOT NULL,
    language TEXT NOT NULL,
    since BIGINT NOT NULL,
    alive_at BIGINT NOT NULL,
    PRIMARY KEY (hash, area)
);
CREATE INDEX subscribers_area ON subscribers (area);

-- People who said STOP: a keyed hash and nothing else.
CREATE TABLE stops (
    hash TEXT NOT NULL PRIMARY KEY
);

-- Rooms the bot has introduced itself to.
CREATE TABLE introductions (
    room TEXT NOT NULL PRIMARY KEY,
    introduced_at BIGINT NOT NULL
);

-- What is left of incidents in the end: numbers.
CREATE TABLE counts (
    day BIGINT NOT NULL,
    area TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    incidents BIGINT NOT NULL,
    PRIMARY KEY (day, area, kind, status)
);
