-- Rooms that may fill up, and their siblings: those of the settings, and those that were made or adopted since. Nobody's name or
-- address stands here, only how many there are.
CREATE TABLE rooms (
    name TEXT NOT NULL PRIMARY KEY,
    siblings TEXT NOT NULL,
    nth BIGINT NOT NULL,
    room TEXT,
    link TEXT,
    failure TEXT,
    state TEXT NOT NULL,
    UNIQUE (siblings, nth)
);
