/* rebound case: everything that can be done with a complaint. */
#include "../app/customer.h"
#include "../domain/person.h"
#include "../text/format.h"
#include "case_cli.h"
#include "case_list_cli.h"
#include "table.h"
#include "when.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

reb_status reb_case_needs(const char *what, reb_err *err) {
    reb_fail(err, REB_E_USAGE, "Say %s.", what);
    reb_err_next(err, "See: rebound help case");
    return REB_E_USAGE;
}

reb_status reb_case_number_word(int64_t *number, const reb_case_call *k, int at, reb_err *err) {
    if (at >= k->word_count) return reb_case_needs("which case, by its number", err);
    *number = reb_case_number_read(k->words[at]);
    return *number != 0 ? REB_OK : reb_fail(err, REB_E_USAGE, "\"%.40s\" is no number of a case: they look like C-707312.", k->words[at]);
}

const char *reb_case_join(const reb_case_call *k, int from) {
    reb_buf b = {0};
    for (int i = from; i < k->word_count; i++) {
        if (i > from) reb_buf_char(&b, ' ');
        reb_buf_str(&b, k->words[i]);
    }
    return reb_cli_keep(k->cli, &b);
}

static const char *opt(const reb_case_call *k, const char *option) {
    return reb_cli_value(k->cli, option);
}

/* The case after a write, in short. */
static reb_status wrote(const reb_case_call *k, reb_status st, const char *did, int64_t number, const char *said, reb_err *err) {
    if (st != REB_OK) return st;
    reb_cli_wrote_id(k->cli, did, "case", number);
    return reb_case_print(k, number, said, false, err);
}

/* --- taking in, looking ------------------------------------------------------------------------------------------------------------------
 */

static reb_status do_open(reb_case_call *k, reb_err *err) {
    reb_case_opened o;
    reb_case_open_in in = {.name = opt(k, "--name"),
                           .email = opt(k, "--email"),
                           .phone = opt(k, "--phone"),
                           .anonymous = reb_cli_flag(k->cli, "--anonymous"),
                           .channel = opt(k, "--channel"),
                           .kind = opt(k, "--kind"),
                           .severity = opt(k, "--severity"),
                           .subject = opt(k, "--subject"),
                           .body = reb_case_join(k, 0),
                           .sought = opt(k, "--sought"),
                           .order_ref = opt(k, "--order"),
                           .language = opt(k, "--language"),
                           .key = opt(k, "--key")};
    const char *customer = opt(k, "--customer");
    const char *told = opt(k, "--told");
    const reb_customer_ctx c = {.store = k->store, .arena = k->cli->arena, .clock = k->cli->clock, .business = k->business};
    if (k->word_count == 0) return reb_case_needs("what happened, in their words", err);
    reb_status st = reb_cli_time(&in.facts_us, k->cli, k->business->zone, "--facts", false, err);
    if (st == REB_OK && customer != NULL) st = reb_customer_resolve(&in.customer_id, &c, customer, err);
    if (st == REB_OK) st = reb_case_open(&o, k->store, &k->by, &in, err);
    if (st == REB_OK && told != NULL) st = reb_case_acknowledge(k->store, &k->by, o.number, told, err);
    if (st == REB_OK && o.known) return reb_case_print(k, o.number, "This complaint was taken in before.", false, err);
    return wrote(k, st, "case open", o.number, "Taken in.", err);
}

static reb_status do_show(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK) st = reb_case_print(k, number, NULL, true, err);
    if (st == REB_OK) reb_cli_wrote_id(k->cli, "case show", "case", number);
    if (st == REB_OK) k->cli->wrote_kind = "saw";
    return st;
}

static reb_status who_is(int64_t *user_id, const reb_case_call *k, const char *word, reb_err *err) {
    reb_person p;
    *user_id = 0;
    if (strcmp(word, "nobody") == 0) return REB_OK;
    reb_status st = reb_person_need_email(&p, k->store, word, err);
    if (st == REB_OK) *user_id = p.user_id;
    return st;
}

static reb_status do_list(reb_case_call *k, reb_err *err) {
    return reb_cli_case_list(k->cli, k->store, k->business, k->word_count > 0 ? reb_case_join(k, 0) : NULL, err);
}

