-- Cases: their log, what is folded from it, and who complains.

-- name: case_number_put
insert into case_number (number, case_id, holder_id) values ($1, $2, $3) on conflict (number) do nothing

-- name: case_number_get
select holder_id, case_id from case_number where number = $1

-- name: case_number_of
select number from case_number where case_id = $1

-- name: case_key_of
select holder_id, number from case_number where case_id = $1

-- Whoever writes holds the case until the transaction ends; another one waits and then begins again.
-- name: case_hold
update case_file set last_seq = last_seq where customer_id = $1 and case_id = $2

-- name: case_event_put
insert into case_event (customer_id, case_id, seq, kind, at_us, recorded_us, who, word, user_id, other_id, until_us, data, batch_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: case_event_list
select seq, kind, at_us, recorded_us, who, word, user_id, other_id, until_us, data from case_event
where customer_id = $1 and case_id = $2 order by seq

-- name: case_text_put
insert into case_text (customer_id, case_id, seq, part, body) values ($1, $2, $3, $4, $5)

-- name: case_text_list
select seq, part, body from case_text where customer_id = $1 and case_id = $2 order by seq, part

-- name: case_person_put
insert into case_person (customer_id, case_id, name, email, phone, order_ref, text_hash) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (customer_id, case_id) do update set name = excluded.name, email = excluded.email, phone = excluded.phone,
    order_ref = excluded.order_ref, text_hash = excluded.text_hash

-- name: case_person_get
select name, email, phone, order_ref, text_hash from case_person where customer_id = $1 and case_id = $2

-- name: case_file_get
select number, whom_id, anonymous, state, channel, kind, language, severity, safety, assignee_id, escalated_id, waiting_for, waiting_until_us,
    outcome, first_outcome, cause, standard_version, facts_us, opened_us, acknowledged_us, first_answer_us, first_decided_us, decided_us,
    communicated_us, closed_us, reopened_count, merged_case_id, rated, restricted_until_us, due_us, due_clock, unanswered, last_seq, last_us,
    open
from case_file where customer_id = $1 and case_id = $2

-- name: case_file_put
insert into case_file (customer_id, case_id, number, whom_id, anonymous, state, channel, kind, language, severity, safety, assignee_id,
    escalated_id, waiting_for, waiting_until_us, outcome, first_outcome, cause, standard_version, facts_us, opened_us, acknowledged_us,
    first_answer_us, first_decided_us, decided_us, communicated_us, closed_us, reopened_count, merged_case_id, rated, restricted_until_us,
    due_us, due_clock, unanswered, last_seq, last_us, open)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29,
    $30, $31, $32, $33, $34, $35, $36, $37)

-- By which rules of folding the stored rows were derived last.
-- name: case_rules_get
select value from counter where name = 'case_rules'

-- name: case_rules_put
insert into counter (name, value) values ('case_rules', $1) on conflict (name) do update set value = excluded.value

-- name: case_file_drop
delete from case_file where customer_id = $1 and case_id = $2

-- name: case_clock_list
select kind, round, state, started_us, due_us, warn_us, paused_since_us, ended_us, calendar, calendar_version, unit, amount from case_clock
where customer_id = $1 and case_id = $2 order by clock_no

-- name: case_clock_put
insert into case_clock (customer_id, case_id, clock_no, kind, round, state, started_us, due_us, warn_us, paused_since_us, ended_us, calendar,
    calendar_version, unit, amount)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)

-- name: case_clock_drop
delete from case_clock where customer_id = $1 and case_id = $2

-- Every case once, after a place in the order. The log counts: what has no events is no case.
-- name: case_next
select customer_id, case_id from case_event where (customer_id, case_id) > ($1, $2) and seq = 1 order by customer_id, case_id limit $3

-- name: case_next_open
select customer_id, case_id from case_file where (customer_id, case_id) > ($1, $2) and open = 1
order by customer_id, case_id limit $3

-- What is folded of cases that are not there.
-- name: case_stray_files
delete from case_file where not exists (
    select 1 from case_event e where e.customer_id = case_file.customer_id and e.case_id = case_file.case_id)

-- name: case_stray_clocks
delete from case_clock where not exists (
    select 1 from case_event e where e.customer_id = case_clock.customer_id and e.case_id = case_clock.case_id)

-- name: case_stray_count
select (select count(*) from case_file f where not exists (
        select 1 from case_event e where e.customer_id = f.customer_id and e.case_id = f.case_id))
    + (select count(*) from case_clock k where not exists (
        select 1 from case_event e where e.customer_id = k.customer_id and e.case_id = k.case_id))

-- Keys that were told with a complaint or a message.
-- name: case_key_get
select number, seq from case_key where key = $1

-- name: case_key_put
insert into case_key (key, number, seq, created_us) values ($1, $2, $3, $4) on conflict (key) do nothing

-- Files ----------------------------------------------------------------------------------------------------------------------------------

