#include "../domain/derive.h"
#include "cli.h"
#include "format.h"
#include "stop.h"

static bool tell(void *ctx, int64_t done, int64_t total) {
    reb_progress_update(ctx, done, total, done);
    return !reb_stop_asked();
}

static reb_status run_rebuild(reb_cli *cli, reb_err *err) {
    reb_store *s = NULL;
    reb_business *b = NULL;
    reb_progress p;
    int64_t heads = 0;
    char count[REB_FORMAT_TEXT];
    if (cli->arg_count > 0) return reb_fail(err, REB_E_USAGE, "rebuild takes no words; the database is named with --db.");
    reb_status st = reb_cli_open(&s, &b, cli, 0, err);
    if (st != REB_OK) return st;
    reb_stop_listen();
    reb_progress_start(&p, cli->err, cli->json, "rebuild", "customers");
    st = reb_derive_all(&heads, s, b, tell, &p, err);
    reb_progress_end(&p);
    if (st == REB_OK) reb_cli_wrote(cli, "rebuild", "", NULL);
    if (st == REB_OK && cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_json_obj(&w);
        reb_json_ki64(&w, "customers", heads);
        reb_json_obj_end(&w);
        reb_cli_document(cli, &out);
    } else if (st == REB_OK) {
        fprintf(cli->out, "Summaries and purchase days of %s are derived anew.\n", reb_format_plural(count, heads, "customer", NULL));
    }
    reb_business_free(b);
    reb_store_close(s);
    return st;
}

const reb_command reb_cmd_rebuild = {
    .name = "rebuild",
    .args = "",
    .summary = "derive all summaries anew from the log",
    .details =
        "Purchase days and customer summaries follow from the log of events; this derives them all anew, in one transaction. On a sound\n"
        "database it changes nothing.",
    .run = run_rebuild,
};
