/* Promises as people see them: lists with names and words, the gap between promised and kept, reminders. The command line and the server
   both call this. */
#ifndef REB_APP_PROMISE_H
#define REB_APP_PROMISE_H

#include "../base/json.h"
#include "../domain/keeper.h"
#include "../domain/promise.h"

typedef struct reb_promise_ctx {
    reb_store *store;
    reb_arena *arena; /* all that is returned lives there */
    const reb_business *business;
    reb_ids *ids; /* needed by what writes */
    int64_t now_us;
    const reb_sight *sight; /* whose promises are shown; NULL: everybody's */
    const char *who;        /* name of the person or key, as it will be shown */
    const char *actor;      /* for a case's log: user:12, key:till, local; NULL: local */
    int64_t user_id;        /* of the person; 0 */
} reb_promise_ctx;

typedef struct reb_promise_row {
    reb_promise p;
    reb_promise_state state; /* now: BROKEN where its time is over */
    int64_t late_us;         /* by how much, 0: not */
    int64_t head_id;         /* the customer who stands for it now; 0: nobody known */
    const char *name;        /* theirs; "" where nobody is known */
    const char *owner;       /* name of the person who keeps it; "" */
    const char *text;        /* "" for an order's, and for what was erased */
    const char *why;         /* why it was released, or a word when it was kept; "" */
} reb_promise_row;

/* What to list. `state`: NULL for all; OPEN are those whose time has not come. Open ones come by due time, the next first; all others the
   newest first. */
typedef struct reb_promise_filter {
    const reb_promise_state *state;
    int64_t customer_id; /* 0: of everybody */
    int64_t case_number; /* 0: of any */
    int64_t limit;       /* <= 0: 50; at most 200 */
    const char *after;   /* cursor of the page before, or NULL */
} reb_promise_filter;
enum { REB_PROMISE_PAGE = 50, REB_PROMISE_PAGE_MOST = 200 };

typedef struct reb_promise_page {
    reb_promise_row *rows;
    size_t count;
    const char *next; /* cursor, or NULL at the end */
} reb_promise_page;
/* Errors: NOT_FOUND (customer), USAGE (cursor), STORE. */
reb_status reb_promise_list(reb_promise_page *out, const reb_promise_ctx *c, const reb_promise_filter *f, reb_err *err);
reb_status reb_promise_show(reb_promise_row *out, const reb_promise_ctx *c, int64_t promise_id, reb_err *err);
void reb_promise_row_json(reb_json *w, const reb_promise_row *r);
void reb_promise_page_json(reb_json *w, const reb_promise_page *p);
/* {"open","kept","late","broken","released"} */
reb_status reb_promise_counts(int64_t out[REB_PROMISE_STATES], const reb_promise_ctx *c, reb_err *err);

/* Makes one, and tells the case of it when there is one. Errors: as reb_promise_add, and NOT_FOUND (case). */
reb_status reb_promise_make(reb_promise_row *out, bool *known, const reb_promise_ctx *c, const reb_promise_new *n, reb_err *err);
/* What happens to one; *event_id is what undo takes. Errors: as reb_promise_step_add. */
reb_status reb_promise_step_take(reb_promise_row *out, int64_t *event_id, const reb_promise_ctx *c, int64_t promise_id,
                                 const reb_promise_step *step, const char *why, reb_err *err);

/* The gap: what was promised against what was kept, among promises that came due within [since_us, now]. */
typedef enum reb_gap_by { REB_GAP_PRODUCT, REB_GAP_BRANCH, REB_GAP_EMPLOYEE, REB_GAP_CHANNEL, REB_GAP_KIND, REB_GAPS } reb_gap_by;
const char *reb_gap_by_name(reb_gap_by by); /* product, branch, employee, channel, kind */
bool reb_gap_by_from_name(reb_gap_by *out, const char *name);

typedef struct reb_gap_group {
    const char *value; /* "": not told */
    int64_t count, kept, late, broken;
    reb_promise_share share; /* kept in time */
    double late_days;        /* mean of those kept late; 0 when there are none */
    bool enough;             /* REB_PROMISE_LEAST have come due */
} reb_gap_group;
typedef struct reb_gap {
    reb_gap_by by;
    int64_t since_us, now_us;
    reb_gap_group total;
    reb_gap_group *groups; /* those with enough first, the worst first; at most REB_GAP_MOST */
    size_t group_count;
    int64_t left_out; /* groups beyond that */
} reb_gap;
enum { REB_GAP_MOST = 100, REB_GAP_DAYS = 365 };
/* `kind`: NULL for all. since_us 0: REB_GAP_DAYS ago, or, where nothing has come due since then, the whole past. */
reb_status reb_gap_read(reb_gap *out, const reb_promise_ctx *c, reb_gap_by by, const char *kind, int64_t since_us, reb_err *err);
void reb_gap_json(reb_json *w, const reb_gap *g);

/* For reb_tick: whoever keeps a promise is reminded once, within open hours, when REB_PROMISE_REMIND_MINUTES of them are left. */
enum { REB_PROMISE_REMIND_MINUTES = 120 };
reb_status reb_promise_tick(int64_t *did, reb_store *s, const reb_business *b, int64_t now_us, reb_ids *ids, reb_err *err);

#endif
