-- Cases: erasing the words of people, taking imports back, and what must hold of every row.

-- From a customer: as identified; where nobody was, as the case came in.
-- name: case_of_customer
select customer_id, case_id from case_file where whom_id = $1 and case_id > $2 order by case_id limit $3

-- Of nobody known, by the address that was told in it: complaints of somebody who became a customer later.
-- name: case_of_email
select p.customer_id, p.case_id from case_person p join case_file f on f.customer_id = p.customer_id and f.case_id = p.case_id
where p.email = $1 and f.whom_id = 0 and p.case_id > $2 order by p.case_id limit $3

-- name: case_of_phone
select p.customer_id, p.case_id from case_person p join case_file f on f.customer_id = p.customer_id and f.case_id = p.case_id
where p.phone = $1 and f.whom_id = 0 and p.case_id > $2 order by p.case_id limit $3

-- name: case_ownerless
select f.number, f.case_id, p.email, p.phone from case_file f join case_person p on p.customer_id = f.customer_id and p.case_id = f.case_id
where f.whom_id = 0 and f.anonymous = 0 and f.state <> 'merged' and (p.email <> '' or p.phone <> '') and f.case_id > $1
order by f.case_id limit $2

-- name: case_of_head
with own as materialized (select customer_id from customer where head_id = $1)
select number from case_file where whom_id in (select customer_id from own) order by opened_us, number limit $2

-- name: case_erase_texts
delete from case_text where customer_id = $1 and case_id = $2

-- name: case_erase_person
delete from case_person where customer_id = $1 and case_id = $2

-- name: case_erase_pieces
delete from case_attachment_piece where customer_id = $1 and case_id = $2

-- name: case_erase_files
delete from case_attachment where customer_id = $1 and case_id = $2

-- name: case_erase_keys
delete from case_key where number in (select number from case_number where case_id = $1)

-- name: case_erase_mail_queued
update outbox set state = 'given_up', next_us = 0, problem = 'erased', changed_us = $2 where case_id = $1 and state in ('queued', 'unsure')

-- name: case_erase_mail_words
update outbox set recipient = '', subject = '', body = '', changed_us = $2 where case_id = $1 and recipient <> ''

-- name: case_erase_mail_files
delete from outbox_file where outbox_id in (select outbox_id from outbox where case_id = $1)

-- Has anything of theirs happened lately, or is it still open? Of the one customer; who is merged is asked for each.
-- name: case_recent
with own as materialized (select customer_id from customer where head_id = $1)
select 1 from case_file where whom_id in (select customer_id from own) and (open <> 0 or last_us >= $2) limit 1

-- Of nobody known, closed long ago, and still with words.
-- name: case_silent
select f.customer_id, f.case_id from case_file f where f.whom_id = 0 and f.closed_us > 0 and f.last_us < $1 and f.case_id > $2
    and exists (select 1 from case_person p where p.customer_id = f.customer_id and p.case_id = f.case_id)
order by f.case_id limit $3

-- Taking an import back ------------------------------------------------------------------------------------------------------------------

-- Cases of the import in which others have acted since.
-- name: case_undo_kept
select count(*) from case_event e where e.batch_id = $1 and e.seq = 1 and exists (
    select 1 from case_event o where o.customer_id = e.customer_id and o.case_id = e.case_id and o.batch_id <> $1)

-- name: case_undo_keep
update case_event set batch_id = 0
where batch_id = $1 and exists (
    select 1 from case_event o where o.customer_id = case_event.customer_id and o.case_id = case_event.case_id and o.batch_id <> $1)

-- name: case_undo_count
select count(*) from case_event where batch_id = $1 and seq = 1

-- name: case_undo_texts
delete from case_text where (customer_id, case_id) in (select customer_id, case_id from case_event where batch_id = $1)

-- name: case_undo_persons
delete from case_person where (customer_id, case_id) in (select customer_id, case_id from case_event where batch_id = $1)

-- name: case_undo_pieces
delete from case_attachment_piece where (customer_id, case_id) in (select customer_id, case_id from case_event where batch_id = $1)

-- name: case_undo_files
delete from case_attachment where (customer_id, case_id) in (select customer_id, case_id from case_event where batch_id = $1)

-- name: case_undo_clocks
delete from case_clock where (customer_id, case_id) in (select customer_id, case_id from case_event where batch_id = $1)

-- name: case_undo_warned
delete from case_warned where (customer_id, case_id) in (select customer_id, case_id from case_event where batch_id = $1)

-- name: case_undo_states
delete from case_file where (customer_id, case_id) in (select customer_id, case_id from case_event where batch_id = $1)

-- A key that were left would name whichever case is given the number next.
-- name: case_undo_keys
delete from case_key where number in (
    select number from case_number where case_id in (select case_id from case_event where batch_id = $1 and seq = 1))

-- name: case_undo_numbers
delete from case_number where case_id in (select case_id from case_event where batch_id = $1 and seq = 1)

-- name: case_undo_events
delete from case_event where batch_id = $1

-- What must hold -------------------------------------------------------------------------------------------------------------------------

-- Every case has a number, and every number a case.
-- name: verify_case_numbers
with cases as materialized (select customer_id, case_id from case_event where seq = 1)
select (select count(*) from case_number n where not exists (select 1 from cases c where c.case_id = n.case_id and c.customer_id = n.holder_id))
    + (select count(*) from cases c where not exists (select 1 from case_number n where n.case_id = c.case_id))

-- name: verify_case_texts
select count(*) from case_text t where not exists (
    select 1 from case_event e where e.customer_id = t.customer_id and e.case_id = t.case_id and e.seq = t.seq)

-- name: verify_case_persons
select count(*) from case_person t where not exists (
    select 1 from case_event e where e.customer_id = t.customer_id and e.case_id = t.case_id and e.seq = 1)

-- name: verify_case_files
select count(*) from case_attachment t where not exists (
    select 1 from case_event e where e.customer_id = t.customer_id and e.case_id = t.case_id and e.kind = 'attached' and e.other_id = t.attachment_id)

-- name: verify_case_pieces
select count(*) from case_attachment_piece p where not exists (
    select 1 from case_attachment t where t.customer_id = p.customer_id and t.case_id = p.case_id and t.attachment_id = p.attachment_id)

-- name: verify_case_holders
select count(*) from case_event e where e.customer_id <> 0 and e.seq = 1 and not exists (
    select 1 from customer c where c.customer_id = e.customer_id)

-- name: verify_case_batches
select count(*) from case_event where batch_id <> 0 and batch_id not in (select batch_id from import_batch where state <> 'undone')
