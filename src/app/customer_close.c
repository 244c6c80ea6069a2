#include "customer_close.h"

#include "../base/rand.h"
#include "../text/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 8, MOST_LETTERS = 96 };

typedef struct word {
    uint32_t letter[32];
    size_t count;
} word;

typedef struct name {
    word words[MOST_WORDS]; /* in order of letters */
    size_t count;
} name;

static int compare_words(const void *a, const void *b) {
    const word *x = a;
    const word *y = b;
    for (size_t i = 0; i < x->count && i < y->count; i++)
        if (x->letter[i] != y->letter[i]) return x->letter[i] < y->letter[i] ? -1 : 1;
    return (x->count > y->count) - (x->count < y->count);
}

/* Words of a folded name; dots and commas part words too. What is beyond the limits is left out. */
static void read_name(name *out, const char *fold) {
    out->count = 0;
    word w = {.count = 0};
    for (size_t len = strlen(fold), i = 0; i <= len;) {
        uint32_t cp = ' ';
        if (i < len) {
            i += reb_utf8_decode(&cp, fold + i, len - i);
        } else {
            i++;
        }
        bool gap = cp == ' ' || cp == '.' || cp == ',' || cp == '-' || cp == '\'' || cp == '(' || cp == ')' || cp == '"';
        if (!gap && w.count < sizeof w.letter / sizeof w.letter[0]) w.letter[w.count++] = cp;
        if (gap && w.count > 0) {
            if (out->count < MOST_WORDS) out->words[out->count++] = w;
            w.count = 0;
        }
    }
    qsort(out->words, out->count, sizeof out->words[0], compare_words);
}

static bool same_word(const word *a, const word *b) {
    return compare_words(a, b) == 0;
}

/* Letters of all words in order, without gaps. */
static size_t join(uint32_t out[MOST_LETTERS], const name *n) {
    size_t count = 0;
    for (size_t w = 0; w < n->count; w++)
        for (size_t i = 0; i < n->words[w].count && count < MOST_LETTERS; i++) out[count++] = n->words[w].letter[i];
    return count;
}

/* Least number of letters put in, left out, changed or swapped with their neighbour (optimal string alignment). */
static size_t distance(const uint32_t *a, size_t n, const uint32_t *b, size_t m) {
    size_t row[3][MOST_LETTERS + 1];
    size_t *before = row[0];
    size_t *last = row[1];
    size_t *now = row[2];
    for (size_t j = 0; j <= m; j++) last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = last[j - 1] + (a[i - 1] != b[j - 1] ? 1 : 0);
            if (last[j] + 1 < best) best = last[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best) best = before[j - 2] + 1;
            now[j] = best;
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[m];
}

/* Words that come and go with a family name. */
static bool is_particle(const word *w) {
    static const char *const particles[] = {"al",  "el",  "de",  "da",  "di",  "du", "la",  "le", "van",
                                            "von", "der", "den", "bin", "ibn", "mr", "mrs", "ms", "dr"};
    for (size_t i = 0; i < sizeof particles / sizeof particles[0]; i++) {
        size_t n = strlen(particles[i]);
        bool same = n == w->count;
        for (size_t k = 0; same && k < n; k++) same = w->letter[k] == (uint32_t)(unsigned char)particles[i][k];
        if (same) return true;
    }
    return false;
}

typedef enum likeness { UNLIKE, INITIAL, NEAR, WHOLE } likeness;

/* One letter off in words of four letters or more, two in words of eight or more; a single letter is an initial. */
static likeness compare_word(const word *a, const word *b) {
    if (same_word(a, b)) return WHOLE;
    size_t shorter = a->count < b->count ? a->count : b->count;
    if (shorter == 1) return a->letter[0] == b->letter[0] ? INITIAL : UNLIKE;
    size_t apart = shorter >= 8 ? 2 : shorter >= 4 ? 1 : 0;
    size_t longer = a->count > b->count ? a->count : b->count;
    if (longer - shorter > apart || apart == 0) return UNLIKE;
    return distance(a->letter, a->count, b->letter, b->count) <= apart ? NEAR : UNLIKE;
}

