-- Surveys of one question: whom they were given, and what was answered. One row an invitation, however often its link is used: the newest
-- answer counts. customer_id is that of the case's rows where it is about a case (0: not known then), else the customer's; whom_id is who
-- was asked (follow head_id), 0 where nobody knows.
create table survey (
    customer_id bigint not null,
    invitation_id bigint not null,
    whom_id bigint not null,
    kind text not null,              -- csat, nps, ces
    case_id bigint not null,         -- 0: about no case
    case_number bigint not null,
    channel text not null,           -- email, link
    language text not null,
    asked_us bigint not null,
    asked_by text not null,          -- user:12, key:till, terminal:maria, local, rule
    score bigint not null,           -- -1: not answered
    comment text,                    -- their words; null when there are none, or when they were erased
    answered_us bigint not null,     -- first; 0: not answered
    changed_us bigint not null,      -- the newest answer
    primary key (customer_id, invitation_id)
) without rowid;                     -- @sqlite
);                                   -- @pg
create index survey_by_asked on survey (asked_us, kind);
create index survey_by_whom on survey (whom_id, asked_us);
create index survey_by_case on survey (customer_id, case_id) where case_id <> 0;

-- Where an invitation lies, for its link alone (a small table of reference on Citus).
create table survey_link (
    invitation_id bigint not null primary key,
    holder_id bigint not null        -- customer_id of its row
);
