#include "cli.h"

#include "../app/people.h"
#include "../domain/case_log.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An option, the setting it sets, and what the machine says when it is not given. */
typedef struct choice {
    const char *option;
    reb_setting key;
} choice;

static const choice k_choices[] = {
    {"--currency", REB_SETTING_CURRENCY}, {"--timezone", REB_SETTING_TIMEZONE}, {"--language", REB_SETTING_LANGUAGE},
    {"--calendar", REB_SETTING_CALENDAR}, {"--name", REB_SETTING_NAME},
};
enum { CHOICES = sizeof k_choices / sizeof k_choices[0] };

typedef struct init_job {
    char values[CHOICES][REB_SETTING_TEXT];
    bool given[CHOICES];
    int64_t now_us;
} init_job;

/* The machine's time zone: $TZ, else where /etc/localtime points. False when it is not one that has a name. */
static bool machine_zone(char out[REB_SETTING_TEXT]) {
    char link[1024];
    const char *tz = getenv("TZ");
    if (tz != NULL && *tz == ':') tz++;
    if (tz == NULL || *tz == '\0') {
        ssize_t n = readlink("/etc/localtime", link, sizeof link - 1);
        if (n <= 0) return false;
        link[n] = '\0';
        const char *found = strstr(link, "zoneinfo/");
        if (found == NULL) return false;
        tz = found + strlen("zoneinfo/");
    }
    return reb_setting_check(out, REB_SETTING_TIMEZONE, tz, NULL) == REB_OK;
}

static bool machine_language(char out[REB_SETTING_TEXT]) {
    static const char *const k_names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof k_names / sizeof k_names[0]; i++) {
        const char *value = getenv(k_names[i]);
        if (value == NULL || *value == '\0') continue;
        char code[3] = {value[0], value[0] != '\0' ? value[1] : '\0', '\0'};
        return reb_setting_check(out, REB_SETTING_LANGUAGE, code, NULL) == REB_OK;
    }
    return false;
}

/* Everything is checked before a file is made. */
static reb_status read_choices(init_job *job, const reb_cli *cli, reb_err *err) {
    for (size_t i = 0; i < CHOICES; i++) {
        const char *value = reb_cli_value(cli, k_choices[i].option);
        if (value == NULL) continue;
        job->given[i] = true;
        reb_status st = reb_setting_check(job->values[i], k_choices[i].key, value, err);
        if (st != REB_OK) return st == REB_E_INPUT ? (err->code = REB_E_USAGE) : st;
    }
    return REB_OK;
}

static void ask_machine(init_job *job) {
    for (size_t i = 0; i < CHOICES; i++) {
        if (job->given[i]) continue;
        if (k_choices[i].key == REB_SETTING_TIMEZONE) job->given[i] = machine_zone(job->values[i]);
        if (k_choices[i].key == REB_SETTING_LANGUAGE) job->given[i] = machine_language(job->values[i]);
        if (k_choices[i].key == REB_SETTING_CALENDAR && strcmp(job->values[2], "fa") == 0)
            job->given[i] = reb_setting_check(job->values[i], REB_SETTING_CALENDAR, "persian", NULL) == REB_OK;
    }
}

static reb_status write_choices(reb_store *s, void *ctx, reb_err *err) {
    const init_job *job = ctx;
    reb_status st = REB_OK;
    for (size_t i = 0; i < CHOICES && st == REB_OK; i++)
        if (job->given[i]) st = reb_setting_set(NULL, s, reb_setting_rules[k_choices[i].key].key, job->values[i], job->now_us, err);
    if (st == REB_OK) st = reb_setup_mark(s, false, err); /* where serve has made the tables, this sets the business up */
    return st;
}

static reb_status open_or_make(reb_store **s, bool *made, bool *renewed, const reb_cli *cli, reb_err *err) {
    reb_err first = {0};
    *made = *renewed = false;
    if (reb_store_open(s, cli->db, 0, &first) == REB_OK) return REB_OK;
    *made = first.code == REB_E_NOT_FOUND;
    *renewed = first.code == REB_E_CONFLICT; /* of an older release */
    return reb_store_open(s, cli->db, REB_OPEN_CREATE, err);
}

