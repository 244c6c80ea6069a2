#include "cause.h"

#include "../text/utf8.h"

#include <cjson/cJSON.h>
#include <string.h>

static const char *const k_first[] = {"employee_could_not", "employee_did_not_care", "product", "delivery", "price", "billing", "other"};
enum { FIRST = sizeof k_first / sizeof k_first[0] };

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

/* --- reading ------------------------------------------------------------------------------------------------------------------------- */

static reb_status read_title(reb_words *out, reb_arena *a, const char *json, reb_err *err) {
    cJSON *o = cJSON_Parse(json);
    reb_status st = cJSON_IsObject(o) ? REB_OK : reb_fail(err, REB_E_STORE, "The title of a cause cannot be read.");
    for (int i = 0; st == REB_OK && i < REB_LANGUAGES; i++) {
        const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, reb_language_code((reb_language)i));
        if (!cJSON_IsString(v)) continue;
        out->in[i] = reb_arena_strdup(a, v->valuestring);
        if (out->in[i] == NULL) st = no_memory(err);
    }
    cJSON_Delete(o);
    return st;
}

/* Adds what stands below `parent` to out, depth first. */
static void place(reb_cause *out, size_t *count, const reb_cause *flat, size_t n, const reb_cause *parent) {
    for (size_t i = 0; i < n; i++) {
        if (strcmp(flat[i].parent, parent->code) != 0 || parent->depth >= REB_CAUSE_DEPTH) continue;
        reb_cause *c = &out[(*count)++];
        *c = flat[i];
        c->depth = parent->depth + 1;
        c->offered = parent->offered && c->retired_us == 0;
        place(out, count, flat, n, &(reb_cause){.code = c->code, .depth = c->depth, .offered = c->offered});
    }
}

reb_status reb_cause_list(reb_cause **out, size_t *count, reb_store *s, reb_arena *a, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    size_t n = 0;
    *count = 0;
    reb_cause *flat = reb_arena_zalloc(a, REB_CAUSES_MOST, sizeof *flat);
    *out = reb_arena_zalloc(a, REB_CAUSES_MOST + FIRST, sizeof **out);
    if (flat == NULL || *out == NULL) return no_memory(err);
    reb_status st = reb_query(&q, s, REB_SQL_CAUSE_LIST, REB_NO_ARGS, err);
    while (st == REB_OK && n < REB_CAUSES_MOST && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_cause *c = &flat[n++];
        c->code = reb_arena_strdup(a, reb_col_text(q, 0));
        c->parent = reb_arena_strdup(a, reb_col_text(q, 1));
        c->position = reb_col_i64(q, 3);
        c->retired_us = reb_col_i64(q, 4);
        st = c->code != NULL && c->parent != NULL ? read_title(&c->title, a, reb_col_text(q, 2), err) : no_memory(err);
    }
    reb_stmt_close(q);
    for (size_t i = 0; st == REB_OK && i < FIRST; i++) {
        reb_cause *c = &(*out)[(*count)++];
        *c = (reb_cause){.code = k_first[i], .parent = "", .position = (int64_t)i, .offered = true, .fixed = true, .depth = 1};
        place(*out, count, flat, n, c);
    }
    return st;
}

static const reb_cause *find(const reb_cause *list, size_t n, const char *code) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].code, code) == 0) return &list[i];
    return NULL;
}

reb_status reb_cause_get(reb_cause *out, reb_store *s, reb_arena *a, const char *code, reb_err *err) {
    reb_cause *list = NULL;
    size_t n = 0;
    reb_status st = reb_cause_list(&list, &n, s, a, err);
    const reb_cause *c = st == REB_OK ? find(list, n, code) : NULL;
    if (st == REB_OK && c == NULL) {
        st = reb_fail(err, REB_E_NOT_FOUND, "There is no cause \"%.40s\".", code);
        reb_err_next(err, "Take employee_could_not, employee_did_not_care, product, delivery, price, billing, other, or one below them.");
    }
    if (c != NULL) *out = *c;
    return st;
}

const char *reb_cause_title(const reb_voice *v, const reb_cause *c, const char *first_language) {
    reb_msg m;
    if (c->fixed && reb_msg_find(&m, "case.cause_", c->code)) return reb_voice_say(v, m, NULL, 0);
    const char *title = reb_words_in(&c->title, reb_language_code(v->locale != NULL ? v->locale->language : REB_LANG_EN), first_language);
    return title[0] != '\0' ? title : c->code;
}

