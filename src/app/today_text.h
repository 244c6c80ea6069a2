/* Every English sentence of Today, fit and summary, kept in one place so that message catalogues can take its place.
   Everything returned lives in `arena`; NULL when memory ran out. Names are isolated (U+2068, U+2069), so that a name in Arabic does not
   turn an English sentence around. */
#ifndef REB_APP_TODAY_TEXT_H
#define REB_APP_TODAY_TEXT_H

#include "../base/arena.h"
#include "../domain/act.h"
#include "../domain/policy.h"
#include "today.h"

const char *reb_text_customer(reb_arena *a, const char *shown_id); /* somebody without a name: "Customer 00042" */

const char *reb_text_why_call(reb_arena *a, const char *name, double rhythm_days, int64_t silent_days);
const char *reb_text_why_first(reb_arena *a, const char *name, int64_t days_ago, int64_t amount_minor, const char *currency);
const char *reb_text_why_unusual(reb_arena *a, const char *name, int64_t days_ago, int64_t amount_minor, double usual_minor,
                                 const char *currency);
/* spoken_days < 0: never, as far as is recorded. */
const char *reb_text_why_neglected(reb_arena *a, const char *name, int64_t value_minor, int64_t spoken_days, const char *currency);
const char *reb_text_what(reb_item_kind kind, bool first_purchase, bool phone, bool email);

const char *reb_text_effect(reb_arena *a, reb_item_kind kind, const double effect[3]);
const char *reb_text_half_life(reb_arena *a, double days);
const char *reb_text_margin(reb_arena *a, double rate, double known_share);
const char *reb_text_minutes(reb_arena *a, double minutes);
const char *reb_text_prior(void);

const char *reb_text_list_sentence(reb_arena *a, const reb_today_list *list);
const char *reb_text_remark_prior(reb_arena *a, int64_t customers);
const char *reb_text_remark_old_fit(reb_arena *a, int64_t fit_day, int64_t day);
const char *reb_text_remark_no_money(void);
const char *reb_text_remark_half_an_import(reb_arena *a, const char *file, int64_t batch_id);
/* The shop itself has been silent for so long that its newest purchases are probably not imported yet. */
const char *reb_text_remark_no_news(reb_arena *a, int64_t last_day, int64_t day);
const char *reb_text_remark_quiet(reb_arena *a, int until_minute);
const char *reb_text_remark_held_out(reb_arena *a, int64_t people);
const char *reb_text_remark_beyond(reb_arena *a, int64_t people);
const char *reb_text_remark_unreachable(reb_arena *a, int64_t people);
const char *reb_text_remark_fitted(void);

/* What is missing for figures of one's own: "12 more customers, 4 more who came back, 30 more days of history". */
const char *reb_text_missing(reb_arena *a, const reb_fit_report *r);
const char *reb_text_chosen(reb_arena *a, const reb_fit_report *r);
const char *reb_text_model(reb_nbd_model m); /* "Pareto/NBD" */

#endif
