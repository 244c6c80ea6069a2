/* Letters on paper: the words of all four languages stand in the PDF in reading order, right-to-left ones begin at the right, a long one
   goes over several pages, and the same letter gives the same pages. With REB_KEEP=DIR the files are kept, to be looked at. */
#include "../../src/app/letter_pdf.h"
#include "../../src/app/voucher_pdf.h"
#include "../lib/tap.h"

#include <sys/wait.h>
#include <unistd.h>

static char k_dir[] = "/tmp/rebound-letter.XXXXXX";

typedef struct sample {
    reb_locale locale;
    const char *shop, *recipient, *date, *subject, *body, *wanted;
} sample;

static const sample k_samples[] = {
    {{REB_LANG_EN, REB_CAL_GREGORIAN, REB_DIGITS_LATIN},
     "Corner Shop",
     "Maria Papadopoulou\n12 High Street\nLondon",
     "1 May 2026",
     "Your complaint C-707312: our decision",
     "Dear Maria,\n\nYou were right to complain, and we apologise.\n\nWhat you get:\n- All your money back: the whole price.\n- A voucher "
     "(£10.00): for "
     "whatever you like of ours, on the web, in the shop, or by telephone, whenever it suits you best.\n\nWith kind regards,\nNikos",
     "You were right to complain"},
    {{REB_LANG_AR, REB_CAL_GREGORIAN, REB_DIGITS_ARABIC},
     "متجر الزاوية",
     "سارة الخطيب",
     "١ مايو ٢٠٢٦",
     "شكواكم \xE2\x81\xA8"
     "C-707312\xE2\x81\xA9: قرارنا",
     "تحية طيبة إلى سارة،\n\n"
     "كنتم محقين في شكواكم، ونحن نعتذر. ما كان ينبغي أن يحدث هذا.\n\n"
     "ما الذي تحصلون عليه:\n"
     "- استرداد المال كله: الثمن كله مع أجرة التوصيل.\n- قسيمة شراء (١٠ يورو)\n\n"
     "This was said in English.\n\n"
     "مع أطيب التحيات،\nليلى",
     "نعتذر"},
    {{REB_LANG_FA, REB_CAL_SOLAR_HIJRI, REB_DIGITS_PERSIAN},
     "فروشگاه گوشه",
     "پریسا کریمی",
     "۱۱ اردیبهشت ۱۴۰۵",
     "شکایت شما \xE2\x81\xA8"
     "C-707312\xE2\x81\xA9: تصمیم ما",
     "پریسا گرامی، با سلام،\n\n"
     "حق با شما بود و ما عذر می‌خواهیم. نباید چنین می‌شد.\n\n"
     "آنچه به شما می‌رسد:\n"
     "- برگشت همهٔ پول: همهٔ بها همراه با هزینهٔ ارسال.\n\n"
     "با احترام،\nگلناز",
     "عذر"},
    {{REB_LANG_EL, REB_CAL_GREGORIAN, REB_DIGITS_LATIN},
     "Γωνιακό Μαγαζί",
     "Μαρία Παπαδοπούλου",
     "1 Μαΐου 2026",
     "Το παράπονό σας C-707312: η απόφασή μας",
     "Αξιότιμη Μαρία,\n\nΕίχατε δίκιο να παραπονεθείτε και σας ζητούμε συγγνώμη.\n\nΤι λαμβάνετε:\n- Επιστροφή όλων των χρημάτων\n\nΜε "
     "εκτίμηση,\nΝίκος",
     "δίκιο να παραπονεθείτε"},
};

static reb_letter_paper paper_of(const sample *k) {
    return (reb_letter_paper){.shop = k->shop,
                              .place = "https://shop.example",
                              .recipient = k->recipient,
                              .date = k->date,
                              .subject = k->subject,
                              .body = k->body,
                              .reference = "C-707312",
                              .locale = k->locale,
                              .now_us = INT64_C(1777626000) * 1000000};
}

