-- name: derive_head_of
select customer_id, head_id, kind from customer where customer_id = $1
-- name: derive_head_of @pg
select c.customer_id, c.head_id, c.kind from unnest($1::bigint[]) as t(id) join customer c on c.customer_id = t.id

-- name: derive_events
select c.head_id, e.event_id, e.kind, e.ref_id, e.occurred_us, e.day, e.amount_minor, e.cost_minor, e.currency
from customer c join event e on e.customer_id = c.customer_id where c.head_id = $1
-- name: derive_events @pg
select c.head_id, e.event_id, e.kind, e.ref_id, e.occurred_us, e.day, e.amount_minor, e.cost_minor, e.currency
from unnest($1::bigint[]) as t(id) join customer c on c.head_id = t.id join event e on e.customer_id = c.customer_id

-- name: derive_facts
select c.head_id, f.fact, f.value, f.observed_us, f.batch_id, f.customer_id
from customer c join customer_fact f on f.customer_id = c.customer_id
where c.head_id = $1 and f.fact in ('name', 'language', 'country')
-- name: derive_facts @pg
select c.head_id, f.fact, f.value, f.observed_us, f.batch_id, f.customer_id
from unnest($1::bigint[]) as t(id) join customer c on c.head_id = t.id join customer_fact f on f.customer_id = c.customer_id
where f.fact in ('name', 'language', 'country')

-- name: derive_identities
select c.head_id, i.kind, i.value, i.shown, i.contact_id, i.batch_id, i.customer_id
from customer c join identity i on i.customer_id = c.customer_id
where c.head_id = $1 and i.kind in ('email', 'phone', 'name')
-- name: derive_identities @pg
select c.head_id, i.kind, i.value, i.shown, i.contact_id, i.batch_id, i.customer_id
from unnest($1::bigint[]) as t(id) join customer c on c.head_id = t.id join identity i on i.customer_id = c.customer_id
where i.kind in ('email', 'phone', 'name')

-- name: derive_forget_days
delete from purchase_day where customer_id = $1
-- name: derive_forget_days @pg
delete from purchase_day where customer_id = any($1::bigint[])

-- name: derive_forget_summary
delete from customer_summary where customer_id = $1
-- name: derive_forget_summary @pg
delete from customer_summary where customer_id = any($1::bigint[])

-- name: derive_forget_score
delete from score where customer_id = $1
-- name: derive_forget_score @pg
delete from score where customer_id = any($1::bigint[])

-- name: derive_put_day
insert into purchase_day (customer_id, day, order_count, amount_minor, cost_minor) values ($1, $2, $3, $4, $5)
-- name: derive_put_day @pg
insert into purchase_day (customer_id, day, order_count, amount_minor, cost_minor)
select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])

-- name: derive_put_summary
insert into customer_summary (customer_id, kind, name, name_fold, email, phone, language, country, order_count, purchase_day_count,
    first_day, last_day, gross_minor, refunded_minor, net_minor, last_spoken_us, last_event_us)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
on conflict (customer_id) do update set kind = excluded.kind, name = excluded.name, name_fold = excluded.name_fold,
    email = excluded.email, phone = excluded.phone, language = excluded.language, country = excluded.country,
    order_count = excluded.order_count, purchase_day_count = excluded.purchase_day_count, first_day = excluded.first_day,
    last_day = excluded.last_day, gross_minor = excluded.gross_minor, refunded_minor = excluded.refunded_minor,
    net_minor = excluded.net_minor, last_spoken_us = excluded.last_spoken_us, last_event_us = excluded.last_event_us
-- name: derive_put_summary @pg
insert into customer_summary (customer_id, kind, name, name_fold, email, phone, language, country, order_count, purchase_day_count,
    first_day, last_day, gross_minor, refunded_minor, net_minor, last_spoken_us, last_event_us)
select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[],
    $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[])
on conflict (customer_id) do update set kind = excluded.kind, name = excluded.name, name_fold = excluded.name_fold,
    email = excluded.email, phone = excluded.phone, language = excluded.language, country = excluded.country,
    order_count = excluded.order_count, purchase_day_count = excluded.purchase_day_count, first_day = excluded.first_day,
    last_day = excluded.last_day, gross_minor = excluded.gross_minor, refunded_minor = excluded.refunded_minor,
    net_minor = excluded.net_minor, last_spoken_us = excluded.last_spoken_us, last_event_us = excluded.last_event_us

-- name: derive_count_heads
select count(*) from customer where head_id = customer_id

-- name: derive_next_heads
select customer_id from customer where head_id = customer_id and customer_id > $1 order by customer_id limit $2

-- Rows of what is no head (any more), or was never a customer.

-- name: derive_stray_days
delete from purchase_day where not exists (
    select 1 from customer c where c.customer_id = purchase_day.customer_id and c.head_id = c.customer_id)

-- name: derive_stray_summaries
delete from customer_summary where not exists (
    select 1 from customer c where c.customer_id = customer_summary.customer_id and c.head_id = c.customer_id)

-- name: derive_stray_scores
delete from score where not exists (
    select 1 from customer c where c.customer_id = score.customer_id and c.head_id = c.customer_id)

-- A changed time zone: events page by page, and their new day.

-- name: derive_next_event_days
select customer_id, event_id, occurred_us, day from event
where (customer_id, event_id) > ($1, $2)
order by customer_id, event_id limit $3

-- name: derive_move_event
update event set occurred_us = $3, day = $4 where customer_id = $1 and event_id = $2
-- name: derive_move_event @pg
update event set occurred_us = t.occurred_us, day = t.day
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) as t(customer_id, event_id, occurred_us, day)
where event.customer_id = t.customer_id and event.event_id = t.event_id
