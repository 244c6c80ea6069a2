#include "case_map.h"

#include "../rule/case_state.h"
#include "../text/slice.h"
#include "../text/utf8.h"

#include <string.h>

static const char *const k_role[REB_LOG_ROLES] = {[REB_LOG_CASE] = "case",
                                                  [REB_LOG_TIME] = "time",
                                                  [REB_LOG_ACTIVITY] = "activity",
                                                  [REB_LOG_OPENED] = "opened",
                                                  [REB_LOG_ACKNOWLEDGED] = "acknowledged",
                                                  [REB_LOG_ANSWERED] = "answered",
                                                  [REB_LOG_DECIDED] = "decided",
                                                  [REB_LOG_COMMUNICATED] = "communicated",
                                                  [REB_LOG_CLOSED] = "closed",
                                                  [REB_LOG_REOPENED] = "reopened",
                                                  [REB_LOG_KIND] = "kind",
                                                  [REB_LOG_OUTCOME] = "outcome",
                                                  [REB_LOG_CAUSE] = "cause",
                                                  [REB_LOG_CHANNEL] = "channel",
                                                  [REB_LOG_SEVERITY] = "severity",
                                                  [REB_LOG_LANGUAGE] = "language",
                                                  [REB_LOG_SUBJECT] = "subject",
                                                  [REB_LOG_TEXT] = "text",
                                                  [REB_LOG_SOUGHT] = "sought",
                                                  [REB_LOG_NAME] = "name",
                                                  [REB_LOG_EMAIL] = "email",
                                                  [REB_LOG_PHONE] = "phone",
                                                  [REB_LOG_ORDER] = "order"};

const char *reb_log_role_name(reb_log_role r) {
    return k_role[r];
}

/* Events that a log may tell. */
static const struct {
    reb_case_event_kind kind;
    const char *usual; /* NULL: the word must be told */
} k_events[] = {{REB_CASE_OPENED, "import"},
                {REB_CASE_ACKNOWLEDGED, "person"},
                {REB_CASE_MESSAGE_IN, "import"},
                {REB_CASE_MESSAGE_OUT, "import"},
                {REB_CASE_NOTE, ""},
                {REB_CASE_WAITING, "customer"},
                {REB_CASE_RESUMED, ""},
                {REB_CASE_DECIDED, ""},
                {REB_CASE_COMMUNICATED, "person"},
                {REB_CASE_REFERRED, "other"},
                {REB_CASE_CLOSED, ""},
                {REB_CASE_REOPENED, "person"}};

const char *reb_log_usual_word(reb_case_event_kind kind) {
    for (size_t i = 0; i < sizeof k_events / sizeof k_events[0]; i++)
        if (k_events[i].kind == kind) return k_events[i].usual;
    return "";
}

typedef struct reading {
    reb_log_map *m;
    reb_arena *a;
    int64_t line;
    reb_err *err;
} reading;

static reb_status wrong(const reading *r, const char *next, const char *what, reb_slice text) {
    reb_fail(r->err, REB_E_INPUT, "Line %lld of the mapping: \"%.*s\" %s.", (long long)r->line, (int)(text.len < 60 ? text.len : 60),
             text.ptr, what);
    reb_err_next(r->err, "%s", next);
    return REB_E_INPUT;
}

static bool find_role(reb_log_role *out, reb_slice name) {
    for (int k = 0; k < REB_LOG_ROLES; k++)
        if (reb_slice_is(name, k_role[k])) {
            *out = (reb_log_role)k;
            return true;
        }
    return false;
}

static const char *keep(const reading *r, reb_slice s) {
    return reb_arena_strndup(r->a, s.ptr, s.len);
}

/* Columns whose values are words of ours; those of `kind` and `cause` the business has of its own. */
static const char *const *words_of_role(reb_log_role role) {
    switch (role) {
        case REB_LOG_OUTCOME: return reb_case_outcomes;
        case REB_LOG_CHANNEL: return reb_case_channels;
        case REB_LOG_SEVERITY: return reb_case_severities;
        default: return NULL;
    }
}

