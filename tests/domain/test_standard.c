/* Published standards: a version in force at each instant, none changed behind a case, drafts that nobody overwrites unseen. */
#include "shop.h"

#include "../../src/domain/standard.h"

static const int64_t k_day = INT64_C(86400) * 1000000;
static const int64_t k_now = INT64_C(1777626000) * 1000000; /* 2026-05-01T09:00:00Z */

static void at(reb_store *s, int64_t when, int64_t version, const char *what) {
    reb_arena a = {0};
    reb_err err = {0};
    reb_standard *got = NULL;
    int64_t number = -1;
    OK(reb_standard_at(&got, s, &a, when, &err) == REB_OK && got->version == version &&
           reb_standard_version_at(&number, s, when, &err) == REB_OK && number == version,
       "%s (version %d)", what, (int)version);
    reb_arena_free(&a);
}

static const char *changed(reb_arena *a, reb_store *s, int64_t reopen_days) {
    reb_standard_draft d;
    reb_err err = {0};
    reb_buf text = {0};
    if (reb_standard_draft_get(&d, s, a, &err) != REB_OK) return "";
    d.standard->reopen_days = reopen_days;
    reb_standard_write(&text, d.standard);
    const char *document = reb_arena_strdup(a, reb_buf_cstr(&text));
    reb_buf_free(&text);
    return document;
}

static void versions(void) {
    reb_store *s = fresh("versions");
    reb_arena a = {0};
    reb_err err = {0};
    int64_t version = 0, revision = 0;
    run(s, "insert into setting (key, value, changed_us) values ('currency', 'GBP', 1), ('language', 'ar', 1)", REB_NO_ARGS);
    at(s, k_now, 0, "before anything was published the document that Rebound comes with stands in");
    reb_standard *got = NULL;
    OK(reb_standard_at(&got, s, &a, k_now, &err) == REB_OK && strcmp(got->currency, "GBP") == 0 && strcmp(got->first_language, "ar") == 0,
       "in the business's currency and language");
    OK(reb_standard_publish(&version, s, "Ours now", 0, -1, "Maria", k_now, &err) == REB_OK && version == 1, "it is adopted by a click");
    at(s, k_now - 1, 0, "what happened before keeps what held before");
    at(s, k_now, 1, "from the moment of publishing");
    OK(reb_standard_publish(&version, s, "", 0, -1, "Maria", k_now + 5, &err) == REB_E_CONFLICT, "nothing changed: nothing to publish");
    OK(reb_standard_draft_put(&revision, s, changed(&a, s, 60), 0, "Maria", k_now + 10, &err) == REB_OK, "a draft is saved: %s",
       err.detail);
    at(s, k_now + 20, 1, "and holds for nobody");
    OK(reb_standard_publish(&version, s, "", k_now + 5, revision, "Maria", k_now + 20, &err) == REB_E_INPUT, "not for the past");
    OK(reb_standard_publish(&version, s, "Two months", k_now + k_day, revision, "Maria", k_now + 20, &err) == REB_OK && version == 2,
       "but for tomorrow: %s", err.detail);
    at(s, k_now + k_day - 1, 1, "until then the old one holds");
    at(s, k_now + k_day, 2, "then the new one");
    OK(reb_standard_draft_put(&revision, s, changed(&a, s, 90), 0, "Maria", k_now + 30, &err) == REB_OK, "a third is written");
    OK(reb_standard_publish(&version, s, "", k_now + 60, revision, "Maria", k_now + 40, &err) == REB_E_INPUT,
       "it cannot begin before the second");
    OK(reb_standard_publish(&version, s, "", 0, revision, "Maria", k_now + 40, &err) == REB_OK && version == 3,
       "by itself it begins after it");
    at(s, k_now + k_day, 2, "the second had its instant");
    at(s, k_now + 2 * k_day, 3, "and the third follows");
    reb_standard_version list[8];
    size_t count = 0;
    OK(reb_standard_list(list, 8, &count, s, &a, &err) == REB_OK && count == 3 && list[0].version == 3 &&
           strcmp(list[1].note, "Two months") == 0,
       "all are listed, newest first");
    OK(reb_standard_get(&got, s, &a, 2, &err) == REB_OK && got->reopen_days == 60, "each can be read again");
    OK(reb_standard_get(&got, s, &a, 4, &err) == REB_E_NOT_FOUND, "one that is not there cannot");
    reb_store_close(s);
    reb_arena_free(&a);
}

