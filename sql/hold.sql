-- What many may be writing to at the same moment: held by whoever writes until the transaction ends, on PostgreSQL; SQLite has one writer at a time.

-- name: hold_try @pg
select cast(pg_try_advisory_xact_lock($1) as int)

-- Before a transaction begins, and given back when it has ended.
-- name: hold_take @pg
select 1 from (select pg_advisory_lock($1)) taken

-- name: hold_drop @pg
select pg_advisory_unlock($1)
