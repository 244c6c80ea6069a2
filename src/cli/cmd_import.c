/* rebound import: a file in, what was understood and counted out. */
#include "../app/import.h"
#include "../domain/business.h"
#include "../sheet/sheet.h"
#include "cli.h"
#include "format.h"
#include "import_log.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const reb_cli_option k_options[] = {
    {"--dry-run", NULL, "read and judge the file, write nothing"},
    {"--map", "FILE", "take the columns as this mapping says"},
    {"--write-map", "FILE", "write the mapping in force, as a first guess to mend"},
    {"--source", "NAME", "label of the system the file comes from; ids hold within it"},
    {"--rejects", "FILE", "where refused rows go; else FILE.rejects.csv beside the file"},
    {"--encoding", "NAME", "UTF-8, UTF-16, windows-1256, windows-1253, windows-1252; else found out"},
    {0},
};

static volatile sig_atomic_t g_stop; /* set by Ctrl-C */
static volatile int g_cancel;

static void on_signal(int sig) {
    (void)sig;
    if (g_stop) _exit(130); /* asked twice: at once; what is committed is whole all the same */
    g_stop = 1;
    g_cancel = 1;
}

typedef struct shown {
    reb_progress bar;
    reb_import_phase phase;
    bool started;
    const reb_cli *cli;
} shown;

static bool on_progress(const reb_import_progress *p, void *ctx) {
    shown *s = ctx;
    if (!s->started || s->phase != p->phase) {
        if (s->started) reb_progress_end(&s->bar);
        reb_progress_start(&s->bar, s->cli->err, s->cli->json, p->phase == REB_IMPORT_LOOKING ? "looking" : "importing", "rows");
        s->started = true;
        s->phase = p->phase;
    }
    reb_progress_update(&s->bar, p->bytes, p->total_bytes, p->rows);
    return true;
}

/* ---- for a person ---------------------------------------------------------------------------------------------------------------------
 */

typedef struct page {
    const reb_cli *cli;
    reb_term term;
    const reb_import_result *r;
    const char *currency;
} page;

static const char *safe(const page *p, const char *s) {
    reb_buf b = {0};
    reb_format_words(&b, s != NULL ? s : "", s != NULL ? strlen(s) : 0, 0);
    return reb_cli_keep(p->cli, &b);
}

static void field(const page *p, const char *name, const char *value) {
    if (value == NULL || *value == '\0') return;
    char head[32];
    snprintf(head, sizeof head, "  %-12s", name);
    reb_term_paragraph(&p->term, 14, head, value);
}

static void understood(const page *p) {
    const reb_import_result *r = p->r;
    fprintf(p->term.file, "\n");
    reb_term_styled(&p->term, REB_STYLE_BOLD, safe(p, r->file_name));
    fprintf(p->term.file, "  %s\n\n", r->profile_label != NULL ? r->profile_label : "");
    if (r->why != NULL) field(p, "Recognised", reb_arena_printf(p->cli->arena, "by %s", r->why));
    field(p, "Read as", r->format);
    field(p, "Records", r->records);
    field(p, "Source", safe(p, r->source));
    field(p, "Dates", r->dates);
    field(p, "Calendar", r->calendar);
    field(p, "Time zone", r->timezone);
    field(p, "Currency", r->currency);
    field(p, "Amounts", r->decimal);
}

static void columns_table(const page *p) {
    static const reb_table_column columns[] = {{.title = "Column", .fit = REB_FIT_CUT, .least = 12},
                                               {.title = "Taken for", .fit = REB_FIT_CUT, .least = 12},
                                               {.title = "For instance", .fit = REB_FIT_CUT, .least = 16, .style = REB_STYLE_DIM},
                                               {0}};
    reb_table *t = reb_table_new(p->cli->arena, columns);
    reb_table_indent(t, 2);
    for (size_t i = 0; i < p->r->n_columns; i++) {
        const reb_import_column *c = &p->r->columns[i];
        reb_table_words(t, c->name);
        reb_table_text(t, c->label);
        const char *all = c->samples[0] != NULL ? c->samples[0] : "";
        for (int k = 1; k < 3 && c->samples[k] != NULL; k++)
            all = reb_arena_printf(p->cli->arena, "%s | %s", all != NULL ? all : "", c->samples[k]);
        reb_table_words(t, all);
    }
    fprintf(p->term.file, "\n");
    reb_table_print(t, &p->term);
}

