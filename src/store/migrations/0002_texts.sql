-- Text messages: what a provider took, how far it got and what it cost; and sends of which nobody knows the end.

-- When the try that is under way began, and since when there is one whose end is unknown: it may have been sent.
ALTER TABLE effects ADD COLUMN tried_at BIGINT;
ALTER TABLE effects ADD COLUMN doubt_since BIGINT;
-- Of which incident it is an alert; empty for everything else.
ALTER TABLE effects ADD COLUMN alerts TEXT NOT NULL DEFAULT '';
CREATE INDEX effects_alerts ON effects (alerts);

-- The next to be sent on each platform: twenty thousand texts must not stand before a room's alert.
DROP INDEX effects_next;
CREATE INDEX effects_next ON effects (platform, urgency, seq);

-- Counting the reports of an incident, also in a flood of them.
CREATE INDEX reports_counted ON reports (incident, withdrawn);

-- Messages that a provider took: numbers only, never their words. `again` is what it takes to send an alert once more while
-- that is worth it; empty otherwise.
CREATE TABLE texts (
    platform TEXT NOT NULL,
    message TEXT NOT NULL,
    effect TEXT NOT NULL,
    lane TEXT NOT NULL,
    stage TEXT NOT NULL,
    code BIGINT NOT NULL,
    segments BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    again TEXT NOT NULL,
    again_until BIGINT NOT NULL,
    PRIMARY KEY (platform, message)
);
CREATE INDEX texts_effect ON texts (effect);
CREATE INDEX texts_lane ON texts (lane, sent_at);
CREATE INDEX texts_sent_at ON texts (sent_at);

-- What was spent on each day of the city, in segments.
CREATE TABLE spending (
    day BIGINT NOT NULL,
    platform TEXT NOT NULL,
    segments BIGINT NOT NULL,
    PRIMARY KEY (day, platform)
);
