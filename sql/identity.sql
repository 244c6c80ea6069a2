-- By what a customer is found again: e-mail, phone, external id, folded name.

-- name: identity_put
insert into identity (customer_id, kind, source, value, shown, contact_id, batch_id) values ($1, $2, $3, $4, $5, $6, 0)
on conflict (customer_id, kind, source, value) do nothing

-- name: identity_heads
select distinct c.head_id from identity i join customer c on c.customer_id = i.customer_id
where i.value = $1 and i.kind = $2 order by c.head_id limit $3

-- name: identity_heads_external
select distinct c.head_id from identity i join customer c on c.customer_id = i.customer_id
where i.value = $1 and i.kind = 'external' and i.source = $2 order by c.head_id limit $3

-- name: identity_heads_prefix
select distinct c.head_id from identity i join customer c on c.customer_id = i.customer_id
where i.value >= $1 and i.value < $2 and i.kind = $3 order by c.head_id limit $4

-- name: identity_of_head
select i.kind, i.source, i.value, i.shown, i.contact_id, i.customer_id from customer c join identity i on i.customer_id = c.customer_id
where c.head_id = $1 and i.kind <> 'erased' order by i.kind, i.value, i.source, i.customer_id
