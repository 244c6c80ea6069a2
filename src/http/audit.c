#include "audit.h"

#include "../domain/audit.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { QUEUE_MOST = 20000, QUEUE_SOON = 512, FLUSH_MS = 200, SEEN = 4096, PUT_AT_ONCE = 1000, SUBJECTS_MOST = 1000 };
static const int64_t k_seen_us = 600 * REB_US_PER_SECOND;

/* --- what is written down of which address ---------------------------------------------------------------------------------------------
 */

typedef enum rule_kind { KIND_NONE, KIND_SAW, KIND_CHANGED, KIND_SIGNED } rule_kind;
typedef enum rule_how { HOW_WITH, HOW_AFTER, HOW_SOON } rule_how;
typedef struct rule {
    const char *route;
    rule_kind kind;
    const char *about, *subjects;
    rule_how how;
} rule;

static const rule k_rules[] = {
#define REB_AUDIT(route_, kind_, about_, subjects_, how_) {#route_, KIND_##kind_, (about_), (subjects_), HOW_##how_},
#include "../../api/audit.def"
#undef REB_AUDIT
};

/* Of an address that is not told: see api/audit.def. */
static rule fallback(const reb_route *r) {
    if (r->method != REB_METHOD_GET) return (rule){r->name, KIND_CHANGED, "", "first", HOW_AFTER};
    if (strstr(r->path, "{customer_id}") != NULL) return (rule){r->name, KIND_SAW, "customer", "{customer_id}", HOW_SOON};
    return (rule){r->name, KIND_NONE, "", "", HOW_SOON};
}

static rule rule_of(const reb_route *r) {
    for (size_t i = 0; i < sizeof k_rules / sizeof k_rules[0]; i++)
        if (strcmp(k_rules[i].route, r->name) == 0) return k_rules[i];
    return fallback(r);
}

/* --- the log: entries that are gathered and written some times a second ----------------------------------------------------------------
 */

struct reb_audit_log {
    reb_server *server;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_t thread;
    bool started, stopping, nudged;
    reb_arena arena[2]; /* texts of the queue; the other is being written */
    reb_audit_entry *queue[2];
    size_t count;
    unsigned filling;
    bool failing; /* the last attempt to write failed */
    rule rules[REB_METRIC_ROUTES];
    struct {
        uint64_t key;
        int64_t at_us;
    } seen[SEEN]; /* what was said lately */
};

static const char *copy(reb_arena *a, const char *text) {
    return text == NULL || *text == '\0' ? "" : reb_arena_strdup(a, text);
}

static uint64_t entry_key(const reb_audit_entry *e) {
    const char *const parts[] = {e->who, e->kind, e->did, e->about, e->subjects};
    uint64_t h = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i] != NULL) h = reb_hash64(h + i + 1, parts[i], strlen(parts[i]));
    return h;
}

/* Gathers an entry. `once`: not when the same was said within ten minutes. False: the log cannot be written just now. */
static bool gather(reb_audit_log *l, const reb_audit_entry *e, bool once) {
    bool good = true;
    uint64_t key = once ? entry_key(e) : 0;
    int64_t now_us = reb_monotonic_us();
    pthread_mutex_lock(&l->mutex);
    if (once && l->seen[key % SEEN].key == key && now_us - l->seen[key % SEEN].at_us < k_seen_us) {
        pthread_mutex_unlock(&l->mutex);
        return true;
    }
    unsigned f = l->filling;
    good = l->count < QUEUE_MOST;
    if (good) {
        reb_arena *a = &l->arena[f];
        reb_audit_entry *to = &l->queue[f][l->count];
        *to = (reb_audit_entry){.at_us = e->at_us,
                                .who = copy(a, e->who),
                                .role = copy(a, e->role),
                                .kind = copy(a, e->kind),
                                .did = copy(a, e->did),
                                .about = copy(a, e->about),
                                .subjects = copy(a, e->subjects),
                                .detail = copy(a, e->detail)};
        good = to->who != NULL && to->role != NULL && to->kind != NULL && to->did != NULL && to->about != NULL && to->subjects != NULL &&
               to->detail != NULL;
        if (good) l->count++;
    }
    if (good && once) {
        l->seen[key % SEEN].key = key;
        l->seen[key % SEEN].at_us = now_us;
    }
    if (l->count == QUEUE_SOON && !l->nudged) {
        l->nudged = true;
        pthread_cond_signal(&l->wake);
    }
    pthread_mutex_unlock(&l->mutex);
    return good;
}