static reb_status do_doubles(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_buf b = {0};
    reb_json w = {.out = &b};
    const reb_case_view_ctx v = {.store = k->store, .arena = k->cli->arena, .business = k->business, .now_us = k->by.now_us};
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK) st = reb_case_doubles_json(&w, &v, number, err);
    if (st != REB_OK) return st;
    if (k->cli->json) {
        reb_cli_document(k->cli, &b);
        return REB_OK;
    }
    cJSON *doc = cJSON_Parse(reb_buf_cstr(&b));
    const cJSON *x;
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(doc, "doubles");
    reb_buf_free(&b);
    if (cJSON_GetArraySize(list) == 0) fprintf(k->cli->out, "Nothing looks like the same complaint.\n");
    cJSON_ArrayForEach(x, list) {
        const cJSON *why;
        const char *subject = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(x, "subject"));
        reb_buf safe = {0};
        reb_format_safe(&safe, subject != NULL ? subject : "", subject != NULL ? strlen(subject) : 0);
        fprintf(k->cli->out, "C-%.0f  %s  (%s", cJSON_GetObjectItemCaseSensitive(x, "number")->valuedouble, reb_cli_keep(k->cli, &safe),
                cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(x, "state")));
        cJSON_ArrayForEach(why, cJSON_GetObjectItemCaseSensitive(x, "why")) fprintf(k->cli->out, ", %s", cJSON_GetStringValue(why));
        fprintf(k->cli->out, ")\n");
    }
    cJSON_Delete(doc);
    return REB_OK;
}

/* --- messages, notes, files -------------------------------------------------------------------------------------------------------------
 */

static reb_status do_message(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_case_wrote w;
    const reb_case_message_in in = {.inward = reb_cli_flag(k->cli, "--in"),
                                    .channel = opt(k, "--channel"),
                                    .text = reb_case_join(k, 1),
                                    .send = reb_cli_flag(k->cli, "--send"),
                                    .key = opt(k, "--key")};
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK) st = reb_case_message(&w, k->store, &k->by, number, &in, err);
    return wrote(k, st, "case message", number, in.inward ? "Written down." : "Answered.", err);
}

static reb_status do_note(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    int64_t mention = 0;
    reb_case_wrote w;
    const char *to = opt(k, "--mention");
    reb_case_note_in in = {.text = reb_case_join(k, 1), .mentions = &mention};
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK && to != NULL) st = who_is(&mention, k, to, err);
    in.mention_count = mention != 0;
    if (st == REB_OK) st = reb_case_note(&w, k->store, &k->by, number, &in, err);
    return wrote(k, st, "case note", number, "Noted.", err);
}

static reb_status read_file(void **bytes, size_t *n, const char *path, reb_err *err) {
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    reb_status st = REB_OK;
    *bytes = NULL;
    *n = 0;
    if (fd < 0 || fstat(fd, &info) != 0) {
        st = reb_fail(err, REB_E_IO, "%.200s cannot be read: %s.", path, strerror(errno));
    } else if (!S_ISREG(info.st_mode) || info.st_size > REB_ATTACHMENT_BYTES) {
        st = reb_fail(err, REB_E_LIMIT, "%.200s is no file of at most 10 MiB.", path);
    } else if ((*bytes = malloc((size_t)info.st_size + 1)) == NULL) {
        st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    while (st == REB_OK && *n < (size_t)info.st_size) {
        ssize_t got = read(fd, (char *)*bytes + *n, (size_t)info.st_size - *n);
        if (got < 0) st = reb_fail(err, REB_E_IO, "%.200s cannot be read: %s.", path, strerror(errno));
        if (got <= 0) break;
        *n += (size_t)got;
    }
    if (fd >= 0) close(fd);
    return st;
}

static reb_status do_attach(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_status st = reb_case_number_word(&number, k, 0, err);
    reb_case_file_way way = reb_cli_flag(k->cli, "--in") ? REB_FILE_IN : reb_cli_flag(k->cli, "--out") ? REB_FILE_OUT : REB_FILE_OWN;
    if (st == REB_OK && k->word_count < 2) st = reb_case_needs("which file", err);
    for (int i = 1; i < k->word_count && st == REB_OK; i++) {
        void *bytes = NULL;
        reb_attachment a;
        reb_case_attach_in in = {.way = way, .name = k->words[i]};
        st = read_file(&bytes, &in.byte_count, k->words[i], err);
        in.bytes = bytes;
        if (st == REB_OK) st = reb_case_attach(&a, k->store, k->cli->arena, &k->by, number, &in, err);
        free(bytes);
    }
    return wrote(k, st, "case attach", number, "Attached.", err);
}

static reb_status do_file(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_case_key key;
    reb_attachment a;
    reb_buf b = {0};
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK && k->word_count != 2) st = reb_case_needs("which file of it, by its id, and > where to", err);
    if (st == REB_OK) st = reb_case_find(&key, k->store, number, err);
    if (st == REB_OK) st = reb_attachment_read(&a, &b, k->store, k->cli->arena, &key, strtoll(k->words[1], NULL, 10), err);
    if (st == REB_OK && isatty(fileno(k->cli->out))) st = reb_case_needs("where the file goes, as > FILE", err);
    if (st == REB_OK && fwrite(b.data, 1, b.len, k->cli->out) != b.len) st = reb_fail(err, REB_E_IO, "The file cannot be written.");
    if (st == REB_OK) reb_cli_wrote_id(k->cli, "case file", "case", number);
    if (st == REB_OK) k->cli->wrote_kind = "saw";
    reb_buf_free(&b);
    return st;
}

