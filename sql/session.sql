-- Sessions of people, known by the hash of the cookie's secret.

-- name: session_insert
insert into session (session_hash, session_id, user_id, device, address, method, created_us, seen_us) values ($1, $2, $3, $4, $5, $6, $7, $7)

-- name: session_find
select s.session_id, s.user_id, s.created_us, s.seen_us, p.role, p.name, p.team, p.disabled_us
from session s join person p on p.user_id = s.user_id
where s.session_hash = $1

-- name: session_limits
-- How long a session lives, idle and in all, where somebody has set it.
select key, value from setting where key = 'session_idle_minutes' or key = 'session_hours'

-- name: session_touch
update session set seen_us = $2 where session_hash = $1 and seen_us < $3

-- name: session_list
select session_hash, session_id, device, address, method, created_us, seen_us from session where user_id = $1 order by seen_us desc, session_id

-- name: session_delete
delete from session where session_hash = $1

-- name: session_delete_one
delete from session where user_id = $1 and session_id = $2

-- name: session_delete_others
-- All of a person, but for one (pass '' for all).
delete from session where user_id = $1 and session_hash <> $2

-- name: session_forget
delete from session where seen_us < $1 or created_us < $2

-- name: place_put
insert into known_place (user_id, place, seen_us) values ($1, $2, $3)
on conflict (user_id, place) do update set seen_us = excluded.seen_us

-- name: place_known
select place from known_place where user_id = $1 and (place = $2 or place = $3) and seen_us > $4

-- name: place_any
select count(*) from known_place where place = $1

-- name: place_forget
delete from known_place where seen_us < $1

-- name: place_forget_of
delete from known_place where user_id = $1

-- name: attempt_get
select failures, last_us, wait_until_us from sign_in_attempt where bucket = $1

-- name: attempt_put
insert into sign_in_attempt (bucket, failures, last_us, wait_until_us) values ($1, $2, $3, $4)
on conflict (bucket) do update set failures = excluded.failures, last_us = excluded.last_us, wait_until_us = excluded.wait_until_us

-- name: attempt_delete
delete from sign_in_attempt where bucket = $1

-- name: attempt_forget
delete from sign_in_attempt where last_us < $1
