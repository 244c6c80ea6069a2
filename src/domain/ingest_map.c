/* The ingest's memory of what it has met: an open hash table that never takes more than its share. */
#include "ingest_internal.h"

#include <stdlib.h>
#include <string.h>

reb_mapkey reb_map_key(uint64_t kind, const void *bytes, size_t n) {
    reb_mapkey k = {reb_hash64(0x9E3779B97F4A7C15u ^ kind, bytes, n), reb_hash64(0xC2B2AE3D27D4EB4Fu + kind, bytes, n)};
    if (k.a == 0 && k.b == 0) k.b = 1;
    return k;
}

static reb_map_slot *slot_of(const reb_map64 *m, reb_mapkey k) {
    size_t i = (size_t)k.a & m->mask;
    while ((m->slots[i].key.a != 0 || m->slots[i].key.b != 0) && (m->slots[i].key.a != k.a || m->slots[i].key.b != k.b))
        i = (i + 1) & m->mask;
    return &m->slots[i];
}

bool reb_map64_get(const reb_map64 *m, reb_mapkey k, int64_t *value) {
    if (m->slots == NULL) return false;
    const reb_map_slot *s = slot_of(m, k);
    if (s->key.a == 0 && s->key.b == 0) return false;
    if (value != NULL) *value = s->value;
    return true;
}

static bool grow(reb_map64 *m) {
    size_t slots = m->slots == NULL ? 1024 : 2 * (m->mask + 1);
    reb_map64 bigger = {.slots = calloc(slots, sizeof *bigger.slots), .mask = slots - 1, .used = m->used, .most = m->most};
    if (bigger.slots == NULL) return false;
    for (size_t i = 0; m->slots != NULL && i <= m->mask; i++)
        if (m->slots[i].key.a != 0 || m->slots[i].key.b != 0) *slot_of(&bigger, m->slots[i].key) = m->slots[i];
    free(m->slots);
    *m = bigger;
    return true;
}

bool reb_map64_reserve(reb_map64 *m, size_t n) {
    while (m->slots == NULL || 10 * (m->used + n) >= 7 * m->mask)
        if (!grow(m)) return false;
    return true;
}

bool reb_map64_put(reb_map64 *m, reb_mapkey k, int64_t value) {
    if (m->most != 0 && m->used >= m->most && !reb_map64_get(m, k, NULL)) {
        memset(m->slots, 0, (m->mask + 1) * sizeof *m->slots);
        m->used = 0;
    }
    if (m->slots == NULL || 10 * m->used >= 7 * m->mask) {
        if (!grow(m)) return false;
    }
    reb_map_slot *s = slot_of(m, k);
    if (s->key.a == 0 && s->key.b == 0) m->used++;
    s->key = k;
    s->value = value;
    return true;
}

void reb_map64_free(reb_map64 *m) {
    free(m->slots);
    m->slots = NULL;
    m->mask = m->used = 0;
}

reb_status reb_ingest_remember(reb_pending **list, size_t *n, size_t *cap, reb_arena *arena, reb_mapkey k, int64_t v, reb_err *err) {
    if (*n == *cap) {
        size_t bigger = *cap == 0 ? 1024 : 2 * *cap;
        reb_pending *grown = REB_NEW(arena, bigger, reb_pending);
        if (grown == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
        if (*n > 0) memcpy(grown, *list, *n * sizeof *grown);
        *list = grown;
        *cap = bigger;
    }
    (*list)[(*n)++] = (reb_pending){k, v};
    return REB_OK;
}
