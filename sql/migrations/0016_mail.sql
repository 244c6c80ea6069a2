-- Mail: what waits to go out and how far it came, what came in and what became of it. Queues of the whole business, like jobs; whom a row is about stands in
-- holder_id (the customer_id of the case's rows).

-- queued: waits for next_us. sending: all of it was handed to the server, whose answer is not written down yet. sent: the server took it. failed: the server refused
-- it for good, or it came back. unsure: it was handed over and no answer came; it goes out again only by a person's word. given_up: the server could not
-- be reached for too long, or it was withdrawn.
create table outbox (
    outbox_id bigint not null primary key,
    idem text not null,              -- the same mail is queued once
    holder_id bigint not null,       -- 0: no customer
    case_id bigint not null,         -- 0: no case
    case_number bigint not null,
    kind text not null,              -- ack, letter, message, survey, staff
    language text not null,
    recipient text not null,         -- one address; '': erased
    subject text not null,
    body text not null,
    message_id text not null,        -- without <>; the same at each attempt
    state text not null,
    tries bigint not null,           -- connections that were made for it
    next_us bigint not null,         -- when it is due; 0 where nothing is
    problem text not null,           -- what the server said last, or what went wrong; ''
    created_us bigint not null,
    changed_us bigint not null,
    sent_us bigint not null,         -- 0
    changed_by text not null         -- who retried, withdrew or settled it; ''
);
create unique index outbox_idem on outbox (idem);
create index outbox_due on outbox (next_us, outbox_id) where state = 'queued';
create index outbox_by_message on outbox (message_id);
create index outbox_by_case on outbox (case_id, outbox_id) where case_id <> 0;
create index outbox_by_state on outbox (state, outbox_id);

-- A file that goes with a mail, in pieces.
create table outbox_file (
    outbox_id bigint not null,
    piece_no bigint not null,
    name text not null,
    base64 text not null,            -- of at most 196,608 bytes
    primary key (outbox_id, piece_no)
);

-- How far a folder was read. UIDs only grow within one uidvalidity (RFC 3501, 2.3.1.1).
create table mail_folder (
    folder text not null primary key, -- server, user and folder
    uidvalidity bigint not null,
    last_uid bigint not null,        -- all up to here were seen
    since_us bigint not null,        -- mails that came before are left alone
    polled_us bigint not null,       -- last time that the folder was read to its end
    tried_us bigint not null,
    problem text not null            -- why the last attempt did not end well; ''
);

-- A mail that came in, by a digest of what does not change on its way.
create table mail_in (
    mail_id bigint not null primary key,
    digest text not null,
    message_id text not null,        -- without <>; ''
    sender_hash bigint not null,     -- of the folded address
    sender text not null,            -- kept where nothing became of the mail, for a person to look; else ''
    subject text not null,           -- likewise
    became text not null,            -- case, message, auto, list, bounce, own, spam, unreadable
    holder_id bigint not null,
    case_id bigint not null,         -- 0: none
    case_number bigint not null,
    uid bigint not null,
    problem text not null,           -- what was left out, or could not be read; ''
    sent_us bigint not null,         -- as it says itself; 0
    received_us bigint not null
);
create unique index mail_in_digest on mail_in (digest);
create index mail_in_by_message on mail_in (message_id) where message_id <> '';
create index mail_in_by_sender on mail_in (sender_hash, received_us);
create index mail_in_by_received on mail_in (received_us, mail_id);
create index mail_in_by_case on mail_in (case_id) where case_id <> 0;