static void tell(const reb_cli *cli, const reb_store *s, const reb_business *b, bool made, bool renewed, bool changed) {
    static const reb_setting k_shown[] = {REB_SETTING_CURRENCY, REB_SETTING_TIMEZONE, REB_SETTING_LANGUAGE, REB_SETTING_CALENDAR};
    if (made) {
        fprintf(cli->out, "A business is ready in %s.\n", reb_store_location(s));
    } else {
        fprintf(cli->out, "There was a business in %s already; %s.\n", reb_store_location(s),
                renewed   ? "it was brought up to date"
                : changed ? "it is set as you said"
                          : "nothing was changed");
    }
    for (size_t i = 0; i < sizeof k_shown / sizeof k_shown[0]; i++) {
        const reb_setting_value *v = &b->values[k_shown[i]];
        bool may_learn = k_shown[i] == REB_SETTING_CURRENCY && v->origin != REB_SETTING_SET;
        fprintf(cli->out, "  %-10s%s%s\n", reb_setting_rules[k_shown[i]].key, v->text,
                may_learn ? ", until the first import tells another" : "");
    }
    if (made) fprintf(cli->out, "Next: rebound import FILE. All settings: rebound set\n");
}

static void tell_json(const reb_cli *cli, const reb_store *s, const reb_business *b, bool made) {
    reb_buf out = {0};
    reb_json w = {.out = &out};
    reb_json_obj(&w);
    reb_json_kstr(&w, "db", reb_store_location(s));
    reb_json_kbool(&w, "created", made);
    reb_settings_json(&w, b);
    reb_json_obj_end(&w);
    reb_cli_document(cli, &out);
}

static reb_status run_init(reb_cli *cli, reb_err *err) {
    reb_store *s = NULL;
    reb_business *b = NULL;
    init_job job = {.now_us = reb_clock_now(cli->clock)};
    bool made = false;
    bool renewed = false;
    bool changed = false;
    if (cli->arg_count > 0) return reb_fail(err, REB_E_USAGE, "init takes no words; the database is named with --db.");
    reb_status st = read_choices(&job, cli, err);
    for (size_t i = 0; i < CHOICES; i++) changed = changed || job.given[i];
    if (st == REB_OK) st = open_or_make(&s, &made, &renewed, cli, err);
    if (st == REB_OK && made) ask_machine(&job);
    if (st == REB_OK) st = reb_store_write(s, write_choices, &job, err);
    if (st == REB_OK) st = reb_business_load(&b, s, err);
    if (st == REB_OK) st = reb_case_keep_up(NULL, s, b, err);
    if (st == REB_OK) reb_cli_wrote(cli, "init", "", NULL);
    if (st == REB_OK && cli->json) tell_json(cli, s, b, made);
    if (st == REB_OK && !cli->json) tell(cli, s, b, made, renewed, changed);
    reb_business_free(b);
    reb_store_close(s);
    return st;
}

static const reb_cli_option k_options[] = {
    {"--currency", "CODE", "currency in which the business counts: GBP, EUR, IRR, ..."},
    {"--timezone", "ZONE", "time zone of its days: Europe/London; else this machine's"},
    {"--language", "LANG", "language of its people: en, ar, fa or el; else this machine's"},
    {"--calendar", "NAME", "calendar of its dates: gregorian, persian or hijri"},
    {"--name", "NAME", "its name"},
    {0},
};

const reb_command reb_cmd_init = {
    .name = "init",
    .args = "[options]",
    .summary = "start a business",
    .details =
        "Makes the database when there is none, and sets what you give. Run again, it brings an older database up to date and changes\n"
        "only what you give. Everything can be changed later with rebound set.",
    .options = k_options,
    .run = run_init,
};
