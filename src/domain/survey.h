/* Surveys of one question: who was asked, what they answered, what it comes to. An invitation is a link with a mark that only this business
   can make; whoever has it may answer, and answer anew: the newest counts, once.

   Following the link is never an answer: programs that look at links in mails before people do follow every one of them. An answer is a
   form that is sent (RFC 9110, 9.2.1: GET is safe). */
#ifndef REB_DOMAIN_SURVEY_H
#define REB_DOMAIN_SURVEY_H

#include "../base/arena.h"
#include "../base/rand.h"
#include "../rule/survey.h"
#include "../store/store.h"
#include "case_token.h"

enum { REB_SURVEY_COMMENT = 4000 };

typedef struct reb_survey_ask {
    reb_survey_kind kind;
    int64_t customer_id;          /* of the case's rows, or who is asked; 0 */
    int64_t whom_id;              /* who is asked; 0: not known */
    int64_t case_id, case_number; /* 0: about no case */
    const char *channel;          /* email, link */
    const char *language;
    const char *who; /* asks: user:12, terminal:maria, rule, ... */
} reb_survey_ask;

/* Writes an invitation and its token. In the caller's write transaction or one of its own. Errors: STORE. */
reb_status reb_survey_invite(int64_t *invitation_id, char token[REB_CASE_TOKEN], reb_store *s, reb_ids *ids, const reb_survey_ask *a,
                             int64_t now_us, reb_err *err);

typedef struct reb_survey {
    int64_t invitation_id, customer_id, whom_id, case_id, case_number;
    reb_survey_kind kind;
    const char *language, *comment; /* comment may be NULL */
    int64_t asked_us, answered_us;  /* answered_us 0: not yet */
    int64_t score;                  /* -1: not yet */
} reb_survey;

/* By its token; *found false: it is none of ours. Errors: STORE, MEMORY. */
reb_status reb_survey_find(reb_survey *out, bool *found, reb_store *s, reb_arena *a, const char *token, reb_err *err);

/* The answer, in place of an earlier one. `comment` NULL or "": none. Errors: INPUT (no such score), LIMIT (a comment beyond
   REB_SURVEY_COMMENT bytes), STORE. */
reb_status reb_survey_answer(reb_store *s, const reb_survey *v, int64_t score, const char *comment, int64_t now_us, reb_err *err);

typedef struct reb_survey_figures {
    int64_t asked, answered;
    int64_t counts[REB_SURVEY_SCORES]; /* by score */
    reb_share response;                /* answered of asked */
    reb_share figure;                  /* reb_survey_figure */
} reb_survey_figures;

/* Of invitations of [from_us, to_us), by kind. */
reb_status reb_survey_count(reb_survey_figures out[REB_SURVEY_KINDS], reb_store *s, int64_t from_us, int64_t to_us, reb_err *err);

typedef reb_status (*reb_survey_each)(const reb_survey *v, void *ctx, reb_err *err);
/* Answers, newest invitations first. `kind` NULL: all; `below` 0: from the newest; `worded`: only those with a comment. */
reb_status reb_survey_answers(reb_store *s, const char *kind, int64_t below, bool worded, int64_t most, reb_survey_each each, void *ctx,
                              reb_err *err);

/* When this customer was asked last; 0: never. */
reb_status reb_survey_last_asked(int64_t *at_us, reb_store *s, int64_t whom_id, reb_err *err);

/* Takes the words of a customer's answers; scores stay. For erasing. */
reb_status reb_survey_erase(reb_store *s, int64_t customer_id, reb_err *err);

#endif
