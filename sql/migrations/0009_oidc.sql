-- Signing in by an OpenID provider: the one provider of the business, who is who there, and which sign-ins were used already.

create table oidc_provider (
    provider_id bigint not null primary key, -- 1: there is one
    name text not null,              -- on the button: "Sign in with ..."
    issuer text not null,
    client_id text not null,
    secret_file text not null,       -- path of the file with the client's secret; '': a client without one
    public_url text not null,        -- by which browsers reach this server, without a slash at the end
    cookie_key text not null,        -- hex; seals what a browser keeps between leaving and coming back
    changed_us bigint not null
);

-- Bound at the first sign-in, when the provider vouches for an e-mail address that somebody here has; from then on only the subject counts.
create table oidc_identity (
    issuer text not null,
    subject text not null,
    user_id bigint not null,
    email text not null,             -- as the provider told it when it was bound
    bound_us bigint not null,
    primary key (issuer, subject)
);
create unique index oidc_identity_by_user on oidc_identity (user_id, issuer);

create table oidc_used (
    state_hash text not null primary key,
    expires_us bigint not null
);
