-- Gestures: what is given to make a complaint good. Rows lie beside the case's. None holds words of a person: reasons are texts of the case's events.

-- Whether extras are offered in a case, drawn before anybody sees a suggestion. What is due by right is not drawn.
create table gesture_draw (
    customer_id bigint not null,
    case_id bigint not null,
    head_id bigint not null,         -- whom it was drawn for: the customer known then, or 0 (then for the case alone)
    share double precision not null, -- of those who are held out, 0..1
    drawn double precision not null, -- uniform in 0..1: held out when it lies below
    held_out bigint not null,
    drawn_us bigint not null,
    primary key (customer_id, case_id)
) without rowid;                     -- @sqlite
);                                   -- @pg

create table gesture (
    customer_id bigint not null,
    case_id bigint not null,
    gesture_id bigint not null,
    number bigint not null,          -- the case's
    remedy text not null,            -- code in the standards
    kind text not null,              -- refund, replacement, repair, voucher, upgrade, gift, call, apology
    basis text not null,             -- due, extra
    state text not null,             -- asked, given, refused, withdrawn
    standard_version bigint not null,
    currency text not null,
    value_minor bigint not null,     -- what the customer gets
    right_minor bigint not null,     -- what of it is theirs by right
    cost_now_minor bigint not null,  -- spent when it is given
    cost_used_minor bigint not null, -- spent when it is used
    turns bigint not null,           -- chance that it turns the customer, in millionths, as it was reckoned
    weighed text not null,           -- JSON: what the guard saw and said, as it was shown
    invest_until_us bigint not null, -- an investment: earned back by then; 0
    held_out bigint not null,        -- 1: given although the case was held out
    asked_us bigint not null,
    asked_by text not null,          -- who, as in case_event
    asker_id bigint not null,        -- person; 0
    approver_id bigint not null,     -- who is asked; 0: whoever may
    approver_role text not null,     -- ''
    due_us bigint not null,          -- by when they answer; 0 where nobody is asked
    remind_us bigint not null,       -- when they are reminded; 0: they were
    passed_on bigint not null,       -- how often it went to somebody else since it was not answered in time
    ended_us bigint not null,        -- given, refused or withdrawn; 0
    ended_by text not null,
    valid_until_us bigint not null,  -- 0: does not expire
    used_us bigint not null,         -- a voucher that was redeemed; 0
    event_customer_id bigint not null, -- in whose history it stands; 0: in nobody's yet
    primary key (customer_id, case_id, gesture_id)
) without rowid;                     -- @sqlite
);                                   -- @pg
create index gesture_by_id on gesture (gesture_id);
create index gesture_by_asked on gesture (due_us, gesture_id) where state = 'asked';
create index gesture_by_ended on gesture (ended_us, gesture_id);

-- Vouchers, found by their code. The code itself is made of a key of this database and the voucher's id, and stored nowhere.
create table voucher (
    code_hash text not null primary key, -- SHA-256 in hex
    voucher_id bigint not null,      -- the gesture's id
    holder_id bigint not null,       -- customer_id of the case's rows
    case_id bigint not null,
    value_minor bigint not null,
    currency text not null,
    created_us bigint not null,
    expires_us bigint not null,      -- 0: does not
    redeemed_us bigint not null,     -- 0
    redeemed_by text not null,
    redeemed_key text not null,      -- what the till calls it: the same again is no second time
    cancelled_us bigint not null     -- 0
);
create index voucher_by_id on voucher (voucher_id);
create index voucher_by_created on voucher (created_us, voucher_id);

-- Earlier like cases, the latest first.
create index case_file_by_kind on case_file (kind, first_decided_us, case_id) where first_decided_us <> 0;