/* The output of a program of poppler-utils on the file; NULL where it is not installed. */
static char *told_by(const char *program, const char *option, const char *path) {
    static char text[1 << 18];
    int ends[2], status = 0;
    size_t n = 0;
    if (pipe(ends) != 0) return NULL;
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        if (strcmp(program, "pdftotext") == 0) {
            execlp(program, program, option, path, "-", (char *)NULL);
        } else {
            execlp(program, program, path, (char *)NULL);
        }
        _exit(127);
    }
    close(ends[1]);
    for (ssize_t got; n < sizeof text - 1 && (got = read(ends[0], text + n, sizeof text - 1 - n)) > 0;) n += (size_t)got;
    close(ends[0]);
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return NULL;
    text[n] = '\0';
    return text;
}

static const char *kept(const reb_buf *pdf, const char *name) {
    static char path[1200];
    const char *dir = getenv("REB_KEEP");
    snprintf(path, sizeof path, "%s/%s.pdf", dir != NULL ? dir : k_dir, name);
    FILE *f = fopen(path, "wb");
    if (f == NULL) return NULL;
    fwrite(pdf->data, 1, pdf->len, f);
    fclose(f);
    return path;
}

/* Where a word begins on the page, in points from the left, by pdftotext -bbox; -1: not there. */
static double left_of(const char *boxes, const char *word) {
    char wanted[200];
    snprintf(wanted, sizeof wanted, ">%s</word>", word);
    const char *at = boxes != NULL ? strstr(boxes, wanted) : NULL;
    while (at != NULL && at > boxes && strncmp(at, "xMin=\"", 6) != 0) at--;
    return at != NULL ? strtod(at + 6, NULL) : -1;
}

static void languages(void) {
    for (size_t i = 0; i < sizeof k_samples / sizeof k_samples[0]; i++) {
        const sample *k = &k_samples[i];
        const char *code = reb_language_code(k->locale.language);
        reb_letter_paper p = paper_of(k);
        reb_buf pdf = {0}, again = {0};
        reb_err err = {0};
        OK(reb_letter_paper_pdf(&pdf, &p, &err) == REB_OK && pdf.len > 1000 && memcmp(pdf.data, "%PDF-", 5) == 0, "%s: a PDF: %s", code,
           err.detail);
        OK(reb_letter_paper_pdf(&again, &p, &err) == REB_OK && again.len == pdf.len, "%s: drawn again it is the same", code);
        const char *path = kept(&pdf, code);
        const char *text = path != NULL ? told_by("pdftotext", "-layout", path) : NULL;
        if (text == NULL) {
            SKIP("poppler-utils are not here");
        } else {
            OK(strstr(text, k->wanted) != NULL, "%s: its words can be read", code);
            OK(strstr(text, "C-707312") != NULL, "%s: the number stands in it", code);
        }
        reb_buf_free(&pdf);
        reb_buf_free(&again);
    }
}

static void sides(void) {
    reb_letter_paper p = paper_of(&k_samples[0]), q = paper_of(&k_samples[1]);
    reb_buf left = {0}, right = {0};
    reb_err err = {0};
    double at = -1;
    OK(reb_letter_paper_pdf(&left, &p, &err) == REB_OK && reb_letter_paper_pdf(&right, &q, &err) == REB_OK, "drawn");
    const char *path = kept(&left, "left");
    const char *boxes = path != NULL ? told_by("pdftotext", "-bbox", path) : NULL;
    if (boxes == NULL) {
        SKIP("poppler-utils are not here");
    } else {
        at = left_of(boxes, "Dear");
        OK(at > 60 && at < 80, "English begins at the left margin (%.0f)", at);
        path = kept(&right, "right");
        boxes = told_by("pdftotext", "-bbox", path);
        at = left_of(boxes, "This");
        OK(at > 60 && at < 80, "a sentence in English within an Arabic letter runs from left to right (%.0f)", at);
        OK(left_of(boxes, "C-707312") > 300, "the subject of an Arabic letter begins at the right (%.0f)", left_of(boxes, "C-707312"));
    }
    reb_buf_free(&left);
    reb_buf_free(&right);
}

