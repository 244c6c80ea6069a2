-- What "open" means of a case is kept once, as it is folded (src/rule/case_state.h, reb_case_is_open): 0 over, 1 ours to do something about,
-- 2 with somebody outside. `rebound init` and a server's first minute derive the cases anew where the rules of folding have changed.
alter table case_file add column open bigint not null default 0;
update case_file set open = case when closed_us <> 0 or state = 'merged' then 0 when state = 'referred' then 2 else 1 end;
