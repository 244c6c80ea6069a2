-- Cases: complaints and everything that follows. What happened is the log (case_event); case_file and case_clock are folded from it in the same transaction and
-- made anew by `rebound rebuild`. Words of people lie apart (case_text, case_person, case_attachment), so that erasing somebody changes no state.
--
-- customer_id is the customer the case came in for, or 0; it is never updated, also when another customer is found to be the one (whom_id).

-- Shared, small (reference tables on Citus) -------------------------------------------------------------------------------------

-- Numbers that customers read out on the phone: drawn, not counted, so that nobody learns how many complaints there are and no two writers meet.
create table case_number (
    number bigint not null primary key,
    case_id bigint not null,
    holder_id bigint not null        -- customer_id of the case's rows
);

-- Versions of the standards. `document`: JSON, src/rule/standard.h. A draft has version 0 and no date.
create table standard_version (
    version bigint not null primary key,
    document text not null,
    note text not null,              -- what changed, for those who read it
    from_us bigint not null,         -- in force from, until the next one's; 0 for the draft
    published_us bigint not null,    -- 0 for the draft
    published_by text not null,
    changed_us bigint not null
);

-- Versions of the business calendars. `document`: JSON, src/rule/work_calendar.h.
create table work_calendar (
    code text not null,
    version bigint not null,
    title text not null,
    document text not null,
    note text not null,              -- why: a holiday announced late
    published_us bigint not null,
    published_by text not null,
    primary key (code, version)
);

-- Root causes, a tree whose first level is fixed: employee_could_not, employee_did_not_care, product, delivery, price, billing, other.
create table cause (
    code text not null primary key,
    parent text not null,            -- '' on the first level
    title text not null,             -- JSON: by language
    position bigint not null,
    retired_us bigint                -- since when it is offered no more; what was closed with it keeps it
);

-- What belongs to a case -------------------------------------------------------------------------------------------------------

create table case_event (
    customer_id bigint not null,
    case_id bigint not null,
    seq bigint not null,             -- 1, 2, 3, ...
    kind text not null,              -- src/rule/case_event.h
    at_us bigint not null,           -- when it happened
    recorded_us bigint not null,     -- when it was written down
    who text not null,               -- user:12, key:till, terminal:maria, local, customer, mail, rule; never a name
    word text not null,
    user_id bigint not null,
    other_id bigint not null,
    until_us bigint not null,
    data text,                       -- JSON without words of a person, or null
    batch_id bigint not null,        -- 0, or the import that told it
    primary key (customer_id, case_id, seq)
) without rowid;                     -- @sqlite
);                                   -- @pg
create index case_event_by_batch on case_event (batch_id) where batch_id <> 0;

-- What was said and written at an event. `part`: subject, body, sought, reason, rule, why.
create table case_text (
    customer_id bigint not null,
    case_id bigint not null,
    seq bigint not null,
    part text not null,
    body text not null,
    primary key (customer_id, case_id, seq, part)
) without rowid;                     -- @sqlite
);                                   -- @pg

-- Who complains, as they told it themselves: also where they are no customer. Gone when they are erased.
create table case_person (
    customer_id bigint not null,
    case_id bigint not null,
    name text not null,
    email text not null,             -- folded as identities are; ''
    phone text not null,             -- E.164; as written where it cannot be read; ''
    order_ref text not null,         -- as they wrote it
    text_hash bigint not null,       -- of the folded first words, to suggest doubles; 0: erased
    primary key (customer_id, case_id)
) without rowid;                     -- @sqlite
);                                   -- @pg
create index case_person_by_text on case_person (text_hash, case_id);
create index case_person_by_email on case_person (email, case_id) where email <> '';
create index case_person_by_order on case_person (order_ref, case_id) where order_ref <> '';

