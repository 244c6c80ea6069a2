/* rebound token: keys for programs. */
#include "cli.h"

#include "../domain/token.h"
#include "table.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <string.h>

static void print_day(FILE *out, int64_t time_us) {
    char text[REB_TIME_TEXT];
    reb_time_format(time_us, text);
    fprintf(out, "%.10s", text);
}

static reb_status add(reb_cli *cli, reb_store *s, reb_err *err) {
    if (cli->arg_count != 2) {
        reb_fail(err, REB_E_USAGE, "A key needs one name.");
        reb_err_next(err, "rebound token add NAME [--scopes read,write] [--days 90]");
        return REB_E_USAGE;
    }
    unsigned scopes = 0;
    int64_t days = 0;
    const char *text = reb_cli_value(cli, "--scopes");
    reb_status st = reb_token_scopes(&scopes, text != NULL ? text : "read", err);
    if (st == REB_OK) st = reb_cli_int(&days, cli, "--days", 90, 1, 3650, err);
    if (st != REB_OK) return st;
    char key[REB_TOKEN_TEXT];
    reb_token t;
    int64_t now = reb_clock_now(cli->clock);
    st = reb_token_add(key, &t, s, cli->args[1], scopes, days, now, err);
    if (st != REB_OK) return st;
    reb_cli_wrote(cli, "token add", "key", cli->args[1]);
    if (cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_token_json(&w, &t, now, key);
        if (b.failed) {
            cli->arena->failed = true;
        } else {
            fprintf(cli->out, "%s\n", reb_buf_cstr(&b));
        }
        if (b.data != NULL) sodium_memzero(b.data, b.len);
        reb_buf_free(&b);
    } else {
        fprintf(cli->out, "%s\n", key);
        fflush(cli->out);
        fprintf(cli->err, "This is the only time the key \"%s\" is shown. Scopes: %s. It lives until ", t.name,
                reb_token_scopes_text(t.scopes));
        print_day(cli->err, t.expires_us);
        fprintf(cli->err, ".\nUse it as the header  Authorization: Bearer KEY\n");
    }
    sodium_memzero(key, sizeof key);
    return REB_OK;
}

static const char *state_of(const cJSON *t) {
    return cJSON_GetObjectItemCaseSensitive(t, "state")->valuestring;
}

/* The table is drawn from the JSON that --json prints: one reading of the store for both. */
static void print_list(const reb_cli *cli, const cJSON *list) {
    static const reb_table_column k_columns[] = {
        {.title = "Name", .fit = REB_FIT_CUT, .least = 8}, {.title = "May"}, {.title = "Until"}, {.title = "State"}, {0}};
    reb_table *table = reb_table_new(cli->arena, k_columns);
    const cJSON *t;
    cJSON_ArrayForEach(t, list) {
        reb_buf scopes = {0};
        const cJSON *word;
        cJSON_ArrayForEach(word, cJSON_GetObjectItemCaseSensitive(t, "scopes"))
            reb_buf_printf(&scopes, "%s%s", scopes.len > 0 ? " " : "", word->valuestring);
        reb_table_words(table, cJSON_GetObjectItemCaseSensitive(t, "name")->valuestring);
        if (scopes.failed) cli->arena->failed = true;
        reb_table_text(table, reb_buf_cstr(&scopes));
        reb_table_printf(table, "%.10s", cJSON_GetObjectItemCaseSensitive(t, "expires")->valuestring);
        reb_table_text(table, state_of(t));
        reb_buf_free(&scopes);
    }
    const reb_term term = reb_term_of(cli->out);
    if (cJSON_GetArraySize(list) == 0) {
        fprintf(cli->out, "No key was made yet: only this machine may ask. rebound token add NAME makes one.\n");
    } else {
        reb_table_print(table, &term);
    }
}

static reb_status list(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_status st = reb_token_list_json(&w, s, reb_clock_now(cli->clock), err);
    if (st == REB_OK && cli->json) {
        reb_cli_document(cli, &b);
    } else if (st == REB_OK) {
        cJSON *doc = cJSON_Parse(reb_buf_cstr(&b));
        if (doc == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
        if (doc != NULL) print_list(cli, cJSON_GetObjectItemCaseSensitive(doc, "tokens"));
        cJSON_Delete(doc);
    }
    reb_buf_free(&b);
    return st;
}

static reb_status revoke(reb_cli *cli, reb_store *s, reb_err *err) {
    if (cli->arg_count != 2) return reb_fail(err, REB_E_USAGE, "Which key? rebound token revoke NAME");
    reb_status st = reb_token_revoke(s, cli->args[1], reb_clock_now(cli->clock), err);
    if (st != REB_OK) return st;
    reb_cli_wrote(cli, "token revoke", "key", cli->args[1]);
    if (cli->json) {
        fprintf(cli->out, "{\"revoked\":true}\n");
    } else {
        fprintf(cli->out, "The key \"%s\" is revoked; servers refuse it within a second.\n", cli->args[1]);
    }
    return REB_OK;
}

static reb_status run_token(reb_cli *cli, reb_err *err) {
    const char *action = cli->arg_count > 0 ? cli->args[0] : "list";
    static const struct {
        const char *name;
        reb_status (*run)(reb_cli *cli, reb_store *s, reb_err *err);
    } k_actions[] = {{"add", add}, {"list", list}, {"revoke", revoke}};
    for (size_t i = 0; i < sizeof k_actions / sizeof k_actions[0]; i++) {
        if (strcmp(k_actions[i].name, action) != 0) continue;
        reb_store *s = NULL;
        reb_status st = reb_store_open(&s, cli->db, 0, err);
        if (st == REB_OK) st = k_actions[i].run(cli, s, err);
        reb_store_close(s);
        return st;
    }
    reb_fail(err, REB_E_USAGE, "rebound token knows add, list and revoke, not \"%.40s\".", action);
    return REB_E_USAGE;
}

static const reb_cli_option k_options[] = {
    {"--scopes", "SCOPES", "what the key may do: read, write, admin, parted by commas (read)"},
    {"--days", "N", "how long it lives, 1 to 3650 (90)"},
    {NULL, NULL, NULL},
};

const reb_command reb_cmd_token = {
    .name = "token",
    .args = "[add NAME | list | revoke NAME]",
    .summary = "make, list and revoke keys for programs",
    .details =
        "add prints a new key, once; only its hash is stored. list shows all keys that were ever made. revoke ends a key at once.\n\n"
        "Scopes: read looks, write acts (imports, done, notes, merges), admin changes settings and keys. admin holds the other two.",
    .actions = "add list revoke",
    .options = k_options,
    .run = run_token,
};
