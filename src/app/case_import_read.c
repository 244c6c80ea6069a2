/* The file: rows gathered by case, each with its time. */
#include "case_import_internal.h"

#include "../sheet/sheet.h"
#include "../text/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const reb_log_role k_dates[] = {REB_LOG_TIME,    REB_LOG_OPENED,       REB_LOG_ACKNOWLEDGED, REB_LOG_ANSWERED,
                                       REB_LOG_DECIDED, REB_LOG_COMMUNICATED, REB_LOG_CLOSED,       REB_LOG_REOPENED};
enum { DATES = sizeof k_dates / sizeof k_dates[0], UNKNOWN_SHOWN = 8, LINE_MOST = 300, TEXT_MOST = 65536 };

typedef struct reader {
    reb_log_table *t;
    reb_case_import_out *out;
    const reb_log_map *m;
    const reb_case_import_in *in;
    reb_zone *zone; /* owned; NULL: the business's */
    int column[REB_LOG_ROLES];
    reb_date_format date[REB_LOG_ROLES];
    char unknown[UNKNOWN_SHOWN][64]; /* activities of which nothing is said */
    int unknown_count;
} reader;

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

void reb_log_free(reb_log_table *t) {
    free(t->cases);
    free(t->entries);
    free(t->slots);
    reb_arena_free(&t->arena);
}

static reb_slice cell(const reader *r, const reb_sheet_record *rec, reb_log_role role) {
    int c = r->column[role];
    return c >= 0 && (size_t)c < rec->n_fields ? reb_slice_trim(rec->fields[c]) : (reb_slice){"", 0};
}

static reb_status open_sheet(reb_sheet **out, const reb_case_import_in *in, reb_err *err) {
    reb_sheet_options opt = {.header = REB_HEADER_YES};
    if (in->encoding != NULL) opt.encoding = reb_encoding_from_name(in->encoding);
    if (in->encoding != NULL && opt.encoding == REB_ENC_AUTO)
        return reb_fail(err, REB_E_INPUT, "The encoding \"%.40s\" is not known.", in->encoding);
    return reb_sheet_open(out, in->path, &opt, err);
}

static reb_status find_columns(reader *r, const reb_sheet *sheet, reb_err *err) {
    const reb_sheet_info *info = reb_sheet_get_info(sheet);
    for (int k = 0; k < REB_LOG_ROLES; k++) {
        r->column[k] = -1;
        if (r->m->column[k] == NULL) continue;
        r->column[k] = reb_sheet_column(sheet, r->m->column[k]);
        if (r->column[k] >= 0) continue;
        char names[180] = "";
        size_t n = 0;
        for (size_t i = 0; i < info->n_columns && n + 2 < sizeof names; i++) {
            int wrote = snprintf(names + n, sizeof names - n, "%s%.*s", i > 0 ? ", " : "",
                                 (int)(info->names[i].len < 40 ? info->names[i].len : 40), info->names[i].ptr);
            n += wrote > 0 ? (size_t)wrote : 0;
        }
        reb_fail(err, REB_E_INPUT, "The file has no column \"%.60s\", which the mapping takes for %s.", r->m->column[k],
                 reb_log_role_name((reb_log_role)k));
        reb_err_next(err, "It has: %s", names);
        return REB_E_INPUT;
    }
    return REB_OK;
}

/* One program wrote all columns: what one of them shows holds for those that do not show it. */
static reb_status decide_dates(reader *r, const reb_date_evidence *evidence, reb_err *err) {
    reb_date_order shown = r->m->order;
    for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k < DATES; k++) {
            reb_log_role role = k_dates[k];
            if (r->column[role] < 0) continue;
            reb_date_verdict v = reb_date_decide(&evidence[k], shown, true);
            r->date[role] = v.format;
            if (pass == 0) {
                if (shown == REB_ORDER_UNKNOWN && v.is_date && !v.order_ambiguous && v.format.order != REB_ORDER_YMD)
                    shown = v.format.order;
                continue;
            }
            if (shown != REB_ORDER_UNKNOWN) {
                if (v.order_ambiguous || r->m->order != REB_ORDER_UNKNOWN) r->date[role].order = shown;
            } else if (v.is_date && v.order_ambiguous) {
                reb_fail(err, REB_E_INPUT, "Dates of column \"%.60s\" can be read in two ways: %.40s.", r->m->column[role],
                         evidence[k].example);
                reb_err_next(err, "Say in the mapping: dates = dmy, or dates = mdy");
                return REB_E_INPUT;
            }
        }
    return REB_OK;
}