/* --- what happens to it ------------------------------------------------------------------------------------------------------------------
 */

static reb_status do_wait(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_case_wrote w;
    reb_case_wait_in in = {.whom = k->word_count > 1 ? k->words[1] : NULL, .why = opt(k, "--why")};
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK && in.whom == NULL) st = reb_case_needs("for whom: customer, supplier, carrier, colleague or other", err);
    if (st == REB_OK) st = reb_cli_time(&in.until_us, k->cli, k->business->zone, "--until", false, err);
    if (st == REB_OK) st = reb_case_wait(&w, k->store, &k->by, number, &in, err);
    return wrote(k, st, "case wait", number, "Waits.", err);
}

static reb_status do_resume(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_case_wrote w;
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK) st = reb_case_resume(&w, k->store, &k->by, number, err);
    return wrote(k, st, "case resume", number, "Goes on.", err);
}

static reb_status yes_no(int *out, const reb_case_call *k, const char *option, reb_err *err) {
    const char *v = opt(k, option);
    *out = v == NULL ? -1 : strcmp(v, "yes") == 0;
    return v == NULL || *out == 1 || strcmp(v, "no") == 0 ? REB_OK : reb_fail(err, REB_E_USAGE, "%s takes yes or no.", option);
}

static reb_status do_assess(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_case_wrote w;
    reb_case_assess_in in = {.kind = opt(k, "--kind"), .severity = opt(k, "--severity"), .sought = opt(k, "--sought")};
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK) st = yes_no(&in.safety, k, "--safety", err);
    if (st == REB_OK) st = yes_no(&in.complex, k, "--complex", err);
    if (st == REB_OK) st = reb_case_assess(&w, k->store, &k->by, number, &in, err);
    return wrote(k, st, "case assess", number, "Assessed.", err);
}

static reb_status do_assign(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    int64_t user_id = 0;
    reb_case_wrote w;
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK && k->word_count != 2) st = reb_case_needs("to whom, by e-mail address, or nobody", err);
    if (st == REB_OK) st = who_is(&user_id, k, k->words[1], err);
    if (st == REB_OK) st = reb_case_assign(&w, k->store, &k->by, number, user_id, err);
    return wrote(k, st, "case assign", number, "Given.", err);
}

static reb_status do_escalate(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    int64_t user_id = 0;
    reb_case_wrote w;
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK && k->word_count != 2) st = reb_case_needs("to whom, by e-mail address", err);
    if (st == REB_OK) st = who_is(&user_id, k, k->words[1], err);
    if (st == REB_OK) st = reb_case_escalate(&w, k->store, &k->by, number, user_id, opt(k, "--why"), err);
    return wrote(k, st, "case escalate", number, "Escalated.", err);
}

