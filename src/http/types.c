#include "types.h"

#include "../base/clock.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const reb_field k_rows[] = {
#define REB_TYPE(name_, sentence_) {.type_name = #name_, .name = (sentence_)},
#define REB_FIELD(name_, kind_, ref_, need_, least_, most_, sentence_)                                                                     \
    {.name = #name_,                                                                                                                       \
     .kind = REB_KIND_##kind_,                                                                                                             \
     .ref = (ref_),                                                                                                                        \
     .need = REB_NEED_##need_,                                                                                                             \
     .least = (least_),                                                                                                                    \
     .most = (most_),                                                                                                                      \
     .sentence = (sentence_)},
#define REB_PERSONAL(name_, kind_, ref_, need_, least_, most_, sentence_)                                                                  \
    {.name = #name_,                                                                                                                       \
     .kind = REB_KIND_##kind_,                                                                                                             \
     .ref = (ref_),                                                                                                                        \
     .need = REB_NEED_##need_,                                                                                                             \
     .least = (least_),                                                                                                                    \
     .most = (most_),                                                                                                                      \
     .sentence = (sentence_),                                                                                                              \
     .personal = true},
#include "../../api/types.def"
#undef REB_TYPE
#undef REB_FIELD
#undef REB_PERSONAL
};
enum { ROWS = sizeof k_rows / sizeof k_rows[0] };

const reb_field *reb_type_find(const char *name, size_t *count) {
    for (size_t i = 0; i < ROWS; i++) {
        if (k_rows[i].type_name == NULL || strcmp(k_rows[i].type_name, name) != 0) continue;
        size_t n = 0;
        while (i + 1 + n < ROWS && k_rows[i + 1 + n].type_name == NULL) n++;
        *count = n;
        return &k_rows[i + 1];
    }
    *count = 0;
    return NULL;
}

static const reb_field *field_named(const reb_field *fields, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0) return &fields[i];
    return NULL;
}

const reb_field *reb_type_field(const char *type, const char *field) {
    size_t count;
    const reb_field *fields = reb_type_find(type, &count);
    return fields == NULL ? NULL : field_named(fields, count, field);
}

/* --- scalars as text -------------------------------------------------------------------------------------------------------- */

static bool all_digits(const char *s, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9') return false;
    return n > 0;
}

static bool is_id(const char *s) {
    size_t n = strlen(s);
    if (!all_digits(s, n) || n > 19) return false;
    return n < 19 || strcmp(s, "9223372036854775807") <= 0;
}

static int two(const char *s) {
    return (s[0] - '0') * 10 + (s[1] - '0');
}

static bool is_day_n(const char *s, size_t n) {
    if (n != 10 || s[4] != '-' || s[7] != '-') return false;
    if (!all_digits(s, 4) || !all_digits(s + 5, 2) || !all_digits(s + 8, 2)) return false;
    return reb_civil_valid(two(s) * 100 + two(s + 2), two(s + 5), two(s + 8));
}

/* RFC 3339 in UTC: 2026-05-01T10:00:00Z, with up to six decimals. */
static bool is_time(const char *s) {
    size_t n = strlen(s);
    if (n < 20 || s[10] != 'T' || s[n - 1] != 'Z' || !is_day_n(s, 10)) return false;
    if (s[13] != ':' || s[16] != ':' || !all_digits(s + 11, 2) || !all_digits(s + 14, 2) || !all_digits(s + 17, 2)) return false;
    if (two(s + 11) > 23 || two(s + 14) > 59 || two(s + 17) > 59) return false;
    return n == 20 || (s[19] == '.' && n <= 27 && n > 21 && all_digits(s + 20, n - 21));
}

static bool is_word_of(const char *words, const char *s) {
    size_t n = strlen(s);
    for (const char *w = words; n > 0 && *w != '\0';) {
        size_t len = strcspn(w, " ");
        if (len == n && memcmp(w, s, n) == 0) return true;
        w += len + (w[len] == ' ');
    }
    return false;
}

static bool number_in(const reb_field *f, double v) {
    return (f->least == 0 && f->most == 0) || (v >= f->least && v <= f->most);
}

static bool length_in(const reb_field *f, size_t n) {
    return (f->least == 0 && f->most == 0) || ((double)n >= f->least && (double)n <= f->most);
}

