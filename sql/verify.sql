-- Rows that belong to nothing: each query counts what must not be.

-- Where a customer speaks of another one, who may lie on another machine, the few that do are gathered first; what is missing is the
-- difference between them and those that find their other.

-- name: verify_heads
with merged as materialized (
    select head_id from customer where head_id <> customer_id)
select (select count(*) from merged) - (
    select count(*) from merged m join customer h on h.customer_id = m.head_id and h.head_id = h.customer_id)

-- The head is where following merged_into ends.
-- name: verify_merges
with merged as materialized (
    select customer_id, head_id, merged_into from customer where merged_into <> 0)
select (select count(*) from customer c where c.merged_into = 0 and c.head_id <> c.customer_id) + (select count(*) from merged) - (
    select count(*) from merged g join customer m on m.customer_id = g.merged_into and m.head_id = g.head_id where g.head_id <> g.customer_id)

-- What was promised in a case of somebody whom nobody knows is of customer 0.
-- name: verify_events
select count(*) from event e where e.customer_id <> 0 and not exists (select 1 from customer c where c.customer_id = e.customer_id)

-- name: verify_lines
select count(*) from event_line l where not exists (
    select 1 from event e where e.customer_id = l.customer_id and e.event_id = l.event_id)

-- name: verify_identities
select count(*) from identity i where not exists (select 1 from customer c where c.customer_id = i.customer_id)

-- name: verify_facts
select count(*) from customer_fact f where not exists (select 1 from customer c where c.customer_id = f.customer_id)

-- name: verify_contacts
select count(*) from contact k where not exists (select 1 from customer c where c.customer_id = k.customer_id)

-- A refund, a cancellation, a part of an order: what it speaks of is an event of the same customer, or of one merged with them.
-- name: verify_references
with loose as materialized (
    select e.customer_id, e.event_id, e.ref_id, c.head_id from event e left join customer c on c.customer_id = e.customer_id
    where e.ref_id <> 0 and not exists (select 1 from event o where o.customer_id = e.customer_id and o.event_id = e.ref_id))
select (select count(*) from loose) - (
    select count(*) from (
        select distinct l.customer_id, l.event_id from loose l join customer m on m.head_id = l.head_id
            join event o on o.customer_id = m.customer_id and o.event_id = l.ref_id) f)

-- name: verify_batches
select count(*) from event where batch_id <> 0 and batch_id not in (select batch_id from import_batch where state <> 'undone')

-- name: verify_stray_days
select count(*) from purchase_day p where not exists (
    select 1 from customer c where c.customer_id = p.customer_id and c.head_id = c.customer_id)

-- name: verify_stray_summaries
select count(*) from customer_summary p where not exists (
    select 1 from customer c where c.customer_id = p.customer_id and c.head_id = c.customer_id)

-- name: verify_stray_scores
select count(*) from score p where not exists (
    select 1 from customer c where c.customer_id = p.customer_id and c.head_id = c.customer_id)

-- What each import says it wrote, and what is there.

-- name: verify_batch_list
select batch_id, file_name, state, counts from import_batch order by batch_id

-- name: verify_batch_events
select batch_id, kind, count(*) from event where batch_id <> 0 group by batch_id, kind

-- name: verify_batch_lines
select e.batch_id, count(*) from event_line l join event e on e.customer_id = l.customer_id and e.event_id = l.event_id
where e.batch_id <> 0 group by e.batch_id

-- name: verify_totals
select (select count(*) from event), (select count(*) from customer), (select count(*) from import_batch)
