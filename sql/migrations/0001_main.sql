-- The first schema. One text for both engines; a line that ends in `-- @sqlite` or `-- @pg` is for that engine alone.
-- Instants are bigint microseconds UTC, days are bigint days since 1970-01-01 in the business's time zone, money is bigint minor
-- units. Whatever belongs to a customer has customer_id first in its primary key, so that Citus can distribute by it.
-- No sequences, no triggers, no foreign key between tables that could lie on different machines.

-- Small shared tables (reference tables on Citus) -------------------------------------------------------------------------------

create table setting (
    key text not null primary key,
    value text not null,
    changed_us bigint not null
);

-- One row a file imported. `state`: running, done, interrupted, undone.
create table import_batch (
    batch_id bigint not null primary key,
    source text not null,            -- label of the system the file came from: shopify, till, ...
    file_name text not null,
    file_bytes bigint not null,
    file_hash text not null,         -- hex; tells the same file again
    format text not null,            -- profile that recognised it
    mapping text not null,           -- JSON: how each column was taken
    state text not null,
    resume_record bigint not null,   -- records wholly committed: an interrupted import goes on after them
    counts text not null,            -- JSON: rows, orders, customers, known, rejects by reason, ...
    started_us bigint not null,
    finished_us bigint
);

create table model_fit (
    fit_id bigint not null primary key,
    model text not null,             -- pnbd, bgnbd, mbgnbd
    as_of_day bigint not null,
    result text not null,            -- JSON: parameters, standard errors, likelihood, hold-out report, priors, verdict
    current bigint not null,         -- 1 for the fit that scores now
    created_us bigint not null
);

create table job (
    job_id bigint not null primary key,
    kind text not null,
    state text not null,             -- waiting, running, done, failed, cancelled
    params text not null,            -- JSON
    progress double precision not null,
    message text not null,
    result text,                     -- JSON
    error text,                      -- JSON
    place text not null,             -- '': any process may run it; else the machine and folder that hold its file
    owner text,                      -- which process runs it
    lease_until_us bigint,           -- after this it is taken up again
    attempts bigint not null,        -- how often it was taken up
    cancel_us bigint,                -- when somebody asked to stop it
    created_us bigint not null,
    started_us bigint,
    finished_us bigint
);
create index job_by_state on job (state, created_us);

-- What the live stream (/v1/events) tells, numbered so that it can be told again.
create table notice (
    notice_id bigint not null primary key,
    topic text not null,
    data text not null,              -- JSON
    recorded_us bigint not null
);

-- Numbers without gaps, in the order of commits (a row is locked until its transaction ends): the notices'.
create table counter (
    name text not null primary key,
    value bigint not null
);

-- Keys for programs. Only a hash is kept.
create table api_token (
    token_hash text not null primary key,
    name text not null,
    scopes text not null,            -- words parted by spaces
    created_us bigint not null,
    expires_us bigint not null,
    revoked_us bigint
);

-- What belongs to a customer: what was told to us (never changed, only undone with its batch) ---------------------------------------

create table customer (
    customer_id bigint not null,
    kind text not null,              -- person, organisation
    head_id bigint not null,         -- itself, or the customer who stands for it after all merging
    merged_into bigint not null default 0, -- the customer it was merged into directly by a person, or 0; head_id follows these to their end
    batch_id bigint not null,        -- 0: made by hand
    created_us bigint not null,
    primary key (customer_id)
) without rowid;                     -- @sqlite
);                                   -- @pg
create index customer_by_head on customer (head_id, customer_id);
create index customer_by_batch on customer (batch_id);
create index customer_merged on customer (merged_into) where merged_into <> 0;

-- By what a customer is found again. `kind`: email, phone, external, name. `source` is '' except for external ids.
create table identity (
    customer_id bigint not null,
    kind text not null,
    source text not null,
    value text not null,             -- folded e-mail, E.164 phone, external id, folded name
    shown text not null,             -- as it was written
    contact_id bigint not null,      -- 0, or the contact of an organisation it belongs to
    batch_id bigint not null,
    primary key (customer_id, kind, source, value)
) without rowid;                     -- @sqlite
);                                   -- @pg
create index identity_by_value on identity (value, kind, source);
create index identity_by_batch on identity (batch_id);

-- Facts about a customer, each with the batch that told it; the newest told one counts.
create table customer_fact (
    customer_id bigint not null,
    fact text not null,              -- name, language, country, city, company, note, tag, consent:<purpose>:<channel>, ...
    batch_id bigint not null,
    value text not null,
    observed_us bigint not null,
    primary key (customer_id, fact, batch_id)
) without rowid;                     -- @sqlite
);                                   -- @pg
create index customer_fact_by_batch on customer_fact (batch_id);

