-- The ledger of promises. Columns of a row: promise_id, customer_id, kind, origin, state, made_us, due_us, ended_us, order_id, case_number,
-- owner_id, product, branch, employee, channel.

-- name: promise_events
select customer_id, event_id, kind, source, ext_id, ref_id, occurred_us, data from event
where customer_id = $1 and kind in ('promise', 'delivery', 'promise_kept', 'promise_released', 'promise_moved', 'cancellation', 'undo')
-- name: promise_events @pg
select customer_id, event_id, kind, source, ext_id, ref_id, occurred_us, data from event
where customer_id = any($1::bigint[])
    and kind in ('promise', 'delivery', 'promise_kept', 'promise_released', 'promise_moved', 'cancellation', 'undo')

-- name: promise_stored
select promise_id, customer_id, kind, origin, state, made_us, due_us, ended_us, order_id, case_number, owner_id, product, branch, employee, channel
from promise where customer_id = $1
-- name: promise_stored @pg
select promise_id, customer_id, kind, origin, state, made_us, due_us, ended_us, order_id, case_number, owner_id, product, branch, employee, channel
from promise where customer_id = any($1::bigint[])

-- name: promise_drop
delete from promise where customer_id = $1 and promise_id = $2
-- name: promise_drop @pg
delete from promise using unnest($1::bigint[], $2::bigint[]) as t (customer_id, promise_id)
where promise.customer_id = t.customer_id and promise.promise_id = t.promise_id

-- name: promise_put
insert into promise (promise_id, customer_id, kind, origin, state, made_us, due_us, ended_us, order_id, case_number, owner_id, product, branch,
                     employee, channel)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
on conflict (customer_id, promise_id) do update set kind = excluded.kind, origin = excluded.origin, state = excluded.state,
    made_us = excluded.made_us, due_us = excluded.due_us, ended_us = excluded.ended_us, order_id = excluded.order_id,
    case_number = excluded.case_number, owner_id = excluded.owner_id, product = excluded.product, branch = excluded.branch,
    employee = excluded.employee, channel = excluded.channel
-- name: promise_put @pg
insert into promise (promise_id, customer_id, kind, origin, state, made_us, due_us, ended_us, order_id, case_number, owner_id, product, branch,
                     employee, channel)
select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
                     $10::bigint[], $11::bigint[], $12::text[], $13::text[], $14::text[], $15::text[])
on conflict (customer_id, promise_id) do update set kind = excluded.kind, origin = excluded.origin, state = excluded.state,
    made_us = excluded.made_us, due_us = excluded.due_us, ended_us = excluded.ended_us, order_id = excluded.order_id,
    case_number = excluded.case_number, owner_id = excluded.owner_id, product = excluded.product, branch = excluded.branch,
    employee = excluded.employee, channel = excluded.channel

-- Rows of customers that are gone.
-- name: promise_stray
delete from promise where customer_id <> 0 and not exists (select 1 from customer c where c.customer_id = promise.customer_id)

-- name: promise_get
select promise_id, customer_id, kind, origin, state, made_us, due_us, ended_us, order_id, case_number, owner_id, product, branch, employee, channel
from promise where promise_id = $1

-- name: promise_words
select kind, data from event where customer_id = $1 and (event_id = $2 or (ref_id = $2 and kind in ('promise_kept', 'promise_released')))
order by event_id

-- The same key again; the second column is not null when it was taken back.
-- name: promise_known
select e.event_id,
    (select u.event_id from event u where u.source = 'rebound' and u.ext_id = 'undo:' || cast(e.event_id as text) and u.kind = 'undo'
        and u.customer_id = e.customer_id)
from event e where e.source = 'rebound' and e.ext_id = $1 and e.kind = 'promise' and e.customer_id = $2

-- The promise that an act by hand made, or says what became of.
-- name: promise_of_act
select p.promise_id, p.customer_id, p.kind, p.origin, p.state, p.made_us, p.due_us, p.ended_us, p.order_id, p.case_number, p.owner_id, p.product,
    p.branch, p.employee, p.channel
from event e join promise p on p.customer_id = e.customer_id and p.promise_id in (e.event_id, e.ref_id)
where e.event_id = $1 and e.kind in ('promise', 'promise_kept', 'promise_released', 'promise_moved')

