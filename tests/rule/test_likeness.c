/* How alike complaints are, and what was usual: by hand-reckoned examples in four scripts. */
#include "../../src/rule/likeness.h"
#include "../lib/tap.h"

static reb_arena k_arena;

static reb_facts facts(const char *severity, bool safety, const char *text) {
    return (reb_facts){.severity = severity, .safety = safety, .words = reb_words_of(&k_arena, text)};
}

static double alike(const char *a, const char *b) {
    const reb_facts x = facts("normal", false, a), y = facts("normal", false, b);
    return reb_alike(&x, &y);
}

static void test_alike(void) {
    CLOSE(alike("The parcel came late.", "the PARCEL came late"), 1.0, 0, 1e-12, "the same words, however written");
    CLOSE(alike("الطرد وصل متأخرًا", "الطَّرد وصل متاخرا"), 1.0, 0, 1e-12, "the same in Arabic, with marks and without");
    CLOSE(alike("Το δέμα ήρθε αργά", "ΤΟ ΔΕΜΑ ΗΡΘΕ ΑΡΓΑ"), 1.0, 0, 1e-12, "the same in Greek capitals");
    CLOSE(alike("one two three four", "five six seven eight"), 0.75, 0, 1e-12, "nothing in common but kind, severity and safety");
    /* parcel, came, late of parcel, came, late, today, yesterday: 3 of 5, doubled: 1 */
    CLOSE(alike("parcel came late today", "parcel came late yesterday"), 1.0, 0, 1e-12, "three of five words are much");
    /* parcel of parcel, came, late, was, wet: 1 of 5, doubled .4 of .25 */
    CLOSE(alike("parcel came late", "parcel was wet"), 0.85, 0, 1e-12, "one of five is some");
    CLOSE(alike("", "parcel"), 0.75, 0, 1e-12, "words that were erased count neither way");
    const reb_facts a = facts("critical", true, "parcel"), b = facts("low", false, "parcel");
    CLOSE(reb_alike(&a, &b), 0.7, 0, 1e-12, "another severity and safety are less alike");
    const reb_facts c = facts("critical", true, NULL), d = facts("low", false, NULL);
    OK(reb_alike(&c, &d) < REB_ALIKE, "with nothing else in common they are not like");
}

static void test_usual(void) {
    static const char *const clear[] = {"upheld", "partly", "upheld", "not_upheld"};
    reb_usual u = reb_usual_of(clear, 4);
    OK(u.outcome != NULL && strcmp(u.outcome, "upheld") == 0 && u.count == 3 && u.of == 4, "three of four for the customer, mostly upheld");
    OK(reb_usual_differs(&u, "not_upheld") && !reb_usual_differs(&u, "goodwill") && !reb_usual_differs(&u, "withdrawn"),
       "a no differs; a smaller yes and no ruling do not");
    static const char *const split[] = {"upheld", "not_upheld", "upheld", "not_upheld", "upheld"};
    OK(reb_usual_of(split, 5).outcome == NULL, "three of five is no rule");
    static const char *const few[] = {"upheld", "upheld"};
    OK(reb_usual_of(few, 2).outcome == NULL, "nor are two");
    static const char *const none[] = {"withdrawn", "duplicate", "withdrawn"};
    u = reb_usual_of(none, 3);
    OK(u.outcome == NULL && u.of == 0 && !reb_usual_differs(&u, "upheld"), "what was withdrawn rules nothing");
    static const char *const against[] = {"not_upheld", "not_upheld", "not_upheld", "upheld"};
    u = reb_usual_of(against, 4);
    OK(strcmp(u.outcome, "not_upheld") == 0 && reb_usual_differs(&u, "goodwill"), "a yes differs where no was usual");
    OK(reb_usual_of(NULL, 0).outcome == NULL, "nothing is nothing");
}

int main(void) {
    test_alike();
    test_usual();
    reb_arena_free(&k_arena);
    return tap_done();
}
