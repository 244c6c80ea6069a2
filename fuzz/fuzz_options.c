/* Values of options as they are typed: --now, and --params of each model. */
#include "../src/base/clock.h"
#include "../src/cli/cli.h"
#include "../src/cli/model_params.h"

#include <stdlib.h>
#include <string.h>

static void check_now(const char *text) {
    int64_t us = 0;
    reb_err err = {0};
    if (reb_cli_parse_now(&us, text, &err) != REB_OK) {
        if (err.detail[0] == '\0') abort();
        return;
    }
    char again[REB_TIME_TEXT]; /* written as an instant it reads back as itself */
    int64_t twice = 0;
    reb_time_format(us, again);
    if (reb_cli_parse_now(&twice, again, &err) != REB_OK || twice != us) abort();
}

static void check_params(const char *text) {
    static const char *const models[] = {"pnbd", "bgnbd", "mbgnbd"};
    for (size_t m = 0; m < sizeof models / sizeof *models; m++) {
        reb_nbd_model model;
        if (reb_nbd_model_from_name(&model, models[m]) != REB_NUM_OK) abort();
        double p[REB_NBD_PARAMS];
        reb_err err = {0};
        if (reb_model_params_read(p, model, text, &err) != REB_OK) {
            if (err.detail[0] == '\0' || err.next[0] == '\0') abort();
            continue;
        }
        for (int i = 0; i < REB_NBD_PARAMS; i++)
            if (!(p[i] >= REB_NUM_MIN_PARAM && p[i] <= REB_NUM_MAX_PARAM)) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    if (text == NULL) abort();
    if (size > 0) memcpy(text, data, size);
    text[size] = '\0';
    check_now(text);
    check_params(text);
    free(text);
    return 0;
}