static reb_status wrong(reb_err *err, const char *path, const reb_field *f) {
    switch (f->kind) {
        case REB_KIND_ID: return reb_fail(err, REB_E_USAGE, "%s must be an id: digits, as a string.", path);
        case REB_KIND_TEXT:
            if (f->most > 0) return reb_fail(err, REB_E_USAGE, "%s must be text of %.0f to %.0f bytes.", path, f->least, f->most);
            return reb_fail(err, REB_E_USAGE, "%s must be text.", path);
        case REB_KIND_ENUM: return reb_fail(err, REB_E_USAGE, "%s must be one of: %s.", path, f->ref);
        case REB_KIND_INT:
        case REB_KIND_NUM:
            if (f->least != 0 || f->most != 0)
                return reb_fail(err, REB_E_USAGE, "%s must be a%s number from %.10g to %.10g.", path,
                                f->kind == REB_KIND_INT ? " whole" : "", f->least, f->most);
            return reb_fail(err, REB_E_USAGE, "%s must be a%s number.", path, f->kind == REB_KIND_INT ? " whole" : "");
        case REB_KIND_BOOL: return reb_fail(err, REB_E_USAGE, "%s must be true or false.", path);
        case REB_KIND_TIME: return reb_fail(err, REB_E_USAGE, "%s must be an instant in UTC, as 2026-05-01T10:00:00Z.", path);
        case REB_KIND_DAY: return reb_fail(err, REB_E_USAGE, "%s must be a day, as 2026-05-01.", path);
        case REB_KIND_OBJ:
        case REB_KIND_MAP: return reb_fail(err, REB_E_USAGE, "%s must be an object.", path);
        case REB_KIND_ANY: return reb_fail(err, REB_E_USAGE, "%s is missing.", path);
        case REB_KIND_LIST_OBJ:
        case REB_KIND_LIST_TEXT:
        case REB_KIND_LIST_ID:
            if (f->most > 0) return reb_fail(err, REB_E_USAGE, "%s must be a list of %.0f to %.0f members.", path, f->least, f->most);
            return reb_fail(err, REB_E_USAGE, "%s must be a list.", path);
    }
    return reb_fail(err, REB_E_USAGE, "%s is not as declared.", path);
}

static bool scalar_text_ok(const reb_field *f, const char *s) {
    switch (f->kind) {
        case REB_KIND_ID: return is_id(s);
        case REB_KIND_TEXT: return length_in(f, strlen(s));
        case REB_KIND_ENUM: return is_word_of(f->ref, s);
        case REB_KIND_TIME: return is_time(s);
        case REB_KIND_DAY: return is_day_n(s, strlen(s));
        case REB_KIND_BOOL: return strcmp(s, "true") == 0 || strcmp(s, "false") == 0;
        case REB_KIND_INT: {
            size_t sign = s[0] == '-';
            if (!all_digits(s + sign, strlen(s + sign))) return false;
            errno = 0;
            long long v = strtoll(s, NULL, 10);
            return errno == 0 && number_in(f, (double)v);
        }
        case REB_KIND_NUM: {
            char *end;
            double v = strtod(s, &end);
            return *s != '\0' && *end == '\0' && isfinite(v) && number_in(f, v);
        }
        default: return false;
    }
}

reb_status reb_field_check_text(const reb_field *f, const char *text, reb_err *err) {
    return scalar_text_ok(f, text) ? REB_OK : wrong(err, f->name, f);
}

/* --- JSON ---------------------------------------------------------------------------------------------------------------------- */

enum { PATH = 200, DEEPEST = 16 };

static reb_status check_object(const cJSON *v, const char *type, bool strict, const char *path, int depth, reb_err *err);

static bool text_kind(reb_kind k) {
    return k == REB_KIND_ID || k == REB_KIND_TEXT || k == REB_KIND_ENUM || k == REB_KIND_TIME || k == REB_KIND_DAY;
}

static reb_status check_list(const cJSON *v, const reb_field *f, bool strict, const char *path, int depth, reb_err *err) {
    if (!cJSON_IsArray(v)) return wrong(err, path, f);
    double count = 0;
    size_t index = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, v) {
        char at[PATH];
        snprintf(at, sizeof at, "%.*s[%zu]", PATH - 32, path, index++);
        count++;
        if (f->kind == REB_KIND_LIST_OBJ) {
            reb_status st = check_object(item, f->ref, strict, at, depth + 1, err);
            if (st != REB_OK) return st;
            continue;
        }
        const reb_field member = {.kind = f->kind == REB_KIND_LIST_ID ? REB_KIND_ID : REB_KIND_TEXT};
        if (!cJSON_IsString(item) || !scalar_text_ok(&member, item->valuestring)) return wrong(err, at, &member);
    }
    if ((f->least != 0 || f->most != 0) && (count < f->least || count > f->most)) return wrong(err, path, f);
    return REB_OK;
}

