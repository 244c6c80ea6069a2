/* Letters to customers about decisions: drafts that a person edits, and what went out, which is never changed (table letter). Erasing a
   customer takes their words (case_care.h). */
#ifndef REB_DOMAIN_LETTER_H
#define REB_DOMAIN_LETTER_H

#include "case_log.h"

enum { REB_LETTERS_MOST = 100, REB_LETTER_BODY_MOST = 60000, REB_LETTER_LINE_MOST = 300, REB_LETTER_RECIPIENT_MOST = 1000 };

typedef enum reb_letter_state { REB_LETTER_DRAFT, REB_LETTER_SENT, REB_LETTER_PRINTED, REB_LETTER_STATES } reb_letter_state;
const char *reb_letter_state_name(reb_letter_state s); /* draft, sent, printed */

typedef struct reb_letter {
    int64_t letter_id;
    reb_letter_state state;
    const char *outcome;
    int64_t decided_seq;
    const char *language;
    const char *recipient; /* name, and address lines below it */
    const char *subject;
    const char *body; /* paragraphs parted by an empty line; "- " begins a line of a list */
    int64_t created_us;
    const char *created_by;
    int64_t changed_us; /* revision */
    const char *changed_by;
    int64_t told_us; /* 0: has not gone out */
    int64_t outbox_id;
} reb_letter;

/* All letters of a case, oldest first, in the arena. */
reb_status reb_letter_list(reb_letter **out, size_t *count, reb_store *s, reb_arena *a, const reb_case_key *key, reb_err *err);
/* Errors: NOT_FOUND. */
reb_status reb_letter_get(reb_letter *out, reb_store *s, reb_arena *a, const reb_case_key *key, int64_t letter_id, reb_err *err);
/* Writes one, new or changed, after looking at its words. Errors: INPUT (empty, too long, no text), LIMIT (100 letters), STORE. */
reb_status reb_letter_put(reb_store *s, const reb_case_key *key, const reb_letter *l, reb_err *err);
/* A draft only; *dropped false: there was none. */
reb_status reb_letter_drop(bool *dropped, reb_store *s, const reb_case_key *key, int64_t letter_id, reb_err *err);

#endif
