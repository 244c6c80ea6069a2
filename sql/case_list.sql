-- Lists of cases. $1 state ('' any; a state; open: ours to do something about, as case_file.open says; new, working: two states each), $2 kind, $3
-- whose it is (-1 anybody's, 0 nobody's, else a person), $4 severity, $5 clock ('' any, late, today, later, paused, none), $6 now, $7 the
-- end of the business's day. Of pages: $8 and $9 the place after which the page begins, $10 how many.

-- The cases that are open, the clock that ends first at the top; those without one that runs come last, oldest first.
-- name: case_list_due
select c.customer_id, c.case_id, c.number, c.whom_id, c.anonymous, c.state, c.channel, c.kind, c.language, c.severity, c.safety, c.assignee_id,
    c.escalated_id, c.waiting_for, c.waiting_until_us, c.outcome, c.cause, c.standard_version, c.opened_us, c.due_us, c.due_clock,
    c.reopened_count, c.rated, c.closed_us, c.last_seq, c.last_us, p.name, p.email, p.phone, p.order_ref, c.place, t.body
from (select f.*, case when f.due_us = 0 then 4000000000000000000 + f.opened_us / 1000 else f.due_us end as place
      from case_file f
      where f.open = 1
        and ($1 = '' or $1 = 'open' or f.state = $1 or ($1 = 'new' and f.state in ('received', 'acknowledged'))
            or ($1 = 'working' and f.state in ('assessed', 'investigating')))
        and ($2 = '' or f.kind = $2) and ($3 = cast(-1 as bigint) or f.assignee_id = $3) and ($4 = '' or f.severity = $4)
        and ($5 = '' or $5 = case when f.due_us = 0 and f.waiting_for <> '' then 'paused' when f.due_us = 0 then 'none'
            when f.due_us < $6 then 'late' when f.due_us < $7 then 'today' else 'later' end)) c
left join case_person p on p.customer_id = c.customer_id and p.case_id = c.case_id
left join case_text t on t.customer_id = c.customer_id and t.case_id = c.case_id and t.seq = 1 and t.part = 'subject'
where (c.place, c.case_id) > ($8, $9)
order by c.place, c.case_id limit $10

-- The same, in the order in which something last happened or in which they came in, newest first: $11 is 1 for the former.
-- name: case_list_new
select c.customer_id, c.case_id, c.number, c.whom_id, c.anonymous, c.state, c.channel, c.kind, c.language, c.severity, c.safety, c.assignee_id,
    c.escalated_id, c.waiting_for, c.waiting_until_us, c.outcome, c.cause, c.standard_version, c.opened_us, c.due_us, c.due_clock,
    c.reopened_count, c.rated, c.closed_us, c.last_seq, c.last_us, p.name, p.email, p.phone, p.order_ref, c.place, t.body
from (select f.*, case when $11 = 1 then - f.last_us else - f.opened_us end as place
      from case_file f
      where ($1 = '' or f.state = $1 or ($1 = 'open' and f.open = 1)
            or ($1 = 'new' and f.state in ('received', 'acknowledged')) or ($1 = 'working' and f.state in ('assessed', 'investigating')))
        and ($2 = '' or f.kind = $2) and ($3 = cast(-1 as bigint) or f.assignee_id = $3) and ($4 = '' or f.severity = $4)
        and ($5 = '' or $5 = case when f.due_us = 0 and f.waiting_for <> '' then 'paused' when f.due_us = 0 then 'none'
            when f.due_us < $6 then 'late' when f.due_us < $7 then 'today' else 'later' end)) c
left join case_person p on p.customer_id = c.customer_id and p.case_id = c.case_id
left join case_text t on t.customer_id = c.customer_id and t.case_id = c.case_id and t.seq = 1 and t.part = 'subject'
where (c.place, c.case_id) > ($8, $9)
order by c.place, c.case_id limit $10

-- How many there are in each state, with the other filters.
-- name: case_list_count
select f.state, count(*) from case_file f
where ($1 = 0 or f.open = 1)
    and ($2 = '' or f.kind = $2) and ($3 = cast(-1 as bigint) or f.assignee_id = $3) and ($4 = '' or f.severity = $4)
    and ($5 = '' or $5 = case when f.due_us = 0 and f.waiting_for <> '' then 'paused' when f.due_us = 0 then 'none'
        when f.due_us < $6 then 'late' when f.due_us < $7 then 'today' else 'later' end)
group by f.state

-- The clocks that run or stand still, the first to end at the top.
-- name: case_list_clocks
select kind, round, state, started_us, due_us, warn_us, paused_since_us, calendar_version from case_clock
where customer_id = $1 and case_id = $2 and state in ('running', 'paused')
order by state desc, due_us, clock_no

-- Every number under which a customer is kept.
-- name: case_list_members
select customer_id from customer where head_id = $1

-- name: case_list_any
select case_id from case_file limit 1

-- name: case_list_names
select name, email, phone from customer_summary where customer_id = $1

-- Gestures for a file, in the order of their numbers.
-- name: gesture_export
select gesture_id, number, remedy, basis, state, standard_version, value_minor, cost_now_minor, cost_used_minor, currency, asked_us, ended_us, valid_until_us,
    used_us from gesture
where gesture_id > $1 order by gesture_id limit $2
