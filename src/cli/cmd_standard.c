/* rebound standard: the published standards, version by version, and the draft of the next one. */
#include "cli.h"

#include "../domain/standard.h"
#include "table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { VERSIONS = 200, CHANGES = 60 };

static void print_day(FILE *out, int64_t time_us) {
    char text[REB_TIME_TEXT];
    reb_time_format(time_us, text);
    fprintf(out, "%.10s", text);
}

/* Which one: "draft", a number, or nothing: the one in force now. */
static reb_status chosen(reb_standard **out, const reb_cli *cli, reb_store *s, const char *which, reb_err *err) {
    if (which == NULL) return reb_standard_at(out, s, cli->arena, reb_clock_now(cli->clock), err);
    if (strcmp(which, "draft") == 0) {
        reb_standard_draft d;
        reb_status st = reb_standard_draft_get(&d, s, cli->arena, err);
        if (st == REB_OK) *out = d.standard;
        return st;
    }
    size_t n = strspn(which, "0123456789");
    if (n == 0 || n > 9 || which[n] != '\0') {
        reb_fail(err, REB_E_USAGE, "A version is a number, or draft.");
        reb_err_next(err, "rebound standard list shows which there are.");
        return REB_E_USAGE;
    }
    return reb_standard_get(out, s, cli->arena, strtoll(which, NULL, 10), err);
}

static const char *in_words(const reb_cli *cli, const reb_standard *s, const reb_words *w) {
    return reb_words_in(w, reb_language_code(cli->locale.language), s->first_language);
}

static void print_codes(FILE *out, const char *head, const reb_cli *cli, const reb_standard *s, const char **codes, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        const reb_remedy *m = reb_remedy_find(s, codes[i]);
        fprintf(out, "%s%s", i == 0 ? head : "; ", in_words(cli, s, &m->title));
    }
    if (count > 0) fputc('\n', out);
}

static void print_kind(FILE *out, const reb_cli *cli, const reb_standard *s, const reb_standard_kind *k, int64_t number) {
    fprintf(out, "\nStandard %" PRId64 ": %s (%s)\n", number, in_words(cli, s, &k->title), k->code);
    fprintf(out, "  %s\n", in_words(cli, s, &k->text));
    print_codes(out, "  by right: ", cli, s, k->due, k->due_count);
    print_codes(out, "  beyond:   ", cli, s, k->extra, k->extra_count);
    for (int64_t i = 0; i < k->target_count; i++) {
        fprintf(out, "%s%s %" PRId64 " %s", i == 0 ? "  clocks:   " : ", ", reb_clock_kind_name(k->targets[i].kind), k->targets[i].amount,
                reb_clock_unit_name(k->targets[i].unit));
    }
    if (k->target_count > 0) fputc('\n', out);
}

static reb_status show(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_standard *standard = NULL;
    reb_status st = chosen(&standard, cli, s, cli->arg_count > 1 ? cli->args[1] : NULL, err);
    if (st != REB_OK) return st;
    if (cli->json) {
        reb_buf b = {0};
        reb_standard_write(&b, standard);
        reb_cli_document(cli, &b);
        return REB_OK;
    }
    bool draft = cli->arg_count > 1 && strcmp(cli->args[1], "draft") == 0;
    if (draft) {
        fprintf(cli->out, "A draft: it holds for nobody until it is published.\n");
    } else if (standard->version == 0) {
        fprintf(cli->out, "Nothing was published yet; these are the standards that Rebound comes with.\n");
    } else {
        fprintf(cli->out, "Version %" PRId64 ", in force from ", standard->version);
        print_day(cli->out, standard->from_us);
        fputc('\n', cli->out);
    }
    fprintf(cli->out, "%s\n", in_words(cli, standard, &standard->title));
    for (int64_t i = 0; i < standard->kind_count; i++) print_kind(cli->out, cli, standard, &standard->kinds[i], i + 1);
    return REB_OK;
}

