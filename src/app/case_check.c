/* What a case may quote: kinds and remedies of its standards, root causes; and who it is given to. */
#include "case_internal.h"

#include "../domain/cause.h"
#include "../domain/identity.h"
#include "../domain/standard.h"
#include "../text/utf8.h"

#include <string.h>

static reb_status list_them(reb_err *err, const char *const *codes, int64_t count) {
    reb_buf b = {0};
    for (int64_t i = 0; i < count && b.len < 180; i++) {
        if (i > 0) reb_buf_str(&b, ", ");
        reb_buf_str(&b, codes[i]);
    }
    reb_err_next(err, "There are: %.220s", reb_buf_cstr(&b));
    reb_buf_free(&b);
    return REB_E_INPUT;
}

reb_status reb_case_check_kind(reb_store *s, reb_arena *a, int64_t standard_version, const char *kind, reb_err *err) {
    reb_standard *standard = NULL;
    reb_status st = reb_standard_get(&standard, s, a, standard_version, err);
    if (st != REB_OK || reb_standard_kind_find(standard, kind) != NULL) return st;
    const char **codes = reb_arena_zalloc(a, (size_t)standard->kind_count + 1, sizeof *codes);
    reb_fail(err, REB_E_INPUT, "The standards know no kind of complaint \"%.60s\".", kind);
    if (codes == NULL) return REB_E_INPUT;
    for (int64_t i = 0; i < standard->kind_count; i++) codes[i] = standard->kinds[i].code;
    return list_them(err, codes, standard->kind_count);
}

reb_status reb_case_check_remedy(reb_store *s, reb_arena *a, int64_t standard_version, const char *code, reb_err *err) {
    reb_standard *standard = NULL;
    reb_status st = reb_standard_get(&standard, s, a, standard_version, err);
    if (st != REB_OK || (code != NULL && reb_remedy_find(standard, code) != NULL)) return st;
    const char **codes = reb_arena_zalloc(a, (size_t)standard->remedy_count + 1, sizeof *codes);
    reb_fail(err, REB_E_INPUT, "The standards know no remedy \"%.60s\".", code != NULL ? code : "");
    if (codes == NULL) return REB_E_INPUT;
    for (int64_t i = 0; i < standard->remedy_count; i++) codes[i] = standard->remedies[i].code;
    return list_them(err, codes, standard->remedy_count);
}

reb_status reb_case_check_cause(reb_store *s, reb_arena *a, const char *code, reb_err *err) {
    reb_cause c;
    if (code[0] == '\0') {
        reb_fail(err, REB_E_INPUT, "A root cause is stated at closing.");
        reb_err_next(err, "Say --cause CODE; rebound cause list shows them.");
        return REB_E_INPUT;
    }
    reb_status st = reb_cause_get(&c, s, a, code, err);
    if (st == REB_E_NOT_FOUND && err != NULL) err->code = st = REB_E_INPUT;
    if (st == REB_OK && !c.offered) {
        reb_fail(err, REB_E_INPUT, "The root cause \"%.60s\" is offered no more.", code);
        reb_err_next(err, "rebound cause list shows those that are.");
        st = REB_E_INPUT;
    }
    return st;
}

/* --- whose it becomes ------------------------------------------------------------------------------------------------------------------
 */

enum { TEAM_ROOM = 61 };

/* "kind=team, kind=team" */
static void team_of(char out[TEAM_ROOM], const char *list, const char *kind) {
    size_t n = strlen(kind);
    out[0] = '\0';
    for (const char *p = list; *p != '\0';) {
        p += strspn(p, " ,;");
        size_t len = strcspn(p, ",;");
        if (len > n && strncmp(p, kind, n) == 0) {
            const char *q = p + n;
            while (*q == ' ') q++;
            if (*q == '=') {
                q++;
                while (*q == ' ') q++;
                size_t team = len - (size_t)(q - p);
                while (team > 0 && q[team - 1] == ' ') team--;
                if (team < TEAM_ROOM) {
                    memcpy(out, q, team);
                    out[team] = '\0';
                }
                return;
            }
        }
        p += len;
    }
}

static reb_status least_loaded(int64_t *user_id, reb_store *s, const char *team, reb_err *err) {
    static const char *const k_roles[] = {"agent", "manager", "owner"};
    bool found = false;
    reb_status st = REB_OK;
    *user_id = 0;
    for (size_t i = 0; i < 3 && st == REB_OK && !found; i++)
        st = reb_get_i64(user_id, &found, s, REB_SQL_CASE_LOADS, REB_ARGS(reb_t(k_roles[i]), reb_t(team)), err);
    if (!found) *user_id = 0;
    return st;
}

reb_status reb_case_choose_assignee(int64_t *user_id, const char **word, reb_store *s, const reb_business *b, int64_t whom_id,
                                    const char *kind, reb_err *err) {
    const char *how = reb_business_text(b, REB_SETTING_CASE_ASSIGN);
    char team[TEAM_ROOM];
    int64_t one = 0;
    bool found = false;
    reb_status st = REB_OK;
    *user_id = 0;
    *word = "rule";
    if (strcmp(how, "nobody") == 0) return REB_OK;
    if (whom_id != 0) { /* whoever keeps the customer */
        st = reb_get_i64(user_id, &found, s, REB_SQL_KEEPER_GET, REB_ARGS(reb_i(whom_id)), err);
        if (st == REB_OK && found) st = reb_get_i64(&one, &found, s, REB_SQL_CASE_PERSON_ABLE, REB_ARGS(reb_i(*user_id)), err);
        if (st != REB_OK || found) return st;
    }
    *user_id = 0;
    team_of(team, reb_business_text(b, REB_SETTING_CASE_TEAMS), kind);
    if (team[0] != '\0') st = least_loaded(user_id, s, team, err);
    if (st != REB_OK || *user_id != 0 || strcmp(how, "rule") == 0) return st;
    *word = "load";
    return least_loaded(user_id, s, "", err);
}

/* --- the same words ------------------------------------------------------------------------------------------------------------------- */

int64_t reb_case_text_hash(reb_arena *a, const char *body) {
    if (body == NULL) return 0;
    const char *cut = reb_arena_strndup(a, body, reb_utf8_cut(body, strlen(body), 400));
    const char *folded = cut != NULL ? reb_identity_fold(a, cut) : NULL;
    size_t n = folded != NULL ? strlen(folded) : 0;
    if (n == 0) return 0;
    uint64_t h = reb_hash64(UINT64_C(0x63617365), folded, n);
    int64_t signed_hash;
    memcpy(&signed_hash, &h, sizeof signed_hash);
    return signed_hash != 0 ? signed_hash : 1;
}
