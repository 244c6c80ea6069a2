#include "../app/customer.h"
#include "../app/customer_csv.h"
#include "../app/personal.h"
#include "../domain/keeper.h"
#include "../domain/person.h"
#include "../domain/privacy.h"

#include "cli.h"
#include "customer_show.h"
#include "format.h"
#include "new_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What every action is given. */
typedef struct call {
    reb_cli *cli;
    reb_customer_ctx c;
    reb_business *business;
    reb_ids ids;
    int word_count; /* after the action's name */
    const char *const *words;
} call;

static reb_status page_options(int64_t *limit, const char **after, const call *k, reb_err *err) {
    *after = reb_cli_value(k->cli, "--after");
    return reb_cli_int(limit, k->cli, "--limit", 0, 1, REB_CUSTOMER_PAGE_MOST, err);
}

/* All words as one, parted by spaces: `find sara mansouri` needs no quotes. */
static const char *join_words(const call *k, int from) {
    reb_buf b = {0};
    for (int i = from; i < k->word_count; i++) {
        if (i > from) reb_buf_char(&b, ' ');
        reb_buf_str(&b, k->words[i]);
    }
    if (b.failed) k->c.arena->failed = true;
    const char *text = b.failed ? NULL : reb_arena_strdup(k->c.arena, reb_buf_cstr(&b));
    reb_buf_free(&b);
    return text;
}

static reb_status needs(const char *what, reb_err *err) {
    reb_fail(err, REB_E_USAGE, "Say %s.", what);
    reb_err_next(err, "See: rebound help customer");
    return REB_E_USAGE;
}

static reb_status print_page(const call *k, const reb_customer_page *p) {
    if (!k->cli->json) {
        reb_print_customers(k->cli, p);
        return REB_OK;
    }
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_customer_page_json(&w, p);
    reb_cli_document(k->cli, &b);
    return REB_OK;
}

typedef struct listing {
    const reb_customer_ctx *c;
    reb_customer_sort sort;
    const reb_customer_filter *filter;
} listing;

static reb_status write_sheet(int fd, void *ctx, reb_err *err) {
    const listing *l = ctx;
    return reb_customer_xlsx(NULL, fd, l->c, l->sort, l->filter, NULL, err);
}

static reb_status write_xlsx(const char *path, const call *k, reb_customer_sort sort, const reb_customer_filter *f, reb_err *err) {
    reb_customer_ctx c = k->c;
    if (c.business == NULL) c.business = k->business;
    listing l = {.c = &c, .sort = sort, .filter = f};
    return reb_cli_new_file(path, write_sheet, &l, err);
}

static reb_status do_find(call *k, reb_err *err) {
    int64_t limit = 0;
    const char *after = NULL;
    reb_customer_page page;
    if (k->word_count == 0) return needs("whom to find: part of a name, an e-mail, a phone number or an id", err);
    const char *query = join_words(k, 0);
    reb_status st = page_options(&limit, &after, k, err);
    if (st == REB_OK) st = reb_customer_search(&page, &k->c, query != NULL ? query : "", limit, after, err);
    return st == REB_OK ? print_page(k, &page) : st;
}

static reb_status do_list(call *k, reb_err *err) {
    int64_t limit = 0;
    const char *after = NULL;
    reb_customer_page page;
    reb_customer_sort sort = REB_SORT_NAME;
    reb_customer_filter f = {.least_net_minor = INT64_MIN,
                             .kind = reb_cli_value(k->cli, "--kind"),
                             .country = reb_cli_value(k->cli, "--country"),
                             .language = reb_cli_value(k->cli, "--language"),
                             .stage = reb_cli_value(k->cli, "--stage"),
                             .never_spoken = reb_cli_flag(k->cli, "--never-spoken")};
    const char *name = reb_cli_value(k->cli, "--sort");
    if (k->word_count > 0) return reb_fail(err, REB_E_USAGE, "rebound customer list takes options only; to search: rebound customer find");
    if (name != NULL && !reb_customer_sort_from_name(&sort, name))
        return reb_fail(err, REB_E_USAGE, "--sort must be name, net, stake, last, new, alive, value or silent.");
    reb_status st = page_options(&limit, &after, k, err);
    if (st == REB_OK) st = reb_cli_int(&f.silent_days, k->cli, "--silent", 0, 1, 100000, err);
    if (st == REB_OK && reb_cli_flag(k->cli, "--csv")) {
        st = reb_customer_csv(NULL, k->cli->out, &k->c, sort, &f, err);
        if (st == REB_OK) reb_cli_wrote(k->cli, "customer list --csv", "export", NULL);
        if (st == REB_OK) k->cli->wrote_kind = "saw";
        return st;
    }
    const char *xlsx = reb_cli_value(k->cli, "--xlsx");
    if (st == REB_OK && xlsx != NULL) {
        st = write_xlsx(xlsx, k, sort, &f, err);
        if (st == REB_OK) reb_cli_wrote(k->cli, "customer list --xlsx", "export", NULL);
        if (st == REB_OK) k->cli->wrote_kind = "saw";
        return st;
    }
    if (st == REB_OK) st = reb_customer_list(&page, &k->c, sort, &f, limit, after, err);
    return st == REB_OK ? print_page(k, &page) : st;
}

