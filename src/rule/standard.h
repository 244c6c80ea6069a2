/* The published standards of a business: what it promises, what is due by right for which kind of complaint, what may be given beyond that,
   by when it answers, who may decide what. One JSON document a version (docs/manual/standards.md); this is its parsed form. Pure: no store.

   Texts stand in four languages; a missing one falls back to the business's first language (`reb_words_in`). */
#ifndef REB_RULE_STANDARD_H
#define REB_RULE_STANDARD_H

#include "../base/arena.h"
#include "../base/buf.h"
#include "../base/err.h"
#include "../text/locale.h"
#include "clock.h"

typedef struct reb_words {
    const char *in[REB_LANGUAGES]; /* by reb_language: en, ar, fa, el; NULL where missing */
} reb_words;
/* The text in that language ("ar", "fa-IR", ...), else in `fallback`, else in whichever is there, else "". */
const char *reb_words_in(const reb_words *w, const char *language, const char *fallback);

/* Which thing is given. What it costs is reckoned from these by src/rule/guard.h. */
typedef enum reb_remedy_kind {
    REB_REMEDY_REFUND,      /* money back: percent of the order, or an amount */
    REB_REMEDY_REPLACEMENT, /* costs the goods again */
    REB_REMEDY_REPAIR,
    REB_REMEDY_VOUCHER, /* a code, redeemed once */
    REB_REMEDY_UPGRADE, /* free express next time, a better room */
    REB_REMEDY_GIFT,
    REB_REMEDY_CALL, /* the owner calls */
    REB_REMEDY_APOLOGY,
    REB_REMEDY_KINDS
} reb_remedy_kind;
const char *reb_remedy_kind_name(reb_remedy_kind k); /* refund, replacement, repair, voucher, upgrade, gift, call, apology */
bool reb_remedy_kind_from_name(reb_remedy_kind *out, const char *name);

typedef struct reb_remedy {
    const char *code; /* a-z0-9_: stable over versions */
    reb_remedy_kind kind;
    reb_words title, text;
    int64_t percent;      /* 0..100 of the order's amount; 0: amount_minor counts */
    int64_t amount_minor; /* value for the customer when percent is 0; both 0: what it comes to is said in the case, or it has no price */
    int64_t most_minor;   /* never more than this; 0: no limit of its own */
    int64_t cost_percent; /* 0..100: what of the value it costs us when used (a voucher costs less than it says) */
    int64_t redeemed_percent; /* 0..100: how many of them are ever used; 100 for money */
    int64_t validity_days;    /* 0: does not expire */
    bool by_right_only;       /* never offered as an extra */
} reb_remedy;

typedef struct reb_standard_kind { /* a kind of complaint */
    const char *code;              /* delivery_late, product_faulty, ... */
    reb_words title, text;         /* text: what we promise, as customers read it; numbered "Standard 4" by its place */
    const char *calendar;          /* code of the calendar */
    reb_clock_target targets[REB_CLOCK_KINDS];
    int64_t target_count;
    const char **due; /* codes of remedies of which the customer may choose one, by right */
    int64_t due_count;
    const char **extra; /* codes of remedies that may be given beyond */
    int64_t extra_count;
} reb_standard_kind;

typedef struct reb_standard_limit { /* empowerment: how much a role gives on the spot, a case */
    const char *role;               /* owner, manager, agent */
    int64_t amount_minor;           /* cost to us; owner: no limit when -1 */
} reb_standard_limit;

typedef struct reb_standard {
    int64_t version; /* 0: a draft */
    int64_t from_us; /* in force from; until the next one's */
    const char *currency;
    const char *first_language;
    reb_words title, promises, terms, appeal; /* appeal: how to object to a decision, and to whom outside */
    reb_standard_kind *kinds;
    int64_t kind_count;
    reb_remedy *remedies;
    int64_t remedy_count;
    reb_standard_limit *limits;
    int64_t limit_count;
    int64_t approval_minutes; /* working minutes within which an approver answers */
    int64_t reopen_days;      /* a customer may reopen for so long */
} reb_standard;

enum {
    REB_STANDARD_BYTES = 512 * 1024, /* the longest document */
    REB_STANDARD_KINDS_MOST = 60,
    REB_STANDARD_REMEDIES_MOST = 60,
    REB_STANDARD_TITLE_MOST = 200, /* bytes of one language */
    REB_STANDARD_TEXT_MOST = 20000,
};

/* Reads a document (JSON, at most 512 KiB). Everything is copied to the arena. A text is paragraphs parted by an empty line; lines that
   begin with "- " are a list. What stands nowhere in the format is refused, so that a slip of the pen does not pass for a rule.
   Errors: INPUT with the path of what is wrong in the document and what would be right; MEMORY. */
reb_status reb_standard_parse(reb_standard **out, reb_arena *a, const char *json, reb_err *err);
/* The document again, in the order of the format and without idle space: what is stored. Equal standards give equal text. */
void reb_standard_write(reb_buf *out, const reb_standard *s);
const reb_standard_kind *reb_standard_kind_find(const reb_standard *s, const char *code); /* NULL: none */
const reb_remedy *reb_remedy_find(const reb_standard *s, const char *code);               /* NULL: none */
/* "Standard 4": the place of a kind in the document, from 1; 0 when there is none. */
int64_t reb_standard_number(const reb_standard *s, const char *kind_code);

/* The document that Rebound comes with (data/standards.json), in a business's own currency and with its first language: a start that a
   business reads, changes and publishes as its own. It keeps to what consumer law in the European Union asks at least (directives
   2011/83/EU and 2019/771/EU), and is no legal advice. Its amounts are round figures, not an exchange rate. Errors: MEMORY, INTERNAL. */
reb_status reb_standard_default(reb_standard **out, reb_arena *a, const char *currency, const char *first_language, reb_err *err);

/* What has changed from one document to another, one line each, for people: paths and, where they are short, both values. At most `most`
   lines are given; *count is how many there are. Memory of the arena. Errors: MEMORY. */
typedef struct reb_standard_change {
    const char *path;   /* kinds.delivery_late.clocks.solution, remedies.voucher_small.amount_minor, terms.en */
    const char *before; /* NULL: was not there. A long text is not repeated: "" */
    const char *after;  /* NULL: is there no more */
} reb_standard_change;
reb_status reb_standard_diff(reb_standard_change *out, int64_t most, int64_t *count, reb_arena *a, const reb_standard *before,
                             const reb_standard *after, reb_err *err);

#endif
