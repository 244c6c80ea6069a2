#include "handlers.h"

#include <string.h>

const reb_route reb_routes[] = {
#define REB_ROUTE(name_, method_, path_, right_, mode_, query_, body_, answer_, status_, sentence_)                                        \
    {.name = #name_,                                                                                                                       \
     .handler = reb_handle_##name_,                                                                                                        \
     .method = REB_METHOD_##method_,                                                                                                       \
     .path = (path_),                                                                                                                      \
     .right = REB_RIGHT_##right_,                                                                                                          \
     .mode = REB_MODE_##mode_,                                                                                                             \
     .query = #query_,                                                                                                                     \
     .body = #body_,                                                                                                                       \
     .answer = #answer_,                                                                                                                   \
     .status = (status_),                                                                                                                  \
     .sentence = (sentence_)},
#include "../../api/routes.def"
#undef REB_ROUTE
    {.name = NULL},
};

_Static_assert(sizeof reb_routes / sizeof reb_routes[0] <= REB_METRIC_ROUTES, "more routes than the counters have room for");

size_t reb_route_count(void) {
    return sizeof reb_routes / sizeof reb_routes[0] - 1;
}

static const char *const k_methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "?"};

const char *reb_method_name(reb_method m) {
    return k_methods[m];
}

/* Walks pattern and path side by side; a {name} takes one segment that is not empty. */
static bool matches(reb_route_match *m, const char *pattern, const char *path) {
    m->param_count = 0;
    for (;;) {
        if (*pattern == '{') {
            size_t name_len = strcspn(pattern + 1, "}");
            size_t value_len = strcspn(path, "/");
            if (value_len == 0 || m->param_count == REB_ROUTE_PARAMS) return false;
            m->params[m->param_count].name = pattern + 1;
            m->params[m->param_count].name_len = name_len;
            m->params[m->param_count].value = path;
            m->params[m->param_count].value_len = value_len;
            m->param_count++;
            pattern += name_len + 2;
            path += value_len;
        } else if (*pattern != *path) {
            return false;
        } else if (*pattern == '\0') {
            return true;
        } else {
            pattern++;
            path++;
        }
    }
}

/* No pattern has a {name} within its first letters (a test sees to it): most are told apart by these. */
enum { PLAIN = 3 };

void reb_route_find(reb_route_match *out, reb_method method, const char *path) {
    *out = (reb_route_match){0};
    reb_route_match trial = {0};
    /* The table is short and most patterns differ early; a word in the table's order wins over a {name} that comes later. */
    for (const reb_route *r = reb_routes; r->name != NULL; r++) {
        if (strncmp(r->path, path, PLAIN) != 0 || !matches(&trial, r->path, path)) continue;
        unsigned methods = out->methods | 1u << r->method;
        if (r->method == method && out->route == NULL) {
            *out = trial;
            out->route = r;
        }
        out->methods = methods;
    }
}

/* --- /openapi.json ---------------------------------------------------------------------------------------------------------------- */

static void parameter(reb_json *w, const char *where, const char *name, size_t name_len, const reb_field *f) {
    reb_json_obj(w);
    reb_json_key(w, "name");
    reb_json_strn(w, name, name_len);
    reb_json_kstr(w, "in", where);
    reb_json_kbool(w, "required", strcmp(where, "path") == 0 || (f != NULL && f->need == REB_NEED_MUST));
    reb_json_key(w, "schema");
    if (f != NULL) {
        reb_field_openapi(w, f);
    } else {
        reb_json_raw(w, "{\"type\":\"string\"}");
    }
    reb_json_obj_end(w);
}

static void parameters(reb_json *w, const reb_route *r) {
    reb_json_key(w, "parameters");
    reb_json_arr(w);
    for (const char *p = strchr(r->path, '{'); p != NULL; p = strchr(p + 1, '{')) {
        size_t len = strcspn(p + 1, "}");
        const reb_field id = {.kind = REB_KIND_ID};
        bool is_id = len > 3 && strncmp(p + 1 + len - 3, "_id", 3) == 0;
        parameter(w, "path", p + 1, len, is_id ? &id : NULL);
    }
    size_t count;
    const reb_field *fields = reb_type_find(r->query, &count);
    for (size_t i = 0; i < count; i++) parameter(w, "query", fields[i].name, strlen(fields[i].name), &fields[i]);
    reb_json_arr_end(w);
}

