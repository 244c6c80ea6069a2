/* Promises as people see them: lists with names and words, the gap between promised and kept, reminders. The command line and the server
   both call this. */
#ifndef REB_APP_PROMISE_H
#define REB_APP_PROMISE_H

#include "../base/json.h"
#include "../domain/keeper.h"
#include "../domain/promise.h"
#include "../domain/undo.h"
#include "../rule/share.h"

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
    const char *made_by;     /* who wrote it down, and who said that it was kept or released: names; "" */
    const char *ended_by;
} reb_promise_row;

/* What to list. Open ones come by due time, the next first; all others the newest first. Words are compared as they stand; NULL or "": any.
 */
typedef struct reb_promise_filter {
    const reb_promise_state *state; /* NULL: all; OPEN are those whose time has not come */
    bool today;                     /* with OPEN: only those that fall due within the business's day */
    int64_t customer_id;            /* 0: of everybody; only `state` counts beside it */
    int64_t case_number;            /* 0: of any; the same */
    int64_t owner_id;               /* who keeps it; 0: anybody */
    const char *kind, *product, *branch, *employee, *channel;
    int64_t limit;     /* <= 0: 50; at most 200 */
    const char *after; /* cursor of the page before, or NULL */
} reb_promise_filter;
enum { REB_PROMISE_PAGE = 50, REB_PROMISE_PAGE_MOST = 200 };

typedef struct reb_promise_page {
    reb_promise_row *rows;
    size_t count;
    const char *next; /* cursor, or NULL at the end */
} reb_promise_page;
/* A page is full unless it is the last, or so few may be seen that it took too long to look further. Errors: NOT_FOUND (customer), USAGE
   (cursor), STORE. */
reb_status reb_promise_list(reb_promise_page *out, const reb_promise_ctx *c, const reb_promise_filter *f, reb_err *err);
reb_status reb_promise_show(reb_promise_row *out, const reb_promise_ctx *c, int64_t promise_id, reb_err *err);
void reb_promise_row_json(reb_json *w, const reb_promise_row *r);
void reb_promise_page_json(reb_json *w, const reb_promise_page *p);
typedef struct reb_promise_counts {
    int64_t of[REB_PROMISE_STATES]; /* as in a list */
    int64_t today;                  /* of the open ones, those that fall due within the business's day */
} reb_promise_counts;
/* How many there are of each state, with what else the filter asks for. */
reb_status reb_promise_count(reb_promise_counts *out, const reb_promise_ctx *c, const reb_promise_filter *f, reb_err *err);
void reb_promise_counts_json(reb_json *w, const reb_promise_counts *n);

/* {"products","branches","employees","channels","keepers"}: what a list can be filtered by, the most frequent first, at most a hundred
 * each. */
reb_status reb_promise_choices_json(reb_json *w, const reb_promise_ctx *c, reb_err *err);

/* Times at which a promise that is made now can be due: within open hours, the soonest first, none twice. */
typedef struct reb_promise_time {
    const char *code; /* hours, day, next, days, week: reb_promise_times */
    int64_t due_us;
} reb_promise_time;
enum { REB_PROMISE_TIMES = 5, REB_PROMISE_TIME_HOURS = 2, REB_PROMISE_TIME_DAYS = 30 };
/* `hours`: when two open hours have passed, on the next quarter of an hour; `day`: the end of this open day, or of the next one when it is
   closed; `next`, `days` and `week`: the end of the first, third and fifth open day after it. Returns through *count how many. */
reb_status reb_promise_times(reb_promise_time out[REB_PROMISE_TIMES], size_t *count, const reb_promise_ctx *c, reb_err *err);
/* {"times":[{"code","due_at"}],"open":[{"from","to"}]}; open: the open hours of the next REB_PROMISE_TIME_DAYS days. */
reb_status reb_promise_times_json(reb_json *w, const reb_promise_ctx *c, reb_err *err);

/* Makes one, and tells the case of it when there is one: then it is made to whom the case is from, and by the case's channel unless another
   is named. Whoever makes it signed in with a name is the employee who gave it, unless somebody else is named. Errors: as reb_promise_add,
   and NOT_FOUND (case). */
reb_status reb_promise_make(reb_promise_row *out, bool *known, const reb_promise_ctx *c, const reb_promise_new *n, reb_err *err);
/* What happens to one; *event_id is what undo takes. The case in which it was made is told. Errors: as reb_promise_step_add. */
reb_status reb_promise_step_take(reb_promise_row *out, int64_t *event_id, const reb_promise_ctx *c, int64_t promise_id,
                                 const reb_promise_step *step, const char *why, reb_err *err);
/* Takes back what was noted by hand, as reb_undo; where it was a promise made in a case, or what became of it, the case is told:
 *case_number, else 0. */
reb_status reb_promise_undo(reb_undo_result *out, int64_t *case_number, const reb_promise_ctx *c, int64_t event_id, reb_err *err);

/* The gap: what was promised against what was kept, among promises that came due within [since_us, now]. */
typedef enum reb_gap_by { REB_GAP_PRODUCT, REB_GAP_BRANCH, REB_GAP_EMPLOYEE, REB_GAP_CHANNEL, REB_GAP_KIND, REB_GAPS } reb_gap_by;
const char *reb_gap_by_name(reb_gap_by by); /* product, branch, employee, channel, kind */
bool reb_gap_by_from_name(reb_gap_by *out, const char *name);

typedef struct reb_gap_group {
    const char *value; /* "": not told */
    int64_t count, kept, late, broken;
    reb_share share;         /* kept in time */
    double late_days;        /* mean of those kept late; 0 when there are none */
    double late_median_days; /* their median */
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
