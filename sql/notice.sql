-- The live stream. Numbers come from the row of `counter`, locked until the transaction ends: whoever reads number n has seen all before it.

-- name: notice_number
insert into counter (name, value) values ('notice', 1)
on conflict (name) do update set value = counter.value + 1
returning value

-- name: notice_insert
insert into notice (notice_id, topic, data, recorded_us) values ($1, $2, $3, $4)

-- name: notice_since
select notice_id, topic, data, recorded_us from notice where notice_id > $1 order by notice_id limit $2

-- name: notice_last
select value from counter where name = 'notice'

-- name: notice_first
select min(notice_id) from notice

-- name: notice_prune
delete from notice where notice_id <= $1
