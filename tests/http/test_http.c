/* The parts of the server that need no socket: routes, declared shapes, decoding, the rate. */
#include "../../src/http/http.h"
#include "../lib/tap.h"

static void routes(void) {
    reb_route_match m;
    reb_route_find(&m, REB_METHOD_GET, "/v1/customers/search");
    EQ_TEXT(m.route != NULL ? m.route->name : NULL, "customer_search", "a word stands before an id");
    reb_route_find(&m, REB_METHOD_GET, "/v1/customers/12");
    OK(m.route != NULL && strcmp(m.route->name, "customer_get") == 0 && m.param_count == 1 && m.params[0].value_len == 2,
       "an id is a parameter");
    reb_route_find(&m, REB_METHOD_DELETE, "/v1/customers/12");
    OK(m.route == NULL && m.methods == 1u << REB_METHOD_GET, "a method that is not taken, and which ones are");
    static const char *const k_none[] = {"",   "/v1",          "/v1/", "/v1/customers/", "/v1/customers//card", "/v1/customers/1/card/",
                                         "//", "/v1/jobs/1/2", "*"};
    for (size_t i = 0; i < sizeof k_none / sizeof k_none[0]; i++) {
        reb_route_find(&m, REB_METHOD_GET, k_none[i]);
        OK(m.methods == 0, "nothing at \"%s\"", k_none[i]);
    }
    bool declared = true;
    bool distinct = true;
    size_t count;
    static const char *const k_plain = " NONE ANY TEXT HTML FILE STREAM FORM ";
    for (const reb_route *r = reb_routes; r->name != NULL; r++) {
        const char *const types[] = {r->query, r->body, r->answer};
        for (size_t i = 0; i < 3; i++) {
            bool known = reb_type_find(types[i], &count) != NULL || strstr(k_plain, types[i]) != NULL;
            if (!known) printf("# %s: %s\n", r->name, types[i]);
            declared = declared && known;
        }
        for (const reb_route *o = reb_routes; o < r; o++) distinct = distinct && (o->method != r->method || strcmp(o->path, r->path) != 0);
        if (memchr(r->path, '{', strlen(r->path) < 3 ? strlen(r->path) : 3) != NULL) declared = false; /* the router relies on it */
        /* What anyone may ask without signing in, and needs the store. */
        static const char *const k_doors = " readyz oidc_start oidc_callback session_get session_add welcome link_check link_use "
                                           "standards_page standards_data "
                                           "complain complain_send status status_send status_right status_file survey survey_send ";
        char name[60];
        snprintf(name, sizeof name, " %s ", r->name);
        bool door = strstr(k_doors, name) != NULL;
        if (r->right == REB_RIGHT_OPEN && r->mode != REB_MODE_INLINE && r->mode != REB_MODE_ASSET && !door) declared = false;
        if (r->method != REB_METHOD_GET && r->right < REB_RIGHT_WRITE && r->right != REB_RIGHT_SELF && !door) {
            printf("# %s writes with a right to read\n", r->name);
            declared = false;
        }
    }
    OK(declared, "every type that routes name is declared, and what writes needs the right to");
    OK(distinct, "no route stands twice");
}

/* Free-form members that hold figures and no names: counts and parameters by name, settings of the business. */
static const char k_figures[] = " Setting.value Setting.default Fit.params Fit.standard_errors Fit.covariance_log Fit.spend Fit.discount"
                                " FitVerdict.missing Today.beyond_capacity Today.held_out Today.left_out Summary.stages"
                                " Standard.document Cause.titles ";

static bool only_figures(const char *type, int depth) {
    size_t count;
    bool good = true;
    const reb_field *fields = reb_type_find(type, &count);
    for (size_t i = 0; fields != NULL && depth < 16 && i < count; i++) {
        const reb_field *f = &fields[i];
        char name[120];
        snprintf(name, sizeof name, " %s.%s ", type, f->name);
        if (f->personal) continue;
        if (f->kind == REB_KIND_OBJ || f->kind == REB_KIND_LIST_OBJ) good = only_figures(f->ref, depth + 1) && good;
        if ((f->kind == REB_KIND_ANY || f->kind == REB_KIND_MAP) && strstr(k_figures, name) == NULL) {
            printf("# an analyst gets%s, in which anything may stand: mark it REB_PERSONAL, or list it here\n", name);
            good = false;
        }
    }
    return good;
}

