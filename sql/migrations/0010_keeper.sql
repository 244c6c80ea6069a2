-- Whose customer somebody is: the person who keeps them. An agent sees their own and their team's, where the owner has set it so.

create table keeper (
    customer_id bigint not null,
    user_id bigint not null,
    changed_us bigint not null,
    primary key (customer_id)
) without rowid;                     -- @sqlite
);                                   -- @pg
create index keeper_by_user on keeper (user_id, customer_id);
