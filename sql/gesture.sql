-- Gestures, the draws of their hold-out, and vouchers. Columns of a gesture, always these: customer_id, case_id, gesture_id, number, remedy, kind, basis, state,
-- standard_version, currency, value_minor, right_minor, cost_now_minor, cost_used_minor, turns, weighed, invest_until_us, held_out, asked_us, asked_by,
-- asker_id, approver_id, approver_role, due_us, remind_us, passed_on, ended_us, ended_by, valid_until_us, used_us, event_customer_id

-- name: gesture_insert
insert into gesture (customer_id, case_id, gesture_id, number, remedy, kind, basis, state, standard_version, currency, value_minor, right_minor,
                     cost_now_minor, cost_used_minor, turns, weighed, invest_until_us, held_out, asked_us, asked_by, asker_id, approver_id, approver_role,
                     due_us, remind_us, passed_on, ended_us, ended_by, valid_until_us, used_us, event_customer_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, 0, $26, $27, $28, 0, 0)

-- name: gesture_get
select customer_id, case_id, gesture_id, number, remedy, kind, basis, state, standard_version, currency, value_minor, right_minor, cost_now_minor,
       cost_used_minor, turns, weighed, invest_until_us, held_out, asked_us, asked_by, asker_id, approver_id, approver_role, due_us, remind_us, passed_on,
       ended_us, ended_by, valid_until_us, used_us, event_customer_id
from gesture where gesture_id = $1

-- name: gesture_of_case
select customer_id, case_id, gesture_id, number, remedy, kind, basis, state, standard_version, currency, value_minor, right_minor, cost_now_minor,
       cost_used_minor, turns, weighed, invest_until_us, held_out, asked_us, asked_by, asker_id, approver_id, approver_role, due_us, remind_us, passed_on,
       ended_us, ended_by, valid_until_us, used_us, event_customer_id
from gesture where customer_id = $1 and case_id = $2 order by asked_us, gesture_id

-- name: gesture_of_whom
select g.customer_id, g.case_id, g.gesture_id, g.number, g.remedy, g.kind, g.basis, g.state, g.standard_version, g.currency, g.value_minor, g.right_minor,
       g.cost_now_minor, g.cost_used_minor, g.turns, g.weighed, g.invest_until_us, g.held_out, g.asked_us, g.asked_by, g.asker_id, g.approver_id,
       g.approver_role, g.due_us, g.remind_us, g.passed_on, g.ended_us, g.ended_by, g.valid_until_us, g.used_us, g.event_customer_id
from gesture g join case_file f on f.customer_id = g.customer_id and f.case_id = g.case_id
where f.whom_id = $1 and g.state in ('given', 'asked') order by g.asked_us, g.gesture_id

-- name: gesture_asked
select customer_id, case_id, gesture_id, number, remedy, kind, basis, state, standard_version, currency, value_minor, right_minor, cost_now_minor,
       cost_used_minor, turns, weighed, invest_until_us, held_out, asked_us, asked_by, asker_id, approver_id, approver_role, due_us, remind_us, passed_on,
       ended_us, ended_by, valid_until_us, used_us, event_customer_id
from gesture where state = 'asked' order by due_us, gesture_id limit $1

-- name: gesture_ended
select customer_id, case_id, gesture_id, number, remedy, kind, basis, state, standard_version, currency, value_minor, right_minor, cost_now_minor,
       cost_used_minor, turns, weighed, invest_until_us, held_out, asked_us, asked_by, asker_id, approver_id, approver_role, due_us, remind_us, passed_on,
       ended_us, ended_by, valid_until_us, used_us, event_customer_id
from gesture where ended_us > $1 and ended_us <= $2 order by ended_us desc, gesture_id desc limit $3

-- Of two who answer at once, one finds it answered.
-- name: gesture_end
update gesture set state = $5, ended_us = $6, ended_by = $7, valid_until_us = $8, due_us = 0, remind_us = 0
where customer_id = $1 and case_id = $2 and gesture_id = $3 and state = $4

-- name: gesture_reweigh
update gesture set weighed = $4, turns = $5, invest_until_us = $6 where customer_id = $1 and case_id = $2 and gesture_id = $3

-- name: gesture_reminded
update gesture set remind_us = 0 where customer_id = $1 and case_id = $2 and gesture_id = $3 and state = 'asked'

-- name: gesture_pass_on
update gesture set approver_id = $4, approver_role = $5, due_us = $6, remind_us = $7, passed_on = passed_on + 1
where customer_id = $1 and case_id = $2 and gesture_id = $3 and state = 'asked'

-- name: gesture_used
update gesture set used_us = $4 where customer_id = $1 and case_id = $2 and gesture_id = $3

-- name: gesture_in_history
update gesture set event_customer_id = $4 where customer_id = $1 and case_id = $2 and gesture_id = $3

