/* Asking customers one question: by hand, or by the rule that a person has set (survey_after_case), and what came of it.

   By the rule nobody is asked who said no to mails of service, who was asked within survey_gap_days, who is anonymous or not to be reached,
   within quiet hours, or about a case that was withdrawn, a duplicate or under a restriction of conduct. */
#ifndef REB_APP_SURVEY_H
#define REB_APP_SURVEY_H

#include "../base/json.h"
#include "../domain/business.h"
#include "../domain/keeper.h"
#include "../domain/survey.h"

typedef struct reb_survey_request {
    reb_survey_kind kind;
    int64_t case_number;  /* about this case; 0: about the business as a whole */
    int64_t customer_id;  /* who; 0: whom the case is from, or nobody known */
    const char *language; /* NULL: of the case, else of the customer, else of the business */
    bool send;            /* by mail; else the link is handed over by whoever asks */
    const char *who;
} reb_survey_request;

typedef struct reb_survey_asked {
    int64_t invitation_id;
    const char *link; /* whole when public_url is set, else the path. In the arena */
    bool mailed;      /* queued to go out */
} reb_survey_asked;

/* Errors: NOT_FOUND (case, customer), INPUT (to send: no address is known, no mail is set up, public_url is not set; language), STORE. */
reb_status reb_survey_request_make(reb_survey_asked *out, reb_store *s, reb_arena *a, reb_ids *ids, const reb_business *b,
                                   const reb_survey_request *r, int64_t now_us, reb_err *err);

/* {"from","to","surveys":[{"kind","asked","answered","response":{"value","low","high"},"figure":{...}|null,"counts":[{"score","count"}]}]}
   of the invitations of the last `days` days. */
reb_status reb_survey_figures_json(reb_json *w, reb_store *s, int64_t days, int64_t now_us, reb_err *err);

/* {"answers":[{"invitation_id","kind","score","comment","language","case","customer_id","answered_at","unhappy"}],"next"}. */
typedef struct reb_survey_wanted {
    const char *kind; /* NULL: all */
    int64_t below;
    bool worded;
    int64_t limit; /* 1..200 */
} reb_survey_wanted;
reb_status reb_survey_answers_json(reb_json *w, reb_store *s, const reb_survey_wanted *q, reb_err *err);

/* The rule: a task of app/tick.h. */
reb_status reb_survey_tick(int64_t *did, reb_store *s, const reb_business *b, int64_t now_us, reb_ids *ids, reb_err *err);

#endif