static reb_status list(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_standard_version *versions = reb_arena_zalloc(cli->arena, VERSIONS, sizeof *versions);
    size_t n = 0;
    int64_t current = 0;
    if (versions == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_standard_list(versions, VERSIONS, &n, s, cli->arena, err);
    if (st == REB_OK) st = reb_standard_version_at(&current, s, reb_clock_now(cli->clock), err);
    if (st != REB_OK) return st;
    if (cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_json_obj(&w);
        reb_json_ki64(&w, "in_force", current);
        reb_json_key(&w, "versions");
        reb_json_arr(&w);
        for (size_t i = 0; i < n; i++) {
            reb_json_obj(&w);
            reb_json_ki64(&w, "version", versions[i].version);
            reb_json_ktime(&w, "from", versions[i].from_us);
            reb_json_ktime(&w, "published_at", versions[i].published_us);
            reb_json_kstr(&w, "published_by", versions[i].published_by);
            reb_json_kstr(&w, "note", versions[i].note);
            reb_json_obj_end(&w);
        }
        reb_json_arr_end(&w);
        reb_json_obj_end(&w);
        reb_cli_document(cli, &b);
        return REB_OK;
    }
    if (n == 0) {
        fprintf(cli->out, "Nothing was published yet. rebound standard show tells what stands in; rebound standard publish adopts it.\n");
        return REB_OK;
    }
    static const reb_table_column k_columns[] = {
        {.title = "Version"}, {.title = "From"}, {.title = "By"}, {.title = "What changed", .fit = REB_FIT_CUT, .least = 8}, {0}};
    reb_table *table = reb_table_new(cli->arena, k_columns);
    for (size_t i = 0; i < n; i++) {
        char from[REB_TIME_TEXT];
        reb_time_format(versions[i].from_us, from);
        reb_table_printf(table, "%" PRId64 "%s", versions[i].version, versions[i].version == current ? " *" : "");
        reb_table_printf(table, "%.10s", from);
        reb_table_words(table, versions[i].published_by);
        reb_table_words(table, versions[i].note);
    }
    const reb_term term = reb_term_of(cli->out);
    reb_table_print(table, &term);
    return REB_OK;
}

/* A whole file, or standard input for "-". */
static reb_status read_file(const char **out, reb_arena *a, const char *path, reb_err *err) {
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    reb_buf b = {0};
    char piece[8192];
    *out = NULL;
    if (f == NULL) return reb_fail(err, REB_E_IO, "%s cannot be read: %s.", path, strerror(errno));
    for (size_t n; b.len <= REB_STANDARD_BYTES && (n = fread(piece, 1, sizeof piece, f)) > 0;) reb_buf_add(&b, piece, n);
    bool broken = ferror(f) != 0;
    if (f != stdin) fclose(f);
    reb_status st = broken ? reb_fail(err, REB_E_IO, "%s cannot be read to its end.", path) : REB_OK;
    if (st == REB_OK && memchr(reb_buf_cstr(&b), '\0', b.len) != NULL) st = reb_fail(err, REB_E_INPUT, "%s is no text.", path);
    if (st == REB_OK) *out = b.failed ? NULL : reb_arena_strdup(a, reb_buf_cstr(&b));
    reb_buf_free(&b);
    return st == REB_OK && *out == NULL ? reb_fail(err, REB_E_MEMORY, "No memory left.") : st;
}

static void print_changes(const reb_cli *cli, const reb_standard_change *changes, int64_t count) {
    for (int64_t i = 0; i < count && i < CHANGES; i++) {
        const reb_standard_change *c = &changes[i];
        fprintf(cli->out, "  %s", c->path);
        if (c->before == NULL) {
            fprintf(cli->out, ": new");
        } else if (c->after == NULL) {
            fprintf(cli->out, ": taken out");
        } else if (c->before[0] != '\0' && c->after[0] != '\0') {
            fprintf(cli->out, ": %s -> %s", c->before, c->after);
        }
        fputc('\n', cli->out);
    }
    if (count > CHANGES) fprintf(cli->out, "  and %" PRId64 " more\n", count - CHANGES);
}

/* What differs between two: the draft and the newest version unless told otherwise. */
static reb_status diff(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_standard_draft d;
    reb_standard *before = NULL, *after = NULL;
    int64_t count = 0;
    reb_standard_change *changes = reb_arena_zalloc(cli->arena, CHANGES, sizeof *changes);
    if (changes == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_standard_draft_get(&d, s, cli->arena, err);
    if (st == REB_OK)
        st = cli->arg_count > 1 ? chosen(&before, cli, s, cli->args[1], err) : reb_standard_get(&before, s, cli->arena, d.based_on, err);
    if (st == REB_OK) st = chosen(&after, cli, s, cli->arg_count > 2 ? cli->args[2] : "draft", err);
    if (st == REB_OK) st = reb_standard_diff(changes, CHANGES, &count, cli->arena, before, after, err);
    if (st != REB_OK) return st;
    if (count == 0) fprintf(cli->out, "They say the same.\n");
    print_changes(cli, changes, count);
    return REB_OK;
}

static reb_status edit(reb_cli *cli, reb_store *s, reb_err *err) {
    const char *text = NULL;
    int64_t revision = 0;
    if (cli->arg_count != 2) {
        reb_fail(err, REB_E_USAGE, "Which file becomes the draft?");
        reb_err_next(err, "rebound standard show --json > standards.json, change it, then rebound standard edit standards.json");
        return REB_E_USAGE;
    }
    reb_status st = read_file(&text, cli->arena, cli->args[1], err);
    if (st == REB_OK) st = reb_standard_draft_put(&revision, s, text, -1, "terminal", reb_clock_now(cli->clock), err);
    if (st != REB_OK) return st;
    reb_cli_wrote(cli, "standard edit", "standards", "draft");
    if (cli->json) {
        fprintf(cli->out, "{\"saved\":true}\n");
        return REB_OK;
    }
    fprintf(cli->out, "The draft is saved. It changes:\n");
    static const char *const k_args[] = {"diff"};
    reb_cli again = *cli;
    again.args = k_args;
    again.arg_count = 1;
    return diff(&again, s, err);
}

static reb_status drop(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_status st = reb_standard_draft_drop(s, -1, err);
    if (st != REB_OK) return st;
    reb_cli_wrote(cli, "standard drop", "standards", "draft");
    fprintf(cli->out, cli->json ? "{\"dropped\":true}\n" : "The draft is thrown away.\n");
    return REB_OK;
}

static reb_status publish(reb_cli *cli, reb_store *s, const reb_business *b, reb_err *err) {
    int64_t version = 0, from_us = 0;
    const char *from = reb_cli_value(cli, "--from");
    if (from != NULL) {
        reb_status bad = reb_cli_parse_now(&from_us, from, err);
        if (bad != REB_OK) return reb_fail(err, REB_E_USAGE, "--from is a day (2026-05-01) or an instant (2026-05-01T09:00Z).");
        int64_t day = from_us / REB_US_PER_DAY;
        if (strlen(from) == 10) /* the day begins where the business is; today: from now */
            from_us = day == reb_business_day(b, reb_clock_now(cli->clock)) ? 0 : reb_zone_day_start(b->zone, day);
    }
    reb_status st =
        reb_standard_publish(&version, s, reb_cli_value(cli, "--note"), from_us, -1, "terminal", reb_clock_now(cli->clock), err);
    if (st != REB_OK) return st;
    reb_cli_wrote_id(cli, "standard publish", "standards", version);
    if (cli->json) {
        fprintf(cli->out, "{\"version\":%" PRId64 "}\n", version);
    } else if (from_us != 0) {
        fprintf(cli->out, "Version %" PRId64 " is published; it holds from %s on.\n", version, from);
    } else {
        fprintf(cli->out, "Version %" PRId64 " is published and in force. Everybody can read it at /standards.\n", version);
    }
    return REB_OK;
}

static reb_status run_standard(reb_cli *cli, reb_err *err) {
    const char *action = cli->arg_count > 0 ? cli->args[0] : "show";
    static const struct {
        const char *name;
        reb_status (*run)(reb_cli *cli, reb_store *s, reb_err *err);
    } k_actions[] = {{"show", show}, {"list", list}, {"diff", diff}, {"edit", edit}, {"drop", drop}};
    reb_store *s = NULL;
    reb_business *b = NULL;
    size_t i = 0, n = sizeof k_actions / sizeof k_actions[0];
    while (i < n && strcmp(k_actions[i].name, action) != 0) i++;
    if (i == n && strcmp(action, "publish") != 0)
        return reb_fail(err, REB_E_USAGE, "rebound standard knows show, list, diff, edit, drop and publish, not \"%.40s\".", action);
    reb_status st = reb_cli_open(&s, &b, cli, 0, err);
    if (st == REB_OK) st = i < n ? k_actions[i].run(cli, s, err) : publish(cli, s, b, err);
    reb_store_close(s);
    reb_business_free(b);
    return st;
}

static const reb_cli_option k_options[] = {
    {"--note", "TEXT", "publish: what changed, for those who read it"},
    {"--from", "DAY", "publish: in force from then, not from now"},
    {NULL, NULL, NULL},
};

const reb_command reb_cmd_standard = {
    .name = "standard",
    .args = "[show [VERSION | draft] | list | diff [A [B]] | edit FILE | drop | publish]",
    .summary = "the published standards: what customers can expect",
    .details =
        "show prints a version (the one in force now), with --json as the document itself. edit makes a file the draft of the next "
        "version; "
        "diff tells what it changes; publish puts it in force; drop throws it away. What was published is never changed: a case quotes the "
        "version that was in force when its facts happened.\n\n"
        "Where nothing was published, the document that Rebound comes with stands in, and publish adopts it.",
    .actions = "show list diff edit drop publish",
    .options = k_options,
    .run = run_standard,
};