-- People inside an organisation.
create table contact (
    customer_id bigint not null,
    contact_id bigint not null,
    name text not null,
    name_fold text not null,
    role text not null,
    batch_id bigint not null,
    created_us bigint not null,
    primary key (customer_id, contact_id)
) without rowid;                     -- @sqlite
);                                   -- @pg
create index contact_by_batch on contact (batch_id);
create index contact_by_name on contact (name_fold, customer_id);

-- Two customers of whom a person has said that they are not the same, however alike they look. customer_id is the smaller one.
create table not_same (
    customer_id bigint not null,
    other_id bigint not null,
    who text not null,
    why text not null,
    recorded_us bigint not null,
    primary key (customer_id, other_id)
) without rowid;                     -- @sqlite
);                                   -- @pg

-- The log. `kind`: order, order_part, order_change, refund, cancellation, payment, ticket, contact, note, feedback, merge, unmerge,
-- shown, held_out, done, not_now, wrong, ... (api/events.def).
create table event (
    customer_id bigint not null,
    event_id bigint not null,
    kind text not null,
    source text not null,
    ext_id text not null,            -- the other system's id, or the event's own
    ref_id bigint not null,          -- event this one speaks of (the order of a refund), or 0
    occurred_us bigint not null,
    day bigint not null,             -- of occurred_us in the business's time zone
    amount_minor bigint not null,    -- order: what the customer paid; refund: what was given back, positive
    cost_minor bigint,               -- what it cost the business, where known
    currency text not null,
    content_hash bigint not null,    -- of what the file said, to tell "known" from "changed"
    data text,                       -- JSON: everything else, or null
    batch_id bigint not null,
    recorded_us bigint not null,
    primary key (customer_id, event_id)
) without rowid;                     -- @sqlite
);                                   -- @pg
create unique index event_by_ext on event (source, ext_id, kind, customer_id);
create index event_by_batch on event (batch_id);

create table event_line (
    customer_id bigint not null,
    event_id bigint not null,
    line_no bigint not null,
    sku text not null,
    name text not null,
    quantity_milli bigint not null,
    price_minor bigint not null,     -- of one piece
    amount_minor bigint not null,    -- of the line
    cost_minor bigint,               -- of the line, where known
    primary key (customer_id, event_id, line_no)
) without rowid;                     -- @sqlite
);                                   -- @pg

-- Derived from the above in the same transaction; `rebound rebuild` makes them anew, byte for byte. Keyed by head_id -----------------

-- Days on which a customer bought and kept it: orders neither cancelled nor wholly refunded, same-day orders together.
create table purchase_day (
    customer_id bigint not null,
    day bigint not null,
    order_count bigint not null,
    amount_minor bigint not null,    -- net of refunds of these orders, in the business's currency
    cost_minor bigint,               -- where known for every order of the day
    primary key (customer_id, day)
) without rowid;                     -- @sqlite
);                                   -- @pg

create table customer_summary (
    customer_id bigint not null,
    kind text not null,
    name text not null,
    name_fold text not null,
    email text not null,
    phone text not null,
    language text not null,
    country text not null,
    order_count bigint not null,
    purchase_day_count bigint not null,
    first_day bigint,
    last_day bigint,
    gross_minor bigint not null,     -- all orders in the business's currency
    refunded_minor bigint not null,
    net_minor bigint not null,
    last_spoken_us bigint,           -- last contact event by a person of the business
    last_event_us bigint,
    primary key (customer_id)
) without rowid;                     -- @sqlite
);                                   -- @pg
-- Lists are walked along these, page by page; the first one alone answers a search within names.
create index customer_summary_by_name on customer_summary (name_fold, customer_id);
create index customer_summary_by_net on customer_summary (net_minor, customer_id);
create index customer_summary_by_last on customer_summary (last_day, customer_id);

-- What the current fit says of each customer with at least one purchase.
create table score (
    customer_id bigint not null,
    fit_id bigint not null,
    repeat_count bigint not null,          -- x
    recency_days double precision not null, -- t_x
    observed_days double precision not null, -- T
    p_alive double precision not null,
    expected_year double precision not null,    -- expected purchases within the next 365 days
    spend_minor double precision not null,      -- expected spend a purchase
    margin_rate double precision not null,
    value_minor double precision not null,      -- expected margin of the next 365 days, discounted
    kept_minor double precision not null,       -- the same if the customer were surely still with us
    at_stake_minor double precision not null,   -- kept_minor - value_minor
    primary key (customer_id)
) without rowid;                     -- @sqlite
);                                   -- @pg
create index score_by_stake on score (at_stake_minor, customer_id);
