-- Rules of keeping: who was silent for so long, and what is older than it may be.

-- Heads of whom nothing was heard since $2; from the one after $1, at most $3.
-- name: retention_silent
select s.customer_id from customer_summary s join customer c on c.customer_id = s.customer_id
where s.customer_id > $1 and coalesce(s.last_event_us, c.created_us) < $2 and (s.last_spoken_us is null or s.last_spoken_us < $2)
order by s.customer_id limit $3

-- Something that keeps a matter open: anything but what only Rebound knows of.
-- name: retention_recent
select 1 from customer c join event e on e.customer_id = c.customer_id
where c.head_id = $1 and e.occurred_us >= $2 and e.kind not in ('shown', 'held_out') limit 1

-- name: retention_last
select max(created_us) from job where kind = 'retention'

-- name: retention_waiting
select count(*) from job where kind = 'retention' and state in ('waiting', 'running')