/* Every word of the shorter name stands in the longer one, whole, nearly, or as its initial, and at least one of them whole. */
static bool is_part_of(const name *few, const name *many) {
    bool used[MOST_WORDS] = {false};
    bool placed[MOST_WORDS] = {false};
    size_t whole = 0;
    for (likeness least = WHOLE; least > UNLIKE; least--) { /* the best places are given first */
        for (size_t i = 0; i < few->count; i++) {
            for (size_t j = 0; j < many->count && !placed[i]; j++) {
                if (used[j] || compare_word(&few->words[i], &many->words[j]) < least) continue;
                used[j] = true;
                placed[i] = true;
                if (least == WHOLE && !is_particle(&few->words[i])) whole++;
            }
        }
    }
    for (size_t i = 0; i < few->count; i++)
        if (!placed[i] && !is_particle(&few->words[i])) return false;
    return whole > 0;
}

reb_closeness reb_names_compare(const char *a_fold, const char *b_fold) {
    name a;
    name b;
    read_name(&a, a_fold);
    read_name(&b, b_fold);
    if (a.count == 0 || b.count == 0) return REB_NAMES_UNKNOWN;
    bool same = a.count == b.count;
    for (size_t i = 0; same && i < a.count; i++) same = same_word(&a.words[i], &b.words[i]);
    if (same) return REB_NAMES_SAME;
    if (a.count <= b.count && is_part_of(&a, &b)) return REB_NAMES_CLOSE;
    if (b.count <= a.count && is_part_of(&b, &a)) return REB_NAMES_CLOSE;
    uint32_t x[MOST_LETTERS];
    uint32_t y[MOST_LETTERS];
    size_t n = join(x, &a);
    size_t m = join(y, &b);
    size_t longer = n > m ? n : m;
    size_t shorter = n > m ? m : n;
    if (shorter < 4 || 5 * (longer - shorter) > longer) return REB_NAMES_DIFFERENT;
    return 5 * distance(x, n, y, m) <= longer ? REB_NAMES_CLOSE : REB_NAMES_DIFFERENT; /* at most a fifth of the letters */
}

static bool is_vowel(uint32_t cp) {
    static const uint32_t vowels[] = {'a',    'e',    'i',    'o',    'u',    'y',    'h',    0x03B1, 0x03B5, 0x03B7,
                                      0x03B9, 0x03BF, 0x03C5, 0x03C9, 0x0627, 0x0648, 0x064A, 0x0647}; /* h and heh: often left out */
    for (size_t i = 0; i < sizeof vowels / sizeof vowels[0]; i++)
        if (vowels[i] == cp) return true;
    return false;
}

uint64_t reb_name_skeleton(const char *fold) {
    name n;
    read_name(&n, fold);
    if (n.count < 2) return 0;
    name bones = {.count = n.count};
    size_t letters = 0;
    size_t left = 0;
    for (size_t w = 0; w < n.count; w++) {
        const word *from = &n.words[w];
        word *to = &bones.words[w];
        to->count = 0;
        for (size_t i = 0; i < from->count; i++) {
            bool keep = i == 0 || (!is_vowel(from->letter[i]) && from->letter[i] != to->letter[to->count - 1]);
            if (keep) to->letter[to->count++] = from->letter[i];
        }
        letters += from->count;
        left += to->count;
    }
    if (letters < 8 || left < 3) return 0;
    qsort(bones.words, bones.count, sizeof bones.words[0], compare_words);
    uint64_t hash = 1;
    for (size_t w = 0; w < bones.count; w++) {
        hash = reb_hash64(hash, bones.words[w].letter, bones.words[w].count * sizeof(uint32_t));
        hash = reb_hash64(hash, " ", 1);
    }
    return hash != 0 ? hash : 1;
}
