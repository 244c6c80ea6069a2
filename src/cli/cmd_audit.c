#include "../domain/audit.h"
#include "cli.h"
#include "table.h"
#include "when.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const cJSON *v, const char *member) {
    const cJSON *t = cJSON_GetObjectItemCaseSensitive(v, member);
    return cJSON_IsString(t) ? t->valuestring : "";
}

/* Many subjects are told as a count: the JSON has them all. */
static const char *subjects_of(reb_arena *a, const cJSON *record) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(record, "subjects");
    int n = cJSON_GetArraySize(list);
    const char *about = text_of(record, "about");
    if (n == 0) return about;
    if (n > 1) return reb_arena_printf(a, "%d %ss", n, about);
    return reb_arena_printf(a, "%s %s", about, cJSON_GetArrayItem(list, 0)->valuestring);
}

static void print_list(const reb_cli *cli, const cJSON *doc) {
    static const reb_table_column k_columns[] = {{.title = "No"},
                                                 {.title = "At (UTC)"},
                                                 {.title = "Who", .fit = REB_FIT_CUT, .least = 10},
                                                 {.title = "Kind"},
                                                 {.title = "Did", .fit = REB_FIT_CUT, .least = 12},
                                                 {.title = "About", .fit = REB_FIT_CUT, .least = 12},
                                                 {0}};
    const cJSON *records = cJSON_GetObjectItemCaseSensitive(doc, "records");
    if (cJSON_GetArraySize(records) == 0) {
        fprintf(cli->out, "Nothing is recorded that fits.\n");
        return;
    }
    reb_table *table = reb_table_new(cli->arena, k_columns);
    const cJSON *r;
    cJSON_ArrayForEach(r, records) {
        const char *subjects = subjects_of(cli->arena, r);
        reb_table_text(table, text_of(r, "seq"));
        reb_table_printf(table, "%.10s %.8s", text_of(r, "at"), strlen(text_of(r, "at")) > 11 ? text_of(r, "at") + 11 : "");
        reb_table_words(table, text_of(r, "who"));
        reb_table_text(table, text_of(r, "kind"));
        reb_table_words(table, text_of(r, "did"));
        reb_table_words(table, subjects != NULL ? subjects : "");
    }
    const reb_term term = reb_term_of(cli->out);
    reb_table_print(table, &term);
    if (cJSON_IsString(cJSON_GetObjectItemCaseSensitive(doc, "next")))
        fprintf(cli->out, "\nOlder: rebound audit list --before %s\n", text_of(doc, "next"));
}

/* Prints the JSON as it is, or what `print` makes of it. */
static reb_status show(reb_cli *cli, reb_buf *b, void (*print)(const reb_cli *, const cJSON *), reb_err *err) {
    if (cli->json) {
        reb_cli_document(cli, b);
        return REB_OK;
    }
    cJSON *doc = b->failed ? NULL : cJSON_Parse(reb_buf_cstr(b));
    reb_buf_free(b);
    if (doc == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    print(cli, doc);
    cJSON_Delete(doc);
    return REB_OK;
}

static reb_status list(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_audit_filter f = {.who = reb_cli_value(cli, "--who"),
                          .kind = reb_cli_value(cli, "--kind"),
                          .did = reb_cli_value(cli, "--did"),
                          .subject = reb_cli_value(cli, "--customer")};
    if (f.subject != NULL) f.about = "customer";
    int64_t from_day = 0;
    int64_t to_day = 0;
    reb_buf b = {0};
    reb_json w = {.out = &b};
    if (cli->arg_count > 1) return reb_fail(err, REB_E_USAGE, "rebound audit list takes options only.");
    reb_status st = reb_cli_int(&f.limit, cli, "--limit", 50, 1, 1000, err);
    if (st == REB_OK) st = reb_cli_int(&f.before, cli, "--before", 0, 1, INT64_MAX, err);
    if (st == REB_OK) st = reb_cli_day(&from_day, cli, "--from", err);
    if (st == REB_OK) st = reb_cli_day(&to_day, cli, "--to", err);
    f.from_us = from_day * REB_US_PER_DAY;
    f.to_us = to_day * REB_US_PER_DAY;
    if (st == REB_OK) st = reb_audit_link(NULL, s, err);
    if (st == REB_OK) st = reb_audit_list_json(&w, s, &f, err);
    if (st == REB_OK) return show(cli, &b, print_list, err);
    reb_buf_free(&b);
    return st;
}

static void print_check(const reb_cli *cli, const cJSON *doc) {
    const cJSON *p;
    cJSON_ArrayForEach(p, cJSON_GetObjectItemCaseSensitive(doc, "problems")) fprintf(cli->out, "wrong  %s\n", text_of(p, "what"));
    double records = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(doc, "records"));
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(doc, "whole")))
        fprintf(cli->out, "The audit log is whole: %" PRId64 " records.\nHead: %s\n", (int64_t)records, text_of(doc, "head"));
}

