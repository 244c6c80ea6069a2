/* Documents of standards: the one Rebound comes with is whole and within the law's minimum, faults are told by their path, what is written
   reads the same, and changes are named. */
#include "../../src/rule/standard.h"
#include "../lib/tap.h"

static const char k_small[] =
    "{\"currency\":\"eur\",\"first_language\":\"el\",\"title\":{\"el\":\"Τι\",\"en\":\"What\"},\"promises\":{\"el\":\"x\"},\"terms\":{"
    "\"el\":\"x\"},"
    "\"appeal\":{\"el\":\"x\"},\"remedies\":[{\"code\":\"back\",\"kind\":\"refund\",\"title\":{\"en\":\"Money back\"},\"percent\":100,"
    "\"by_right_only\":true},{\"code\":\"gift\",\"kind\":\"gift\",\"title\":{\"en\":\"Gift\"},\"amount_minor\":500}],"
    "\"kinds\":[{\"code\":\"late\",\"title\":{\"en\":\"Late\"},\"text\":{\"en\":\"t\"},\"calendar\":\"main\",\"clocks\":{\"solution\":"
    "{\"unit\":\"working_days\",\"amount\":3}},\"due\":[\"back\"],\"extra\":[\"gift\"]}],\"limits\":{\"agent\":1000,\"manager\":5000}}";

static reb_standard *parsed(reb_arena *a, const char *json) {
    reb_standard *s = NULL;
    reb_err err = {0};
    if (reb_standard_parse(&s, a, json, &err) != REB_OK) OK(false, "reads: %s", err.detail);
    return s;
}

/* The small document with one piece of it replaced. */
static const char *with(reb_arena *a, const char *old, const char *new) {
    const char *at = strstr(k_small, old);
    if (at == NULL) {
        OK(false, "the document holds %s", old);
        return k_small;
    }
    return reb_arena_printf(a, "%.*s%s%s", (int)(at - k_small), k_small, new, at + strlen(old));
}

static void refused(const char *old, const char *new, const char *what) {
    reb_arena a = {0};
    reb_standard *s = NULL;
    reb_err err = {0};
    reb_status st = reb_standard_parse(&s, &a, with(&a, old, new), &err);
    if (!OK(st == REB_E_INPUT && strstr(err.detail, what) != NULL && s == NULL, "refused: %s", what)) printf("# %s\n", err.detail);
    reb_arena_free(&a);
}

static void test_small(void) {
    reb_arena a = {0};
    reb_standard *s = parsed(&a, k_small);
    if (s == NULL) return;
    EQ_TEXT(s->currency, "EUR", "currency in capitals");
    EQ_I64(s->limit_count, 3, "three roles have a limit");
    EQ_I64(s->limits[2].amount_minor, -1, "an owner's has no end unless told");
    EQ_I64(s->kinds[0].targets[0].warn_percent, 75, "warned at three quarters unless told");
    EQ_I64(s->reopen_days, 30, "thirty days to reopen unless told");
    EQ_TEXT(reb_words_in(&s->title, "fa-IR", s->first_language), "Τι", "a missing language falls back to the first");
    EQ_TEXT(reb_words_in(&s->title, "en-GB", s->first_language), "What", "a tag with a region is understood");
    EQ_TEXT(reb_words_in(&s->remedies[1].text, "en", "el"), "", "a text that stands in no language is empty");
    EQ_TEXT(reb_words_in(&s->kinds[0].title, "ar", "el"), "Late", "else whichever is there");
    EQ_I64(reb_standard_number(s, "late"), 1, "kinds are numbered by their place");
    OK(reb_standard_kind_find(s, "none") == NULL && reb_remedy_find(s, "none") == NULL, "what is not there is not found");
    reb_arena_free(&a);
}

