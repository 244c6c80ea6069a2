#include "retention.h"

#include "../domain/audit.h"
#include "../domain/case_care.h"
#include "../domain/privacy.h"

#include <inttypes.h>
#include <stdio.h>

enum { PAGE = 500 };

/* The same day so many years ago; 29 February becomes 1 March. */
static int64_t years_before(int64_t now_us, int64_t years) {
    int y = 0;
    int m = 0;
    int d = 0;
    int64_t day = now_us / REB_US_PER_DAY;
    reb_civil_from_day(day, &y, &m, &d);
    y -= (int)years;
    if (!reb_civil_valid(y, m, d)) {
        m = 3;
        d = 1;
    }
    return reb_day_from_civil(y, m, d) * REB_US_PER_DAY + now_us % REB_US_PER_DAY;
}

typedef struct one {
    const reb_business *b;
    const reb_retention_request *q;
    int64_t customer_id;
} one;

static reb_status erase_one(reb_store *s, void *ctx, reb_err *err) {
    const one *o = ctx;
    reb_privacy_erased e;
    char id[24];
    snprintf(id, sizeof id, "%" PRId64, o->customer_id);
    reb_status st = reb_privacy_erase(&e, s, o->b, o->customer_id, "retention", o->q->who, o->q->now_us, o->q->ids, err);
    if (st == REB_OK) st = reb_audit_say(s, o->q->ids, o->q->who, "changed", "retention", "customer", id, o->q->wall_us, err);
    return st;
}

/* Is the customer silent in every respect, and not erased yet? */
static reb_status judge(bool *out, reb_store *s, int64_t customer_id, int64_t before_us, reb_err *err) {
    int64_t value = 0;
    bool found = false;
    *out = false;
    reb_status st = reb_get_i64(&value, &found, s, REB_SQL_RETENTION_RECENT, REB_ARGS(reb_i(customer_id), reb_i(before_us)), err);
    if (st == REB_OK && !found)
        st = reb_get_i64(&value, &found, s, REB_SQL_CASE_RECENT, REB_ARGS(reb_i(customer_id), reb_i(before_us)), err);
    if (st != REB_OK || found) return st;
    st = reb_get_i64(&value, &found, s, REB_SQL_PRIVACY_ERASED, REB_ARGS(reb_i(customer_id)), err);
    *out = value == 0;
    return st;
}

static reb_status read_page(int64_t page[PAGE], size_t *count, reb_store *s, int64_t after, int64_t before_us, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    *count = 0;
    reb_status st = reb_query(&q, s, REB_SQL_RETENTION_SILENT, REB_ARGS(reb_i(after), reb_i(before_us), reb_i(PAGE)), err);
    while (st == REB_OK && *count < PAGE && (st = reb_step(q, &row, err)) == REB_OK && row) page[(*count)++] = reb_col_i64(q, 0);
    reb_stmt_close(q);
    return st;
}

static reb_status erase_silent(reb_retention_result *out, reb_store *s, const reb_business *b, const reb_retention_request *q,
                               reb_err *err) {
    int64_t before_us = years_before(q->now_us, out->silent_years);
    int64_t page[PAGE];
    size_t count = 0;
    int64_t after = 0;
    reb_status st = REB_OK;
    do {
        st = read_page(page, &count, s, after, before_us, err);
        for (size_t i = 0; i < count && st == REB_OK; i++) {
            bool silent = false;
            one o = {.b = b, .q = q, .customer_id = page[i]};
            after = page[i];
            st = judge(&silent, s, page[i], before_us, err);
            if (st != REB_OK || !silent) continue;
            if (!q->dry) st = reb_store_write(s, erase_one, &o, err);
            if (st == REB_OK) out->customers++;
            bool on = q->progress == NULL || q->progress(q->ctx, out->customers);
            if (!on || (q->stop != NULL && *q->stop != 0)) return reb_fail(err, REB_E_INTERRUPTED, "Stopped; who was erased stays erased.");
        }
    } while (st == REB_OK && count == PAGE);
    return st;
}

reb_status reb_retention_run(reb_retention_result *out, reb_store *s, const reb_business *b, const reb_retention_request *q, reb_err *err) {
    *out = (reb_retention_result){.silent_years = reb_business_i64(b, REB_SETTING_ERASE_SILENT_YEARS),
                                  .audit_years = reb_business_i64(b, REB_SETTING_KEEP_AUDIT_YEARS),
                                  .dry = q->dry};
    reb_status st = out->silent_years > 0 ? erase_silent(out, s, b, q, err) : REB_OK;
    if (st == REB_OK && out->silent_years > 0)
        st = reb_case_forget(&out->cases, s, years_before(q->now_us, out->silent_years), q->now_us, q->dry, err);
    if (st == REB_OK && out->audit_years > 0)
        st = reb_audit_cut(&out->audit_records, s, q->ids, q->who, years_before(q->now_us, out->audit_years), q->wall_us, q->dry, err);
    if (st == REB_OK && !q->dry) st = reb_audit_link(NULL, s, err);
    return st;
}

void reb_retention_json(reb_json *w, const reb_retention_result *r) {
    reb_json_obj(w);
    reb_json_kbool(w, "dry_run", r->dry);
    reb_json_ki64(w, "erase_silent_years", r->silent_years);
    reb_json_ki64(w, "customers", r->customers);
    reb_json_ki64(w, "cases", r->cases);
    reb_json_ki64(w, "keep_audit_years", r->audit_years);
    reb_json_ki64(w, "audit_records", r->audit_records);
    reb_json_obj_end(w);
}

reb_status reb_retention_due(bool *due, reb_store *s, int64_t wall_us, reb_err *err) {
    reb_business *b = NULL;
    int64_t last_us = 0;
    int64_t waiting = 0;
    bool found = false;
    *due = false;
    reb_status st = reb_business_load(&b, s, err);
    bool rule =
        st == REB_OK && (reb_business_i64(b, REB_SETTING_ERASE_SILENT_YEARS) > 0 || reb_business_i64(b, REB_SETTING_KEEP_AUDIT_YEARS) > 0);
    reb_business_free(b);
    if (st != REB_OK || !rule) return st;
    st = reb_get_i64(&last_us, &found, s, REB_SQL_RETENTION_LAST, REB_NO_ARGS, err);
    if (st == REB_OK) st = reb_get_i64(&waiting, &found, s, REB_SQL_RETENTION_WAITING, REB_NO_ARGS, err);
    *due = st == REB_OK && waiting == 0 && wall_us - last_us >= REB_US_PER_DAY;
    return st;
}