static void samples_table(const page *p) {
    static const reb_table_column columns[] = {{.title = "Line", .right = true},
                                               {.title = "What"},
                                               {.title = "Number", .fit = REB_FIT_CUT, .least = 10},
                                               {.title = "Date"},
                                               {.title = "Customer", .fit = REB_FIT_CUT, .least = 12},
                                               {.title = "Content", .fit = REB_FIT_CUT, .least = 12},
                                               {.title = "Amount", .right = true},
                                               {0}};
    if (p->r->n_samples == 0) return;
    reb_table *t = reb_table_new(p->cli->arena, columns);
    reb_table_indent(t, 2);
    for (size_t i = 0; i < p->r->n_samples; i++) {
        const reb_import_sample *s = &p->r->samples[i];
        reb_table_count(t, s->line);
        reb_table_text(t, s->record);
        reb_table_words(t, s->order_id);
        reb_table_text(t, s->date);
        reb_table_words(t, s->customer);
        reb_table_words(t, s->what);
        reb_table_text(t, s->amount);
    }
    fprintf(p->term.file, "\nThe first records, as they were understood:\n");
    reb_table_print(t, &p->term);
}

static void count_row(reb_table *t, const char *what, int64_t n, const char *more) {
    if (n == 0) return;
    reb_table_text(t, what);
    reb_table_count(t, n);
    reb_table_text(t, more != NULL ? more : "");
}

static const char *money(const page *p, int64_t minor) {
    char text[REB_FORMAT_TEXT];
    return reb_arena_strdup(p->cli->arena, reb_format_money(text, minor, p->currency, REB_MONEY_CODE));
}

static void counts_table(const page *p) {
    static const reb_table_column columns[] = {
        {.title = ""}, {.title = "", .right = true}, {.title = "", .fit = REB_FIT_WRAP, .least = 20}, {0}};
    const reb_import_counts *c = &p->r->counts;
    reb_arena *a = p->cli->arena;
    char n[REB_FORMAT_TEXT];
    char amount[REB_FORMAT_TEXT];
    reb_table *t = reb_table_new(a, columns);
    reb_table_indent(t, 2);
    count_row(t, "rows", c->rows,
              c->ignored_rows > 0 ? reb_arena_printf(a, "%s of them totals or repeated headers", reb_format_count(n, c->ignored_rows))
                                  : NULL);
    bool taken_back = c->refunds + c->cancellations > 0;
    count_row(t, "orders", c->orders,
              reb_arena_printf(a, "%s%s", money(p, c->order_minor), taken_back ? " before what was given back" : ""));
    count_row(t, "lines", c->lines, NULL);
    count_row(t, "customers", c->customers_seen, reb_arena_printf(a, "%s new", reb_format_count(n, c->customers_new)));
    const char *linked =
        reb_arena_printf(a, "%s; %s linked to their orders", money(p, c->refund_minor), reb_format_count(n, c->refunds_linked));
    if (c->returns > 0) linked = reb_arena_printf(a, "%s; %s told by rows of their own", linked, reb_format_count(amount, c->returns));
    count_row(t, "doubles", c->doubles, "pairs of customers who share an e-mail, telephone or number: see rebound customer doubles");
    count_row(t, "refunds", c->refunds, linked);
    count_row(t, "cancellations", c->cancellations, NULL);
    count_row(t, "payments", c->payments, NULL);
    count_row(t, "unpaid", c->unpaid, "failed or not finished: kept, but no purchases");
    count_row(t, "tickets", c->tickets, NULL);
    count_row(t, "events", c->events, NULL);
    count_row(t, "promises", c->promises, reb_arena_printf(a, "delivery dates promised; %s arrived", reb_format_count(n, c->deliveries)));
    count_row(t, "further parts", c->order_parts, "of orders whose rows were not together in the file");
    count_row(t, "changed", c->changed, "known before, told differently now; the difference is recorded");
    count_row(t, "known", c->known, "in the store already; left as they are");
    count_row(t, "erased", c->erased, "records of customers who were erased: nothing of who they are was taken");
    if (c->without_customer_orders > 0)
        count_row(t, "nobody's", c->without_customer_orders,
                  reb_arena_printf(a, "without a customer: %s lines, %s; counted here, not stored",
                                   reb_format_count(n, c->without_customer_lines),
                                   reb_format_money(amount, c->without_customer_minor, p->currency, REB_MONEY_CODE)));
    count_row(t, "other money", c->other_currency_orders, "orders in another currency than the business's: purchases, but not summed");
    count_row(t, "refused", c->rejected_rows,
              p->r->rejects_path != NULL ? reb_arena_printf(a, "written to %s", safe(p, p->r->rejects_path)) : NULL);
    fprintf(p->term.file, "\n");
    reb_table_print(t, &p->term);
    for (size_t i = 0; i < p->r->n_reasons; i++)
        fprintf(p->term.file, "    %10s  %s (first in line %" PRId64 ")\n", reb_format_count(n, p->r->reasons[i].rows),
                p->r->reasons[i].reason, p->r->reasons[i].first_line);
}

