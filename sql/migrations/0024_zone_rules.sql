-- The rules of time zones by which something stored was reckoned. tzdata is renewed now and then, the past with it: what has ended must not be
-- late after the fact, so each version of a calendar keeps the rules of its zone, and the business those its days and promises go by.
create table zone_rules (
    code text not null,              -- of the calendar; '' for the business
    version bigint not null,         -- of the calendar; 1, 2, 3, ... for the business
    zone text not null,
    tzdata text not null,            -- whose they were: 2026a; '' where it was not told
    rules text not null,             -- src/text/zone.h: reb_zone_rules
    primary key (code, version)
);