static void log_trouble(reb_audit_log *l, const reb_err *err) {
    if (!l->failing) {
        const reb_log_field fields[] = {{"code", reb_status_name(err->code), 0}, {"detail", err->detail, 0}, {NULL, NULL, 0}};
        reb_log_write(&l->server->o.log, REB_LOG_ERROR, "the audit log cannot be written", fields);
    }
    l->failing = true;
}

/* What is gathered is written and everything that is pending is linked. Entries stay until they are in the store. */
static void flush(reb_audit_log *l, reb_store **store, reb_ids *ids) {
    reb_err err = {0};
    reb_status st = REB_OK;
    pthread_mutex_lock(&l->mutex);
    unsigned f = l->filling;
    size_t count = l->count;
    l->filling = 1 - f;
    l->count = 0;
    pthread_mutex_unlock(&l->mutex);
    if (*store == NULL) st = reb_store_open(store, l->server->o.db, 0, &err);
    size_t done = 0;
    while (st == REB_OK && done < count) {
        size_t n = count - done < PUT_AT_ONCE ? count - done : PUT_AT_ONCE;
        st = reb_audit_add(*store, ids, l->queue[f] + done, n, &err);
        if (st == REB_OK) done += n;
    }
    if (st == REB_OK) st = reb_audit_link(NULL, *store, &err);
    if (st == REB_OK) l->failing = false;
    if (st != REB_OK && st != REB_E_BUSY) {
        log_trouble(l, &err);
        reb_store_close(*store); /* opened anew at the next turn */
        *store = NULL;
    }
    pthread_mutex_lock(&l->mutex);
    /* Entries that could not be written stand again at the front; new ones are moved behind them as far as there is room. */
    size_t left = count - done;
    if (left > 0) {
        unsigned g = l->filling;
        memmove(l->queue[f], l->queue[f] + done, left * sizeof l->queue[f][0]);
        for (size_t i = 0; i < l->count && left < QUEUE_MOST; i++) {
            const reb_audit_entry *e = &l->queue[g][i];
            reb_arena *a = &l->arena[f];
            const reb_audit_entry moved = {.at_us = e->at_us,
                                           .who = copy(a, e->who),
                                           .role = copy(a, e->role),
                                           .kind = copy(a, e->kind),
                                           .did = copy(a, e->did),
                                           .about = copy(a, e->about),
                                           .subjects = copy(a, e->subjects),
                                           .detail = copy(a, e->detail)};
            if (!a->failed) l->queue[f][left++] = moved;
        }
        reb_arena_reset(&l->arena[g]);
        l->filling = f;
        l->count = left;
    } else {
        reb_arena_reset(&l->arena[f]);
    }
    pthread_mutex_unlock(&l->mutex);
}

static void *run(void *arg) {
    reb_audit_log *l = arg;
    reb_store *store = NULL;
    reb_ids ids = {.clock = l->server->o.wall_clock, .node = reb_server_node(l->server)};
    pthread_mutex_lock(&l->mutex);
    while (!l->stopping) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += FLUSH_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        if (!l->nudged) pthread_cond_timedwait(&l->wake, &l->mutex, &until);
        l->nudged = false;
        pthread_mutex_unlock(&l->mutex);
        flush(l, &store, &ids);
        pthread_mutex_lock(&l->mutex);
    }
    pthread_mutex_unlock(&l->mutex);
    flush(l, &store, &ids);
    reb_store_close(store);
    return NULL;
}