static void drafts(void) {
    reb_store *s = fresh("drafts");
    reb_arena a = {0};
    reb_err err = {0};
    int64_t first = 0, second = 0, version = 0;
    reb_standard_draft d;
    OK(reb_standard_draft_get(&d, s, &a, &err) == REB_OK && !d.saved && d.changed_us == 0,
       "without a draft a copy of the newest is offered");
    const char *one = changed(&a, s, 40), *two = changed(&a, s, 50);
    OK(reb_standard_draft_put(&first, s, one, 0, "Maria", k_now, &err) == REB_OK, "saved");
    OK(reb_standard_draft_put(&second, s, two, 0, "Nikos", k_now + 1, &err) == REB_E_CONFLICT && strstr(err.detail, "Maria") != NULL,
       "a second who has not seen it is told whose it is");
    OK(reb_standard_draft_get(&d, s, &a, &err) == REB_OK && d.standard->reopen_days == 40 && strcmp(d.changed_by, "Maria") == 0,
       "and nothing is lost");
    OK(reb_standard_draft_put(&second, s, two, first, "Nikos", k_now, &err) == REB_OK && second > first,
       "with it before his eyes he may; in the same microsecond the revision still moves");
    OK(reb_standard_publish(&version, s, "", 0, first, "Maria", k_now + 2, &err) == REB_E_CONFLICT,
       "what she has not seen she cannot publish");
    OK(reb_standard_draft_put(&second, s, "{}", second, "Nikos", k_now, &err) == REB_E_INPUT, "what is wrong is not saved");
    OK(reb_standard_draft_drop(s, first, &err) == REB_E_CONFLICT && reb_standard_draft_drop(s, second, &err) == REB_OK,
       "thrown away by whoever saw it");
    OK(reb_standard_draft_get(&d, s, &a, &err) == REB_OK && !d.saved && d.standard->reopen_days == 30, "and gone");
    reb_standard *doc = NULL;
    OK(reb_standard_default(&doc, &a, "EUR", "en", &err) == REB_OK, "another");
    doc->kinds[0].calendar = "branch";
    reb_buf text = {0};
    reb_standard_write(&text, doc);
    OK(reb_standard_draft_put(&first, s, reb_buf_cstr(&text), -1, "Maria", k_now, &err) == REB_OK,
       "a draft may name a calendar that is still to come");
    OK(reb_standard_publish(&version, s, "", 0, -1, "Maria", k_now, &err) == REB_E_INPUT && strstr(err.detail, "branch") != NULL,
       "published it cannot be");
    run(s,
        "insert into work_calendar (code, version, title, document, note, published_us, published_by) values ('branch', 1, 'B', '{}', '', "
        "1, '')",
        REB_NO_ARGS);
    OK(reb_standard_publish(&version, s, "", 0, -1, "Maria", k_now, &err) == REB_OK, "until the calendar is there");
    reb_buf_free(&text);
    reb_store_close(s);
    reb_arena_free(&a);
}

static void all(void) {
    printf("# %s\n", k_engine);
    versions();
    drafts();
}

int main(void) {
    k_suite = "test_standard";
    if (mkdtemp(k_dir) == NULL) return 1;
    k_engine = "sqlite";
    all();
    k_engine = "pg";
    if (pg_test_uri("x") != NULL) {
        all();
    } else {
        SKIP("PostgreSQL does not run here");
    }
    test_folder_remove(k_dir);
    return tap_done();
}