/* An analyst gets answers of a declared shape alone, and nothing free-form in them but figures. */
static void analyst(void) {
    bool good = true;
    size_t count;
    int routes = 0;
    for (const reb_route *r = reb_routes; r->name != NULL; r++) {
        if (r->right != REB_RIGHT_FIGURES) continue;
        routes++;
        if (reb_type_find(r->answer, &count) == NULL || r->method != REB_METHOD_GET) {
            printf("# %s is for figures, but answers with %s\n", r->name, r->answer);
            good = false;
        }
        good = only_figures(r->answer, 0) && good;
    }
    OK(good && routes > 4, "%d answers for an analyst hold nothing free-form but figures", routes);
    bool one = true;
    for (int r = 0; r < REB_RIGHT_COUNT; r++)
        if ((reb_right_roles((reb_right)r) & REB_ROLE_OWNER) == 0) one = false;
    OK(one, "there is nothing that an owner may not");
}

static reb_status check(const char *json, const char *type) {
    reb_err err = {0};
    cJSON *v = cJSON_Parse(json);
    reb_status st = reb_type_check(v, type, true, &err);
    cJSON_Delete(v);
    return st;
}

static void shapes(void) {
    static const struct {
        const char *json, *type;
        bool good;
    } k_cases[] = {
        {"{\"upload\":\"0123456789abcdef0123456789abcdef\"}", "ImportNew", true},
        {"{\"upload\":\"short\"}", "ImportNew", false},
        {"{}", "ImportNew", false},
        {"[]", "ImportNew", false},
        {"null", "ImportNew", false},
        {"{\"model\":\"pnbd\"}", "FitNew", true},
        {"{\"model\":\"pnb\"}", "FitNew", false},
        {"{\"model\":\"bgnbd,mbgnbd\"}", "FitNew", false},
        {"{\"model\":null}", "FitNew", false},
        {"{\"until\":\"2026-02-29\",\"why\":\"x\"}", "ActNotNow", false},
        {"{\"until\":\"2028-02-29\",\"why\":\"x\"}", "ActNotNow", true},
        {"{\"until\":\"2028-2-29\",\"why\":\"x\"}", "ActNotNow", false},
        {"{\"until\":\"2028-02-29\",\"why\":\"\"}", "ActNotNow", false},
        {"{\"channel\":\"phone\",\"at\":\"2026-05-01T10:00:00Z\"}", "Contacted", true},
        {"{\"channel\":\"phone\",\"at\":\"2026-05-01T10:00:00.123456Z\"}", "Contacted", true},
        {"{\"channel\":\"phone\",\"at\":\"2026-05-01T24:00:00Z\"}", "Contacted", false},
        {"{\"channel\":\"phone\",\"at\":\"2026-05-01T10:00:00+02:00\"}", "Contacted", false},
        {"{\"channel\":\"phone\",\"at\":\"2026-05-01T10:00:00.Z\"}", "Contacted", false},
        {"{\"other_id\":\"9223372036854775807\"}", "MergeNew", true},
        {"{\"other_id\":\"9223372036854775808\"}", "MergeNew", false},
        {"{\"other_id\":\"\"}", "MergeNew", false},
        {"{\"other_id\":\"-1\"}", "MergeNew", false},
        {"{\"other_id\":5}", "MergeNew", false},
        {"{\"name\":\"a\",\"scopes\":[\"read\"],\"days\":3650}", "TokenNew", true},
        {"{\"name\":\"a\",\"scopes\":[\"read\"],\"days\":3651}", "TokenNew", false},
        {"{\"name\":\"a\",\"scopes\":[\"read\"],\"days\":1.5}", "TokenNew", false},
        {"{\"name\":\"a\",\"scopes\":[]}", "TokenNew", false},
        {"{\"name\":\"a\",\"scopes\":[1]}", "TokenNew", false},
        {"{\"name\":\"a\",\"scopes\":[\"read\"],\"x\":1}", "TokenNew", false},
        {"{\"name\":\"a\",\"name\":\"a\",\"scopes\":[\"read\"]}", "TokenNew", false},
    };
    for (size_t i = 0; i < sizeof k_cases / sizeof k_cases[0]; i++)
        OK((check(k_cases[i].json, k_cases[i].type) == REB_OK) == k_cases[i].good, "%s is %s %s", k_cases[i].json,
           k_cases[i].good ? "a" : "no", k_cases[i].type);
    reb_err err = {0};
    cJSON *v = cJSON_Parse("{\"fit\":null,\"now\":1}");
    reb_type_check(v, "Today", true, &err);
    OK(strncmp(err.detail, "now must be an instant", 22) == 0, "the error names the member: %s", err.detail);
    cJSON_Delete(v);
}

