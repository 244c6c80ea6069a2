/* Codes of vouchers: made, read back however they are typed, and a slip is found. */
#include "../../src/base/rand.h"
#include "../../src/rule/voucher_code.h"
#include "../lib/tap.h"

static void make(char out[REB_VOUCHER_TEXT], reb_rand *r) {
    unsigned char seed[REB_VOUCHER_SEED];
    for (size_t i = 0; i < sizeof seed; i++) seed[i] = (unsigned char)reb_rand_below(r, 256);
    reb_voucher_code_make(out, seed);
}

static void test_read_back(void) {
    reb_rand r = {1};
    int wrong = 0, alike = 0;
    for (int i = 0; i < 20000; i++) {
        char code[REB_VOUCHER_TEXT], read[REB_VOUCHER_TEXT];
        make(code, &r);
        wrong += reb_voucher_code_read(read, code, NULL) != REB_OK || strcmp(code, read) != 0;
        alike += strpbrk(code, "0125BILOSUZ8") != NULL || strlen(code) != REB_VOUCHER_TEXT - 1;
    }
    EQ_I64(wrong, 0, "every code reads back as it was printed");
    EQ_I64(alike, 0, "and none has a letter that looks like another");
}

/* One letter wrong is always found; two neighbours that changed places are, but for one pair of letters in 24. */
static void test_slips(void) {
    reb_rand r = {2};
    int single = 0, swapped = 0, swaps = 0;
    for (int i = 0; i < 5000; i++) {
        char code[REB_VOUCHER_TEXT], read[REB_VOUCHER_TEXT], other[REB_VOUCHER_TEXT];
        make(code, &r);
        make(other, &r);
        for (size_t k = 0; k < REB_VOUCHER_TEXT - 1; k++) {
            if (code[k] == '-' || code[k] == other[k]) continue;
            char slip[REB_VOUCHER_TEXT];
            memcpy(slip, code, sizeof slip);
            slip[k] = other[k];
            single += reb_voucher_code_read(read, slip, NULL) == REB_OK;
        }
        for (size_t k = 0; k + 1 < REB_VOUCHER_TEXT - 1; k++) {
            if (code[k] == '-' || code[k + 1] == '-' || code[k] == code[k + 1]) continue;
            char slip[REB_VOUCHER_TEXT];
            memcpy(slip, code, sizeof slip);
            slip[k] = code[k + 1], slip[k + 1] = code[k];
            swaps++;
            swapped += reb_voucher_code_read(read, slip, NULL) == REB_OK;
        }
    }
    EQ_I64(single, 0, "a wrong letter is always found");
    OK(swapped * 100 < swaps, "two that changed places nearly always (%d of %d not)", swapped, swaps);
}

static void reads(const char *text, const char *want, const char *what) {
    char out[REB_VOUCHER_TEXT];
    reb_err err = {0};
    reb_status st = reb_voucher_code_read(out, text, &err);
    EQ_TEXT(st == REB_OK ? out : err.reason, want, what);
}

static void test_as_typed(void) {
    unsigned char seed[REB_VOUCHER_SEED];
    for (size_t i = 0; i < sizeof seed; i++) seed[i] = (unsigned char)(i * 7);
    char code[REB_VOUCHER_TEXT];
    reb_voucher_code_make(code, seed);
    EQ_TEXT(code, "3DMW-9HR4-ENXA-JT6W", "the same bytes give the same code for ever");
    reads("3dmw9hr4enxajt6w", code, "small letters without lines");
    reads("  3DMW 9HR4\xE2\x80\x94"
          "ENXA.JT6W\n",
          code, "spaces, a long line, a dot");
    reads("\xD9\xA3"
          "DMW-\xDB\xB9HR\xD9\xA4-ENXA-JT\xDB\xB6W",
          code, "Arabic and Persian digits");
    reads("\xE2\x80\x8F"
          "3DMW-9HR4-ENXA-JT6W\xE2\x80\x8E",
          code, "copied from a page with marks of direction");
    reads("3DMW-9HR4-ENXA-JT6X", "code_slip", "a slip");
    reads("3DMW-9HR4-ENXA", "code_short", "too short");
    reads("3DMW-9HR4-ENXA-JT6W-3", "code_short", "too long");
    reads("0DMW-9HR4-ENXA-JT6W", "code_letter", "a zero");
    reads("\xFF\xFE", "code_letter", "no text at all");
    reads("", "code_short", "nothing");
}

int main(void) {
    test_read_back();
    test_slips();
    test_as_typed();
    return tap_done();
}
