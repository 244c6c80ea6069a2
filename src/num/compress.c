/* SPDX-License-Identifier: Apache-2.0 */
/* Equal histories become one row with a count: a million customers of a young shop are a third of that. */
#include <string.h>

#include "num.h"

#define COUNT_BITS 24 /* of a packed row: key above, count below */
#define DIGIT_BITS 12
#define DIGITS (1u << DIGIT_BITS)

size_t reb_nbd_compress_work_size(size_t n) {
    size_t packed = 2 * n * sizeof(uint64_t);
    size_t merge = n * sizeof(reb_nbd_row);
    return (packed > merge ? packed : merge) + 4 * DIGITS * sizeof(uint32_t);
}

bool num_row_good(const reb_nbd_row *row) {
    return reb_nbd_check_history(row->x, row->t_x, row->T) == REB_NUM_OK && row->n > 0.0 && row->n <= 1e15;
}

/* Moves the rows outside the domain to the end; the number of good ones. */
static size_t put_bad_last(reb_nbd_row *rows, size_t n) {
    size_t good = n;
    for (size_t i = 0; i < good;) {
        if (num_row_good(&rows[i])) {
            i++;
            continue;
        }
        reb_nbd_row bad = rows[i];
        rows[i] = rows[--good];
        rows[good] = bad;
    }
    return good;
}

bool num_on_grid(double t, double per_unit, double *step) {
    double s = t * per_unit;
    double whole = floor(s + 0.5);
    *step = whole;
    return fabs(s - whole) <= 1e-6 && whole < 4294967296.0;
}

static int bits_of(uint64_t v) {
    int bits = 0;
    for (; v != 0; v >>= 1) bits++;
    return bits;
}

typedef struct packing {
    int x, T, t; /* bits of each */
} packing;

/* False if some row is off the grid, or too large to be packed. */
static bool pack(uint64_t *keys, packing *bits, const reb_nbd_row *rows, size_t n, double per_unit) {
    double max_x = 0.0, max_T = 0.0, step;
    if (!(per_unit > 0.0)) return false;
    for (size_t i = 0; i < n; i++) {
        max_x = rows[i].x > max_x ? rows[i].x : max_x;
        max_T = rows[i].T > max_T ? rows[i].T : max_T;
    }
    if (!num_on_grid(max_T, per_unit, &step)) return false;
    bits->x = bits_of((uint64_t)max_x);
    bits->T = bits_of((uint64_t)step);
    bits->t = bits->T;
    if (bits->x + bits->T + bits->t + COUNT_BITS > 64) return false;
    for (size_t i = 0; i < n; i++) {
        double T = rows[i].T * per_unit;
        double t = rows[i].t_x * per_unit;
        uint64_t iT = (uint64_t)(T + 0.5);
        uint64_t it = (uint64_t)(t + 0.5);
        uint64_t in = (uint64_t)rows[i].n;
        if (fabs(T - (double)iT) > 1e-6 || fabs(t - (double)it) > 1e-6 || (double)in != rows[i].n || in >> COUNT_BITS != 0) return false;
        keys[i] = ((((uint64_t)rows[i].x << bits->T | iT) << bits->t | it) << COUNT_BITS) | in;
    }
    return true;
}

/* Radix sort by the key bits, least digit first. The sorted keys are in the array returned. */
static uint64_t *radix_sort(uint64_t *from, uint64_t *to, uint32_t *start, size_t n, int key_bits) {
    for (int done = 0; done < key_bits; done += DIGIT_BITS) {
        int shift = COUNT_BITS + done;
        memset(start, 0, DIGITS * sizeof *start);
        for (size_t i = 0; i < n; i++) start[(from[i] >> shift) & (DIGITS - 1)]++;
        uint32_t sum = 0;
        for (size_t d = 0; d < DIGITS; d++) {
            uint32_t count = start[d];
            start[d] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++) to[start[(from[i] >> shift) & (DIGITS - 1)]++] = from[i];
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

static size_t unpack(reb_nbd_row *rows, const uint64_t *keys, size_t n, packing bits, double per_unit) {
    const uint64_t count_mask = ((uint64_t)1 << COUNT_BITS) - 1;
    size_t unique = 0;
    for (size_t i = 0; i < n;) {
        uint64_t key = keys[i] >> COUNT_BITS;
        uint64_t count = 0;
        for (; i < n && keys[i] >> COUNT_BITS == key; i++) count += keys[i] & count_mask;
        reb_nbd_row *row = &rows[unique++];
        row->n = (double)count;
        row->t_x = (double)(key & (((uint64_t)1 << bits.t) - 1)) / per_unit;
        row->T = (double)((key >> bits.t) & (((uint64_t)1 << bits.T) - 1)) / per_unit;
        row->x = (double)(key >> (bits.t + bits.T));
    }
    return unique;
}

static int compare(const reb_nbd_row *p, const reb_nbd_row *q) {
    if (p->x != q->x) return p->x < q->x ? -1 : 1;
    if (p->T != q->T) return p->T < q->T ? -1 : 1;
    if (p->t_x != q->t_x) return p->t_x < q->t_x ? -1 : 1;
    return 0;
}

/* Bottom-up merge sort, for rows that cannot be packed. */
static void merge_sort(reb_nbd_row *rows, reb_nbd_row *work, size_t n) {
    reb_nbd_row *from = rows;
    reb_nbd_row *to = work;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t lo = 0; lo < n; lo += 2 * width) {
            size_t mid = lo + width < n ? lo + width : n;
            size_t hi = mid + width < n ? mid + width : n;
            size_t i = lo, j = mid;
            for (size_t k = lo; k < hi; k++) to[k] = i < mid && (j >= hi || compare(&from[i], &from[j]) <= 0) ? from[i++] : from[j++];
        }
        reb_nbd_row *swap = from;
        from = to;
        to = swap;
    }
    if (from != rows) memcpy(rows, from, n * sizeof *rows);
}

static size_t merge_equal(reb_nbd_row *rows, size_t n) {
    size_t unique = 0;
    for (size_t i = 0; i < n; i++) {
        if (unique > 0 && compare(&rows[unique - 1], &rows[i]) == 0)
            rows[unique - 1].n += rows[i].n;
        else
            rows[unique++] = rows[i];
    }
    return unique;
}

reb_num_status reb_nbd_compress(size_t *unique, size_t *bad, reb_nbd_row *rows, size_t n, double per_unit, void *work, size_t work_size) {
    if (!(per_unit >= 0.0 && per_unit <= 1e9)) return REB_NUM_DOMAIN;
    if (n >= UINT32_MAX) return REB_NUM_DOMAIN;
    if (work_size < reb_nbd_compress_work_size(n) || (work == NULL && n > 0)) return REB_NUM_WORK;
    size_t good = put_bad_last(rows, n);
    uint64_t *keys = work;
    packing bits;
    if (good > 0 && pack(keys, &bits, rows, good, per_unit)) {
        uint32_t *start = (uint32_t *)(keys + 2 * n);
        const uint64_t *sorted = radix_sort(keys, keys + n, start, good, bits.x + bits.T + bits.t);
        *unique = unpack(rows, sorted, good, bits, per_unit);
    } else {
        merge_sort(rows, work, good);
        *unique = merge_equal(rows, good);
    }
    *bad = n - good;
    /* the bad ones follow the unique ones */
    if (*unique < good) memmove(rows + *unique, rows + good, *bad * sizeof *rows);
    return REB_NUM_OK;
}
