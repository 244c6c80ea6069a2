/* Who keeps a customer, and who may see whom. */
#ifndef REB_DOMAIN_KEEPER_H
#define REB_DOMAIN_KEEPER_H

#include "../store/store.h"

#include <stdbool.h>

/* Whom somebody may see: everybody (user_id 0), or the customers kept by themselves or by somebody of their team ("": none). */
typedef struct reb_sight {
    int64_t user_id;
    const char *team;
} reb_sight;

/* `sight` NULL sees everybody. A customer that is not there, or that nobody keeps, is seen by nobody whose sight is limited. Errors: STORE.
 */
reb_status reb_sight_sees(bool *out, reb_store *s, const reb_sight *sight, int64_t customer_id, reb_err *err);

/* Gives customers, or the ones they were merged into, to a person; user_id 0: to nobody. All or none. Errors: NOT_FOUND (a customer, or the
   person), STORE. */
reb_status reb_keeper_set(reb_store *s, const int64_t *customer_ids, size_t count, int64_t user_id, int64_t now_us, reb_err *err);

/* Whose customer an act by hand is about. Errors: NOT_FOUND. */
reb_status reb_keeper_of_act(int64_t *customer_id, reb_store *s, int64_t event_id, reb_err *err);

#endif