/* The first reading: which of day and month stands first. */
static reb_status look_at_dates(reader *r, reb_err *err) {
    reb_date_evidence *evidence = calloc(DATES, sizeof *evidence);
    reb_sheet *sheet = NULL;
    const reb_sheet_record *rec = NULL;
    reb_status st = evidence == NULL ? no_memory(err) : open_sheet(&sheet, r->in, err);
    if (st == REB_OK) st = find_columns(r, sheet, err);
    while (st == REB_OK && (st = reb_sheet_next(&rec, sheet, err)) == REB_OK && rec != NULL) {
        if (rec->number > REB_LOG_ROWS_MOST)
            st = reb_fail(err, REB_E_LIMIT, "The log has more than %d rows; cut it in parts, by case.", REB_LOG_ROWS_MOST);
        for (int k = 0; k < DATES && st == REB_OK; k++) {
            reb_slice v = cell(r, rec, k_dates[k]);
            if (v.len > 0) reb_date_evidence_add(&evidence[k], v.ptr, v.len);
        }
    }
    reb_sheet_close(sheet);
    if (st == REB_OK) st = decide_dates(r, evidence, err);
    free(evidence);
    return st;
}

/* ---- the second reading ---- */

static void refuse(reader *r, int64_t line, const char *reason, reb_slice value) {
    r->out->refused++;
    if (r->out->fault_count == REB_LOG_FAULTS) return;
    reb_case_import_fault *f = &r->out->faults[r->out->fault_count++];
    f->line = line;
    f->reason = reason;
    snprintf(f->value, sizeof f->value, "%.*s", (int)(value.len < sizeof f->value - 1 ? value.len : sizeof f->value - 1), value.ptr);
}

static reb_status rehash(reb_log_table *t, reb_err *err) {
    int64_t count = t->slot_count == 0 ? 1024 : 2 * t->slot_count;
    int64_t *slots = calloc((size_t)count, sizeof *slots);
    if (slots == NULL) return no_memory(err);
    for (int64_t i = 0; i < t->case_count; i++) {
        int64_t at = (int64_t)(reb_hash64(1, t->cases[i].id, strlen(t->cases[i].id)) & (uint64_t)(count - 1));
        while (slots[at] != 0) at = (at + 1) & (count - 1);
        slots[at] = i + 1;
    }
    free(t->slots);
    t->slots = slots;
    t->slot_count = count;
    return REB_OK;
}

static reb_status case_of(int64_t *number, reb_log_table *t, reb_slice id, reb_err *err) {
    if (t->slot_count < 2 * (t->case_count + 1)) {
        reb_status st = rehash(t, err);
        if (st != REB_OK) return st;
    }
    int64_t at = (int64_t)(reb_hash64(1, id.ptr, id.len) & (uint64_t)(t->slot_count - 1));
    for (; t->slots[at] != 0; at = (at + 1) & (t->slot_count - 1)) {
        *number = t->slots[at] - 1;
        if (reb_slice_is(id, t->cases[*number].id)) return REB_OK;
    }
    if (t->case_count == t->case_room) {
        int64_t room = t->case_room == 0 ? 1024 : 2 * t->case_room;
        reb_log_case *more = realloc(t->cases, (size_t)room * sizeof *more);
        if (more == NULL) return no_memory(err);
        t->cases = more;
        t->case_room = room;
    }
    *number = t->case_count;
    t->cases[t->case_count] = (reb_log_case){.id = reb_arena_strndup(&t->arena, id.ptr, id.len)};
    if (t->cases[t->case_count].id == NULL) return no_memory(err);
    t->slots[at] = ++t->case_count;
    return REB_OK;
}

