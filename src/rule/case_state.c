#include "case_state.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <string.h>

static const char *const k_stages[REB_STAGES] = {"",        "received",     "acknowledged", "assessed", "investigating", "waiting",
                                                 "decided", "communicated", "closed",       "referred", "merged"};

const char *reb_case_stage_name(reb_case_stage s) {
    return s < REB_STAGES ? k_stages[s] : "";
}

bool reb_case_stage_from_name(reb_case_stage *out, const char *name) {
    for (int i = 1; i < REB_STAGES; i++) {
        if (strcmp(name, k_stages[i]) != 0) continue;
        *out = (reb_case_stage)i;
        return true;
    }
    return false;
}

const char *const reb_case_channels[] = {"form", "email", "phone", "shop", "chat", "api", "cli", "import", NULL};
const char *const reb_case_outcomes[] = {"upheld", "partly", "goodwill", "not_upheld", "withdrawn", "duplicate", NULL};
const char *const reb_case_waits[] = {"customer", "supplier", "carrier", "colleague", "other", NULL};
const char *const reb_case_severities[] = {"low", "normal", "high", "critical", NULL};

static const char *const k_acknowledged[] = {"page", "email", "phone", "person", NULL};
static const char *const k_assigned[] = {"rule", "load", "person", NULL};
static const char *const k_told[] = {"email", "letter", "phone", "page", "person", NULL};
static const char *const k_outside[] = {"ombudsman", "court", "insurer", "other", NULL};
static const char *const k_reopened[] = {"customer", "person", "appeal", "delivery_failed", NULL};
static const char *const k_rated[] = {"yes", "not_yet", NULL};
static const char *const k_gesture[] = {"asked", "given", "refused", "withdrawn", "dropped", NULL};
static const char *const k_conduct[] = {"restricted", "lifted", NULL};

bool reb_case_word_known(const char *const *list, const char *word) {
    for (; word != NULL && *list != NULL; list++)
        if (strcmp(*list, word) == 0) return true;
    return false;
}

/* The words an event takes; NULL: any, it is checked elsewhere or means nothing. */
static const char *const *words_of(reb_case_event_kind k) {
    switch (k) {
        case REB_CASE_OPENED:
        case REB_CASE_MESSAGE_IN:
        case REB_CASE_MESSAGE_OUT: return reb_case_channels;
        case REB_CASE_ACKNOWLEDGED: return k_acknowledged;
        case REB_CASE_ASSIGNED: return k_assigned;
        case REB_CASE_WAITING: return reb_case_waits;
        case REB_CASE_DECIDED: return reb_case_outcomes;
        case REB_CASE_COMMUNICATED: return k_told;
        case REB_CASE_REFERRED: return k_outside;
        case REB_CASE_REOPENED: return k_reopened;
        case REB_CASE_RATED: return k_rated;
        case REB_CASE_GESTURE: return k_gesture;
        case REB_CASE_CONDUCT: return k_conduct;
        default: return NULL;
    }
}

bool reb_case_heard(const reb_case_event *e) {
    if (e->kind == REB_CASE_MESSAGE_IN) return true;
    return e->kind == REB_CASE_ATTACHED && strcmp(e->word, "in") == 0 && (strcmp(e->who, "customer") == 0 || strcmp(e->who, "mail") == 0);
}

/* --- what may happen ------------------------------------------------------------------------------------------------------------------ */

static bool undecided(reb_case_stage s) {
    return s >= REB_STAGE_RECEIVED && s <= REB_STAGE_WAITING;
}

