-- Who was seen to have a role by a room or a group: by the keyed hash that stays, and nothing else. Forgotten after a month.
CREATE TABLE seats (
    hash TEXT NOT NULL PRIMARY KEY,
    role TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX seats_seen_at ON seats (seen_at);

-- Which areas an act was about; none: the whole city.
ALTER TABLE acts ADD COLUMN areas TEXT NOT NULL DEFAULT '[]';
