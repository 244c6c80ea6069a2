-- Who has said yes or no to being reached, without looking through all other facts.
create index customer_fact_consent on customer_fact (fact, customer_id, batch_id, observed_us, value)
    where fact >= 'consent:' and fact < 'consent;';
