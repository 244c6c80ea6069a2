/* UTF-8, digits, search form and encodings. */
#include "../../src/text/encoding.h"
#include "../../src/text/fold.h"
#include "../../src/text/slice.h"
#include "../../src/text/utf8.h"
#include "../lib/tap.h"

#include <iconv.h>

static void utf8(void) {
    size_t bad = 99;
    OK(reb_utf8_valid("abc αβγ سلام 😀", strlen("abc αβγ سلام 😀"), &bad) && bad == 99, "valid text");
    static const struct {
        const char *s;
        size_t len, bad;
    } k[] = {{"a\x80", 2, 1},        {"\xC0\xAF", 2, 0},         {"\xE0\x80\x80", 3, 0},
             {"\xED\xA0\x80", 3, 0}, {"\xF4\x90\x80\x80", 4, 0}, {"\xF8\x88\x80\x80\x80", 5, 0},
             {"12345678\xC3", 9, 8}, {"\xE2\x82", 2, 0},         {"ok\xF0\x9F\x98", 5, 2}};
    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++) {
        bad = 99;
        OK(!reb_utf8_valid(k[i].s, k[i].len, &bad) && bad == k[i].bad, "invalid sequence %zu at %zu", i, bad);
    }
    int wrong = 0;
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
        if (cp >= 0xD800 && cp <= 0xDFFF) continue;
        char c[4];
        uint32_t back;
        size_t n = reb_utf8_encode(c, cp);
        if (!reb_utf8_valid(c, n, NULL) || reb_utf8_decode(&back, c, n) != n || back != cp) wrong++;
    }
    OK(wrong == 0, "every code point written and read back");
    char c[4];
    OK(reb_utf8_encode(c, 0xD800) == 3 && memcmp(c, "\xEF\xBF\xBD", 3) == 0, "a surrogate becomes U+FFFD");
    EQ_I64((int64_t)reb_utf8_bom("\xEF\xBB\xBFx", 4), 3, "byte-order mark");
    EQ_I64((int64_t)reb_utf8_columns("a\xCC\x81 中😀", strlen("a\xCC\x81 中😀")), 6, "columns: accents none, wide two");
    EQ_I64((int64_t)reb_utf8_columns("سَلام", strlen("سَلام")), 4, "columns of Arabic with a vowel sign");
    EQ_I64((int64_t)reb_utf8_cut("aé", 3, 2), 1, "cut before a character that does not fit");
    char out[16];
    size_t n = reb_utf8_repair(out, sizeof out, "a\xFF\x62", 3);
    OK(n == 5 && memcmp(out, "a\xEF\xBF\xBD\x62", 5) == 0, "repair");
}

static void folds(const char *in, const char *want) {
    char out[400];
    size_t n = reb_fold(out, sizeof out - 1, in, strlen(in));
    out[n] = '\0';
    EQ_TEXT(out, want, in);
}

static void names(void) {
    folds("José  GARCÍA", "jose garcia");
    folds(" Jürgen Groß ", "jurgen gross");
    folds("Ångström Æther Øre Łódź Þór", "angstrom aether ore lodz thor");
    folds("O’Neil—Smith", "o'neil-smith");
    folds("ΓΙΏΡΓΟΣ Παπαδόπουλος", "γιωργοσ παπαδοπουλοσ");
    folds("γιώργος", "γιωργοσ");
    folds("Μαΐου ΰ Ἀθῆναι", "μαιου υ αθηναι");
    folds("مُحَمَّد", "محمد");
    folds("أحمد إبراهيم آدم ٱ", "احمد ابراهيم ادم ا");
    folds("فاطمة", "فاطمه");
    folds("مصطفى", "مصطفي");
    folds("مـــحـــمد", "محمد");
    folds("علی کریمی", "علي كريمي");
    folds("می‌روم", "ميروم");
    folds("مسؤول هناء شيء", "مسوول هنا شي");
    folds("خانۀ", "خانه");
    folds("ﷲ ﻣﺤﻤﺪ ﷼", "الله محمد ريال");
    folds("۱۲۳ ٤٥٦ ７８９", "123 456 789");
    folds("\xE2\x80\x8Fعلي\xE2\x80\x8E", "علي");
    folds("a\xC2\xA0\t\n b", "a b");
    folds("İSTANBUL ılık", "istanbul ilik");
    folds("ﬁne Ⅷ ①", "fine viii 1");
    folds("", "");
    folds("   ", "");
    folds("x\xFFy", "x\xEF\xBF\xBDy");
    folds("ΣΊΣΥΦΟΣ", "σισυφοσ");
    folds("हिन्दी", "हिन्दी");
    folds("Ёлка Й", "елка и");
}

