#include "demo.h"

#include "../base/buf.h"
#include "../base/clock.h"
#include "../base/json.h"
#include "../base/rand.h"
#include "demo_people.h"
#include "demo_write.h"
#include "rebound.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The truth. Days: a customer buys every 37 days in the middle, and stays for about half a year. Pence: an order is 34 pounds in the
 * middle. */
static const double k_nbd[4] = {1.1, 41.0, 0.7, 120.0};
static const double k_spend[4] = {6.0, 4.0, 1700.0, 0.0};

enum { MOST_PURCHASES = 4096, CUSTOMERS_A_WINDOW = 10000, MARGIN_DAYS = 8 };

/* Something that happens at the shop. Times are days since the shop opened, with their fraction. */
typedef struct happening {
    double at;
    int64_t customer;
    int32_t ordinal; /* which purchase of the customer it belongs to */
    int32_t kind;    /* demo_kind */
    int32_t trouble; /* demo_trouble */
    int64_t amount_minor;
} happening;

typedef struct happenings {
    happening *item;
    size_t count;
    size_t cap;
} happenings;

/* One customer's life, drawn anew whenever it is needed: nothing of it is kept. */
typedef struct life {
    int64_t index;
    double first_at; /* days since the shop opened */
    double observed; /* from the first purchase to the end */
    reb_customer truth;
    size_t repeats;
    double mean_minor;
    demo_trouble left_because; /* DEMO_NO_TROUBLE: alive, or drifted away */
    double *times;             /* of repeats, since the first purchase; MOST_PURCHASES */
    double *values;            /* of all purchases, in pence; MOST_PURCHASES + 1 */
} life;

typedef struct maker {
    const reb_demo_options *options;
    reb_demo_counts *counts;
    uint64_t seed; /* the option's, mixed, so that neighbouring seeds give unlike shops */
    demo_files files;
    life life;
    happenings window;
    int64_t done;
    int64_t steps;
    reb_err *err;
} maker;

static reb_rand stream(const maker *m, int64_t customer, int64_t what) {
    int64_t key[2] = {customer, what};
    return (reb_rand){.state = reb_hash64(m->seed, key, sizeof key)};
}

static bool chance(reb_rand *r, double p) {
    return reb_rand_unit(r) < p;
}

/* Customers come in the order of their index, a little more of them every month. */
static double first_at(const maker *m, int64_t index) {
    reb_rand r = stream(m, index, -1);
    double share = ((double)index + reb_rand_unit(&r)) / (double)m->options->customers;
    return pow(share, 0.85) * (REB_DEMO_DAYS - 1e-6);
}

/* Rebound counts days of buying, so a repeat that falls on the day of the one before waits for the next day, when there is one: merged into
   one day, the busiest customers would look slower than their truth. Orders of one day are made by splitting (around_purchase). */
static void part_days(life *l) {
    double before = floor(l->first_at);
    size_t kept = 0;
    for (size_t i = 0; i < l->repeats; i++) {
        double at = l->first_at + l->times[i];
        if (floor(at) <= before) at += before + 1.0 - floor(at);
        if (at >= REB_DEMO_DAYS) break;
        before = floor(at);
        l->times[kept++] = at - l->first_at;
    }
    l->repeats = kept;
}

/* Draws when the customer bought; `with_values` also what was paid. The two have random states of their own. */
static reb_status draw_life(maker *m, int64_t index, bool with_values, reb_err *err) {
    life *l = &m->life;
    reb_rng rng;
    reb_rand seeds = stream(m, index, -2);
    reb_rng_seed(&rng, reb_rand_u64(&seeds));
    l->index = index;
    l->first_at = first_at(m, index);
    l->observed = REB_DEMO_DAYS - l->first_at;
    reb_num_status st = reb_nbd_simulate(&l->truth, l->times, MOST_PURCHASES, &l->repeats, REB_PNBD, k_nbd, l->observed, &rng);
    if (l->repeats > MOST_PURCHASES) l->repeats = MOST_PURCHASES;
    part_days(l);
    l->left_because = DEMO_NO_TROUBLE;
    if (l->truth.life < l->observed && chance(&seeds, 0.3)) l->left_because = (demo_trouble)(1 + reb_rand_below(&seeds, DEMO_TROUBLES - 1));
    if (st == REB_NUM_OK && with_values) {
        reb_rng_seed(&rng, reb_rand_u64(&seeds));
        st = reb_gg_simulate(&l->mean_minor, l->values, l->repeats + 1, k_spend, &rng);
    }
    return st == REB_NUM_OK ? REB_OK : reb_fail(err, REB_E_INTERNAL, "The simulation failed: %s.", reb_num_status_name(st));
}

