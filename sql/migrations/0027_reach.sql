-- Cases are found by the telephone number told in them, for erasing somebody and for knowing them again; mails of which no case became lose sender and
-- subject in time.
create index case_person_by_phone on case_person (phone, case_id) where phone <> '';
create index mail_in_left on mail_in (received_us) where sender <> '';
