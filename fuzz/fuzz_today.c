/* What Today reads back from the log and from settings: a stored fit, an item's name, quiet hours, a fact of consent. What is read as a fit
   is written and read again without change; nothing else may do more than say no. */
#include "../src/app/fit_internal.h"
#include "../src/domain/contact_rule.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    if (text == NULL) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    reb_quiet_hours q;
    if (reb_quiet_hours_parse(&q, text)) reb_quiet_now(&q, 600);
    for (int k = 0; k < REB_ITEM_KINDS; k++) reb_contact_closed(text, "no", (reb_item_kind)k);
    reb_item_kind kind = REB_ITEM_CALL;
    int64_t episode = 0;
    reb_item_ext_read(&kind, &episode, text);
    reb_fit_report r = {0};
    reb_err err = {0};
    if (fit_from_json(&r, text, &err) == REB_OK) {
        reb_buf first = {0};
        reb_buf second = {0};
        reb_json a = {.out = &first};
        reb_json b = {.out = &second};
        reb_fit_json(&a, &r);
        reb_fit_report again = {0};
        if (fit_from_json(&again, reb_buf_cstr(&first), &err) != REB_OK) abort();
        again.fit_id = r.fit_id;
        again.as_of_day = r.as_of_day;
        again.created_us = r.created_us;
        reb_fit_json(&b, &again);
        if (strcmp(reb_buf_cstr(&first), reb_buf_cstr(&second)) != 0) abort();
        reb_buf_free(&first);
        reb_buf_free(&second);
    }
    free(text);
    return 0;
}
