/* Keys for programs. */
#include "handlers.h"

#include "../domain/token.h"

#include <sodium.h>

reb_status reb_handle_token_list(reb_request *rq, reb_err *err) {
    return reb_token_list_json(&rq->w, rq->store, reb_clock_now(rq->server->o.wall_clock), err);
}

reb_status reb_handle_token_add(reb_request *rq, reb_err *err) {
    reb_buf words = {0};
    const cJSON *word;
    cJSON_ArrayForEach(word, cJSON_GetObjectItemCaseSensitive(rq->json_body, "scopes")) {
        reb_buf_str(&words, word->valuestring);
        reb_buf_char(&words, ' ');
    }
    unsigned scopes = 0;
    reb_status st = words.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : reb_token_scopes(&scopes, reb_buf_cstr(&words), err);
    reb_buf_free(&words);
    if (st != REB_OK) return st;
    char key[REB_TOKEN_TEXT];
    reb_token t;
    int64_t now = reb_clock_now(rq->server->o.wall_clock);
    st = reb_token_add(key, &t, rq->store, reb_rq_text(rq, "name"), scopes, reb_rq_int(rq, "days", 90), now, err);
    if (st == REB_OK) reb_token_json(&rq->w, &t, now, key);
    sodium_memzero(key, sizeof key);
    return st;
}

reb_status reb_handle_token_revoke(reb_request *rq, reb_err *err) {
    return reb_token_revoke(rq->store, reb_rq_param(rq, "name"), reb_clock_now(rq->server->o.wall_clock), err);
}
