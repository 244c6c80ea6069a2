/* People and goods of the invented shop; each a pure function of a number. Private to demo*.c. */
#ifndef REB_APP_DEMO_PEOPLE_H
#define REB_APP_DEMO_PEOPLE_H

#include "../base/rand.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum demo_language { DEMO_EN, DEMO_EL, DEMO_FA, DEMO_AR, DEMO_LANGUAGES } demo_language;

typedef struct demo_person {
    demo_language language;
    const char *language_code; /* en, el, fa, ar */
    const char *first;         /* in the script of the language */
    const char *last;
    char email[96]; /* "" for the few who gave only a telephone number */
    char phone[24]; /* E.164 */
    const char *country;
    const char *city;
    char street[48];
    char zip[12];
    bool mail_consent;
    bool sms_consent;
    char shopify_id[24];
} demo_person;

/* The person with this index. E-mail and telephone number belong to nobody else below ten million. */
void demo_person_draw(demo_person *p, uint64_t seed, int64_t index);

typedef struct demo_product {
    const char *sku;
    int64_t price_minor; /* pence a piece */
    const char *vendor;
    const char *name[DEMO_LANGUAGES];
} demo_product;

typedef struct demo_line {
    const demo_product *product;
    int64_t quantity;
} demo_line;

enum { DEMO_MAX_LINES = 12 };

/* Fills a basket that costs `target_minor` to within half the price of the cheapest thing sold by weight; the sum is returned. */
int64_t demo_basket(demo_line lines[DEMO_MAX_LINES], size_t *count, int64_t target_minor, reb_rand *r);

typedef enum demo_trouble {
    DEMO_NO_TROUBLE,
    DEMO_LATE,
    DEMO_BROKEN,
    DEMO_WRONG,
    DEMO_RUDE,
    DEMO_PRICE,
    DEMO_BILLING,
    DEMO_TROUBLES
} demo_trouble;

const char *demo_trouble_name(demo_trouble t);                               /* delivery, product, ...; "" for none */
const char *demo_trouble_words(demo_trouble t, demo_language l, uint64_t n); /* a sentence in the customer's language */
const char *demo_praise_words(demo_language l, uint64_t n);                  /* what a contented customer writes; sometimes "" */

#endif
