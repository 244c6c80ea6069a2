-- What Today has shown and held out, and what people answered. All are events of source 'rebound': ext_id 'item:CODE:KIND:EPISODE' for
-- shown and held_out, 'act:...' for done, not_now and wrong.

-- name: act_insert
insert into event (customer_id, event_id, kind, source, ext_id, ref_id, occurred_us, day, amount_minor, cost_minor, currency, content_hash,
                   data, batch_id, recorded_us)
values ($1, $2, $3, 'rebound', $4, $5, $6, $7, 0, null, $8, $9, $10, 0, $11)
on conflict (source, ext_id, kind, customer_id) do nothing

-- The same act, noted before; the second column is not null when it was taken back.
-- name: act_known
select e.event_id,
    (select u.event_id from event u where u.source = 'rebound' and u.ext_id = 'undo:' || cast(e.event_id as text) and u.kind = 'undo'
        and u.customer_id = e.customer_id)
from event e
where e.source = 'rebound' and e.ext_id = $1 and e.kind = $2 and e.customer_id = $3

-- name: act_items
select c.head_id, e.customer_id, e.event_id, e.kind, e.ext_id, e.occurred_us
from event e join customer c on c.customer_id = e.customer_id
where e.source = 'rebound' and e.ext_id >= 'item:' and e.ext_id < 'item;' and e.kind in ('shown', 'held_out') and e.occurred_us <= $1
order by e.occurred_us, e.event_id

-- name: act_answers
select c.head_id, e.kind, e.occurred_us, e.day, e.data
from event e join customer c on c.customer_id = e.customer_id
where e.source = 'rebound' and e.ext_id >= 'act:' and e.ext_id < 'act;' and e.kind in ('done', 'not_now', 'wrong') and e.occurred_us <= $1
    and not exists (select 1 from event u where u.source = 'rebound' and u.ext_id = 'undo:' || cast(e.event_id as text)
        and u.kind = 'undo' and u.customer_id = e.customer_id)
order by e.occurred_us, e.event_id

-- name: act_item_by_code
select c.head_id, e.event_id, e.ext_id, e.occurred_us
from event e join customer c on c.customer_id = e.customer_id
where e.source = 'rebound' and e.ext_id >= $1 and e.ext_id < $2 and e.kind = 'shown'
order by e.occurred_us desc, e.event_id desc

-- name: act_shown_of
select e.event_id, e.ext_id
from event e
where e.source = 'rebound' and e.ext_id >= 'item:' and e.ext_id < 'item;' and e.kind = 'shown' and e.customer_id = $1 and e.occurred_us <= $2
order by e.occurred_us desc, e.event_id desc

-- name: act_head
select head_id from customer where customer_id = $1
