-- Who was not heard of before the end of day $1 was nobody's customer yet.
-- name: summary_people
select cast(count(*) as bigint),
    cast(coalesce(sum(case when first_day is null or first_day > $1 then 1 else 0 end), 0) as bigint),
    cast(coalesce(sum(case when (first_day is null or first_day > $1) and last_event_us >= $2 and last_event_us <= $3 then 1 else 0 end), 0) as bigint)
from customer_summary
where first_day is null or first_day <= $1
   or exists (select 1 from event e where e.customer_id = customer_summary.customer_id and e.day <= $1)

-- name: summary_buyers
select cast(count(*) as bigint),
    cast(coalesce(sum(case when observed_days < 365 then 1 else 0 end), 0) as bigint),
    cast(coalesce(sum(case when repeat_count = 0 and p_alive >= $1 then 1 else 0 end), 0) as bigint),
    cast(coalesce(sum(case when repeat_count > 0 and p_alive >= $1 then 1 else 0 end), 0) as bigint),
    cast(coalesce(sum(case when p_alive < $1 then 1 else 0 end), 0) as bigint)
from score

-- A refund that names no order ($2: the business's currency) is not in the purchase days; it is money given back all the same.
-- name: summary_purchases
select p.orders, p.sold_minor - r.back_minor
from (select cast(coalesce(sum(order_count), 0) as bigint) as orders,
          cast(coalesce(sum(case when day > $1 - 365 then amount_minor else 0 end), 0) as bigint) as sold_minor
      from purchase_day where day <= $1) p
cross join (select cast(coalesce(sum(amount_minor), 0) as bigint) as back_minor
            from event where kind = 'refund' and ref_id = 0 and currency = $2 and day > $1 - 365 and day <= $1) r

-- name: summary_other_currency
select cast(count(*) as bigint) from event where kind = 'order' and currency <> $1 and day <= $2

-- name: summary_neglected
select s.value_minor
from score s join customer_summary m on m.customer_id = s.customer_id
where s.value_minor >= $1 and s.value_minor > 0 and s.p_alive >= 0.5 and s.observed_days >= 30
  and (m.last_spoken_us is null or m.last_spoken_us < $2 or m.last_spoken_us > $3)
order by s.customer_id