static void test_faults(void) {
    refused("\"unit\":\"working_days\"", "\"unit\":\"days\"", "kinds[0].clocks.solution.unit must be");
    refused("\"amount\":3", "\"amount\":0", "kinds[0].clocks.solution.amount must be a whole number from 1");
    refused("\"amount\":3", "\"amount\":2.5", "kinds[0].clocks.solution.amount");
    refused("\"solution\":", "\"solve\":", "kinds[0].clocks.solve is not known");
    refused("[\"back\"]", "[\"money\"]", "kinds[0].due[0] is no remedy");
    refused("[\"back\"]", "[\"back\",\"back\"]", "kinds[0].due[1] stands in this list twice");
    refused("[\"gift\"]", "[\"back\"]", "which is given by right only");
    refused("\"late\"", "\"Late one\"", "kinds[0].code must be a short name");
    refused("\"percent\":100", "\"percent\":120", "remedies[0].percent must be a whole number from 0 to 100");
    refused("\"percent\":100", "\"percent\":50,\"amount_minor\":3", "give one of them");
    refused("\"percent\":100", "\"cost_percent\":50,\"percent\":100", "it costs what it is worth");
    refused("\"kind\":\"gift\"", "\"kind\":\"voucher\",\"percent\":0,\"x\":1", "remedies[1].x is not known");
    refused("\"amount_minor\":500", "\"amount_minor\":500,\"amount_minor\":600", "remedies[1].amount_minor stands there twice");
    refused("\"kind\":\"gift\",\"title\":{\"en\":\"Gift\"},\"amount_minor\":500", "\"kind\":\"voucher\",\"title\":{\"en\":\"Gift\"}",
            "voucher over nothing");
    refused("\"code\":\"gift\"", "\"code\":\"back\"", "has the code of an earlier one");
    refused("\"agent\":1000", "\"agent\":6000", "limits.agent must not be more than limits.manager");
    refused("\"agent\":1000", "\"agent\":-1", "limits.agent must not be more");
    refused("\"eur\"", "\"EURO\"", "currency must be");
    refused("\"el\",\"title\"", "\"de\",\"title\"", "first_language must be");
    refused("\"promises\":{\"el\":\"x\"},", "", "promises is missing");
    refused("\"promises\":{\"el\":\"x\"}", "\"promises\":{\"el\":\" \\n\"}", "promises must stand in one language");
    refused("\"terms\":{\"el\":\"x\"}", "\"terms\":{\"el\":\"a\\u0007\"}", "terms.el holds a character");
    refused("\"terms\":{\"el\":\"x\"}", "\"terms\":{\"el\":\"a\xff\"}", "terms.el holds a character");
    refused("\"calendar\":\"main\",", "", "kinds[0].calendar");
    refused("\"appeal\":", "\n\n\"appeal\" ", "from line");
    reb_arena a = {0};
    reb_standard *s = NULL;
    reb_err err = {0};
    OK(reb_standard_parse(&s, &a, "[]", &err) == REB_E_INPUT && reb_standard_parse(&s, &a, "", &err) == REB_E_INPUT,
       "no document is no document");
    char *big = malloc(REB_STANDARD_BYTES + 2);
    if (big != NULL) memset(big, ' ', REB_STANDARD_BYTES + 1);
    if (big != NULL) big[REB_STANDARD_BYTES + 1] = '\0';
    OK(big != NULL && reb_standard_parse(&s, &a, big, &err) == REB_E_INPUT && strstr(err.detail, "512 KiB") != NULL, "too long is told so");
    free(big);
    reb_arena_free(&a);
}

static void in_all_languages(const reb_words *w, const char *what, int64_t *missing) {
    for (int i = 0; i < REB_LANGUAGES; i++)
        if (w->in[i] == NULL) {
            (*missing)++;
            printf("# %s is missing in %s\n", what, reb_language_code((reb_language)i));
        }
}

static bool gives(const reb_standard *s, const char *kind, const char *remedy) {
    const reb_standard_kind *k = reb_standard_kind_find(s, kind);
    for (int64_t i = 0; k != NULL && i < k->due_count; i++)
        if (strcmp(k->due[i], remedy) == 0) return true;
    return false;
}