static reb_status one_customer(int64_t *id, call *k, int at, reb_err *err) {
    if (at >= k->word_count) return needs("which customer: an id, e-mail, phone or whole name", err);
    return reb_customer_resolve(id, &k->c, k->words[at], err);
}

static reb_status do_show(call *k, reb_err *err) {
    int64_t id = 0;
    reb_customer_view view;
    const char *who = join_words(k, 0);
    if (k->word_count == 0 || who == NULL) return needs("which customer: an id, e-mail, phone or whole name", err);
    reb_status st = reb_customer_resolve(&id, &k->c, who, err);
    if (st == REB_OK) st = reb_customer_show(&view, &k->c, id, err);
    if (st != REB_OK) return st;
    if (k->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_customer_view_json(&w, &view);
        reb_cli_document(k->cli, &b);
    } else {
        reb_print_customer(k->cli, &view);
    }
    return REB_OK;
}

static reb_status do_history(call *k, reb_err *err) {
    int64_t id = 0;
    int64_t limit = 0;
    const char *after = NULL;
    reb_customer_history h;
    reb_status st = one_customer(&id, k, 0, err);
    if (st == REB_OK) st = page_options(&limit, &after, k, err);
    if (st == REB_OK) st = reb_customer_events(&h, &k->c, id, reb_cli_value(k->cli, "--event"), limit, after, err);
    if (st != REB_OK) return st;
    if (k->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_customer_history_json(&w, &h);
        reb_cli_document(k->cli, &b);
        return REB_OK;
    }
    if (h.count == 0) fprintf(k->cli->out, "Nothing more is recorded.\n");
    reb_print_history(k->cli, &h);
    if (h.next != NULL) fprintf(k->cli->out, "\nOlder: rebound customer history %" PRId64 " --after %s\n", id, h.next);
    return REB_OK;
}

/* {"id":"..."} or a sentence. */
static void print_done(const call *k, const char *key, int64_t id, const char *sentence) {
    if (!k->cli->json) {
        fprintf(k->cli->out, sentence[0] != '\0' ? "%s %" PRId64 ".\n" : "%s%" PRId64 "\n", sentence, id);
        return;
    }
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_json_obj(&w);
    reb_json_kid(&w, key, id);
    reb_json_obj_end(&w);
    reb_cli_document(k->cli, &b);
}

static reb_status do_add(call *k, reb_err *err) {
    int64_t id = 0;
    char source[64] = "";
    const char *external = reb_cli_value(k->cli, "--external");
    const char *colon = external != NULL ? strchr(external, ':') : NULL;
    if (k->word_count > 0) return needs("who it is with --name, --email, --phone or --external", err);
    if (external != NULL && (colon == NULL || colon == external || (size_t)(colon - external) >= sizeof source || colon[1] == '\0'))
        return reb_fail(err, REB_E_USAGE, "--external is written SYSTEM:ID, for instance shopify:7210448301122.");
    if (colon != NULL) snprintf(source, sizeof source, "%.*s", (int)(colon - external), external);
    reb_customer_new n = {.kind = reb_cli_value(k->cli, "--kind"),
                          .name = reb_cli_value(k->cli, "--name"),
                          .email = reb_cli_value(k->cli, "--email"),
                          .phone = reb_cli_value(k->cli, "--phone"),
                          .language = reb_cli_value(k->cli, "--language"),
                          .country = reb_cli_value(k->cli, "--country"),
                          .city = reb_cli_value(k->cli, "--city"),
                          .company = reb_cli_value(k->cli, "--company"),
                          .external_source = source,
                          .external_id = colon != NULL ? colon + 1 : NULL};
    reb_status st = reb_customer_add(&id, &k->c, &n, reb_cli_flag(k->cli, "--even-so"), err);
    if (st == REB_OK) reb_cli_wrote_id(k->cli, "customer add", "customer", id);
    if (st == REB_OK) print_done(k, "id", id, "Added customer");
    return st;
}

