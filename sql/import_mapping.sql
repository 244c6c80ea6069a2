-- Mappings that are remembered for the next file with the same header.

-- name: import_mapping_put
insert into import_mapping (signature, name, plan, changed_us, used_us) values ($1, $2, $3, $4, $4)
on conflict (signature) do update set name = excluded.name, plan = excluded.plan, changed_us = excluded.changed_us, used_us = excluded.used_us

-- name: import_mapping_get
select name, plan, changed_us, used_us from import_mapping where signature = $1

-- name: import_mapping_list
select signature, name, changed_us, used_us from import_mapping order by used_us desc, signature limit $1

-- name: import_mapping_used
update import_mapping set used_us = $2 where signature = $1

-- name: import_mapping_drop
delete from import_mapping where signature = $1
