-- name: today_threshold
select value_minor from score where value_minor > 0 order by value_minor desc, customer_id limit 1 offset $1

-- name: today_valued
select cast(count(*) as bigint) from score where value_minor > 0

-- Everybody whom a kind of item may fit; src/app/today.c decides. $1 drift ratio, $2 days past the purchase that did not come, at most, $3 P(alive) below, $4 and $5 days after a
-- purchase in which to ask, $6 worth much, $7 the day, $8 the instant: who was spoken to
-- later may have been spoken to before it, too.
-- name: today_candidates
with spoken as materialized (
    select c.head_id, max(e.occurred_us) as at_us
    from customer c join event e on e.customer_id = c.customer_id
    where c.head_id in (select customer_id from customer_summary where last_spoken_us > $8)
        and e.kind in ('contact', 'done') and e.occurred_us <= $8
        and not exists (select 1 from event u where u.source = 'rebound' and u.ext_id = 'undo:' || cast(e.event_id as text)
            and u.kind = 'undo' and u.customer_id = e.customer_id)
    group by c.head_id
)
select s.customer_id, s.repeat_count, s.recency_days, s.observed_days, s.p_alive, s.value_minor, s.at_stake_minor,
    case when m.last_spoken_us is null or m.last_spoken_us <= $8 then m.last_spoken_us else w.at_us end,
    case when s.observed_days - s.recency_days between $4 and $5 then
        (select p.amount_minor from purchase_day p
         where p.customer_id = s.customer_id and p.day = $7 - cast(s.observed_days - s.recency_days as bigint)) else null end,
    case when s.observed_days - s.recency_days between $4 and $5 and s.repeat_count >= 2 then
        (select cast(sum(p.amount_minor) as double precision) / count(*) from purchase_day p
         where p.customer_id = s.customer_id and p.day < $7 - cast(s.observed_days - s.recency_days as bigint) and p.amount_minor > 0)
         else null end
from score s join customer_summary m on m.customer_id = s.customer_id left join spoken w on w.head_id = s.customer_id
where (s.repeat_count >= 2 and s.p_alive < $3 and (s.observed_days - s.recency_days) * s.repeat_count >= $1 * s.recency_days
       and (s.observed_days - s.recency_days - $2) * s.repeat_count <= s.recency_days)
   or (s.observed_days - s.recency_days between $4 and $5)
   or (s.value_minor >= $6)
order by s.customer_id

-- name: today_person
select name, email, phone from customer_summary where customer_id = $1

-- name: today_identities
select i.kind, i.source, i.value, i.shown
from customer c join identity i on i.customer_id = c.customer_id
where c.head_id = $1 and i.kind <> 'name'
order by i.kind, i.source, i.value

-- What the customer has said about being reached, the newest word first.
-- name: today_consent
select f.fact, f.value
from customer c join customer_fact f on f.customer_id = c.customer_id
where c.head_id = $1 and f.fact >= 'consent:' and f.fact < 'consent;' and f.observed_us <= $2
order by f.fact, f.observed_us desc, f.batch_id desc

-- name: today_half_an_import
select file_name, batch_id from import_batch where state in ('running', 'interrupted') order by batch_id desc limit 1

-- name: today_sample_import
select batch_id from import_batch where source = $1 and state <> 'undone' order by batch_id desc limit 1

-- One customer as the fit sees them, $1, and when somebody last spoke with them, as of $2.
-- name: today_lost
select s.repeat_count, s.recency_days, s.observed_days, s.p_alive, s.at_stake_minor,
    case when m.last_spoken_us <= $2 then m.last_spoken_us else null end
from score s join customer_summary m on m.customer_id = s.customer_id where s.customer_id = $1
