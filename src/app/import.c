/* One import from beginning to end. */
#include "import.h"

#include "case.h"
#include "import_run.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { CHUNK_ROWS = 10000, CHUNK_BYTES = 6 << 20, MAP_BYTES = 1 << 20, LOOK_EVERY = 256 };

typedef struct importing {
    reb_import_result *out;
    const reb_import_options *opt;
    reb_store *store;
    reb_arena *arena; /* of the result */
    reb_arena work;   /* of one chunk's writing */
    reb_business *business;
    reb_zone *zone, *utc;
    reb_map map;
    bool mapped;
    reb_plan *plan;
    reb_sheet_options sheet_options;
    reb_sheet *sheet;
    const reb_sheet_info *info;
    reb_lease *lease;
    reb_ids own_ids;
    reb_ids *ids;
    char hash[REB_HASH_TEXT];
    reb_batch batch;
    bool batch_written;
    reb_import_state state;
    reb_import_state committed; /* as of the last chunk */
    reb_builder *builder;
    reb_ingest *ingest;
    reb_rejects rejects;
    const char *rejects_path;
    int64_t began_us, phase_began_us, told_us;
    reb_import_phase phase;
    int64_t rows_before; /* read by an earlier run */
    bool stop;
} importing;

/* ---- progress ---------------------------------------------------------------------------------------------------------------------- */

static void tell(importing *m, int64_t rows, bool always) {
    int64_t now = reb_monotonic_us();
    if (m->opt->cancel != NULL && *m->opt->cancel != 0) m->stop = true;
    if (m->opt->on_progress == NULL || (!always && now - m->told_us < 100000)) return;
    m->told_us = now;
    reb_import_progress p = {.phase = m->phase,
                             .bytes = m->sheet != NULL ? reb_sheet_bytes_read(m->sheet) : 0,
                             .total_bytes = m->info != NULL ? m->info->total_bytes : 0,
                             .rows = rows,
                             .elapsed_us = now - m->phase_began_us,
                             .seconds_left = -1};
    double seconds = (double)p.elapsed_us / 1e6;
    int64_t done = rows - (m->phase == REB_IMPORT_WRITING ? m->rows_before : 0);
    if (seconds > 0) p.rows_per_second = (double)done / seconds;
    if (m->phase == REB_IMPORT_WRITING && seconds > 0.3 && p.bytes > 0 && p.total_bytes >= p.bytes)
        p.seconds_left = seconds * (double)(p.total_bytes - p.bytes) / (double)p.bytes;
    if (!m->opt->on_progress(&p, m->opt->ctx)) m->stop = true;
}

static bool look_tick(const reb_sheet *s, int64_t rows, void *ctx) {
    (void)s;
    importing *m = ctx;
    tell(m, rows, false);
    return !m->stop;
}

static void enter(importing *m, reb_import_phase phase) {
    m->phase = phase;
    m->phase_began_us = m->told_us = reb_monotonic_us();
}

/* ---- before the first reading ---------------------------------------------------------------------------------------------------------
 */

static reb_status read_map(importing *m, reb_err *err) {
    if (m->opt->plan != NULL) {
        reb_status st = reb_map_from_json(&m->map, m->opt->plan, m->arena, err);
        m->mapped = st == REB_OK;
        return st;
    }
    const char *path = m->opt->map_path;
    if (path == NULL) {
        m->mapped = m->opt->map_text != NULL;
        return m->mapped ? reb_map_parse(&m->map, "the mapping", m->opt->map_text, strlen(m->opt->map_text), m->arena, err) : REB_OK;
    }
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return reb_fail(err, errno == ENOENT ? REB_E_NOT_FOUND : REB_E_IO, "The mapping %s cannot be opened: %s.", path, strerror(errno));
    char *text = malloc(MAP_BYTES + 1);
    size_t n = text != NULL ? fread(text, 1, MAP_BYTES + 1, f) : 0;
    bool failed = ferror(f) != 0;
    fclose(f);
    reb_status st = REB_OK;
    if (text == NULL) {
        st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    } else if (failed) {
        st = reb_fail(err, REB_E_IO, "The mapping %s cannot be read.", path);
    } else if (n > MAP_BYTES) {
        st = reb_fail(err, REB_E_LIMIT, "%s is larger than 1 MB: it is no mapping.", path);
    } else {
        st = reb_map_parse(&m->map, path, text, n, m->arena, err);
    }
    free(text);
    m->mapped = st == REB_OK;
    return st;
}

