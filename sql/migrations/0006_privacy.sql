-- Secrets of this database that are no settings. `erasure`: the key under which identities of erased customers are hashed, so that a file that is
-- imported again does not bring them back; made when the first customer is erased.

create table secret (
    name text not null primary key,
    value text not null
);
