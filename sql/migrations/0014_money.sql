-- Promises: what was told to customers and whether it was kept. What happened is the log (table event: promise, delivery, promise_kept,
-- promise_released, promise_moved); `promise` is folded from it in the same transaction and made anew by `rebound rebuild`. Broken is what is
-- open after its due time: time alone makes it so, and no row changes.
--
-- customer_id is the customer it was promised to, as the event has it (follow head_id); 0: somebody in a case whom nobody knows.

create table promise (
    customer_id bigint not null,
    promise_id bigint not null,      -- the event it was made by
    kind text not null,              -- delivery, call_back, answer, refund, repair, price, other
    origin text not null,            -- order, case, hand
    state text not null,             -- open, kept, late (kept after its time), released
    made_us bigint not null,
    due_us bigint not null,          -- the last instant at which it is in time
    ended_us bigint not null,        -- 0 while open
    order_id bigint not null,        -- event of the order; 0
    case_number bigint not null,     -- 0
    owner_id bigint not null,        -- the person who keeps it; 0: nobody yet
    product text not null,
    branch text not null,
    employee text not null,
    channel text not null,
    primary key (customer_id, promise_id)
) without rowid;                     -- @sqlite
);                                   -- @pg
create index promise_by_id on promise (promise_id);
create index promise_by_due on promise (due_us, promise_id);
create index promise_open on promise (due_us, promise_id) where state = 'open';
create index promise_late on promise (ended_us, promise_id) where state = 'late';
create index promise_by_case on promise (case_number) where case_number <> 0;

-- What its owner was reminded of: once for each due time.
create table promise_reminder (
    customer_id bigint not null,
    promise_id bigint not null,
    due_us bigint not null,
    told_us bigint not null,
    primary key (customer_id, promise_id, due_us)
) without rowid;                     -- @sqlite
);                                   -- @pg
