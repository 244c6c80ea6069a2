/* Every sentence of Today, fit and summary, in the reader's language, digits and calendar (messages/). Everything returned lives in the
   voice's arena; "" when memory ran out, which the arena remembers. */
#ifndef REB_APP_TODAY_TEXT_H
#define REB_APP_TODAY_TEXT_H

#include "../base/arena.h"
#include "../domain/act.h"
#include "../domain/policy.h"
#include "../text/voice.h"
#include "today.h"

const char *reb_text_customer(const reb_voice *v, const char *shown_id); /* somebody without a name: "Customer 00042" */

const char *reb_text_why_call(const reb_voice *v, const char *name, double rhythm_days, int64_t silent_days);
const char *reb_text_why_first(const reb_voice *v, const char *name, int64_t days_ago, int64_t amount_minor, const char *currency);
const char *reb_text_why_unusual(const reb_voice *v, const char *name, int64_t days_ago, int64_t amount_minor, double usual_minor,
                                 const char *currency);
/* spoken_days < 0: never, as far as is recorded. */
const char *reb_text_why_neglected(const reb_voice *v, const char *name, int64_t value_minor, int64_t spoken_days, const char *currency);
/* Lost after a bad last event: `what` as rule/mood.h names it. */
const char *reb_text_why_winback(const reb_voice *v, const char *name, const char *what, int64_t days_ago);
const char *reb_text_what(const reb_voice *v, reb_item_kind kind, bool first_purchase, bool phone, bool email);

const char *reb_text_effect(const reb_voice *v, reb_item_kind kind, const double effect[3]);
const char *reb_text_half_life(const reb_voice *v, double days);
const char *reb_text_margin(const reb_voice *v, double rate, double known_share);
const char *reb_text_minutes(const reb_voice *v, double minutes);
const char *reb_text_prior(const reb_voice *v);

const char *reb_text_list_sentence(const reb_voice *v, const reb_today_list *list);
const char *reb_text_remark_prior(const reb_voice *v, int64_t customers);
const char *reb_text_remark_old_fit(const reb_voice *v, int64_t fit_day, int64_t day);
const char *reb_text_remark_no_money(const reb_voice *v);
const char *reb_text_remark_half_an_import(const reb_voice *v, const char *file, int64_t batch_id);
/* The shop itself has been silent for so long that its newest purchases are probably not imported yet. */
const char *reb_text_remark_no_news(const reb_voice *v, int64_t last_day, int64_t day);
/* A day off; `next`: the next working day, 0 when there is none within two years. */
const char *reb_text_remark_closed(const reb_voice *v, int64_t next);
const char *reb_text_remark_quiet(const reb_voice *v, int until_minute);
const char *reb_text_remark_held_out(const reb_voice *v, int64_t people);
const char *reb_text_remark_beyond(const reb_voice *v, int64_t people);
const char *reb_text_remark_unreachable(const reb_voice *v, int64_t people);
const char *reb_text_remark_waiting(const reb_voice *v, int64_t people);
const char *reb_text_remark_fitted(const reb_voice *v);
const char *reb_text_remark_sample(const reb_voice *v); /* invented data take part */

/* What is missing for figures of one's own: "12 more customers, 4 more who came back, 30 more days of history". */
const char *reb_text_missing(const reb_voice *v, const reb_fit_report *r);
const char *reb_text_chosen(const reb_voice *v, const reb_fit_report *r);
const char *reb_text_model(reb_nbd_model m); /* "Pareto/NBD" */

#endif