static void content(reb_json *w, const char *type) {
    static const struct {
        const char *type, *media;
    } k_plain[] = {{"TEXT", "text/plain"},
                   {"HTML", "text/html"},
                   {"FILE", "application/octet-stream"},
                   {"STREAM", "text/event-stream"},
                   {"FORM", "multipart/form-data"}};
    const char *media = "application/json";
    for (size_t i = 0; i < sizeof k_plain / sizeof k_plain[0]; i++)
        if (strcmp(type, k_plain[i].type) == 0) media = k_plain[i].media;
    reb_json_key(w, "content");
    reb_json_obj(w);
    reb_json_key(w, media);
    reb_json_obj(w);
    reb_json_key(w, "schema");
    size_t count;
    if (reb_type_find(type, &count) != NULL) {
        reb_json_obj(w);
        reb_json_key(w, "$ref");
        reb_buf_str(w->out, "\"#/components/schemas/");
        reb_buf_str(w->out, type);
        reb_buf_char(w->out, '"');
        w->after_key = false;
        reb_json_obj_end(w);
    } else {
        reb_json_raw(w, strcmp(media, "application/json") == 0 ? "{}" : "{\"type\":\"string\"}");
    }
    reb_json_obj_end(w);
    reb_json_obj_end(w);
}

static void operation(reb_json *w, const reb_route *r) {
    reb_json_obj(w);
    reb_json_kstr(w, "operationId", r->name);
    reb_json_kstr(w, "summary", r->sentence);
    parameters(w, r);
    if (strcmp(r->body, "NONE") != 0) {
        reb_json_key(w, "requestBody");
        reb_json_obj(w);
        reb_json_kbool(w, "required", true);
        content(w, r->body);
        reb_json_obj_end(w);
    }
    reb_json_key(w, "security");
    bool open = r->right == REB_RIGHT_OPEN;
    reb_json_raw(w, open ? "[]" : reb_right_scopes(r->right) == 0 ? "[{\"session\":[]}]" : "[{\"token\":[]},{\"session\":[]}]");
    reb_json_kstr(w, "x-right", reb_right_name(r->right));
    reb_json_key(w, "responses");
    reb_json_obj(w);
    char status[16];
    status[0] = (char)('0' + r->status / 100 % 10);
    status[1] = (char)('0' + r->status / 10 % 10);
    status[2] = (char)('0' + r->status % 10);
    status[3] = '\0';
    reb_json_key(w, status);
    reb_json_obj(w);
    reb_json_kstr(w, "description", "Done.");
    if (r->status != 204) content(w, r->answer);
    reb_json_obj_end(w);
    reb_json_key(w, "default");
    reb_json_obj(w);
    reb_json_kstr(w, "description", "An error.");
    content(w, "Error");
    reb_json_obj_end(w);
    reb_json_obj_end(w);
    reb_json_obj_end(w);
}

void reb_openapi(reb_json *w) {
    static const char *const k_keys[] = {"get", "post", "put", "patch", "delete"};
    reb_json_obj(w);
    reb_json_kstr(w, "openapi", "3.1.0");
    reb_json_key(w, "info");
    reb_json_obj(w);
    reb_json_kstr(w, "title", "Rebound");
    reb_json_kstr(w, "version", REB_VERSION);
    reb_json_kstr(w, "summary", "Whom to act on today, what to do, and what it is worth.");
    reb_json_obj_end(w);
    reb_json_key(w, "paths");
    reb_json_obj(w);
    for (const reb_route *r = reb_routes; r->name != NULL; r++) {
        bool told = false; /* a path's operations stand together, at its first route */
        for (const reb_route *e = reb_routes; e < r; e++) told = told || strcmp(e->path, r->path) == 0;
        if (told) continue;
        reb_json_key(w, r->path);
        reb_json_obj(w);
        for (const reb_route *k = r; k->name != NULL; k++) {
            if (strcmp(k->path, r->path) != 0) continue;
            reb_json_key(w, k_keys[k->method]);
            operation(w, k);
        }
        reb_json_obj_end(w);
    }
    reb_json_obj_end(w);
    reb_json_key(w, "components");
    reb_json_obj(w);
    reb_json_key(w, "schemas");
    reb_types_openapi(w);
    reb_json_key(w, "securitySchemes");
    reb_json_raw(w, "{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":\"A key made by `rebound token "
                    "add`.\"},\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"rebound\",\"description\":\"The cookie of a "
                    "signed-in person; a write also needs the header X-Rebound-CSRF.\"}}");
    reb_json_obj_end(w);
    reb_json_obj_end(w);
}
