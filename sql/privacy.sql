-- What is held on one person, to be given to them or erased.

-- name: privacy_secret_get
select value from secret where name = $1

-- name: privacy_secret_put
insert into secret (name, value) values ($1, $2) on conflict (name) do nothing

-- Erasing one customer (each of a head's members in turn) -------------------------------------------------------------------------------

-- name: privacy_identities
select kind, source, value from identity where customer_id = $1 and kind <> 'erased' order by kind, source, value

-- name: privacy_drop_identities
delete from identity where customer_id = $1 and kind <> 'erased'

-- name: privacy_drop_facts
delete from customer_fact where customer_id = $1

-- name: privacy_drop_contacts
delete from contact where customer_id = $1

-- A file may call its system 'rebound', too: what was done by hand came by no import.
-- name: privacy_events
select customer_id, event_id, case when batch_id = 0 then source else '' end, kind, ext_id, data from event where customer_id = $1 and data is not null order by event_id

-- The same word about two customers stands with both.
-- name: privacy_other_events
select customer_id, event_id, source, kind, ext_id, data from event
where source = 'rebound' and batch_id = 0 and ext_id = $1 and kind = 'not_same' and customer_id <> $2 and data is not null

-- name: privacy_event_data @sqlite
update event set data = $3, content_hash = case when batch_id = 0 then 0 else content_hash end where customer_id = $1 and event_id = $2
-- name: privacy_event_data @pg
update event set data = t.data, content_hash = case when event.batch_id = 0 then 0 else event.content_hash end
from unnest($1::bigint[], $2::bigint[], $3::text[]) as t (customer_id, event_id, data)
where event.customer_id = t.customer_id and event.event_id = t.event_id

-- name: privacy_not_same
update not_same set why = '' where customer_id = $1 or other_id = $1

-- What looks at files and corrections of refused rows told holds values of those files, of anybody.
-- name: privacy_forget_looks
delete from job where kind in ('import_check', 'import_mend') and state in ('done', 'failed', 'cancelled')

-- How many were erased so far: a running import sees by it that it must not go by what it remembers.
-- name: privacy_count
select value from counter where name = 'erased'

-- name: privacy_count_up
insert into counter (name, value) values ('erased', 1) on conflict (name) do update set value = counter.value + 1

-- name: privacy_erased
select min(e.occurred_us) from customer c join event e on e.customer_id = c.customer_id
where c.head_id = $1 and e.source = 'rebound' and e.kind = 'erased'

-- Exporting ------------------------------------------------------------------------------------------------------------------------------

-- name: personal_customers
select customer_id, kind, merged_into, batch_id, created_us from customer where head_id = $1 order by customer_id

-- name: personal_identities
select i.customer_id, i.kind, i.source, i.value, i.shown, i.contact_id, i.batch_id from customer c join identity i on i.customer_id = c.customer_id
where c.head_id = $1 and i.kind <> 'erased' order by i.kind, i.value, i.source, i.customer_id

-- name: personal_facts
select f.customer_id, f.fact, f.value, f.observed_us, f.batch_id from customer c join customer_fact f on f.customer_id = c.customer_id
where c.head_id = $1 order by f.fact, f.observed_us, f.batch_id, f.customer_id

-- name: personal_contacts
select t.customer_id, t.contact_id, t.name, t.role, t.batch_id, t.created_us from customer c join contact t on t.customer_id = c.customer_id
where c.head_id = $1 order by t.customer_id, t.contact_id

-- name: personal_pairs
select n.customer_id, n.other_id, n.who, n.why, n.recorded_us from not_same n
where n.customer_id in (select customer_id from customer where head_id = $1) or n.other_id in (select customer_id from customer where head_id = $1)
order by n.customer_id, n.other_id

-- name: personal_events
select e.customer_id, e.event_id, e.kind, e.source, e.ext_id, e.ref_id, e.occurred_us, e.day, e.amount_minor, e.cost_minor, e.currency, e.data,
    e.batch_id, e.recorded_us
from customer c join event e on e.customer_id = c.customer_id
where c.head_id = $1 order by e.occurred_us, e.event_id

-- name: personal_lines
select line_no, sku, name, quantity_milli, price_minor, amount_minor from event_line where customer_id = $1 and event_id = $2 order by line_no

-- name: personal_days
select day, order_count, amount_minor from purchase_day where customer_id = $1 order by day

-- name: personal_score
select fit_id, repeat_count, recency_days, observed_days, p_alive, expected_year, spend_minor, margin_rate, value_minor, at_stake_minor
from score where customer_id = $1

-- name: personal_batches
select batch_id, source, file_name, started_us from import_batch order by batch_id