static void remarks(const page *p) {
    if (p->r->n_remarks == 0) return;
    fprintf(p->term.file, "\n");
    for (size_t i = 0; i < p->r->n_remarks; i++) reb_term_paragraph(&p->term, 4, "  * ", safe(p, p->r->remarks[i]));
}

static void next_steps(const page *p, const char *file) {
    const reb_import_result *r = p->r;
    fprintf(p->term.file, "\n");
    if (r->dry_run) {
        reb_term_paragraph(&p->term, 0, NULL,
                           reb_arena_printf(p->cli->arena, "Nothing was written. To import it: rebound import %s", safe(p, file)));
        return;
    }
    if (r->known_batch_id != 0) {
        reb_term_paragraph(
            &p->term, 0, NULL,
            reb_arena_printf(p->cli->arena, "This file was imported before, as batch %" PRId64 ". Nothing changes.", r->known_batch_id));
        return;
    }
    if (r->batch_id == 0) {
        const reb_import_counts *c = &r->counts;
        reb_term_paragraph(&p->term, 0, NULL,
                           c->known > 0 ? "Nothing new: all of it was known."
                           : c->without_customer_orders > 0
                               ? "Nothing was stored: no row tells whose it is. If a column does, say which in a "
                                 "mapping: rebound import FILE --dry-run --write-map map.txt"
                           : c->rejected_rows > 0 ? "Nothing was stored: every row was refused."
                                                  : "Nothing new: all of it was known.");
        return;
    }
    char took[REB_FORMAT_TEXT];
    char rate[REB_FORMAT_TEXT];
    double seconds = (double)r->elapsed_us / 1e6;
    fprintf(p->term.file, "Batch %" PRId64 " in %s (%s rows a second). ", r->batch_id, reb_format_duration(took, r->elapsed_us),
            reb_format_count(rate, seconds > 0 ? (int64_t)((double)(r->counts.rows - r->resumed_after) / seconds) : 0));
    fprintf(p->term.file, "To take it back: rebound import undo %" PRId64 "\n", r->batch_id);
    if (r->counts.rejected_rows > 0 && r->rejects_path != NULL)
        fprintf(p->term.file, "Mend the refused rows and import them: rebound import %s\n", safe(p, r->rejects_path));
    if (r->interrupted) {
        fprintf(p->term.file, "To go on with the rest, import the same file again: rebound import %s\n", safe(p, file));
    } else {
        fprintf(p->term.file, "Next: rebound fit, then rebound today\n");
    }
}

