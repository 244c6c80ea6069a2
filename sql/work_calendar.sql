-- Business calendars, version by version. What was published is never changed.

-- name: work_calendar_versions
select version, title, document, note, published_us, published_by from work_calendar where code = $1 order by version

-- name: work_calendar_newest
select w.code, w.version, w.title, w.document, w.note, w.published_us, w.published_by
from work_calendar as w
join (select code, max(version) as version from work_calendar group by code) as n on n.code = w.code and n.version = w.version
order by w.code

-- name: work_calendar_last
select max(version) from work_calendar where code = $1 having count(*) > 0

-- name: work_calendar_add
insert into work_calendar (code, version, title, document, note, published_us, published_by) values ($1, $2, $3, $4, $5, $6, $7)

-- name: work_calendar_count
select count(distinct code) from work_calendar

-- name: work_calendar_in_use
select 1 from case_number limit 1
