/* Customers: find, show, list, add, note, contact, consent, doubles, merge. The command line and the server both call this.

   Ids given may be those of merged customers: they stand for the one they were merged into. Whatever is returned lives in the arena of
   the context. Texts given are UTF-8; they are trimmed and checked here (length, control characters), so that callers need not.
   Privacy: no error says a name, an address, a number or a note of a customer; ids only. */
#ifndef REB_APP_CUSTOMER_H
#define REB_APP_CUSTOMER_H

#include "../base/arena.h"
#include "../base/clock.h"
#include "../base/err.h"
#include "../base/json.h"
#include "../base/rand.h"
#include "../domain/business.h"
#include "../domain/gesture.h"
#include "../domain/score.h"
#include "../domain/standing.h"
#include "../store/store.h"
#include "../text/locale.h"
#include "promise.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct reb_customer_ctx {
    reb_store *store;
    reb_arena *arena;
    reb_clock clock;
    reb_ids *ids;                  /* needed by what writes */
    const struct reb_sight *sight; /* whom lists and searches may show (../domain/keeper.h); NULL: everybody */
    const char *who;               /* who acts: a person's or token's name, kept in the log; NULL: "" */
    const reb_business *business;  /* NULL: loaded for each call */
    const reb_locale *locale;      /* of sentences for people; NULL: English */
} reb_customer_ctx;

#define REB_CUSTOMER_PAGE 50       /* rows a page unless asked otherwise */
#define REB_CUSTOMER_PAGE_MOST 500 /* and at most */
#define REB_CUSTOMER_NAME_MOST 500 /* bytes of a name, role, city, company, ... */
#define REB_CUSTOMER_NOTE_MOST 20000

/* ---- lists ---- */

/* Where a customer stands, by rules that docs/how-today-decides.md states. */
typedef enum reb_customer_stage {
    REB_CUSTOMER_UNKNOWN,  /* bought, but nothing was fitted yet */
    REB_CUSTOMER_PROSPECT, /* never bought */
    REB_CUSTOMER_NEW,      /* bought on one day, and not slowing */
    REB_CUSTOMER_ACTIVE,   /* bought on two days or more, and not slowing */
    REB_CUSTOMER_SLOWING,  /* rather gone than not, or silent against a rhythm of their own */
    REB_CUSTOMER_LOST,     /* P(alive) below REB_TODAY_LOST */
} reb_customer_stage;
const char *reb_customer_stage_name(reb_customer_stage s); /* "prospect", ...; "" when unknown */
bool reb_customer_stage_from_name(reb_customer_stage *out, const char *name);

typedef struct reb_customer_standing {
    int64_t purchase_days;
    bool scored;
    double p_alive, x, recency_days, observed_days; /* as in score.h */
} reb_customer_standing;
/* `drift_ratio`: the setting. The query customer_scan holds the same rules. */
reb_customer_stage reb_customer_stage_of(const reb_customer_standing *s, double drift_ratio);

typedef struct reb_customer_row {
    int64_t customer_id; /* always a head */
    const char *kind;    /* "person", "organisation" */
    const char *name;    /* as written; "" when unknown */
    const char *label;   /* what to call them: name, else e-mail, phone, "customer ID"; never empty */
    const char *email, *phone, *language, *country;
    int64_t order_count, purchase_day_count;
    bool bought;
    int64_t first_day, last_day; /* of purchases, when bought */
    int64_t net_minor;           /* paid less refunded, in the business's currency */
    int64_t last_spoken_us;      /* 0: never */
    bool scored;
    double p_alive;
    int64_t value_minor, at_stake_minor;
    reb_customer_stage stage;
    const char *found_by; /* search: "id", "email", "phone", "external id", "name", "contact"; list: "" */
} reb_customer_row;

typedef struct reb_customer_page {
    const reb_customer_row *rows;
    size_t count;
    const char *next; /* cursor of the next page, or NULL at the end */
    char currency[8];
    int64_t today; /* the business's day, to say how long ago */
    bool nobody;   /* there are no customers at all */
    int64_t total; /* how many fit, when that was asked for; else -1 */
} reb_customer_page;

/* Finds by name (any part, in any spelling of ar, fa, el, en), e-mail, phone (however written), external id, customer id, or the name of
   a contact. Exact identities first, then names that begin so, then names that contain it. `limit` 0: REB_CUSTOMER_PAGE; `cursor` NULL:
   from the start. Errors: USAGE (empty query, foreign cursor), LIMIT (query beyond 200 bytes), STORE. */