static void print_result(const reb_cli *cli, const reb_import_result *r, const char *file, const char *currency) {
    page p = {.cli = cli, .term = reb_term_of(cli->out), .r = r, .currency = currency};
    understood(&p);
    if (r->dry_run) {
        columns_table(&p);
        samples_table(&p);
    }
    if (r->currency_adopted)
        fprintf(cli->out, "\n  * The business had no currency of its own yet: it %s %s now, as the file says.\n",
                r->dry_run ? "would count in" : "counts in", currency);
    if (r->resumed_after > 0) {
        char n[REB_FORMAT_TEXT];
        fprintf(cli->out, "\n  * An earlier run had been stopped: this one went on after %s rows.\n",
                reb_format_count(n, r->resumed_after));
    }
    remarks(&p);
    counts_table(&p);
    next_steps(&p, file);
}

/* ---- commands ---------------------------------------------------------------------------------------------------------------------------
 */

static reb_status write_file(const char *path, const char *text, reb_err *err) {
    FILE *f = fopen(path, "wb");
    if (f == NULL) return reb_fail(err, REB_E_IO, "%s cannot be written: %s.", path, strerror(errno));
    bool good = fputs(text, f) >= 0;
    if (fclose(f) != 0 || !good) return reb_fail(err, REB_E_IO, "%s could not be written whole.", path);
    return REB_OK;
}

/* Before a database is made for it: is there a file at all, and can it be read? */
static reb_status look_at_file(const char *path, reb_err *err) {
    reb_sheet *s = NULL;
    reb_status st = reb_sheet_open(&s, path, NULL, err);
    reb_sheet_close(s);
    return st;
}

static reb_status one_file(reb_cli *cli, reb_store *store, const char *currency, const char *path, reb_json *json, reb_err *err) {
    shown s = {.cli = cli};
    reb_import_options opt = {.path = path,
                              .map_path = reb_cli_value(cli, "--map"),
                              .source = reb_cli_value(cli, "--source"),
                              .encoding = reb_cli_value(cli, "--encoding"),
                              .rejects_path = reb_cli_value(cli, "--rejects"),
                              .dry_run = reb_cli_flag(cli, "--dry-run"),
                              .on_progress = on_progress,
                              .ctx = &s,
                              .cancel = &g_cancel,
                              .clock = cli->clock};
    if (opt.rejects_path == NULL) opt.rejects_path = "";
    reb_import_result r;
    reb_status st = reb_import_run(&r, store, &opt, cli->arena, err);
    if (s.started) reb_progress_end(&s.bar);
    if (r.batch_id != 0 && !opt.dry_run && (st == REB_OK || r.interrupted)) reb_cli_wrote_id(cli, "import", "import", r.batch_id);
    const char *map = reb_cli_value(cli, "--write-map");
    if (map != NULL && r.map_text != NULL && (st == REB_OK || st == REB_E_INPUT)) {
        reb_err map_err = {0};
        reb_status written = write_file(map, r.map_text, &map_err);
        if (written == REB_OK) {
            fprintf(cli->err, "Mapping written to %s.\n", map);
            bool guess = st == REB_E_INPUT && opt.dry_run; /* asked for a first guess, and got it */
            if (guess) {
                fprintf(cli->err, "%s\nMend it, then: rebound import %s --map %s\n", err->detail, path, map);
                st = REB_OK;
                *err = (reb_err){0};
            }
        } else if (st == REB_OK) {
            *err = map_err;
            st = written;
        }
    }

    if (r.currency_adopted && r.currency != NULL) currency = reb_arena_strndup(cli->arena, r.currency, 3);

    if (cli->json) {
        if (st == REB_OK) reb_import_result_json(json, &r);
    } else if (st == REB_OK || r.interrupted) {
        print_result(cli, &r, path, currency);
    }
    return st;
}

static void catch_signals(struct sigaction *before) {
    struct sigaction a = {.sa_handler = on_signal};
    sigemptyset(&a.sa_mask);
    g_stop = 0;
    g_cancel = 0;
    sigaction(SIGINT, &a, &before[0]);
    sigaction(SIGTERM, &a, &before[1]);
}

