/* Today: whom to act on now, why, what to do, and what it is worth. docs/how-today-decides.md says the rules in words. */
#ifndef REB_APP_TODAY_H
#define REB_APP_TODAY_H

#include "../base/arena.h"
#include "../base/json.h"
#include "../domain/act.h"
#include "../domain/contact_rule.h"
#include "../domain/score.h"
#include "../store/store.h"
#include "../text/locale.h"
#include "fit.h"
#include "today_duties.h"

/* Drifting: P(alive) below this, and still to be won back by a word: at most so many days past the purchase that did not come. Whoever is
   longer gone is another job (winning back). Lost, for the counts: P(alive) below REB_TODAY_LOST. */
#define REB_TODAY_DRIFTING 0.90
#define REB_TODAY_WINNABLE_DAYS 365.0
#define REB_TODAY_LOST 0.05
#define REB_TODAY_RHYTHM_DAYS 21.0 /* three purchases within fewer days are one mood, no rhythm */

/* x, t_x, T in days. A customer who bought once has no rhythm: silence counts from that purchase. */
static inline bool reb_today_drifts(double p_alive, double x, double recency_days, double observed_days) {
    double rhythm = x > 0.0 ? recency_days / x : 0.0;
    return p_alive < REB_TODAY_DRIFTING && observed_days - recency_days - rhythm <= REB_TODAY_WINNABLE_DAYS;
}

/* Silent against a rhythm of their own: three purchases or more, over some weeks, and silence of `ratio` times their mean gap. */
static inline bool reb_today_off_rhythm(double ratio, double x, double recency_days, double observed_days) {
    return x >= 2.0 && recency_days >= REB_TODAY_RHYTHM_DAYS && (observed_days - recency_days) * x >= ratio * recency_days;
}

typedef struct reb_today_request {
    int64_t now_us;
    int64_t capacity_minutes;      /* < 0: the business's setting */
    int64_t limit;                 /* at most so many items; <= 0: as many as capacity allows */
    const struct reb_sight *sight; /* whom the list may show (../domain/keeper.h); NULL: everybody */
    bool peek;                     /* look only: draw no hold-out, record nothing (for previews) */
    const reb_locale *locale;      /* of the sentences; NULL: English */
    bool commands;                 /* they may name commands of the command line */
    reb_work_progress progress;
} reb_today_request;

/* An assumption that took part in a figure: the setting's key and its value, so that a person can change it. */
typedef struct reb_assumption {
    const char *key;  /* "effect.call" */
    const char *text; /* "A call brings back 8% (2% to 20%) of those who had left." */
} reb_assumption;

typedef struct reb_today_item {
    char code[REB_ITEM_CODE];
    reb_item_kind kind;
    int64_t customer_id;
    int64_t episode;
    const char *name;  /* as the business writes it; else external id, e-mail or phone; never empty */
    const char *phone; /* E.164; "" when unknown or closed by the customer */
    const char *email; /* the same */
    bool phone_closed; /* known, but the customer does not want to be reached by it for this */
    bool email_closed;
    const char *why;  /* one sentence with the evidence, names isolated by U+2068 and U+2069 */
    const char *what; /* what to do */
    double minutes;
    reb_estimate gain_minor;     /* expected gain if it is done */
    reb_estimate value_minor;    /* value of the next year, as things stand */
    reb_estimate at_stake_minor; /* what is expected to be lost if nothing is done */
    reb_estimate p_alive;
    /* the evidence, for a program */
    int64_t purchase_days;
    int64_t last_day;
    int64_t silent_days;
    double rhythm_days;        /* own mean time between purchases; 0 when there was one only */
    int64_t last_amount_minor; /* feedback: of the last purchase day */
    double usual_amount_minor; /* feedback: mean of the earlier ones; 0 when it was the first */
    int64_t spoken_day;        /* last spoken to; 0 when never */
    const char *bad_event;     /* winback: what was bad, a name of rule/mood.h; else "" */
    int64_t bad_days;          /* and how many days ago */
    const reb_assumption *assumed;
    size_t assumed_count;
} reb_today_item;

typedef struct reb_remark {
    const char *kind; /* "quiet", "old_fit", ...: for programs that show some of them in a place of their own */
    const char *text;
} reb_remark;

typedef struct reb_today_list {
    int64_t now_us;
    int64_t day;
    char currency[8];
    int currency_digits;
    const char *business;  /* name, or "" */
    bool fit_found;        /* false: no purchases yet; the list is empty and says what to do */
    const char *fit_model; /* "mbgnbd" */
    int64_t fit_id;
    int64_t fit_day;
    bool fit_made_now; /* there was none: it was made for this list */
    bool fit_old;
    bool fit_prior; /* the figures lean on stated priors */
    bool fit_enough;
    int64_t customers; /* that the fit rests on */
    int64_t capacity_minutes;
    double used_minutes;
    bool closed_today;        /* a day off by the business's calendar: do not call */
    int64_t next_working_day; /* then; 0 when there is none within two years */
    bool quiet_now;           /* quiet hours: do not call before quiet_until_minute of the day */
    int quiet_until_minute;
    const reb_today_item *items;
    size_t item_count;
    reb_estimate gain_minor;          /* of all items together */
    int64_t candidates;               /* everybody whom a kind fits, before the rules */
    int64_t beyond[REB_ITEM_KINDS];   /* fit the rules, but not today's capacity */
    int64_t held_out[REB_ITEM_KINDS]; /* left alone on purpose, by number only */
    int64_t spoken_recently;          /* left out: contacted within the gap */
    int64_t postponed;                /* left out: not now, or wrong */
    int64_t unreachable;              /* left out: closed every way to reach them */
    int64_t waiting;                  /* left out: an open case, a broken promise, or a bad last event */
    reb_duties duties;                /* what is owed to customers today; stands before the items */
    const char *sentence;             /* "12 customers are worth contacting now: 58 of 60 minutes." */
    const reb_remark *remarks;        /* what a careful reader should know: priors, old fit, quiet hours; each one sentence */
    size_t remark_count;
} reb_today_list;

/* Makes the list as of request->now_us. Everything in *out lives in `arena`. Fits when there is no fit yet, scores anew when the day has
   changed, draws and records hold-outs before an item is first shown: therefore it writes, in one transaction, and may be called at the
   same time by several processes. Errors: STORE, MEMORY. */
reb_status reb_today(reb_today_list *out, reb_store *s, const reb_today_request *request, reb_ids *ids, reb_arena *arena, reb_err *err);

void reb_today_json(reb_json *w, const reb_today_list *list);

#endif
