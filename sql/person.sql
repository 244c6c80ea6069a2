-- People who may enter.

-- name: person_insert
insert into person (user_id, email, name, role, team, password_hash, password_us, language, calendar, digits, theme, entered_us, disabled_us,
                    created_us, created_by, changed_us)
values ($1, $2, $3, $4, $5, $6, $7, '', '', '', '', null, null, $8, $9, $8)

-- name: person_get
select user_id, email, name, role, team, password_hash, language, calendar, digits, theme, entered_us, disabled_us, created_us
from person where user_id = $1

-- name: person_by_email
select user_id, email, name, role, team, password_hash, language, calendar, digits, theme, entered_us, disabled_us, created_us
from person where email = $1

-- name: person_list
select p.user_id, p.email, p.name, p.role, p.team, p.password_hash, p.language, p.calendar, p.digits, p.theme, p.entered_us, p.disabled_us,
       p.created_us, (select max(s.seen_us) from session s where s.user_id = p.user_id)
from person p order by p.created_us, p.user_id

-- name: person_any
select count(*) from person

-- name: person_other_owners
-- Owners who can enter, but for one.
select count(*) from person where role = 'owner' and disabled_us is null and (entered_us is not null or password_hash is not null) and user_id <> $1

-- name: person_set_role
update person set role = $2, changed_us = $3 where user_id = $1

-- name: person_set_team
update person set team = $2, changed_us = $3 where user_id = $1

-- name: person_set_disabled
update person set disabled_us = $2, changed_us = $3 where user_id = $1

-- name: person_set_password
update person set password_hash = $2, password_us = $3, changed_us = $3 where user_id = $1

-- name: person_set_profile
update person set name = $2, language = $3, calendar = $4, digits = $5, theme = $6, changed_us = $7 where user_id = $1

-- name: person_set_entered
update person set entered_us = $2 where user_id = $1 and entered_us is null

-- name: person_hold_owners
-- Two who change owners at once must not both rely on the other one: the second waits or begins again.
update person set changed_us = changed_us where role = 'owner'

-- name: setup_wanted
select count(*) from counter where name = 'setup_wanted'

-- name: setup_mark
insert into counter (name, value) values ('setup_wanted', 1) on conflict (name) do nothing

-- name: setup_done
delete from counter where name = 'setup_wanted'