static reb_status do_decide(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_case_wrote w;
    const char *remedies[REB_CASE_REMEDIES_MOST];
    reb_case_decide_in in = {.outcome = k->word_count > 1 ? k->words[1] : NULL,
                             .reason = opt(k, "--reason"),
                             .remedies = remedies,
                             .rule = opt(k, "--rule"),
                             .differs_reason = opt(k, "--differs")};
    const char *list = opt(k, "--remedy");
    while (list != NULL && *list != '\0' && in.remedy_count < REB_CASE_REMEDIES_MOST) {
        size_t n = strcspn(list, ",");
        remedies[in.remedy_count++] = reb_arena_strndup(k->cli->arena, list, n);
        list += n + (list[n] == ',');
    }
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK && k->word_count != 2)
        st = reb_case_needs("the outcome: upheld, partly, goodwill, not_upheld, withdrawn or duplicate", err);
    if (st == REB_OK) st = reb_case_decide(&w, k->store, &k->by, number, &in, err);
    return wrote(k, st, "case decide", number, "Decided.", err);
}

static reb_status do_communicate(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_case_wrote w;
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK && k->word_count != 2) st = reb_case_needs("how they were told: email, letter, phone, page or person", err);
    if (st == REB_OK) st = reb_case_communicate(&w, k->store, &k->by, number, k->words[1], 0, err);
    return wrote(k, st, "case communicate", number, "Told.", err);
}

static reb_status do_close(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_case_wrote w;
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK)
        st = reb_case_close(&w, k->store, &k->by, number, opt(k, "--cause"), opt(k, "--why"), reb_cli_flag(k->cli, "--even-so"), err);
    return wrote(k, st, "case close", number, "Closed.", err);
}

static reb_status do_reopen(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_case_wrote w;
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK) st = reb_case_reopen(&w, k->store, &k->by, number, opt(k, "--as"), opt(k, "--why"), err);
    return wrote(k, st, "case reopen", number, "Open again.", err);
}

static reb_status do_merge(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    int64_t into = 0;
    reb_case_wrote w;
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK) st = reb_case_number_word(&into, k, 1, err);
    if (st == REB_OK) st = reb_case_merge(&w, k->store, &k->by, number, into, err);
    return wrote(k, st, "case merge", number, "Merged.", err);
}

static reb_status do_unmerge(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_case_wrote w;
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK) st = reb_case_unmerge(&w, k->store, &k->by, number, err);
    return wrote(k, st, "case unmerge", number, "Taken out again.", err);
}

static reb_status do_identify(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    int64_t id = 0;
    reb_case_wrote w;
    const char *whom = reb_case_join(k, 1);
    const reb_customer_ctx c = {.store = k->store, .arena = k->cli->arena, .clock = k->cli->clock, .business = k->business};
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK && whom[0] == '\0') st = reb_case_needs("whose it is, or nobody", err);
    if (st == REB_OK && strcmp(whom, "nobody") != 0) st = reb_customer_resolve(&id, &c, whom, err);
    if (st == REB_OK) st = reb_case_identify(&w, k->store, &k->by, number, id, err);
    return wrote(k, st, "case identify", number, "Known.", err);
}

static reb_status do_refer(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_case_wrote w;
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK && k->word_count != 2) st = reb_case_needs("to whom: ombudsman, court, insurer or other", err);
    if (st == REB_OK) st = reb_case_refer(&w, k->store, &k->by, number, k->words[1], opt(k, "--why"), err);
    return wrote(k, st, "case refer", number, "Referred.", err);
}

static reb_status day_option(int64_t *day, const reb_case_call *k, const char *option, reb_err *err) {
    int64_t us = 0;
    reb_status st = reb_cli_time(&us, k->cli, k->business->zone, option, false, err);
    *day = us != 0 ? reb_business_day(k->business, us) : 0;
    return st;
}

static reb_status do_conduct(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_case_wrote w;
    reb_case_conduct_in in = {.lift = reb_cli_flag(k->cli, "--lift"), .why = opt(k, "--why"), .appeal = opt(k, "--appeal")};
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK) st = day_option(&in.until_day, k, "--until", err);
    if (st == REB_OK) st = day_option(&in.review_day, k, "--review", err);
    if (st == REB_OK) st = reb_case_conduct(&w, k->store, &k->by, number, &in, err);
    return wrote(k, st, "case conduct", number, in.lift ? "Lifted." : "Restricted.", err);
}

