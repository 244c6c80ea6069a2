-- Letters: what a business writes to a customer about a decision. A draft is edited by a person before it goes out; what went out is never changed. Words of
-- people, so erasing a customer empties them.
create table letter (
    customer_id bigint not null,     -- of the case's rows
    case_id bigint not null,
    letter_id bigint not null,
    state text not null,             -- draft, sent (by mail), printed
    outcome text not null,           -- of the decision it tells
    decided_seq bigint not null,     -- that decision's event
    language text not null,
    recipient text not null,         -- name, and address lines below it
    subject text not null,
    body text not null,              -- paragraphs parted by an empty line; "- " begins a line of a list
    created_us bigint not null,
    created_by text not null,
    changed_us bigint not null,      -- revision of the draft
    changed_by text not null,
    told_us bigint not null,         -- when it went out; 0
    outbox_id bigint not null,       -- 0: not by mail
    primary key (customer_id, case_id, letter_id)
) without rowid;                     -- @sqlite
);                                   -- @pg