static bool has_codes(reb_log_role role) {
    return role == REB_LOG_KIND || role == REB_LOG_OUTCOME || role == REB_LOG_CAUSE || role == REB_LOG_CHANNEL ||
           role == REB_LOG_SEVERITY || role == REB_LOG_LANGUAGE;
}

static reb_status read_step(reb_log_step *out, const reading *r, reb_slice text) {
    size_t n = 0;
    reb_case_event_kind kind = REB_CASE_EVENT_KINDS;
    while (n < text.len && text.ptr[n] != ' ') n++;
    reb_slice name = {text.ptr, n};
    reb_slice word = reb_slice_trim((reb_slice){text.ptr + n, text.len - n});
    for (size_t i = 0; i < sizeof k_events / sizeof k_events[0]; i++)
        if (reb_slice_is(name, reb_case_event_name(k_events[i].kind))) kind = k_events[i].kind;
    if (reb_slice_is(name, "answered")) kind = REB_CASE_MESSAGE_OUT;
    if (kind == REB_CASE_EVENT_KINDS)
        return wrong(
            r,
            "There are opened, acknowledged, message_in, message_out, note, waiting, resumed, decided, communicated, referred, closed, "
            "reopened, and nothing.",
            "is no event", name);
    out->kind = kind;
    out->word = keep(r, word);
    if (out->word == NULL) return reb_fail(r->err, REB_E_MEMORY, "No memory left.");
    if (word.len == 0 || kind == REB_CASE_CLOSED) return REB_OK;
    /* The same judge as for every other event, on a case to which anything may happen. */
    reb_case_state any = {.stage = REB_STAGE_INVESTIGATING, .outcome = ""};
    if (kind == REB_CASE_OPENED) any.stage = REB_STAGE_NONE;
    reb_case_event e = {.kind = kind, .word = out->word};
    reb_err why = {0};
    if (reb_case_may(&any, &e, &why) == REB_E_INPUT) return wrong(r, why.next, "is no word for it", word);
    return REB_OK;
}

static reb_status read_on(const reading *r, reb_slice value, reb_slice text) {
    reb_log_on *on = &r->m->on[r->m->on_count];
    *on = (reb_log_on){.value = reb_slice_is(value, "otherwise") ? NULL : keep(r, value)};
    if (value.len == 0) return wrong(r, "Write: on VALUE = EVENT", "names no activity", value);
    if (!reb_slice_is(text, "nothing")) {
        while (text.len > 0) {
            const char *comma = memchr(text.ptr, ',', text.len);
            size_t n = comma == NULL ? text.len : (size_t)(comma - text.ptr);
            if (on->count == REB_LOG_STEPS_MOST) return wrong(r, "Six at most.", "are too many events", text);
            reb_status st = read_step(&on->step[on->count++], r, reb_slice_trim((reb_slice){text.ptr, n}));
            if (st != REB_OK) return st;
            text = comma == NULL ? (reb_slice){"", 0} : (reb_slice){comma + 1, text.len - n - 1};
        }
    }
    r->m->on_count++;
    return REB_OK;
}

static reb_status read_of(const reading *r, reb_log_role role, reb_slice value, bool otherwise, reb_slice code) {
    reb_log_of *of = &r->m->of[r->m->of_count];
    *of = (reb_log_of){.role = role, .value = otherwise ? NULL : keep(r, value), .code = keep(r, code)};
    if (of->code == NULL) return reb_fail(r->err, REB_E_MEMORY, "No memory left.");
    if (!has_codes(role))
        return wrong(r, "Values are translated for kind, outcome, cause, channel, severity and language.", "has no codes",
                     reb_slice_of(k_role[role]));
    const char *const *words = words_of_role(role);
    if (words != NULL && !reb_case_word_known(words, of->code))
        return wrong(r,
                     role == REB_LOG_OUTCOME   ? "They are upheld, partly, goodwill, not_upheld, withdrawn and duplicate."
                     : role == REB_LOG_CHANNEL ? "They are form, email, phone, shop, chat, api, cli and import."
                                               : "They are low, normal, high and critical.",
                     role == REB_LOG_OUTCOME   ? "is no outcome"
                     : role == REB_LOG_CHANNEL ? "is no channel"
                                               : "is no severity",
                     code);
    r->m->of_count++;
    return REB_OK;
}

