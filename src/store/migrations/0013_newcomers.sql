-- Who was welcomed: an id made of their address and the areas of the room, under the key, and nothing else. Forgotten after a month.
CREATE TABLE welcomed (
    id TEXT NOT NULL PRIMARY KEY,
    welcomed_at BIGINT NOT NULL
);
CREATE INDEX welcomed_at ON welcomed (welcomed_at);

-- Who asks to be let into a room where two must vouch for them: a sealed address, which is deleted when it is decided. By who (made of
-- room and address, under the key) it is known for a day that it was decided of them.
CREATE TABLE askers (
    id TEXT NOT NULL PRIMARY KEY,
    who TEXT NOT NULL,
    handle TEXT NOT NULL,
    room TEXT NOT NULL,
    asks TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX askers_open ON askers (handle) WHERE closed_at IS NULL;
CREATE INDEX askers_who ON askers (who);
CREATE INDEX askers_expires_at ON askers (expires_at);

-- Who has vouched for them: the keyed hash that stays, since they have a role. Deleted when it is decided.
CREATE TABLE vouches (
    asker TEXT NOT NULL,
    hash TEXT NOT NULL,
    vouched_at BIGINT NOT NULL,
    PRIMARY KEY (asker, hash)
);
CREATE INDEX vouches_vouched_at ON vouches (vouched_at);
