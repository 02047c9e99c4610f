-- Who is trusted with what beside the settings. People stand here as a keyed hash that stays.

-- Roles that two moderators gave, with their term. Whoever holds one agreed to be known: the address is sealed.
CREATE TABLE roles (
    hash TEXT NOT NULL,
    role TEXT NOT NULL,
    areas TEXT NOT NULL,
    platform TEXT NOT NULL,
    sealed TEXT NOT NULL,
    until_at BIGINT NOT NULL,
    PRIMARY KEY (hash, role, areas)
);
CREATE INDEX roles_until_at ON roles (until_at);

-- Whose role rests until another moderator vouches for them.
CREATE TABLE resting (
    hash TEXT NOT NULL PRIMARY KEY,
    since_at BIGINT NOT NULL
);

-- Who is not listened to. No address, only what recognises them when they write.
CREATE TABLE bans (
    hash TEXT NOT NULL PRIMARY KEY,
    reach TEXT NOT NULL,
    areas TEXT NOT NULL,
    until_at BIGINT NOT NULL,
    since_at BIGINT NOT NULL,
    mutes BIGINT NOT NULL,
    forget_at BIGINT NOT NULL
);
CREATE INDEX bans_forget_at ON bans (forget_at);
