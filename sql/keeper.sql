-- Who keeps a customer. Of merged ones the head's keeper counts.

-- name: keeper_get
select user_id from keeper where customer_id = $1

-- name: keeper_put
insert into keeper (customer_id, user_id, changed_us) values ($1, $2, $3)
on conflict (customer_id) do update set user_id = excluded.user_id, changed_us = excluded.changed_us

-- name: keeper_drop
delete from keeper where customer_id = $1

-- name: keeper_same_team
select 1 from person where user_id = $1 and team = $2

-- name: keeper_act
select customer_id from event where event_id = $1 and batch_id = 0
