/* What a case's events come to: its state, its outcome, who looks after it. Pure: the same events always give the same, and no store or
   clock is asked.

   The states (after ISO 10002): received, acknowledged, assessed, investigating, waiting, decided, communicated, closed; or referred
   (somebody outside decides), or merged (another case goes on for this one). */
#ifndef REB_RULE_CASE_STATE_H
#define REB_RULE_CASE_STATE_H

#include "../base/arena.h"
#include "../base/err.h"
#include "case_event.h"

typedef enum reb_case_stage {
    REB_STAGE_NONE, /* nothing came in yet */
    REB_STAGE_RECEIVED,
    REB_STAGE_ACKNOWLEDGED,
    REB_STAGE_ASSESSED,
    REB_STAGE_INVESTIGATING,
    REB_STAGE_WAITING,
    REB_STAGE_DECIDED,
    REB_STAGE_COMMUNICATED,
    REB_STAGE_CLOSED,
    REB_STAGE_REFERRED,
    REB_STAGE_MERGED,
    REB_STAGES
} reb_case_stage;
const char *reb_case_stage_name(reb_case_stage s); /* received, acknowledged, ...; "" for NONE */
bool reb_case_stage_from_name(reb_case_stage *out, const char *name);

/* Words that events take. NULL ends each list. */
extern const char *const reb_case_channels[];   /* form email phone shop chat api cli import */
extern const char *const reb_case_outcomes[];   /* upheld partly goodwill not_upheld withdrawn duplicate */
extern const char *const reb_case_waits[];      /* customer supplier carrier colleague other */
extern const char *const reb_case_severities[]; /* low normal high critical */
bool reb_case_word_known(const char *const *list, const char *word);

typedef struct reb_case_state {
    reb_case_stage stage;
    reb_case_stage beneath;                           /* of a merged case: what it goes back to when it is taken out again */
    int64_t number;                                   /* what customers call it by */
    int64_t whom_id;                                  /* customer it is from; 0: not known */
    bool anonymous;                                   /* does not want to be known: no offers */
    const char *channel, *kind, *language, *severity; /* "" where not said. Texts live as long as the arena */
    bool safety, complex;
    int64_t assignee_id;     /* 0: nobody */
    int64_t escalated_id;    /* 0: not escalated, or answered since */
    const char *waiting_for; /* "" unless waiting */
    int64_t waiting_since_us, waiting_until_us;
    const char *outcome, *first_outcome; /* "" before the first decision */
    const char *cause;                   /* "" before the first closing; the newest */
    int64_t standard_version;
    int64_t facts_us;
    int64_t received_us;     /* this case's own receipt */
    int64_t opened_us;       /* earliest receipt, also of what was merged in */
    int64_t acknowledged_us; /* 0: not */
    int64_t first_answer_us; /* first MESSAGE_OUT of a person, or decision told; 0: none yet. What a machine says answers nobody */
    int64_t first_decided_us, decided_us, decided_seq; /* newest decision */
    int64_t communicated_us;                           /* of the newest decision; 0: not yet */
    int64_t closed_us;                                 /* 0 while open */
    int64_t reopened_count;
    int64_t reopened_by_merging; /* of these: for an open case that it took in */
    int64_t merged_case_id;      /* directly into; 0 */
    const char *rated;           /* of the newest decision: yes, not_yet, "" */
    int64_t restricted_until_us; /* 0: no restriction */
    int64_t gestures_given;      /* gestures given and not withdrawn */
    bool unanswered;             /* the customer spoke last */
    int64_t last_in_us, last_out_us;
    int64_t last_seq, last_us, last_recorded_us;
} reb_case_state;

/* Folds the log of one case, in order of seq. `count` 0 gives REB_STAGE_NONE. An event that is not legal where it stands is an error of the
   log, not a guess: STORE. Errors: STORE, MEMORY. */
reb_status reb_case_fold(reb_case_state *out, reb_arena *a, const reb_case_event *events, int64_t count, reb_err *err);

/* May this happen to the case as it stands? Errors: CONFLICT (with what would have to come first), USAGE (OPENED twice, or anything before
   it), INPUT (a word that the event does not take). `e->at_us` and `e->seq` are not looked at. */
reb_status reb_case_may(const reb_case_state *state, const reb_case_event *e, reb_err *err);

/* The same by kind alone, for lists of what can be done: true when some such event would be legal. */
bool reb_case_may_kind(const reb_case_state *state, reb_case_event_kind kind);

/* Is it before a decision was told, or told and not yet closed? By the state alone. */
static inline bool reb_case_open_stage(reb_case_stage s) {
    return s > REB_STAGE_NONE && s < REB_STAGE_CLOSED;
}

/* What "open" means, everywhere: case_file.open holds it, and nothing else is asked.
   OURS     somebody of ours is to do something about it: lists, loads, warnings. Also what was given to somebody outside, while the
   customer waits for a word of ours OUTSIDE  somebody outside decides: nothing is ours to do, but it is not over for the customer either,
   and nothing is offered to them OVER     closed, or merged into another one */
typedef enum reb_case_open_is { REB_CASE_OVER, REB_CASE_OURS, REB_CASE_OUTSIDE } reb_case_open_is;
static inline reb_case_open_is reb_case_openness(const reb_case_state *c) {
    if (c->stage == REB_STAGE_REFERRED) return c->unanswered ? REB_CASE_OURS : REB_CASE_OUTSIDE;
    return reb_case_open_stage(c->stage) ? REB_CASE_OURS : REB_CASE_OVER;
}
static inline bool reb_case_is_open(const reb_case_state *c) {
    return reb_case_openness(c) == REB_CASE_OURS;
}

/* Did the customer say something by it? A message, or a file that they themselves sent. */
bool reb_case_heard(const reb_case_event *e);

/* Events after which somebody who has not seen them must look before they decide, answer or close: what others told the customer or
 * decided. */
static inline bool reb_case_decisive(reb_case_event_kind k) {
    return k == REB_CASE_MESSAGE_OUT || k == REB_CASE_DECIDED || k == REB_CASE_COMMUNICATED || k == REB_CASE_CLOSED ||
           k == REB_CASE_MERGED || k == REB_CASE_UNMERGED || k == REB_CASE_REOPENED || k == REB_CASE_REFERRED || k == REB_CASE_GESTURE;
}

#endif
