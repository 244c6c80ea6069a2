-- Taking an act back: an event of kind 'undo' beside it, ext_id 'undo:EVENT', ref_id the act. Whoever reads acts leaves out those that have
-- one, however old the day asked for: what was noted by mistake never was.

-- name: undo_find
select e.customer_id, c.head_id, e.kind, e.occurred_us, e.data,
    (select u.event_id from event u where u.source = 'rebound' and u.ext_id = 'undo:' || cast(e.event_id as text) and u.kind = 'undo'
        and u.customer_id = e.customer_id)
from event e join customer c on c.customer_id = e.customer_id
where e.event_id = $1 and e.batch_id = 0 and e.source = 'rebound'

-- Answers to Today about the same customer that came after.
-- name: undo_later_answer
select e.event_id
from customer c join event e on e.customer_id = c.customer_id
where c.head_id = $1 and e.source = 'rebound' and e.kind in ('done', 'not_now', 'wrong') and (e.occurred_us, e.event_id) > ($2, $3)
    and not exists (select 1 from event u where u.source = 'rebound' and u.ext_id = 'undo:' || cast(e.event_id as text)
        and u.kind = 'undo' and u.customer_id = e.customer_id)
order by e.occurred_us desc, e.event_id desc limit 1

-- What was said of consent by hand and not taken back, oldest first.
-- name: undo_consents
select e.event_id, e.occurred_us, e.data
from event e
where e.customer_id = $1 and e.source = 'rebound' and e.kind = 'consent' and e.batch_id = 0
    and not exists (select 1 from event u where u.source = 'rebound' and u.ext_id = 'undo:' || cast(e.event_id as text)
        and u.kind = 'undo' and u.customer_id = e.customer_id)
order by e.occurred_us, e.event_id

-- name: undo_fact_drop
delete from customer_fact where customer_id = $1 and fact = $2 and batch_id = 0

-- name: undo_insert
insert into event (customer_id, event_id, kind, source, ext_id, ref_id, occurred_us, day, amount_minor, cost_minor, currency, content_hash,
                   data, batch_id, recorded_us)
values ($1, $2, 'undo', 'rebound', $3, $4, $5, $6, 0, null, '', 0, $7, 0, $8)
on conflict (source, ext_id, kind, customer_id) do nothing