static reb_status do_add_contact(call *k, reb_err *err) {
    int64_t id = 0;
    int64_t contact_id = 0;
    reb_customer_new_contact n = {.name = reb_cli_value(k->cli, "--name"),
                                  .role = reb_cli_value(k->cli, "--role"),
                                  .email = reb_cli_value(k->cli, "--email"),
                                  .phone = reb_cli_value(k->cli, "--phone")};
    reb_status st = one_customer(&id, k, 0, err);
    if (st == REB_OK) st = reb_customer_add_contact(&contact_id, &k->c, id, &n, err);
    if (st == REB_OK) reb_cli_wrote_id(k->cli, "customer add-contact", "customer", id);
    if (st == REB_OK) print_done(k, "contact_id", contact_id, "Added contact");
    return st;
}

static reb_status do_note(call *k, reb_err *err) {
    int64_t id = 0;
    int64_t event_id = 0;
    reb_status st = one_customer(&id, k, 0, err);
    if (st == REB_OK && k->word_count < 2) st = needs("what to note, after the customer", err);
    const char *text = st == REB_OK ? join_words(k, 1) : NULL;
    if (st == REB_OK) st = reb_customer_note(&event_id, &k->c, id, text != NULL ? text : "", err);
    if (st == REB_OK) reb_cli_wrote_id(k->cli, "customer note", "customer", id);
    if (st == REB_OK) print_done(k, "event_id", event_id, k->cli->json ? "" : "Noted as event");
    return st;
}

static reb_status do_contact(call *k, reb_err *err) {
    int64_t id = 0;
    int64_t event_id = 0;
    const char *channel = reb_cli_value(k->cli, "--channel");
    reb_status st = one_customer(&id, k, 0, err);
    const char *text = st == REB_OK && k->word_count > 1 ? join_words(k, 1) : NULL;
    if (st == REB_OK) st = reb_customer_contacted(&event_id, &k->c, id, channel != NULL ? channel : "phone", text, 0, err);
    if (st == REB_OK) reb_cli_wrote_id(k->cli, "customer contact", "customer", id);
    if (st == REB_OK) print_done(k, "event_id", event_id, "Contact recorded as event");
    return st;
}

static reb_status do_consent(call *k, reb_err *err) {
    int64_t id = 0;
    reb_status st = one_customer(&id, k, 0, err);
    if (st != REB_OK) return st;
    if (k->word_count != 4) return needs("WHO PURPOSE CHANNEL yes|no, for instance: rebound customer consent 17 marketing email no", err);
    bool yes = strcmp(k->words[3], "yes") == 0;
    if (!yes && strcmp(k->words[3], "no") != 0) return reb_fail(err, REB_E_USAGE, "Consent is yes or no.");
    int64_t event_id = 0;
    st = reb_customer_set_consent(&event_id, &k->c, id, k->words[1], k->words[2], yes, reb_cli_value(k->cli, "--why"), err);
    if (st == REB_OK) reb_cli_wrote_id(k->cli, "customer consent", "customer", id);
    if (st == REB_OK && k->cli->json) print_done(k, "event_id", event_id, "");
    if (st == REB_OK && !k->cli->json) print_done(k, "id", id, yes ? "Consent recorded for customer" : "Consent withdrawn for customer");
    return st;
}

static reb_status do_doubles(call *k, reb_err *err) {
    int64_t id = 0;
    int64_t limit = 0;
    reb_customer_doubles d;
    reb_status st = k->word_count > 0 ? one_customer(&id, k, 0, err) : REB_OK;
    if (st == REB_OK) st = reb_cli_int(&limit, k->cli, "--limit", 0, 1, 1000, err);
    if (st == REB_OK) st = reb_customer_doubles_find(&d, &k->c, id, limit, err);
    if (st != REB_OK) return st;
    if (k->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_customer_doubles_json(&w, &d);
        reb_cli_document(k->cli, &b);
    } else {
        reb_print_doubles(k->cli, &d);
    }
    return REB_OK;
}

