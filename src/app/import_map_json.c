/* Mappings as data: what the console sends, what is remembered for the next file, and what a correction is read by. */
#include "import_plan.h"

#include <cjson/cJSON.h>
#include <string.h>

static const char *text_of(const cJSON *o, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsString(v) && v->valuestring[0] != '\0' ? v->valuestring : NULL;
}

typedef struct word {
    const char *word;
    int value;
} word;

/* REB_OK also when the member is absent; *given tells. */
static reb_status choose(int *out, bool *given, const cJSON *o, const char *key, const word *list, reb_err *err) {
    const char *v = text_of(o, key);
    *given = v != NULL;
    if (v == NULL) return REB_OK;
    for (; list->word != NULL; list++) {
        if (strcmp(list->word, v) != 0) continue;
        *out = list->value;
        return REB_OK;
    }
    return reb_fail(err, REB_E_USAGE, "%s cannot be \"%.40s\".", key, v);
}

static reb_status take_dates(reb_map_options *o, const cJSON *plan, reb_err *err) {
    static const word orders[] = {{"dmy", REB_ORDER_DMY},
                                  {"mdy", REB_ORDER_MDY},
                                  {"ymd", REB_ORDER_YMD},
                                  {"epoch", -REB_NUMBER_EPOCH_S},
                                  {"epoch_ms", -REB_NUMBER_EPOCH_MS},
                                  {"excel", -REB_NUMBER_EXCEL_1900},
                                  {"written", 0},
                                  {NULL, 0}};
    static const word calendars[] = {
        {"gregorian", REB_CAL_GREGORIAN}, {"persian", REB_CAL_SOLAR_HIJRI}, {"hijri", REB_CAL_HIJRI}, {NULL, 0}};
    static const word decimals[] = {{"point", REB_DECIMAL_POINT}, {"comma", REB_DECIMAL_COMMA}, {NULL, 0}};
    int v = 0;
    bool given = false;
    reb_status st = choose(&v, &given, plan, "dates", orders, err);
    if (st == REB_OK && given && v > 0) o->dates = (reb_date_order)v;
    if (st == REB_OK && given && v < 0) o->date_number = (reb_date_number)-v;
    if (st == REB_OK) st = choose(&v, &given, plan, "calendar", calendars, err);
    if (st == REB_OK && given) {
        o->calendar = (reb_calendar)v;
        o->calendar_set = true;
    }
    if (st == REB_OK) st = choose(&v, &given, plan, "decimal", decimals, err);
    if (st == REB_OK && given) o->decimal = (reb_decimal)v;
    return st;
}

static reb_status take_money(reb_map_options *o, const cJSON *plan, reb_arena *arena, reb_err *err) {
    static const word amounts[] = {{"order", REB_AMOUNT_OF_ORDER}, {"row", REB_AMOUNT_OF_ROW}, {NULL, 0}};
    static const word pendings[] = {{"purchase", 1}, {"attempt", 0}, {NULL, 0}};
    int v = 0;
    bool given = false;
    reb_status st = choose(&v, &given, plan, "amount_of", amounts, err);
    if (st == REB_OK && given) o->amount_of = (reb_amount_of)v;
    if (st == REB_OK) st = choose(&v, &given, plan, "pending", pendings, err);
    if (st == REB_OK && given) o->pending_counts = v == 1;
    const char *currency = text_of(plan, "currency");
    if (st != REB_OK || currency == NULL) return st;
    bool toman = strcmp(currency, "toman") == 0;
    const reb_currency *c = reb_currency_find(toman ? "IRR" : currency, toman ? 3 : strlen(currency));
    if (c == NULL) return reb_fail(err, REB_E_USAGE, "No currency is called \"%.20s\".", currency);
    o->currency = reb_arena_strdup(arena, c->code);
    o->factor = toman ? 10 : 0;
    return REB_OK;
}