void reb_causes_json(reb_json *w, const reb_cause *list, size_t count, const reb_voice *v, const char *first_language) {
    reb_json_obj(w);
    reb_json_key(w, "causes");
    reb_json_arr(w);
    for (size_t i = 0; i < count; i++) {
        const reb_cause *c = &list[i];
        reb_json_obj(w);
        reb_json_kstr(w, "code", c->code);
        reb_json_kstr(w, "parent", c->parent[0] != '\0' ? c->parent : NULL);
        reb_json_kstr(w, "title", reb_cause_title(v, c, first_language));
        reb_json_key(w, "titles");
        reb_json_obj(w);
        for (int l = 0; l < REB_LANGUAGES; l++)
            if (c->title.in[l] != NULL) reb_json_kstr(w, reb_language_code((reb_language)l), c->title.in[l]);
        reb_json_obj_end(w);
        reb_json_ki64(w, "position", c->position);
        reb_json_kbool(w, "offered", c->offered);
        if (c->retired_us != 0) {
            reb_json_ktime(w, "retired_at", c->retired_us);
        } else {
            reb_json_knull(w, "retired_at");
        }
        reb_json_kbool(w, "fixed", c->fixed);
        reb_json_ki64(w, "depth", c->depth);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
}

/* --- writing ------------------------------------------------------------------------------------------------------------------------- */

static bool is_code(const char *s) {
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return n > 0 && n <= 40 && s[n] == '\0';
}

static reb_status check_title(const reb_words *t, reb_err *err) {
    int given = 0;
    for (int i = 0; i < REB_LANGUAGES; i++) {
        const char *text = t->in[i];
        if (text == NULL) continue;
        size_t n = strlen(text);
        if (n == 0) continue;
        given++;
        bool control = false;
        for (const char *p = text; *p != '\0'; p++) control = control || (unsigned char)*p < 0x20;
        if (n > REB_CAUSE_TITLE || control || !reb_utf8_valid(text, n, NULL))
            return reb_fail(err, REB_E_INPUT, "A cause's name is one line of at most %d bytes.", REB_CAUSE_TITLE);
    }
    return given > 0 ? REB_OK : reb_fail(err, REB_E_INPUT, "A cause needs a name in one language at least.");
}

static reb_status write_row(reb_store *s, const reb_cause *c, reb_err *err) {
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_json_obj(&w);
    for (int i = 0; i < REB_LANGUAGES; i++)
        if (c->title.in[i] != NULL && c->title.in[i][0] != '\0') reb_json_kstr(&w, reb_language_code((reb_language)i), c->title.in[i]);
    reb_json_obj_end(&w);
    reb_status st = b.failed ? no_memory(err)
                             : reb_exec(s, REB_SQL_CAUSE_PUT,
                                        REB_ARGS(reb_t(c->code), reb_t(c->parent), reb_t(reb_buf_cstr(&b)), reb_i(c->position),
                                                 c->retired_us != 0 ? reb_i(c->retired_us) : reb_null()),
                                        NULL, err);
    reb_buf_free(&b);
    return st;
}

/* How deep the tree below a cause goes, itself 1. */
static int64_t height(const reb_cause *list, size_t n, const reb_cause *c) {
    int64_t most = 1;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].parent, c->code) != 0) continue;
        int64_t h = 1 + height(list, n, &list[i]);
        if (h > most) most = h;
    }
    return most;
}

static reb_status hang(const reb_cause **parent, const reb_cause *list, size_t n, const char *code, int64_t below, reb_err *err) {
    *parent = find(list, n, code);
    if (*parent == NULL) return reb_fail(err, REB_E_INPUT, "There is no cause \"%.40s\" to stand below.", code);
    if ((*parent)->depth + below > REB_CAUSE_DEPTH)
        return reb_fail(err, REB_E_INPUT, "Causes go %d levels deep, no deeper.", REB_CAUSE_DEPTH);
    return REB_OK;
}

typedef struct write_ctx {
    const char **code;
    reb_arena *a;
    const reb_cause_wish *w;
    int64_t now_us;
} write_ctx;

