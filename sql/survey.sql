-- Surveys: invitations, answers, figures.

-- name: survey_insert
insert into survey (customer_id, invitation_id, whom_id, kind, case_id, case_number, channel, language, asked_us, asked_by, score, comment,
                    answered_us, changed_us)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, -1, null, 0, 0)

-- name: survey_link_insert
insert into survey_link (invitation_id, holder_id) values ($1, $2)

-- name: survey_holder
select holder_id from survey_link where invitation_id = $1

-- name: survey_find
select customer_id, whom_id, kind, case_id, case_number, language, asked_us, score, comment, answered_us
from survey where customer_id = $1 and invitation_id = $2

-- name: survey_answer
update survey set score = $3, comment = $4, answered_us = case when answered_us = 0 then $5 else answered_us end, changed_us = $5
where customer_id = $1 and invitation_id = $2

-- name: survey_counts
select kind, score, count(*) from survey where asked_us >= $1 and asked_us < $2 group by kind, score order by kind, score

-- name: survey_answers
select invitation_id, customer_id, whom_id, kind, case_number, language, score, comment, answered_us
from survey
where answered_us > 0 and ($1 = '' or kind = $1) and invitation_id < $2 and ($3 = 0 or comment is not null)
order by invitation_id desc
limit $4

-- name: survey_of_whom
select kind, score, answered_us from survey where whom_id = $1 and answered_us > 0 order by answered_us desc, invitation_id desc limit $2

-- name: survey_last_asked
select coalesce(max(asked_us), 0) from survey where whom_id = $1

-- Closed cases about which nobody was asked yet, the newest first, below case $4.
-- name: survey_due
select f.customer_id, f.case_id, f.number, f.whom_id, f.language
from case_file f
where f.state = 'closed' and f.closed_us >= $1 and f.closed_us < $2 and f.anonymous = 0 and f.outcome not in ('withdrawn', 'duplicate')
  and f.restricted_until_us < $2
  and not exists (select 1 from survey s where s.customer_id = f.customer_id and s.case_id = f.case_id)
  and f.case_id < $4
order by f.case_id desc
limit $3

-- name: survey_erase
update survey set comment = null where customer_id = $1 and comment is not null

-- name: survey_erase_whom
update survey set comment = null where whom_id = $1 and comment is not null

-- name: survey_of_customer
select invitation_id, kind, case_number, channel, language, asked_us, score, comment, answered_us
from survey
where customer_id in (select customer_id from customer where head_id = $1) or whom_id in (select customer_id from customer where head_id = $1)
order by invitation_id
