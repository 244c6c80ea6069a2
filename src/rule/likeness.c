#include "likeness.h"

#include "../base/rand.h"
#include "../text/fold.h"
#include "../text/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MOST = 20000, WORDS_MOST = 4000, LETTERS_LEAST = 3 };

static int ascending(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* After folding: letters and digits of any script; what ASCII has beside them parts words, and so do its like in other blocks. */
static bool in_word(uint32_t cp) {
    if (cp < 0x80) return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z');
    return cp != 0x60C && cp != 0x61B && cp != 0x61F && cp != 0x6D4 && cp != 0x387 && cp != 0xAB && cp != 0xBB &&
           !(cp >= 0x2000 && cp <= 0x206F) && cp != REB_UTF8_REPLACEMENT;
}

reb_word_set reb_words_of(reb_arena *a, const char *text) {
    reb_word_set out = {0};
    if (text == NULL) return out;
    size_t length = reb_utf8_cut(text, strlen(text), TEXT_MOST), cap = 11 * length + 1;
    char *folded = reb_arena_alloc(a, cap);
    uint64_t *hashes = reb_arena_alloc(a, WORDS_MOST * sizeof *hashes);
    if (folded == NULL || hashes == NULL) return out;
    size_t n = reb_fold(folded, cap, text, length), begin = 0, letters = 0;
    int64_t count = 0;
    for (size_t i = 0; i <= n && count < WORDS_MOST;) {
        uint32_t cp = 0;
        size_t took = i < n ? reb_utf8_decode(&cp, folded + i, n - i) : 1;
        if (i < n && in_word(cp)) {
            letters++;
        } else {
            if (letters >= LETTERS_LEAST) hashes[count++] = reb_hash64(0, folded + begin, i - begin);
            letters = 0;
            begin = i + took;
        }
        i += took;
    }
    qsort(hashes, (size_t)count, sizeof *hashes, ascending);
    for (int64_t i = 0; i < count; i++)
        if (out.count == 0 || hashes[out.count - 1] != hashes[i]) hashes[out.count++] = hashes[i];
    out.hashes = hashes;
    return out;
}

static double in_common(const reb_word_set *a, const reb_word_set *b) {
    int64_t both = 0;
    for (int64_t i = 0, k = 0; i < a->count && k < b->count;) {
        if (a->hashes[i] == b->hashes[k]) both++;
        if (a->hashes[i] <= b->hashes[k]) {
            k += a->hashes[i] == b->hashes[k];
            i++;
        } else {
            k++;
        }
    }
    int64_t all = a->count + b->count - both;
    return all > 0 ? (double)both / (double)all : 0.0;
}

double reb_alike(const reb_facts *a, const reb_facts *b) {
    double words = fmin(1.0, 2.0 * in_common(&a->words, &b->words));
    return 0.45 + (strcmp(a->severity, b->severity) == 0 ? 0.2 : 0.0) + (a->safety == b->safety ? 0.1 : 0.0) + 0.25 * words;
}

reb_ruling_side reb_ruling_side_of(const char *outcome) {
    if (strcmp(outcome, "not_upheld") == 0) return REB_RULED_AGAINST;
    bool in_favour = strcmp(outcome, "upheld") == 0 || strcmp(outcome, "partly") == 0 || strcmp(outcome, "goodwill") == 0;
    return in_favour ? REB_RULED_FOR : REB_RULED_NOT;
}

reb_usual reb_usual_of(const char *const *outcomes, int64_t count) {
    int64_t sides[3] = {0}, best = 0;
    reb_usual u = {0};
    for (int64_t i = 0; i < count; i++) sides[reb_ruling_side_of(outcomes[i])]++;
    u.of = sides[REB_RULED_FOR] + sides[REB_RULED_AGAINST];
    u.side = sides[REB_RULED_FOR] >= sides[REB_RULED_AGAINST] ? REB_RULED_FOR : REB_RULED_AGAINST;
    u.count = sides[u.side];
    if (u.of < 3 || 3 * u.count < 2 * u.of) return u;
    for (int64_t i = 0; i < count; i++) {
        int64_t same = 0;
        if (reb_ruling_side_of(outcomes[i]) != u.side) continue;
        for (int64_t k = 0; k < count; k++) same += strcmp(outcomes[i], outcomes[k]) == 0;
        if (same > best) best = same, u.outcome = outcomes[i];
    }
    return u;
}

bool reb_usual_differs(const reb_usual *u, const char *outcome) {
    reb_ruling_side side = reb_ruling_side_of(outcome);
    return u->outcome != NULL && side != REB_RULED_NOT && side != u->side;
}
