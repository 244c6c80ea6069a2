/* Notices: what the live stream tells, kept in the store so that every process can tell it, and tell it again. */
#ifndef REB_DOMAIN_NOTICE_H
#define REB_DOMAIN_NOTICE_H

#include "../store/store.h"

enum { REB_NOTICE_KEEP = 10000 }; /* the newest so many can be told again */

/* Adds a notice and gives its number (1, 2, 3, ...; NULL allowed). `data` is JSON without line ends. Inside a transaction it belongs to it,
   and then holds up other writers of notices until the end: keep such transactions short. Errors: STORE, BUSY. */
reb_status reb_notice_add(int64_t *number, reb_store *s, const char *topic, const char *data, int64_t now_us, reb_err *err);

typedef reb_status (*reb_notice_each)(int64_t number, const char *topic, const char *data, void *ctx, reb_err *err);
/* The notices after `after`, in order, at most `most`. */
reb_status reb_notice_since(reb_store *s, int64_t after, int64_t most, reb_notice_each each, void *ctx, reb_err *err);

/* The newest number given (0: none yet) and the oldest still kept (0: none). */
reb_status reb_notice_bounds(int64_t *first, int64_t *last, reb_store *s, reb_err *err);

reb_status reb_notice_prune(reb_store *s, reb_err *err); /* forgets all but the newest REB_NOTICE_KEEP */

#endif
