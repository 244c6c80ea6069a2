-- Mails that go out.

-- name: outbox_set_up
-- Is there a server to send by, and an address to send from?
select count(*) from setting where key in ('mail_from', 'mail_smtp') and value <> ''

-- name: outbox_acks_to
-- How many acknowledgements an address was sent since $2; $3: an id below all of that time's, so that only these rows are read.
select count(*) from outbox where outbox_id >= $3 and kind = 'ack' and recipient = $1 and created_us > $2

-- name: outbox_find
select outbox_id from outbox where idem = $1

-- name: outbox_insert
insert into outbox (outbox_id, idem, holder_id, case_id, case_number, kind, language, recipient, subject, body, message_id, state, tries, next_us, problem,
    created_us, changed_us, sent_us, changed_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', 0, $12, '', $12, $12, 0, '')
on conflict (idem) do nothing

-- name: outbox_file_insert
insert into outbox_file (outbox_id, piece_no, name, base64) values ($1, $2, $3, $4)

-- name: outbox_files
select name, base64 from outbox_file where outbox_id = $1 order by piece_no

-- name: outbox_due
-- $1 now, $2 how many.
select outbox_id from outbox where state = 'queued' and next_us <= $1 order by next_us, outbox_id limit $2

-- name: outbox_next_due
select coalesce(min(next_us), 0) from outbox where state = 'queued'

-- name: outbox_get
select outbox_id, idem, holder_id, case_id, case_number, kind, language, recipient, subject, body, message_id, state, tries, next_us, problem, created_us,
    changed_us, sent_us, changed_by
from outbox where outbox_id = $1

-- name: outbox_list
-- $1 state or '', $2 case or 0, $3 ids below, $4 how many
select outbox_id, idem, holder_id, case_id, case_number, kind, language, recipient, subject, '', message_id, state, tries, next_us, problem, created_us,
    changed_us, sent_us, changed_by
from outbox where ($1 = '' or state = $1) and ($2 = 0 or case_id = $2) and outbox_id < $3 order by outbox_id desc limit $4

-- name: outbox_count
select state, count(*), min(created_us) from outbox group by state order by state

-- name: outbox_move
-- From one state into another, if it is still in it: $1 id, $2 from, $3 to, $4 next due, $5 problem, $6 now, $7 tries more, $8 sent at, $9 who
update outbox set state = $3, next_us = $4, problem = $5, changed_us = $6, tries = tries + $7, sent_us = case when sent_us < $8 then $8 else sent_us end,
    changed_by = case when $9 <> '' then $9 else changed_by end
where outbox_id = $1 and state = $2

-- name: outbox_left_open
-- Whoever holds the lease knows that nobody is sending: what stands so was left by a process that ended in the middle.
update outbox set state = 'unsure', next_us = 0, changed_us = $1, problem = $2 where state = 'sending'

-- name: outbox_by_message
select outbox_id, holder_id, case_id, case_number, state, created_us from outbox where message_id = $1 order by outbox_id limit 1

-- name: outbox_newest_of_case
-- What was last sent about a case before $2: mail programs keep together what answers each other.
select message_id from outbox where case_id = $1 and outbox_id < $2 order by outbox_id desc limit 1

-- name: outbox_erase_queued
update outbox set state = 'given_up', next_us = 0, problem = 'erased', changed_us = $2 where (holder_id = $1 or case_id in (select case_id from case_file where whom_id = $1)) and state in ('queued', 'unsure')

-- name: outbox_erase_words
update outbox set recipient = '', subject = '', body = '', changed_us = $2 where (holder_id = $1 or case_id in (select case_id from case_file where whom_id = $1)) and recipient <> ''

-- name: outbox_erase_files
delete from outbox_file where outbox_id in (select outbox_id from outbox where holder_id = $1 or case_id in (select case_id from case_file where whom_id = $1))

-- name: outbox_overdue
-- $1 now, $2 queued before: what is too old to be tried on
select outbox_id from outbox where state = 'queued' and next_us <= $1 and created_us < $2 order by outbox_id limit $3