-- What stands in nobody's history, though its case has become somebody's since.
-- name: gesture_homeless
select g.customer_id, g.case_id, g.gesture_id, f.whom_id
from gesture g join case_file f on f.customer_id = g.customer_id and f.case_id = g.case_id
where g.event_customer_id = 0 and f.whom_id <> 0 and g.state = 'given' order by g.gesture_id limit 200

-- name: gesture_draw_get
select held_out, share from gesture_draw where customer_id = $1 and case_id = $2

-- name: gesture_draw_put
insert into gesture_draw (customer_id, case_id, head_id, share, drawn, held_out, drawn_us) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (customer_id, case_id) do nothing

-- name: gesture_draw_counts
select count(*), cast(coalesce(sum(held_out), 0) as bigint), coalesce(sum(share), 0.0) from gesture_draw

-- name: gesture_window
select cast(coalesce(sum(amount_minor), 0) as bigint),
    cast(coalesce(sum(case when cost_minor is not null then amount_minor - cost_minor else 0 end), 0) as bigint),
    cast(coalesce(sum(case when cost_minor is null then amount_minor else 0 end), 0) as bigint)
from purchase_day where customer_id = $1 and day > $2 and day <= $3

-- The latest orders of one customer, with what of each was given back already.
-- name: gesture_orders
select o.ext_id, o.occurred_us, o.amount_minor, o.currency,
    cast(coalesce((select sum(r.amount_minor) from event r where r.customer_id = o.customer_id and r.kind = 'refund' and r.ref_id = o.event_id
        and r.currency = o.currency), 0) as bigint)
from event o where o.customer_id = $1 and o.kind = 'order' and o.occurred_us <= $2
order by o.occurred_us desc, o.event_id desc limit $3

-- name: gesture_order
select o.ext_id, o.occurred_us, o.amount_minor, o.currency,
    cast(coalesce((select sum(r.amount_minor) from event r where r.customer_id = o.customer_id and r.kind = 'refund' and r.ref_id = o.event_id
        and r.currency = o.currency), 0) as bigint)
from event o where o.customer_id = $1 and o.kind = 'order' and o.ext_id = $2
order by o.occurred_us desc, o.event_id desc

-- Who may be asked: those who have a role, can enter, and are not the asker.
-- name: gesture_approvers
select user_id, name, email, language, team from person
where role = $1 and user_id <> $2 and disabled_us is null and (entered_us is not null or password_hash is not null)
order by case when team = $3 and team <> '' then 0 else 1 end, created_us, user_id

-- Vouchers -------------------------------------------------------------------------------------------------------------------------------

-- name: voucher_insert
insert into voucher (code_hash, voucher_id, holder_id, case_id, value_minor, currency, created_us, expires_us, redeemed_us, redeemed_by, redeemed_key,
                     cancelled_us)
values ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', '', 0)

-- name: voucher_find
select code_hash, voucher_id, holder_id, case_id, value_minor, currency, created_us, expires_us, redeemed_us, redeemed_by, redeemed_key, cancelled_us
from voucher where code_hash = $1

-- name: voucher_get
select code_hash, voucher_id, holder_id, case_id, value_minor, currency, created_us, expires_us, redeemed_us, redeemed_by, redeemed_key, cancelled_us
from voucher where voucher_id = $1

-- name: voucher_list
select code_hash, voucher_id, holder_id, case_id, value_minor, currency, created_us, expires_us, redeemed_us, redeemed_by, redeemed_key, cancelled_us
from voucher where created_us < $1 or (created_us = $1 and voucher_id < $2) order by created_us desc, voucher_id desc limit $3

-- Once: of fifty at one moment one changes the row.
-- name: voucher_redeem
update voucher set redeemed_us = $2, redeemed_by = $3, redeemed_key = $4
where code_hash = $1 and redeemed_us = 0 and cancelled_us = 0 and (expires_us = 0 or expires_us > $2)

-- name: voucher_cancel
update voucher set cancelled_us = $2 where voucher_id = $1 and redeemed_us = 0 and cancelled_us = 0

-- name: voucher_sums
select count(*), cast(coalesce(sum(case when redeemed_us <> 0 then 1 else 0 end), 0) as bigint),
    cast(coalesce(sum(case when redeemed_us = 0 and cancelled_us = 0 and (expires_us = 0 or expires_us > $1) then 1 else 0 end), 0) as bigint),
    cast(coalesce(sum(case when redeemed_us = 0 and cancelled_us = 0 and (expires_us = 0 or expires_us > $1) then value_minor else 0 end), 0) as bigint)
from voucher where currency = $2

-- name: gesture_stray
select count(*) from gesture g where not exists (
    select 1 from case_file f where f.customer_id = g.customer_id and f.case_id = g.case_id)
