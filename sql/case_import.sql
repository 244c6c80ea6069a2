-- Cases out of logs: found again by their key.

-- name: case_import_key
select k.number, n.holder_id, n.case_id from case_key k join case_number n on n.number = k.number where k.key = $1

-- name: case_import_key_put
insert into case_key (key, number, seq, created_us) values ($1, $2, $3, $4)
on conflict (key) do update set number = excluded.number, seq = excluded.seq, created_us = excluded.created_us