/* --- the command
 * ---------------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    reb_case_action run;
} k_actions[] = {
    {"open", do_open},
    {"list", do_list},
    {"show", do_show},
    {"doubles", do_doubles},
    {"message", do_message},
    {"note", do_note},
    {"attach", do_attach},
    {"file", do_file},
    {"wait", do_wait},
    {"resume", do_resume},
    {"assess", do_assess},
    {"assign", do_assign},
    {"escalate", do_escalate},
    {"decide", do_decide},
    {"communicate", do_communicate},
    {"close", do_close},
    {"reopen", do_reopen},
    {"merge", do_merge},
    {"unmerge", do_unmerge},
    {"identify", do_identify},
    {"refer", do_refer},
    {"conduct", do_conduct},
    {"gesture", reb_case_do_gesture},
    {"gestures", reb_case_do_gestures},
    {"approve", reb_case_do_approve},
    {"refuse", reb_case_do_refuse},
    {"withdraw", reb_case_do_withdraw},
    {"evidence", reb_case_do_evidence},
};

static reb_status run_case(reb_cli *cli, reb_err *err) {
    char who[96];
    int64_t seen = 0;
    const char *name = cli->arg_count > 0 ? cli->args[0] : "list";
    reb_case_call k = {.cli = cli, .word_count = cli->arg_count > 0 ? cli->arg_count - 1 : 0, .words = cli->args + (cli->arg_count > 0)};
    reb_case_action run = NULL;
    for (size_t i = 0; i < sizeof k_actions / sizeof k_actions[0]; i++)
        if (strcmp(k_actions[i].name, name) == 0) run = k_actions[i].run;
    if (run == NULL) {
        reb_fail(err, REB_E_USAGE, "rebound case does not know \"%.40s\".", name);
        reb_err_next(err, "See: rebound help case");
        return REB_E_USAGE;
    }
    reb_status st = reb_cli_int(&seen, cli, "--seen", 0, 1, INT64_MAX, err);
    if (st == REB_OK) st = reb_cli_open(&k.store, &k.business, cli, 0, err);
    if (st != REB_OK) return st;
    reb_cli_who(who);
    k.ids = (reb_ids){.clock = reb_clock_system(), .node = (uint64_t)getpid() & 1023};
    k.by = (reb_case_by){.business = k.business, .ids = &k.ids, .now_us = reb_clock_now(cli->clock), .who = who, .seen_seq = seen};
    st = run(&k, err);
    reb_business_free(k.business);
    reb_store_close(k.store);
    return st;
}

static const reb_cli_option k_options[] = {
    {"--name", "TEXT", "open: who complains"},
    {"--email", "ADDRESS", "open: their e-mail address"},
    {"--phone", "NUMBER", "open: their telephone number"},
    {"--customer", "CUSTOMER", "open: which customer it is; found by address, number or order where this is not said"},
    {"--anonymous", NULL, "open: they do not want to be known"},
    {"--channel", "WORD", "open, message: form, email, phone, shop, chat, api or cli"},
    {"--kind", "CODE", "open, assess, list: kind of complaint, by the standards"},
    {"--severity", "WORD", "open, assess, list: low, normal, high or critical"},
    {"--subject", "TEXT", "open: in a few words"},
    {"--sought", "TEXT", "open, assess: what they ask for"},
    {"--order", "NUMBER", "open, gesture: which order"},
    {"--facts", "DATE", "open: when it happened"},
    {"--language", "CODE", "open: their language: en, ar, fa, el"},
    {"--told", "HOW", "open: they know that it is here: person or phone"},
    {"--key", "TEXT", "open, message: sent twice with the same key it is one"},
    {"--state", "WORD", "list: a state, or open, new, working, all (open)"},
    {"--clock", "WORD", "list: late, today, later, paused or none"},
    {"--with", "EMAIL", "list: whose they are to work on, or nobody"},
    {"--sort", "ORDER", "list: due, new or last (due)"},
    {"--csv", NULL, "list: all of them, as a file for spreadsheets"},
    {"--xlsx", "FILE", "list: all of them, as a file for Excel"},
    {"--limit", "N", "list: at most so many"},
    {"--after", "CURSOR", "list: the page after that"},
    {"--in", NULL, "message, attach: it came from the customer"},
    {"--send", NULL, "message: goes out by mail too"},
    {"--out", NULL, "attach: for the customer, who sees it on their page (else only we do)"},
    {"--mention", "EMAIL", "note: who shall see it"},
    {"--why", "TEXT", "wait, escalate, close, reopen, refer, conduct, gesture, refuse, withdraw: the reason"},
    {"--until", "TIME", "wait: look again then; conduct: its last day; gesture: by when a call, a repair or another one is promised"},
    {"--safety", "YES|NO", "assess: somebody's safety is concerned"},
    {"--complex", "YES|NO", "assess: it takes more than one person or day"},
    {"--reason", "TEXT", "decide: why"},
    {"--remedy", "CODES", "decide: what is done, by the standards; parted by commas"},
    {"--rule", "TEXT", "decide: the rule, where it is another than the standard's"},
    {"--differs", "TEXT", "decide: why it differs from like cases"},
    {"--amount", "AMOUNT", "gesture: how much, where the standards leave it open"},
    {"--invest", NULL, "gesture: an investment, on purpose"},
    {"--even-so", NULL, "gesture: although the case was left alone on purpose; close: although something is not given yet"},
    {"--cause", "CODE", "close: the root cause"},
    {"--as", "WORD", "reopen: customer, person, appeal or delivery_failed (person)"},
    {"--review", "DATE", "conduct: when it is looked at again"},
    {"--appeal", "TEXT", "conduct: where to object"},
    {"--lift", NULL, "conduct: the restriction ends"},
    {"--seen", "N", "the newest event that you have seen: what others decided since stops the command"},
    {0},
};

const reb_command reb_cmd_case = {
    .name = "case",
    .args = "[list]  |  open TEXT... | show CASE | ACTION CASE ... [options]",
    .summary = "complaints: take in, look after, decide, close",
    .details = "rebound case list                      by the clock that ends first; words search\n"
               "rebound case open TEXT...              take a complaint in\n"
               "rebound case show CASE                 all of it\n"
               "rebound case doubles CASE              which may be the same complaint\n"
               "rebound case message CASE TEXT...      we answered; with --in, they said\n"
               "rebound case note CASE TEXT...         among ourselves\n"
               "rebound case attach CASE FILE...       files; rebound case file CASE ID > FILE gives one back\n"
               "rebound case wait CASE WHOM            WHOM: customer, supplier, carrier, colleague, other; --why is needed\n"
               "rebound case resume CASE\n"
               "rebound case assess CASE               --kind --severity --safety --complex --sought\n"
               "rebound case assign CASE EMAIL         or nobody\n"
               "rebound case escalate CASE EMAIL       --why is needed\n"
               "rebound case decide CASE OUTCOME       upheld, partly, goodwill, not_upheld, withdrawn, duplicate; --reason\n"
               "rebound case evidence CASE             like cases, and what does not fit together\n"
               "rebound case gesture CASE [REMEDY]     what may be given; with a remedy, gives it or asks who may\n"
               "rebound case gestures                  what waits for an answer; approve, refuse or withdraw ID answers\n"
               "rebound case communicate CASE HOW      email, letter, phone, page, person\n"
               "rebound case close CASE                --cause is needed\n"
               "rebound case reopen CASE               --as --why\n"
               "rebound case merge CASE INTO           rebound case unmerge CASE takes it apart\n"
               "rebound case identify CASE CUSTOMER    or nobody\n"
               "rebound case refer CASE TO             ombudsman, court, insurer, other; --why is needed\n"
               "rebound case conduct CASE              --until --review --why --appeal; or --lift\n\n"
               "CASE is a number such as C-707312. What a colleague decided since the event that you name with --seen stops what you do, "
               "and is told.",
    .actions =
        "list open show doubles message note attach file wait resume assess assign escalate decide communicate close reopen merge unmerge "
        "identify refer conduct gesture gestures approve refuse withdraw evidence",
    .options = k_options,
    .run = run_case,
};
