-- Mails that came in, and how far the folder was read.

-- name: mail_folder_get
select uidvalidity, last_uid, since_us, polled_us, tried_us, problem from mail_folder where folder = $1

-- name: mail_folder_put
insert into mail_folder (folder, uidvalidity, last_uid, since_us, polled_us, tried_us, problem) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (folder) do update set uidvalidity = excluded.uidvalidity, last_uid = excluded.last_uid, since_us = excluded.since_us,
    polled_us = excluded.polled_us, tried_us = excluded.tried_us, problem = excluded.problem

-- name: mail_folder_seen
-- Never backwards within one uidvalidity.
update mail_folder set last_uid = $3 where folder = $1 and uidvalidity = $2 and last_uid < $3

-- name: mail_in_find
select mail_id from mail_in where digest = $1

-- name: mail_in_insert
insert into mail_in (mail_id, digest, message_id, sender_hash, sender, subject, became, holder_id, case_id, case_number, uid, problem, sent_us, received_us)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
on conflict (digest) do nothing

-- name: mail_in_by_message
select holder_id, case_id, case_number from mail_in where message_id = $1 and case_id <> 0 order by mail_id limit 1

-- name: mail_in_of_sender
-- How many cases an address has opened since, and the newest of them.
select count(*), coalesce(max(case_number), 0) from mail_in where sender_hash = $1 and received_us >= $2 and became = 'case'

-- name: mail_in_newest_of_sender
select holder_id, case_id, case_number from mail_in where sender_hash = $1 and received_us >= $2 and became = 'case' order by received_us desc, mail_id desc limit 1

-- name: mail_in_get
select became, message_id, uid, case_number from mail_in where mail_id = $1

-- name: mail_in_made
-- A case was made after all of what had been left alone.
update mail_in set became = $2, holder_id = $3, case_id = $4, case_number = $5, problem = $6, sender_hash = $7, sender = '', subject = '' where mail_id = $1

-- name: mail_in_forget_before
delete from mail_in where became = 'before'

-- name: mail_in_list
-- $1 what it became, or '' for all, or 'left' for what came and no case was made of; $2 ids below, $3 how many
select mail_id, sender, subject, became, case_number, uid, problem, sent_us, received_us from mail_in
where ($1 = '' or became = $1 or ($1 = 'left' and became not in ('case', 'message', 'before'))) and mail_id < $2 order by mail_id desc limit $3

-- name: mail_in_count
select became, count(*) from mail_in where received_us >= $1 group by became order by became

-- name: mail_in_erase
update mail_in set sender = '', subject = '', sender_hash = 0 where holder_id = $1 or case_id in (select case_id from case_file where whom_id = $1)

-- name: mail_in_erase_sender
update mail_in set sender = '', subject = '', sender_hash = 0 where sender_hash = $1

-- name: mail_in_forget_senders
update mail_in set sender = '', subject = '' where sender <> '' and received_us < $1

-- name: mail_in_last_of_case
-- The mail of theirs that ours answers.
select message_id from mail_in where case_id = $1 and message_id <> '' and became in ('case', 'message') order by received_us desc, mail_id desc limit 1