reb_status reb_customer_search(reb_customer_page *out, const reb_customer_ctx *c, const char *query, int64_t limit, const char *cursor,
                               reb_err *err);

/* Who has no figure to be ordered by (never bought, not scored) comes last. */
typedef enum reb_customer_sort {
    REB_SORT_NAME,  /* folded name, ascending */
    REB_SORT_NET,   /* spent most first */
    REB_SORT_STAKE, /* most at stake first */
    REB_SORT_LAST,  /* bought most recently first */
    REB_SORT_NEW,   /* newest in the store first */
    REB_SORT_ALIVE, /* least likely still there first */
    REB_SORT_VALUE, /* worth most first */
    REB_SORT_SILENT /* longest without a purchase first */
} reb_customer_sort;
bool reb_customer_sort_from_name(reb_customer_sort *out, const char *name); /* "name", "net", "stake", "last", "new", "alive", ... */

typedef struct reb_customer_filter {
    const char *kind;        /* "person", "organisation"; NULL or "": all */
    const char *country;     /* as stored (ISO 3166 where known); NULL: all */
    const char *language;    /* NULL: all */
    int64_t least_net_minor; /* INT64_MIN: all */
    int64_t silent_days;     /* > 0: no purchase for at least so many days (and at least one before) */
    bool never_spoken;       /* nobody spoke to them */
    const char *stage;       /* a stage's name; NULL or "": all */
    /* Of scored customers; a bound that is 0 (least), or 0 or 1 (most P(alive)), or 0 (most at stake), is none. */
    double least_alive, most_alive;
    int64_t least_stake_minor, most_stake_minor;
    int phone, email;    /* 1: known; -1: not known; 0: all */
    const char *consent; /* "marketing:email:yes": what was said of purpose and channel; NULL or "": all */
} reb_customer_filter;

/* `filter` NULL: everybody. `count`: tell out->total too, which takes a look at everybody. Errors: USAGE, STORE. */
reb_status reb_customer_list_counted(reb_customer_page *out, const reb_customer_ctx *c, reb_customer_sort sort,
                                     const reb_customer_filter *filter, int64_t limit, const char *cursor, bool count, reb_err *err);

/* The same without the total. */
reb_status reb_customer_list(reb_customer_page *out, const reb_customer_ctx *c, reb_customer_sort sort, const reb_customer_filter *filter,
                             int64_t limit, const char *cursor, reb_err *err);

typedef struct reb_customer_facet {
    const char *value;
    int64_t count;
} reb_customer_facet;

/* What customers can be filtered by, and how many each would leave; the most frequent first, 60 at most. */
typedef struct reb_customer_facets {
    int64_t total;
    const reb_customer_facet *countries, *languages, *stages;
    size_t country_count, language_count, stage_count;
} reb_customer_facets;
reb_status reb_customer_facets_read(reb_customer_facets *out, const reb_customer_ctx *c, reb_err *err);

/* The customer that a person means by one word: an id, e-mail, phone, external id, or a name that only one customer has.
   Errors: NOT_FOUND; CONFLICT when several fit (customer find lists them). */
reb_status reb_customer_resolve(int64_t *customer_id, const reb_customer_ctx *c, const char *word, reb_err *err);

/* ---- one customer ---- */

typedef struct reb_customer_identity {
    const char *kind;    /* email, phone, external, name */
    const char *source;  /* of an external id */
    const char *value;   /* as compared */
    const char *shown;   /* as written */
    int64_t contact_id;  /* 0: the customer's own */
    int64_t customer_id; /* the merged customer who brought it, or the head */
} reb_customer_identity;

typedef struct reb_customer_contact {
    int64_t contact_id;
    const char *name, *role, *email, *phone; /* "" when unknown */
} reb_customer_contact;

typedef struct reb_customer_consent {
    const char *purpose; /* marketing, service, feedback, any */
    const char *channel; /* email, phone, sms, whatsapp, post, any */
    bool allowed;
    int64_t observed_us, observed_day;
    const char *origin; /* "import": a file told it; "hand": somebody of the business noted it; "rule": Rebound itself (erasing) */
    const char *by;     /* the system of the file, or who noted it; "" */
    const char *why;    /* how it was said; "" */
} reb_customer_consent;

typedef struct reb_customer_fact {
    const char *fact, *value;
    int64_t observed_us;
    int64_t batch_id; /* 0: by hand */
} reb_customer_fact;