static void decoding(void) {
    static const struct {
        const char *in, *out;
    } k_cases[] = {{"abc", "abc"},      {"%41b", "Ab"},         {"%d8%b3", "\xD8\xB3"}, {"a%2Fb", "a/b"}, {"%", NULL},   {"%4", NULL},
                   {"%zz", NULL},       {"%00", NULL},          {"%0A", NULL},          {"%7f", NULL},    {"%FF", NULL}, {"%C3", NULL},
                   {"%ED%A0%80", NULL}, {"%F4%90%80%80", NULL}, {"%E0%80%80", NULL},    {"", ""}};
    reb_arena a = {0};
    for (size_t i = 0; i < sizeof k_cases / sizeof k_cases[0]; i++)
        EQ_TEXT(reb_rq_decode(&a, k_cases[i].in, strlen(k_cases[i].in)), k_cases[i].out, k_cases[i].in);
    reb_arena_free(&a);
    OK(reb_host_is_loopback("localhost:7070") && reb_host_is_loopback("[::1]:1") && reb_host_is_loopback("127.0.0.1") &&
           reb_host_is_loopback("LOCALHOST"),
       "names of this machine");
    OK(!reb_host_is_loopback("localhost.evil.example") && !reb_host_is_loopback("127.0.0.1:80@evil") && !reb_host_is_loopback("evil") &&
           !reb_host_is_loopback(NULL),
       "and what only begins so");
}

static void rate(void) {
    static reb_rate r;
    unsigned wait;
    reb_rate_init(&r, 10, 1);
    int granted = 0;
    for (int i = 0; i < 100; i++) granted += reb_rate_take(&r, "a", 1, 1000, &wait);
    EQ_I64(granted, 20, "ten a second: a burst of twenty");
    OK(wait == 1, "then one second to wait");
    OK(reb_rate_take(&r, "b", 1, 1000, &wait), "others are not held up");
    granted = 0;
    for (int i = 0; i < 100; i++) granted += reb_rate_take(&r, "a", 1, 1001000, &wait);
    EQ_I64(granted, 10, "a second later ten more");
}

static void openapi(void) {
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_openapi(&w);
    cJSON *v = cJSON_Parse(reb_buf_cstr(&b));
    OK(v != NULL && cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(v, "paths")) > 30, "the description is JSON");
    const char *at = reb_buf_cstr(&b);
    const cJSON *schemas = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(v, "components"), "schemas");
    bool whole = true;
    while ((at = strstr(at, "#/components/schemas/")) != NULL) {
        char name[64] = "";
        at += 21;
        for (size_t i = 0; at[i] != '"' && i + 1 < sizeof name; i++) name[i] = at[i];
        if (cJSON_GetObjectItemCaseSensitive(schemas, name) == NULL) {
            printf("# %s\n", name);
            whole = false;
        }
    }
    OK(whole, "and every type it refers to is there");
    cJSON_Delete(v);
    reb_buf_free(&b);
}

int main(void) {
    routes();
    analyst();
    shapes();
    decoding();
    rate();
    openapi();
    return tap_done();
}
