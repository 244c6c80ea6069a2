/* Telephone numbers and e-mail addresses: what is accepted is accepted again and stays the same. */
#include "../src/text/phone.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const countries[] = {"IR", "SA", "GR", "US", "DE", "IT", "HU", ""};
    const char *in = (const char *)data;
    for (size_t i = 0; i < sizeof countries / sizeof countries[0]; i++) {
        reb_phone p, q;
        if (reb_phone_parse(&p, in, size, countries[i], NULL) != REB_OK) continue;
        if (p.used > size || p.e164[0] != '+' || strlen(p.e164) > 16) abort();
        if (reb_phone_parse(&q, p.e164, strlen(p.e164), countries[i], NULL) != REB_OK || strcmp(p.e164, q.e164) != 0) abort();
    }
    char a[REB_EMAIL_TEXT], b[REB_EMAIL_TEXT];
    size_t na, nb;
    if (reb_email_parse(a, &na, in, size, NULL) == REB_OK &&
        (reb_email_parse(b, &nb, a, na, NULL) != REB_OK || na != nb || memcmp(a, b, na) != 0))
        abort();
    return 0;
}
