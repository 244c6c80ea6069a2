-- Keys of imports that were taken back: each would take the next case that is given its number for its own.
delete from case_key where number not in (select number from case_number);
