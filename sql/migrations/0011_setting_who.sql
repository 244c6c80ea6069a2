-- Who set a setting last: a person's name, the name of a key, 'terminal'; '' where it was not written down.

alter table setting add column changed_by text not null default '';
