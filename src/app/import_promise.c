/* By when an order was promised to arrive, and when it did: the ledger of promises as files tell it. */
#include "import_builder.h"

/* By when the order was promised, as the ledger of promises keeps it: a day without a time lasts until its end, and midnight is how sheets
   write a day. */
static const char *promise_data(reb_builder *b, const reb_ingest_line *first, const reb_date *due) {
    static const struct {
        reb_role role;
        const char *key;
    } words[] = {{REB_ROLE_BRANCH, "branch"}, {REB_ROLE_EMPLOYEE, "employee"}, {REB_ROLE_CHANNEL, "channel"}};
    const char *product = first == NULL ? "" : first->name[0] != '\0' ? first->name : first->sku;
    bool whole_day = !due->has_time || due->time_us == reb_zone_day_start(b->plan->business_zone, due->day);
    reb_json w = {.out = &b->json};
    reb_buf_clear(&b->json);
    reb_json_obj(&w);
    reb_json_kstr(&w, "promise", "delivery");
    if (whole_day) {
        reb_json_kday(&w, "due_day", due->day);
    } else {
        reb_json_ki64(&w, "due_us", due->time_us);
    }
    if (product[0] != '\0') reb_json_kstr(&w, "product", product);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        reb_slice v = b->g.value[words[i].role];
        if (v.len == 0) continue;
        reb_json_key(&w, words[i].key);
        reb_json_strn(&w, v.ptr, v.len);
    }
    reb_json_obj_end(&w);
    const char *s = reb_arena_strndup(&b->arena, b->json.data, b->json.len);
    b->failed |= s == NULL || b->json.failed;
    return s;
}

void reb_build_promise(reb_builder *b, size_t first_line, size_t n_lines, const reb_date *made, size_t person, const char *ext) {
    reb_line_error ignored;
    reb_date due = {0};
    reb_date arrived = {0};
    enum { MOST_AHEAD_DAYS = 3 * 366 };
    if (b->g.value[REB_ROLE_PROMISED].len == 0 || !reb_build_date(b, REB_ROLE_PROMISED, &due, &ignored)) return;
    if (due.day < made->day || due.day > made->day + MOST_AHEAD_DAYS) return;
    reb_ingest_event *p = reb_build_event(b, person, "promise", ext);
    if (p == NULL) return;
    p->occurred_us = made->time_us;
    p->day = made->day;
    p->ref_ext = ext;
    p->data = promise_data(b, n_lines > 0 ? (const reb_ingest_line *)b->lines.at + first_line : NULL, &due);
    p->content_hash = (int64_t)reb_hash64(23, &due.time_us, sizeof due.time_us);
    if (b->g.value[REB_ROLE_DELIVERED].len == 0 || !reb_build_date(b, REB_ROLE_DELIVERED, &arrived, &ignored)) return;
    if (arrived.day < made->day || arrived.time_us > b->now_us + REB_US_PER_DAY) return;
    reb_ingest_event *d = reb_build_event(b, person, "delivery", ext);
    if (d == NULL) return;
    d->occurred_us = arrived.time_us;
    d->day = arrived.day;
    d->ref_ext = ext;
    d->content_hash = (int64_t)reb_hash64(29, &arrived.time_us, sizeof arrived.time_us);
}