static double last_at(const life *l) {
    return l->first_at + (l->repeats > 0 ? l->times[l->repeats - 1] : 0.0);
}

static bool keep(happenings *h, happening item, double from, double to) {
    if (item.at < from || item.at >= to) return true;
    if (h->count == h->cap) {
        size_t cap = h->cap > 0 ? 2 * h->cap : 4096;
        happening *bigger = realloc(h->item, cap * sizeof *bigger);
        if (bigger == NULL) return false;
        h->item = bigger;
        h->cap = cap;
    }
    h->item[h->count++] = item;
    return true;
}

/* A purchase and what surrounds it: the order that was cancelled, the one that came back, the walk-in at the till, the complaint, the
   answer to "how was it". All but the purchase are over and above the model, so that the kept orders follow it exactly. */
static bool around_purchase(maker *m, size_t ordinal, double from, double to) {
    const life *l = &m->life;
    bool last = ordinal == l->repeats;
    reb_rand r = stream(m, l->index, (int64_t)ordinal);
    happening h = {.at = l->first_at + (ordinal > 0 ? l->times[ordinal - 1] : 0.0), .customer = l->index, .ordinal = (int32_t)ordinal};
    h.amount_minor = (int64_t)llround(l->values[ordinal]);
    if (h.amount_minor < 30) h.amount_minor = 30;
    demo_trouble trouble = DEMO_NO_TROUBLE;
    if (chance(&r, 0.02)) trouble = (demo_trouble)(1 + reb_rand_below(&r, DEMO_TROUBLES - 1));
    bool leaving = last && l->left_because != DEMO_NO_TROUBLE;
    if (leaving) trouble = l->left_because;
    h.trouble = (int32_t)trouble;
    h.kind = chance(&r, 0.03) ? DEMO_PART_REFUNDED : DEMO_PURCHASE;
    happening other = h;
    bool ok = true;
    if (chance(&r, 0.03) && h.amount_minor > 400) { /* something was forgotten, and ordered an hour later */
        other.kind = DEMO_SECOND;
        other.amount_minor = h.amount_minor / 4;
        other.at = floor(h.at) + fmin(0.999, h.at - floor(h.at) + 0.08);
        h.amount_minor -= other.amount_minor;
        ok = keep(&m->window, other, from, to);
    }
    ok = ok && keep(&m->window, h, from, to);

    other = h;
    if (chance(&r, 0.02)) {
        other.kind = DEMO_CANCELLED;
        other.at = h.at + 0.4 * reb_rand_unit(&r);
        ok = ok && keep(&m->window, other, from, to);
    }
    if (chance(&r, 0.015)) {
        other.kind = DEMO_REFUNDED;
        other.at = h.at + 1.0 + 3.0 * reb_rand_unit(&r);
        ok = ok && keep(&m->window, other, from, to);
    }
    if (chance(&r, 0.03)) {
        other.kind = DEMO_WALK_IN;
        other.at = h.at + 0.05 + 0.9 * reb_rand_unit(&r);
        ok = ok && keep(&m->window, other, from, to);
    }
    if (trouble != DEMO_NO_TROUBLE ? chance(&r, leaving ? 0.5 : 0.7) : chance(&r, 0.01)) {
        other.kind = DEMO_TICKET;
        other.at = h.at + 0.5 + 5.0 * reb_rand_unit(&r);
        ok = ok && keep(&m->window, other, from, to);
    }
    if (chance(&r, trouble != DEMO_NO_TROUBLE ? 0.2 : 0.12)) {
        other.kind = DEMO_FEEDBACK;
        other.at = h.at + 2.0 + 4.0 * reb_rand_unit(&r);
        ok = ok && keep(&m->window, other, from, to);
    }
    return ok;
}

static int by_time(const void *a, const void *b) {
    const happening *x = a;
    const happening *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
    if (x->ordinal != y->ordinal) return x->ordinal < y->ordinal ? -1 : 1;
    return (x->kind > y->kind) - (x->kind < y->kind);
}