reb_status reb_audit_open(reb_audit_log **out, reb_server *s, reb_err *err) {
    reb_audit_log *l = calloc(1, sizeof *l);
    *out = l;
    if (l == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    l->server = s;
    for (size_t i = 0; reb_routes[i].name != NULL; i++) l->rules[i] = rule_of(&reb_routes[i]);
    pthread_mutex_init(&l->mutex, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&l->wake, &attr);
    pthread_condattr_destroy(&attr);
    for (int i = 0; i < 2; i++) l->queue[i] = calloc(QUEUE_MOST, sizeof l->queue[0][0]);
    if (l->queue[0] == NULL || l->queue[1] == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    l->started = pthread_create(&l->thread, NULL, run, l) == 0;
    return l->started ? REB_OK : reb_fail(err, REB_E_MEMORY, "No thread could be started.");
}

void reb_audit_close(reb_audit_log *l) {
    if (l == NULL) return;
    pthread_mutex_lock(&l->mutex);
    l->stopping = true;
    l->nudged = true;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->mutex);
    if (l->started) pthread_join(l->thread, NULL);
    for (int i = 0; i < 2; i++) {
        free(l->queue[i]);
        reb_arena_free(&l->arena[i]);
    }
    pthread_cond_destroy(&l->wake);
    pthread_mutex_destroy(&l->mutex);
    free(l);
}

/* --- one request -----------------------------------------------------------------------------------------------------------------------
 */

void reb_rq_who(char out[96], const reb_request *rq) {
    if (rq->caller.by_token) {
        snprintf(out, 96, "key:%.80s", rq->caller.name);
    } else if (rq->caller.user_id != 0) {
        snprintf(out, 96, "user:%lld", (long long)rq->caller.user_id);
    } else {
        snprintf(out, 96, "%s", rq->caller.local ? "local" : "nobody");
    }
}

void reb_rq_about(reb_request *rq, int64_t customer_id) {
    if (rq->about == NULL) rq->about = reb_arena_zalloc(&rq->arena, SUBJECTS_MOST, sizeof *rq->about);
    if (rq->about != NULL && rq->about_count < SUBJECTS_MOST) rq->about[rq->about_count++] = customer_id;
}

void reb_rq_audit_detail(reb_request *rq, const char *json) {
    rq->audit_detail = json;
}

/* Every "NAME":"..." of the answer, and of "NAME":["...","..."]. A quote inside a text is escaped, so that no customer's words look so. */
static void subjects_in_answer(reb_buf *list, const char *answer, const char *name, size_t name_len) {
    char pattern[48];
    if (name_len + 4 > sizeof pattern) return;
    snprintf(pattern, sizeof pattern, "\"%.*s\":", (int)name_len, name);
    for (const char *p = strstr(answer, pattern); p != NULL; p = strstr(p, pattern)) {
        p += name_len + 3;
        bool many = *p == '[';
        p += many;
        while (*p == '"') {
            size_t n = strcspn(p + 1, "\"\\");
            char one[80];
            if (n < sizeof one && p[1 + n] == '"') {
                snprintf(one, sizeof one, "%.*s", (int)n, p + 1);
                reb_audit_subject(list, one);
            }
            p += n + 1 + (p[1 + n] != '\0');
            if (!many || *p != ',') break;
            p++;
        }
    }
}

static void gather_subjects(reb_buf *list, const reb_request *rq, const rule *r) {
    for (size_t i = 0; i < rq->about_count; i++) reb_audit_subject_id(list, rq->about[i]);
    if (strcmp(r->subjects, "first") == 0 && rq->match.param_count > 0) reb_audit_subject(list, rq->param_values[0]);
    if (r->subjects[0] == '{') {
        char name[48];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(r->subjects + 1, "}"), r->subjects + 1);
        reb_audit_subject(list, reb_rq_param(rq, name));
    }
    if (strcmp(r->about, "user") == 0 && r->subjects[0] == '\0' && rq->caller.user_id != 0) reb_audit_subject_id(list, rq->caller.user_id);
    for (const char *p = r->subjects[0] == '@' ? r->subjects + 1 : ""; *p != '\0';) {
        size_t n = strcspn(p, " ");
        subjects_in_answer(list, reb_buf_cstr(&rq->out), p, n);
        p += n + strspn(p + n, " ");
    }
}

/* The entry of a request that has succeeded; texts live in `list`, `who` and the request. */
static reb_audit_entry entry_of(const reb_request *rq, const rule *r, reb_buf *list, char who[96]) {
    reb_rq_who(who, rq);
    gather_subjects(list, rq, r);
    return (reb_audit_entry){.at_us = reb_clock_now(rq->server->o.wall_clock),
                             .who = who,
                             .role = reb_role_name(rq->caller.role),
                             .kind = r->kind == KIND_SAW      ? "saw"
                                     : r->kind == KIND_SIGNED ? "signed"
                                                              : "changed",
                             .did = rq->match.route->name,
                             .about = r->about,
                             .subjects = reb_buf_cstr(list),
                             .detail = rq->audit_detail};
}