-- Files. Their bytes lie in pieces, so that one database is one file and a back-up holds them.
create table case_attachment (
    customer_id bigint not null,
    case_id bigint not null,
    attachment_id bigint not null,
    name text not null,
    media_type text not null,        -- as recognised from its first bytes, not as told
    byte_count bigint not null,
    sha256 text not null,            -- hex: the same proof twice
    created_us bigint not null,
    primary key (customer_id, case_id, attachment_id)
) without rowid;                     -- @sqlite
);                                   -- @pg
create index case_attachment_by_hash on case_attachment (sha256);
create table case_attachment_piece (
    customer_id bigint not null,
    case_id bigint not null,
    attachment_id bigint not null,
    piece_no bigint not null,
    base64 text not null,            -- of at most 196,608 bytes
    primary key (customer_id, case_id, attachment_id, piece_no)
) without rowid;                     -- @sqlite
);                                   -- @pg

-- Derived ----------------------------------------------------------------------------------------------------------------------

create table case_file (
    customer_id bigint not null,
    case_id bigint not null,
    number bigint not null,
    whom_id bigint not null,         -- the customer it is from, as it was identified (follow head_id); 0: not known
    anonymous bigint not null,       -- 1: does not want to be known
    state text not null,             -- received, acknowledged, assessed, investigating, waiting, decided, communicated, closed, referred, merged
    channel text not null,
    kind text not null,              -- code of the standards' kind
    language text not null,
    severity text not null,          -- low, normal, high, critical; '' before it is assessed
    safety bigint not null,
    assignee_id bigint not null,     -- 0: nobody
    escalated_id bigint not null,    -- 0: not escalated, or answered since
    waiting_for text not null,       -- ''
    waiting_until_us bigint not null,
    outcome text not null,           -- '' before the first decision; the newest one
    first_outcome text not null,     -- that of the first decision: statistics keep it
    cause text not null,             -- stated at the last closing
    standard_version bigint not null,
    facts_us bigint not null,        -- when the facts happened
    opened_us bigint not null,       -- earliest receipt, also of what was merged in
    acknowledged_us bigint not null, -- 0: not yet
    first_answer_us bigint not null, -- 0: none yet
    first_decided_us bigint not null,
    decided_us bigint not null,
    communicated_us bigint not null, -- of the newest decision; 0: not yet
    closed_us bigint not null,       -- 0 while open
    reopened_count bigint not null,
    merged_case_id bigint not null,  -- directly into; 0
    rated text not null,             -- yes, not_yet, ''
    restricted_until_us bigint not null,
    due_us bigint not null,          -- of the clock that ends first among those running; 0: none
    due_clock text not null,
    unanswered bigint not null,      -- 1: the customer spoke last
    last_seq bigint not null,
    last_us bigint not null,
    primary key (customer_id, case_id)
) without rowid;                     -- @sqlite
);                                   -- @pg
create index case_file_by_due on case_file (due_us, case_id) where due_us <> 0;
create index case_file_by_opened on case_file (opened_us, case_id);
create index case_file_by_whom on case_file (whom_id, case_id);
create index case_file_by_merged on case_file (merged_case_id) where merged_case_id <> 0;
create index case_file_by_state on case_file (state, case_id);
create index case_file_by_assignee on case_file (assignee_id, case_id) where closed_us = 0;

create table case_clock (
    customer_id bigint not null,
    case_id bigint not null,
    clock_no bigint not null,
    kind text not null,
    round bigint not null,
    state text not null,             -- running, paused, met, stopped
    started_us bigint not null,
    due_us bigint not null,
    warn_us bigint not null,
    paused_since_us bigint not null,
    ended_us bigint not null,
    calendar text not null,          -- code and version by which due_us was reckoned
    calendar_version bigint not null,
    unit text not null,              -- the target then: working_minutes, working_days, minutes, calendar_days
    amount bigint not null,
    primary key (customer_id, case_id, clock_no)
) without rowid;                     -- @sqlite
);                                   -- @pg
create index case_clock_by_due on case_clock (due_us, case_id) where state = 'running';
create index case_clock_by_warn on case_clock (warn_us, case_id) where state = 'running';
create index case_clock_by_calendar on case_clock (calendar, case_id) where ended_us = 0;
