-- The audit log: who saw and changed what. Each record carries the hash of the one before it (docs/adr/0015). Nothing here is personal but
-- ids: what is erased of a customer stands nowhere in it.

-- The chain. `seq` has no gaps; records are linked by whoever holds the lock of audit_head.
create table audit (
    seq bigint not null primary key,
    at_us bigint not null,
    who text not null,               -- user:12, key:till, terminal:maria, local, job:retention
    role text not null,              -- owner, manager, agent, analyst, or ''
    kind text not null,              -- saw, changed, denied, signed
    did text not null,               -- the address of the API (customer_get) or the command (customer erase)
    about text not null,             -- customer, user, setting, key, import, job, ... or ''
    subjects text not null,          -- ids or names, each with a space before and after it; '' for none
    detail text not null,            -- JSON without personal data, or ''
    prev_hash text not null,
    hash text not null               -- SHA-256 of all the above, in hex
);

-- What happened and is not linked yet: written in the transaction of the change itself, so that neither is ever without the other.
create table audit_pending (
    entry_id bigint not null primary key,
    at_us bigint not null,
    who text not null,
    role text not null,
    kind text not null,
    did text not null,
    about text not null,
    subjects text not null,
    detail text not null
);

-- Where the chain begins and ends: one row. Records before first_seq may be removed (retention); the first one kept follows on first_hash.
create table audit_head (
    name text not null primary key,
    first_seq bigint not null,
    first_hash text not null,
    last_seq bigint not null,
    last_hash text not null
);

-- Guards against accidents and hasty hands, not against who may drop them: those are found by `rebound audit verify`. On PostgreSQL a restore
-- opens the door for its own transaction.
create trigger audit_keep_update before update on audit begin select raise(abort, 'the audit log is append-only'); end; -- @sqlite
create trigger audit_keep_delete before delete on audit when old.seq >= (select coalesce(max(first_seq), 0) from audit_head) begin select raise(abort, 'the audit log is append-only'); end; -- @sqlite
create trigger audit_keep_head before update on audit_head when new.first_seq < old.first_seq or new.last_seq < old.last_seq begin select raise(abort, 'the audit log only grows'); end; -- @sqlite
create trigger audit_keep_head_row before delete on audit_head begin select raise(abort, 'the audit log is append-only'); end; -- @sqlite
create function audit_keep() returns trigger language plpgsql as $$ begin -- @pg
    if current_setting('rebound.restoring', true) = 'on' then -- @pg
        if tg_op = 'DELETE' then return old; end if; -- @pg
        return new; -- @pg
    end if; -- @pg
    if tg_table_name = 'audit' and tg_op = 'DELETE' then -- @pg
        if old.seq < (select coalesce(max(first_seq), 0) from audit_head) then return old; end if; -- @pg
    elsif tg_table_name = 'audit_head' and tg_op = 'UPDATE' then -- @pg
        if new.first_seq >= old.first_seq and new.last_seq >= old.last_seq then return new; end if; -- @pg
    end if; -- @pg
    raise exception 'the audit log is append-only' using errcode = '23514'; -- @pg
end $$; -- @pg
create trigger audit_keep_rows before update or delete on audit for each row execute function audit_keep(); -- @pg
create trigger audit_keep_all before truncate on audit for each statement execute function audit_keep(); -- @pg
create trigger audit_keep_head before update or delete on audit_head for each row execute function audit_keep(); -- @pg
create trigger audit_keep_head_all before truncate on audit_head for each statement execute function audit_keep(); -- @pg
