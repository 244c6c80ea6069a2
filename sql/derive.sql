-- name: derive_head_of
select customer_id, head_id, kind from customer where customer_id = $1
-- name: derive_head_of @pg
select c.customer_id, c.head_id, c.kind from unnest($1::bigint[]) as t(id) join customer c on c.customer_id = t.id

-- name: derive_members
select head_id, customer_id from customer where head_id = $1
-- name: derive_members @pg
select head_id, customer_id from customer where head_id = any($1::bigint[])

-- name: derive_events
select customer_id, event_id, kind, ref_id, occurred_us, day, amount_minor, cost_minor, currency from event where customer_id = $1
-- name: derive_events @pg
select customer_id, event_id, kind, ref_id, occurred_us, day, amount_minor, cost_minor, currency
from event where customer_id = any($1::bigint[])

-- One range of the primary key holds the three facts that are wanted, and a few more.
-- name: derive_facts
select customer_id, fact, value, observed_us, batch_id from customer_fact
where customer_id = $1 and fact >= 'country' and fact <= 'name'
-- name: derive_facts @pg
select customer_id, fact, value, observed_us, batch_id from customer_fact
where customer_id = any($1::bigint[]) and fact in ('name', 'language', 'country')

-- name: derive_identities
select customer_id, kind, value, shown, contact_id, batch_id from identity where customer_id = $1
-- name: derive_identities @pg
select customer_id, kind, value, shown, contact_id, batch_id from identity
where customer_id = any($1::bigint[]) and kind in ('email', 'phone', 'name')

-- What is stored of these heads, to be compared with what the log gives.

-- name: derive_stored_days
select customer_id, day, order_count, amount_minor, cost_minor from purchase_day where customer_id = $1
-- name: derive_stored_days @pg
select customer_id, day, order_count, amount_minor, cost_minor from purchase_day where customer_id = any($1::bigint[])

-- name: derive_stored_summaries
select customer_id, kind, name, name_fold, email, phone, language, country, order_count, purchase_day_count, first_day, last_day,
    gross_minor, refunded_minor, net_minor, last_spoken_us, last_event_us
from customer_summary where customer_id = $1
-- name: derive_stored_summaries @pg
select customer_id, kind, name, name_fold, email, phone, language, country, order_count, purchase_day_count, first_day, last_day,
    gross_minor, refunded_minor, net_minor, last_spoken_us, last_event_us
from customer_summary where customer_id = any($1::bigint[])

-- Customers that are no heads (any more).

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

-- name: derive_drop_day
delete from purchase_day where customer_id = $1 and day = $2
-- name: derive_drop_day @pg
delete from purchase_day using unnest($1::bigint[], $2::bigint[]) as t(customer_id, day)
where purchase_day.customer_id = t.customer_id and purchase_day.day = t.day

-- name: derive_put_day
insert into purchase_day (customer_id, day, order_count, amount_minor, cost_minor) values ($1, $2, $3, $4, $5)
on conflict (customer_id, day) do update set order_count = excluded.order_count, amount_minor = excluded.amount_minor,
    cost_minor = excluded.cost_minor
-- name: derive_put_day @pg
insert into purchase_day (customer_id, day, order_count, amount_minor, cost_minor)
select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
on conflict (customer_id, day) do update set order_count = excluded.order_count, amount_minor = excluded.amount_minor,
    cost_minor = excluded.cost_minor

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

-- The same where only figures have changed: the index of names stays untouched.
-- name: derive_put_figures
update customer_summary set order_count = $2, purchase_day_count = $3, first_day = $4, last_day = $5, gross_minor = $6,
    refunded_minor = $7, net_minor = $8, last_spoken_us = $9, last_event_us = $10
where customer_id = $1
-- name: derive_put_figures @pg
update customer_summary as c set order_count = t.orders, purchase_day_count = t.days, first_day = t.first, last_day = t.last,
    gross_minor = t.gross, refunded_minor = t.refunded, net_minor = t.net, last_spoken_us = t.spoken, last_event_us = t.event
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
    $9::bigint[], $10::bigint[]) as t(id, orders, days, first, last, gross, refunded, net, spoken, event)
where c.customer_id = t.id

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
