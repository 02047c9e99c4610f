-- What moderators do, and what waits for a second of them.

-- What the bot said may be about other things than incidents.
ALTER TABLE posts RENAME COLUMN incident TO about;

-- Moderators' acts: who by the name they are called by, what, when. Never anybody's words.
CREATE TABLE acts (
    id TEXT NOT NULL PRIMARY KEY,
    who TEXT NOT NULL,
    deed TEXT NOT NULL,
    done_at BIGINT NOT NULL
);
CREATE INDEX acts_done_at ON acts (done_at);

-- Proposals: what they are for is deleted when they are carried out or dropped.
CREATE TABLE proposals (
    id TEXT NOT NULL PRIMARY KEY,
    handle TEXT NOT NULL,
    proposer TEXT NOT NULL,
    who TEXT NOT NULL,
    proposal TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX proposals_open ON proposals (handle) WHERE closed_at IS NULL;
CREATE INDEX proposals_proposed_at ON proposals (proposed_at);
