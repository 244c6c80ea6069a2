#!/usr/bin/env bash
# The lint of the SQL: silent on what is in sql/, and each rule catches what it is for.
. tests/lib/tap.sh
mkdir -p "$TMP/migrations"

said=$(tools/sqllint.sh 2>&1)
is "$said" "" "the SQL of the project keeps the rules"

caught() { # caught NAME REGEX, the bad query on standard input
    cat >"$TMP/bad.sql"
    out=$(tools/sqllint.sh sql/migrations/*.sql "$TMP/bad.sql" 2>&1)
    rc=$?
    if [ $rc -ne 0 ]; then like "$out" "$2" "caught: $1"; else ok 1 "caught: $1"; fi
}
passes() {
    cat >"$TMP/good.sql"
    is "$(tools/sqllint.sh sql/migrations/*.sql "$TMP/good.sql" 2>&1)" "" "left alone: $1"
}
schema() { # schema NAME REGEX, a bad migration on standard input
    cat >"$TMP/migrations/0001_bad.sql"
    out=$(tools/sqllint.sh "$TMP/migrations/0001_bad.sql" 2>&1)
    rc=$?
    if [ $rc -ne 0 ]; then like "$out" "$2" "caught in a schema: $1"; else ok 1 "caught in a schema: $1"; fi
}

printf 'create table a (customer_id bigint not null, x bigint not null, primary key (customer_id, x));\n' >"$TMP/migrations/0002_one.sql"
printf 'create table b (customer_id bigint not null, x bigint not null, primary key (customer_id, x));\n' >"$TMP/migrations/0002_two.sql"
like "$(tools/sqllint.sh "$TMP/migrations/0002_one.sql" "$TMP/migrations/0002_two.sql" 2>&1)" "has this number already" "caught: two migrations of one number"

layout() { # layout NAME REGEX, an editing of what is said of Citus
    sed "$3" docs/citus.md >"$TMP/layout.md"
    like "$(tools/sqllint.sh sql/migrations/*.sql "$TMP/layout.md" 2>&1)" "$2" "caught of Citus: $1"
}

layout "a customer's table that is not distributed" 'promise_reminder belongs to customers, but is not distributed' '/promise_reminder/d'
layout "one that lies by another column" 'gesture does not lie by customer_id beside customer' "s/'gesture', 'customer_id'/'gesture', 'case_id'/"
layout "one that lies apart" 'survey does not lie by customer_id beside customer' "s/'survey', 'customer_id', colocate_with => 'customer'/'survey', 'customer_id'/"
layout "a shared table that nobody told of" 'voucher stays on the coordinator, but is not named' 's/`voucher`//'
layout "a shared one that is distributed" "cause is distributed, but is no customer's table" "s/'letter', 'customer_id'/'cause', 'customer_id'/"
caught "the server's time" 'bad.sql:3: q asks the server for the time' <<'E'
-- name: q
update event set kind = $1
where occurred_us < now()
E
caught "the server's time by its other name" 'asks the server for the time' <<<'-- name: q
select current_timestamp'
caught "chance" 'asks the server for chance' <<<'-- name: q
select customer_id from customer order by random() limit $1'
caught "a sequence" 'lets the server number rows' <<<"-- name: q
select nextval('ids')"
caught "customer_id in SET" 'changes customer_id' <<<'-- name: q
update event set kind = $1, customer_id = $2 where event_id = $3'
caught "customer_id in an upsert" 'changes customer_id' <<<'-- name: q
insert into identity (customer_id, kind) values ($1, $2) on conflict (customer_id, kind, source, value) do update set customer_id = excluded.customer_id'
caught "a conflict target without customer_id" 'conflict target without customer_id' <<<'-- name: q
insert into event (customer_id, source) values ($1, $2) on conflict (source, ext_id, kind) do nothing'
caught "ROLLUP" 'groups in several ways' <<<'-- name: q
select kind, count(*) from event group by rollup (kind)'
caught "recursion" 'is recursive' <<<'-- name: q
with recursive t as (select 1) select * from t'
caught "SKIP LOCKED on customers" 'skips locked rows' <<<'-- name: q @pg
select event_id from event for update skip locked'
passes "SKIP LOCKED on jobs, for PostgreSQL" <<<'-- name: q @sqlite
select job_id from job limit 1
-- name: q @pg
select job_id from job limit 1 for update skip locked'
for words in 'name ilike $1' "a > interval '1 day'" 'string_agg(a, b)' 'greatest(a, b) > $1' 'a::text = $1' 'ifnull(a, $1) = 1' 'a = any($1)'; do
    caught "only one engine knows: $words" 'runs on both engines but uses' <<<"-- name: q
select 1 from customer_fact where $words"
done
caught "DISTINCT ON" 'DISTINCT ON' <<<'-- name: q
select distinct on (customer_id) customer_id from event'
passes "the same words where each engine has its own form" <<<'-- name: q
select kind from event where event_id = $1
-- name: q @pg
select kind from event where event_id = any($1::bigint[])'
caught "a join of different customers" 'q joins rows of different customers \(b.customer_id = n.other_id\)' <<<'-- name: q
select a.head_id, b.head_id from not_same n join customer a on a.customer_id = n.customer_id join customer b on b.customer_id = n.other_id'
caught "a question about another customer" 'joins rows of different customers \(h.customer_id = c.head_id\)' <<<'-- name: q
select count(*) from customer c where not exists (select 1 from customer h where h.customer_id = c.head_id)'
passes "the same with one side gathered first" <<<'-- name: q
with said as materialized (select a.head_id, n.other_id from not_same n join customer a on a.customer_id = n.customer_id)
select s.head_id, b.head_id from said s join customer b on b.customer_id = s.other_id'
passes "several tables of one customer" <<<'-- name: q
select count(*) from customer c join event e on e.customer_id = c.customer_id join event_line l on l.customer_id = e.customer_id and l.event_id = e.event_id
where c.head_id = $1'
caught "a join of a customer'"'"'s table with a shared one" 'to a shared one \(b.batch_id = e.batch_id\)' <<<'-- name: q
select count(*) from event e where not exists (select 1 from import_batch b where b.batch_id = e.batch_id)'
passes "a list taken from a shared table" <<<'-- name: q
select count(*) from event where batch_id not in (select batch_id from import_batch)'
caught "LATERAL over a customer'"'"'s table" 'in LATERAL' <<<'-- name: q @pg
select u.ord, m.day from unnest($1::bigint[]) as u (ord) cross join lateral (select p.day from purchase_day p where p.customer_id = u.ord limit 1) m'
caught "a subquery for each row of unnest" 'a subquery for each row of unnest' <<<'-- name: q @pg
select u.ord, (select f.value from customer_fact f where f.customer_id = u.ord limit 1) from unnest($1::bigint[]) as u (ord)'
passes "DISTINCT ON instead of them, for PostgreSQL" <<<'-- name: q @pg
select distinct on (f.customer_id, u.ord) u.ord, f.value from unnest($1::bigint[]) as u (ord)
join customer_fact f on f.customer_id = u.ord order by f.customer_id, u.ord, f.batch_id desc'
caught "rows left out of an INSERT of many, uncounted" 'unless it is asked for them with RETURNING' <<<'-- name: q @pg
insert into event (customer_id, event_id) select * from unnest($1::bigint[], $2::bigint[]) on conflict (source, ext_id, kind, customer_id) do nothing'
passes "the same with RETURNING" <<<'-- name: q @pg
insert into event (customer_id, event_id) select * from unnest($1::bigint[], $2::bigint[]) on conflict (source, ext_id, kind, customer_id) do nothing
returning customer_id'
caught "a subquery beside an aggregate" 'asks a subquery beside an aggregate' <<<'-- name: q
select coalesce(sum(amount_minor), 0) - (select coalesce(sum(amount_minor), 0) from event) from purchase_day where day <= $1'
passes "two aggregates, each in a subquery" <<<'-- name: q
select (select sum(amount_minor) from purchase_day) - (select coalesce(sum(amount_minor), 0) from event)'
caught "a parameter left out" 'does not use \$2, but \$3' <<<'-- name: q
select $1, $3'
passes "such words in texts and comments" <<<"-- name: q
-- now() is not asked
select 1 from event where kind = 'it''s now() or interval' -- random()"

schema "a key without customer_id" 'primary key does not begin with customer_id' <<'E'
create table a (
    id bigint not null,
    customer_id bigint not null,
    primary key (id, customer_id)
);
E
schema "a unique index without customer_id" 'unique on a, which belongs to customers' <<'E'
create table a (
    customer_id bigint not null,
    ext text not null,
    primary key (customer_id)
) without rowid;                     -- @sqlite
);                                   -- @pg
create unique index a_ext on a (ext);
E
schema "a unique column" 'one of its columns alone is unique' <<'E'
create table a (
    customer_id bigint not null,
    ext text not null unique,
    primary key (customer_id)
);
E
schema "a foreign key" 'refers to another table' <<'E'
create table a (
    customer_id bigint not null references customer (customer_id),
    primary key (customer_id)
);
E
schema "a trigger" 'makes a trigger' <<<'create trigger t after insert on event begin select 1; end;'
schema "a trigger on the audit log that is no guard" 'makes a trigger' <<<'create trigger audit_count after insert on audit begin select 1; end;'
schema "a sequence" 'lets the server number rows' <<<'create table a (
    id bigserial primary key
);'
schema "no primary key" 'has no primary key' <<<'create table a (
    id bigint not null
);'
schema "a default from the server's clock" 'asks the server for the time' <<<'create table a (
    id bigint not null primary key,
    at bigint not null default current_timestamp
);'
tap_done
