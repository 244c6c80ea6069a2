/* Words of status in four languages. */
#include "import_plan.h"

#include "../text/fold.h"

#include <string.h>

typedef struct state_words {
    reb_order_state state;
    const char *words;
} state_words;

static const state_words k_states[] = {
#define REB_STATUS_WORD(meaning, words) {REB_STATE_##meaning, words},
#include "../../api/import_status.def"
#undef REB_STATUS_WORD
};

/* Folded, without spaces, _ and -: Persian joins and parts its words as it likes. What does not fit is no word. */
static size_t fold_status(char *out, size_t cap, const char *s, size_t len) {
    size_t n = reb_fold(out, cap, s, len);
    if (n > cap) return 0;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (out[i] != '_' && out[i] != '-' && out[i] != ' ') out[kept++] = out[i];
    return kept;
}

reb_order_state reb_order_state_of(reb_slice text) {
    char want[256];
    if (text.len > 60) return REB_STATE_UNKNOWN;
    size_t n = fold_status(want, sizeof want, text.ptr, text.len);
    if (n == 0) return REB_STATE_UNKNOWN;
    if (n > 2 && memcmp(want, "wc", 2) == 0) { /* WooCommerce's own keys: wc-completed */
        memmove(want, want + 2, n - 2);
        n -= 2;
    }
    for (size_t i = 0; i < sizeof k_states / sizeof *k_states; i++) {
        for (const char *w = k_states[i].words; *w != '\0';) {
            size_t wn = strcspn(w, "|");
            char have[256];
            size_t hn = fold_status(have, sizeof have, w, wn);
            if (hn == n && memcmp(have, want, n) == 0) return k_states[i].state;
            w += wn + (w[wn] == '|');
        }
    }
    return REB_STATE_UNKNOWN;
}