bool reb_case_may_kind(const reb_case_state *c, reb_case_event_kind kind) {
    reb_case_stage s = c->stage;
    if (s == REB_STAGE_NONE) return kind == REB_CASE_OPENED;
    if (s == REB_STAGE_MERGED)
        return kind == REB_CASE_UNMERGED || kind == REB_CASE_NOTE || kind == REB_CASE_TOOK_IN || kind == REB_CASE_LET_GO ||
               kind == REB_CASE_IDENTIFIED; /* took_in: in a chain what is below one may change */
    switch (kind) {
        case REB_CASE_OPENED:
        case REB_CASE_UNMERGED:
        case REB_CASE_EVENT_KINDS: return false;
        case REB_CASE_ASSESSED:
        case REB_CASE_ESCALATED: return s != REB_STAGE_CLOSED;
        case REB_CASE_WAITING: return undecided(s);
        case REB_CASE_RESUMED: return s == REB_STAGE_WAITING;
        case REB_CASE_DECIDED: return undecided(s) || s == REB_STAGE_DECIDED || s == REB_STAGE_REFERRED;
        case REB_CASE_COMMUNICATED: return s == REB_STAGE_DECIDED || s == REB_STAGE_COMMUNICATED;
        case REB_CASE_CLOSED:
            return s == REB_STAGE_COMMUNICATED || s == REB_STAGE_REFERRED ||
                   (s == REB_STAGE_DECIDED && (strcmp(c->outcome, "withdrawn") == 0 || strcmp(c->outcome, "duplicate") == 0));
        case REB_CASE_REOPENED: return s == REB_STAGE_COMMUNICATED || s == REB_STAGE_CLOSED || s == REB_STAGE_REFERRED;
        case REB_CASE_RATED: return c->first_decided_us != 0;
        default: return true;
    }
}

static reb_status first_do(reb_err *err, const reb_case_state *c, reb_case_event_kind kind) {
    const char *next = "";
    if (c->stage == REB_STAGE_MERGED) {
        next = "Speak of the case it was merged into, or take it out again: rebound case unmerge";
    } else if (kind == REB_CASE_COMMUNICATED) {
        next = "A decision comes first: rebound case decide";
    } else if (kind == REB_CASE_CLOSED) {
        next =
            c->stage == REB_STAGE_CLOSED ? "" : "It is decided and the customer told first: rebound case decide, rebound case communicate";
    } else if (kind == REB_CASE_DECIDED || kind == REB_CASE_WAITING || kind == REB_CASE_ASSESSED || kind == REB_CASE_ESCALATED) {
        next = "Open it again first: rebound case reopen";
    } else if (kind == REB_CASE_REOPENED) {
        next = "It is open.";
    }
    reb_fail(err, REB_E_CONFLICT, "A case that is %s cannot be %s.", reb_case_stage_name(c->stage), reb_case_event_name(kind));
    reb_err_next(err, "%s", next);
    reb_err_reason(err, "case_state");
    return REB_E_CONFLICT;
}

reb_status reb_case_may(const reb_case_state *c, const reb_case_event *e, reb_err *err) {
    if (e->kind >= REB_CASE_EVENT_KINDS) return reb_fail(err, REB_E_USAGE, "There is no such event.");
    if (c->stage == REB_STAGE_NONE && e->kind != REB_CASE_OPENED) return reb_fail(err, REB_E_USAGE, "A case begins by being opened.");
    if (c->stage != REB_STAGE_NONE && e->kind == REB_CASE_OPENED) return reb_fail(err, REB_E_USAGE, "A case is opened once.");
    const char *const *list = words_of(e->kind);
    if (list != NULL && !reb_case_word_known(list, e->word)) {
        reb_fail(err, REB_E_INPUT, "\"%.40s\" is no word for \"%s\".", e->word != NULL ? e->word : "", reb_case_event_name(e->kind));
        char words[160] = "";
        size_t n = 0;
        for (; *list != NULL && n + 20 < sizeof words; list++) {
            size_t w = strlen(*list);
            if (n > 0) words[n++] = ' ';
            memcpy(words + n, *list, w + 1);
            n += w;
        }
        reb_err_next(err, "Say one of: %s", words);
        return REB_E_INPUT;
    }
    if (e->kind == REB_CASE_CLOSED && (e->word == NULL || e->word[0] == '\0')) {
        reb_fail(err, REB_E_INPUT, "A root cause is stated at closing.");
        reb_err_next(err, "rebound cause list shows them.");
        return REB_E_INPUT;
    }
    if ((e->kind == REB_CASE_MERGED || e->kind == REB_CASE_TOOK_IN) && e->other_id == 0)
        return reb_fail(err, REB_E_USAGE, "Say into which case.");
    return reb_case_may_kind(c, e->kind) ? REB_OK : first_do(err, c, e->kind);
}

