-- The OpenID provider of the business, and who is who there.

-- name: oidc_provider_get
select name, issuer, client_id, secret_file, public_url, cookie_key, changed_us from oidc_provider where provider_id = 1

-- name: oidc_provider_put
insert into oidc_provider (provider_id, name, issuer, client_id, secret_file, public_url, cookie_key, changed_us)
values (1, $1, $2, $3, $4, $5, $6, $7)
on conflict (provider_id) do update set name = excluded.name, issuer = excluded.issuer, client_id = excluded.client_id,
    secret_file = excluded.secret_file, public_url = excluded.public_url, cookie_key = excluded.cookie_key, changed_us = excluded.changed_us

-- name: oidc_provider_remove
delete from oidc_provider where provider_id = 1

-- name: oidc_identity_find
select user_id from oidc_identity where issuer = $1 and subject = $2

-- name: oidc_identity_of
select count(*) from oidc_identity where user_id = $1 and issuer = $2

-- name: oidc_identity_add
insert into oidc_identity (issuer, subject, user_id, email, bound_us) values ($1, $2, $3, $4, $5)

-- name: oidc_identity_forget
delete from oidc_identity where user_id = $1

-- name: oidc_used_add
insert into oidc_used (state_hash, expires_us) values ($1, $2) on conflict (state_hash) do nothing

-- name: oidc_used_forget
delete from oidc_used where expires_us < $1