static reb_status add_entry(reb_log_table *t, const reb_log_entry *e, reb_err *err) {
    if (t->entry_count == t->entry_room) {
        int64_t room = t->entry_room == 0 ? 1024 : 2 * t->entry_room;
        reb_log_entry *more = realloc(t->entries, (size_t)room * sizeof *more);
        if (more == NULL) return no_memory(err);
        t->entries = more;
        t->entry_room = room;
    }
    t->entries[t->entry_count++] = *e;
    return REB_OK;
}

static reb_status keep_values(reader *r, int64_t number, const reb_sheet_record *rec, reb_err *err) {
    reb_log_case *c = &r->t->cases[number];
    for (int k = REB_LOG_KIND; k < REB_LOG_ROLES; k++) {
        reb_slice v = cell(r, rec, (reb_log_role)k);
        size_t most = k == REB_LOG_TEXT || k == REB_LOG_SOUGHT ? TEXT_MOST : LINE_MOST;
        if (v.len == 0 || c->value[k] != NULL) continue;
        c->value[k] = reb_arena_strndup(&r->t->arena, v.ptr, reb_utf8_cut(v.ptr, v.len, most));
        if (c->value[k] == NULL) return no_memory(err);
    }
    return REB_OK;
}

/* False with the row refused. */
static bool read_time(int64_t *at_us, reader *r, const reb_sheet_record *rec, reb_log_role role, reb_slice v) {
    reb_date d;
    reb_err why = {0};
    const reb_zone *zone = r->zone != NULL ? r->zone : r->in->business->zone;
    if (reb_date_parse(&d, v.ptr, v.len, &r->date[role], zone, &why) != REB_OK) {
        refuse(r, rec->line, "no date", v);
        return false;
    }
    if (d.time_us > r->in->now_us) {
        refuse(r, rec->line, "lies in the future", v);
        return false;
    }
    *at_us = d.time_us;
    return true;
}

static void note_unknown(reader *r, reb_slice v) {
    for (int i = 0; i < r->unknown_count; i++)
        if (reb_slice_is(v, r->unknown[i])) return;
    if (r->unknown_count < UNKNOWN_SHOWN && v.len < sizeof r->unknown[0])
        snprintf(r->unknown[r->unknown_count++], sizeof r->unknown[0], "%.*s", (int)v.len, v.ptr);
}

static reb_status read_event(reader *r, const reb_sheet_record *rec, reb_slice id, reb_err *err) {
    reb_slice v = cell(r, rec, REB_LOG_ACTIVITY);
    reb_slice text = cell(r, rec, REB_LOG_TEXT);
    reb_log_entry e = {.order = rec->number * 16};
    char value[512];
    if (v.len >= sizeof value) {
        refuse(r, rec->line, "activity too long", v);
        return REB_OK;
    }
    memcpy(value, v.ptr, v.len);
    value[v.len] = '\0';
    if (!read_time(&e.at_us, r, rec, REB_LOG_TIME, cell(r, rec, REB_LOG_TIME))) return REB_OK;
    const reb_log_on *on = reb_log_activity(r->m, value);
    if (on == NULL) {
        note_unknown(r, v);
        return REB_OK;
    }
    reb_status st = case_of(&e.case_no, r->t, id, err);
    if (st == REB_OK) st = keep_values(r, e.case_no, rec, err);
    if (st != REB_OK) return st;
    memcpy(e.step, on->step, sizeof e.step);
    e.step_count = on->count;
    if (text.len > 0) e.text = reb_arena_strndup(&r->t->arena, text.ptr, reb_utf8_cut(text.ptr, text.len, TEXT_MOST));
    return add_entry(r->t, &e, err);
}

