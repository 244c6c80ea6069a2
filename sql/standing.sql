-- How things stand with customers: what is open between us, and how the last thing went. A case lies with the customer it came in for; where
-- another was found to be the one (rare), it is asked for apart, so that no query joins what may lie on two machines.

-- Cases since $1, and open ones of any age. Columns: customer or head, state, open, opened_us, outcome, decided_us, rated, last_us.
-- name: standing_cases
select c.head_id, f.state, f.open, f.opened_us, f.outcome, f.decided_us, f.rated, f.last_us
from case_file f join customer c on c.customer_id = f.customer_id
where f.whom_id = f.customer_id and f.customer_id <> 0 and f.state <> 'merged' and (f.opened_us >= $1 or f.open <> 0)

-- name: standing_cases_found
select f.whom_id, f.state, f.open, f.opened_us, f.outcome, f.decided_us, f.rated, f.last_us
from case_file f
where f.whom_id <> f.customer_id and f.whom_id <> 0 and f.state <> 'merged' and (f.opened_us >= $1 or f.open <> 0)

-- name: standing_promises
select c.head_id, p.state, p.due_us, p.ended_us
from promise p join customer c on c.customer_id = p.customer_id
where p.state = 'late' and p.ended_us >= $1 and p.ended_us <= $2
union all
select c.head_id, p.state, p.due_us, p.ended_us
from promise p join customer c on c.customer_id = p.customer_id
where p.state = 'open' and p.due_us >= $1 and p.due_us < $2

-- Answers to surveys given since $1: customer or head, kind, score, when.
-- name: standing_answers
select c.head_id, v.kind, v.score, v.changed_us
from survey v join customer c on c.customer_id = v.customer_id
where v.whom_id = v.customer_id and v.answered_us > 0 and v.changed_us >= $1

-- name: standing_answers_found
select v.whom_id, v.kind, v.score, v.changed_us from survey v
where v.whom_id <> v.customer_id and v.whom_id <> 0 and v.answered_us > 0 and v.changed_us >= $1

-- The same of one customer, $1, with all that happened, for the mood.
-- name: standing_members
select customer_id from customer where head_id = $1

-- name: standing_cases_of
select f.customer_id, f.state, f.open, f.opened_us, f.outcome, f.decided_us, f.rated, f.last_us, f.number, f.kind, f.due_us, f.due_clock
from case_file f where f.whom_id = $1 and f.state <> 'merged'
order by f.opened_us desc, f.case_id desc

-- name: standing_promises_of
select p.customer_id, p.state, p.due_us, p.ended_us from promise p where p.customer_id = $1 and p.state <> 'released'

-- name: standing_answers_of
select v.customer_id, v.kind, v.score, v.changed_us from survey v where v.whom_id = $1 and v.answered_us > 0

-- name: standing_events_of
select kind, occurred_us from event
where customer_id = $1 and kind in ('refund', 'cancellation', 'ticket', 'contact', 'done') and occurred_us <= $2
    and not exists (select 1 from event u where u.source = 'rebound' and u.ext_id = 'undo:' || cast(event.event_id as text) and u.kind = 'undo'
        and u.customer_id = event.customer_id)

-- name: standing_days_of
select day from purchase_day where customer_id = $1 and day <= $2 order by day desc limit 50

-- What is due to people today -----------------------------------------------------------------------------------------------------------

-- name: duty_clocks
select number, customer_id, case_id, whom_id, assignee_id, due_us, due_clock from case_file
where due_us <> 0 and due_us < $1 and open = 1 order by due_us, case_id limit $2

-- name: duty_clock_count
select cast(count(*) as bigint) from case_file where due_us <> 0 and due_us < $1 and open = 1

-- Not kept, the newest first. $1 not older than, $2 now.
-- name: duty_broken
select promise_id, customer_id, kind, origin, state, made_us, due_us, ended_us, order_id, case_number, owner_id, product, branch, employee, channel
from promise where state = 'open' and due_us >= $1 and due_us < $2 order by due_us desc, promise_id desc limit $3

-- name: duty_broken_count
select cast(count(*) as bigint) from promise where state = 'open' and due_us >= $1 and due_us < $2

-- The customer says that it is not right yet, and nobody has answered since; the longest waiting first.
-- name: duty_not_right
select number, customer_id, case_id, whom_id, assignee_id, last_us, outcome from case_file
where state in ('investigating', 'waiting') and rated = 'not_yet' and unanswered = 1
order by last_us, case_id limit $1

-- Decided since $1 and until $2, told to the customer, and they have not said that it is right now.
-- name: duty_rebounds
select number, customer_id, case_id, whom_id, assignee_id, decided_us, outcome from case_file
where opened_us >= $1 - 31536000000000 and decided_us >= $1 and decided_us < $2 and state in ('communicated', 'closed') and rated <> 'yes' and whom_id <> 0
    and outcome in ('upheld', 'partly', 'goodwill', 'not_upheld')
order by decided_us, case_id limit $3

-- Answers to surveys since $1 that were bad ($3 csat, $4 nps, $5 ces and below), newest first.
-- name: duty_answers
select invitation_id, whom_id, case_number, kind, score, changed_us, comment from survey
where answered_us > 0 and changed_us >= $1 and changed_us <= $2 and whom_id <> 0
    and ((kind = 'csat' and score <= $3) or (kind = 'nps' and score <= $4) or (kind = 'ces' and score <= $5))
order by changed_us desc, invitation_id desc limit $6

-- name: duty_subject
select body from case_text where customer_id = $1 and case_id = $2 and seq = 1 and part = 'subject'

-- name: duty_person
select name, phone, email from case_person where customer_id = $1 and case_id = $2

-- name: duty_summary
select name, email, phone, last_spoken_us from customer_summary where customer_id = $1
