-- Keys for programs. Only the hash of a key is stored; a key itself is shown once.

-- name: token_insert
insert into api_token (token_hash, name, scopes, created_us, expires_us, revoked_us) values ($1, $2, $3, $4, $5, null)

-- name: token_find
select name, scopes, created_us, expires_us, revoked_us from api_token where token_hash = $1

-- name: token_list
select name, scopes, created_us, expires_us, revoked_us from api_token order by created_us, name

-- name: token_revoke
update api_token set revoked_us = $2 where name = $1 and revoked_us is null

-- name: token_live_named
select count(*) from api_token where name = $1 and revoked_us is null and expires_us > $2

-- name: token_any
select count(*) from api_token
