-- Imported files, and taking them back.

-- name: batch_find
select batch_id, state, resume_record, counts, started_us from import_batch
where file_hash = $1 and source = $2 and mapping = $3 and state <> 'undone' order by batch_id desc limit 1

-- name: batch_put
insert into import_batch (batch_id, source, file_name, file_bytes, file_hash, format, mapping, state, resume_record, counts, started_us, finished_us)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (batch_id) do update set state = excluded.state, resume_record = excluded.resume_record, counts = excluded.counts,
                                     finished_us = excluded.finished_us

-- name: batch_drop
delete from import_batch where batch_id = $1

-- name: batch_get
select batch_id, source, file_name, format, state, file_bytes, counts, started_us, finished_us from import_batch where batch_id = $1

-- name: batch_list
select batch_id, source, file_name, format, state, file_bytes, counts, started_us, finished_us from import_batch order by batch_id desc

-- name: batch_mark_undone
update import_batch set state = 'undone', finished_us = $2 where batch_id = $1

-- name: batch_last_id
select max(batch_id) from import_batch

-- A batch that must be taken back before batch $1: what it tells (a change, a refund) builds on what $1 told.
-- name: batch_leans
select max(l.batch_id) from event e join event l on l.customer_id = e.customer_id
where e.batch_id = $1 and l.batch_id <> $1 and l.batch_id > 0
  and (l.ref_id = e.event_id
       or (l.ref_id = e.ref_id and l.ref_id <> 0 and l.kind = e.kind and l.kind in ('order_change', 'ticket_change', 'refund')
           and l.event_id > e.event_id))

-- Everybody the batch speaks of.
-- name: batch_customers
select customer_id from event where batch_id = $1
union select customer_id from customer where batch_id = $1
union select customer_id from identity where batch_id = $1
union select customer_id from contact where batch_id = $1
union select customer_id from customer_fact where batch_id = $1
order by 1

-- name: batch_drop_lines
delete from event_line where (customer_id, event_id) in (select customer_id, event_id from event where batch_id = $1)

-- name: batch_drop_events
delete from event where batch_id = $1

-- name: batch_drop_facts
delete from customer_fact where batch_id = $1

-- name: batch_drop_contacts
delete from contact where batch_id = $1

-- A customer that was there before keeps what this batch told of it only when a later batch speaks of the customer too.
-- name: batch_keep_identities
update identity set batch_id = (
    select min(l.batch_id) from (
        select e.batch_id from event e where e.customer_id = identity.customer_id and e.batch_id > $1
        union all select f.batch_id from customer_fact f where f.customer_id = identity.customer_id and f.batch_id > $1
        union all select i.batch_id from identity i where i.customer_id = identity.customer_id and i.batch_id > $1) l)
where batch_id = $1
  and exists (select 1 from customer c where c.customer_id = identity.customer_id and c.batch_id <> $1)
  and (exists (select 1 from event e where e.customer_id = identity.customer_id and e.batch_id > $1)
       or exists (select 1 from customer_fact f where f.customer_id = identity.customer_id and f.batch_id > $1)
       or exists (select 1 from identity i where i.customer_id = identity.customer_id and i.batch_id > $1))

-- name: batch_drop_identities
delete from identity where batch_id = $1
  and exists (select 1 from customer c where c.customer_id = identity.customer_id and c.batch_id <> $1)

-- A customer this batch brought stays when other batches, or acts by hand, speak of it; it is then the earliest of those that brought it.
-- name: batch_keep_customers
with known as materialized (select distinct whom_id from case_file where whom_id <> 0)
update customer set batch_id = coalesce((
    select min(l.batch_id) from (
        select e.batch_id from event e where e.customer_id = customer.customer_id and e.batch_id > 0
        union all select f.batch_id from customer_fact f where f.customer_id = customer.customer_id and f.batch_id > 0
        union all select i.batch_id from identity i where i.customer_id = customer.customer_id and i.batch_id > 0 and i.batch_id <> $1) l), 0)
where batch_id = $1
  and (exists (select 1 from event e where e.customer_id = customer.customer_id)
       or exists (select 1 from customer_fact f where f.customer_id = customer.customer_id)
       or exists (select 1 from contact k where k.customer_id = customer.customer_id)
       or exists (select 1 from case_event e where e.customer_id = customer.customer_id)
       or customer_id in (select whom_id from known)
       or exists (select 1 from survey v where v.customer_id = customer.customer_id and v.answered_us > 0)
       or exists (select 1 from identity i where i.customer_id = customer.customer_id and i.batch_id <> $1))

-- name: batch_keep_their_identities
update identity set batch_id = (select c.batch_id from customer c where c.customer_id = identity.customer_id)
where batch_id = $1
  and exists (select 1 from customer c where c.customer_id = identity.customer_id and c.batch_id <> $1)

-- name: batch_drop_rest_of_identities
delete from identity where batch_id = $1

-- name: batch_drop_pairs
delete from not_same where customer_id in (select customer_id from customer where batch_id = $1)
   or other_id in (select customer_id from customer where batch_id = $1)

-- name: batch_drop_customers
delete from customer where batch_id = $1
