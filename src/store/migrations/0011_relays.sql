-- What moderators decided that the rooms of an area hear of each other; where nothing stands here, the settings say it.
CREATE TABLE relays (
    area TEXT NOT NULL PRIMARY KEY,
    relay TEXT NOT NULL
);
-- Which message was passed on, and under which name: so that answers, changes and deletions find it. Never its words, never its
-- writer but for the hash of the day.
CREATE TABLE relayed (
    id TEXT NOT NULL PRIMARY KEY,
    room TEXT NOT NULL,
    message TEXT NOT NULL,
    sender TEXT NOT NULL,
    said_at BIGINT NOT NULL
);
CREATE INDEX relayed_said_at ON relayed (said_at);
