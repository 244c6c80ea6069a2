-- Bulk writing of imports. Each `_many` query takes arrays on PostgreSQL and one row a step on SQLite. `returning` on PostgreSQL is for Citus,
-- which otherwise counts the rows that were offered, not those that were written.

-- name: ingest_find_identity @sqlite
select $1 as ord, customer_id from identity where value = $2 and kind = $3 and source = $4 order by customer_id limit 1
-- name: ingest_find_identity @pg
select u.ord, min(i.customer_id)
from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) as u (ord, value, kind, source)
join identity i on i.value = u.value and i.kind = u.kind and i.source = u.source
group by u.ord

-- name: ingest_customer @sqlite
insert into customer (customer_id, kind, head_id, batch_id, created_us) values ($1, $2, $1, $3, $4)
-- name: ingest_customer @pg
insert into customer (customer_id, kind, head_id, batch_id, created_us)
select u.customer_id, u.kind, u.customer_id, u.batch_id, u.created_us
from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[]) as u (customer_id, kind, batch_id, created_us)

-- name: ingest_identity @sqlite
insert into identity (customer_id, kind, source, value, shown, contact_id, batch_id) values ($1, $2, $3, $4, $5, 0, $6)
on conflict (customer_id, kind, source, value) do nothing
-- name: ingest_identity @pg
insert into identity (customer_id, kind, source, value, shown, contact_id, batch_id)
select u.customer_id, u.kind, u.source, u.value, u.shown, 0, u.batch_id
from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[]) as u (customer_id, kind, source, value, shown, batch_id)
on conflict (customer_id, kind, source, value) do nothing
returning customer_id

-- name: ingest_fact @sqlite
insert into customer_fact (customer_id, fact, batch_id, value, observed_us) values ($1, $2, $3, $4, $5)
on conflict (customer_id, fact, batch_id) do update set value = excluded.value, observed_us = excluded.observed_us
where excluded.observed_us >= customer_fact.observed_us and excluded.value <> customer_fact.value
-- name: ingest_fact @pg
insert into customer_fact (customer_id, fact, batch_id, value, observed_us)
select u.customer_id, u.fact, u.batch_id, u.value, u.observed_us
from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[]) as u (customer_id, fact, batch_id, value, observed_us)
on conflict (customer_id, fact, batch_id) do update set value = excluded.value, observed_us = excluded.observed_us
where excluded.observed_us >= customer_fact.observed_us and excluded.value <> customer_fact.value
returning customer_id

-- The newest value of a fact.
-- name: ingest_find_fact @sqlite
select $1 as ord, value from customer_fact where customer_id = $2 and fact = $3 order by observed_us desc, batch_id desc limit 1
-- name: ingest_find_fact @pg
select distinct on (f.customer_id, u.ord) u.ord, f.value
from unnest($1::bigint[], $2::bigint[], $3::text[]) as u (ord, customer_id, fact)
join customer_fact f on f.customer_id = u.customer_id and f.fact = u.fact
order by f.customer_id, u.ord, f.observed_us desc, f.batch_id desc

-- name: ingest_event @sqlite
insert into event (customer_id, event_id, kind, source, ext_id, ref_id, occurred_us, day, amount_minor, cost_minor, currency, content_hash,
                   data, batch_id, recorded_us)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
on conflict (source, ext_id, kind, customer_id) do nothing
-- name: ingest_event @pg
insert into event (customer_id, event_id, kind, source, ext_id, ref_id, occurred_us, day, amount_minor, cost_minor, currency, content_hash,
                   data, batch_id, recorded_us)
select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
                     $10::bigint[], $11::text[], $12::bigint[], $13::text[], $14::bigint[], $15::bigint[])
on conflict (source, ext_id, kind, customer_id) do nothing
returning customer_id

-- name: ingest_line @sqlite
insert into event_line (customer_id, event_id, line_no, sku, name, quantity_milli, price_minor, amount_minor, cost_minor)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
-- name: ingest_line @pg
insert into event_line (customer_id, event_id, line_no, sku, name, quantity_milli, price_minor, amount_minor, cost_minor)
select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])

