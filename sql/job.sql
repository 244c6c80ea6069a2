-- Work that outlives a request. Claimed by a conditional update: of several processes exactly one sees its row changed.

-- name: ping
select 1

-- name: job_insert
insert into job (job_id, kind, state, params, progress, message, result, error, place, owner, lease_until_us, attempts, cancel_us,
                 created_us, started_us, finished_us)
values ($1, $2, 'waiting', $3, 0, '', null, null, $4, null, null, 0, null, $5, null, null)

-- name: job_candidate
-- The oldest job that waits or whose process was silent for longer than its lease. $1 now, $2 this process's place. One job runs at a
-- time: imports and fits change the same tables.
select job_id from job
where (state = 'waiting' or (state = 'running' and lease_until_us < $1)) and (place = '' or place = $2)
  and not exists (select 1 from job as other where other.state = 'running' and other.lease_until_us >= $1)
order by created_us, job_id limit 1

-- name: job_turn
-- Claims one after the other: the row is locked until its transaction ends.
insert into counter (name, value) values ('job', 1)
on conflict (name) do update set value = counter.value + 1

-- name: job_claim
update job set state = 'running', owner = $2, lease_until_us = $3, started_us = coalesce(started_us, $4), attempts = attempts + 1
where job_id = $1 and (state = 'waiting' or (state = 'running' and lease_until_us < $4))

-- name: job_beat
update job set lease_until_us = $3, progress = $4, message = $5 where job_id = $1 and owner = $2 and state = 'running'

-- name: job_end
-- Only its owner ends a job: one that lost its lease changes nothing.
update job set state = $3, result = $4, error = $5, progress = $6, message = $7, finished_us = $8, lease_until_us = null
where job_id = $1 and owner = $2 and state = 'running'

-- name: job_hand_back
update job set state = 'waiting', owner = null, lease_until_us = null, attempts = attempts - 1
where job_id = $1 and owner = $2 and state = 'running'

-- name: job_cancel_waiting
update job set state = 'cancelled', cancel_us = $2, finished_us = $2 where job_id = $1 and state = 'waiting'

-- name: job_cancel_running
update job set cancel_us = coalesce(cancel_us, $2) where job_id = $1 and state = 'running'

-- name: job_get
select job_id, kind, state, params, progress, message, result, error, created_us, started_us, finished_us, attempts, cancel_us, owner
from job where job_id = $1

-- name: job_list
-- $1: a state, or '' for all; $2: ids below this one; $3: how many.
select job_id, kind, state, params, progress, message, result, error, created_us, started_us, finished_us, attempts, cancel_us, owner
from job where ($1 = '' or state = $1) and job_id < $2 order by job_id desc limit $3

-- name: job_count
select state, count(*) from job group by state order by state

-- name: job_prune
delete from job where state in ('done', 'failed', 'cancelled') and finished_us < $1

-- name: job_prune_files
-- Looks at a file and corrections hold values of it, names and addresses among them: they go with the uploads.
delete from job where kind in ('import_check', 'import_mend') and state in ('done', 'failed', 'cancelled') and finished_us < $1
