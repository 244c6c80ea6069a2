#include "cli.h"
#include "format.h"

#include <string.h>

static void origin_text(char out[REB_FORMAT_TEXT], const reb_setting_value *v, const reb_business *b) {
    char day[REB_TIME_TEXT];
    if (v->origin != REB_SETTING_SET) {
        snprintf(out, REB_FORMAT_TEXT, "%s", reb_setting_origin_name(v->origin));
        return;
    }
    reb_day_format(reb_business_day(b, v->set_us), day);
    snprintf(out, REB_FORMAT_TEXT, "set on %s", day);
}

static reb_status list(const reb_cli *cli, const reb_business *b, reb_err *err) {
    static const reb_table_column k_columns[] = {{.title = "Setting"},
                                                 {.title = "Value", .fit = REB_FIT_CUT},
                                                 {.title = "Origin"},
                                                 {.title = "What it is", .fit = REB_FIT_WRAP, .least = 20},
                                                 {0}};
    reb_term term = reb_term_of(cli->out);
    reb_table *t = reb_table_new(cli->arena, k_columns);
    for (int k = 0; k < REB_SETTING_COUNT; k++) {
        char origin[REB_FORMAT_TEXT];
        const reb_setting_value *v = &b->values[k];
        origin_text(origin, v, b);
        reb_table_text(t, reb_setting_rules[k].key);
        reb_table_words(t, v->text);
        reb_table_text(t, origin);
        reb_table_text(t, reb_setting_rules[k].help);
    }
    return reb_table_print(t, &term) ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left for the list.");
}

static reb_status show_one(const reb_cli *cli, const reb_business *b, const char *key, reb_err *err) {
    reb_setting k = REB_SETTING_COUNT;
    char origin[REB_FORMAT_TEXT];
    if (!reb_setting_find(&k, key)) {
        reb_fail(err, REB_E_NOT_FOUND, "There is no setting \"%s\".", key);
        reb_err_next(err, "rebound set lists them.");
        return REB_E_NOT_FOUND;
    }
    const reb_setting_rule *rule = &reb_setting_rules[k];
    origin_text(origin, &b->values[k], b);
    fprintf(cli->out, "%s = %s (%s)\n%s\n", rule->key, b->values[k].text, origin, rule->help);
    if (rule->choices != NULL) fprintf(cli->out, "One of: %s.\n", rule->choices);
    if (rule->type == REB_TYPE_INT || rule->type == REB_TYPE_REAL)
        fprintf(cli->out, "A %snumber from %.15g to %.15g.\n", rule->type == REB_TYPE_INT ? "whole " : "", rule->least, rule->most);
    fprintf(cli->out, "Default: %s\n", rule->fallback[0] != '\0' ? rule->fallback : "(empty)");
    return REB_OK;
}

static void tell_change(const reb_cli *cli, const char *key, const reb_setting_change *change) {
    if (cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_json_obj(&w);
        reb_json_kstr(&w, "key", key);
        reb_json_kstr(&w, "before", change->before);
        reb_json_kstr(&w, "value", change->after);
        reb_json_ki64(&w, "events_moved", change->events_moved);
        reb_json_obj_end(&w);
        reb_cli_document(cli, &out);
        return;
    }
    const char *after = change->after[0] != '\0' ? change->after : "(empty)";
    if (strcmp(change->before, change->after) == 0) {
        fprintf(cli->out, "%s stays %s.\n", key, after);
    } else {
        fprintf(cli->out, "%s is now %s; it was %s.\n", key, after, change->before[0] != '\0' ? change->before : "(empty)");
    }
    char moved[REB_FORMAT_TEXT];
    if (change->events_moved > 0)
        fprintf(cli->out, "The days of %s in the log were reckoned anew. Run rebound fit.\n",
                reb_format_plural(moved, change->events_moved, "event", NULL));
}

static reb_status change(reb_cli *cli, const char *key, const char *value, reb_err *err) {
    reb_store *s = NULL;
    reb_setting_change done = {0};
    reb_status st = reb_store_open(&s, cli->db, 0, err); /* not reb_cli_open: a spoilt setting must not keep it from being mended */
    const reb_setting_wish wish = {.key = key, .value = value};
    if (st == REB_OK) st = reb_settings_set(&done, s, &wish, 1, "terminal", reb_clock_now(cli->clock), err);
    if (st == REB_OK && strcmp(done.before, done.after) != 0) reb_cli_wrote(cli, "set", "setting", key);
    if (st == REB_OK) tell_change(cli, key, &done);
    reb_store_close(s);
    return st;
}

static reb_status run_set(reb_cli *cli, reb_err *err) {
    bool back = reb_cli_flag(cli, "--default");
    if (cli->arg_count > 2 || (back && cli->arg_count != 1))
        return reb_fail(err, REB_E_USAGE, "Write: rebound set KEY VALUE. A value of several words goes in quotes.");
    if (back) return change(cli, cli->args[0], NULL, err);
    if (cli->arg_count == 2) return change(cli, cli->args[0], cli->args[1], err);
    reb_store *s = NULL;
    reb_business *b = NULL;
    reb_status st = reb_cli_open(&s, &b, cli, REB_OPEN_READ_ONLY, err);
    if (st == REB_OK && cli->arg_count == 1 && !cli->json) {
        st = show_one(cli, b, cli->args[0], err);
    } else if (st == REB_OK && cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_json_obj(&w);
        reb_settings_json(&w, b);
        reb_json_obj_end(&w);
        reb_cli_document(cli, &out);
    } else if (st == REB_OK) {
        st = list(cli, b, err);
    }
    reb_business_free(b);
    reb_store_close(s);
    return st;
}

static const reb_cli_option k_options[] = {
    {"--default", NULL, "set KEY back to its default"},
    {0},
};

const reb_command reb_cmd_set = {
    .name = "set",
    .args = "[KEY [VALUE | --default]]",
    .summary = "list the settings, or change one",
    .details =
        "Without words it lists all settings with their origin: default; assumed, which is a default that takes part in figures and is\n"
        "marked there; or set, with the day. A changed time zone moves every event into its day there; a changed currency changes\n"
        "whose money counts.",
    .options = k_options,
    .run = run_set,
};