static reb_status do_keeper(call *k, reb_err *err) {
    int64_t id = 0;
    reb_person p = {0};
    bool found = true;
    if (k->word_count != 2) return needs("WHO and the e-mail of the person who keeps them, or nobody", err);
    reb_status st = one_customer(&id, k, 0, err);
    bool nobody = strcmp(k->words[1], "nobody") == 0;
    if (st == REB_OK && !nobody) st = reb_person_by_email(&p, &found, k->c.store, k->words[1], err);
    if (st == REB_OK && !found) st = reb_fail(err, REB_E_NOT_FOUND, "Nobody may enter by that e-mail. rebound user list shows who may.");
    if (st == REB_OK) st = reb_keeper_set(k->c.store, &id, 1, nobody ? 0 : p.user_id, reb_clock_now(k->cli->clock), err);
    if (st != REB_OK) return st;
    reb_cli_wrote_id(k->cli, "customer keeper", "customer", id);
    print_done(k, "id", id, nobody ? "Nobody keeps customer" : "Given: customer");
    return REB_OK;
}

/* What was exported was given to somebody: that goes into the audit log, too. */
static reb_status do_export(call *k, reb_err *err) {
    int64_t id = 0;
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_status st = one_customer(&id, k, 0, err);
    if (st == REB_OK && k->word_count > 1) st = needs("one customer; several words as one: rebound customer export \"sara mansouri\"", err);
    if (st == REB_OK && reb_cli_flag(k->cli, "--page")) st = reb_personal_page(&b, NULL, &k->c, id, err);
    if (st == REB_OK && !reb_cli_flag(k->cli, "--page")) st = reb_personal_json(&w, &k->c, id, err);
    if (st == REB_OK) {
        reb_cli_wrote_id(k->cli, "customer export", "customer", id);
        k->cli->wrote_kind = "saw";
        reb_cli_document(k->cli, &b);
    }
    reb_buf_free(&b);
    return st;
}

static reb_status do_erase(call *k, reb_err *err) {
    int64_t id = 0;
    reb_privacy_erased e;
    reb_status st = one_customer(&id, k, 0, err);
    if (st == REB_OK && k->word_count > 1) st = needs("one customer; several words as one: rebound customer erase \"sara mansouri\"", err);
    if (st != REB_OK) return st;
    if (!reb_cli_flag(k->cli, "--yes")) {
        reb_fail(err, REB_E_USAGE, "Nothing was erased: what is erased cannot be brought back. Orders and sums stay, who it was goes.");
        reb_err_next(err, "To do it: rebound customer erase %" PRId64 " --yes. To keep a copy first: rebound customer export %" PRId64, id,
                     id);
        return REB_E_USAGE;
    }
    st = reb_customer_erase(&e, &k->c, id, reb_cli_value(k->cli, "--why"), err);
    if (st != REB_OK) return st;
    if (!e.known) reb_cli_wrote_id(k->cli, "customer erase", "customer", e.head_id);
    if (k->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_customer_erased_json(&w, &e);
        reb_cli_document(k->cli, &b);
    } else if (e.known) {
        fprintf(k->cli->out, "Customer %" PRId64 " was erased before; nothing of who it was is left.\n", e.head_id);
    } else {
        char n[4][REB_FORMAT_TEXT];
        fprintf(k->cli->out, "Customer %" PRId64 " is erased: %s, %s, %s, and the words of %s. Orders and sums stay.\n", e.head_id,
                reb_format_plural(n[0], e.identities, "name, address or number", "names, addresses and numbers"),
                reb_format_plural(n[1], e.facts, "fact", NULL), reb_format_plural(n[2], e.contacts, "contact", NULL),
                reb_format_plural(n[3], e.events, "event", NULL));
        fprintf(k->cli->out, "Backups, uploaded files and refused rows of imports made before still hold the person: see the manual.\n");
    }
    return REB_OK;
}

/* An id as it was given: a merged customer stays the one that was named. */
static reb_status exact_id(int64_t *id, call *k, int at, reb_err *err) {
    int used = 0;
    if (at < k->word_count && sscanf(k->words[at], "%19" SCNd64 "%n", id, &used) == 1 && k->words[at][used] == '\0' && *id > 0)
        return REB_OK;
    return one_customer(id, k, at, err);
}