static reb_status verify(reb_cli *cli, reb_store *s, reb_err *err) {
    bool whole = false;
    reb_buf b = {0};
    reb_json w = {.out = &b};
    if (cli->arg_count > 1) return reb_fail(err, REB_E_USAGE, "rebound audit verify takes options only.");
    reb_status st = reb_audit_check_json(&whole, &w, s, reb_cli_value(cli, "--head"), err);
    if (st == REB_OK) st = show(cli, &b, print_check, err);
    reb_buf_free(&b);
    if (st != REB_OK || whole) return st;
    reb_fail(err, REB_E_STORE, "The audit log was tampered with, or is damaged.");
    reb_err_next(err, "Keep this database as it is, and compare it with a backup.");
    return REB_E_STORE;
}

static reb_status head(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_audit_head h;
    reb_status st = reb_audit_link(NULL, s, err);
    if (st == REB_OK) st = reb_audit_head_get(&h, s, err);
    if (st == REB_OK) fprintf(cli->out, cli->json ? "{\"head\":\"%" PRId64 ":%s\"}\n" : "%" PRId64 ":%s\n", h.last_seq, h.last_hash);
    return st;
}

static reb_status run_audit(reb_cli *cli, reb_err *err) {
    const char *action = cli->arg_count > 0 ? cli->args[0] : "list";
    static const struct {
        const char *name;
        reb_status (*run)(reb_cli *cli, reb_store *s, reb_err *err);
    } k_actions[] = {{"list", list}, {"verify", verify}, {"head", head}};
    for (size_t i = 0; i < sizeof k_actions / sizeof k_actions[0]; i++) {
        if (strcmp(k_actions[i].name, action) != 0) continue;
        reb_store *s = NULL;
        reb_status st = reb_store_open(&s, cli->db, 0, err);
        if (st == REB_OK) st = k_actions[i].run(cli, s, err);
        reb_store_close(s);
        return st;
    }
    return reb_fail(err, REB_E_USAGE, "rebound audit knows list, verify and head, not \"%.40s\".", action);
}

static const reb_cli_option k_options[] = {
    {"--who", "WHO", "only of user:ID, key:NAME, terminal:NAME or local"},
    {"--kind", "KIND", "only saw, changed, denied or signed"},
    {"--did", "WORD", "only this address of the API or this command"},
    {"--customer", "ID", "only about this customer"},
    {"--from", "DATE", "not before this day (UTC)"},
    {"--to", "DATE", "before this day (UTC)"},
    {"--limit", "N", "how many, at most 1000 (50)"},
    {"--before", "NO", "older than this record"},
    {"--head", "NO:HASH", "verify: a head that was written down elsewhere"},
    {NULL, NULL, NULL},
};

const reb_command reb_cmd_audit = {
    .name = "audit",
    .args = "[list | verify | head] [options]",
    .summary = "who saw and changed what",
    .details =
        "list shows the audit log, newest first. verify checks that its chain is whole: a record that was changed, removed, inserted or\n"
        "moved is named, with exit code 11. head prints number and hash of the last record: kept elsewhere and given to\n"
        "verify --head, it shows whether the log up to there is still the same.",
    .actions = "list verify head",
    .options = k_options,
    .run = run_audit,
};