static bool starts(reb_slice s, const char *word) {
    size_t n = strlen(word);
    return s.len > n && memcmp(s.ptr, word, n) == 0;
}

static reb_status read_option(bool *taken, const reading *r, reb_slice left, reb_slice right) {
    *taken = true;
    if (reb_slice_is(left, "dates")) {
        static const char *const words[] = {"ymd", "dmy", "mdy"};
        static const reb_date_order orders[] = {REB_ORDER_YMD, REB_ORDER_DMY, REB_ORDER_MDY};
        for (int k = 0; k < 3; k++)
            if (reb_slice_is(right, words[k])) {
                r->m->order = orders[k];
                return REB_OK;
            }
        return wrong(r, "It is dmy, mdy or ymd.", "is no order of dates", right);
    }
    if (reb_slice_is(left, "timezone")) {
        r->m->timezone = keep(r, right);
        return r->m->timezone == NULL ? reb_fail(r->err, REB_E_MEMORY, "No memory left.") : REB_OK;
    }
    *taken = false;
    return REB_OK;
}

/* "ROLE = COLUMN", "ROLE of VALUE = CODE", "ROLE otherwise = CODE", "on VALUE = EVENTS" */
static reb_status read_line(const reading *r, reb_slice line) {
    reb_log_role role = REB_LOG_ROLES;
    bool taken = false;
    /* The last " = " parts the sides: values of a log may hold any other sign. */
    size_t at = line.len;
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] == '=' && (at == line.len || (i > 0 && line.ptr[i - 1] == ' '))) at = i;
    if (at == line.len) return wrong(r, "Write: case = COLUMN", "has no =", line);
    reb_slice left = reb_slice_trim((reb_slice){line.ptr, at});
    reb_slice right = reb_slice_trim((reb_slice){line.ptr + at + 1, line.len - at - 1});
    for (size_t i = 1; i < right.len; i++) /* a remark after it */
        if (right.ptr[i] == '#' && right.ptr[i - 1] == ' ') right.len = i;
    right = reb_slice_trim(right);
    if (right.len == 0) return wrong(r, "Write: case = COLUMN", "says nothing after the =", line);
    if (starts(left, "on ")) return read_on(r, reb_slice_trim((reb_slice){left.ptr + 3, left.len - 3}), right);
    reb_status st = read_option(&taken, r, left, right);
    if (st != REB_OK || taken) return st;
    size_t n = 0;
    while (n < left.len && left.ptr[n] != ' ') n++;
    if (!find_role(&role, (reb_slice){left.ptr, n}))
        return wrong(r,
                     "There are case, time, activity, opened, acknowledged, answered, decided, communicated, closed, reopened, kind, "
                     "outcome, cause, "
                     "channel, severity, language, subject, text, sought, name, email, phone, order.",
                     "is not known", (reb_slice){left.ptr, n});
    reb_slice rest = reb_slice_trim((reb_slice){left.ptr + n, left.len - n});
    if (rest.len == 0) {
        r->m->column[role] = keep(r, right);
        return r->m->column[role] == NULL ? reb_fail(r->err, REB_E_MEMORY, "No memory left.") : REB_OK;
    }
    if (reb_slice_is(rest, "otherwise")) return read_of(r, role, rest, true, right);
    if (starts(rest, "of ")) return read_of(r, role, reb_slice_trim((reb_slice){rest.ptr + 3, rest.len - 3}), false, right);
    return wrong(r, "Write: kind = COLUMN, kind of VALUE = CODE, or kind otherwise = CODE", "cannot be read", left);
}

/* ---- is it enough? ---- */

static bool tells(const reb_log_map *m, reb_case_event_kind kind) {
    for (int64_t i = 0; i < m->on_count; i++)
        for (int k = 0; k < m->on[i].count; k++)
            if (m->on[i].step[k].kind == kind && (kind != REB_CASE_DECIDED || m->on[i].step[k].word[0] == '\0')) return true;
    return false;
}

