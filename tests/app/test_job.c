/* Jobs: claimed once, leased, taken up again, cancelled, handed back; on both engines, with several claimants at once. */
#include "../../src/app/job_run.h"
#include "../../src/domain/notice.h"
#include "../../src/domain/token.h"
#include "../lib/tap.h"

#include "../lib/pg.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static int64_t g_now = INT64_C(1800000000000000);
static reb_clock g_clock;
static const char *g_db;

static reb_store *open_store(unsigned flags) {
    reb_err err = {0};
    reb_store *s = NULL;
    if (reb_store_open(&s, g_db, flags, &err) != REB_OK) printf("# %s\n", err.detail);
    return s;
}

static int64_t add(reb_store *s, reb_ids *ids, const char *kind, const char *params, const char *place) {
    reb_err err = {0};
    int64_t id = 0;
    if (reb_job_add(&id, s, ids, kind, params, place, g_now, &err) != REB_OK) printf("# %s\n", err.detail);
    return id;
}

static reb_job_state state_of(reb_store *s, int64_t id) {
    reb_arena a = {0};
    reb_err err = {0};
    reb_job j = {.state = REB_JOB_STATES};
    reb_job_get(&j, s, &a, id, &err);
    reb_job_state state = j.state;
    reb_arena_free(&a);
    return state;
}

/* --- claims ------------------------------------------------------------------------------------------------------------------------------
 */

enum { JOBS = 40, CLAIMANTS = 4 };
typedef struct claimant {
    int64_t got[JOBS];
    int count;
    char owner[16];
} claimant;

static atomic_int g_running, g_most;

static bool all_ended(reb_store *s) {
    reb_job_counts counts;
    reb_err err = {0};
    return reb_job_count(&counts, s, &err) == REB_OK && counts.by_state[REB_JOB_DONE] == JOBS;
}

static void *claim_all(void *arg) {
    claimant *c = arg;
    reb_store *s = open_store(0);
    for (int misses = 0; s != NULL && misses < 3;) {
        int64_t id = 0;
        reb_err err = {0};
        reb_status st = reb_job_claim(&id, s, c->owner, "here", g_now, REB_US_PER_SECOND * 1000, &err);
        if (st == REB_E_BUSY) continue;
        if (st != REB_OK) printf("# %s\n", err.detail);
        misses = id == 0 && all_ended(s) ? misses + 1 : 0;
        if (id == 0) continue;
        int running = atomic_fetch_add(&g_running, 1) + 1;
        if (running > atomic_load(&g_most)) atomic_store(&g_most, running);
        if (c->count < JOBS) c->got[c->count++] = id;
        atomic_fetch_sub(&g_running, 1);
        bool mine = false;
        while (reb_job_end(&mine, s, id, c->owner, REB_JOB_DONE, "1", NULL, "", g_now, &err) == REB_E_BUSY) continue;
    }
    reb_store_close(s);
    return NULL;
}

static void claims(reb_store *s, reb_ids *ids) {
    int64_t made[JOBS];
    for (int i = 0; i < JOBS; i++) made[i] = add(s, ids, "x", "{}", i % 2 == 0 ? "" : "here");
    int64_t elsewhere = add(s, ids, "x", "{}", "there");
    atomic_store(&g_most, 0);
    static claimant c[CLAIMANTS];
    memset(c, 0, sizeof c);
    pthread_t t[CLAIMANTS];
    for (int i = 0; i < CLAIMANTS; i++) {
        snprintf(c[i].owner, sizeof c[i].owner, "p%d", i);
        pthread_create(&t[i], NULL, claim_all, &c[i]);
    }
    for (int i = 0; i < CLAIMANTS; i++) pthread_join(t[i], NULL);
    int times[JOBS] = {0};
    int all = 0;
    for (int i = 0; i < CLAIMANTS; i++)
        for (int k = 0; k < c[i].count; k++) {
            all++;
            for (int m = 0; m < JOBS; m++) times[m] += made[m] == c[i].got[k];
        }
    bool once = true;
    for (int m = 0; m < JOBS; m++) once = once && times[m] == 1;
    OK(once && all == JOBS, "%d jobs and %d claimants at once: each job is claimed once", JOBS, CLAIMANTS);
    OK(state_of(s, elsewhere) == REB_JOB_WAITING, "a job whose file lies on another machine waits");
    reb_err err = {0};
    reb_job_cancel(s, elsewhere, g_now, &err);
    EQ_I64(atomic_load(&g_most), 1, "and one runs at a time");
}

