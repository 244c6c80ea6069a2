-- People who may enter, their sessions and one-time links. Small shared tables (reference tables on Citus). Nothing by which somebody could
-- enter stands here in plain: a password as argon2id, the secrets of cookies and links as SHA-256.

create table person (
    user_id bigint not null primary key,
    email text not null,             -- as they sign in: trimmed, in small letters
    name text not null,
    role text not null,              -- owner, manager, agent, analyst
    team text not null,              -- '': none
    password_hash text,              -- argon2id with its parameters; null: none yet
    password_us bigint,              -- when it was set
    language text not null,          -- '': the business's; so are the next three
    calendar text not null,
    digits text not null,
    theme text not null,
    entered_us bigint,               -- first sign-in; null: invited and not come yet
    disabled_us bigint,              -- since when they may not enter; null: they may
    created_us bigint not null,
    created_by bigint not null,      -- who invited them; 0: the terminal or the first link
    changed_us bigint not null
);
create unique index person_by_email on person (email);

-- `address` is cut to its network (IPv4 /24, IPv6 /48) before it is stored.
create table session (
    session_hash text not null primary key,
    session_id bigint not null,      -- by which it is named and ended
    user_id bigint not null,
    device text not null,            -- a few words: Firefox on Linux
    address text not null,
    method text not null,            -- password, link, oidc
    created_us bigint not null,
    seen_us bigint not null          -- to the minute
);
create index session_by_user on session (user_id, created_us);

-- `kind`: welcome (the first owner), invite, reset. Used or replaced links are deleted.
create table one_time_link (
    link_hash text not null primary key,
    kind text not null,
    user_id bigint not null,         -- whom it lets in; 0 for welcome
    created_us bigint not null,
    expires_us bigint not null,
    created_by bigint not null
);
create index one_time_link_by_user on one_time_link (user_id, kind);

-- From where a person has entered before: a cookie that stays when they sign out, and the network. Whoever guesses passwords from elsewhere
-- cannot keep these out.
create table known_place (
    user_id bigint not null,
    place text not null,             -- SHA-256 of the cookie, or of the network with the person's id
    seen_us bigint not null,
    primary key (user_id, place)
);

-- Attempts to sign in, counted by hashes of who tries; forgotten after a day.
create table sign_in_attempt (
    bucket text not null primary key,
    failures bigint not null,
    last_us bigint not null,
    wait_until_us bigint not null
);