-- name: promise_insert
insert into event (customer_id, event_id, kind, source, ext_id, ref_id, occurred_us, day, amount_minor, cost_minor, currency, content_hash,
                   data, batch_id, recorded_us)
values ($1, $2, $3, 'rebound', $4, $5, $6, $7, 0, null, '', $8, $9, 0, $10)

-- Lists. $1 now, $2 after this due time, $3 and this promise, $4 how many; then what they must be like, '' and 0 for any: $5 kind, $6 keeper,
-- $7 product, $8 branch, $9 employee, $10 channel ---------------------------------------------------------------------------------------

-- What has not been kept and whose time is over, the oldest last: what broke today can still be mended today.
-- name: promise_find_broken
select promise_id, customer_id, kind, origin, state, made_us, due_us, ended_us, order_id, case_number, owner_id, product, branch, employee, channel
from promise where state = 'open' and due_us < $1 and (due_us, promise_id) < ($2, $3)
    and ($5 = '' or kind = $5) and (cast($6 as bigint) = 0 or owner_id = $6) and ($7 = '' or product = $7)
    and ($8 = '' or branch = $8) and ($9 = '' or employee = $9) and ($10 = '' or channel = $10)
order by due_us desc, promise_id desc limit $4

-- What has still to be kept; $11 the last instant that counts.
-- name: promise_find_open
select promise_id, customer_id, kind, origin, state, made_us, due_us, ended_us, order_id, case_number, owner_id, product, branch, employee, channel
from promise where state = 'open' and due_us >= $1 and due_us <= $11 and (due_us, promise_id) > ($2, $3)
    and ($5 = '' or kind = $5) and (cast($6 as bigint) = 0 or owner_id = $6) and ($7 = '' or product = $7)
    and ($8 = '' or branch = $8) and ($9 = '' or employee = $9) and ($10 = '' or channel = $10)
order by due_us, promise_id limit $4

-- name: promise_find_ended
select promise_id, customer_id, kind, origin, state, made_us, due_us, ended_us, order_id, case_number, owner_id, product, branch, employee, channel
from promise where state = $1 and (due_us, promise_id) < ($2, $3)
    and ($5 = '' or kind = $5) and (cast($6 as bigint) = 0 or owner_id = $6) and ($7 = '' or product = $7)
    and ($8 = '' or branch = $8) and ($9 = '' or employee = $9) and ($10 = '' or channel = $10)
order by due_us desc, promise_id desc limit $4

-- name: promise_find_all
select promise_id, customer_id, kind, origin, state, made_us, due_us, ended_us, order_id, case_number, owner_id, product, branch, employee, channel
from promise where due_us <= $1 and (due_us, promise_id) < ($2, $3)
    and ($5 = '' or kind = $5) and (cast($6 as bigint) = 0 or owner_id = $6) and ($7 = '' or product = $7)
    and ($8 = '' or branch = $8) and ($9 = '' or employee = $9) and ($10 = '' or channel = $10)
order by due_us desc, promise_id desc limit $4

-- The same of what falls due next, for Today. $1 now, $2 and $3 after, $4 how many.
-- name: promise_list_open
select promise_id, customer_id, kind, origin, state, made_us, due_us, ended_us, order_id, case_number, owner_id, product, branch, employee, channel
from promise where state = 'open' and due_us >= $1 and (due_us, promise_id) > ($2, $3) order by due_us, promise_id limit $4

-- name: promise_list_customer
select p.promise_id, p.customer_id, p.kind, p.origin, p.state, p.made_us, p.due_us, p.ended_us, p.order_id, p.case_number, p.owner_id, p.product,
    p.branch, p.employee, p.channel
from customer c join promise p on p.customer_id = c.customer_id
where c.head_id = $1 and (p.due_us, p.promise_id) < ($2, $3) order by p.due_us desc, p.promise_id desc limit $4

-- name: promise_list_case
select promise_id, customer_id, kind, origin, state, made_us, due_us, ended_us, order_id, case_number, owner_id, product, branch, employee, channel
from promise where case_number = $1 and (due_us, promise_id) < ($2, $3) order by due_us desc, promise_id desc limit $4

