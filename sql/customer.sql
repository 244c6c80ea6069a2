-- Customers: who they are, finding them, lists, and what a person tells about them by hand.

-- name: customer_head
select head_id, kind, merged_into from customer where customer_id = $1

-- name: customer_insert
insert into customer (customer_id, kind, head_id, merged_into, batch_id, created_us) values ($1, $2, $3, 0, 0, $4)

-- name: customer_fact_put
insert into customer_fact (customer_id, fact, batch_id, value, observed_us) values ($1, $2, 0, $3, $4)
on conflict (customer_id, fact, batch_id) do update set value = excluded.value, observed_us = excluded.observed_us

-- name: contact_insert
insert into contact (customer_id, contact_id, name, name_fold, role, batch_id, created_us) values ($1, $2, $3, $4, $5, 0, $6)

-- name: customer_event_insert
insert into event (customer_id, event_id, kind, source, ext_id, ref_id, occurred_us, day, amount_minor, cost_minor, currency, content_hash,
                   data, batch_id, recorded_us)
values ($1, $2, $3, 'rebound', $4, 0, $5, $6, 0, null, $7, $8, $9, 0, $10)

-- One row of a list, for a head.
-- name: customer_row
select s.customer_id, s.kind, s.name, s.email, s.phone, s.language, s.country, s.order_count, s.purchase_day_count, s.first_day, s.last_day,
    s.net_minor, s.last_spoken_us, sc.p_alive, sc.value_minor, sc.at_stake_minor, s.name_fold, s.gross_minor, s.refunded_minor,
    sc.repeat_count, sc.recency_days, sc.observed_days
from customer_summary s left join score sc on sc.customer_id = s.customer_id
where s.customer_id = $1

-- name: customer_anybody
select customer_id from customer limit 1

-- Where a page ended: the sort keys of that customer.
-- name: customer_place
select s.name_fold, s.net_minor, s.last_day, sc.at_stake_minor, sc.p_alive, sc.value_minor
from customer_summary s left join score sc on sc.customer_id = s.customer_id
where s.customer_id = $1

-- Search ---------------------------------------------------------------------------------------------------------------------------------

-- name: customer_search_prefix
select customer_id from customer_summary
where name_fold >= $1 and name_fold < $2 and (name_fold, customer_id) > ($3, $4)
order by name_fold, customer_id limit $5

-- Walks the index of names alone. Names that begin so were told before.
-- name: customer_search_inside @sqlite
select customer_id from customer_summary
where (name_fold, customer_id) > ($3, $4) and instr(name_fold, $5) > 0 and instr(name_fold, $6) > 0 and instr(name_fold, $7) > 0
    and not (name_fold >= $1 and name_fold < $2)
order by name_fold, customer_id limit $8
-- name: customer_search_inside @pg
select customer_id from customer_summary
where (name_fold, customer_id) > ($3, $4) and strpos(name_fold, $5) > 0 and strpos(name_fold, $6) > 0 and strpos(name_fold, $7) > 0
    and not (name_fold >= $1 and name_fold < $2)
order by name_fold, customer_id limit $8

-- Names under which a customer was known before being merged into another, and names of contacts. Few customers are merged and few have
-- contacts: `cross join` and `+` keep SQLite from walking all customers for the sake of the order.
-- name: customer_search_merged @sqlite
select c.head_id from customer c cross join identity i on i.customer_id = c.customer_id
where c.merged_into <> 0 and i.kind = 'name' and instr(i.value, $1) > 0 and instr(i.value, $2) > 0 and instr(i.value, $3) > 0
order by +c.head_id limit $4
-- name: customer_search_merged @pg
select c.head_id from customer c join identity i on i.customer_id = c.customer_id
where c.merged_into <> 0 and i.kind = 'name' and strpos(i.value, $1) > 0 and strpos(i.value, $2) > 0 and strpos(i.value, $3) > 0
order by c.head_id limit $4

-- name: customer_search_contact @sqlite
select c.head_id from contact t cross join customer c on c.customer_id = t.customer_id
where instr(t.name_fold, $1) > 0 and instr(t.name_fold, $2) > 0 and instr(t.name_fold, $3) > 0
order by +c.head_id limit $4
-- name: customer_search_contact @pg
select c.head_id from contact t join customer c on c.customer_id = t.customer_id
where strpos(t.name_fold, $1) > 0 and strpos(t.name_fold, $2) > 0 and strpos(t.name_fold, $3) > 0
order by c.head_id limit $4

