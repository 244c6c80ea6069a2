-- What the models learn from, and the fits that were made.

-- name: fit_span
select min(day), max(day), cast(count(*) as bigint) from purchase_day where day <= $1

-- Each customer's history up to day $1, and what of it was known on day $2.
-- name: fit_histories
select customer_id, cast(count(*) as bigint), min(day), max(day),
    cast(sum(case when amount_minor > 0 then 1 else 0 end) as bigint),
    cast(sum(case when amount_minor > 0 then amount_minor else 0 end) as bigint),
    cast(sum(amount_minor) as bigint),
    cast(sum(case when cost_minor is not null then amount_minor else 0 end) as bigint),
    cast(sum(coalesce(cost_minor, 0)) as bigint),
    cast(sum(case when day <= $2 then 1 else 0 end) as bigint),
    max(case when day <= $2 then day else null end)
from purchase_day where day <= $1 group by customer_id order by customer_id

-- name: fit_insert
insert into model_fit (fit_id, model, as_of_day, result, current, created_us) values ($1, $2, $3, $4, 1, $5)

-- name: fit_retire
update model_fit set current = 0 where current = 1

-- name: fit_newest
select fit_id, model, as_of_day, result, created_us from model_fit where as_of_day <= $1 order by as_of_day desc, created_us desc, fit_id desc limit 1

-- The last fit of each day, newest first.
-- name: fit_history
select fit_id, as_of_day, created_us, result from model_fit m
where as_of_day <= $1
  and not exists (select 1 from model_fit n where n.as_of_day = m.as_of_day
                  and (n.created_us > m.created_us or (n.created_us = m.created_us and n.fit_id > m.fit_id)))
order by as_of_day desc limit 60

-- What scores depend on beside the fit and the day: imports, and merges by hand.
-- name: fit_sources
select coalesce((select cast(count(*) as bigint) from import_batch), 0), coalesce((select max(coalesce(finished_us, started_us)) from import_batch), 0),
    coalesce((select cast(sum(resume_record) as bigint) from import_batch where state <> 'undone'), 0),
    coalesce((select cast(count(*) as bigint) from event where source = 'rebound' and kind in ('merge', 'unmerge')), 0),
    coalesce((select cast(count(*) as bigint) from import_batch where state = 'undone'), 0)

-- name: fit_forget_setting
delete from setting where key = $1
