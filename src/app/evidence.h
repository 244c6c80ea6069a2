/* What whoever decides a case should have before them: earlier like cases and how they were decided, and what in this one does not fit
   together. Facts with where they stand, no score of anybody; a person decides. */
#ifndef REB_APP_EVIDENCE_H
#define REB_APP_EVIDENCE_H

#include "../rule/likeness.h"
#include "case.h"

/* {"like":{"cases":[...],"of","usual"},"signs":[{"code",...}]}: docs/api.md, type Evidence. Cases that the sight does not reach are left
   out. Errors: NOT_FOUND. */
reb_status reb_evidence_json(reb_json *w, const reb_case_view_ctx *c, int64_t number, reb_err *err);

/* What was usual in like cases, for who decides: texts in the arena. */
reb_status reb_evidence_usual(reb_usual *out, reb_store *s, reb_arena *a, const reb_case_key *at, const reb_case_state *state,
                              reb_err *err);

/* Same facts, same ruling: a decision against what was usual in like cases is refused until it says why it differs. An outcome that is
   none is not looked at. Errors: INPUT (reason differs; the sentence tells what was usual). */
reb_status reb_evidence_same_ruling(reb_store *s, reb_arena *a, const reb_case_key *at, const reb_case_state *state, const char *outcome,
                                    reb_err *err);

#endif