static void count_order(reb_demo_counts *c, int32_t kind, const demo_order *o) {
    c->orders++;
    c->lines += o->rows;
    if (kind == DEMO_PURCHASE || kind == DEMO_PART_REFUNDED || kind == DEMO_SECOND) {
        c->purchases++;
        c->purchased_minor += o->total_minor - o->refunded_minor;
    }
    c->part_refunded += kind == DEMO_PART_REFUNDED;
    c->cancelled += kind == DEMO_CANCELLED;
    c->refunded += kind == DEMO_REFUNDED;
    c->walk_ins += kind == DEMO_WALK_IN;
}

static void write_happening(maker *m, const happening *h) {
    int64_t opened = m->options->until_day - REB_DEMO_DAYS;
    double day = floor(h->at);
    demo_order o = {
        .kind = (demo_kind)h->kind,
        .customer = h->customer,
        .day = opened + (int64_t)day,
        .part_of_day = h->at - day,
        .amount_minor = h->amount_minor,
        .first = h->ordinal == 0,
        .trouble = (demo_trouble)h->trouble,
        .random = stream(m, h->customer, (int64_t)h->kind << 32 | h->ordinal),
        .until_day = m->options->until_day,
    };
    demo_person_draw(&o.person, m->seed, h->customer);
    if (h->kind == DEMO_TICKET) {
        if (o.person.email[0] == '\0') return; /* the help desk is reached by e-mail */
        demo_write_ticket(&m->files, &o, m->counts->tickets++);
    } else if (h->kind == DEMO_FEEDBACK) {
        demo_write_feedback(&m->files, &o);
        m->counts->feedback++;
    } else {
        demo_write_order(&m->files, &o, m->counts->orders);
        count_order(m->counts, h->kind, &o);
    }
}

static void step(maker *m) {
    m->done++;
    if (m->options->progress != NULL && (m->done % 4096 == 0 || m->done == m->steps))
        m->options->progress(m->options->ctx, m->done, m->steps);
}

/* Orders, tickets and feedback are written in the order of time, though customers are drawn one by one: the years are cut into windows, so
   many that a window fits into memory, and for each the customers are drawn again. */
