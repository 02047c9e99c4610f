-- Posters of doors: a random code each. Counted only in total: never when, never by whom.
CREATE TABLE posters (
    code TEXT NOT NULL PRIMARY KEY,
    area TEXT NOT NULL,
    language TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    revoked_at BIGINT,
    opened BIGINT NOT NULL
);
CREATE INDEX posters_area ON posters (area);
CREATE INDEX posters_revoked_at ON posters (revoked_at);