static reb_status run_files(reb_cli *cli, reb_err *err) {
#ifdef M_MMAP_THRESHOLD
    mallopt(M_MMAP_THRESHOLD, 256 * 1024); /* what a chunk took goes back whole, instead of staying behind in pieces */
#endif
    bool dry = reb_cli_flag(cli, "--dry-run");
    reb_store *store = NULL;
    reb_business *business = NULL;
    reb_status st = REB_OK;
    for (int i = 0; i < cli->arg_count && st == REB_OK; i++) st = look_at_file(cli->args[i], err);
    if (st != REB_OK) return st;
    st = reb_cli_open(&store, &business, cli, dry ? REB_OPEN_READ_ONLY : REB_OPEN_CREATE, err);
    if (dry && st == REB_E_NOT_FOUND) { /* nothing is there yet: judge the file by itself */
        *err = (reb_err){0};
        st = reb_business_default(&business, err);
    }
    const char *currency = st == REB_OK ? reb_arena_strdup(cli->arena, business->currency) : NULL;
    reb_business_free(business);
    struct sigaction before[2];
    catch_signals(before);
    reb_buf text = {0};
    reb_json w = {.out = &text};
    if (cli->json) {
        reb_json_obj(&w);
        reb_json_key(&w, "imports");
        reb_json_arr(&w);
    }
    for (int i = 0; i < cli->arg_count && st == REB_OK; i++) st = one_file(cli, store, currency, cli->args[i], &w, err);
    sigaction(SIGINT, &before[0], NULL);
    sigaction(SIGTERM, &before[1], NULL);
    reb_store_close(store);
    if (cli->json && st == REB_OK) {
        reb_json_arr_end(&w);
        reb_json_obj_end(&w);
        reb_cli_document(cli, &text);
    }
    reb_buf_free(&text);
    return st;
}

static int64_t seconds_of_day(const reb_business *b, int64_t time_us) {
    int64_t local_s = time_us / REB_US_PER_SECOND + reb_zone_offset_s(b->zone, time_us);
    return ((local_s % 86400) + 86400) % 86400;
}

static void tell_list(reb_cli *cli, const reb_business *business, const reb_import_batch *list, size_t n) {
    static const reb_table_column columns[] = {{.title = "Batch"},
                                               {.title = "File", .fit = REB_FIT_CUT, .least = 12},
                                               {.title = "Source", .fit = REB_FIT_CUT, .least = 8},
                                               {.title = "State"},
                                               {.title = "Size", .right = true},
                                               {.title = "When"},
                                               {0}};
    if (cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_import_list_json(&w, list, n);
        reb_cli_document(cli, &b);
        return;
    }
    if (n == 0) {
        fprintf(cli->out, "Nothing was imported yet. Begin with: rebound import FILE\n");
        return;
    }
    reb_table *t = reb_table_new(cli->arena, columns);
    for (size_t i = 0; i < n; i++) {
        char size[REB_FORMAT_TEXT];
        char day[REB_FORMAT_TEXT];
        int64_t minute = seconds_of_day(business, list[i].started_us) / 60;
        reb_table_printf(t, "%" PRId64, list[i].batch_id);
        reb_table_words(t, list[i].file_name);
        reb_table_words(t, list[i].source);
        reb_table_text(t, list[i].state);
        reb_table_text(t, reb_format_bytes(size, list[i].file_bytes));
        reb_table_printf(t, "%s %02d:%02d", reb_format_day(day, reb_business_day(business, list[i].started_us)), (int)(minute / 60),
                         (int)(minute % 60));
    }
    reb_term term = reb_term_of(cli->out);
    reb_table_print(t, &term);
}

static reb_status run_list(reb_cli *cli, reb_err *err) {
    reb_store *store = NULL;
    reb_business *business = NULL;
    const reb_import_batch *list = NULL;
    size_t n = 0;
    reb_status st = reb_cli_open(&store, &business, cli, REB_OPEN_READ_ONLY, err);
    if (st == REB_OK) st = reb_import_list(&list, &n, store, cli->arena, err);
    if (st == REB_OK) tell_list(cli, business, list, n);
    reb_business_free(business);
    reb_store_close(store);
    return st;
}