/* --- folding -------------------------------------------------------------------------------------------------------------------------- */

typedef struct folding {
    reb_case_state *c;
    reb_arena *arena;
    bool after_took_in; /* the event before this one */
} folding;

static const char *keep(folding *f, const char *text) {
    const char *kept = reb_arena_strdup(f->arena, text != NULL ? text : "");
    return kept != NULL ? kept : "";
}

static const char *text_of(folding *f, const cJSON *o, const char *member, const char *before) {
    const char *t = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, member));
    return t != NULL ? keep(f, t) : before;
}

static void bool_of(bool *out, const cJSON *o, const char *member) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, member);
    if (cJSON_IsBool(v)) *out = cJSON_IsTrue(v);
}

/* Numbers of 64 bits stand as texts; a version as a number. */
static int64_t number_of(const cJSON *o, const char *member) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, member);
    int64_t n = 0;
    if (cJSON_IsNumber(v) && v->valuedouble > 0 && v->valuedouble < 9e15) return (int64_t)v->valuedouble;
    for (const char *p = cJSON_GetStringValue(v); p != NULL && *p >= '0' && *p <= '9' && n < INT64_MAX / 10 - 1; p++)
        n = n * 10 + (*p - '0');
    return n;
}

static void read_opened(folding *f, const reb_case_event *e, const cJSON *data) {
    reb_case_state *c = f->c;
    c->stage = REB_STAGE_RECEIVED;
    c->number = e->other_id;
    c->channel = keep(f, e->word);
    c->received_us = e->at_us;
    c->opened_us = e->at_us;
    c->facts_us = e->until_us != 0 ? e->until_us : e->at_us;
    c->unanswered = true;
    c->last_in_us = e->at_us;
    c->kind = text_of(f, data, "kind", "");
    c->severity = text_of(f, data, "severity", "");
    c->language = text_of(f, data, "language", "");
    c->standard_version = number_of(data, "standard");
    c->whom_id = number_of(data, "customer");
    bool_of(&c->anonymous, data, "anonymous");
}

static void read_assessed(folding *f, const cJSON *data) {
    reb_case_state *c = f->c;
    c->kind = text_of(f, data, "kind", c->kind);
    c->severity = text_of(f, data, "severity", c->severity);
    bool_of(&c->safety, data, "safety");
    bool_of(&c->complex, data, "complex");
    if (c->stage == REB_STAGE_RECEIVED || c->stage == REB_STAGE_ACKNOWLEDGED) c->stage = REB_STAGE_ASSESSED;
}

static void answered(reb_case_state *c, int64_t at_us) {
    if (c->first_answer_us == 0) c->first_answer_us = at_us;
    c->unanswered = false;
    c->escalated_id = 0;
}

static void stop_waiting(reb_case_state *c) {
    c->waiting_for = "";
    c->waiting_since_us = 0;
    c->waiting_until_us = 0;
}

/* Somebody works on it. */
static void begin_work(reb_case_state *c) {
    if (c->stage >= REB_STAGE_RECEIVED && c->stage <= REB_STAGE_ASSESSED) c->stage = REB_STAGE_INVESTIGATING;
}

