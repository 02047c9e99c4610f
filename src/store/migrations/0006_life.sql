-- The life of incidents: what can be taken back, who goes and looks.

-- Steps that can be taken back for a while: of which incident, by whom (a keyed hash; nobody for neighbors), what it takes.
-- Those that were taken back are counted, so that what is confirmed once more is alerted once more.
CREATE TABLE steps (
    id TEXT NOT NULL PRIMARY KEY,
    nth BIGINT NOT NULL,
    incident TEXT NOT NULL,
    actor TEXT NOT NULL,
    became TEXT NOT NULL,
    step TEXT NOT NULL,
    done_at BIGINT NOT NULL,
    undone BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX steps_incident ON steps (incident);
CREATE INDEX steps_done_at ON steps (done_at);

-- Who heard the alert of an incident only because another was merged into it: the other.
ALTER TABLE heard ADD COLUMN through TEXT NOT NULL DEFAULT '';

-- How many go and look; nobody is told who.
ALTER TABLE incidents ADD COLUMN going BIGINT NOT NULL DEFAULT 0;

-- Incidents for which people are asked to go and look: how many were asked, when the next are.
CREATE TABLE calls (
    incident TEXT NOT NULL PRIMARY KEY,
    so_far BIGINT NOT NULL,
    next_at BIGINT NOT NULL
);
CREATE INDEX calls_next_at ON calls (next_at);

-- Who goes, so that nobody counts twice: under the key of the day, until the incident is closed.
CREATE TABLE goers (
    incident TEXT NOT NULL,
    person TEXT NOT NULL,
    noted_at BIGINT NOT NULL,
    PRIMARY KEY (incident, person)
);
CREATE INDEX goers_noted_at ON goers (noted_at);