static reb_status read_whole(reader *r, const reb_sheet_record *rec, reb_slice id, reb_err *err) {
    static const reb_case_event_kind kinds[] = {REB_CASE_OPENED,       REB_CASE_ACKNOWLEDGED, REB_CASE_MESSAGE_OUT, REB_CASE_DECIDED,
                                                REB_CASE_COMMUNICATED, REB_CASE_CLOSED,       REB_CASE_REOPENED};
    int64_t at[DATES];
    int64_t number = 0;
    for (int k = 1; k < DATES; k++) { /* all of the row, or nothing */
        reb_slice v = cell(r, rec, k_dates[k]);
        at[k] = INT64_MIN;
        if (v.len > 0 && !read_time(&at[k], r, rec, k_dates[k], v)) return REB_OK;
    }
    if (at[1] == INT64_MIN) {
        refuse(r, rec->line, "not opened", (reb_slice){"", 0});
        return REB_OK;
    }
    reb_status st = case_of(&number, r->t, id, err);
    if (st == REB_OK) st = keep_values(r, number, rec, err);
    for (int k = 1; k < DATES && st == REB_OK; k++) {
        if (at[k] == INT64_MIN) continue;
        reb_log_entry e = {.case_no = number, .at_us = at[k], .order = rec->number * 16 + k, .step_count = 1};
        e.step[0] = (reb_log_step){.kind = kinds[k - 1], .word = ""};
        st = add_entry(r->t, &e, err);
    }
    return st;
}

static reb_status unknown_activities(const reader *r, reb_err *err) {
    char list[240] = "";
    size_t n = 0;
    for (int i = 0; i < r->unknown_count && n < sizeof list - 70; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s\"%s\"", i > 0 ? ", " : "", r->unknown[i]);
    reb_fail(err, REB_E_INPUT, "Nothing says what these activities mean: %s.", list);
    reb_err_next(err, "Say in the mapping: on VALUE = EVENT, or on otherwise = nothing");
    return REB_E_INPUT;
}

static int by_time(const void *x, const void *y) {
    const reb_log_entry *a = x;
    const reb_log_entry *b = y;
    if (a->case_no != b->case_no) return a->case_no < b->case_no ? -1 : 1;
    if (a->at_us != b->at_us) return a->at_us < b->at_us ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

reb_status reb_log_read(reb_log_table *t, reb_case_import_out *out, const reb_log_map *m, const reb_case_import_in *in, reb_err *err) {
    reader *r = calloc(1, sizeof *r);
    reb_sheet *sheet = NULL;
    const reb_sheet_record *rec = NULL;
    if (r == NULL) return no_memory(err);
    *r = (reader){.t = t, .out = out, .m = m, .in = in};
    reb_status st = m->timezone != NULL ? reb_zone_open(&r->zone, m->timezone, err) : REB_OK;
    if (st == REB_OK) st = look_at_dates(r, err);
    if (st == REB_OK) st = open_sheet(&sheet, in, err);
    while (st == REB_OK && (st = reb_sheet_next(&rec, sheet, err)) == REB_OK && rec != NULL) {
        reb_slice id = cell(r, rec, REB_LOG_CASE);
        out->rows++;
        if (id.len == 0 || id.len > 200)
            refuse(r, rec->line, "no case", id);
        else
            st = m->column[REB_LOG_ACTIVITY] != NULL ? read_event(r, rec, id, err) : read_whole(r, rec, id, err);
    }
    if (st == REB_OK && r->unknown_count > 0) st = unknown_activities(r, err);
    if (st == REB_OK && t->entry_count > 0) qsort(t->entries, (size_t)t->entry_count, sizeof *t->entries, by_time);
    if (st == REB_OK && t->arena.failed) st = no_memory(err);
    out->cases = t->case_count;
    reb_sheet_close(sheet);
    reb_zone_close(r->zone);
    free(r);
    return st;
}