typedef struct reb_customer_event {
    int64_t event_id;
    int64_t customer_id; /* who it was told of, before merging */
    const char *kind;    /* order, refund, contact, note, merge, ... */
    const char *source, *ext_id;
    int64_t occurred_us, day;
    int64_t amount_minor;
    const char *currency; /* "" when there is no amount */
    const char *goods;    /* of an order or refund: "2 x Mug, Tea"; else "" */
    const char *words;    /* what was said or written, as it was; else "" */
    const char *text;     /* one line for a person: "Order #1001: 2 x Mug, Tea"; from outside: make harmless before printing */
    const char *who;      /* who acted, "" when unknown */
    bool undoable;        /* an act by hand that can be taken back (undo.h), and was not */
    int64_t undone_us;    /* when it was; 0: it stands */
    const char *undone_by;
    const char *data; /* JSON as stored, or NULL */
    int64_t batch_id; /* 0: by hand */
} reb_customer_event;

typedef struct reb_customer_history {
    const reb_customer_event *events; /* newest first */
    size_t count;
    const char *next; /* cursor of older ones, or NULL */
} reb_customer_history;

typedef struct reb_customer_rhythm { /* of days with purchases; all zero with fewer than two */
    int64_t gaps;                    /* between purchase days */
    double median_days;
    double low_days, high_days; /* the middle half of the gaps (quartiles); low = high = median below four gaps */
    int64_t silent_days;        /* since the last purchase */
} reb_customer_rhythm;

typedef struct reb_customer_merged {
    int64_t customer_id;
    int64_t into_id; /* directly merged into; may itself be merged */
    const char *label;
    int64_t merged_us, merged_day;
    const char *who, *why;
} reb_customer_merged;

typedef struct reb_customer_next { /* what Today proposes for this customer just now */
    bool found;
    const char *code, *kind, *why, *what;
    double minutes;
    reb_estimate gain_minor;
} reb_customer_next;

typedef struct reb_customer_view {
    reb_customer_row row;
    char currency[8];
    int64_t today;
    int64_t created_us, created_day;
    int64_t spoken_day; /* of row.last_spoken_us, in the business's time zone; 0: never */
    int64_t gross_minor, refunded_minor;
    const reb_customer_identity *identities;
    size_t identity_count;
    const reb_customer_contact *contacts;
    size_t contact_count;
    const reb_customer_consent *consents;
    size_t consent_count;
    const reb_customer_fact *facts; /* the newest of each, without consents */
    size_t fact_count;
    const reb_customer_merged *merged; /* into this one, oldest first */
    size_t merged_count;
    reb_customer_rhythm rhythm;
    bool estimated; /* the four below are known */
    reb_estimate p_alive, value_minor, at_stake_minor;
    int64_t fit_day; /* day of the fit they come from */
    double expected_year;
    int64_t keeper_id; /* the person who keeps them; 0: nobody */
    const char *keeper_name;
    reb_gesture_sums gestures;  /* what was given in their cases, and what it cost */
    reb_standing_view standing; /* open cases, broken promises, mood */
    reb_promise_page promises;  /* the newest */
    reb_customer_next next;
    reb_customer_history history; /* its first page */
    int64_t event_count;
    size_t doubles; /* suspected, at most 20 counted */
} reb_customer_view;

/* Everything about one customer, on one screen. Errors: NOT_FOUND, STORE. */
reb_status reb_customer_show(reb_customer_view *out, const reb_customer_ctx *c, int64_t customer_id, reb_err *err);

/* The line about one customer that lists show, by point queries alone. Errors: NOT_FOUND, STORE. */
reb_status reb_customer_card(reb_customer_row *out, const reb_customer_ctx *c, int64_t customer_id, reb_err *err);

/* Older events. `kind` NULL: all. Errors: NOT_FOUND, USAGE (cursor). */
reb_status reb_customer_events(reb_customer_history *out, const reb_customer_ctx *c, int64_t customer_id, const char *kind, int64_t limit,
                               const char *cursor, reb_err *err);

/* ---- acts by hand: each one transaction, an event in the log, derived tables renewed ---- */

typedef struct reb_customer_new {
    const char *kind;                                                       /* "person" (also NULL), "organisation" */
    const char *name, *email, *phone, *language, *country, *city, *company; /* each may be NULL or "" */
    const char *external_source, *external_id;
} reb_customer_new;

/* Adds a customer. At least a name, e-mail, phone or external id. When e-mail, phone or external id belong to somebody already:
   REB_E_CONFLICT, unless `even_so`; the error names the id. Errors: INPUT (what cannot be read), CONFLICT, LIMIT. */
reb_status reb_customer_add(int64_t *customer_id, const reb_customer_ctx *c, const reb_customer_new *n, bool even_so, reb_err *err);