static reb_status print_moved(call *k, const reb_customer_merge_result *m, bool merged) {
    char n[REB_FORMAT_TEXT];
    if (!k->cli->json) {
        fprintf(k->cli->out,
                merged ? "Customer %" PRId64 " now stands for %s more. To take it back: rebound customer unmerge ID\n"
                       : "Customer %" PRId64 " stands for itself again (%s).\n",
                m->head_id, reb_format_plural(n, (int64_t)m->moved_count, "customer", NULL));
        return REB_OK;
    }
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_customer_merge_json(&w, m);
    reb_cli_document(k->cli, &b);
    return REB_OK;
}

static reb_status do_merge(call *k, reb_err *err) {
    int64_t keep = 0;
    int64_t other = 0;
    reb_customer_merge_result m;
    if (k->word_count != 2) return needs("two customers: the one to keep, and the other", err);
    reb_status st = exact_id(&keep, k, 0, err);
    if (st == REB_OK) st = exact_id(&other, k, 1, err);
    if (st == REB_OK) st = reb_customer_merge(&m, &k->c, keep, other, reb_cli_value(k->cli, "--why"), err);
    if (st == REB_OK) reb_cli_wrote_id(k->cli, "customer merge", "customer", other);
    return st == REB_OK ? print_moved(k, &m, true) : st;
}

static reb_status do_unmerge(call *k, reb_err *err) {
    int64_t id = 0;
    reb_customer_merge_result m;
    if (k->word_count != 1) return needs("the customer to take out again, by the id it had before merging", err);
    reb_status st = exact_id(&id, k, 0, err);
    if (st == REB_OK) st = reb_customer_unmerge(&m, &k->c, id, reb_cli_value(k->cli, "--why"), err);
    if (st == REB_OK) reb_cli_wrote_id(k->cli, "customer unmerge", "customer", id);
    return st == REB_OK ? print_moved(k, &m, false) : st;
}

static reb_status do_not_same(call *k, reb_err *err) {
    int64_t a = 0;
    int64_t b = 0;
    bool known = false;
    if (k->word_count != 2) return needs("the two customers that are not the same", err);
    reb_status st = exact_id(&a, k, 0, err);
    if (st == REB_OK) st = exact_id(&b, k, 1, err);
    if (st == REB_OK) st = reb_customer_not_same(&known, &k->c, a, b, reb_cli_value(k->cli, "--why"), err);
    if (st != REB_OK) return st;
    if (!known) reb_cli_wrote_id(k->cli, "customer not-same", "customer", a);
    fprintf(k->cli->out, k->cli->json ? "{\"known\":%s}\n" : "%s\n",
            k->cli->json ? (known ? "true" : "false")
            : known      ? "That was remembered already."
                         : "Remembered: they are not proposed as doubles again.");
    return REB_OK;
}

static const struct {
    const char *name;
    reb_status (*run)(call *k, reb_err *err);
} k_actions[] = {
    {"list", do_list},   {"find", do_find},       {"show", do_show},         {"history", do_history},         {"add", do_add},
    {"note", do_note},   {"contact", do_contact}, {"consent", do_consent},   {"add-contact", do_add_contact}, {"doubles", do_doubles},
    {"merge", do_merge}, {"unmerge", do_unmerge}, {"not-same", do_not_same}, {"export", do_export},           {"keeper", do_keeper},
    {"erase", do_erase},
};

static reb_status run_customer(reb_cli *cli, reb_err *err) {
    if (cli->arg_count == 0)
        return needs("what to do: list, find, show, history, add, note, contact, consent, add-contact, doubles, merge, unmerge, not-same, "
                     "export or erase",
                     err);
    for (size_t i = 0; i < sizeof k_actions / sizeof k_actions[0]; i++) {
        if (strcmp(cli->args[0], k_actions[i].name) != 0) continue;
        reb_store *s = NULL;
        call k = {.cli = cli, .word_count = cli->arg_count - 1, .words = cli->args + 1};
        reb_status st = reb_cli_open(&s, &k.business, cli, 0, err);
        if (st != REB_OK) return st;
        k.ids = (reb_ids){.clock = reb_clock_system(), .node = (uint64_t)getpid() & 1023};
        const char *by = reb_cli_value(cli, "--by");
        const char *user = getenv("USER");
        k.c = (reb_customer_ctx){.store = s,
                                 .arena = cli->arena,
                                 .clock = cli->clock,
                                 .ids = &k.ids,
                                 .who = by != NULL     ? by
                                        : user != NULL ? user
                                                       : "",
                                 .business = k.business,
                                 .locale = &cli->locale};
        st = k_actions[i].run(&k, err);
        reb_business_free(k.business);
        reb_store_close(s);
        return st;
    }
    reb_fail(err, REB_E_USAGE, "rebound customer has no action \"%.40s\".", cli->args[0]);
    reb_err_next(err, "See: rebound help customer");
    return REB_E_USAGE;
}

