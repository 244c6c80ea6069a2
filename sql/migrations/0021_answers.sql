-- The newest answers to surveys are looked for every morning: how customers stand, and whom to call.
create index survey_by_answer on survey (changed_us) where answered_us > 0;
