/* What the audit log costs, on SQLite: a small write alone against the same with its entry in one transaction; gathering, linking and
   verifying. Goals: where a commit waits for no disk, an entry takes no longer than the smallest write itself; ten thousand entries are
   linked a second. */
#include "../src/domain/audit.h"
#include "../src/domain/customer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WRITES = 400, ENTRIES = 20000, ROUNDS = 5 };

typedef struct writing {
    reb_ids *ids;
    int64_t customer_id;
    int64_t n;
    bool audited;
} writing;

static void check(reb_status st, const reb_err *err) {
    if (st == REB_OK) return;
    fprintf(stderr, "%s\n", err->detail);
    exit(1);
}

static reb_status write_one(reb_store *s, void *ctx, reb_err *err) {
    writing *w = ctx;
    char value[24];
    snprintf(value, sizeof value, "%" PRId64, w->n++);
    reb_status st = reb_customer_fact_put(s, w->customer_id, "note", value, w->n, err);
    if (st == REB_OK && w->audited) st = reb_audit_say(s, w->ids, "key:till", "changed", "customer_note", "customer", value, w->n, err);
    return st;
}

static reb_status add_customer(reb_store *s, void *ctx, reb_err *err) {
    return reb_customer_insert(s, *(int64_t *)ctx, false, 1, err);
}

static double writes_per_s(reb_store *s, writing *w, bool audited) {
    reb_err err = {0};
    int64_t began = reb_monotonic_us();
    w->audited = audited;
    for (int i = 0; i < WRITES; i++) check(reb_store_write(s, write_one, w, &err), &err);
    return WRITES / ((double)(reb_monotonic_us() - began) / 1e6);
}

int main(void) {
    reb_err err = {0};
    char path[] = "/tmp/rebound-bench-audit.XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0) return 1;
    close(fd);
    unlink(path);
    reb_store *s = NULL;
    reb_ids ids = {.clock = reb_clock_system()};
    check(reb_store_open(&s, path, REB_OPEN_CREATE, &err), &err);
    writing w = {.ids = &ids, .customer_id = reb_id_next(&ids)};
    check(reb_store_write(s, add_customer, &w.customer_id, &err), &err);
    double plain = 0;
    double audited = 0;
    for (int r = 0; r < ROUNDS; r++) {
        double a = writes_per_s(s, &w, false);
        double b = writes_per_s(s, &w, true);
        plain = a > plain ? a : plain;
        audited = b > audited ? b : audited;
    }
    printf("a write alone             %9.0f a second\n", plain);
    printf("with its audit entry      %9.0f a second, %.0f%%\n", audited, 100 * audited / plain);
    check(reb_audit_link(NULL, s, &err), &err);
    reb_audit_entry *e = calloc(ENTRIES, sizeof *e);
    if (e == NULL) return 1;
    for (size_t i = 0; i < ENTRIES; i++)
        e[i] = (reb_audit_entry){.at_us = (int64_t)i,
                                 .who = "key:till",
                                 .kind = "saw",
                                 .did = "customer_get",
                                 .about = "customer",
                                 .subjects = " 912132181431316480 "};
    int64_t began = reb_monotonic_us();
    for (size_t i = 0; i < ENTRIES; i += 1000) check(reb_audit_add(s, &ids, e + i, 1000, &err), &err);
    double gathered = (double)(reb_monotonic_us() - began) / 1e6;
    began = reb_monotonic_us();
    check(reb_audit_link(NULL, s, &err), &err);
    double linked = (double)(reb_monotonic_us() - began) / 1e6;
    printf("entries gathered, written %9.0f a second\n", ENTRIES / gathered);
    printf("entries linked            %9.0f a second\n", ENTRIES / linked);
    reb_audit_report report;
    began = reb_monotonic_us();
    check(reb_audit_verify(&report, s, 0, NULL, NULL, NULL, &err), &err);
    printf("records verified          %9.0f a second\n", (double)report.records / ((double)(reb_monotonic_us() - began) / 1e6));
    bool good = report.problems == 0 && audited >= 0.5 * plain && ENTRIES / linked >= 10000;
    printf("%s\n", good ? "goals met" : "goals missed");
    reb_store_close(s);
    free(e);
    static const char *const k_ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", path, k_ends[i]);
        unlink(name);
    }
    return good ? 0 : 1;
}
