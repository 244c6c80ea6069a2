-- What speaks for and against: earlier cases of the same kind, and what does not fit together.

-- The latest that were decided, with what was said in them.
-- name: evidence_alike
select f.customer_id, f.case_id, f.number, f.severity, f.safety, f.first_outcome, f.first_decided_us,
    (select t.body from case_text t where t.customer_id = f.customer_id and t.case_id = f.case_id and t.seq = 1 and t.part = 'body'),
    (select t.body from case_text t where t.customer_id = f.customer_id and t.case_id = f.case_id and t.seq = 1 and t.part = 'subject')
from case_file f
where f.kind = $1 and f.first_decided_us <> 0 and f.case_id <> $2 and f.state <> 'merged'
    and f.first_outcome in ('upheld', 'partly', 'goodwill', 'not_upheld')
order by f.first_decided_us desc, f.case_id desc limit $3

-- name: evidence_files
select attachment_id, name, sha256 from case_attachment where customer_id = $1 and case_id = $2 order by created_us, attachment_id

-- name: evidence_same_file
select customer_id, case_id from case_attachment where sha256 = $1 and case_id <> $2 order by created_us, case_id limit 20

-- name: evidence_same_words
select p.customer_id, p.case_id, f.number, f.whom_id, p.email, p.phone
from case_person p join case_file f on f.customer_id = p.customer_id and f.case_id = p.case_id
where p.text_hash = $1 and p.case_id <> $2 and f.state <> 'merged' order by p.case_id desc limit 20

-- Other cases of one customer.
-- name: evidence_of_whom
select f.customer_id, f.case_id, f.number, f.opened_us, f.outcome, coalesce(p.order_ref, ''),
    (select count(*) from gesture g where g.customer_id = f.customer_id and g.case_id = f.case_id and g.state = 'given')
from case_file f left join case_person p on p.customer_id = f.customer_id and p.case_id = f.case_id
where f.whom_id = $1 and f.case_id <> $2 and f.state <> 'merged' order by f.opened_us desc, f.case_id desc limit 500

-- How often others who complain do so: how many there are, and the count at a place in their order.
-- name: evidence_complainers
select count(distinct whom_id) from case_file where whom_id <> 0 and whom_id <> $3 and opened_us > $1 and opened_us <= $2 and state <> 'merged'

-- name: evidence_complaints_at
select n from (
    select whom_id, count(*) as n from case_file
    where whom_id <> 0 and whom_id <> $3 and opened_us > $1 and opened_us <= $2 and state <> 'merged' group by whom_id) t
order by n, whom_id limit 1 offset $4

-- name: evidence_orders
select order_count from customer_summary where customer_id = $1
