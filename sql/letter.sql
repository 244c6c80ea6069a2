-- Letters to customers.

-- name: letter_put
insert into letter (customer_id, case_id, letter_id, state, outcome, decided_seq, language, recipient, subject, body, created_us, created_by, changed_us,
    changed_by, told_us, outbox_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
on conflict (customer_id, case_id, letter_id) do update set state = excluded.state, language = excluded.language, recipient = excluded.recipient,
    subject = excluded.subject, body = excluded.body, changed_us = excluded.changed_us, changed_by = excluded.changed_by, told_us = excluded.told_us,
    outbox_id = excluded.outbox_id

-- name: letter_list
select letter_id, state, outcome, decided_seq, language, recipient, subject, body, created_us, created_by, changed_us, changed_by, told_us, outbox_id
from letter where customer_id = $1 and case_id = $2 order by letter_id

-- name: letter_drop
delete from letter where customer_id = $1 and case_id = $2 and letter_id = $3 and state = 'draft'

-- name: letter_erase
update letter set recipient = '', subject = '', body = '' where customer_id = $1 and case_id = $2 and body <> ''
