/* Letters about decisions: drafted from the case and the standards it quotes, in the customer's language; edited by a person; then sent by
   mail with a PDF, or printed. A letter says what was decided, why, by which rule, what the customer gets, and how to object. */
#ifndef REB_APP_LETTER_H
#define REB_APP_LETTER_H

#include "../domain/letter.h"
#include "../text/locale.h"
#include "case.h"

/* A draft for the newest decision. language NULL: the case's. A draft of that decision in that language that is there already is given
   back as it is. Errors: NOT_FOUND, CONFLICT (nothing is decided; the case was merged), INPUT (language), STORE. */
reb_status reb_letter_draft(int64_t *letter_id, reb_store *s, const reb_case_by *by, int64_t number, const char *language, reb_err *err);

typedef struct reb_letter_edit_in {
    const char *recipient, *subject, *body; /* NULL: as it is */
    int64_t seen_us;                        /* revision that was edited; -1: whatever it is */
} reb_letter_edit_in;
/* Errors: NOT_FOUND; CONFLICT (it went out already; somebody else edited it: letter_changed); INPUT. */
reb_status reb_letter_edit(reb_store *s, const reb_case_by *by, int64_t number, int64_t letter_id, const reb_letter_edit_in *in,
                           reb_err *err);
reb_status reb_letter_discard(reb_store *s, const reb_case_by *by, int64_t number, int64_t letter_id, reb_err *err);

/* It goes out. how: email (queued with the PDF) or letter (it was printed and posted or handed over). The case learns that the decision was
   communicated, where it has not yet been. Errors: NOT_FOUND; CONFLICT (went out already; a later decision stands, which this letter does
   not tell); INPUT (no mail is set up, no address is known); what reb_case_communicate says. */
reb_status reb_letter_send(reb_store *s, const reb_case_by *by, int64_t number, int64_t letter_id, const char *how, int64_t seen_us,
                           reb_err *err);

/* {"letter_id","state","outcome","language","recipient","subject","body","revision","created_at","created_by","changed_at","told_at","current"}
   current: it tells the newest decision. */
reb_status reb_letter_json(reb_json *w, reb_store *s, int64_t number, int64_t letter_id, reb_err *err);
/* {"letters":[...]}, oldest first; drafts and what went out. */
reb_status reb_letters_json(reb_json *w, reb_store *s, int64_t number, reb_err *err);

/* The letter on paper: PDF, A4. *name: a file's name. Errors: NOT_FOUND, MEMORY, INTERNAL. */
reb_status reb_letter_pdf(reb_buf *out, const char **name, reb_store *s, reb_arena *a, const reb_business *b, int64_t number,
                          int64_t letter_id, int64_t now_us, reb_err *err);

/* How people of a language are written to: calendar and digits are the business's where it has the same language, else those usual for the
   language. */
reb_locale reb_letter_locale(const reb_business *b, const char *language);

#endif
