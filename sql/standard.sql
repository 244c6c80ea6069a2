-- Versions of the published standards; version 0 is the draft.

-- name: standard_at
select version, document, from_us from standard_version where version > 0 and from_us <= $1 order by version desc limit 1

-- name: standard_version_at
select version from standard_version where version > 0 and from_us <= $1 order by version desc limit 1

-- name: standard_get
select version, document, from_us, published_by, changed_us from standard_version where version = $1

-- name: standard_newest
select version, from_us from standard_version where version > 0 order by version desc limit 1

-- name: standard_list
select version, from_us, published_us, note, published_by from standard_version where version > 0 order by version desc limit $1

-- name: standard_put
insert into standard_version (version, document, note, from_us, published_us, published_by, changed_us) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (version) do update set document = excluded.document, published_by = excluded.published_by, changed_us = excluded.changed_us

-- name: standard_draft_drop
delete from standard_version where version = 0

-- name: standard_calendar_exists
select count(*) from work_calendar where code = $1
