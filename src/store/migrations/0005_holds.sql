-- What is held for moderators: the fields of a report and why, never its words. `incident` is what it is news of; `flood` names the
-- flood it is part of, whose reports share one row.
CREATE TABLE holds (
    id TEXT NOT NULL PRIMARY KEY,
    handle TEXT NOT NULL,
    reason TEXT NOT NULL,
    flood TEXT NOT NULL,
    platform TEXT NOT NULL,
    room TEXT,
    message TEXT NOT NULL,
    sender TEXT NOT NULL,
    author TEXT NOT NULL,
    body TEXT NOT NULL,
    incident TEXT,
    areas TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    reports BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    held_at BIGINT NOT NULL
);
CREATE INDEX holds_handle ON holds (handle);
CREATE INDEX holds_message ON holds (message);
CREATE INDEX holds_flood ON holds (flood);
CREATE INDEX holds_held_at ON holds (held_at);
