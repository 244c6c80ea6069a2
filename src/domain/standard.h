/* The published standards of the business, version by version, and the draft of the next one (tables standard_version; the documents are
   src/rule/standard.h). A version, once published, never changes; a case quotes the one that was in force when its facts happened. Until
   the first is published, the document that Rebound comes with stands in as version 0, so that cases work from the first minute. */
#ifndef REB_DOMAIN_STANDARD_H
#define REB_DOMAIN_STANDARD_H

#include "../rule/standard.h"
#include "../store/store.h"

/* The version in force at an instant, with `version` and `from_us` set. Errors: STORE, MEMORY. */
reb_status reb_standard_at(reb_standard **out, reb_store *s, reb_arena *a, int64_t facts_us, reb_err *err);
/* Its number alone. */
reb_status reb_standard_version_at(int64_t *version, reb_store *s, int64_t facts_us, reb_err *err);
/* One version; 0 is the document that Rebound comes with, in the business's currency and first language. Errors: NOT_FOUND, STORE. */
reb_status reb_standard_get(reb_standard **out, reb_store *s, reb_arena *a, int64_t version, reb_err *err);

typedef struct reb_standard_version {
    int64_t version;
    int64_t from_us, published_us;
    const char *note, *published_by;
} reb_standard_version;
/* Newest first, at most `most`; *count is how many were written. */
reb_status reb_standard_list(reb_standard_version *out, size_t most, size_t *count, reb_store *s, reb_arena *a, reb_err *err);

/* The draft of the next version: what was saved last, or, where nothing was, a copy of the newest version. */
typedef struct reb_standard_draft {
    reb_standard *standard;
    bool saved;         /* it stands in the store */
    int64_t changed_us; /* its revision: hand it back when saving or publishing; 0: nothing was saved yet */
    const char *changed_by;
    int64_t based_on; /* the newest version */
} reb_standard_draft;
reb_status reb_standard_draft_get(reb_standard_draft *out, reb_store *s, reb_arena *a, reb_err *err);

/* Saves the draft. `seen_us`: the revision that the writer began with; -1: whatever it is. *revision: the new one. In a transaction of its
   own or the caller's. Errors: INPUT (with the path of what is wrong), CONFLICT (somebody else saved meanwhile; who), STORE. */
reb_status reb_standard_draft_put(int64_t *revision, reb_store *s, const char *document, int64_t seen_us, const char *who, int64_t now_us,
                                  reb_err *err);
/* Throws it away; that there is none is no error. */
reb_status reb_standard_draft_drop(reb_store *s, int64_t seen_us, reb_err *err);

/* Publishes the draft, or where none is saved the document that Rebound comes with when nothing was ever published. `from_us` 0: from now;
   never before now and always after the version before it, so that no case finds its rules changed behind it. `note`: what changed, for
   those who read it. Errors: CONFLICT (nothing to publish, nothing changed, seen_us as above), INPUT (from_us; a kind's calendar that does
   not exist; a note longer than 1,000 bytes), STORE. */
reb_status reb_standard_publish(int64_t *version, reb_store *s, const char *note, int64_t from_us, int64_t seen_us, const char *who,
                                int64_t now_us, reb_err *err);

#endif
