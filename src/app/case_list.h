/* Lists of cases: what the console's board and list, `rebound case list` and the files for spreadsheets show. */
#ifndef REB_APP_CASE_LIST_H
#define REB_APP_CASE_LIST_H

#include "../rule/clock.h"
#include "../sheet/export.h"
#include "customer.h"

enum { REB_CASE_PAGE = 50, REB_CASE_PAGE_MOST = 500, REB_CASE_ANYBODY = -1, REB_CASE_STATES = 10, REB_CASE_QUERY_MOST = 200 };

extern const char *const reb_case_list_states[REB_CASE_STATES]; /* received, acknowledged, assessed, ... */

typedef enum reb_case_sort {
    REB_CASE_SORT_DUE,  /* the clock that ends first at the top; of open cases only, where no state is asked for */
    REB_CASE_SORT_NEW,  /* came in last first */
    REB_CASE_SORT_LAST, /* something happened last first */
} reb_case_sort;
bool reb_case_sort_from_name(reb_case_sort *out, const char *name); /* "due", "new", "last" */

typedef struct reb_case_filter {
    const char *state;    /* a state, or "open" (neither closed nor merged nor given outside), "new" (received, acknowledged), "working"
                             (assessed, investigating), "all"; NULL: open */
    const char *kind;     /* code of a kind of the standards; NULL: all */
    const char *severity; /* NULL: all */
    const char *clock;    /* "late", "today", "later", "paused", "none"; NULL: all */
    int64_t assignee_id;  /* REB_CASE_ANYBODY, 0: nobody, or a person */
    const char *q;        /* number, name, e-mail, telephone, order or words of the subject, in any spelling; NULL: all */
} reb_case_filter;

typedef struct reb_case_row {
    int64_t number, case_id, holder_id;
    int64_t customer_id; /* the customer it is from, as kept now (the head); 0: not known */
    const char *name;    /* what to call them; "" where nobody told */
    bool anonymous;
    const char *state, *outcome, *kind, *kind_title, *subject, *channel, *language, *severity, *waiting_for, *order_ref, *cause, *rated;
    bool safety;
    int64_t assignee_id, escalated_id; /* 0: nobody */
    const char *assignee, *escalated;  /* names */
    int64_t opened_us, closed_us, last_us, waiting_until_us;
    int64_t reopened_count;
    bool clocked; /* has a clock that runs or stands still: the next six */
    bool paused;
    const char *due_clock;
    int64_t due_us;
    bool open_known;                        /* its calendar is known: open_left_us counts */
    int64_t open_left_us, absolute_left_us; /* negative when it is over */
    int64_t stake_minor;                    /* at stake in it: stake.h */
    bool staked;
    int64_t last_seq, standard_version;
} reb_case_row;

typedef struct reb_case_page {
    const reb_case_row *rows;
    size_t count;
    const char *next;                  /* cursor of the next page, or NULL at the end */
    int64_t total;                     /* how many fit; -1: not counted (a search or limited sight over closed cases) */
    int64_t by_state[REB_CASE_STATES]; /* with the other filters; all 0 when not counted */
    bool counted;
    bool nobody; /* there is no case at all */
    char currency[8];
    int64_t now_us;
} reb_case_page;

/* `limit` 0: REB_CASE_PAGE; `cursor` NULL: from the start. Who is limited in whom they see (c->sight) is shown the cases of those
   customers, of nobody known, and those that are theirs to work on. Errors: USAGE (a word that is none, a foreign cursor), LIMIT (a query
   beyond 200 bytes), STORE. */
reb_status reb_case_list(reb_case_page *out, const reb_customer_ctx *c, reb_case_sort sort, const reb_case_filter *f, int64_t limit,
                         const char *cursor, reb_err *err);
void reb_case_page_json(reb_json *w, const reb_case_page *p);

/* The whole list as a file, titles in the language of c->locale. *count may be NULL. Errors: as above, IO. */
reb_status reb_case_export(int64_t *count, int fd, reb_export_format format, const reb_customer_ctx *c, reb_case_sort sort,
                           const reb_case_filter *f, const char *temp_dir, reb_err *err);

/* What a new complaint can be about, by the standards in force: {"version","kinds":[{"code","title","text","due":[{"code","title"}]}]}, in
   the language of c->locale. */
reb_status reb_case_choices_json(reb_json *w, const reb_customer_ctx *c, reb_err *err);

#endif