static void fold_message(folding *f, const reb_case_event *e) {
    reb_case_state *c = f->c;
    if (e->kind == REB_CASE_MESSAGE_OUT) {
        c->last_out_us = e->at_us;
        if (strcmp(e->who, "rule") == 0) return; /* a machine's word answers nobody */
        answered(c, e->at_us);
        begin_work(c);
        return;
    }
    c->unanswered = true;
    c->last_in_us = e->at_us;
    if (c->stage == REB_STAGE_WAITING && strcmp(c->waiting_for, "customer") == 0) { /* what was waited for has come */
        c->stage = REB_STAGE_INVESTIGATING;
        stop_waiting(c);
    }
}

static void fold_decision(folding *f, const reb_case_event *e) {
    reb_case_state *c = f->c;
    if (e->kind == REB_CASE_DECIDED) {
        c->stage = REB_STAGE_DECIDED;
        stop_waiting(c);
        c->outcome = keep(f, e->word);
        c->decided_us = e->at_us;
        c->decided_seq = e->seq;
        c->rated = ""; /* whether that makes it right is asked anew */
        c->communicated_us = 0;
        c->escalated_id = 0;
        if (c->first_decided_us == 0) {
            c->first_decided_us = e->at_us;
            c->first_outcome = c->outcome;
        }
    } else if (e->kind == REB_CASE_COMMUNICATED) {
        c->stage = REB_STAGE_COMMUNICATED;
        c->communicated_us = e->at_us;
        answered(c, e->at_us);
        c->last_out_us = e->at_us;
    } else if (e->kind == REB_CASE_CLOSED) {
        c->stage = REB_STAGE_CLOSED;
        c->closed_us = e->at_us;
        c->cause = keep(f, e->word);
        c->escalated_id = 0;
        c->unanswered = false;
    } else if (e->kind == REB_CASE_REFERRED) {
        c->stage = REB_STAGE_REFERRED;
        c->closed_us = 0;
        stop_waiting(c);
        c->escalated_id = 0;
        c->unanswered = false; /* until they speak to us again */
    } else {                   /* REOPENED: the first decision and what was counted of it stay */
        c->stage = REB_STAGE_INVESTIGATING;
        c->closed_us = 0;
        c->reopened_count++;
        if (f->after_took_in) c->reopened_by_merging++;
        c->escalated_id = 0;
        c->unanswered = strcmp(e->word, "delivery_failed") != 0;
    }
}

static void fold_merge(folding *f, const reb_case_event *e, const cJSON *data, const reb_case_event *events) {
    reb_case_state *c = f->c;
    if (e->kind == REB_CASE_MERGED) {
        c->beneath = c->stage;
        c->stage = REB_STAGE_MERGED;
        c->merged_case_id = e->other_id;
        c->escalated_id = 0;
        return;
    }
    if (e->kind == REB_CASE_UNMERGED) {
        c->stage = c->beneath;
        c->beneath = REB_STAGE_NONE;
        c->merged_case_id = 0;
        return;
    }
    if (e->kind == REB_CASE_TOOK_IN) {
        int64_t waits_us = number_of(data, "waits");
        if (e->until_us != 0 && e->until_us < c->opened_us) c->opened_us = e->until_us;
        if (waits_us != 0) c->unanswered = true; /* what they said there was not answered yet */
        if (waits_us > c->last_in_us) c->last_in_us = waits_us;
        return;
    }
    /* LET_GO: the earliest receipt of those that are still in it. */
    c->opened_us = c->received_us;
    for (const reb_case_event *t = events; t < e; t++) {
        if (t->kind != REB_CASE_TOOK_IN || t->until_us == 0 || t->until_us >= c->opened_us) continue;
        bool gone = false;
        for (const reb_case_event *l = t + 1; l <= e && !gone; l++) gone = l->kind == REB_CASE_LET_GO && l->other_id == t->other_id;
        if (!gone) c->opened_us = t->until_us;
    }
}

