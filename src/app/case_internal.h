/* Shared by the files of app/case.h. */
#ifndef REB_APP_CASE_INTERNAL_H
#define REB_APP_CASE_INTERNAL_H

#include "case.h"

enum { REB_CASE_BODY_MOST = 65536, REB_CASE_LINE_MOST = 300, REB_CASE_TEXT_MOST = 8000, REB_CASE_ACT_EVENTS = 4, REB_CASE_ACT_WORDS = 12 };

/* One act on one case: what it writes is gathered, then appended in one go. */
typedef struct reb_case_doing {
    const reb_case_by *by;
    reb_arena *arena; /* of one attempt */
    int64_t number;   /* as asked */
    bool follow;      /* a merged case stands for the end of its chain */
    bool heedless;    /* nobody's answer or decision is overruled by it: seen_seq is not looked at */
    /* found by reb_case_begin */
    reb_case_key key;
    int64_t at_number;
    const reb_case_event *log;
    int64_t log_count;
    reb_case_state state;
    /* what is to be written */
    reb_case_event events[REB_CASE_ACT_EVENTS];
    int64_t event_count;
    reb_case_words words[REB_CASE_ACT_WORDS];
    int64_t word_count;
    bool too_much; /* more events or words were added than there is room for: reb_case_end refuses */
    reb_case_wrote *out;
} reb_case_doing;

/* Finds the case, follows or refuses merging, and stops who has not seen what others did. */
reb_status reb_case_begin(reb_case_doing *d, reb_store *s, reb_err *err);
/* Adds an event by the actor; the pointer is for the rest of its members. What finds no room is not lost in silence: reb_case_end then
   refuses the whole act (INTERNAL). */
reb_case_event *reb_case_event_add(reb_case_doing *d, reb_case_event_kind kind, const char *word);
/* Words at the newest event added; nothing for NULL and "". */
void reb_case_words_add(reb_case_doing *d, const char *part, const char *body);
/* Writes what was gathered and fills d->out. */
reb_status reb_case_end(reb_case_doing *d, reb_store *s, reb_err *err);

/* Runs `work` with `d` in a write transaction, the arena anew at each attempt; tells the live streams afterwards when the transaction was
   its own. `what` carries the input. */
typedef struct reb_case_call {
    reb_case_doing d;
    const void *in;
    reb_case_wrote wrote;
    reb_status (*work)(reb_case_doing *d, reb_store *s, const void *in, reb_err *err);
} reb_case_call;
reb_status reb_case_run(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, bool follow, bool heedless,
                        reb_status (*work)(reb_case_doing *d, reb_store *s, const void *in, reb_err *err), const void *in, reb_err *err);

/* Text as it is kept; *out is NULL for what comes to nothing. */
reb_status reb_case_text(const char **out, reb_arena *a, const char *text, const char *what, reb_err *err);
reb_status reb_case_line(const char **out, reb_arena *a, const char *text, const char *what, reb_err *err);
/* The same, but needed. */
reb_status reb_case_need_text(const char **out, reb_arena *a, const char *text, const char *what, reb_err *err);

/* "user:12" told as people know it: their name, or the word itself. */
reb_status reb_case_who_name(const char **out, reb_store *s, reb_arena *a, const char *who, reb_err *err);

/* A notice for the live streams, unless a transaction is open: whoever opened it then tells. */
void reb_case_tell(reb_store *s, int64_t number, int64_t now_us);

/* A colleague has decided, and the caller has not seen it: CASE_CHANGED. */
reb_status reb_case_refuse_decided(const reb_case_doing *d, reb_store *s, reb_err *err);

/* Is there such a kind of complaint, such a remedy, such a cause? Errors: INPUT with those that there are. */
reb_status reb_case_check_kind(reb_store *s, reb_arena *a, int64_t standard_version, const char *kind, reb_err *err);
reb_status reb_case_check_remedy(reb_store *s, reb_arena *a, int64_t standard_version, const char *code, reb_err *err);
reb_status reb_case_check_cause(reb_store *s, reb_arena *a, const char *code, reb_err *err);

/* Hash of how a complaint begins, folded: the same words give the same; 0: none. */
int64_t reb_case_text_hash(reb_arena *a, const char *body);

/* To whom a new case goes; 0: nobody. *word: rule or load. */
reb_status reb_case_choose_assignee(int64_t *user_id, const char **word, reb_store *s, const reb_business *b, int64_t whom_id,
                                    const char *kind, reb_err *err);

#endif
