/* The rules of time zones that what is stored was reckoned by. The system's tzdata is renewed now and then, and with it what was thought to
   be known of the past: so the business keeps the rules it goes by, and every version of a calendar its own. New ones are taken over at one
   moment, for what is open, by reb_zone_rules_renew; until then everything goes by those that are kept. */
#ifndef REB_DOMAIN_ZONE_RULES_H
#define REB_DOMAIN_ZONE_RULES_H

#include "../store/store.h"
#include "../text/zone.h"

/* The business's time zone by the rules that are kept, or, where none are, as tzdata has it. *out is owned by the caller. Errors: INPUT, IO
   (reb_zone_open), STORE, MEMORY. */
reb_status reb_zone_rules_business(reb_zone **out, reb_store *s, const char *zone, reb_err *err);
/* Keeps them, from now on. Inside a write transaction. */
reb_status reb_zone_rules_keep_business(reb_store *s, const reb_zone *z, reb_err *err);

/* The time zone of one version of a calendar by the rules it keeps; *out NULL where it keeps none of that zone. */
reb_status reb_zone_rules_calendar(reb_zone **out, reb_store *s, const char *code, int64_t version, const char *zone, reb_err *err);
reb_status reb_zone_rules_keep_calendar(reb_store *s, const char *code, int64_t version, const reb_zone *z, reb_err *err);

/* Whether tzdata says something else of zone `z` than what `code` ("" for the business) keeps in its newest version, and shall stand from
   now on. Of two machines with one database the newer tzdata is taken, and what was already replaced never comes back with an equally old
   one; so they do not undo each other's. Nothing that is kept: `kept` is false. *now (owned by the caller, NULL unless `renewed`): as
   tzdata has it. */
typedef struct reb_zone_look {
    bool kept, renewed;
    reb_zone *now;
    char tzdata[REB_ZONE_VERSION]; /* the system's */
} reb_zone_look;
reb_status reb_zone_rules_look(reb_zone_look *out, reb_store *s, const char *code, const char *zone, reb_err *err);

#endif