static reb_status sheet_options(importing *m, reb_err *err) {
    const char *encoding = m->opt->encoding != NULL ? m->opt->encoding : m->map.options.encoding;
    m->sheet_options =
        (reb_sheet_options){.delimiter = m->map.options.delimiter, .header = m->map.options.header, .sheet_name = m->map.options.sheet};
    if (encoding == NULL) return REB_OK;
    m->sheet_options.encoding = reb_encoding_from_name(encoding);
    if (m->sheet_options.encoding != REB_ENC_AUTO) return REB_OK;
    reb_fail(err, REB_E_USAGE, "\"%s\" is no encoding known here.", encoding);
    reb_err_next(err, "It may be UTF-8, UTF-16, windows-1256, windows-1253 or windows-1252; without --encoding it is found out.");
    return REB_E_USAGE;
}

static reb_status open_business(importing *m, reb_err *err) {
    reb_business_free(m->business);
    m->business = NULL;
    return m->store != NULL ? reb_business_load(&m->business, m->store, err) : reb_business_default(&m->business, err);
}

static reb_status open_zones(importing *m, reb_err *err) {
    reb_status st = reb_zone_open(&m->utc, "UTC", err);
    if (st == REB_OK && m->map.options.timezone != NULL) {
        st = reb_zone_open(&m->zone, m->map.options.timezone, err);
        if (st != REB_OK) reb_err_next(err, "In the mapping, write the time zone as Europe/Athens or Asia/Tehran.");
    }
    return st;
}

