/* The standards: the public page and its data, versions, the draft, publishing; and the tree of causes. */
#include "audit.h"
#include "handlers.h"
#include "page_standards.h"

#include "../domain/cause.h"

#include <stdlib.h>
#include <string.h>

enum { VERSIONS_MOST = 200, CHANGES_MOST = 200 };

/* --- for everybody ----------------------------------------------------------------------------------------------------------------------
 */

/* Which version a visitor asks for: the one in force now, or ?version=N of those that were published. *out NULL: none. */
static reb_status asked(reb_standard **out, reb_standards_as *as, reb_request *rq, reb_err *err) {
    int64_t now = reb_rq_now(rq), current = 0, version = 0;
    const char *text = reb_rq_query(rq, "version");
    *out = NULL;
    *as = REB_STANDARDS_CURRENT;
    reb_status st = reb_standard_version_at(&current, rq->store, now, err);
    if (st != REB_OK) return st;
    version = current;
    if (text != NULL) {
        size_t n = strspn(text, "0123456789");
        version = n > 0 && n < 10 && text[n] == '\0' ? strtoll(text, NULL, 10) : 0;
    }
    if (version <= 0) return REB_OK;
    st = reb_standard_get(out, rq->store, &rq->arena, version, err);
    if (st == REB_E_NOT_FOUND) return REB_OK;
    if (st == REB_OK && version != current) *as = (*out)->from_us > now ? REB_STANDARDS_COMING : REB_STANDARDS_OLDER;
    return st;
}

