-- name: setting_get
select value from setting where key = $1

-- name: setting_put
insert into setting (key, value, changed_us) values ($1, $2, $3)
on conflict (key) do update set value = excluded.value, changed_us = excluded.changed_us

-- name: setting_put_by
insert into setting (key, value, changed_us, changed_by) values ($1, $2, $3, $4)
on conflict (key) do update set value = excluded.value, changed_us = excluded.changed_us, changed_by = excluded.changed_by

-- name: setting_delete
delete from setting where key = $1

-- name: setting_all
select key, value, changed_us, changed_by from setting order by key

-- name: setting_stamp
-- Tells whether any setting has changed since it was last asked.
select coalesce(max(changed_us), 0), count(*) from setting
