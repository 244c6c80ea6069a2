#include "standard.h"

#include <string.h>

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

/* A setting as it is stored, or ""; the business need not be loaded for two words. */
static reb_status setting(const char **out, reb_store *s, reb_arena *a, const char *key, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *out = "";
    reb_status st = reb_query(&q, s, REB_SQL_SETTING_GET, REB_ARGS(reb_t(key)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row && reb_col_text(q, 0) != NULL) *out = reb_arena_strdup(a, reb_col_text(q, 0));
    reb_stmt_close(q);
    return st == REB_OK && *out == NULL ? no_memory(err) : st;
}

static reb_status built_in(reb_standard **out, reb_store *s, reb_arena *a, reb_err *err) {
    const char *currency = "", *language = "";
    reb_status st = setting(&currency, s, a, "currency", err);
    if (st == REB_OK) st = setting(&language, s, a, "language", err);
    return st == REB_OK ? reb_standard_default(out, a, currency, language, err) : st;
}

/* One row: what was checked when it was written is read again. */
static reb_status parse_stored(reb_standard **out, reb_arena *a, const char *document, int64_t version, int64_t from_us, reb_err *err) {
    reb_status st = reb_standard_parse(out, a, document != NULL ? document : "", err);
    if (st == REB_E_INPUT)
        st = reb_fail(err, REB_E_STORE, "Version %lld of the standards cannot be read; rebound verify looks at the database.",
                      (long long)version);
    if (st != REB_OK) return st;
    (*out)->version = version;
    (*out)->from_us = from_us;
    return REB_OK;
}

reb_status reb_standard_at(reb_standard **out, reb_store *s, reb_arena *a, int64_t facts_us, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *out = NULL;
    reb_status st = reb_query(&q, s, REB_SQL_STANDARD_AT, REB_ARGS(reb_i(facts_us)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) st = parse_stored(out, a, reb_col_text(q, 1), reb_col_i64(q, 0), reb_col_i64(q, 2), err);
    reb_stmt_close(q);
    return st == REB_OK && !row ? built_in(out, s, a, err) : st;
}

reb_status reb_standard_version_at(int64_t *version, reb_store *s, int64_t facts_us, reb_err *err) {
    bool found = false;
    return reb_get_i64(version, &found, s, REB_SQL_STANDARD_VERSION_AT, REB_ARGS(reb_i(facts_us)), err);
}

reb_status reb_standard_get(reb_standard **out, reb_store *s, reb_arena *a, int64_t version, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *out = NULL;
    if (version == 0) return built_in(out, s, a, err);
    reb_status st = reb_query(&q, s, REB_SQL_STANDARD_GET, REB_ARGS(reb_i(version)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && !row) st = reb_fail(err, REB_E_NOT_FOUND, "There is no version %lld of the standards.", (long long)version);
    if (st == REB_OK) st = parse_stored(out, a, reb_col_text(q, 1), version, reb_col_i64(q, 2), err);
    reb_stmt_close(q);
    return st;
}

reb_status reb_standard_list(reb_standard_version *out, size_t most, size_t *count, reb_store *s, reb_arena *a, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *count = 0;
    reb_status st = reb_query(&q, s, REB_SQL_STANDARD_LIST, REB_ARGS(reb_i((int64_t)most)), err);
    while (st == REB_OK && *count < most && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_standard_version *v = &out[(*count)++];
        *v = (reb_standard_version){.version = reb_col_i64(q, 0), .from_us = reb_col_i64(q, 1), .published_us = reb_col_i64(q, 2)};
        v->note = reb_arena_strdup(a, reb_col_text(q, 3));
        v->published_by = reb_arena_strdup(a, reb_col_text(q, 4));
        if (v->note == NULL || v->published_by == NULL) st = no_memory(err);
    }
    reb_stmt_close(q);
    return st;
}

/* --- the draft ------------------------------------------------------------------------------------------------------------------------ */

typedef struct stored_draft {
    const char *document; /* NULL: none */
    const char *who;
    int64_t changed_us;
} stored_draft;

static reb_status draft_row(stored_draft *out, reb_store *s, reb_arena *a, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *out = (stored_draft){.who = ""};
    reb_status st = reb_query(&q, s, REB_SQL_STANDARD_GET, REB_ARGS(reb_i(0)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        out->document = reb_arena_strdup(a, reb_col_text(q, 1));
        out->who = reb_arena_strdup(a, reb_col_text(q, 3));
        out->changed_us = reb_col_i64(q, 4);
        if (out->document == NULL || out->who == NULL) st = no_memory(err);
    }
    reb_stmt_close(q);
    return st;
}

static reb_status newest(int64_t *version, int64_t *from_us, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *version = *from_us = 0;
    reb_status st = reb_query(&q, s, REB_SQL_STANDARD_NEWEST, REB_NO_ARGS, err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        *version = reb_col_i64(q, 0);
        *from_us = reb_col_i64(q, 1);
    }
    reb_stmt_close(q);
    return st;
}

/* What was seen is still what stands there? */
static reb_status unchanged(const stored_draft *d, int64_t seen_us, reb_err *err) {
    if (seen_us < 0 || seen_us == d->changed_us) return REB_OK;
    if (d->document == NULL) {
        reb_fail(err, REB_E_CONFLICT, "The draft was published or thrown away meanwhile.");
    } else {
        reb_fail(err, REB_E_CONFLICT, "%s has saved the draft meanwhile.", d->who[0] != '\0' ? d->who : "Somebody else");
    }
    reb_err_next(err, "Load it again and look at what changed; what you wrote is not stored.");
    reb_err_reason(err, "draft_changed");
    return REB_E_CONFLICT;
}

typedef struct draft_ctx {
    reb_standard_draft *out;
    reb_arena *a;
} draft_ctx;

static reb_status draft_work(reb_store *s, void *ctx, reb_err *err) {
    draft_ctx *c = ctx;
    stored_draft d;
    int64_t from_us = 0;
    *c->out = (reb_standard_draft){.changed_by = ""};
    reb_status st = draft_row(&d, s, c->a, err);
    if (st == REB_OK) st = newest(&c->out->based_on, &from_us, s, err);
    if (st != REB_OK) return st;
    if (d.document == NULL) {
        st = reb_standard_get(&c->out->standard, s, c->a, c->out->based_on, err);
    } else {
        st = parse_stored(&c->out->standard, c->a, d.document, 0, 0, err);
        c->out->saved = true;
        c->out->changed_us = d.changed_us;
        c->out->changed_by = d.who;
    }
    if (st == REB_OK) c->out->standard->version = 0;
    return st;
}

reb_status reb_standard_draft_get(reb_standard_draft *out, reb_store *s, reb_arena *a, reb_err *err) {
    return reb_store_read(s, draft_work, &(draft_ctx){out, a}, err);
}

typedef struct put_ctx {
    int64_t *revision;
    const char *document, *who;
    int64_t seen_us, now_us;
} put_ctx;

static reb_status put_work(reb_store *s, void *ctx, reb_err *err) {
    put_ctx *c = ctx;
    reb_arena a = {0};
    stored_draft d;
    reb_status st = draft_row(&d, s, &a, err);
    if (st == REB_OK) st = unchanged(&d, c->seen_us, err);
    if (st == REB_OK) {
        *c->revision = c->now_us > d.changed_us ? c->now_us : d.changed_us + 1;
        st = reb_exec(s, REB_SQL_STANDARD_PUT,
                      REB_ARGS(reb_i(0), reb_t(c->document), reb_t(""), reb_i(0), reb_i(0), reb_t(c->who), reb_i(*c->revision)), NULL, err);
    }
    reb_arena_free(&a);
    return st;
}

reb_status reb_standard_draft_put(int64_t *revision, reb_store *s, const char *document, int64_t seen_us, const char *who, int64_t now_us,
                                  reb_err *err) {
    reb_arena a = {0};
    reb_buf text = {0};
    reb_standard *parsed = NULL;
    reb_status st = reb_standard_parse(&parsed, &a, document, err);
    if (st != REB_OK) goto done;
    reb_standard_write(&text, parsed);
    st = text.failed ? no_memory(err) : reb_store_write(s, put_work, &(put_ctx){revision, reb_buf_cstr(&text), who, seen_us, now_us}, err);
done:
    reb_buf_free(&text);
    reb_arena_free(&a);
    return st;
}

static reb_status drop_work(reb_store *s, void *ctx, reb_err *err) {
    const int64_t *seen_us = ctx;
    reb_arena a = {0};
    stored_draft d;
    reb_status st = draft_row(&d, s, &a, err);
    if (st == REB_OK) st = unchanged(&d, *seen_us, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_STANDARD_DRAFT_DROP, REB_NO_ARGS, NULL, err);
    reb_arena_free(&a);
    return st;
}

reb_status reb_standard_draft_drop(reb_store *s, int64_t seen_us, reb_err *err) {
    return reb_store_write(s, drop_work, &seen_us, err);
}

/* --- publishing ----------------------------------------------------------------------------------------------------------------------- */

typedef struct publish_ctx {
    int64_t *version;
    const char *note, *who;
    int64_t from_us, seen_us, now_us;
} publish_ctx;

/* A clock needs hours to count: each kind's calendar is there ("main" always is). */
static reb_status calendars_exist(const reb_standard *standard, reb_store *s, reb_err *err) {
    reb_status st = REB_OK;
    for (int64_t i = 0; st == REB_OK && i < standard->kind_count; i++) {
        const char *code = standard->kinds[i].calendar;
        int64_t count = 0;
        bool found = false;
        if (strcmp(code, "main") == 0) continue;
        st = reb_get_i64(&count, &found, s, REB_SQL_STANDARD_CALENDAR_EXISTS, REB_ARGS(reb_t(code)), err);
        if (st == REB_OK && count == 0) {
            st = reb_fail(err, REB_E_INPUT, "kinds[%lld].calendar: there is no calendar \"%s\".", (long long)i, code);
            reb_err_next(err, "Make the calendar first, or take \"main\".");
        }
    }
    return st;
}

static reb_status publish_now(reb_store *s, publish_ctx *c, reb_arena *a, reb_err *err) {
    stored_draft d;
    reb_standard *next = NULL, *last = NULL;
    int64_t number = 0, last_from = 0;
    reb_status st = draft_row(&d, s, a, err);
    if (st == REB_OK) st = unchanged(&d, c->seen_us, err);
    if (st == REB_OK) st = newest(&number, &last_from, s, err);
    if (st == REB_OK && d.document == NULL && number > 0) {
        reb_fail(err, REB_E_CONFLICT, "There is no draft: version %lld is the newest.", (long long)number);
        reb_err_next(err, "Change something first.");
        st = REB_E_CONFLICT;
    }
    if (st == REB_OK) st = d.document != NULL ? parse_stored(&next, a, d.document, 0, 0, err) : built_in(&next, s, a, err);
    if (st == REB_OK) st = calendars_exist(next, s, err);
    if (st == REB_OK && number > 0) {
        int64_t changes = 0;
        st = reb_standard_get(&last, s, a, number, err);
        if (st == REB_OK) st = reb_standard_diff(NULL, 0, &changes, a, last, next, err);
        if (st == REB_OK && changes == 0) st = reb_fail(err, REB_E_CONFLICT, "The draft says the same as version %lld.", (long long)number);
    }
    if (st != REB_OK) return st;
    int64_t from = c->from_us != 0 ? c->from_us : c->now_us;
    if (from < c->now_us) return reb_fail(err, REB_E_INPUT, "Standards cannot be in force from a time that has passed.");
    if (number > 0 && from <= last_from) {
        if (c->from_us != 0)
            return reb_fail(err, REB_E_INPUT, "Version %lld is in force from then or later; choose a later time.", (long long)number);
        from = last_from + 1;
    }
    reb_buf text = {0};
    reb_standard_write(&text, next);
    *c->version = number + 1;
    st = text.failed ? no_memory(err)
                     : reb_exec(s, REB_SQL_STANDARD_PUT,
                                REB_ARGS(reb_i(number + 1), reb_t(reb_buf_cstr(&text)), reb_t(c->note), reb_i(from), reb_i(c->now_us),
                                         reb_t(c->who), reb_i(c->now_us)),
                                NULL, err);
    reb_buf_free(&text);
    return st == REB_OK ? reb_exec(s, REB_SQL_STANDARD_DRAFT_DROP, REB_NO_ARGS, NULL, err) : st;
}

static reb_status publish_work(reb_store *s, void *ctx, reb_err *err) {
    reb_arena a = {0};
    reb_status st = publish_now(s, ctx, &a, err);
    reb_arena_free(&a);
    return st;
}

reb_status reb_standard_publish(int64_t *version, reb_store *s, const char *note, int64_t from_us, int64_t seen_us, const char *who,
                                int64_t now_us, reb_err *err) {
    if (note == NULL) note = "";
    if (strlen(note) > 1000) return reb_fail(err, REB_E_INPUT, "The note is too long: at most 1,000 bytes.");
    return reb_store_write(s, publish_work, &(publish_ctx){version, note, who, from_us, seen_us, now_us}, err);
}