-- Lists ----------------------------------------------------------------------------------------------------------------------------------
-- Two ways to a page. A walk goes along an index for $11 customers at most and keeps those who fit: at once where many fit. Where few do, or
-- where there is no index for the order or the filter, customer_scan looks at everybody once, in the order of the table.
-- Of both: $1 kind, $2 country, $3 language ('' is any), $4 least net, $5 and $6: 1 and the last day of purchase at most, $7: 1 nobody spoke to.

-- name: customer_list_name
select s.customer_id
from (select * from customer_summary where (name_fold, customer_id) > ($8, $9) order by name_fold, customer_id limit $11) s
where ($1 = '' or s.kind = $1) and ($2 = '' or s.country = $2) and ($3 = '' or s.language = $3) and s.net_minor >= $4
    and ($5 = 0 or s.last_day <= $6) and ($7 = 0 or s.last_spoken_us is null)
order by s.name_fold, s.customer_id limit $10

-- name: customer_list_net
select s.customer_id
from (select * from customer_summary where (net_minor, customer_id) < ($8, $9) order by net_minor desc, customer_id desc limit $11) s
where ($1 = '' or s.kind = $1) and ($2 = '' or s.country = $2) and ($3 = '' or s.language = $3) and s.net_minor >= $4
    and ($5 = 0 or s.last_day <= $6) and ($7 = 0 or s.last_spoken_us is null)
order by s.net_minor desc, s.customer_id desc limit $10

-- name: customer_list_last
select s.customer_id
from (select * from customer_summary where (last_day, customer_id) < ($8, $9) order by last_day desc, customer_id desc limit $11) s
where ($1 = '' or s.kind = $1) and ($2 = '' or s.country = $2) and ($3 = '' or s.language = $3) and s.net_minor >= $4
    and ($5 = 0 or s.last_day <= $6) and ($7 = 0 or s.last_spoken_us is null)
order by s.last_day desc, s.customer_id desc limit $10

-- name: customer_list_new
select s.customer_id from (select * from customer_summary where customer_id < $8 order by customer_id desc limit $10) s
where ($1 = '' or s.kind = $1) and ($2 = '' or s.country = $2) and ($3 = '' or s.language = $3) and s.net_minor >= $4
    and ($5 = 0 or s.last_day <= $6) and ($7 = 0 or s.last_spoken_us is null)
order by s.customer_id desc limit $9

-- The usual order of the console: it keeps to every filter but consent, as customer_scan does. $12 stage, $13 the drift ratio, $14 to $17
-- P(alive) and what is at stake, $18 and $19 phone and e-mail.
-- name: customer_list_stake
select s.customer_id
from (select sc.at_stake_minor, sc.p_alive, sc.repeat_count, sc.recency_days, sc.observed_days, m.*
      from score sc join customer_summary m on m.customer_id = sc.customer_id
      where (sc.at_stake_minor, sc.customer_id) < ($8, $9) order by sc.at_stake_minor desc, sc.customer_id desc limit $11) s
where ($1 = '' or s.kind = $1) and ($2 = '' or s.country = $2) and ($3 = '' or s.language = $3) and s.net_minor >= $4
    and ($5 = 0 or s.last_day <= $6) and ($7 = 0 or s.last_spoken_us is null)
    and ($18 = 0 or ($18 = 1 and s.phone <> '') or ($18 = -1 and s.phone = ''))
    and ($19 = 0 or ($19 = 1 and s.email <> '') or ($19 = -1 and s.email = ''))
    and s.p_alive >= $14 and s.p_alive <= $15
    and ($16 <= cast(0 as double precision) or s.at_stake_minor >= $16) and s.at_stake_minor <= $17
    and ($12 = '' or $12 = case when s.purchase_day_count = 0 then 'prospect' when s.p_alive < 0.05 then 'lost'
        when s.p_alive < 0.5 or (s.p_alive < 0.9 and s.repeat_count >= 2 and s.recency_days >= 21
            and (s.observed_days - s.recency_days) * s.repeat_count >= $13 * s.recency_days) then 'slowing'
        when s.repeat_count = 0 then 'new' else 'active' end)