/* A list that came out empty has shown nobody. */
static bool shows_nobody(const rule *r, const reb_buf *list) {
    return r->kind == KIND_SAW && strcmp(r->about, "customer") == 0 && list->len == 0;
}

static reb_status write_now(reb_request *rq, const rule *r, reb_err *err) {
    reb_buf list = {0};
    char who[96];
    const reb_audit_entry e = entry_of(rq, r, &list, who);
    reb_status st = list.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : reb_audit_add(rq->store, rq->ids, &e, 1, err);
    reb_buf_free(&list);
    return st;
}

static bool write_soon(reb_request *rq, const rule *r, bool once) {
    reb_buf list = {0};
    char who[96];
    const reb_audit_entry e = entry_of(rq, r, &list, who);
    bool good = !list.failed && (shows_nobody(r, &list) || gather(rq->server->audit, &e, once));
    reb_buf_free(&list);
    return good;
}

/* What a handler that is run again must not find. */
static void start_answer(reb_request *rq) {
    reb_buf_clear(&rq->out);
    rq->w = (reb_json){.out = &rq->out};
    rq->location = NULL;
    rq->audit_detail = NULL;
    rq->about_count = 0;
    rq->tell_count = 0;
    rq->status = rq->match.route->status;
}

static reb_status handle_and_write(reb_store *s, void *ctx, reb_err *err) {
    reb_request *rq = ctx;
    (void)s;
    start_answer(rq);
    reb_status st = rq->match.route->handler(rq, err);
    if (st == REB_OK && rq->status < 400) st = write_now(rq, &rq->server->audit->rules[rq->match.route - reb_routes], err);
    return st;
}

reb_status reb_audit_handle(reb_request *rq, reb_err *err) {
    const rule *r = &rq->server->audit->rules[rq->match.route - reb_routes];
    reb_status seen = reb_rq_look(rq, err);
    if (seen == REB_E_DENIED) reb_audit_denied(rq);
    if (seen != REB_OK) return seen;
    if (r->kind == KIND_CHANGED && r->how == HOW_WITH) {
        rq->tell_later = true;
        reb_status st = reb_store_write(rq->store, handle_and_write, rq, err);
        rq->tell_later = false;
        if (st == REB_OK) reb_rq_tell_now(rq);
        return st;
    }
    reb_status st = rq->match.route->handler(rq, err);
    bool tried = st == REB_E_SIGN_IN || (st == REB_E_SECOND_FACTOR && rq->about_count > 0);
    if (tried && r->kind == KIND_SIGNED) reb_rq_audit(rq, "denied", r->route, rq->about_count > 0 ? rq->about[0] : 0);
    if (st != REB_OK || r->kind == KIND_NONE || rq->status >= 400) return st;
    reb_err trouble = {0};
    if (r->how == HOW_AFTER && write_now(rq, r, &trouble) == REB_OK) return REB_OK;
    /* What was changed is changed: its entry is written as soon as that is possible again. What was only seen is not shown without one. */
    if (write_soon(rq, r, r->kind == KIND_SAW) || r->kind != KIND_SAW) return REB_OK;
    reb_fail(err, REB_E_BUSY, "The audit log cannot be written just now, and nobody may look unseen.");
    reb_err_next(err, "See the server's log.");
    return REB_E_BUSY;
}

void reb_audit_denied(reb_request *rq) {
    const rule r = {rq->match.route->name, KIND_SAW, "", rq->match.param_count > 0 ? "first" : "", HOW_SOON};
    reb_buf list = {0};
    char who[96];
    reb_audit_entry e = entry_of(rq, &r, &list, who);
    e.kind = "denied";
    if (!list.failed && rq->server->audit != NULL) gather(rq->server->audit, &e, true);
    reb_buf_free(&list);
}

void reb_rq_audit(reb_request *rq, const char *kind, const char *did, int64_t user_id) {
    reb_buf list = {0};
    char who[96];
    reb_rq_who(who, rq);
    if (user_id != 0) reb_audit_subject_id(&list, user_id);
    const reb_audit_entry e = {.at_us = reb_clock_now(rq->server->o.wall_clock),
                               .who = who,
                               .role = reb_role_name(rq->caller.role),
                               .kind = kind,
                               .did = did,
                               .about = user_id != 0 ? "user" : "",
                               .subjects = reb_buf_cstr(&list)};
    if (!list.failed && rq->server->audit != NULL) gather(rq->server->audit, &e, false);
    reb_buf_free(&list);
}