static const reb_cli_option k_options[] = {
    {"--limit", "N", "list, find, history, doubles: at most so many (else 50)"},
    {"--after", "PLACE", "list, find, history: go on where a page ended"},
    {"--sort", "ORDER", "list: name (else), net, stake, last, new, alive, value or silent"},
    {"--silent", "DAYS", "list: bought nothing for so many days"},
    {"--never-spoken", NULL, "list: nobody has spoken with them"},
    {"--stage", "STAGE", "list: prospect, new, active, slowing or lost"},
    {"--csv", NULL, "list: everybody, as a file for spreadsheets"},
    {"--xlsx", "FILE", "list: everybody, as a file for Excel"},
    {"--event", "KIND", "history: events of this kind only (order, note, contact, ...)"},
    {"--kind", "KIND", "list, add: person or organisation"},
    {"--name", "NAME", "add, add-contact"},
    {"--email", "ADDRESS", "add, add-contact"},
    {"--phone", "NUMBER", "add, add-contact"},
    {"--language", "CODE", "list, add: en, ar, fa, el, ..."},
    {"--country", "CODE", "list, add: GB, SA, IR, GR, ..."},
    {"--city", "NAME", "add"},
    {"--company", "NAME", "add"},
    {"--role", "WORDS", "add-contact: what the person does there"},
    {"--external", "SYSTEM:ID", "add: the customer's id in another system"},
    {"--even-so", NULL, "add: although somebody has that e-mail, phone or id already"},
    {"--channel", "CHANNEL", "contact: phone (else), email, sms, whatsapp, chat, visit or post"},
    {"--why", "WORDS", "consent, merge, unmerge, not-same, erase: the reason, kept in the log"},
    {"--page", NULL, "export: as a page to read and print, else JSON"},
    {"--yes", NULL, "erase: do it; it cannot be undone"},
    {"--by", "NAME", "who acts, kept in the log (else $USER)"},
    {0},
};

const reb_command reb_cmd_customer = {
    .name = "customer",
    .args = "ACTION [ARGUMENTS] [OPTIONS]",
    .summary = "find, show, add, note, merge customers",
    .details = "  list                              all customers; --sort, --silent, --country, ... choose\n"
               "  find WORDS                        by part of a name, e-mail, phone or id, in any spelling\n"
               "  show WHO                          one customer on one screen\n"
               "  history WHO                       everything that happened, newest first\n"
               "  add --name ... --email ...        add a customer by hand\n"
               "  add-contact WHO --name ...        add a person inside an organisation\n"
               "  note WHO WORDS                    note something\n"
               "  contact WHO [WORDS] [--channel C] record that you spoke with the customer\n"
               "  consent WHO PURPOSE CHANNEL yes|no  purpose: marketing, service, feedback, any;\n"
               "                                    channel: email, phone, sms, whatsapp, post, any\n"
               "  doubles [WHO]                     customers who may be one and the same\n"
               "  merge KEEP OTHER                  make one of two; nothing is lost\n"
               "  unmerge ID                        take one out again, as it was\n"
               "  not-same ONE OTHER                never propose these two again\n"
               "  keeper WHO E-MAIL|nobody          whose customer this is: see the setting agents_see\n"
               "  export WHO [--page] >FILE         everything that is held on a customer, to be given to them\n"
               "  erase WHO --yes                   who it was goes; orders and sums stay\n"
               "\n"
               "WHO is an id, an e-mail, a phone number, another system's id, or a whole name that only one customer has.",
    .actions = "list find show history add add-contact note contact consent doubles merge unmerge not-same keeper export erase",
    .options = k_options,
    .run = run_customer,
};