static reb_status make_plan(importing *m, reb_err *err) {
    reb_plan *p = reb_arena_zalloc(m->arena, 1, sizeof *p);
    if (p == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    m->plan = p;
    p->arena = m->arena;
    p->n_columns = m->info->n_columns;
    p->columns = reb_arena_zalloc(m->arena, p->n_columns + 1, sizeof *p->columns);
    if (p->columns == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    for (size_t i = 0; i < p->n_columns; i++) {
        reb_slice name = m->info->names[i];
        const char *copy = name.len > 0 ? reb_arena_strndup(m->arena, name.ptr, name.len) : reb_arena_printf(m->arena, "column %zu", i + 1);
        if (copy == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
        p->columns[i].name = reb_slice_of(copy);
    }
    p->business_currency = reb_arena_strdup(m->arena, m->business->currency);
    p->business_currency_set = m->business->currency_is_set;
    p->business_calendar = m->business->calendar;
    p->business_zone = m->business->zone;
    p->zone = m->zone != NULL ? m->zone : m->business->zone;
    p->utc = m->utc;
    p->country = "";
    p->correction = m->opt->correction;
    return REB_OK;
}

static reb_status open_sheet(importing *m, reb_err *err) {
    reb_sheet_close(m->sheet);
    m->sheet = NULL;
    m->info = NULL;
    reb_status st = reb_sheet_open(&m->sheet, m->opt->path, &m->sheet_options, err);
    if (st == REB_OK) m->info = reb_sheet_get_info(m->sheet);
    return st;
}

static void describe(importing *m) {
    reb_import_describe(m->out, m->plan, m->info, m->arena);
    reb_plan_signature(m->out->signature, m->plan, m->info);
}

/* Nothing fits: the result still shows what the columns look like, for a mapping to start from. */
static void show_columns(importing *m) {
    int64_t rows = 0;
    reb_plan *p = m->plan;
    bool guessed = p->n_of_role[REB_ROLE_DATE] > 0 || p->n_of_role[REB_ROLE_CUSTOMER] > 0 || p->n_of_role[REB_ROLE_EMAIL] > 0;
    reb_plan_peek(p, m->sheet, &rows, NULL);
    if (!guessed) reb_plan_guess_values(p);
    m->out->counts.rows = rows;
    if (p->label == NULL) p->label = "no known export";
    if (p->profile == NULL) p->profile = "unknown";
    m->out->map_text = reb_map_write(p, m->info);
    describe(m);
}

static reb_status look(importing *m, reb_err *err) {
    reb_status st = read_map(m, err);
    if (st == REB_OK) st = sheet_options(m, err);
    if (st == REB_OK) st = open_business(m, err);
    if (st == REB_OK) st = open_zones(m, err);
    if (st == REB_OK) st = open_sheet(m, err);
    if (st == REB_OK) st = make_plan(m, err);
    if (st != REB_OK) return st;
    enter(m, REB_IMPORT_LOOKING);
    st = reb_plan_recognise(m->plan, m->info, m->mapped ? &m->map : NULL, err);
    if (m->opt->source != NULL) m->plan->source = m->opt->source;
    if (st != REB_OK) {
        show_columns(m);
        return st;
    }
    int64_t rows = 0;
    st = reb_plan_scan(m->plan, m->sheet, &rows, m->opt->look_rows, look_tick, m, err);
    m->out->counts.rows = rows;
    if (st != REB_OK) {
        if (st == REB_E_INTERRUPTED) m->out->interrupted = true;
        return st;
    }
    m->plan->country = reb_import_country(m->plan);
    tell(m, rows, true);
    return REB_OK;
}

/* ---- the batch --------------------------------------------------------------------------------------------------------------------------
 */

/* A business that has no currency of its own takes that of its first file. */
static reb_status adopt_currency(importing *m, reb_err *err) {
    reb_plan *p = m->plan;
    if (m->business->currency_is_set || !p->currency_found) return REB_OK;
    m->out->currency_adopted = true;
    if (m->opt->dry_run) {
        p->business_currency = p->currency->code;
        memcpy(m->business->currency, p->currency->code, sizeof m->business->currency);
        return REB_OK;
    }
    reb_status st = reb_setting_set(NULL, m->store, "currency", p->currency->code, reb_clock_now(m->opt->clock), err);
    if (st == REB_OK) st = open_business(m, err);
    if (st != REB_OK) return st;
    p->business_currency = reb_arena_strdup(m->arena, m->business->currency);
    p->business_zone = m->business->zone;
    if (m->zone == NULL) p->zone = m->business->zone;
    return REB_OK;
}

static reb_status find_batch(importing *m, bool *finished, reb_err *err) {
    *finished = false;
    if (m->store == NULL) return REB_OK;
    reb_status st = reb_import_hash(m->hash, m->opt->path, err);
    const char *mapping = st == REB_OK ? reb_import_mapping_json(m->plan, m->arena) : NULL;
    if (st == REB_OK && mapping == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_batch found = {0};
    if (st == REB_OK) st = reb_batch_find(&found, m->store, m->hash, m->plan->source, mapping, m->arena, err);
    if (st != REB_OK) return st;
    m->batch = (reb_batch){.source = m->plan->source,
                           .file_name = m->out->file_name,
                           .file_hash = m->hash,
                           .format = m->plan->profile,
                           .mapping = mapping,
                           .state = "running",
                           .file_bytes = m->info->total_bytes,
                           .started_us = reb_clock_now(m->opt->clock)};
    if (found.batch_id == 0) return REB_OK;
    if (strcmp(found.state, "done") == 0) {
        m->out->known_batch_id = found.batch_id;
        reb_import_state_parse(NULL, &m->out->counts, found.counts);
        *finished = true;
        return REB_OK;
    }
    if (m->opt->dry_run || !reb_import_state_parse(&m->state, NULL, found.counts)) return REB_OK;
    m->batch.batch_id = found.batch_id;
    m->batch.started_us = found.started_us;
    m->state.mark.record = found.resume_record;
    m->committed = m->state;
    m->batch_written = true;
    m->rows_before = m->state.build.rows;
    m->out->resumed_after = m->state.build.rows;
    return REB_OK;
}

/* Runs inside the chunk's transaction: the batch knows what was committed, to the row. */
static reb_status keep_in_step(reb_store *s, const reb_ingest_counts *added, void *ctx, reb_err *err) {
    importing *m = ctx;
    reb_import_state after = m->state;
    int64_t *a = (int64_t *)(void *)&after.ingest;
    const int64_t *b = (const int64_t *)(const void *)added;
    for (size_t i = 0; i < sizeof after.ingest / sizeof *a; i++) a[i] += b[i];
    reb_buf text = {0};
    reb_json w = {.out = &text};
    reb_import_state_json(&w, &after, true);
    m->batch.counts = reb_buf_cstr(&text);
    m->batch.resume_record = after.mark.record;
    reb_status st = text.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : reb_batch_put(s, &m->batch, err);
    m->batch.counts = NULL;
    reb_buf_free(&text);
    return st;
}

static reb_status put_state(reb_store *s, void *ctx, reb_err *err) {
    importing *m = ctx;
    reb_buf text = {0};
    reb_json w = {.out = &text};
    reb_import_state_json(&w, &m->committed, strcmp(m->batch.state, "done") != 0);
    m->batch.counts = reb_buf_cstr(&text);
    m->batch.resume_record = m->committed.mark.record;
    reb_status st = text.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : reb_batch_put(s, &m->batch, err);
    m->batch.counts = NULL;
    reb_buf_free(&text);
    return st;
}

static reb_status drop_batch(reb_store *s, void *ctx, reb_err *err) {
    return reb_batch_drop(s, ((importing *)ctx)->batch.batch_id, err);
}

/* ---- the second reading
 * ------------------------------------------------------------------------------------------------------------------- */

static reb_status flush(importing *m, reb_sheet_mark mark, reb_err *err) {
    reb_ingest_chunk chunk;
    const reb_reject_row *rejects = NULL;
    size_t n_rejects = 0;
    reb_status st = reb_builder_take(&chunk, &rejects, &n_rejects, m->builder, err);
    if (st == REB_OK && !m->opt->dry_run) st = reb_rejects_add(&m->rejects, m->plan, m->info, rejects, n_rejects, err);
    if (st != REB_OK) return st;
    m->state.mark = mark;
    m->state.build = *reb_builder_counts(m->builder);
    m->state.rejects_bytes = m->rejects.bytes;
    st = reb_ingest_write(m->ingest, &chunk, &m->state.ingest, m->opt->dry_run ? NULL : keep_in_step, m, &m->work, err);
    reb_arena_reset(&m->work);
    if (st != REB_OK) return st;
    reb_builder_reset(m->builder);
    m->committed = m->state;
    m->batch_written = !m->opt->dry_run;
    return REB_OK;
}

static reb_status read_and_write(importing *m, reb_err *err) {
    int64_t chunk_rows = m->opt->chunk_rows > 0 ? m->opt->chunk_rows : CHUNK_ROWS;
    int64_t seen = 0;
    for (;;) {
        reb_sheet_mark mark = reb_sheet_tell(m->sheet);
        const reb_sheet_record *rec = NULL;
        reb_status st = reb_sheet_next(&rec, m->sheet, err);
        if (st != REB_OK) return st;
        bool full = (int64_t)reb_builder_rows(m->builder) >= chunk_rows || reb_builder_bytes(m->builder) >= CHUNK_BYTES;
        if (rec != NULL && full && reb_builder_at_boundary(m->builder, rec)) {
            st = flush(m, mark, err);
            if (st != REB_OK) return st;
            tell(m, reb_builder_counts(m->builder)->rows, false);
        }
        if (seen++ % LOOK_EVERY == 0) tell(m, reb_builder_counts(m->builder)->rows, false);
        if (m->stop)
            return reb_fail(err, REB_E_INTERRUPTED, "Stopped after %" PRId64 " rows; what was written until then is whole.",
                            m->committed.build.rows);
        st = reb_builder_row(m->builder, rec, err);
        if (st != REB_OK) return st;
        if (rec == NULL) return flush(m, mark, err);
    }
}

static reb_status prepare_writing(importing *m, reb_err *err) {
    reb_status st = open_sheet(m, err);
    if (st == REB_OK && m->state.mark.record > 0) st = reb_sheet_resume(m->sheet, m->state.mark, err);
    if (st == REB_OK) st = reb_builder_open(&m->builder, m->plan, m->info, m->plan->business_currency, reb_clock_now(m->opt->clock), err);
    if (st != REB_OK) return st;
    *reb_builder_counts(m->builder) = m->state.build;
    if (m->batch.batch_id == 0) m->batch.batch_id = reb_id_next(m->ids);
    reb_ingest_setup setup = {.source = m->plan->source,
                              .business = m->business,
                              .batch_id = m->batch.batch_id,
                              .clock = m->opt->clock,
                              .ids = m->ids,
                              .dry = m->opt->dry_run};
    st = reb_ingest_open(&m->ingest, m->store, &setup, err);
    int64_t met = 0; /* a run that was killed had not yet counted those of its last chunk */
    if (st == REB_OK && m->batch_written && m->rows_before > 0) st = reb_ingest_recall(&met, m->ingest, m->batch.batch_id, err);
    if (met > m->state.ingest.customers_seen) m->state.ingest.customers_seen = m->committed.ingest.customers_seen = met;
    if (st == REB_OK) st = reb_rejects_open(&m->rejects, m->rejects_path, m->state.rejects_bytes, err);
    return st;
}

static bool nothing_new(const reb_ingest_counts *c) {
    return c->orders == 0 && c->order_parts == 0 && c->order_changes == 0 && c->refunds == 0 && c->cancellations == 0 && c->payments == 0 &&
           c->attempts == 0 && c->tickets == 0 && c->events == 0 && c->promises == 0 && c->deliveries == 0 && c->customers_new == 0 &&
           c->identities == 0 && c->facts == 0;
}

static reb_status finish(importing *m, reb_err *err) {
    if (m->opt->dry_run) return REB_OK;
    if (nothing_new(&m->committed.ingest)) {
        reb_status st = reb_store_write(m->store, drop_batch, m, err);
        m->batch.batch_id = 0;
        return st;
    }
    m->batch.state = "done";
    m->batch.finished_us = reb_clock_now(m->opt->clock);
    return reb_store_write(m->store, put_state, m, err);
}

/* The result tells what is in the store, also when the import did not come to its end. */
static void fill_result(importing *m) {
    reb_import_result *r = m->out;
    reb_import_state *s = m->opt->dry_run ? &m->state : &m->committed;
    if (m->builder != NULL) {
        reb_import_counts_of(&r->counts, s);
        reb_builder_faults(r, m->builder, &s->build, m->arena);
        reb_builder_samples(r, m->builder, m->arena);
        size_t n = 0;
        const reb_status_seen *seen = reb_builder_statuses(m->builder, &n);
        reb_import_status_remarks(m->plan, seen, n);
        if (s->build.phones_local > 0)
            reb_plan_remark(m->plan, m->plan->country[0] != '\0' ? "phones_foreign" : "phones_no_country", "count:d",
                            m->plan->country[0] != '\0'
                                ? "Telephone numbers that are none of any country's, nor of the business's (%" PRId64
                                  "): kept by their digits."
                                : "Telephone numbers without a country's code (%" PRId64
                                  "): kept by their digits, because neither the time zone nor the currency of the "
                                  "business tells its country.",
                            s->build.phones_local);
        if (s->build.later > 0)
            reb_plan_remark(m->plan, "later", "count:d",
                            "Orders dated later than today (%" PRId64 "): they count from their day on. Is the year right?",
                            s->build.later);
        if (s->ingest.orders > 0 && m->plan->records == REB_RECORDS_ORDERS && !reb_plan_has(m->plan, REB_ROLE_TOTAL) &&
            !reb_plan_has(m->plan, REB_ROLE_AMOUNT) && !reb_plan_has(m->plan, REB_ROLE_PRICE) &&
            !reb_plan_has(m->plan, REB_ROLE_LINE_AMOUNT))
            reb_plan_remark(m->plan, "no_amount_column", "",
                            "No column tells an amount: who drifts away can be found, but not what is at stake. If one does, say "
                            "amount = its name in a mapping.");
        if (s->build.without_amount > 0)
            reb_plan_remark(m->plan, "without_amount", "count:d", "Orders without an amount (%" PRId64 "): purchases of no value.",
                            s->build.without_amount);
        if (s->build.rounded > 0)
            reb_plan_remark(m->plan, "rounded", "count:d", "Amounts with more decimals than their currency has (%" PRId64 "): rounded.",
                            s->build.rounded);
        r->batch_id = m->batch_written && !m->opt->dry_run ? m->batch.batch_id : 0;
        r->rejects_path = s->build.rejected_rows > 0 && !m->opt->dry_run ? m->rejects_path : NULL;
    }
    if (m->plan != NULL && m->info != NULL && r->columns == NULL) {
        r->map_text = reb_map_write(m->plan, m->info);
        describe(m);
    }
    r->elapsed_us = reb_monotonic_us() - m->began_us;
}

static void set_names(importing *m) {
    const char *path = m->opt->path;
    const char *slash = strrchr(path, '/');
    const char *name = m->opt->shown_name != NULL ? m->opt->shown_name : slash != NULL ? slash + 1 : path;
    m->out->file_name = reb_arena_strdup(m->arena, name);
    const char *rejects = m->opt->rejects_path;
    m->rejects_path = rejects != NULL && *rejects == '\0' ? reb_arena_printf(m->arena, "%s.rejects.csv", path) : rejects;
    m->ids = m->opt->ids;
    if (m->ids == NULL) {
        m->own_ids = (reb_ids){.clock = reb_clock_system(), .node = sodium_init() >= 0 ? randombytes_uniform(1024) : 0};
        m->ids = &m->own_ids;
    }
}

/* Complaints that came from an address before its customer was known are theirs now. */
static reb_status give_cases(importing *m, reb_err *err) {
    if (m->opt->dry_run || m->committed.ingest.identities + m->committed.ingest.customers_new == 0) return REB_OK;
    const reb_case_by by = {.business = m->business, .ids = m->ids, .now_us = reb_clock_now(m->opt->clock), .who = "rule"};
    int64_t found = 0;
    return reb_case_find_owners(&found, m->store, &by, err);
}

static reb_status write_all(importing *m, reb_err *err) {
    bool finished = false;
    reb_status st = REB_OK;
    if (!m->opt->dry_run) st = reb_lease_take(&m->lease, m->store, "import", err);
    if (st == REB_E_BUSY) {
        reb_fail(err, REB_E_BUSY, "Another import into this database is running.");
        reb_err_next(err, "Wait until it has finished, then import again.");
    }
    if (st == REB_OK) st = find_batch(m, &finished, err);
    if (st != REB_OK || finished) return st;
    st = adopt_currency(m, err);
    if (st == REB_OK) st = prepare_writing(m, err);
    if (st != REB_OK) return st;
    enter(m, REB_IMPORT_WRITING);
    st = read_and_write(m, err);
    if (st == REB_E_INTERRUPTED) m->out->interrupted = true;
    reb_status closed = reb_rejects_close(&m->rejects, st == REB_OK ? err : NULL);
    if (st == REB_OK) st = closed;
    if (st == REB_OK) {
        st = finish(m, err);
        if (st == REB_OK) st = give_cases(m, err);
        tell(m, m->committed.build.rows, true);
    } else if (m->batch_written && !m->opt->dry_run) {
        if (st != REB_E_INTERRUPTED && m->committed.build.rows > 0)
            reb_err_next(err,
                         "The first %" PRId64
                         " rows are stored, whole. When this is mended, import the same file again: it goes on after them.",
                         m->committed.build.rows);
        m->batch.state = "interrupted";
        reb_store_write(m->store, put_state, m, NULL);
    }
    return st;
}

/* Whoever sent the file knows it by its name; where it lies here is nobody's business. */
static void hide_path(const reb_import_options *opt, reb_err *err) {
    const char *at = err != NULL && opt->shown_name != NULL ? strstr(err->detail, opt->path) : NULL;
    if (at == NULL) return;
    char text[sizeof err->detail];
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - err->detail), err->detail, opt->shown_name, at + strlen(opt->path));
    memcpy(err->detail, text, sizeof err->detail);
}

reb_status reb_import_run(reb_import_result *out, reb_store *s, const reb_import_options *opt, reb_arena *arena, reb_err *err) {
    memset(out, 0, sizeof *out);
    out->dry_run = opt->dry_run;
    importing m = {.out = out, .opt = opt, .store = s, .arena = arena, .began_us = reb_monotonic_us(), .work = {.block_bytes = 1 << 20}};
    reb_status st = s != NULL || opt->dry_run ? REB_OK : reb_fail(err, REB_E_INTERNAL, "An import needs a database.");
    if (st == REB_OK) {
        set_names(&m);
        st = look(&m, err);
    }
    if ((st == REB_OK || st == REB_E_INPUT) && arena->failed)
        st = reb_fail(err, REB_E_MEMORY, "No memory left to understand the file; nothing was written.");
    if (st == REB_OK && opt->look_rows == 0) st = write_all(&m, err);
    if (st != REB_OK) hide_path(opt, err);
    fill_result(&m);
    reb_rejects_close(&m.rejects, NULL);
    reb_ingest_close(m.ingest);
    reb_builder_close(m.builder);
    reb_lease_end(m.lease);
    reb_sheet_close(m.sheet);
    reb_business_free(m.business);
    reb_zone_close(m.zone);
    reb_zone_close(m.utc);
    reb_arena_free(&m.work);
    return st;
}

reb_status reb_import_look(reb_import_result *out, reb_store *s, const reb_import_options *opt, reb_arena *arena, reb_err *err) {
    enum { ROWS = 2000 };
    reb_import_options look_only = *opt;
    look_only.dry_run = true;
    look_only.look_rows = opt->look_rows > 0 ? opt->look_rows : ROWS;
    return reb_import_run(out, s, &look_only, arena, err);
}

reb_status reb_import_preview(reb_import_result *out, reb_store *s, const reb_import_options *opt, reb_arena *arena, reb_err *err) {
    reb_import_options dry = *opt;
    dry.dry_run = true;
    return reb_import_run(out, s, &dry, arena, err);
}

reb_status reb_import_list(const reb_import_batch **out, size_t *n, reb_store *s, reb_arena *arena, reb_err *err) {
    reb_batch *rows = NULL;
    *out = NULL;
    reb_status st = reb_batch_list(&rows, n, s, arena, err);
    if (st != REB_OK) return st;
    reb_import_batch *list = reb_arena_zalloc(arena, *n + 1, sizeof *list);
    if (list == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    bool any_running = false;
    for (size_t i = 0; i < *n; i++) {
        const reb_batch *b = &rows[i];
        list[i] = (reb_import_batch){.batch_id = b->batch_id,
                                     .source = b->source,
                                     .file_name = b->file_name,
                                     .format = b->format,
                                     .state = b->state,
                                     .file_bytes = b->file_bytes,
                                     .counts_json = b->counts,
                                     .started_us = b->started_us,
                                     .finished_us = b->finished_us};
        any_running |= strcmp(b->state, "running") == 0;
    }
    if (any_running) { /* one that was killed still says "running"; whoever runs holds the lease */
        reb_lease *lease = NULL;
        bool runs = reb_lease_take(&lease, s, "import", NULL) != REB_OK;
        reb_lease_end(lease);
        for (size_t i = 0; i < *n && !runs; i++)
            if (strcmp(list[i].state, "running") == 0) list[i].state = "interrupted";
    }
    *out = list;
    return REB_OK;
}

reb_status reb_import_undo(reb_import_undone *out, reb_store *s, int64_t batch_id, reb_clock clock, reb_arena *arena, reb_err *err) {
    memset(out, 0, sizeof *out);
    reb_lease *lease = NULL;
    reb_business *business = NULL;
    reb_batch_undone u = {0};
    reb_status st = reb_lease_take(&lease, s, "import", err);
    if (st == REB_OK) st = reb_business_load(&business, s, err);
    if (st == REB_OK) st = reb_batch_undo(&u, s, business, batch_id, reb_clock_now(clock), arena, err);
    if (st == REB_OK)
        *out = (reb_import_undone){.events = u.events,
                                   .lines = u.lines,
                                   .customers = u.customers,
                                   .cases = u.cases,
                                   .facts = u.facts,
                                   .customers_kept = u.customers_kept,
                                   .file_name = u.file_name};
    reb_business_free(business);
    reb_lease_end(lease);
    return st;
}
