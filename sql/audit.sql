-- The audit log: entries wait in audit_pending and are linked into the chain, many at a time, by whoever holds the lock.

-- name: audit_pending_put @sqlite
insert into audit_pending (entry_id, at_us, who, role, kind, did, about, subjects, detail) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
-- name: audit_pending_put @pg
insert into audit_pending (entry_id, at_us, who, role, kind, did, about, subjects, detail)
select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])

-- Taken before the transaction looks at anything: who waits here then sees what the one before has linked.
-- name: audit_lock @pg
lock table audit_head in exclusive mode

-- name: audit_head_get
select first_seq, first_hash, last_seq, last_hash from audit_head where name = 'chain'

-- name: audit_head_start
insert into audit_head (name, first_seq, first_hash, last_seq, last_hash) values ('chain', 1, $1, 0, $1)

-- name: audit_head_move
update audit_head set last_seq = $1, last_hash = $2 where name = 'chain'

-- name: audit_pending_read
select entry_id, at_us, who, role, kind, did, about, subjects, detail from audit_pending order by entry_id limit $1

-- name: audit_pending_done
delete from audit_pending where entry_id <= $1

-- name: audit_pending_any
select 1 from audit_pending limit 1

-- name: audit_insert @sqlite
insert into audit (seq, at_us, who, role, kind, did, about, subjects, detail, prev_hash, hash)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
-- name: audit_insert @pg
insert into audit (seq, at_us, who, role, kind, did, about, subjects, detail, prev_hash, hash)
select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                     $10::text[], $11::text[])

-- name: audit_walk
select seq, at_us, who, role, kind, did, about, subjects, detail, prev_hash, hash from audit order by seq

-- name: audit_one
select seq, at_us, who, role, kind, did, about, subjects, detail, prev_hash, hash from audit where seq = $1

-- Newest first. '' is any; $5: a subject with a space before and after it; $6 and $7: instants from and to.
-- name: audit_list @sqlite
select seq, at_us, who, role, kind, did, about, subjects, detail, prev_hash, hash from audit
where ($1 = '' or who = $1) and ($2 = '' or kind = $2) and ($3 = '' or did = $3) and ($4 = '' or about = $4)
    and ($5 = '' or instr(subjects, $5) > 0) and at_us >= $6 and at_us < $7 and seq < $8
order by seq desc limit $9
-- name: audit_list @pg
select seq, at_us, who, role, kind, did, about, subjects, detail, prev_hash, hash from audit
where ($1 = '' or who = $1) and ($2 = '' or kind = $2) and ($3 = '' or did = $3) and ($4 = '' or about = $4)
    and ($5 = '' or strpos(subjects, $5) > 0) and at_us >= $6 and at_us < $7 and seq < $8
order by seq desc limit $9

-- The first record to keep when all before an instant goes: the oldest of those that are not older.
-- name: audit_first_kept
select min(seq) from audit where at_us >= $1

-- name: audit_cut
delete from audit where seq < (select first_seq from audit_head where name = 'chain')

-- name: audit_head_cut
update audit_head set first_seq = $1, first_hash = $2 where name = 'chain'
