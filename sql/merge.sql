-- Merging, un-merging, and what a person has said is not the same.

-- name: merge_group
select customer_id, merged_into from customer where head_id = $1 order by customer_id

-- name: merge_set_head
update customer set head_id = $2 where customer_id = $1

-- name: merge_set_into
update customer set merged_into = $2 where customer_id = $1

-- name: merge_members
select c.customer_id, c.merged_into, e.occurred_us, e.data
from customer c left join event e on e.customer_id = c.customer_id and e.kind = 'merge' and e.source = 'rebound'
where c.head_id = $1 and c.merged_into <> 0 order by c.customer_id, e.occurred_us, e.event_id

-- name: not_same_put
insert into not_same (customer_id, other_id, who, why, recorded_us) values ($1, $2, $3, $4, $5)
on conflict (customer_id, other_id) do nothing

-- Two customers may lie on different machines: the heads of the first are gathered, then joined to those of the second.
-- name: not_same_heads
with said as materialized (
    select a.head_id, n.other_id from not_same n join customer a on a.customer_id = n.customer_id)
select s.head_id, b.head_id from said s join customer b on b.customer_id = s.other_id

-- Doubles: values that more than one customer has, by the index of values alone; then who has them.
-- name: double_shared
select i.kind, i.value, c.head_id
from (select value, kind from identity where kind in ('email', 'phone', 'name') group by value, kind
      having min(customer_id) < max(customer_id)) d
join identity i on i.value = d.value and i.kind = d.kind
join customer c on c.customer_id = i.customer_id
order by d.value, d.kind, c.head_id

-- name: double_shared_of
with own as materialized (
    select distinct m.value, m.kind from customer c join identity m on m.customer_id = c.customer_id
    where c.head_id = $1 and m.kind in ('email', 'phone', 'name'))
select i.kind, i.value, o.head_id
from own m join identity i on i.value = m.value and i.kind = m.kind
join customer o on o.customer_id = i.customer_id
order by i.value, i.kind, o.head_id

-- Every head with its name, for blocks of names that are close.
-- name: double_names
select customer_id, name_fold from customer_summary where name_fold <> ''

-- name: double_facts
select f.fact, f.value from customer c join customer_fact f on f.customer_id = c.customer_id
where c.head_id = $1 and f.fact in ('city', 'company', 'postcode', 'address') order by f.fact, f.observed_us desc, f.batch_id desc, f.customer_id
