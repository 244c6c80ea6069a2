#include "import_log.h"

#include "../app/case_import.h"

#include "format.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAP_MOST = 262144 };

static reb_status read_map(const char **out, size_t *len, reb_cli *cli, const char *path, reb_err *err) {
    FILE *f = fopen(path, "rb");
    char *text = reb_arena_alloc(cli->arena, MAP_MOST + 2);
    if (f == NULL) return reb_fail(err, REB_E_IO, "%s cannot be read: %s.", path, strerror(errno));
    *len = text == NULL ? 0 : fread(text, 1, MAP_MOST + 1, f);
    bool failed = ferror(f) != 0;
    fclose(f);
    if (text == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (failed) return reb_fail(err, REB_E_IO, "%s cannot be read to its end.", path);
    text[*len] = '\0';
    *out = text;
    return REB_OK;
}

static reb_status write_draft(reb_cli *cli, const char *path, const char *to, reb_err *err) {
    const char *text = NULL;
    reb_status st = reb_case_import_draft(&text, path, reb_cli_value(cli, "--encoding"), cli->arena, err);
    if (st != REB_OK) return st;
    FILE *f = fopen(to, "wbx");
    if (f == NULL) {
        reb_fail(err, REB_E_IO, "%s cannot be written: %s.", to, strerror(errno));
        if (errno == EEXIST) reb_err_next(err, "Take it away first, or say another name.");
        return REB_E_IO;
    }
    bool wrote = fputs(text, f) >= 0;
    if (fclose(f) != 0 || !wrote) return reb_fail(err, REB_E_IO, "%s cannot be written.", to);
    const reb_voice v = reb_cli_voice(cli);
    const char *command = reb_arena_printf(cli->arena, "rebound import log %s --map %s", path, to);
    fprintf(cli->out, "%s\n", reb_say_cli_log_draft(&v, .to = to, .command = command != NULL ? command : ""));
    return REB_OK;
}

typedef struct shown {
    reb_progress bar;
} shown;

static bool on_progress(void *ctx, double share, int64_t cases) {
    shown *s = ctx;
    reb_progress_update(&s->bar, (int64_t)(share * 1000), 1000, cases);
    return true;
}

static void tell(reb_cli *cli, const reb_case_import_out *r, bool dry) {
    const reb_voice v = reb_cli_voice(cli);
    FILE *out = cli->out;
    fprintf(out, "%s\n", reb_say_cli_log_read(&v, .rows = (double)r->rows, .cases = (double)r->cases));
    const double cases = (double)r->cases_new;
    const double events = (double)r->events;
    const double implied = (double)r->implied;
    const char *said = r->events == 0 ? reb_say_cli_log_nothing_new(&v)
                       : dry          ? reb_say_cli_log_would(&v, .cases = cases, .events = events, .implied = implied)
                                      : reb_say_cli_log_imported(&v, .cases = cases, .events = events, .implied = implied);
    fprintf(out, "%s\n", said);
    if (r->events_known > 0) fprintf(out, "%s\n", reb_say_cli_log_known(&v, .count = (double)r->events_known));
    if (r->events_left > 0) fprintf(out, "%s\n", reb_say_cli_log_left(&v, .count = (double)r->events_left));
    if (r->refused > 0) fprintf(out, "%s\n", reb_say_cli_log_refused(&v, .count = (double)r->refused));
    for (int i = 0; i < r->fault_count; i++) {
        reb_buf value = {0};
        reb_format_safe(&value, r->faults[i].value, strlen(r->faults[i].value));
        fprintf(
            out, "  %s\n",
            reb_say_cli_log_line(&v, .line = (double)r->faults[i].line, .reason = r->faults[i].reason, .value = reb_cli_keep(cli, &value)));
    }
    if (r->batch_id != 0) {
        const char *command = reb_arena_printf(cli->arena, "rebound import undo %lld", (long long)r->batch_id);
        fprintf(out, "%s\n", reb_say_cli_log_undo(&v, .command = command != NULL ? command : ""));
    }
}

reb_status reb_import_log_run(reb_cli *cli, const char *path, const volatile int *cancel, reb_err *err) {
    const char *map_path = reb_cli_value(cli, "--map");
    const char *draft = reb_cli_value(cli, "--write-map");
    reb_store *s = NULL;
    reb_business *b = NULL;
    reb_case_import_out r;
    reb_ids ids = {.clock = reb_clock_system(), .node = (uint64_t)getpid() & 1023};
    shown show = {0};
    reb_case_import_in in = {.path = path,
                             .source = reb_cli_value(cli, "--source"),
                             .encoding = reb_cli_value(cli, "--encoding"),
                             .dry_run = reb_cli_flag(cli, "--dry-run"),
                             .ids = &ids,
                             .stop = cancel,
                             .progress = on_progress,
                             .ctx = &show};
    if (draft != NULL && map_path == NULL) return write_draft(cli, path, draft, err);
    if (map_path == NULL) {
        reb_fail(err, REB_E_USAGE, "Nothing says what the columns of the log mean.");
        reb_err_next(err, "rebound import log %s --write-map log.map writes a mapping to begin with.", path);
        return REB_E_USAGE;
    }
    reb_status st = read_map(&in.map, &in.map_bytes, cli, map_path, err);
    if (st == REB_OK) st = reb_cli_open(&s, &b, cli, 0, err);
    in.business = b;
    in.now_us = reb_clock_now(cli->clock);
    reb_progress_start(&show.bar, cli->err, cli->json, "importing", "cases");
    if (st == REB_OK) st = reb_case_import(&r, s, &in, err);
    reb_progress_end(&show.bar);
    reb_business_free(b);
    reb_store_close(s);
    if (st != REB_OK) return st;
    if (r.batch_id != 0) reb_cli_wrote_id(cli, "import log", "import", r.batch_id);
    if (cli->json) {
        reb_buf text = {0};
        reb_json w = {.out = &text};
        reb_case_import_json(&w, &r);
        reb_cli_document(cli, &text);
    } else {
        tell(cli, &r, in.dry_run);
    }
    return REB_OK;
}
