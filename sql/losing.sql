-- What losing costs.

-- Cases opened since $1, and open ones of any age, until $2: customer by customer, open ones first.
-- name: losing_cases
select number, customer_id, whom_id, kind, cause, opened_us, closed_us, state, outcome, decided_us from case_file
where state <> 'merged' and opened_us <= $2 and (opened_us >= $1 or closed_us = 0)
order by whom_id, closed_us, opened_us, case_id

-- name: losing_customers
select cast(count(distinct whom_id) as bigint) from case_file where state <> 'merged' and opened_us <= $2 and (opened_us >= $1 or closed_us = 0)

-- What a customer who came within the last year is worth, and what anybody is.
-- name: losing_new_value
select cast(count(*) as bigint), coalesce(avg(value_minor), 0.0),
    cast(coalesce(sum(case when observed_days < 365 then 1 else 0 end), 0) as bigint),
    coalesce(avg(case when observed_days < 365 then value_minor else null end), 0.0)
from score

-- Each buyer until day $1: days bought on, the last of them, and whether they bought again within $2 days. One in $3 of them.
-- name: losing_buyers
select customer_id, cast(sum(case when day <= $1 then 1 else 0 end) as bigint), max(case when day <= $1 then day else null end),
    cast(sum(case when day > $1 then 1 else 0 end) as bigint)
from purchase_day where day <= $1 + $2 and customer_id % $3 = 0 group by customer_id
having sum(case when day <= $1 then 1 else 0 end) > 0

-- name: losing_buyer
select cast(coalesce(sum(case when day <= $2 then 1 else 0 end), 0) as bigint), max(case when day <= $2 then day else null end),
    cast(coalesce(sum(case when day > $2 then 1 else 0 end), 0) as bigint)
from purchase_day where customer_id = $1 and day <= $2 + $3

-- name: losing_complainers
select distinct whom_id from case_file where whom_id <> 0