/* A process dies: its lease runs out, another takes the job, and what the first one still says is not heard. */
static void leases(reb_store *s, reb_ids *ids) {
    reb_err err = {0};
    int64_t id = add(s, ids, "x", "{}", "");
    int64_t got = 0;
    reb_job_claim(&got, s, "first", "", g_now, 1000, &err);
    EQ_I64(got, id, "claimed");
    reb_job_claim(&got, s, "second", "", g_now + 999, 1000, &err);
    EQ_I64(got, 0, "a lease that holds keeps others away");
    bool mine;
    bool cancel;
    reb_job_beat(&mine, &cancel, s, id, "first", g_now + 5000, 0.5, "half", &err);
    OK(mine && !cancel, "its owner renews it");
    reb_job_claim(&got, s, "second", "", g_now + 4000, 1000, &err);
    EQ_I64(got, 0, "and keeps it");
    reb_job_claim(&got, s, "second", "", g_now + 5001, 100000, &err);
    EQ_I64(got, id, "a lease that ran out is taken up");
    reb_job_beat(&mine, &cancel, s, id, "first", g_now + 9000, 0.9, "", &err);
    OK(!mine, "the first owner learns that it lost the job");
    reb_job_end(&mine, s, id, "first", REB_JOB_DONE, "1", NULL, "", g_now, &err);
    OK(!mine && state_of(s, id) == REB_JOB_RUNNING, "and cannot end it");
    OK(reb_job_cancel(s, id, g_now, &err) == REB_OK, "somebody wants it stopped");
    reb_job_beat(&mine, &cancel, s, id, "second", g_now + 9000, 0.1, "", &err);
    OK(mine && cancel, "which its owner learns");
    OK(reb_job_hand_back(s, id, "second", &err) == REB_OK && state_of(s, id) == REB_JOB_WAITING, "handed back");
    OK(reb_job_cancel(s, id, g_now, &err) == REB_OK && state_of(s, id) == REB_JOB_CANCELLED, "a waiting job is cancelled at once");
    OK(reb_job_cancel(s, id, g_now, &err) == REB_E_CONFLICT, "an ended one is not");
    OK(reb_job_cancel(s, 1, g_now, &err) == REB_E_NOT_FOUND, "nor one that never was");
}

/* --- the runner
 * ------------------------------------------------------------------------------------------------------------------------------ */

static reb_status good(reb_job_task *t, reb_err *err) {
    (void)err;
    reb_job_progress(t, 0.5, "half way");
    reb_json_obj(t->result);
    reb_json_kid(t->result, "of", t->job_id);
    reb_json_obj_end(t->result);
    return REB_OK;
}

static reb_status bad(reb_job_task *t, reb_err *err) {
    (void)t;
    return reb_fail(err, REB_E_INPUT, "line 7 is torn");
}

/* Runs until it is told to stop, as a long import does between chunks. The keeper's turn is taken here, by hand: no time passes. */
static reb_store *g_keeper;
static int g_stop_how; /* 1: cancel, 2: the process stops */
static reb_status endless(reb_job_task *t, reb_err *err) {
    reb_err other = {0};
    if (g_stop_how == 1) reb_job_cancel(g_keeper, t->job_id, g_now, &other);
    if (g_stop_how == 2) reb_job_stop(t->runner);
    for (int i = 1; i < 100; i++) {
        if (!reb_job_progress(t, i / 100.0, "on and on")) return reb_fail(err, REB_E_INTERRUPTED, "stopped");
        reb_job_keep(t->runner, g_keeper, &other);
    }
    return reb_fail(err, REB_E_INTERNAL, "nobody stopped it");
}