static reb_status write_window(maker *m, double from, double to, reb_err *err) {
    m->window.count = 0;
    for (int64_t i = 0; i < m->options->customers; i++) {
        step(m);
        if (first_at(m, i) >= to) {
            m->done += m->options->customers - i - 1;
            break;
        }
        reb_status st = draw_life(m, i, false, err);
        if (st == REB_OK && last_at(&m->life) + MARGIN_DAYS < from) continue;
        if (st == REB_OK) st = draw_life(m, i, true, err);
        if (st != REB_OK) return st;
        for (size_t k = 0; k <= m->life.repeats; k++)
            if (!around_purchase(m, k, from, to)) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    qsort(m->window.item, m->window.count, sizeof *m->window.item, by_time);
    for (size_t i = 0; i < m->window.count; i++) write_happening(m, &m->window.item[i]);
    return demo_files_check(&m->files, err);
}

/* The list of customers, and what no shop knows about them. */
static reb_status write_customers(maker *m, reb_err *err) {
    int64_t opened = m->options->until_day - REB_DEMO_DAYS;
    for (int64_t i = 0; i < m->options->customers; i++) {
        step(m);
        reb_status st = draw_life(m, i, true, err);
        if (st != REB_OK) return st;
        const life *l = &m->life;
        demo_truth t = {
            .first_day = opened + (int64_t)floor(l->first_at),
            .repeat_days = 0,
            .alive = l->truth.life >= l->observed,
            .rate_per_day = l->truth.rate,
            .death_per_day = l->truth.churn,
            .mean_minor = l->mean_minor,
            .left_because = l->left_because,
        };
        t.last_day = t.first_day;
        double spent = l->values[0];
        for (size_t k = 0; k < l->repeats; k++) {
            int64_t day = opened + (int64_t)floor(l->first_at + l->times[k]);
            if (day != t.last_day) t.repeat_days++;
            t.last_day = day;
            spent += l->values[k + 1];
        }
        if (!t.alive) t.died_day = opened + (int64_t)floor(l->first_at + l->truth.life);
        m->counts->alive += t.alive;
        m->counts->purchase_days += 1 + t.repeat_days;
        demo_person p;
        demo_person_draw(&p, m->seed, i);
        demo_write_customer(&m->files, &p, (int64_t)l->repeats + 1, llround(spent));
        demo_write_truth(&m->files, &p, &t, m->options->until_day);
        /* Some only ever asked for the newsletter. */
        reb_rand r = stream(m, i, -3);
        if (!chance(&r, 0.02)) continue;
        demo_person_draw(&p, m->seed, m->options->customers + m->counts->never_ordered++);
        demo_write_customer(&m->files, &p, 0, 0);
    }
    return demo_files_check(&m->files, err);
}

static void params_json(reb_json *w, const char *key, const double *params, const char *const *names, size_t n) {
    reb_json_key(w, key);
    reb_json_obj(w);
    for (size_t i = 0; i < n; i++) reb_json_kf64(w, names[i], params[i]);
    reb_json_obj_end(w);
}

static reb_status write_truth_json(maker *m, reb_err *err) {
    static const char *const k_nbd_names[] = {"r", "alpha", "s", "beta"};
    static const char *const k_spend_names[] = {"p", "q", "v"};
    const reb_demo_counts *c = m->counts;
    reb_buf text = {0};
    reb_json w = {.out = &text};
    reb_json_obj(&w);
    reb_json_kstr(&w, "model", "pnbd");
    reb_json_kstr(&w, "unit", "day");
    params_json(&w, "params", k_nbd, k_nbd_names, 4);
    params_json(&w, "spend", k_spend, k_spend_names, 3);
    reb_json_kstr(&w, "spend_unit", "GBP minor");
    reb_json_ki64(&w, "seed", (int64_t)m->options->seed);
    reb_json_kday(&w, "opened", m->options->until_day - REB_DEMO_DAYS);
    reb_json_kday(&w, "until", m->options->until_day);
#define PUT(field) reb_json_ki64(&w, #field, c->field);
    DEMO_COUNTS(PUT)
#undef PUT
    reb_json_obj_end(&w);
    reb_status st = text.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : REB_OK;
    if (st == REB_OK) fprintf(m->files.file[DEMO_FILE_TRUTH_JSON], "%s\n", reb_buf_cstr(&text));
    reb_buf_free(&text);
    return st;
}

static reb_status check_options(const reb_demo_options *o, reb_err *err) {
    if (o->customers < 1 || o->customers > REB_DEMO_MAX_CUSTOMERS)
        return reb_fail(err, REB_E_USAGE, "A demo shop has from 1 to %" PRId64 " customers.", REB_DEMO_MAX_CUSTOMERS);
    if (o->folder == NULL || *o->folder == '\0') return reb_fail(err, REB_E_USAGE, "The demo needs a folder to write to.");
    if (mkdir(o->folder, 0777) != 0 && errno != EEXIST)
        return reb_fail(err, REB_E_IO, "The folder %s cannot be made: %s.", o->folder, strerror(errno));
    return REB_OK;
}

static reb_status write_all(maker *m, reb_err *err) {
    int64_t windows = 1 + m->options->customers / CUSTOMERS_A_WINDOW;
    m->steps = (windows + 1) * m->options->customers;
    for (int64_t k = 0; k < windows; k++) {
        double from = (double)(REB_DEMO_DAYS * k) / (double)windows;
        double to = (double)(REB_DEMO_DAYS * (k + 1)) / (double)windows;
        reb_status st = write_window(m, from, to, err);
        if (st != REB_OK) return st;
    }
    reb_status st = write_customers(m, err);
    if (st == REB_OK) st = write_truth_json(m, err);
    return st;
}

reb_status reb_demo_write(reb_demo_counts *counts, const reb_demo_options *options, reb_err *err) {
    reb_rand mix = {.state = options->seed};
    maker m = {.options = options, .counts = counts, .seed = reb_rand_u64(&mix)};
    memset(counts, 0, sizeof *counts);
    reb_status st = check_options(options, err);
    if (st != REB_OK) return st;
    counts->customers = options->customers;
    st = demo_files_open(&m.files, options->folder, err);
    if (st != REB_OK) return st;
    m.life.times = malloc(MOST_PURCHASES * sizeof *m.life.times);
    m.life.values = malloc((MOST_PURCHASES + 1) * sizeof *m.life.values);
    st = m.life.times != NULL && m.life.values != NULL ? write_all(&m, err) : reb_fail(err, REB_E_MEMORY, "No memory left.");
    st = demo_files_close(&m.files, st, err);
    free(m.life.times);
    free(m.life.values);
    free(m.window.item);
    return st;
}
