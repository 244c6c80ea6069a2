-- What cases remember beside their log.

-- Keys by which a sender tells that it is the same complaint or message again: the answer is then the same, too.
create table case_key (
    key text not null primary key,   -- open:..., message:NUMBER:...
    number bigint not null,
    seq bigint not null,
    created_us bigint not null
);

-- Of which clocks it was warned, and which were escalated: each once.
create table case_warned (
    customer_id bigint not null,
    case_id bigint not null,
    kind text not null,              -- of the clock
    round bigint not null,
    what text not null,              -- soon, late
    at_us bigint not null,
    primary key (customer_id, case_id, kind, round, what)
) without rowid;                     -- @sqlite
);                                   -- @pg
