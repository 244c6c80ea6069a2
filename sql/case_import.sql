-- Cases out of logs: found again by their key.

-- name: case_import_key
select k.number, n.holder_id, n.case_id from case_key k join case_number n on n.number = k.number where k.key = $1
