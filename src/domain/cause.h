/* Root causes, stated when a case is closed: a tree whose first level is fixed, so that causes can be compared between shops and over the
   years, and whose branches the business makes itself. Nothing is ever deleted: what was closed with a cause keeps it; a cause that is
   retired is offered no more, nor is what stands below it. */
#ifndef REB_DOMAIN_CAUSE_H
#define REB_DOMAIN_CAUSE_H

#include "../base/json.h"
#include "../rule/standard.h"
#include "../store/store.h"
#include "../text/message.h"

enum { REB_CAUSES_MOST = 500, REB_CAUSE_DEPTH = 4, REB_CAUSE_TITLE = 120 };

typedef struct reb_cause {
    const char *code;
    const char *parent; /* "" on the first level */
    reb_words title;    /* of the first level: empty, their words are Rebound's own (reb_cause_title) */
    int64_t position;
    int64_t retired_us; /* 0: offered */
    bool offered;       /* neither it nor anything above it is retired */
    bool fixed;         /* of the first level */
    int64_t depth;      /* 1: first level */
} reb_cause;

/* The whole tree, each cause before what stands below it, brothers by position. Errors: STORE, MEMORY. */
reb_status reb_cause_list(reb_cause **out, size_t *count, reb_store *s, reb_arena *a, reb_err *err);
/* One of them. Errors: NOT_FOUND, with what there is on the first level. */
reb_status reb_cause_get(reb_cause *out, reb_store *s, reb_arena *a, const char *code, reb_err *err);
/* What people call it, in the language of the voice, else in the business's first. */
const char *reb_cause_title(const reb_voice *v, const reb_cause *c, const char *first_language);

typedef struct reb_cause_wish {
    const char *code;       /* of a new one NULL or "": one is made */
    const char *parent;     /* NULL: as it is */
    const reb_words *title; /* NULL: as it is */
    int64_t position;       /* -1: as it is; a new one comes last */
    int retired;            /* -1: as it is, 0, 1 */
} reb_cause_wish;
/* Adds a cause. *code: its code, in the arena. Errors: INPUT (no title, parent that is not there, too deep, bad code), CONFLICT (the code
   is taken), LIMIT (500 causes), STORE. */
reb_status reb_cause_add(const char **code, reb_store *s, reb_arena *a, const reb_cause_wish *w, int64_t now_us, reb_err *err);
/* Changes one. Errors: as above; NOT_FOUND; INPUT also for one of the first level, and for a circle. */
reb_status reb_cause_change(reb_store *s, reb_arena *a, const reb_cause_wish *w, int64_t now_us, reb_err *err);

/* {"causes":[{"code","parent","title","titles":{},"position","offered","retired_at","fixed","depth"}]} */
void reb_causes_json(reb_json *w, const reb_cause *list, size_t count, const reb_voice *v, const char *first_language);

#endif
