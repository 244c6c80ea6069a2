#include "language.h"

#include "utf8.h"

#include <string.h>

enum { LOOK = 20000, WORD = 24, LETTERS_LEAST = 3 };

typedef struct counts {
    int64_t greek, arabic, latin, persian_signs, arabic_signs, persian_words, arabic_words, english_words, words;
} counts;

static bool among(const char *word, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(word, list[i]) == 0) return true;
    return false;
}
#define AMONG(word, list) among(word, list, sizeof(list) / sizeof(list)[0])

/* Words that nearly every sentence has, spelled with the letters that both keyboards share, where the other language has none like them. */
static const char *const k_persian[] = {"از",  "به",  "را", "در",   "که",   "این",  "است",  "با",   "آن",   "برای",
                                        "شما", "ما",  "هم", "نیست", "بود",  "شده",  "لطفا", "سلام", "خرید", "کنید",
                                        "می",  "های", "ها", "شد",   "کردم", "دارم", "چرا",  "هنوز"};
static const char *const k_arabic[] = {"في",  "من",    "على",  "إلى",  "الى",  "هذا", "هذه", "عن", "لم", "لا",
                                       "أن",  "ان",    "التي", "الذي", "كان",  "قد",  "لقد", "مع", "ما", "هل",
                                       "أنا", "مرحبا", "شكرا", "طلب",  "طلبي", "لكن", "بعد", "يا"};
static const char *const k_english[] = {"the", "and",  "i",    "my",    "to",   "of",   "is",   "it",   "not",   "was",
                                        "you", "for",  "have", "has",   "with", "in",   "this", "that", "order", "please",
                                        "but", "been", "we",   "hello", "hi",   "dear", "on",   "a",    "no"};

static void end_word(counts *c, char *word, size_t n) {
    if (n == 0 || n >= WORD) return;
    word[n] = '\0';
    c->words++;
    c->persian_words += AMONG(word, k_persian);
    c->arabic_words += AMONG(word, k_arabic);
    c->english_words += AMONG(word, k_english);
    c->arabic_words += n > 6 && memcmp(word, "ال", 4) == 0; /* the article */
}

static bool arabic_letter(uint32_t cp) {
    return (cp >= 0x0620 && cp <= 0x064A) || (cp >= 0x0671 && cp <= 0x06D3) || (cp >= 0xFB50 && cp <= 0xFDFB) ||
           (cp >= 0xFE70 && cp <= 0xFEFC);
}

static void look(counts *c, uint32_t cp) {
    if ((cp >= 0x0370 && cp <= 0x03FF) || (cp >= 0x1F00 && cp <= 0x1FFF)) c->greek++;
    if ((cp >= 'a' && cp <= 'z') || (cp >= 0xC0 && cp <= 0x24F)) c->latin++;
    if (!arabic_letter(cp)) return;
    c->arabic++;
    c->persian_signs += cp == 0x067E || cp == 0x0686 || cp == 0x0698 || cp == 0x06AF || cp == 0x06A9 || cp == 0x06CC;
    c->arabic_signs += cp == 0x0629 || cp == 0x0643 || cp == 0x064A || cp == 0x0649 || cp == 0x0625;
}

static reb_language arabic_or_persian(bool *sure, const counts *c, reb_language fallback) {
    /* پ چ ژ گ ک ی are on no Arabic keyboard, ة ك ي on no Persian one; old Persian systems wrote ي and ك, so words count more. */
    int64_t persian = 3 * c->persian_words + c->persian_signs;
    int64_t arabic = 3 * c->arabic_words + c->arabic_signs;
    if (persian > arabic) return REB_LANG_FA;
    if (arabic > persian) return REB_LANG_AR;
    *sure = false;
    return fallback == REB_LANG_FA ? REB_LANG_FA : REB_LANG_AR;
}

reb_language reb_language_guess(bool *sure, const char *text, size_t n, reb_language fallback) {
    counts c = {0};
    char word[WORD];
    size_t len = 0;
    if (n > LOOK) n = reb_utf8_cut(text, n, LOOK);
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += reb_utf8_decode(&cp, text + i, n - i);
        if (cp >= 'A' && cp <= 'Z') cp += 32;
        look(&c, cp);
        bool letter = (cp >= 'a' && cp <= 'z') || arabic_letter(cp);
        if (!letter) {
            end_word(&c, word, len);
            len = 0;
            continue;
        }
        char bytes[4];
        size_t m = reb_utf8_encode(bytes, cp);
        if (len + m < WORD) memcpy(word + len, bytes, m);
        len = len + m < WORD ? len + m : WORD;
    }
    end_word(&c, word, len);
    *sure = true;
    /* Brands, addresses and quoted headers bring Latin letters into every language: others count double. */
    if (c.greek >= LETTERS_LEAST && 2 * c.greek >= c.latin && c.greek >= c.arabic) return REB_LANG_EL;
    if (c.arabic >= LETTERS_LEAST && 2 * c.arabic >= c.latin) return arabic_or_persian(sure, &c, fallback);
    if (c.english_words >= 2 && 8 * c.english_words >= c.words) return REB_LANG_EN;
    *sure = false;
    return fallback;
}
