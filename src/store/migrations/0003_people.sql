-- What subscribers choose, and with which kind of word they joined: never their words.
ALTER TABLE subscribers ADD COLUMN wanted TEXT NOT NULL DEFAULT 'confirmed';
ALTER TABLE subscribers ADD COLUMN paused_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE subscribers ADD COLUMN joined_with TEXT NOT NULL DEFAULT 'name';

-- The language of people who write and have not subscribed, under the key of the day.
CREATE TABLE talks (
    person TEXT NOT NULL PRIMARY KEY,
    language TEXT NOT NULL,
    noted_at BIGINT NOT NULL
);

-- When an incident was first confirmed, for the digest of the day.
ALTER TABLE incidents ADD COLUMN confirmed_at BIGINT;