static reb_status read_id(int64_t *out, const char *text, reb_err *err) {
    char *end = NULL;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (errno == 0 && end != text && *end == '\0' && v > 0) {
        *out = v;
        return REB_OK;
    }
    reb_fail(err, REB_E_USAGE, "\"%s\" is no number of a batch.", text);
    reb_err_next(err, "rebound import list shows them.");
    return REB_E_USAGE;
}

static reb_status run_undo(reb_cli *cli, reb_err *err) {
    int64_t id = 0;
    reb_store *store = NULL;
    reb_import_undone u = {0};
    reb_status st = read_id(&id, cli->args[1], err);
    if (st == REB_OK) st = reb_cli_open(&store, NULL, cli, 0, err);
    if (st == REB_OK) st = reb_import_undo(&u, store, id, cli->clock, cli->arena, err);
    reb_store_close(store);
    if (st != REB_OK) return st;
    reb_cli_wrote_id(cli, "import undo", "import", id);
    if (cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_import_undone_json(&w, &u);
        reb_cli_document(cli, &b);
        return REB_OK;
    }
    char n[4][REB_FORMAT_TEXT];
    fprintf(cli->out, "Taken back: %s events, %s lines, %s customers.\n", reb_format_count(n[0], u.events), reb_format_count(n[1], u.lines),
            reb_format_count(n[2], u.customers));
    if (u.customers_kept > 0)
        fprintf(cli->out, "%s customers it had brought stay: other files or your own notes speak of them.\n",
                reb_format_count(n[3], u.customers_kept));
    if (u.cases > 0) fprintf(cli->out, "%s cases of it are gone, too.\n", reb_format_count(n[3], u.cases));
    if (u.events > 0) fprintf(cli->out, "Next: rebound fit, then rebound today\n");
    return REB_OK;
}

static reb_status run_log(reb_cli *cli, reb_err *err) {
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    return reb_import_log_run(cli, cli->args[1], &g_cancel, err);
}

static reb_status run_import(reb_cli *cli, reb_err *err) {
    if (cli->arg_count == 1 && strcmp(cli->args[0], "list") == 0) return run_list(cli, err);
    if (cli->arg_count == 2 && strcmp(cli->args[0], "undo") == 0) return run_undo(cli, err);
    if (cli->arg_count == 2 && strcmp(cli->args[0], "log") == 0) return run_log(cli, err);
    if (cli->arg_count == 0 || strcmp(cli->args[0], "undo") == 0) {
        reb_fail(err, REB_E_USAGE, cli->arg_count == 0 ? "Which file?" : "Which batch?");
        reb_err_next(err, cli->arg_count == 0 ? "rebound import FILE, for instance the export of your shop's orders."
                                              : "rebound import list shows them.");
        return REB_E_USAGE;
    }
    if (reb_cli_value(cli, "--write-map") != NULL && cli->arg_count > 1)
        return reb_fail(err, REB_E_USAGE, "--write-map goes with one file.");
    if (reb_cli_value(cli, "--rejects") != NULL && cli->arg_count > 1) return reb_fail(err, REB_E_USAGE, "--rejects goes with one file.");
    return run_files(cli, err);
}

const reb_command reb_cmd_import = {
    .name = "import",
    .args = "FILE... | log FILE --map MAP | list | undo BATCH",
    .summary = "take in an export: orders, customers, tickets",
    .details = "Reads CSV, TSV, XLSX, vCard and JSON, also packed with gzip: the exports of Shopify, WooCommerce, Stripe, Zendesk,\n"
               "Google Contacts and HubSpot, and sheets with known words in their header in English, Arabic, Persian or Greek.\n"
               "For other files, let it write a first guess of a mapping and mend it:\n\n"
               "  rebound import sales.csv --dry-run --write-map sales.map\n"
               "  rebound import sales.csv --map sales.map\n\n"
               "The same file again changes nothing. A stopped import goes on where it was when the same file is imported again.\n\n"
               "rebound import log FILE     a help desk's log of events, or of whole cases, becomes cases: --map says what it means,\n"
               "                            --write-map writes one to begin with\n"
               "rebound import list         what was imported\n"
               "rebound import undo BATCH   take one import back",
    .actions = "log list undo",
    .options = k_options,
    .run = run_import,
};
