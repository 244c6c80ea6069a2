/* What can happen to a case, and one such event. A case is nothing but its events, in their order: state and clocks are folded from them
   (case_state.h, case_clock.h), always to the same end.

   No event holds words of a person: those lie apart (table case_text, by the event's number), so that erasing somebody changes no state. */
#ifndef REB_RULE_CASE_EVENT_H
#define REB_RULE_CASE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

/* clang-format off */
/* REB_CASE_EVENT(id, name): name is what the log, the API and the terminal say. What each holds of `word`, `user_id`, `other_id`, `until_us`
   and `data` of reb_case_event (what is not named is "" or 0):
     OPENED        a complaint came in. word: channel (form, email, phone, shop, chat, api, cli, import); other_id: its number; until_us: when
                   the facts happened; data: {"kind","severity"?,"language"?,"standard","customer"?,"anonymous"?}
     ACKNOWLEDGED  the customer was told that it is here. word: page, email, phone, person
     ASSESSED      data: those that are said of {"kind","severity","safety","complex"}
     ASSIGNED      user_id (0: nobody). word: rule, load, person
     ESCALATED     user_id: the named person. word: the clock that asked for it, or person
     MESSAGE_IN    the customer wrote or spoke. word: channel; data: {"by"} where it came by the link or address of a case that was merged
                   into this one: its number
     MESSAGE_OUT   we answered. word: channel
     NOTE          among ourselves. data: {"mentions":["12"]}
     ATTACHED      other_id: the attachment. word: in (from the customer), out (from us to them), own (among ourselves); data: as MESSAGE_IN.
                   From the customer themselves (who: customer, mail) it is a message
     WAITING       word: for whom (customer, supplier, carrier, colleague, other); until_us: when we look again, or 0
     RESUMED       waiting is over
     DECIDED       word: outcome (upheld, partly, goodwill, not_upheld, withdrawn, duplicate); data: {"standard","rule"?,"remedies"?,"differs"?}
     COMMUNICATED  the customer was told the decision. word: email, letter, phone, page, person; other_id: the letter, or 0
     REFERRED      given to somebody outside. word: to what kind (ombudsman, court, insurer, other)
     CLOSED        word: root cause
     REOPENED      word: customer, person, appeal, delivery_failed
     MERGED        into other_id, which goes on. (this one's clocks stop)
     UNMERGED      out of other_id again
     TOOK_IN       other_id was merged into this one; until_us: its earliest receipt; data: {"waits"?: since when it waited for an answer,
                   "laws"?: [{"kind","standard","since"}]: what the law asked of it, by its kind of complaint and of those it had taken in}
     LET_GO        other_id was taken out again
     IDENTIFIED    other_id: the customer it is from (0: no longer known)
     RATED         "did we make it right?" word: yes, not_yet
     GESTURE       other_id: the gesture. word: asked (user_id: whom; until_us: by when), given, refused, withdrawn, dropped
     PROMISED      other_id: the promise; until_us: when it is due. word: what is promised (delivery, call_back, answer, refund, repair, price,
                   other), or what became of it: kept, late, released, moved, open_again (that was taken back), taken_back (the promise was)
     CONDUCT       unreasonable conduct. word: restricted, lifted; until_us: until when; data: {"review":"2026-05-01"} */
/* clang-format on */
#define REB_CASE_EVENTS(REB_CASE_EVENT)                                                                                                    \
    REB_CASE_EVENT(OPENED, "opened")                                                                                                       \
    REB_CASE_EVENT(ACKNOWLEDGED, "acknowledged")                                                                                           \
    REB_CASE_EVENT(ASSESSED, "assessed")                                                                                                   \
    REB_CASE_EVENT(ASSIGNED, "assigned")                                                                                                   \
    REB_CASE_EVENT(ESCALATED, "escalated")                                                                                                 \
    REB_CASE_EVENT(MESSAGE_IN, "message_in")                                                                                               \
    REB_CASE_EVENT(MESSAGE_OUT, "message_out")                                                                                             \
    REB_CASE_EVENT(NOTE, "note")                                                                                                           \
    REB_CASE_EVENT(ATTACHED, "attached")                                                                                                   \
    REB_CASE_EVENT(WAITING, "waiting")                                                                                                     \
    REB_CASE_EVENT(RESUMED, "resumed")                                                                                                     \
    REB_CASE_EVENT(DECIDED, "decided")                                                                                                     \
    REB_CASE_EVENT(COMMUNICATED, "communicated")                                                                                           \
    REB_CASE_EVENT(REFERRED, "referred")                                                                                                   \
    REB_CASE_EVENT(CLOSED, "closed")                                                                                                       \
    REB_CASE_EVENT(REOPENED, "reopened")                                                                                                   \
    REB_CASE_EVENT(MERGED, "merged")                                                                                                       \
    REB_CASE_EVENT(UNMERGED, "unmerged")                                                                                                   \
    REB_CASE_EVENT(TOOK_IN, "took_in")                                                                                                     \
    REB_CASE_EVENT(LET_GO, "let_go")                                                                                                       \
    REB_CASE_EVENT(IDENTIFIED, "identified")                                                                                               \
    REB_CASE_EVENT(RATED, "rated")                                                                                                         \
    REB_CASE_EVENT(GESTURE, "gesture")                                                                                                     \
    REB_CASE_EVENT(PROMISED, "promised")                                                                                                   \
    REB_CASE_EVENT(CONDUCT, "conduct")

typedef enum reb_case_event_kind {
#define REB_CASE_EVENT(id, name) REB_CASE_##id,
    REB_CASE_EVENTS(REB_CASE_EVENT)
#undef REB_CASE_EVENT
        REB_CASE_EVENT_KINDS
} reb_case_event_kind;

const char *reb_case_event_name(reb_case_event_kind k);
bool reb_case_event_from_name(reb_case_event_kind *out, const char *name);

typedef struct reb_case_event {
    int64_t seq; /* 1, 2, 3, ... within the case */
    reb_case_event_kind kind;
    int64_t at_us;       /* when it happened; never before the event before it, except in what was imported */
    int64_t recorded_us; /* when it was written down */
    const char *who;     /* user:12, key:till, terminal:maria, local, customer, mail, rule; never a name */
    const char *word;    /* as above; "" */
    int64_t user_id;
    int64_t other_id;
    int64_t until_us;
    const char *data; /* JSON, or NULL; never words of a person */
} reb_case_event;

#endif