static const char *missing(const reb_log_map *m) {
    bool events = m->column[REB_LOG_ACTIVITY] != NULL;
    bool outcome = m->column[REB_LOG_OUTCOME] != NULL;
    if (m->column[REB_LOG_CASE] == NULL) return "Which column tells the case? case = COLUMN";
    if (events && m->column[REB_LOG_TIME] == NULL) return "Which column tells the time? time = COLUMN";
    if (events && m->on_count == 0) return "What do the activities mean? on VALUE = EVENT";
    if (!events && m->column[REB_LOG_OPENED] == NULL)
        return "Either activity = COLUMN, where a row is an event, or opened = COLUMN, where it is a whole case.";
    for (int64_t i = 0; i < m->of_count; i++) outcome = outcome || m->of[i].role == REB_LOG_OUTCOME;
    bool decides = tells(m, REB_CASE_DECIDED) || tells(m, REB_CASE_COMMUNICATED) || tells(m, REB_CASE_CLOSED) ||
                   m->column[REB_LOG_DECIDED] != NULL || m->column[REB_LOG_COMMUNICATED] != NULL || m->column[REB_LOG_CLOSED] != NULL;
    if (decides && !outcome) return "Cases end in it, but with what outcome? outcome = COLUMN, or outcome otherwise = upheld";
    return NULL;
}

static reb_status enough(const reb_log_map *m, reb_err *err) {
    const char *next = missing(m);
    if (next == NULL) return REB_OK;
    reb_fail(err, REB_E_INPUT, "The mapping does not say all that is needed.");
    reb_err_next(err, "%s", next);
    return REB_E_INPUT;
}

reb_status reb_log_map_read(reb_log_map *out, reb_arena *a, const char *text, size_t len, reb_err *err) {
    reb_err own = {0};
    reading r = {.m = out, .a = a, .err = err != NULL ? err : &own};
    int64_t lines = 1;
    *out = (reb_log_map){0};
    if (len > REB_LOG_MAP_BYTES_MOST) return reb_fail(err, REB_E_LIMIT, "A mapping has at most %d bytes.", REB_LOG_MAP_BYTES_MOST);
    if (!reb_utf8_valid(text, len, NULL) || memchr(text, '\0', len) != NULL)
        return reb_fail(err, REB_E_INPUT, "The mapping is not UTF-8 text.");
    for (size_t i = 0; i < len; i++) lines += text[i] == '\n';
    if (lines > REB_LOG_LINES_MOST) return reb_fail(err, REB_E_LIMIT, "A mapping has at most %d lines.", REB_LOG_LINES_MOST);
    out->on = reb_arena_zalloc(a, (size_t)lines, sizeof *out->on);
    out->of = reb_arena_zalloc(a, (size_t)lines, sizeof *out->of);
    if (out->on == NULL || out->of == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    const char *end = text + len;
    for (text += reb_utf8_bom(text, len);;) {
        const char *nl = memchr(text, '\n', (size_t)(end - text));
        reb_slice line = reb_slice_trim((reb_slice){text, (size_t)((nl != NULL ? nl : end) - text)});
        r.line++;
        reb_status st = line.len == 0 || line.ptr[0] == '#' ? REB_OK : read_line(&r, line);
        if (st != REB_OK) return st;
        if (nl == NULL) break;
        text = nl + 1;
    }
    return enough(out, r.err);
}

const char *reb_log_code(const reb_log_map *m, reb_log_role role, const char *value) {
    const char *otherwise = NULL;
    for (int64_t i = 0; i < m->of_count; i++) {
        if (m->of[i].role != role) continue;
        if (m->of[i].value == NULL)
            otherwise = m->of[i].code;
        else if (strcmp(m->of[i].value, value) == 0)
            return m->of[i].code;
    }
    const char *const *words = words_of_role(role);
    bool as_it_is = value[0] != '\0' && (words == NULL || reb_case_word_known(words, value));
    return otherwise != NULL && (!as_it_is || words == NULL) ? otherwise : as_it_is ? value : "";
}

const reb_log_on *reb_log_activity(const reb_log_map *m, const char *value) {
    const reb_log_on *otherwise = NULL;
    for (int64_t i = 0; i < m->on_count; i++) {
        if (m->on[i].value == NULL)
            otherwise = &m->on[i];
        else if (strcmp(m->on[i].value, value) == 0)
            return &m->on[i];
    }
    return otherwise;
}