-- name: promise_head
select head_id from customer where customer_id = $1

-- How many of each state. $1 now, $2 the end of the day; then as above: $3 kind, $4 keeper, $5 product, $6 branch, $7 employee, $8 channel.
-- name: promise_counts
select case when state = 'open' and due_us < $1 then 'broken' when state = 'open' and due_us <= $2 then 'today' else state end,
    cast(count(*) as bigint)
from promise
where ($3 = '' or kind = $3) and (cast($4 as bigint) = 0 or owner_id = $4) and ($5 = '' or product = $5)
    and ($6 = '' or branch = $6) and ($7 = '' or employee = $7) and ($8 = '' or channel = $8)
group by case when state = 'open' and due_us < $1 then 'broken' when state = 'open' and due_us <= $2 then 'today' else state end

-- What they can be filtered by, the most frequent first.
-- name: promise_products
select product, cast(count(*) as bigint) from promise where product <> '' group by product order by 2 desc, 1 limit $1
-- name: promise_branches
select branch, cast(count(*) as bigint) from promise where branch <> '' group by branch order by 2 desc, 1 limit $1
-- name: promise_employees
select employee, cast(count(*) as bigint) from promise where employee <> '' group by employee order by 2 desc, 1 limit $1
-- name: promise_channels
select channel, cast(count(*) as bigint) from promise where channel <> '' group by channel order by 2 desc, 1 limit $1
-- name: promise_owners
select owner_id, cast(count(*) as bigint) from promise where owner_id <> 0 group by owner_id order by 2 desc, 1 limit $1

-- The gap ----------------------------------------------------------------------------------------------------------------------------
-- What has come due since $2 and until $1 (now), by $4 (product, branch, employee, channel or kind): how many, kept in time, kept late, not kept, and the
-- mean lateness of those kept late, in days. Released ones are no promise any more.

-- name: promise_gap
select case $4 when 'product' then product when 'branch' then branch when 'employee' then employee when 'channel' then channel else kind end as part,
    cast(count(*) as bigint), cast(sum(case when state = 'kept' then 1 else 0 end) as bigint),
    cast(sum(case when state = 'late' then 1 else 0 end) as bigint),
    cast(sum(case when state = 'open' then 1 else 0 end) as bigint),
    cast(sum(case when state = 'late' then (ended_us - due_us) / 60000000 else 0 end) as double precision) / 1440.0
from promise where state <> 'released' and due_us >= $2 and (due_us < $1 or (state = 'kept' and ended_us < $1)) and ($3 = '' or kind = $3) group by part

-- By how much those kept late were late, in microseconds, the least first in each group. $4 product, branch, employee, channel or kind.
-- name: promise_gap_late
select case $4 when 'product' then product when 'branch' then branch when 'employee' then employee when 'channel' then channel else kind end,
    ended_us - due_us
from promise where state = 'late' and due_us >= $2 and due_us < $1 and ($3 = '' or kind = $3) order by 1, 2

-- The same of all together, from place $4 on, two of them.
-- name: promise_gap_late_all
select ended_us - due_us from promise where state = 'late' and due_us >= $2 and due_us < $1 and ($3 = '' or kind = $3)
order by 1 limit 2 offset $4

-- Reminders --------------------------------------------------------------------------------------------------------------------------

-- Open ones that somebody keeps and that fall due before $2, of which nothing was said yet. $1: not older than this.
-- name: promise_to_remind
select p.promise_id, p.customer_id, p.kind, p.origin, p.state, p.made_us, p.due_us, p.ended_us, p.order_id, p.case_number, p.owner_id, p.product,
    p.branch, p.employee, p.channel
from promise p
where p.state = 'open' and p.due_us >= $1 and p.due_us < $2 and p.owner_id <> 0
    and not exists (select 1 from promise_reminder r
        where r.customer_id = p.customer_id and r.promise_id = p.promise_id and r.due_us = p.due_us)
order by p.due_us, p.promise_id limit 200

-- name: promise_reminded
insert into promise_reminder (customer_id, promise_id, due_us, told_us) values ($1, $2, $3, $4)
on conflict (customer_id, promise_id, due_us) do nothing