-- name: ingest_find_event @sqlite
select $1 as ord, event_id, content_hash, batch_id, amount_minor from event
where source = $2 and ext_id = $3 and kind = $4 and customer_id = $5
-- name: ingest_find_event @pg
select u.ord, e.event_id, e.content_hash, e.batch_id, e.amount_minor
from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[]) as u (ord, source, ext_id, kind, customer_id)
join event e on e.source = u.source and e.ext_id = u.ext_id and e.kind = u.kind and e.customer_id = u.customer_id

-- What was already told about an event: its parts, changes, refunds.
-- name: ingest_family
select event_id, kind, ext_id, content_hash, amount_minor, batch_id from event
where customer_id = $1 and ref_id = $2 and kind in ('order_part', 'order_change', 'ticket_change', 'refund')
order by event_id

-- The newest order of the customer with a line of the same article and quantity, not later than the refund.
-- name: ingest_match_line @sqlite
select $1 as ord, case when e.kind = 'order' then e.event_id else e.ref_id end from event_line l
join event e on e.customer_id = l.customer_id and e.event_id = l.event_id
where l.customer_id = $2 and l.sku = $3 and l.quantity_milli = $4 and e.kind in ('order', 'order_part') and e.occurred_us <= $5
order by e.occurred_us desc, e.event_id desc limit 1
-- name: ingest_match_line @pg
select distinct on (l.customer_id, u.ord) u.ord, case when e.kind = 'order' then e.event_id else e.ref_id end
from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[]) as u (ord, customer_id, sku, quantity_milli, occurred_us)
join event_line l on l.customer_id = u.customer_id and l.sku = u.sku and l.quantity_milli = u.quantity_milli
join event e on e.customer_id = l.customer_id and e.event_id = l.event_id
where e.kind in ('order', 'order_part') and e.occurred_us <= u.occurred_us
order by l.customer_id, u.ord, e.occurred_us desc, e.event_id desc

-- Sums of customers who only bought again.
-- name: ingest_head @sqlite
select $1 as ord, head_id from customer where customer_id = $2
-- name: ingest_head @pg
select u.ord, c.head_id from unnest($1::bigint[], $2::bigint[]) as u (ord, customer_id) join customer c on c.customer_id = u.customer_id

-- name: ingest_add_day @sqlite
insert into purchase_day (customer_id, day, order_count, amount_minor, cost_minor) values ($1, $2, $3, $4, $5)
on conflict (customer_id, day) do update set order_count = purchase_day.order_count + excluded.order_count,
    amount_minor = purchase_day.amount_minor + excluded.amount_minor, cost_minor = purchase_day.cost_minor + excluded.cost_minor
returning customer_id, day, order_count
-- name: ingest_add_day @pg
insert into purchase_day (customer_id, day, order_count, amount_minor, cost_minor)
select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
on conflict (customer_id, day) do update set order_count = purchase_day.order_count + excluded.order_count,
    amount_minor = purchase_day.amount_minor + excluded.amount_minor, cost_minor = purchase_day.cost_minor + excluded.cost_minor
returning customer_id, day, order_count

-- name: ingest_add_summary @sqlite
update customer_summary set order_count = order_count + $2, purchase_day_count = purchase_day_count + $3,
    first_day = case when first_day <= $4 then first_day else $4 end, last_day = case when last_day >= $5 then last_day else $5 end,
    gross_minor = gross_minor + $6, net_minor = net_minor + $6,
    last_event_us = case when last_event_us >= $7 then last_event_us else $7 end
where customer_id = $1
-- name: ingest_add_summary @pg
update customer_summary s set order_count = s.order_count + u.orders, purchase_day_count = s.purchase_day_count + u.days,
    first_day = case when s.first_day <= u.first_day then s.first_day else u.first_day end,
    last_day = case when s.last_day >= u.last_day then s.last_day else u.last_day end,
    gross_minor = s.gross_minor + u.gross, net_minor = s.net_minor + u.gross,
    last_event_us = case when s.last_event_us >= u.last_us then s.last_event_us else u.last_us end
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
     as u (customer_id, orders, days, first_day, last_day, gross, last_us)
where s.customer_id = u.customer_id
