-- Scores. In the embedded engine one statement that calls the mathematics as SQL functions, $13 says of which model; elsewhere rows
-- stream through the program (src/app/fit.c), which computes the same doubles with the same operations in the same order.

-- name: score_clear
delete from score

-- name: score_all @sqlite
with history as (
    select customer_id, cast(count(*) - 1 as real) as x, cast(max(day) - min(day) as real) as recency, cast($2 - min(day) as real) as observed,
        sum(case when amount_minor > 0 then 1 else 0 end) as paid_days,
        sum(case when amount_minor > 0 then amount_minor else 0 end) as paid,
        sum(amount_minor) as amount,
        sum(case when cost_minor is not null then amount_minor else 0 end) as known_amount,
        sum(coalesce(cost_minor, 0)) as known_cost
    from purchase_day where day <= $2 group by customer_id
), figured as materialized (
    select customer_id, x, recency, observed,
        case $13 when 'pnbd' then reb_pnbd_p_alive($3, $4, $5, $6, x, recency / 7.0, observed / 7.0)
            when 'bgnbd' then reb_bgnbd_p_alive($3, $4, $5, $6, x, recency / 7.0, observed / 7.0)
            else reb_mbgnbd_p_alive($3, $4, $5, $6, x, recency / 7.0, observed / 7.0) end as p_alive,
        case $13 when 'pnbd' then reb_pnbd_expected($3, $4, $5, $6, 182.5 / 7.0, x, recency / 7.0, observed / 7.0)
            when 'bgnbd' then reb_bgnbd_expected($3, $4, $5, $6, 182.5 / 7.0, x, recency / 7.0, observed / 7.0)
            else reb_mbgnbd_expected($3, $4, $5, $6, 182.5 / 7.0, x, recency / 7.0, observed / 7.0) end as near,
        case $13 when 'pnbd' then reb_pnbd_expected($3, $4, $5, $6, 365.0 / 7.0, x, recency / 7.0, observed / 7.0)
            when 'bgnbd' then reb_bgnbd_expected($3, $4, $5, $6, 365.0 / 7.0, x, recency / 7.0, observed / 7.0)
            else reb_mbgnbd_expected($3, $4, $5, $6, 365.0 / 7.0, x, recency / 7.0, observed / 7.0) end as year,
        reb_gg_expected($7, $8, $9, paid_days, case when paid_days > 0 then cast(paid as real) / paid_days else 0.0 end) as spend,
        case when amount <= 0 then $10
            else min(1.0, max(-1.0, (cast(known_amount - known_cost as real) + $10 * (amount - known_amount)) / amount)) end as margin
    from history
), valued as (
    select customer_id, x, recency, observed, p_alive, year, spend, margin,
        (near * $11 + (year - near) * $12) * spend * margin as value
    from figured
), kept as (
    select customer_id, x, recency, observed, p_alive, year, spend, margin, value,
        case when p_alive >= 0.000000000001 then value / p_alive else 0.0 end as kept
    from valued
)
insert into score (customer_id, fit_id, repeat_count, recency_days, observed_days, p_alive, expected_year, spend_minor, margin_rate,
                   value_minor, kept_minor, at_stake_minor)
select customer_id, $1, cast(x as bigint), recency, observed, p_alive, year, spend, margin, value, kept,
    case when p_alive >= 0.000000000001 then kept - value else 0.0 end
from kept where p_alive is not null and year is not null and spend is not null

-- name: score_insert
insert into score (customer_id, fit_id, repeat_count, recency_days, observed_days, p_alive, expected_year, spend_minor, margin_rate,
                   value_minor, kept_minor, at_stake_minor)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: score_insert @pg
insert into score (customer_id, fit_id, repeat_count, recency_days, observed_days, p_alive, expected_year, spend_minor, margin_rate,
                   value_minor, kept_minor, at_stake_minor)
select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::float8[], $5::float8[], $6::float8[], $7::float8[], $8::float8[],
                     $9::float8[], $10::float8[], $11::float8[], $12::float8[])

-- name: score_stream
select customer_id, repeat_count, recency_days, observed_days, p_alive, spend_minor, margin_rate, value_minor, kept_minor, at_stake_minor
from score order by customer_id

-- name: score_count
select cast(count(*) as bigint) from score

-- name: history_of_customer
select cast(count(*) as bigint), min(day), max(day),
    cast(sum(case when amount_minor > 0 then 1 else 0 end) as bigint),
    cast(sum(case when amount_minor > 0 then amount_minor else 0 end) as bigint),
    cast(sum(amount_minor) as bigint),
    cast(sum(case when cost_minor is not null then amount_minor else 0 end) as bigint),
    cast(sum(coalesce(cost_minor, 0)) as bigint)
from purchase_day where customer_id = $1 and day <= $2