static void fold_one(folding *f, const reb_case_event *e, const cJSON *data, const reb_case_event *events) {
    reb_case_state *c = f->c;
    switch (e->kind) {
        case REB_CASE_OPENED: read_opened(f, e, data); break;
        case REB_CASE_ACKNOWLEDGED:
            if (c->acknowledged_us == 0) c->acknowledged_us = e->at_us;
            if (c->stage == REB_STAGE_RECEIVED) c->stage = REB_STAGE_ACKNOWLEDGED;
            break;
        case REB_CASE_ASSESSED: read_assessed(f, data); break;
        case REB_CASE_ASSIGNED:
            c->assignee_id = e->user_id;
            if (c->stage == REB_STAGE_ASSESSED && e->user_id != 0 && strcmp(e->word, "person") == 0) begin_work(c);
            break;
        case REB_CASE_ESCALATED: c->escalated_id = e->user_id; break;
        case REB_CASE_MESSAGE_IN:
        case REB_CASE_MESSAGE_OUT: fold_message(f, e); break;
        case REB_CASE_NOTE:
            if (c->stage == REB_STAGE_ASSESSED) begin_work(c);
            break;
        case REB_CASE_WAITING:
            c->stage = REB_STAGE_WAITING;
            c->waiting_for = keep(f, e->word);
            c->waiting_since_us = e->at_us;
            c->waiting_until_us = e->until_us;
            break;
        case REB_CASE_RESUMED:
            c->stage = REB_STAGE_INVESTIGATING;
            stop_waiting(c);
            break;
        case REB_CASE_DECIDED:
        case REB_CASE_COMMUNICATED:
        case REB_CASE_REFERRED:
        case REB_CASE_CLOSED:
        case REB_CASE_REOPENED: fold_decision(f, e); break;
        case REB_CASE_MERGED:
        case REB_CASE_UNMERGED:
        case REB_CASE_TOOK_IN:
        case REB_CASE_LET_GO: fold_merge(f, e, data, events); break;
        case REB_CASE_IDENTIFIED: c->whom_id = e->other_id; break;
        case REB_CASE_RATED: c->rated = keep(f, e->word); break;
        case REB_CASE_GESTURE:
            if (strcmp(e->word, "given") == 0) c->gestures_given++;
            if (strcmp(e->word, "withdrawn") == 0 && c->gestures_given > 0) c->gestures_given--;
            break;
        case REB_CASE_CONDUCT: c->restricted_until_us = strcmp(e->word, "restricted") == 0 ? e->until_us : 0; break;
        case REB_CASE_ATTACHED:
            if (reb_case_heard(e)) fold_message(f, e);
            break;
        case REB_CASE_PROMISED:
        case REB_CASE_EVENT_KINDS: break;
    }
}

reb_status reb_case_fold(reb_case_state *out, reb_arena *a, const reb_case_event *events, int64_t count, reb_err *err) {
    folding f = {.c = out, .arena = a};
    *out = (reb_case_state){.channel = "",
                            .kind = "",
                            .language = "",
                            .severity = "",
                            .waiting_for = "",
                            .outcome = "",
                            .first_outcome = "",
                            .cause = "",
                            .rated = ""};
    for (int64_t i = 0; i < count; i++) {
        const reb_case_event *e = &events[i];
        reb_err why = {0};
        if (reb_case_may(out, e, &why) != REB_OK)
            return reb_fail(err, REB_E_STORE, "Event %" PRId64 " of case %" PRId64 " cannot stand where it does: %.300s", e->seq,
                            out->number, why.detail);
        cJSON *data = e->data != NULL ? cJSON_Parse(e->data) : NULL;
        fold_one(&f, e, data, events);
        cJSON_Delete(data);
        f.after_took_in = e->kind == REB_CASE_TOOK_IN;
        out->last_seq = e->seq;
        if (e->at_us > out->last_us) out->last_us = e->at_us;
        out->last_recorded_us = e->recorded_us;
    }
    return a->failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : REB_OK;
}