/* A voucher on paper, in each language: one page, its code whole and from left to right, on the side where the reader begins. */
static void vouchers(void) {
    for (size_t i = 0; i < sizeof k_samples / sizeof k_samples[0]; i++) {
        const sample *k = &k_samples[i];
        const char *code = reb_language_code(k->locale.language);
        bool rtl = reb_language_rtl(k->locale.language);
        const reb_letter_paper l = paper_of(k);
        const reb_voucher_paper p = {.shop = l.shop,
                                     .place = "https://care.example.com",
                                     .title = l.subject,
                                     .value = "10",
                                     .code = "7KQT-3XEM-WR9A-HD4P",
                                     .until = l.date,
                                     .terms = l.body,
                                     .reference = "C-707312",
                                     .locale = k->locale,
                                     .now_us = l.now_us};
        char name[32];
        reb_buf pdf = {0}, again = {0};
        reb_err err = {0};
        OK(reb_voucher_paper_pdf(&pdf, &p, &err) == REB_OK && pdf.len > 1000 && memcmp(pdf.data, "%PDF-", 5) == 0, "%s: a voucher: %s",
           code, err.detail);
        OK(reb_voucher_paper_pdf(&again, &p, &err) == REB_OK && again.len == pdf.len, "%s: drawn again it is the same", code);
        snprintf(name, sizeof name, "voucher-%s", code);
        const char *path = kept(&pdf, name);
        const char *boxes = path != NULL ? told_by("pdftotext", "-bbox", path) : NULL;
        if (boxes == NULL) {
            SKIP("poppler-utils are not here");
        } else {
            double at = left_of(boxes, p.code);
            OK(at > 0 && (rtl ? at > 200 : at < 60), "%s: its code stands whole where the reader begins (%.0f)", code, at);
            const char *info = told_by("pdfinfo", NULL, path);
            OK(info != NULL && strstr(info, "Pages:           1\n") != NULL, "%s: one page", code);
        }
        unlink(path != NULL ? path : "");
        reb_buf_free(&pdf);
        reb_buf_free(&again);
    }
}

static void long_one(void) {
    reb_letter_paper p = paper_of(&k_samples[0]);
    reb_buf body = {0}, pdf = {0};
    reb_err err = {0};
    for (int i = 0; i < 60; i++)
        reb_buf_printf(&body,
                       "Paragraph %d. We looked into everything that you told us, asked everybody who had to do with it, and want to tell "
                       "you openly what we found.\n\n",
                       i);
    reb_buf_str(&body, "The very end.");
    p.body = reb_buf_cstr(&body);
    OK(reb_letter_paper_pdf(&pdf, &p, &err) == REB_OK, "a long letter");
    const char *path = kept(&pdf, "long");
    const char *info = path != NULL ? told_by("pdfinfo", NULL, path) : NULL;
    if (info == NULL) {
        SKIP("poppler-utils are not here");
    } else {
        const char *pages = strstr(info, "Pages:");
        int n = pages != NULL ? (int)strtol(pages + 6, NULL, 10) : 0;
        OK(n >= 4 && n <= 7, "goes over %d pages", n);
        OK(strstr(info, "595.28 x 841.89") != NULL || strstr(info, "A4") != NULL, "of A4");
        const char *text = told_by("pdftotext", "-layout", path);
        char last[40];
        snprintf(last, sizeof last, "Page %d of %d", n, n);
        OK(text != NULL && strstr(text, "The very end.") != NULL && strstr(text, last) != NULL && strstr(text, "Page 1 of") != NULL,
           "to its end, each with its number");
        int found = 0;
        for (int i = 0; text != NULL && i < 60; i++) {
            char line[40];
            snprintf(line, sizeof line, "Paragraph %d.", i);
            found += strstr(text, line) != NULL;
        }
        EQ_I64(found, 60, "and nothing is lost between two pages");
    }
    reb_buf_free(&body);
    reb_buf_free(&pdf);
}

int main(void) {
    if (mkdtemp(k_dir) == NULL) return 1;
    languages();
    sides();
    vouchers();
    long_one();
    static const char *const k_files[] = {"en", "ar", "fa", "el", "left", "right", "long"};
    for (size_t i = 0; i < sizeof k_files / sizeof k_files[0]; i++) {
        char path[1200];
        snprintf(path, sizeof path, "%s/%s.pdf", k_dir, k_files[i]);
        unlink(path);
    }
    rmdir(k_dir);
    return tap_done();
}
