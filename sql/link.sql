-- One-time links: welcome (the first owner), invite, reset.

-- name: link_insert
insert into one_time_link (link_hash, kind, user_id, created_us, expires_us, created_by) values ($1, $2, $3, $4, $5, $6)

-- name: link_find
select kind, user_id, expires_us from one_time_link where link_hash = $1

-- name: link_delete
delete from one_time_link where link_hash = $1

-- name: link_delete_of
delete from one_time_link where user_id = $1

-- name: link_delete_kind
delete from one_time_link where kind = $1

-- name: link_forget
delete from one_time_link where expires_us < $1