-- name: case_attachment_put
insert into case_attachment (customer_id, case_id, attachment_id, name, media_type, byte_count, sha256, created_us)
values ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: case_attachment_piece_put
insert into case_attachment_piece (customer_id, case_id, attachment_id, piece_no, base64) values ($1, $2, $3, $4, $5)

-- name: case_attachment_list
select a.attachment_id, a.name, a.media_type, a.byte_count, a.sha256, a.created_us,
    coalesce((select min(e.seq) from case_event e where e.customer_id = a.customer_id and e.case_id = a.case_id and e.kind = 'attached'
        and e.other_id = a.attachment_id), 0)
from case_attachment a where a.customer_id = $1 and a.case_id = $2 order by a.created_us, a.attachment_id

-- name: case_attachment_get
select attachment_id, name, media_type, byte_count, sha256, created_us from case_attachment
where customer_id = $1 and case_id = $2 and attachment_id = $3

-- name: case_attachment_count
select count(*) from case_attachment where customer_id = $1 and case_id = $2

-- name: case_attachment_pieces
select base64 from case_attachment_piece where customer_id = $1 and case_id = $2 and attachment_id = $3 order by piece_no

-- Looking up -----------------------------------------------------------------------------------------------------------------------------

-- name: case_merged_into
select merged_case_id from case_file where customer_id = $1 and case_id = $2 and state = 'merged'

-- An order by its number, whichever system it came from.
-- name: case_order_heads
select distinct c.head_id from event e join customer c on c.customer_id = e.customer_id
where e.source in (select distinct source from import_batch) and e.ext_id = $1 and e.kind = 'order' order by c.head_id limit 2

-- Who could take a case, with how many open ones they have; whoever has fewest stands first.
-- name: case_loads
with load as materialized (
    select assignee_id, count(*) as cases from case_file where open = 1 and assignee_id <> 0 group by assignee_id)
select p.user_id, coalesce(l.cases, 0)
from person p left join load l on l.assignee_id = p.user_id
where p.disabled_us is null and p.entered_us is not null and p.role = $1 and ($2 = '' or p.team = $2) order by 2, 1 limit 1

-- name: case_person_able
select 1 from person where user_id = $1 and disabled_us is null and entered_us is not null and role in ('owner', 'manager', 'agent')

-- name: case_people
select user_id, name, role, team from person where disabled_us is null and role in ('owner', 'manager', 'agent') order by name, user_id

-- name: case_customer_name
select name, email, phone from customer_summary where customer_id = $1

-- name: case_merged_from
select number, customer_id, case_id from case_file where merged_case_id = $1 and state = 'merged' order by opened_us, number

-- Cases that may be the same -------------------------------------------------------------------------------------------------------------

-- name: case_same_words
select customer_id, case_id from case_person where text_hash = $1 order by case_id desc limit $2

-- name: case_same_email
select customer_id, case_id from case_person where email = $1 and email <> '' order by case_id desc limit $2

-- name: case_same_order
select customer_id, case_id from case_person where order_ref = $1 and order_ref <> '' order by case_id desc limit $2

-- name: case_same_whom
select customer_id, case_id from case_file where whom_id = $1 order by case_id desc limit $2

-- name: case_sight
select whom_id, assignee_id, escalated_id from case_file where customer_id = $1 and case_id = $2

-- By itself ------------------------------------------------------------------------------------------------------------------------------

-- Running clocks whose warning or end has come and of which nobody was told, page by page.
-- name: case_due_clocks
select k.customer_id, k.case_id, k.clock_no, k.kind, k.round, k.due_us, k.calendar from case_clock k
where k.state = 'running' and k.warn_us <= $1 and (k.customer_id, k.case_id, k.clock_no) > ($2, $3, $4)
    and not exists (select 1 from case_warned w where w.customer_id = k.customer_id and w.case_id = k.case_id and w.kind = k.kind
        and w.round = k.round and w.what = case when k.due_us < $1 then 'late' else 'soon' end)
order by k.customer_id, k.case_id, k.clock_no limit $5

-- name: case_clock_due
select due_us from case_clock where customer_id = $1 and case_id = $2 and kind = $3 and round = $4 and state = 'running'

-- name: case_warned_put
insert into case_warned (customer_id, case_id, kind, round, what, at_us) values ($1, $2, $3, $4, $5, $6)
on conflict (customer_id, case_id, kind, round, what) do nothing

-- name: case_waited
select customer_id, case_id, number, kind, standard_version from case_file
where state = 'waiting' and waiting_until_us > 0 and waiting_until_us <= $1 order by case_id limit $2

-- Who is told when nobody was named: the manager who came first, else the owner.
-- name: case_boss
select user_id from person where disabled_us is null and entered_us is not null and role in ('manager', 'owner')
order by case role when 'manager' then 0 else 1 end, created_us, user_id limit 1
