-- Root causes below the fixed first level.

-- name: cause_list
select code, parent, title, position, retired_us from cause order by position, code

-- name: cause_put
insert into cause (code, parent, title, position, retired_us) values ($1, $2, $3, $4, $5)
on conflict (code) do update set parent = excluded.parent, title = excluded.title, position = excluded.position, retired_us = excluded.retired_us
