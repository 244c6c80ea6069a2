-- Rules of time zones that are kept.

-- name: zone_rules_of
select zone, tzdata, rules from zone_rules where code = $1 and version = $2

-- name: zone_rules_newest
select version, zone, tzdata, rules from zone_rules where code = $1 order by version desc limit 1

-- name: zone_rules_known
select count(*) from zone_rules where code = $1 and zone = $2 and rules = $3

-- name: zone_rules_put
insert into zone_rules (code, version, zone, tzdata, rules) values ($1, $2, $3, $4, $5)
on conflict (code, version) do update set zone = excluded.zone, tzdata = excluded.tzdata, rules = excluded.rules

-- Who was promised something, page by page.
-- name: zone_rules_promised
select distinct customer_id from promise where customer_id > $1 order by customer_id limit $2