order by s.at_stake_minor desc, s.customer_id desc limit $10

-- $8 stage ('' any) by the rules of reb_customer_stage, $9 the business's drift ratio; $10 to $13 P(alive) and what is at stake, at least and
-- at most; $14 and $15: 1 with a phone number, an e-mail address, -1 without; $16 what was said ('' any, yes, no) of the facts $17 to $20,
-- the most exact one first: the greatest number is the most exact word, then the newest (below 10^16 until 2128). $21 the order; $22, $23, $24 the place after which the page begins; $25 how many. Each row tells in its second
-- column how many fit in all. Who has no figure to be ordered by comes last.
-- name: customer_scan
with fits as materialized (
    select s.customer_id, case when $21 = 'name' then s.name_fold else '' end as name_fold,
        coalesce(case $21 when 'net' then cast(s.net_minor as double precision) when 'stake' then sc.at_stake_minor
            when 'last' then cast(s.last_day as double precision) when 'silent' then - cast(s.last_day as double precision)
            when 'alive' then - sc.p_alive when 'value' then sc.value_minor else cast(0 as double precision) end,
            cast(-1e300 as double precision)) as place
    from customer_summary s left join score sc on sc.customer_id = s.customer_id
    where ($1 = '' or s.kind = $1) and ($2 = '' or s.country = $2) and ($3 = '' or s.language = $3) and s.net_minor >= $4
    and ($5 = 0 or s.last_day <= $6) and ($7 = 0 or s.last_spoken_us is null)
    and ($14 = 0 or ($14 = 1 and s.phone <> '') or ($14 = -1 and s.phone = ''))
    and ($15 = 0 or ($15 = 1 and s.email <> '') or ($15 = -1 and s.email = ''))
    and ($10 <= cast(0 as double precision) or sc.p_alive >= $10) and ($11 >= cast(1 as double precision) or sc.p_alive <= $11)
    and ($12 <= cast(0 as double precision) or sc.at_stake_minor >= $12)
    and ($13 >= cast(1e300 as double precision) or sc.at_stake_minor <= $13)
    and ($8 = '' or $8 = case when s.purchase_day_count = 0 then 'prospect' when sc.p_alive is null then ''
        when sc.p_alive < 0.05 then 'lost'
        when sc.p_alive < 0.5 or (sc.p_alive < 0.9 and sc.repeat_count >= 2 and sc.recency_days >= 21
            and (sc.observed_days - sc.recency_days) * sc.repeat_count >= $9 * sc.recency_days) then 'slowing'
        when sc.repeat_count = 0 then 'new' else 'active' end)
    and ($16 = '' or s.customer_id in (
        select said.head_id
        from (select c.head_id, max(case f.fact when $17 then 30000000000000000 when $18 then 20000000000000000
                      when $19 then 10000000000000000 else 0 end + 2 * f.observed_us
                  + case when lower(f.value) in ('no', 'n', 'false', '0', 'denied', 'withdrawn', 'opted_out', 'opt_out', 'unsubscribed',
                      'never') then 0 else 1 end) as word
              from customer_fact f join customer c on c.customer_id = f.customer_id
              where f.fact >= 'consent:' and f.fact < 'consent;' and f.fact in ($17, $18, $19, $20)
              group by c.head_id) said
        where $16 = case when said.word % 2 = 1 then 'yes' else 'no' end))
)
select f.customer_id, (select cast(count(*) as bigint) from fits)
from fits f
where ($21 = 'name' and (f.name_fold, f.customer_id) > ($22, $24))
    or ($21 <> 'name' and (f.place, f.customer_id) < ($23, $24))
order by f.name_fold, f.place desc, case when $21 = 'name' then f.customer_id else - f.customer_id end limit $25

-- name: customer_count
select cast(count(*) as bigint) from customer_summary

-- What there is to filter by.
-- name: customer_countries
select country, cast(count(*) as bigint) from customer_summary where country <> '' group by country order by 2 desc, 1 limit $1

-- name: customer_languages
select language, cast(count(*) as bigint) from customer_summary where language <> '' group by language order by 2 desc, 1 limit $1

