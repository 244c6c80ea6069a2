/* An analyst sees figures and no names: what api/types.def marks as personal (REB_PERSONAL) is taken out of every answer here, on its way
   out, whoever made it. */
#include "http.h"

#include <string.h>

enum { DEEPEST = 16 };

static void blank_object(cJSON *v, const char *type, int depth);

/* A text stays a text and what may be null becomes null, so that the answer keeps its declared shape. */
static cJSON *nothing_of(const reb_field *f) {
    if (f->need == REB_NEED_NULLS || f->need == REB_NEED_MAYNULL) return cJSON_CreateNull();
    switch (f->kind) {
        case REB_KIND_LIST_OBJ:
        case REB_KIND_LIST_TEXT:
        case REB_KIND_LIST_ID: return cJSON_CreateArray();
        case REB_KIND_OBJ:
        case REB_KIND_MAP: return cJSON_CreateObject();
        case REB_KIND_ANY: return cJSON_CreateNull();
        default: return cJSON_CreateString("");
    }
}

static void blank_member(cJSON *object, cJSON *v, const reb_field *f, int depth) {
    if (f->personal) {
        cJSON_ReplaceItemInObjectCaseSensitive(object, f->name, nothing_of(f));
    } else if (f->kind == REB_KIND_OBJ) {
        blank_object(v, f->ref, depth + 1);
    } else if (f->kind == REB_KIND_LIST_OBJ) {
        cJSON *item;
        cJSON_ArrayForEach(item, v) blank_object(item, f->ref, depth + 1);
    }
}

static void blank_object(cJSON *v, const char *type, int depth) {
    size_t count;
    const reb_field *fields = reb_type_find(type, &count);
    if (!cJSON_IsObject(v) || depth > DEEPEST) return;
    for (size_t i = 0; i < count; i++) {
        cJSON *member = cJSON_GetObjectItemCaseSensitive(v, fields[i].name);
        if (member != NULL) blank_member(v, member, &fields[i], depth);
    }
}

reb_status reb_rq_blank(reb_request *rq, reb_err *err) {
    size_t count;
    const char *type = rq->match.route->answer;
    if (rq->status == 204) return REB_OK;
    if (rq->match.route->right == REB_RIGHT_SELF || rq->match.route->right == REB_RIGHT_OPEN) return REB_OK; /* about themselves */
    if (reb_type_find(type, &count) == NULL || rq->content_type != NULL || rq->file_fd >= 0 || rq->stream != NULL)
        return reb_fail(err, REB_E_DENIED, "This may hold names, which an analyst does not see.");
    cJSON *v = cJSON_Parse(reb_buf_cstr(&rq->out));
    if (v == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the answer.");
    blank_object(v, type, 0);
    char *text = cJSON_PrintUnformatted(v);
    cJSON_Delete(v);
    if (text == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the answer.");
    reb_buf_clear(&rq->out);
    reb_buf_str(&rq->out, text);
    cJSON_free(text);
    return REB_OK;
}