static int g_ended;
static void ended(const cJSON *params, reb_job_state state) {
    (void)state;
    if (cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(params, "n"))) g_ended++;
}

static const reb_job_kind k_kinds[] = {{"good", good, ended}, {"bad", bad, ended}, {"endless", endless, ended}, {NULL, NULL, NULL}};

static int64_t run_one(reb_store *s, reb_ids *ids, reb_job_runner *r, const char *kind) {
    reb_err err = {0};
    int64_t id = add(s, ids, kind, "{\"n\":1}", "");
    bool worked = false;
    if (reb_job_work(&worked, r, s, &err) != REB_OK || !worked) printf("# %s\n", err.detail);
    return id;
}

static void runner(reb_store *s, reb_ids *ids) {
    reb_err err = {0};
    reb_arena a = {0};
    reb_job j;
    const reb_job_runner_options o = {
        .kinds = k_kinds, .owner = "me", .place = "here", .wall_clock = g_clock, .act_clock = g_clock, .lease_us = 30 * REB_US_PER_SECOND};
    reb_job_runner *r = NULL;
    OK(reb_job_runner_open(&r, &o, &err) == REB_OK, "a runner");
    g_keeper = open_store(0);
    g_ended = 0;
    int64_t id = run_one(s, ids, r, "good");
    reb_job_get(&j, s, &a, id, &err);
    OK(j.state == REB_JOB_DONE && j.progress == 1.0 && j.attempts == 1 && strstr(j.result, "\"of\"") != NULL,
       "a good job is done, with its result");
    id = run_one(s, ids, r, "bad");
    reb_job_get(&j, s, &a, id, &err);
    OK(j.state == REB_JOB_FAILED && strstr(j.error, "line 7 is torn") != NULL && strstr(j.error, "bad_input") != NULL,
       "a bad one failed, and says why");
    id = run_one(s, ids, r, "no such");
    OK(state_of(s, id) == REB_JOB_FAILED, "a kind that nobody knows fails");
    g_stop_how = 1;
    id = run_one(s, ids, r, "endless");
    OK(state_of(s, id) == REB_JOB_CANCELLED, "a running job is cancelled");
    EQ_I64(g_ended, 3, "each job that ended was cleaned up after");
    id = add(s, ids, "good", "{", "");
    bool worked;
    reb_job_work(&worked, r, s, &err);
    OK(state_of(s, id) == REB_JOB_FAILED, "parameters that are no JSON fail");
    g_stop_how = 2;
    id = run_one(s, ids, r, "endless");
    OK(state_of(s, id) == REB_JOB_WAITING && g_ended == 3, "when the process stops, its job goes back");
    reb_job_runner_close(r);
    for (int i = 0; i <= REB_JOB_ATTEMPTS; i++) { /* five processes die at it */
        int64_t got = 0;
        reb_job_claim(&got, s, "dying", "", g_now + i * 10, 1, &err);
    }
    reb_job_runner_open(&r, &o, &err);
    int64_t later = g_now;
    g_now += 1000;
    reb_job_work(&worked, r, s, &err);
    reb_job_get(&j, s, &a, id, &err);
    OK(j.state == REB_JOB_FAILED && strstr(j.error, "taken up") != NULL, "a job that kills its process is given up after five times");
    g_now = later;
    reb_job_runner_close(r);
    reb_store_close(g_keeper);
    reb_arena_free(&a);
}

/* --- notices
 * ---------------------------------------------------------------------------------------------------------------------------------- */

static reb_status count_up(int64_t number, const char *topic, const char *data, void *ctx, reb_err *err) {
    int64_t *last = ctx;
    (void)topic;
    (void)data;
    if (*last != 0 && number != *last + 1) return reb_fail(err, REB_E_INTERNAL, "gap");
    *last = number;
    return REB_OK;
}

