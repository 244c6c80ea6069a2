-- The second factor of people, and their recovery codes.

-- name: second_factor_begin
insert into second_factor (user_id, secret, created_us, confirmed_us, last_step, failures, failed_us) values ($1, $2, $3, null, -1, 0, 0)
on conflict (user_id) do update set secret = excluded.secret, created_us = excluded.created_us, last_step = -1, failures = 0, failed_us = 0
where second_factor.confirmed_us is null

-- name: second_factor_get
select secret, confirmed_us, last_step, failures, failed_us from second_factor where user_id = $1

-- name: second_factor_confirm
update second_factor set confirmed_us = $2, last_step = $3, failures = 0, failed_us = 0 where user_id = $1 and confirmed_us is null

-- name: second_factor_used
-- One row the first time a step is seen, none when it or a later one was used already.
update second_factor set last_step = $2, failures = 0, failed_us = 0 where user_id = $1 and last_step < $2

-- name: second_factor_failed
update second_factor set failures = failures + 1, failed_us = $2 where user_id = $1

-- name: second_factor_calm
update second_factor set failures = 0, failed_us = 0 where user_id = $1

-- name: second_factor_remove
delete from second_factor where user_id = $1

-- name: recovery_code_add
insert into recovery_code (user_id, code_no, salt, code_hash, used_us) values ($1, $2, $3, $4, null)

-- name: recovery_code_unused
select code_no, salt, code_hash from recovery_code where user_id = $1 and used_us is null order by code_no

-- name: recovery_code_use
update recovery_code set used_us = $3 where user_id = $1 and code_no = $2 and used_us is null

-- name: recovery_code_left
select count(*) from recovery_code where user_id = $1 and used_us is null

-- name: recovery_code_remove
delete from recovery_code where user_id = $1