static void twice_is_once(void) {
    int wrong = 0;
    char a[800], b[800];
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
        if (cp >= 0xD800 && cp <= 0xDFFF) continue;
        char c[6] = {'x'};
        size_t n = 1 + reb_utf8_encode(c + 1, cp);
        c[n++] = 'y';
        size_t na = reb_fold(a, sizeof a, c, n);
        size_t nb = reb_fold(b, sizeof b, a, na);
        if (na > 11 * n || na != nb || memcmp(a, b, na) != 0) {
            if (wrong++ < 5) printf("# U+%04X folds to %.*s, then to %.*s\n", cp, (int)na, a, (int)nb, b);
        }
    }
    OK(wrong == 0, "folding twice is folding once, for every code point (%d not)", wrong);
    uint64_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        char s[64];
        size_t n = 0;
        while (n < 56) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
            static const uint32_t from[] = {0x20, 0x20, 0xC0, 0x370, 0x600, 0x1E00, 0x1F00, 0x2000, 0xFB50, 0xFE70, 0x300};
            n += reb_utf8_encode(s + n, from[(seed >> 40) % 11] + (uint32_t)((seed >> 33) % 0x80));
        }
        size_t na = reb_fold(a, sizeof a, s, n), nb = reb_fold(b, sizeof b, a, na);
        if (na != nb || memcmp(a, b, na) != 0) wrong++;
        char small[17];
        memset(small, '#', sizeof small);
        if (reb_fold(small, 16, s, n) != na || small[16] != '#' || memcmp(small, a, 8) != 0) wrong++;
    }
    OK(wrong == 0, "also for mixed texts, and a short buffer is kept to");
}

static void digits(void) {
    char s[64] = "تلفن ۰۹۱۲-٣٤٥ ۱٬۲۳۴٫۵";
    size_t n = reb_digits_ascii(s, s, strlen(s));
    s[n] = '\0';
    EQ_TEXT(s, "تلفن 0912-345 1٬234٫5", "digits to ASCII in place, other signs stay");
}

/* ---- encodings ---- */

static size_t convert(char *out, size_t cap, const char *to, const char *text) {
    iconv_t cd = iconv_open(to, "UTF-8");
    char copy[2000], *ip = copy, *op = out;
    size_t il = strlen(text), ol = cap;
    memcpy(copy, text, il);
    iconv(cd, &ip, &il, &op, &ol);
    iconv_close(cd);
    return cap - ol;
}

static void detects(const char *iconv_name, const char *text, reb_encoding want, const char *what) {
    char bytes[4000];
    size_t n = convert(bytes, sizeof bytes, iconv_name, text);
    reb_encoding_evidence whole = {0}, parts = {0};
    reb_encoding_feed(&whole, bytes, n);
    for (size_t i = 0; i < n; i++) reb_encoding_feed(&parts, bytes + i, 1);
    reb_encoding_guess g = reb_encoding_verdict(&whole), h = reb_encoding_verdict(&parts);
    OK(g.encoding == want && h.encoding == want, "%s: %s (%s)", what, reb_encoding_name(g.encoding), g.reason);
    /* and through the converter, a byte at a time, back to the same text */
    reb_err err = {0};
    reb_decoder *d = NULL;
    if (reb_decoder_open(&d, want, &err) != REB_OK) return;
    char out[4000], pending[8];
    size_t len = 0, held = 0;
    bool failed = false;
    for (size_t i = 0; i < n && !failed; i++) {
        pending[held++] = bytes[i];
        size_t used, made;
        failed = reb_decoder_run(&used, &made, d, pending, held, out + len, sizeof out - len, i + 1 == n, &err) != REB_OK;
        memmove(pending, pending + used, held - used);
        held -= used;
        len += made;
    }
    out[len] = '\0';
    const char *got = out + reb_utf8_bom(out, len);
    OK(!failed && strcmp(got, text) == 0, "%s: converted back %s", what, err.detail);
    reb_decoder_close(d);
}