static reb_status check_value(const cJSON *v, const reb_field *f, bool strict, const char *path, int depth, reb_err *err) {
    if (cJSON_IsNull(v) && (f->need == REB_NEED_NULLS || f->need == REB_NEED_MAYNULL)) return REB_OK;
    if (text_kind(f->kind)) return cJSON_IsString(v) && scalar_text_ok(f, v->valuestring) ? REB_OK : wrong(err, path, f);
    switch (f->kind) {
        case REB_KIND_INT:
            /* Beyond 2^53 a JSON number no longer says which whole number is meant. */
            if (!cJSON_IsNumber(v) || v->valuedouble != floor(v->valuedouble) || fabs(v->valuedouble) > 9007199254740992.0)
                return wrong(err, path, f);
            return number_in(f, v->valuedouble) ? REB_OK : wrong(err, path, f);
        case REB_KIND_NUM:
            return cJSON_IsNumber(v) && isfinite(v->valuedouble) && number_in(f, v->valuedouble) ? REB_OK : wrong(err, path, f);
        case REB_KIND_BOOL: return cJSON_IsBool(v) ? REB_OK : wrong(err, path, f);
        case REB_KIND_MAP: return cJSON_IsObject(v) ? REB_OK : wrong(err, path, f);
        case REB_KIND_OBJ: return check_object(v, f->ref, strict, path, depth + 1, err);
        case REB_KIND_LIST_OBJ:
        case REB_KIND_LIST_TEXT:
        case REB_KIND_LIST_ID: return check_list(v, f, strict, path, depth, err);
        default: return REB_OK;
    }
}

static reb_status check_object(const cJSON *v, const char *type, bool strict, const char *path, int depth, reb_err *err) {
    if (!cJSON_IsObject(v)) return reb_fail(err, REB_E_USAGE, "%s must be a JSON object.", path[0] != '\0' ? path : "The body");
    if (depth > DEEPEST) return reb_fail(err, REB_E_USAGE, "%s is nested too deeply.", path);
    size_t count;
    const reb_field *fields = reb_type_find(type, &count);
    if (fields == NULL) return reb_fail(err, REB_E_INTERNAL, "The type %s is not declared.", type);
    const char *dot = path[0] != '\0' ? "." : "";
    char at[PATH];
    for (size_t i = 0; i < count; i++) {
        const cJSON *member = cJSON_GetObjectItemCaseSensitive(v, fields[i].name);
        snprintf(at, sizeof at, "%.*s%s%.60s", PATH - 80, path, dot, fields[i].name);
        bool optional = fields[i].need == REB_NEED_MAY || fields[i].need == REB_NEED_MAYNULL;
        if (member == NULL && optional) continue;
        if (member == NULL) return reb_fail(err, REB_E_USAGE, "%s is missing.", at);
        reb_status st = check_value(member, &fields[i], strict, at, depth, err);
        if (st != REB_OK) return st;
    }
    const cJSON *member;
    cJSON_ArrayForEach(member, v) {
        if (!strict) break;
        if (field_named(fields, count, member->string) == NULL)
            return reb_fail(err, REB_E_USAGE, "%s%s%s is not known here.", path, dot, member->string);
        for (const cJSON *later = member->next; later != NULL; later = later->next) /* which of the two would be meant? */
            if (strcmp(later->string, member->string) == 0)
                return reb_fail(err, REB_E_USAGE, "%s%s%s is given twice.", path, dot, member->string);
    }
    return REB_OK;
}

reb_status reb_type_check(const cJSON *value, const char *type, bool strict, reb_err *err) {
    if (strcmp(type, "NONE") == 0 || strcmp(type, "ANY") == 0) return REB_OK;
    return check_object(value, type, strict, "", 0, err);
}

/* --- OpenAPI ------------------------------------------------------------------------------------------------------------------- */

static void ref_to(reb_json *w, const char *type) {
    char text[120];
    snprintf(text, sizeof text, "#/components/schemas/%s", type);
    reb_json_obj(w);
    reb_json_kstr(w, "$ref", text);
    reb_json_obj_end(w);
}

