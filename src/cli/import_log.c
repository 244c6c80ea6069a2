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
    fprintf(cli->out, "A mapping to begin with is in %s. Read it over, then: rebound import log %s --map %s\n", to, path, to);
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
    char n[4][REB_FORMAT_TEXT];
    fprintf(cli->out, "%s, %s.\n", reb_format_plural(n[0], r->rows, "row", NULL), reb_format_plural(n[1], r->cases, "case", NULL));
    if (r->events == 0) {
        fprintf(cli->out, "Nothing new: all of it was there already.\n");
    } else {
        fprintf(cli->out, "%s: %s new, %s written, %s of them because they follow from the log.\n", dry ? "It would bring" : "Imported",
                reb_format_plural(n[0], r->cases_new, "case", NULL), reb_format_plural(n[1], r->events, "event", NULL),
                reb_format_count(n[2], r->implied));
    }
    if (r->events_known > 0) fprintf(cli->out, "%s there already.\n", reb_format_plural(n[0], r->events_known, "event was", "events were"));
    if (r->events_left > 0)
        fprintf(cli->out, "%s left out, because they could not stand where they came: closed twice, resumed without waiting.\n",
                reb_format_plural(n[0], r->events_left, "event", NULL));
    if (r->refused > 0) fprintf(cli->out, "%s refused:\n", reb_format_plural(n[0], r->refused, "row was", "rows were"));
    for (int i = 0; i < r->fault_count; i++) {
        reb_buf value = {0};
        reb_format_safe(&value, r->faults[i].value, strlen(r->faults[i].value));
        fprintf(cli->out, "  line %lld: %s %s\n", (long long)r->faults[i].line, r->faults[i].reason, reb_cli_keep(cli, &value));
    }
    if (r->batch_id != 0) fprintf(cli->out, "To take it back: rebound import undo %lld\n", (long long)r->batch_id);
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