static void test_default(void) {
    reb_arena a = {0};
    reb_standard *s = NULL;
    reb_err err = {0};
    OK(reb_standard_default(&s, &a, "EUR", "fa", &err) == REB_OK, "the document that Rebound comes with reads: %s", err.detail);
    if (s == NULL) return;
    static const char *const k_kinds[] = {"delivery_late", "not_delivered", "product_faulty", "product_wrong",
                                          "service_poor",  "price",         "billing",        "other"};
    int64_t missing = 0, unpriced = 0;
    for (size_t i = 0; i < sizeof k_kinds / sizeof k_kinds[0]; i++)
        OK(reb_standard_kind_find(s, k_kinds[i]) != NULL, "it knows %s", k_kinds[i]);
    in_all_languages(&s->title, "title", &missing);
    in_all_languages(&s->promises, "promises", &missing);
    in_all_languages(&s->terms, "terms", &missing);
    in_all_languages(&s->appeal, "appeal", &missing);
    for (int64_t i = 0; i < s->kind_count; i++) {
        const reb_standard_kind *k = &s->kinds[i];
        in_all_languages(&k->title, k->code, &missing);
        in_all_languages(&k->text, k->code, &missing);
        OK(k->target_count == 4 && k->targets[0].amount == 60 && k->targets[1].amount == 240 && k->targets[2].amount == 480,
           "%s has its four clocks", k->code);
    }
    for (int64_t i = 0; i < s->remedy_count; i++) {
        in_all_languages(&s->remedies[i].title, s->remedies[i].code, &missing);
        in_all_languages(&s->remedies[i].text, s->remedies[i].code, &missing);
        const reb_remedy *m = &s->remedies[i];
        unpriced +=
            !m->by_right_only && m->kind != REB_REMEDY_CALL && m->kind != REB_REMEDY_APOLOGY && m->amount_minor == 0 && m->percent == 0;
    }
    EQ_I64(missing, 0, "every text stands in four languages");
    EQ_I64(unpriced, 0, "whatever may be given beyond what is due has a price that can be weighed");
    /* Directive 2019/771, article 13; directive 2011/83, articles 18 and 20 */
    OK(gives(s, "product_faulty", "repair") && gives(s, "product_faulty", "replacement") && gives(s, "product_faulty", "refund_full"),
       "faulty goods: repair, replacement, money back by right");
    OK(gives(s, "not_delivered", "refund_full") && gives(s, "delivery_late", "refund_full"), "not delivered: money back by right");
    EQ_TEXT(s->first_language, "fa", "in the business's first language");
    EQ_I64(reb_remedy_find(s, "voucher_small")->amount_minor, 1000, "a small voucher is ten euros");
    OK(reb_standard_default(&s, &a, "IRR", "fa", &err) == REB_OK, "in rial");
    EQ_I64(reb_remedy_find(s, "voucher_small")->amount_minor, 10000000, "ten million rial, which has no decimals");
    EQ_I64(s->limits[2].amount_minor, -1, "no limit stays no limit");
    OK(reb_standard_default(&s, &a, "KWD", "ar", &err) == REB_OK, "in Kuwaiti dinar");
    EQ_I64(reb_remedy_find(s, "voucher_small")->amount_minor, 10000, "ten dinar of three decimals");
    OK(reb_standard_default(&s, &a, "", "", &err) == REB_OK && strcmp(s->currency, "EUR") == 0, "of a business that has told nothing");
    reb_arena_free(&a);
}

static void test_written(void) {
    reb_arena a = {0};
    reb_err err = {0};
    reb_standard *s = NULL, *again = NULL;
    OK(reb_standard_default(&s, &a, "EUR", "en", &err) == REB_OK, "read");
    reb_buf one = {0}, two = {0};
    reb_standard_write(&one, s);
    again = parsed(&a, reb_buf_cstr(&one));
    if (again != NULL) reb_standard_write(&two, again);
    EQ_TEXT(reb_buf_cstr(&two), reb_buf_cstr(&one), "what is written reads the same");
    int64_t count = -1;
    OK(again != NULL && reb_standard_diff(NULL, 0, &count, &a, s, again, &err) == REB_OK && count == 0, "and differs in nothing");
    reb_buf_free(&one);
    reb_buf_free(&two);
    reb_arena_free(&a);
}

static void test_diff(void) {
    reb_arena a = {0};
    reb_err err = {0};
    reb_standard *before = parsed(&a, k_small), *after = parsed(&a, with(&a, "\"amount\":3", "\"amount\":5"));
    reb_standard_change c[4];
    int64_t count = 0;
    OK(reb_standard_diff(c, 4, &count, &a, before, after, &err) == REB_OK && count == 1, "one change");
    EQ_TEXT(c[0].path, "kinds.late.clocks.solution", "by its path");
    EQ_TEXT(c[0].before, "3 working_days, 75%", "from what");
    EQ_TEXT(c[0].after, "5 working_days, 75%", "to what");
    after = parsed(&a, with(&a, "\"code\":\"late\"", "\"code\":\"tardy\""));
    OK(reb_standard_diff(c, 4, &count, &a, before, after, &err) == REB_OK && count == 2, "a new code is one gone and one come");
    OK(strcmp(c[0].path, "kinds.late") == 0 && c[0].after == NULL && strcmp(c[1].path, "kinds.tardy") == 0 && c[1].before == NULL,
       "which is told");
    after = parsed(&a, with(&a, "\"agent\":1000", "\"agent\":2000"));
    OK(reb_standard_diff(c, 0, &count, &a, before, after, &err) == REB_OK && count == 1, "counted where there is no room to tell");
    reb_arena_free(&a);
}

int main(void) {
    test_small();
    test_faults();
    test_default();
    test_written();
    test_diff();
    return tap_done();
}