-- $1 the business's drift ratio; the rules are those of customer_scan.
-- name: customer_stages
select t.stage, cast(count(*) as bigint)
from (select case when s.purchase_day_count = 0 then 'prospect' when sc.p_alive is null then ''
        when sc.p_alive < 0.05 then 'lost'
        when sc.p_alive < 0.5 or (sc.p_alive < 0.9 and sc.repeat_count >= 2 and sc.recency_days >= 21
            and (sc.observed_days - sc.recency_days) * sc.repeat_count >= $1 * sc.recency_days) then 'slowing'
        when sc.repeat_count = 0 then 'new' else 'active' end as stage
    from customer_summary s left join score sc on sc.customer_id = s.customer_id) t
group by t.stage

-- One customer ---------------------------------------------------------------------------------------------------------------------------

-- name: customer_created
select created_us from customer where customer_id = $1

-- name: customer_facts
select f.fact, f.value, f.observed_us, f.batch_id from customer c join customer_fact f on f.customer_id = c.customer_id
where c.head_id = $1 order by f.fact, f.observed_us desc, f.batch_id desc, f.customer_id desc

-- Words on consent, noted by hand at one instant.
-- name: customer_consents_said
select e.data from customer c join event e on e.customer_id = c.customer_id
where c.head_id = $1 and e.source = 'rebound' and e.kind = 'consent' and e.occurred_us = $2

-- name: customer_contacts
select t.customer_id, t.contact_id, t.name, t.role from customer c join contact t on t.customer_id = c.customer_id
where c.head_id = $1 order by t.name_fold, t.contact_id

-- name: customer_contact_exists
select contact_id from contact where customer_id = $1 and name_fold = $2 and role = $3 limit 1

-- name: customer_days
select day from purchase_day where customer_id = $1 and day <= $2 order by day

-- What was told up to an instant. Who is held out is never shown, or the measure would be spoilt.
-- name: customer_events
select e.event_id, e.customer_id, e.kind, e.source, e.ext_id, e.occurred_us, e.day, e.amount_minor, e.currency, e.data, e.batch_id,
    u.occurred_us, u.data
from customer c join event e on e.customer_id = c.customer_id
left join event u on e.batch_id = 0 and u.source = 'rebound' and u.ext_id = 'undo:' || cast(e.event_id as text) and u.kind = 'undo'
    and u.customer_id = e.customer_id
where c.head_id = $1 and ($2 = '' or e.kind = $2) and ($2 <> '' or (e.kind not in ('shown', 'undo') and (e.kind <> 'promise' or e.batch_id = 0))) and e.kind <> 'held_out'
    and (e.occurred_us, e.event_id) < ($3, $4)
order by e.occurred_us desc, e.event_id desc limit $5

-- An act that speaks of two customers has an event on each, with one ext_id: it counts once.
-- name: customer_event_count
select cast(count(distinct case when e.source = 'rebound' and e.kind in ('merge', 'unmerge', 'not_same') then e.ext_id
    else cast(e.event_id as text) end) as bigint)
from customer c join event e on e.customer_id = c.customer_id
where c.head_id = $1 and e.kind not in ('shown', 'held_out', 'undo') and (e.kind <> 'promise' or e.batch_id = 0) and e.occurred_us <= $2

-- name: customer_event_lines
select name, sku, quantity_milli from event_line where customer_id = $1 and event_id = $2 order by line_no limit $3

-- name: customer_shown
select e.customer_id, e.ext_id, e.occurred_us from customer c join event e on e.customer_id = c.customer_id
where c.head_id = $1 and e.source = 'rebound' and e.kind = 'shown' and e.occurred_us <= $2
order by e.occurred_us desc, e.event_id desc limit 1

-- name: customer_answered
select cast(count(*) as bigint) from customer c join event e on e.customer_id = c.customer_id
where c.head_id = $1 and e.kind in ('done', 'not_now', 'wrong', 'contact') and e.occurred_us >= $2 and e.occurred_us <= $3
    and not exists (select 1 from event u where u.source = 'rebound' and u.ext_id = 'undo:' || cast(e.event_id as text)
        and u.kind = 'undo' and u.customer_id = e.customer_id)

