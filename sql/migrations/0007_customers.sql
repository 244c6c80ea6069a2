-- An act by hand is found by its number alone, to take it back: `rebound undo EVENT` names no customer.
create index event_by_hand on event (event_id) where batch_id = 0;