static void encodings(void) {
    static const char ar[] = "رقم الطلب,التاريخ,اسم العميل,رقم الهاتف,الإجمالي,الحالة\n1,2024-01-01,محمد أحمد,0501234567,120,مكتمل\n";
    static const char fa[] = "شماره,نام خريدار,موبايل,مبلغ,وضعيت\n1,پرويز گلچين,09121234567,250000,پرداخت شده\n";
    static const char el[] = "Κωδικός,Όνομα,Επώνυμο,Διεύθυνση,Κινητό,Σύνολο\n1,Γιώργος,Παπαδόπουλος,Ερμού 5,6912345678,12\n";
    static const char caps[] = "ΟΝΟΜΑ,ΕΠΩΝΥΜΟ\nΓΕΩΡΓΙΟΣ,ΠΑΠΑΔΟΠΟΥΛΟΣ\nΜΑΡΙΑ,ΑΛΕΞΑΝΔΡΟΥ\nΚΩΝΣΤΑΝΤΙΝΟΣ,ΔΗΜΗΤΡΙΟΥ\n";
    static const char west[] = "name,city\nJosé Muñoz,Málaga\nJürgen Müller,Köln\nFrançois,Besançon\n";
    detects("UTF-8", ar, REB_ENC_UTF8, "Arabic in UTF-8");
    detects("UTF-8", "a,b\n1,2\n", REB_ENC_UTF8, "ASCII");
    detects("UTF-16", ar, REB_ENC_UTF16LE, "Arabic in UTF-16 with a mark");
    detects("UTF-16LE", ar, REB_ENC_UTF16LE, "Arabic in UTF-16LE without a mark");
    detects("UTF-16BE", el, REB_ENC_UTF16BE, "Greek in UTF-16BE without a mark");
    detects("UTF-16LE", west, REB_ENC_UTF16LE, "Western in UTF-16LE without a mark");
    detects("CP1256", ar, REB_ENC_WINDOWS_1256, "Arabic in windows-1256");
    detects("CP1256", fa, REB_ENC_WINDOWS_1256, "Persian in windows-1256");
    detects("CP1253", el, REB_ENC_WINDOWS_1253, "Greek in windows-1253");
    detects("CP1253", caps, REB_ENC_WINDOWS_1253, "Greek capitals in windows-1253");
    detects("CP1252", west, REB_ENC_WINDOWS_1252, "Western in windows-1252");
    detects("CP1253", "Όνομα\nΜαρία\n", REB_ENC_WINDOWS_1253, "two Greek words");
    detects("CP1256", "الاسم\nمحمد\n", REB_ENC_WINDOWS_1256, "two Arabic words");
    OK(reb_encoding_from_name("Windows-1256") == REB_ENC_WINDOWS_1256 && reb_encoding_from_name("cp1253") == REB_ENC_WINDOWS_1253 &&
           reb_encoding_from_name("UTF-8") == REB_ENC_UTF8 && reb_encoding_from_name("latin1") == REB_ENC_WINDOWS_1252 &&
           reb_encoding_from_name("klingon") == REB_ENC_AUTO && reb_encoding_from_name(NULL) == REB_ENC_AUTO,
       "encodings by name");
    reb_encoding_evidence ev = {0};
    char text[3000];
    size_t n = 0;
    for (int i = 0; i < 100; i++) n += (size_t)snprintf(text + n, sizeof text - n, "Γιώργος,%d\n", i);
    text[n++] = '\xFF';
    reb_encoding_feed(&ev, text, n);
    reb_encoding_guess g = reb_encoding_verdict(&ev);
    OK(g.encoding == REB_ENC_UTF8 && !g.sure, "one damaged byte leaves UTF-8: %s", g.reason);
    reb_err err = {0};
    reb_decoder *d = NULL;
    reb_decoder_open(&d, REB_ENC_UTF16LE, &err);
    size_t used, made;
    OK(reb_decoder_run(&used, &made, d,
                       "a\0\x00\xDC"
                       "b\0",
                       6, text, sizeof text, true, &err) == REB_E_INPUT &&
           strstr(err.detail, "byte 2") != NULL,
       "a lone surrogate tells its place: %s", err.detail);
    reb_decoder_close(d);
}

int main(void) {
    utf8();
    names();
    twice_is_once();
    digits();
    encodings();
    return tap_done();
}