static reb_status take_sheet(reb_map_options *o, const cJSON *plan, reb_arena *arena, reb_err *err) {
    static const word delimiters[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"pipe", '|'}, {"spaces", REB_DELIMITER_SPACES},
                                      {NULL, 0}};
    int v = 0;
    bool given = false;
    reb_status st = choose(&v, &given, plan, "delimiter", delimiters, err);
    if (st == REB_OK && given) o->delimiter = (char)v;
    const cJSON *header = cJSON_GetObjectItemCaseSensitive(plan, "header");
    if (cJSON_IsBool(header)) o->header = cJSON_IsTrue(header) ? REB_HEADER_YES : REB_HEADER_NO;
    o->encoding = reb_arena_strdup(arena, text_of(plan, "encoding"));
    o->sheet = reb_arena_strdup(arena, text_of(plan, "sheet"));
    if (st == REB_OK && o->encoding != NULL && reb_encoding_from_name(o->encoding) == REB_ENC_AUTO)
        st = reb_fail(err, REB_E_USAGE, "\"%.40s\" is no encoding known here.", o->encoding);
    return st;
}

static reb_status take_who(reb_map_options *o, const cJSON *plan, reb_arena *arena, reb_err *err) {
    static const word keys[] = {{"customer", 0}, {"email", 0}, {"phone", 0}, {"name", 0}, {NULL, 0}};
    static const word records[] = {{"orders", 0}, {"customers", 0}, {"tickets", 0}, {"payments", 0}, {"events", 0}, {NULL, 0}};
    int v = 0;
    bool given = false;
    reb_status st = choose(&v, &given, plan, "key", keys, err);
    if (st == REB_OK && given) o->key = reb_arena_strdup(arena, text_of(plan, "key"));
    if (st == REB_OK) st = choose(&v, &given, plan, "records", records, err);
    if (st == REB_OK && given) o->records = reb_arena_strdup(arena, text_of(plan, "records"));
    o->timezone = reb_arena_strdup(arena, text_of(plan, "timezone"));
    o->source = reb_arena_strdup(arena, text_of(plan, "source"));
    o->profile = reb_arena_strdup(arena, text_of(plan, "profile"));
    return st;
}

