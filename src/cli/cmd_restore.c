#include "../store/copy.h"
#include "cli.h"
#include "format.h"
#include "stop.h"

#include <string.h>

static bool tell(void *ctx, int64_t done, int64_t total) {
    reb_progress_update(ctx, done, total, done);
    return !reb_stop_asked();
}

static reb_status run_restore(reb_cli *cli, reb_err *err) {
    reb_store *s = NULL;
    reb_progress p;
    if (cli->arg_count != 1) return reb_fail(err, REB_E_USAGE, "Write: rebound restore FILE --db WHERE");
    reb_stop_listen();
    reb_progress_start(&p, cli->err, cli->json, "restore", strstr(cli->db, "://") != NULL ? "rows" : "pages");
    reb_status st = reb_store_restore(cli->db, cli->args[0], reb_cli_flag(cli, "--force"), tell, &p, err);
    reb_progress_end(&p);
    if (st == REB_OK) reb_cli_wrote(cli, "restore", "", NULL);
    if (st == REB_OK) st = reb_store_open(&s, cli->db, REB_OPEN_READ_ONLY, err);
    if (st == REB_OK && cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_json_obj(&w);
        reb_json_kstr(&w, "db", reb_store_location(s));
        reb_json_kstr(&w, "file", cli->args[0]);
        reb_json_obj_end(&w);
        reb_cli_document(cli, &out);
    } else if (st == REB_OK) {
        fprintf(cli->out, "%s is restored from %s.\n", reb_store_location(s), cli->args[0]);
    }
    reb_store_close(s);
    return st;
}

static const reb_cli_option k_options[] = {
    {"--force", NULL, "put it in the place of a business that is there"},
    {0},
};

const reb_command reb_cmd_restore = {
    .name = "restore",
    .args = "FILE",
    .summary = "put a backup in its place",
    .details = "Takes a file that rebound backup has written, checks it, and puts it where --db says, into SQLite or PostgreSQL. Where a "
               "business\n"
               "already is, nothing happens without --force; with it, an old SQLite database is kept beside as NAME.before-restore.",
    .options = k_options,
    .run = run_restore,
};
