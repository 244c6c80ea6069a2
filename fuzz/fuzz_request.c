/* What a client sends: a body against each shape a route takes, a text as the value of each member of each query, as a part of a path, and
   as a name of the host. */
#include "../src/http/http.h"
#include "../src/http/types.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void check_route(const reb_route *r, const cJSON *body, const char *text) {
    if (body != NULL && reb_type_find(r->body, &(size_t){0}) != NULL) {
        reb_err err = {0};
        if (reb_type_check(body, r->body, true, &err) != REB_OK && err.detail[0] == '\0') abort();
    }
    size_t n = 0;
    const reb_field *fields = reb_type_find(r->query, &n);
    for (size_t k = 0; k < n; k++) {
        reb_err err = {0};
        if (reb_field_check_text(&fields[k], text, &err) != REB_OK && err.detail[0] == '\0') abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    if (text == NULL) abort();
    if (size > 0) memcpy(text, data, size);
    text[size] = '\0';
    cJSON *body = cJSON_ParseWithLength(text, size);
    for (size_t i = 0; i < reb_route_count(); i++) check_route(&reb_routes[i], body, text);
    cJSON_Delete(body);
    /* A path finds one route and the parts of it lie within the path; decoded, it holds no control character and never grows. */
    size_t length = strlen(text);
    for (int m = 0; m < REB_METHOD_OTHER; m++) {
        reb_route_match match;
        reb_route_find(&match, (reb_method)m, text);
        for (size_t k = 0; match.route != NULL && k < match.param_count; k++)
            if (match.params[k].value < text || match.params[k].value + match.params[k].value_len > text + length) abort();
    }
    reb_arena arena = {0};
    const char *decoded = reb_rq_decode(&arena, text, length);
    if (decoded != NULL && strlen(decoded) > length) abort();
    for (const char *p = decoded; p != NULL && *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7F) abort();
    if (reb_host_is_loopback(text) && strncasecmp(text, "localhost", 9) != 0 && strncmp(text, "127.0.0.1", 9) != 0 &&
        strncmp(text, "[::1]", 5) != 0)
        abort();
    reb_arena_free(&arena);
    free(text);
    return 0;
}