static reb_status take_columns(reb_map *out, const cJSON *columns, reb_arena *arena, reb_err *err) {
    int n = cJSON_GetArraySize(columns);
    out->lines = reb_arena_zalloc(arena, (size_t)n + 1, sizeof *out->lines);
    if (out->lines == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    const cJSON *c;
    cJSON_ArrayForEach(c, columns) {
        const cJSON *index = cJSON_GetObjectItemCaseSensitive(c, "index");
        const char *name = text_of(c, "role");
        int role = 0;
        while (name != NULL && role < REB_ROLE_COUNT && strcmp(reb_roles[role].name, name) != 0) role++;
        if (name == NULL || role == REB_ROLE_COUNT || !cJSON_IsNumber(index) || index->valuedouble < 0 || index->valuedouble > 100000)
            return reb_fail(err, REB_E_USAGE, "No column can be taken for \"%.40s\".", name != NULL ? name : "");
        if (role == REB_ROLE_ASIDE) continue;
        out->lines[out->n_lines++] = (reb_map_line){.role = (reb_role)role, .index = (int64_t)index->valuedouble, .by_index = true};
    }
    return REB_OK;
}

reb_status reb_map_from_json(reb_map *out, const cJSON *plan, reb_arena *arena, reb_err *err) {
    memset(out, 0, sizeof *out);
    reb_status st = take_dates(&out->options, plan, err);
    if (st == REB_OK) st = take_money(&out->options, plan, arena, err);
    if (st == REB_OK) st = take_sheet(&out->options, plan, arena, err);
    if (st == REB_OK) st = take_who(&out->options, plan, arena, err);
    const cJSON *columns = cJSON_GetObjectItemCaseSensitive(plan, "columns");
    if (st == REB_OK && cJSON_IsArray(columns)) st = take_columns(out, columns, arena, err);
    if (st == REB_OK && arena->failed) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    return st;
}

/* ---- writing ----------------------------------------------------------------------------------------------------------------------- */

static const char *dates_of(const reb_date_format *f) {
    if (f->number == REB_NUMBER_EPOCH_S) return "epoch";
    if (f->number == REB_NUMBER_EPOCH_MS) return "epoch_ms";
    if (f->number != REB_NUMBER_NONE) return "excel";
    return f->order == REB_ORDER_DMY ? "dmy" : f->order == REB_ORDER_MDY ? "mdy" : f->order == REB_ORDER_YMD ? "ymd" : NULL;
}

static void write_column(reb_json *w, int64_t index, reb_role role) {
    reb_json_obj(w);
    reb_json_ki64(w, "index", index);
    reb_json_kstr(w, "role", reb_roles[role].name);
    reb_json_obj_end(w);
}

/* Of several columns of a role in the order in which they are tried; of those never stored all, however many. */
static void write_columns(reb_json *w, const reb_plan *p) {
    reb_json_key(w, "columns");
    reb_json_arr(w);
    for (size_t i = 0; i < p->n_columns; i++)
        if (p->columns[i].role == REB_ROLE_DROP) write_column(w, (int64_t)i, REB_ROLE_DROP);
    for (int r = REB_ROLE_DROP + 1; r < REB_ROLE_COUNT; r++)
        for (int k = 0; k < p->n_of_role[r]; k++) write_column(w, p->of_role[r][k], (reb_role)r);
    reb_json_arr_end(w);
}

void reb_map_to_json(reb_json *w, const reb_plan *p, const reb_sheet_info *info) {
    static const char *const calendars[] = {"gregorian", "persian", "hijri"};
    const reb_plan_column *date = reb_plan_has(p, REB_ROLE_DATE) ? &p->columns[p->of_role[REB_ROLE_DATE][0]] : NULL;
    bool named = p->profile != NULL && strcmp(p->profile, "mapping") != 0 && strcmp(p->profile, "unknown") != 0;
    reb_json_obj(w);
    if (named) reb_json_kstr(w, "profile", p->profile);
    reb_json_kstr(w, "records", reb_records_name(p->records));
    if (p->source != NULL) reb_json_kstr(w, "source", p->source);
    write_columns(w, p);
    if (date != NULL && dates_of(&date->date) != NULL) reb_json_kstr(w, "dates", dates_of(&date->date));
    if (date != NULL) reb_json_kstr(w, "calendar", calendars[date->date.calendar]);
    if (p->decimal_shown != REB_DECIMAL_UNKNOWN) reb_json_kstr(w, "decimal", p->decimal_shown == REB_DECIMAL_COMMA ? "comma" : "point");
    bool one = p->currency != NULL && !reb_plan_has(p, REB_ROLE_CURRENCY); /* with a column of currencies each row tells its own */
    if (one || p->options.currency != NULL)
        reb_json_kstr(w, "currency", p->factor == 10 && strcmp(p->currency->code, "IRR") == 0 ? "toman" : p->currency->code);
    if (p->options.timezone != NULL) reb_json_kstr(w, "timezone", p->options.timezone);
    if (p->options.key != NULL) reb_json_kstr(w, "key", p->options.key);
    if (p->options.pending_counts) reb_json_kstr(w, "pending", "purchase");
    if (reb_plan_has(p, REB_ROLE_AMOUNT)) reb_json_kstr(w, "amount_of", p->amount_is_total ? "order" : "row");
    if (p->options.delimiter != 0 && info->format == REB_FORMAT_DELIMITED) {
        char d = p->options.delimiter;
        reb_json_kstr(w, "delimiter", d == ',' ? "comma" : d == ';' ? "semicolon" : d == '\t' ? "tab" : d == '|' ? "pipe" : "spaces");
    }
    if (p->options.encoding != NULL) reb_json_kstr(w, "encoding", p->options.encoding);
    if (!info->has_header) reb_json_kbool(w, "header", false);
    if (p->options.sheet != NULL) reb_json_kstr(w, "sheet", p->options.sheet);
    reb_json_obj_end(w);
}
