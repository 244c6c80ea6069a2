-- The second factor of people who sign in. `user_id` is that of the people's table; nobody has more than one factor.

create table second_factor (
    user_id bigint not null primary key,
    secret text not null,            -- sealed (src/domain/vault.h); never shown again
    created_us bigint not null,
    confirmed_us bigint,             -- null: begun, and no code was seen yet: not asked for at sign-in
    last_step bigint not null,       -- step of the code used last: none before it is taken again
    failures bigint not null,        -- wrong codes in a row
    failed_us bigint not null
);

-- Codes on paper for whoever lost the phone, each good for once. Only their salted hashes.
create table recovery_code (
    user_id bigint not null,
    code_no bigint not null,
    salt text not null,
    code_hash text not null,
    used_us bigint,
    primary key (user_id, code_no)
);
