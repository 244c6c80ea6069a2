#include "../domain/verify.h"
#include "cli.h"
#include "format.h"
#include "stop.h"

static bool tell(void *ctx, int64_t done, int64_t total) {
    reb_progress_update(ctx, done, total, done);
    return !reb_stop_asked();
}

static void print_report(const reb_cli *cli, const reb_verify_report *r) {
    char events[REB_FORMAT_TEXT];
    char customers[REB_FORMAT_TEXT];
    char imports[REB_FORMAT_TEXT];
    bool readable = r->problems[REB_VERIFY_FILE] == 0;
    for (int c = 0; c < REB_VERIFY_CHECKS; c++) {
        if (!readable && c != REB_VERIFY_FILE) continue; /* not looked at */
        bool good = r->problems[c] == 0;
        fprintf(cli->out, "%-6s %s\n", good ? "ok" : "wrong", good ? reb_verify_sentence((reb_verify_check)c) : r->detail[c]);
    }
    if (reb_verify_problems(r) == 0)
        fprintf(cli->out, "The database is sound: %s, %s, %s.\n", reb_format_plural(events, r->events, "event", NULL),
                reb_format_plural(customers, r->customers, "customer", NULL), reb_format_plural(imports, r->imports, "import", NULL));
}

static reb_status damaged(const reb_verify_report *r, reb_err *err) {
    bool only_derived = r->problems[REB_VERIFY_DERIVED] == reb_verify_problems(r);
    char count[REB_FORMAT_TEXT];
    reb_fail(err, REB_E_STORE, "The database is not sound: %s.", reb_format_plural(count, reb_verify_problems(r), "problem", NULL));
    reb_err_next(err, only_derived ? "Run: rebound rebuild" : "Restore the last backup with: rebound restore FILE --force");
    return REB_E_STORE;
}

static reb_status run_verify(reb_cli *cli, reb_err *err) {
    reb_store *s = NULL;
    reb_business *b = NULL;
    reb_progress p;
    reb_verify_report report = {0};
    if (cli->arg_count > 0) return reb_fail(err, REB_E_USAGE, "verify takes no words; the database is named with --db.");
    reb_status st = reb_cli_open(&s, &b, cli, REB_OPEN_READ_ONLY, err);
    if (st != REB_OK) return st;
    reb_stop_listen();
    reb_progress_start(&p, cli->err, cli->json, "verify", "customers");
    st = reb_verify(&report, s, b, tell, &p, err);
    reb_progress_end(&p);
    if (st == REB_OK && cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_verify_json(&w, &report);
        reb_cli_document(cli, &out);
    } else if (st == REB_OK) {
        print_report(cli, &report);
    }
    if (st == REB_OK && reb_verify_problems(&report) > 0) st = damaged(&report, err);
    reb_business_free(b);
    reb_store_close(s);
    return st;
}

const reb_command reb_cmd_verify = {
    .name = "verify",
    .args = "",
    .summary = "check that the database is sound",
    .details = "Checks the file itself, that every row belongs to something, that what is derived equals what the log gives, and that each "
               "import\n"
               "holds what it says it wrote. Changes nothing. Exit code 11 when something is wrong.",
    .run = run_verify,
};