enum { NOTICES = 25 };
static void *write_notices(void *arg) {
    (void)arg;
    reb_store *s = open_store(0);
    for (int i = 0; s != NULL && i < NOTICES; i++) {
        reb_err err = {0};
        reb_status st;
        while ((st = reb_notice_add(NULL, s, "t", "{}", g_now, &err)) == REB_E_BUSY) continue;
        if (st != REB_OK) printf("# %s\n", err.detail);
    }
    reb_store_close(s);
    return NULL;
}

static void notices(reb_store *s) {
    reb_err err = {0};
    int64_t first;
    int64_t before;
    int64_t after;
    reb_notice_bounds(&first, &before, s, &err);
    pthread_t t[CLAIMANTS];
    for (int i = 0; i < CLAIMANTS; i++) pthread_create(&t[i], NULL, write_notices, NULL);
    for (int i = 0; i < CLAIMANTS; i++) pthread_join(t[i], NULL);
    reb_notice_bounds(&first, &after, s, &err);
    EQ_I64(after - before, NOTICES * CLAIMANTS, "writers at once: as many numbers as notices");
    int64_t last = 0;
    OK(reb_notice_since(s, 0, 100000, count_up, &last, &err) == REB_OK && last == after, "and none is missing between them");
}

static void tokens(reb_store *s) {
    reb_err err = {0};
    char key[REB_TOKEN_TEXT];
    reb_token t;
    reb_token found_token;
    bool found;
    OK(reb_token_add(key, &t, s, "till", REB_TOKEN_READ, 1, g_now, &err) == REB_OK, "a key is made");
    OK(reb_token_find(&found_token, &found, s, key, &err) == REB_OK && found && reb_token_live(&found_token, g_now), "and found by itself");
    OK(!reb_token_live(&found_token, g_now + REB_US_PER_DAY), "for its day, not a moment longer");
    key[10] = key[10] == 'A' ? 'B' : 'A';
    OK(reb_token_find(&found_token, &found, s, key, &err) == REB_OK && !found, "another is not");
    OK(reb_token_add(key, &t, s, "till", REB_TOKEN_READ, 1, g_now, &err) == REB_E_CONFLICT, "a name belongs to one living key");
    OK(reb_token_revoke(s, "till", g_now, &err) == REB_OK && reb_token_revoke(s, "till", g_now, &err) == REB_E_NOT_FOUND, "revoked once");
    OK(reb_token_add(key, &t, s, "till", REB_TOKEN_READ, 1, g_now, &err) == REB_OK, "then its name is free");
    OK(reb_token_add(key, &t, s, "a b", REB_TOKEN_READ, 1, g_now, &err) == REB_E_USAGE, "a name is one word");
    unsigned scopes;
    OK(reb_token_scopes(&scopes, "read, write", &err) == REB_OK && scopes == (REB_TOKEN_READ | REB_TOKEN_WRITE), "scopes are read");
    OK(reb_token_scopes(&scopes, "own", &err) == REB_E_USAGE && reb_token_scopes(&scopes, "", &err) == REB_E_USAGE,
       "unknown or no scopes are not");
}

static void all(const char *db) {
    g_db = db;
    printf("# %s\n", strncmp(db, "postgres", 8) == 0 ? "postgresql" : "sqlite");
    reb_store *s = open_store(REB_OPEN_CREATE);
    if (!OK(s != NULL, "the store opens")) return;
    reb_ids ids = {.clock = g_clock, .node = 3};
    claims(s, &ids);
    leases(s, &ids);
    runner(s, &ids);
    notices(s);
    tokens(s);
    reb_store_close(s);
}

int main(void) {
    g_clock = reb_clock_fixed(&g_now);
    char dir[] = "/tmp/rebound-job.XXXXXX";
    char path[64];
    if (mkdtemp(dir) == NULL) return 1;
    snprintf(path, sizeof path, "%s/t.db", dir);
    all(path);
    const char *pg = pg_test_create("test_job");
    if (pg != NULL) {
        all(pg);
    } else {
        SKIP("no PostgreSQL here");
    }
    char command[3][80];
    const char *const ends[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        snprintf(command[i], sizeof command[i], "%s%s", path, ends[i]);
        unlink(command[i]);
    }
    rmdir(dir);
    return tap_done();
}