/* "string", or ["string","null"] where null is allowed. */
static void json_type(reb_json *w, const reb_field *f, const char *name) {
    reb_json_key(w, "type");
    bool null = f->need == REB_NEED_NULLS || f->need == REB_NEED_MAYNULL;
    if (null) reb_json_arr(w);
    reb_json_str(w, name);
    if (null) {
        reb_json_str(w, "null");
        reb_json_arr_end(w);
    }
}

static void limits(reb_json *w, const reb_field *f, const char *least, const char *most) {
    if (f->least == 0 && f->most == 0) return;
    reb_json_kf64(w, least, f->least);
    reb_json_kf64(w, most, f->most);
}

static void list_schema(reb_json *w, const reb_field *f) {
    json_type(w, f, "array");
    reb_json_key(w, "items");
    if (f->kind == REB_KIND_LIST_OBJ) {
        ref_to(w, f->ref);
    } else {
        const reb_field member = {.kind = f->kind == REB_KIND_LIST_ID ? REB_KIND_ID : REB_KIND_TEXT};
        reb_field_openapi(w, &member);
    }
    limits(w, f, "minItems", "maxItems");
}

static void text_schema(reb_json *w, const reb_field *f) {
    json_type(w, f, "string");
    if (f->kind == REB_KIND_ID) reb_json_kstr(w, "pattern", "^[0-9]{1,19}$");
    if (f->kind == REB_KIND_TIME) reb_json_kstr(w, "format", "date-time");
    if (f->kind == REB_KIND_DAY) reb_json_kstr(w, "format", "date");
    if (f->kind == REB_KIND_TEXT) limits(w, f, "minLength", "maxLength");
    if (f->kind != REB_KIND_ENUM) return;
    reb_json_key(w, "enum");
    reb_json_arr(w);
    for (const char *word = f->ref; *word != '\0';) {
        size_t len = strcspn(word, " ");
        reb_json_strn(w, word, len);
        word += len + (word[len] == ' ');
    }
    if (f->need == REB_NEED_NULLS || f->need == REB_NEED_MAYNULL) reb_json_null(w);
    reb_json_arr_end(w);
}

void reb_field_openapi(reb_json *w, const reb_field *f) {
    reb_json_obj(w);
    if (text_kind(f->kind)) {
        text_schema(w, f);
    } else if (f->kind == REB_KIND_INT || f->kind == REB_KIND_NUM) {
        json_type(w, f, f->kind == REB_KIND_INT ? "integer" : "number");
        limits(w, f, "minimum", "maximum");
    } else if (f->kind == REB_KIND_BOOL) {
        json_type(w, f, "boolean");
    } else if (f->kind == REB_KIND_MAP) {
        json_type(w, f, "object");
    } else if (f->kind == REB_KIND_OBJ) {
        reb_json_key(w, "anyOf");
        reb_json_arr(w);
        ref_to(w, f->ref);
        if (f->need == REB_NEED_NULLS || f->need == REB_NEED_MAYNULL) {
            reb_json_obj(w);
            reb_json_kstr(w, "type", "null");
            reb_json_obj_end(w);
        }
        reb_json_arr_end(w);
    } else if (f->kind != REB_KIND_ANY) {
        list_schema(w, f);
    }
    if (f->sentence != NULL) reb_json_kstr(w, "description", f->sentence);
    if (f->personal) reb_json_kbool(w, "x-personal", true);
    reb_json_obj_end(w);
}

void reb_types_openapi(reb_json *w) {
    reb_json_obj(w);
    for (size_t i = 0; i < ROWS; i++) {
        if (k_rows[i].type_name == NULL) continue;
        size_t count;
        const reb_field *fields = reb_type_find(k_rows[i].type_name, &count);
        reb_json_key(w, k_rows[i].type_name);
        reb_json_obj(w);
        reb_json_kstr(w, "type", "object");
        reb_json_kstr(w, "description", k_rows[i].name);
        reb_json_key(w, "properties");
        reb_json_obj(w);
        for (size_t k = 0; k < count; k++) {
            reb_json_key(w, fields[k].name);
            reb_field_openapi(w, &fields[k]);
        }
        reb_json_obj_end(w);
        reb_json_key(w, "required");
        reb_json_arr(w);
        for (size_t k = 0; k < count; k++)
            if (fields[k].need == REB_NEED_MUST || fields[k].need == REB_NEED_NULLS) reb_json_str(w, fields[k].name);
        reb_json_arr_end(w);
        reb_json_obj_end(w);
    }
    reb_json_obj_end(w);
}