static reb_status add_work(reb_store *s, void *ctx, reb_err *err) {
    write_ctx *c = ctx;
    const reb_cause_wish *w = c->w;
    reb_cause *list = NULL;
    const reb_cause *parent = NULL;
    size_t n = 0;
    reb_status st = reb_cause_list(&list, &n, s, c->a, err);
    if (st == REB_OK) st = hang(&parent, list, n, w->parent != NULL ? w->parent : "", 1, err);
    if (st == REB_OK && n >= REB_CAUSES_MOST)
        st = reb_fail(err, REB_E_LIMIT, "There are %d causes; more nobody would choose from.", REB_CAUSES_MOST);
    if (st != REB_OK) return st;
    reb_cause made = {.code = w->code, .parent = parent->code, .title = *w->title, .position = w->position};
    if (made.code == NULL || made.code[0] == '\0') {
        for (int i = 1; made.code == NULL || made.code[0] == '\0' || find(list, n, made.code) != NULL; i++) {
            made.code = reb_arena_printf(c->a, "%.32s_%d", parent->code, i);
            if (made.code == NULL) return no_memory(err);
        }
    }
    if (!is_code(made.code)) return reb_fail(err, REB_E_INPUT, "A code is small Latin letters, digits and _, at most 40.");
    if (find(list, n, made.code) != NULL) return reb_fail(err, REB_E_CONFLICT, "The code \"%s\" is taken.", made.code);
    if (made.position < 0) {
        made.position = 0;
        for (size_t i = 0; i < n; i++)
            if (strcmp(list[i].parent, made.parent) == 0 && list[i].position >= made.position) made.position = list[i].position + 1;
    }
    *c->code = made.code;
    return write_row(s, &made, err);
}

reb_status reb_cause_add(const char **code, reb_store *s, reb_arena *a, const reb_cause_wish *w, int64_t now_us, reb_err *err) {
    reb_status st =
        w->title != NULL ? check_title(w->title, err) : reb_fail(err, REB_E_INPUT, "A cause needs a name in one language at least.");
    return st == REB_OK ? reb_store_write(s, add_work, &(write_ctx){code, a, w, now_us}, err) : st;
}

static bool is_below(const reb_cause *list, size_t n, const reb_cause *c, const reb_cause *above) {
    for (; c != NULL; c = find(list, n, c->parent))
        if (strcmp(c->code, above->code) == 0) return true;
    return false;
}

static reb_status change_work(reb_store *s, void *ctx, reb_err *err) {
    write_ctx *c = ctx;
    const reb_cause_wish *w = c->w;
    reb_cause *list = NULL;
    const reb_cause *parent = NULL;
    size_t n = 0;
    reb_status st = reb_cause_list(&list, &n, s, c->a, err);
    const reb_cause *was = st == REB_OK ? find(list, n, w->code) : NULL;
    if (st == REB_OK && was == NULL) st = reb_fail(err, REB_E_NOT_FOUND, "There is no cause \"%.40s\".", w->code);
    if (st == REB_OK && was->fixed) st = reb_fail(err, REB_E_INPUT, "The first level is the same for everybody; add causes below it.");
    if (st != REB_OK) return st;
    reb_cause next = *was;
    if (w->parent != NULL) {
        st = hang(&parent, list, n, w->parent, height(list, n, was), err);
        if (st == REB_OK && is_below(list, n, parent, was)) st = reb_fail(err, REB_E_INPUT, "A cause cannot stand below itself.");
        if (st != REB_OK) return st;
        next.parent = parent->code;
    }
    if (w->title != NULL) next.title = *w->title;
    if (w->position >= 0) next.position = w->position;
    if (w->retired == 0) next.retired_us = 0;
    if (w->retired == 1 && next.retired_us == 0) next.retired_us = c->now_us;
    return write_row(s, &next, err);
}

reb_status reb_cause_change(reb_store *s, reb_arena *a, const reb_cause_wish *w, int64_t now_us, reb_err *err) {
    reb_status st = w->title != NULL ? check_title(w->title, err) : REB_OK;
    return st == REB_OK ? reb_store_write(s, change_work, &(write_ctx){NULL, a, w, now_us}, err) : st;
}