/* The versions there are, newest first, so that what was promised once can be looked up. */
static reb_status versions(reb_page *p, const reb_standard *shown, reb_err *err) {
    reb_standard_version *list = reb_arena_zalloc(&p->rq->arena, VERSIONS_MOST, sizeof *list);
    size_t n = 0;
    if (list == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_standard_list(list, VERSIONS_MOST, &n, p->rq->store, &p->rq->arena, err);
    const reb_business *b = reb_rq_business(p->rq);
    if (st != REB_OK || b == NULL) return st;
    reb_page_put(p, "<hr><details><summary>", reb_say_standards_page_versions(&p->voice), "</summary><ul>");
    for (size_t i = 0; i < n; i++) {
        reb_page_html(p, "<li><a href=\"");
        reb_page_link(p, reb_arena_printf(&p->rq->arena, "/standards?version=%lld", (long long)list[i].version));
        reb_page_html(p, list[i].version == shown->version ? "\" aria-current=\"page\">" : "\">");
        reb_page_text(p, reb_say_standards_page_version_from(&p->voice, .version = (double)list[i].version,
                                                             .day = reb_voice_day(&p->voice, reb_business_day(b, list[i].from_us))));
        reb_page_html(p, "</a>");
        reb_page_put(p, " – <bdi>", list[i].note, "</bdi>");
        reb_page_html(p, "</li>");
    }
    reb_page_put(p, "</ul><p><a href=\"/standards.json\">", reb_say_standards_page_data(&p->voice), "</a></p></details>");
    return REB_OK;
}

reb_status reb_handle_standards_page(reb_request *rq, reb_err *err) {
    reb_page p;
    reb_standard *s = NULL;
    reb_standards_as as;
    reb_status st = asked(&s, &as, rq, err);
    if (st != REB_OK) return st;
    reb_page_open(&p, rq);
    if (s == NULL)
        return reb_page_refusal(rq, 404, reb_say_standards_page_none(&p.voice),
                                reb_rq_query(rq, "version") != NULL ? reb_say_standards_page_no_version(&p.voice)
                                                                    : reb_say_standards_page_none_text(&p.voice),
                                err);
    p.wide = true;
    p.hidden = as != REB_STANDARDS_CURRENT;
    reb_standards_page(&p, s, as);
    st = versions(&p, s, err);
    return st == REB_OK ? reb_page_end(&p, err) : st;
}

static void put_words(reb_json *w, const char *key, const reb_words *t) {
    reb_json_key(w, key);
    reb_json_obj(w);
    for (int i = 0; i < REB_LANGUAGES; i++)
        if (t->in[i] != NULL) reb_json_kstr(w, reb_language_code((reb_language)i), t->in[i]);
    reb_json_obj_end(w);
}

/* What a customer is told of remedies: what they are, not what they cost us. */
static void put_remedies(reb_json *w, const char *key, const reb_standard *s, const char **codes, int64_t count) {
    reb_json_key(w, key);
    reb_json_arr(w);
    for (int64_t i = 0; i < count; i++) {
        const reb_remedy *m = reb_remedy_find(s, codes[i]);
        reb_json_obj(w);
        reb_json_kstr(w, "code", m->code);
        reb_json_kstr(w, "kind", reb_remedy_kind_name(m->kind));
        put_words(w, "title", &m->title);
        put_words(w, "text", &m->text);
        if (m->percent > 0) reb_json_ki64(w, "percent", m->percent);
        if (m->amount_minor > 0) reb_json_ki64(w, "amount_minor", m->amount_minor);
        if (m->validity_days > 0) reb_json_ki64(w, "validity_days", m->validity_days);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
}

static void put_kind(reb_json *w, const reb_standard *s, const reb_standard_kind *k, int64_t number) {
    reb_json_obj(w);
    reb_json_ki64(w, "number", number);
    reb_json_kstr(w, "code", k->code);
    put_words(w, "title", &k->title);
    put_words(w, "text", &k->text);
    reb_json_key(w, "clocks");
    reb_json_arr(w);
    for (int64_t i = 0; i < k->target_count; i++) {
        reb_json_obj(w);
        reb_json_kstr(w, "kind", reb_clock_kind_name(k->targets[i].kind));
        reb_json_kstr(w, "unit", reb_clock_unit_name(k->targets[i].unit));
        reb_json_ki64(w, "amount", k->targets[i].amount);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    put_remedies(w, "due", s, k->due, k->due_count);
    put_remedies(w, "extra", s, k->extra, k->extra_count);
    reb_json_obj_end(w);
}

reb_status reb_handle_standards_data(reb_request *rq, reb_err *err) {
    reb_standard *s = NULL;
    reb_standards_as as;
    reb_json *w = &rq->w;
    reb_status st = asked(&s, &as, rq, err);
    if (st != REB_OK) return st;
    if (s == NULL) return reb_fail(err, REB_E_NOT_FOUND, "No such standards are published here.");
    reb_json_obj(w);
    reb_json_ki64(w, "version", s->version);
    reb_json_ktime(w, "from", s->from_us);
    reb_json_kbool(w, "in_force", as == REB_STANDARDS_CURRENT);
    reb_json_kstr(w, "currency", s->currency);
    reb_json_kstr(w, "first_language", s->first_language);
    put_words(w, "title", &s->title);
    put_words(w, "promises", &s->promises);
    put_words(w, "terms", &s->terms);
    put_words(w, "appeal", &s->appeal);
    reb_json_ki64(w, "reopen_days", s->reopen_days);
    reb_json_key(w, "kinds");
    reb_json_arr(w);
    for (int64_t i = 0; i < s->kind_count; i++) put_kind(w, s, &s->kinds[i], i + 1);
    reb_json_arr_end(w);
    reb_json_obj_end(w);
    return REB_OK;
}

/* --- versions and the draft -------------------------------------------------------------------------------------------------------------
 */

static void put_version(reb_json *w, const reb_standard_version *v, int64_t current) {
    reb_json_obj(w);
    reb_json_ki64(w, "version", v->version);
    reb_json_ktime(w, "from", v->from_us);
    reb_json_ktime(w, "published_at", v->published_us);
    reb_json_kstr(w, "published_by", v->published_by);
    reb_json_kstr(w, "note", v->note);
    reb_json_kbool(w, "in_force", v->version == current);
    reb_json_obj_end(w);
}

static void put_document(reb_json *w, const reb_standard *s) {
    reb_buf b = {0};
    reb_standard_write(&b, s);
    reb_json_key(w, "document");
    if (b.failed) w->out->failed = true;
    reb_json_raw(w, b.failed ? "null" : reb_buf_cstr(&b));
    reb_buf_free(&b);
}

reb_status reb_handle_standard_list(reb_request *rq, reb_err *err) {
    reb_standard_version *list = reb_arena_zalloc(&rq->arena, VERSIONS_MOST, sizeof *list);
    size_t n = 0;
    int64_t current = 0;
    if (list == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_standard_list(list, VERSIONS_MOST, &n, rq->store, &rq->arena, err);
    if (st == REB_OK) st = reb_standard_version_at(&current, rq->store, reb_rq_now(rq), err);
    if (st != REB_OK) return st;
    reb_json_obj(&rq->w);
    reb_json_ki64(&rq->w, "in_force", current);
    reb_json_key(&rq->w, "versions");
    reb_json_arr(&rq->w);
    for (size_t i = 0; i < n; i++) put_version(&rq->w, &list[i], current);
    reb_json_arr_end(&rq->w);
    reb_json_obj_end(&rq->w);
    return REB_OK;
}

reb_status reb_handle_standard_get(reb_request *rq, reb_err *err) {
    const char *text = reb_rq_param(rq, "version");
    size_t n = strspn(text, "0123456789");
    reb_standard *s = NULL;
    if (n == 0 || n > 9 || text[n] != '\0') return reb_fail(err, REB_E_NOT_FOUND, "A version is a number.");
    int64_t current = 0;
    reb_status st = reb_standard_get(&s, rq->store, &rq->arena, strtoll(text, NULL, 10), err);
    if (st == REB_OK) st = reb_standard_version_at(&current, rq->store, reb_rq_now(rq), err);
    if (st != REB_OK) return st;
    reb_json_obj(&rq->w);
    reb_json_ki64(&rq->w, "version", s->version);
    if (s->version > 0) {
        reb_json_ktime(&rq->w, "from", s->from_us);
    } else {
        reb_json_knull(&rq->w, "from");
    }
    reb_json_kbool(&rq->w, "in_force", s->version == current);
    put_document(&rq->w, s);
    reb_json_obj_end(&rq->w);
    return REB_OK;
}

/* The draft beside the newest version: what differs. */
static reb_status put_draft(reb_request *rq, reb_err *err) {
    reb_standard_draft d;
    reb_standard *last = NULL;
    int64_t count = 0;
    reb_json *w = &rq->w;
    reb_standard_change *changes = reb_arena_zalloc(&rq->arena, CHANGES_MOST, sizeof *changes);
    if (changes == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_standard_draft_get(&d, rq->store, &rq->arena, err);
    if (st == REB_OK) st = reb_standard_get(&last, rq->store, &rq->arena, d.based_on, err);
    if (st == REB_OK) st = reb_standard_diff(changes, CHANGES_MOST, &count, &rq->arena, last, d.standard, err);
    if (st != REB_OK) return st;
    reb_json_obj(w);
    reb_json_kbool(w, "saved", d.saved);
    reb_json_kid(w, "revision", d.changed_us);
    if (d.saved) {
        reb_json_ktime(w, "changed_at", d.changed_us);
    } else {
        reb_json_knull(w, "changed_at");
    }
    reb_json_kstr(w, "changed_by", d.changed_by);
    reb_json_ki64(w, "based_on", d.based_on);
    reb_json_ki64(w, "change_count", count);
    reb_json_key(w, "changes");
    reb_json_arr(w);
    for (int64_t i = 0; i < count && i < CHANGES_MOST; i++) {
        reb_json_obj(w);
        reb_json_kstr(w, "path", changes[i].path);
        reb_json_kstr(w, "before", changes[i].before);
        reb_json_kstr(w, "after", changes[i].after);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    put_document(w, d.standard);
    reb_json_obj_end(w);
    return REB_OK;
}

reb_status reb_handle_standard_draft_get(reb_request *rq, reb_err *err) {
    return put_draft(rq, err);
}

/* The document of the body as text; in the arena. */
static reb_status body_document(const char **out, reb_request *rq, reb_err *err) {
    const cJSON *o = reb_rq_object(rq, "document");
    char *text = o != NULL ? cJSON_PrintUnformatted(o) : NULL;
    *out = text != NULL ? reb_arena_strdup(&rq->arena, text) : NULL;
    cJSON_free(text);
    return *out != NULL ? REB_OK : reb_fail(err, REB_E_USAGE, "document must be an object.");
}

static int64_t seen(const reb_request *rq) { /* absent: whatever it is */
    return cJSON_GetObjectItemCaseSensitive(rq->json_body, "revision") != NULL ? reb_rq_id(rq, "revision") : -1;
}

reb_status reb_handle_standard_draft_put(reb_request *rq, reb_err *err) {
    const char *document = NULL;
    int64_t revision = 0;
    reb_status st = body_document(&document, rq, err);
    if (st == REB_OK) st = reb_standard_draft_put(&revision, rq->store, document, seen(rq), rq->caller.name, reb_rq_now(rq), err);
    return st == REB_OK ? put_draft(rq, err) : st;
}

reb_status reb_handle_standard_draft_drop(reb_request *rq, reb_err *err) {
    return reb_standard_draft_drop(rq->store, -1, err);
}

reb_status reb_handle_standard_publish(reb_request *rq, reb_err *err) {
    int64_t version = 0, now = reb_rq_now(rq);
    reb_standard_version list[1];
    size_t n = 0;
    int64_t from_us = reb_rq_time(rq, "from"), day = reb_rq_day(rq, "from_day");
    const reb_business *b = reb_rq_business(rq);
    if (from_us == 0 && day != 0 && b != NULL && day != reb_business_day(b, now)) from_us = reb_zone_day_start(b->zone, day);
    reb_status st = reb_standard_publish(&version, rq->store, reb_rq_text(rq, "note"), from_us, seen(rq), rq->caller.name, now, err);
    if (st == REB_OK) st = reb_standard_list(list, 1, &n, rq->store, &rq->arena, err);
    if (st == REB_OK && n != 1) st = reb_fail(err, REB_E_INTERNAL, "What was published is not there.");
    if (st == REB_OK) put_version(&rq->w, &list[0], list[0].from_us <= now ? version : version - 1);
    return st;
}

/* The page as customers would read it, of a document that need not be stored. */
reb_status reb_handle_standard_preview(reb_request *rq, reb_err *err) {
    const char *document = NULL;
    reb_standard *s = NULL;
    reb_page p;
    reb_status st = body_document(&document, rq, err);
    if (st == REB_OK) st = reb_standard_parse(&s, &rq->arena, document, err);
    if (st != REB_OK) return st;
    reb_page_open(&p, rq);
    reb_page_speak(&p, reb_rq_text(rq, "language"));
    p.keeps_form = true; /* the languages lead nowhere here */
    reb_standards_page(&p, s, REB_STANDARDS_DRAFT);
    reb_page_html(&p, "</main></body></html>");
    const char *html = rq->out.failed ? NULL : reb_arena_strdup(&rq->arena, reb_buf_cstr(&rq->out));
    if (html == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_buf_clear(&rq->out);
    reb_json_obj(&rq->w);
    reb_json_kstr(&rq->w, "html", html);
    reb_json_obj_end(&rq->w);
    return REB_OK;
}

/* --- causes -----------------------------------------------------------------------------------------------------------------------------
 */

static reb_status put_causes(reb_request *rq, reb_err *err) {
    reb_cause *list = NULL;
    size_t n = 0;
    const reb_business *b = reb_rq_business(rq);
    const reb_voice v = {.arena = &rq->arena, .locale = reb_rq_locale(rq)};
    reb_status st = reb_cause_list(&list, &n, rq->store, &rq->arena, err);
    if (st == REB_OK) reb_causes_json(&rq->w, list, n, &v, b != NULL ? reb_business_text(b, REB_SETTING_LANGUAGE) : NULL);
    return st;
}

reb_status reb_handle_cause_list(reb_request *rq, reb_err *err) {
    return put_causes(rq, err);
}

/* Titles of the body: {"en": "...", "el": "..."}. */
static const reb_words *body_titles(reb_words *out, const reb_request *rq, const char *member) {
    const cJSON *o = reb_rq_object(rq, member);
    if (o == NULL) return NULL;
    *out = (reb_words){{0}};
    for (int i = 0; i < REB_LANGUAGES; i++) {
        const cJSON *t = cJSON_GetObjectItemCaseSensitive(o, reb_language_code((reb_language)i));
        if (cJSON_IsString(t) && t->valuestring[0] != '\0') out->in[i] = t->valuestring;
    }
    return out;
}

reb_status reb_handle_cause_add(reb_request *rq, reb_err *err) {
    reb_words titles;
    const char *code = NULL;
    reb_cause_wish wish = {.code = reb_rq_text(rq, "code"),
                           .parent = reb_rq_text(rq, "parent"),
                           .title = body_titles(&titles, rq, "titles"),
                           .position = reb_rq_int(rq, "position", -1),
                           .retired = -1};
    reb_status st = reb_cause_add(&code, rq->store, &rq->arena, &wish, reb_rq_now(rq), err);
    if (st == REB_OK) reb_rq_audit_detail(rq, reb_arena_printf(&rq->arena, "{\"code\":\"%s\"}", code));
    return st == REB_OK ? put_causes(rq, err) : st;
}

reb_status reb_handle_cause_change(reb_request *rq, reb_err *err) {
    reb_words titles;
    const cJSON *retired = cJSON_GetObjectItemCaseSensitive(rq->json_body, "retired");
    reb_cause_wish wish = {.code = reb_rq_param(rq, "code"),
                           .parent = reb_rq_text(rq, "parent"),
                           .title = body_titles(&titles, rq, "titles"),
                           .position = reb_rq_int(rq, "position", -1),
                           .retired = retired == NULL ? -1 : cJSON_IsTrue(retired)};
    reb_status st = reb_cause_change(rq->store, &rq->arena, &wish, reb_rq_now(rq), err);
    return st == REB_OK ? put_causes(rq, err) : st;
}