typedef struct reb_customer_new_contact {
    const char *name, *role, *email, *phone; /* name, or e-mail, or phone */
} reb_customer_new_contact;
/* Adds a person inside an organisation. Errors: NOT_FOUND, INPUT, CONFLICT (the customer is a person; same contact is there). */
reb_status reb_customer_add_contact(int64_t *contact_id, const reb_customer_ctx *c, int64_t customer_id, const reb_customer_new_contact *n,
                                    reb_err *err);

/* Purpose: marketing, service, feedback, any. Channel: email, phone, sms, whatsapp, post, any. The newest statement counts; a statement
   for one purpose or channel stands before one for "any". Errors: USAGE (the word is not known). */
reb_status reb_customer_set_consent(int64_t *event_id, const reb_customer_ctx *c, int64_t customer_id, const char *purpose,
                                    const char *channel, bool allowed, const char *why, reb_err *err);

reb_status reb_customer_note(int64_t *event_id, const reb_customer_ctx *c, int64_t customer_id, const char *text, reb_err *err);

/* Somebody of the business spoke with the customer. Channel as above ("visit" too); at_us 0: now; not in the future. */
reb_status reb_customer_contacted(int64_t *event_id, const reb_customer_ctx *c, int64_t customer_id, const char *channel, const char *text,
                                  int64_t at_us, reb_err *err);

/* Erases who the customer is (../domain/privacy.h). `reason` NULL: "asked". Errors: NOT_FOUND, LIMIT. */
struct reb_privacy_erased;
reb_status reb_customer_erase(struct reb_privacy_erased *out, const reb_customer_ctx *c, int64_t customer_id, const char *reason,
                              reb_err *err);
void reb_customer_erased_json(reb_json *w, const struct reb_privacy_erased *e);

/* ---- doubles ---- */

typedef struct reb_customer_double {
    int64_t a_id, b_id; /* heads; a is the one to keep (more purchases, then older) */
    const char *a_label, *b_label;
    const char *strength; /* "strong", "likely", "possible" */
    double weight;        /* 0..1; orders the list, is no probability */
    const char *evidence; /* "same phone; close names (Sara / Sarah Mansouri)" */
} reb_customer_double;

typedef struct reb_customer_doubles {
    const reb_customer_double *pairs; /* strongest first */
    size_t count;
    int64_t found;      /* all pairs, also those beyond the limit */
    int64_t too_common; /* phones, e-mails and names left out since too many customers share them */
} reb_customer_doubles;

/* Suspected doubles, of the whole store or (customer_id not 0) of one customer. One pass by index joins. `limit` 0: 50, at most 1000. */
reb_status reb_customer_doubles_find(reb_customer_doubles *out, const reb_customer_ctx *c, int64_t customer_id, int64_t limit,
                                     reb_err *err);

typedef struct reb_customer_merge_result {
    int64_t head_id;      /* who stands for all now */
    const int64_t *moved; /* customers that changed their head */
    size_t moved_count;
} reb_customer_merge_result;

/* Merges `other_id` (with all merged into it) into `keep_id`. Nothing is copied or lost; unmerge restores. Errors: NOT_FOUND; CONFLICT
   (they are one already; a person and an organisation). */
reb_status reb_customer_merge(reb_customer_merge_result *out, const reb_customer_ctx *c, int64_t keep_id, int64_t other_id, const char *why,
                              reb_err *err);

/* Takes customer_id, with what was merged into it before, out again. The result's head is customer_id. Errors: NOT_FOUND; CONFLICT (it is
   not merged into anyone). */
reb_status reb_customer_unmerge(reb_customer_merge_result *out, const reb_customer_ctx *c, int64_t customer_id, const char *why,
                                reb_err *err);

/* Remembers that two are not the same, so that they are not proposed again. Known already: *known true, nothing written.
   Errors: NOT_FOUND; CONFLICT (they are merged, or the same). */
reb_status reb_customer_not_same(bool *known, const reb_customer_ctx *c, int64_t a_id, int64_t b_id, const char *why, reb_err *err);

/* ---- JSON, the same for the command's --json and the API ---- */

void reb_customer_page_json(reb_json *w, const reb_customer_page *p);
void reb_customer_facets_json(reb_json *w, const reb_customer_facets *f);
void reb_customer_row_json(reb_json *w, const reb_customer_row *r);
void reb_customer_view_json(reb_json *w, const reb_customer_view *v);
void reb_customer_history_json(reb_json *w, const reb_customer_history *h);
void reb_customer_doubles_json(reb_json *w, const reb_customer_doubles *d);
void reb_customer_merge_json(reb_json *w, const reb_customer_merge_result *m);

#endif
