-- How a person took the columns of a file, kept for the next file with the same header.
create table import_mapping (
    signature text not null primary key, -- of the header: names and their order
    name text not null,                  -- as a person called it, or the file's name
    plan text not null,                  -- JSON: ImportPlan of the API
    changed_us bigint not null,
    used_us bigint not null
);
