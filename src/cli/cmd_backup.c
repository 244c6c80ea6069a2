#include "../store/copy.h"
#include "cli.h"
#include "format.h"
#include "stop.h"

static bool tell(void *ctx, int64_t done, int64_t total) {
    reb_progress_update(ctx, done, total, done);
    return !reb_stop_asked();
}

static reb_status run_backup(reb_cli *cli, reb_err *err) {
    reb_store *s = NULL;
    reb_progress p;
    int64_t bytes = 0;
    char size[REB_FORMAT_TEXT];
    if (cli->arg_count != 1) return reb_fail(err, REB_E_USAGE, "Write: rebound backup FILE");
    reb_status st = reb_store_open(&s, cli->db, REB_OPEN_READ_ONLY, err);
    if (st != REB_OK) return st;
    reb_stop_listen();
    reb_progress_start(&p, cli->err, cli->json, "backup", reb_store_engine(s) == REB_ENGINE_PG ? "rows" : "pages");
    st = reb_store_backup(&bytes, s, cli->args[0], reb_cli_flag(cli, "--force"), tell, &p, err);
    reb_progress_end(&p);
    if (st == REB_OK) { /* a copy of everything was handed out */
        reb_cli_wrote(cli, "backup", "", NULL);
        cli->wrote_kind = "saw";
    }
    if (st == REB_OK && cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_json_obj(&w);
        reb_json_kstr(&w, "file", cli->args[0]);
        reb_json_ki64(&w, "bytes", bytes);
        reb_json_obj_end(&w);
        reb_cli_document(cli, &out);
    } else if (st == REB_OK) {
        fprintf(cli->out, "%s is backed up in %s (%s), whole and checked.\n", reb_store_location(s), cli->args[0],
                reb_format_bytes(size, bytes));
    }
    reb_store_close(s);
    return st;
}

static const reb_cli_option k_options[] = {
    {"--force", NULL, "replace FILE when it is there"},
    {0},
};

const reb_command reb_cmd_backup = {
    .name = "backup",
    .args = "FILE",
    .summary = "copy everything into one file, while others go on working",
    .details =
        "FILE holds everything as it stood at one moment. It appears whole and checked, or not at all. Whatever the database is, SQLite\n"
        "or PostgreSQL, the backup is one file that rebound restore puts into either.",
    .options = k_options,
    .run = run_backup,
};
