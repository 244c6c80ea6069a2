/* Customers. */
#include "audit.h"
#include "handlers.h"

#include "../app/customer.h"
#include "../app/customer_csv.h"
#include "../domain/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static reb_customer_ctx context(reb_request *rq) {
    return (reb_customer_ctx){.store = rq->store,
                              .arena = &rq->arena,
                              .clock = rq->server->o.act_clock,
                              .ids = rq->ids,
                              .sight = rq->sight,
                              .business = reb_rq_business(rq),
                              .locale = reb_rq_locale(rq),
                              .who = rq->caller.name};
}

static int64_t whom(const reb_request *rq) {
    return reb_rq_param_id(rq, "customer_id");
}

static void one_id(reb_request *rq, const char *key, int64_t id) {
    reb_json_obj(&rq->w);
    reb_json_kid(&rq->w, key, id);
    reb_json_obj_end(&rq->w);
}

/* --- to read ------------------------------------------------------------------------------------------------------------------------- */

/* Known, not known, or not asked for. */
static int has(const reb_request *rq, const char *name) {
    if (reb_rq_query(rq, name) == NULL) return 0;
    return reb_rq_query_bool(rq, name, false) ? 1 : -1;
}

/* The order and the filter of a list, from the query. */
static reb_status read_filter(reb_customer_sort *sort, reb_customer_filter *f, const reb_request *rq, reb_err *err) {
    *sort = REB_SORT_NAME;
    const char *sort_name = reb_rq_query(rq, "sort");
    if (sort_name != NULL && !reb_customer_sort_from_name(sort, sort_name)) return reb_fail(err, REB_E_USAGE, "There is no such order.");
    *f = (reb_customer_filter){.kind = reb_rq_query(rq, "kind"),
                               .country = reb_rq_query(rq, "country"),
                               .language = reb_rq_query(rq, "language"),
                               .least_net_minor = reb_rq_query_int(rq, "least_net_minor", INT64_MIN),
                               .silent_days = reb_rq_query_int(rq, "silent_days", 0),
                               .never_spoken = reb_rq_query_bool(rq, "never_spoken", false),
                               .stage = reb_rq_query(rq, "stage"),
                               .least_alive = (double)reb_rq_query_int(rq, "least_alive_percent", 0) / 100.0,
                               .most_alive = (double)reb_rq_query_int(rq, "most_alive_percent", 0) / 100.0,
                               .least_stake_minor = reb_rq_query_int(rq, "least_stake_minor", 0),
                               .most_stake_minor = reb_rq_query_int(rq, "most_stake_minor", 0),
                               .phone = has(rq, "has_phone"),
                               .email = has(rq, "has_email"),
                               .consent = reb_rq_query(rq, "consent")};
    return REB_OK;
}

reb_status reb_handle_customer_list(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    reb_customer_sort sort;
    reb_customer_filter f;
    reb_status st = read_filter(&sort, &f, rq, err);
    if (st != REB_OK) return st;
    reb_customer_page page;
    st = reb_customer_list_counted(&page, &c, sort, &f, reb_rq_query_int(rq, "limit", 0), reb_rq_query(rq, "cursor"),
                                   reb_rq_query_bool(rq, "count", false), err);
    if (st == REB_OK) reb_customer_page_json(&rq->w, &page);
    return st;
}

/* The whole list as a file; made before it is sent, so that it is whole or not at all. */
reb_status reb_handle_customer_csv(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    reb_customer_sort sort;
    reb_customer_filter f;
    int64_t count = 0;
    reb_status st = read_filter(&sort, &f, rq, err);
    if (st != REB_OK) return st;
    int fd = open(rq->server->upload_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    int twin = fd >= 0 ? dup(fd) : -1;
    FILE *out = twin >= 0 ? fdopen(twin, "wb") : NULL;
    if (out == NULL) {
        st = reb_fail(err, REB_E_IO, "No temporary file: %s.", strerror(errno));
        if (twin >= 0) close(twin);
    }
    if (st == REB_OK) st = reb_customer_csv(&count, out, &c, sort, &f, err);
    if (out != NULL && fclose(out) != 0 && st == REB_OK) st = reb_fail(err, REB_E_IO, "The list cannot be written.");
    if (st == REB_OK && lseek(fd, 0, SEEK_SET) != 0) st = reb_fail(err, REB_E_IO, "The list cannot be read back.");
    if (st != REB_OK) {
        if (fd >= 0) close(fd);
        return st;
    }
    rq->file_fd = fd;
    rq->content_type = "text/csv; charset=utf-8";
    rq->file_name = "attachment; filename=\"customers.csv\"";
    reb_rq_audit_detail(rq, reb_arena_printf(&rq->arena, "{\"customers\":%lld}", (long long)count));
    return REB_OK;
}

reb_status reb_handle_customer_xlsx(reb_request *rq, reb_err *err) {
    reb_customer_ctx c = context(rq);
    reb_customer_sort sort;
    reb_customer_filter f;
    int64_t count = 0;
    c.business = reb_rq_business(rq);
    reb_status st = read_filter(&sort, &f, rq, err);
    if (st == REB_OK && c.business == NULL) st = reb_fail(err, REB_E_BUSY, "The settings cannot be read just now.");
    if (st != REB_OK) return st;
    int fd = open(rq->server->upload_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) return reb_fail(err, REB_E_IO, "No temporary file: %s.", strerror(errno));
    st = reb_customer_xlsx(&count, fd, &c, sort, &f, rq->server->upload_dir, err);
    if (st == REB_OK && lseek(fd, 0, SEEK_SET) != 0) st = reb_fail(err, REB_E_IO, "The list cannot be read back.");
    if (st != REB_OK) {
        close(fd);
        return st;
    }
    rq->file_fd = fd;
    rq->content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    rq->file_name = "attachment; filename=\"customers.xlsx\"";
    reb_rq_audit_detail(rq, reb_arena_printf(&rq->arena, "{\"customers\":%lld}", (long long)count));
    return REB_OK;
}

reb_status reb_handle_customer_facets(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    reb_customer_facets f;
    reb_status st = reb_customer_facets_read(&f, &c, err);
    if (st == REB_OK) reb_customer_facets_json(&rq->w, &f);
    return st;
}

reb_status reb_handle_customer_search(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    reb_customer_page page;
    reb_status st =
        reb_customer_search(&page, &c, reb_rq_query(rq, "q"), reb_rq_query_int(rq, "limit", 0), reb_rq_query(rq, "cursor"), err);
    if (st == REB_OK) reb_customer_page_json(&rq->w, &page);
    return st;
}

reb_status reb_handle_customer_get(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    reb_customer_view view;
    reb_status st = reb_customer_show(&view, &c, whom(rq), err);
    if (st == REB_OK) reb_customer_view_json(&rq->w, &view);
    return st;
}

reb_status reb_handle_customer_card(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = {.store = rq->store, .arena = &rq->arena, .clock = rq->server->o.act_clock};
    reb_customer_row row;
    reb_status st = reb_customer_card(&row, &c, whom(rq), err);
    if (st == REB_OK) reb_customer_row_json(&rq->w, &row);
    return st;
}

reb_status reb_handle_customer_events(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    reb_customer_history h;
    reb_status st =
        reb_customer_events(&h, &c, whom(rq), reb_rq_query(rq, "kind"), reb_rq_query_int(rq, "limit", 0), reb_rq_query(rq, "cursor"), err);
    if (st == REB_OK) reb_customer_history_json(&rq->w, &h);
    return st;
}

reb_status reb_handle_customer_doubles(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    const char *of = reb_rq_query(rq, "customer_id");
    reb_customer_doubles d;
    reb_status st =
        reb_customer_doubles_find(&d, &c, of != NULL ? reb_rq_query_int(rq, "customer_id", 0) : 0, reb_rq_query_int(rq, "limit", 0), err);
    if (st == REB_OK) reb_customer_doubles_json(&rq->w, &d);
    return st;
}

/* --- to write ------------------------------------------------------------------------------------------------------------------------- */

reb_status reb_handle_customer_add(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    const reb_customer_new n = {.kind = reb_rq_text(rq, "kind"),
                                .name = reb_rq_text(rq, "name"),
                                .email = reb_rq_text(rq, "email"),
                                .phone = reb_rq_text(rq, "phone"),
                                .language = reb_rq_text(rq, "language"),
                                .country = reb_rq_text(rq, "country"),
                                .city = reb_rq_text(rq, "city"),
                                .company = reb_rq_text(rq, "company"),
                                .external_source = reb_rq_text(rq, "external_source"),
                                .external_id = reb_rq_text(rq, "external_id")};
    int64_t id = 0;
    reb_status st = reb_customer_add(&id, &c, &n, reb_rq_bool(rq, "even_so", false), err);
    if (st == REB_OK && rq->sight != NULL) /* who adds a customer keeps them, or would not see them again */
        st = reb_keeper_set(rq->store, &id, 1, rq->caller.user_id, reb_clock_now(rq->server->o.wall_clock), err);
    if (st != REB_OK) return st;
    one_id(rq, "customer_id", id);
    rq->location = reb_arena_printf(&rq->arena, "/v1/customers/%lld", (long long)id);
    reb_rq_tell(rq, "customer", id);
    return REB_OK;
}

reb_status reb_handle_customer_note(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    int64_t id = 0;
    reb_status st = reb_customer_note(&id, &c, whom(rq), reb_rq_text(rq, "text"), err);
    if (st != REB_OK) return st;
    one_id(rq, "event_id", id);
    reb_rq_tell(rq, "customer", whom(rq));
    return REB_OK;
}

reb_status reb_handle_customer_contacted(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    int64_t id = 0;
    reb_status st =
        reb_customer_contacted(&id, &c, whom(rq), reb_rq_text(rq, "channel"), reb_rq_text(rq, "text"), reb_rq_time(rq, "at"), err);
    if (st != REB_OK) return st;
    one_id(rq, "event_id", id);
    reb_rq_tell(rq, "customer", whom(rq));
    return REB_OK;
}

reb_status reb_handle_customer_contact(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    const reb_customer_new_contact n = {.name = reb_rq_text(rq, "name"),
                                        .role = reb_rq_text(rq, "role"),
                                        .email = reb_rq_text(rq, "email"),
                                        .phone = reb_rq_text(rq, "phone")};
    int64_t id = 0;
    reb_status st = reb_customer_add_contact(&id, &c, whom(rq), &n, err);
    if (st != REB_OK) return st;
    one_id(rq, "contact_id", id);
    reb_rq_tell(rq, "customer", whom(rq));
    return REB_OK;
}

reb_status reb_handle_customer_consent(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    int64_t id = 0;
    reb_status st = reb_customer_set_consent(&id, &c, whom(rq), reb_rq_text(rq, "purpose"), reb_rq_text(rq, "channel"),
                                             reb_rq_bool(rq, "allowed", false), reb_rq_text(rq, "why"), err);
    if (st != REB_OK) return st;
    one_id(rq, "event_id", id);
    reb_rq_tell(rq, "customer", whom(rq));
    return REB_OK;
}

reb_status reb_handle_customer_merge(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    reb_customer_merge_result m;
    reb_status st = reb_customer_merge(&m, &c, whom(rq), reb_rq_id(rq, "other_id"), reb_rq_text(rq, "why"), err);
    if (st != REB_OK) return st;
    reb_customer_merge_json(&rq->w, &m);
    reb_rq_tell(rq, "customer", m.head_id);
    return REB_OK;
}

reb_status reb_handle_customer_unmerge(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    reb_customer_merge_result m;
    reb_status st = reb_customer_unmerge(&m, &c, whom(rq), reb_rq_text(rq, "why"), err);
    if (st != REB_OK) return st;
    reb_customer_merge_json(&rq->w, &m);
    reb_rq_tell(rq, "customer", whom(rq));
    return REB_OK;
}

reb_status reb_handle_customer_not_same(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    bool known = false;
    reb_rq_about(rq, reb_rq_id(rq, "a_id"));
    reb_rq_about(rq, reb_rq_id(rq, "b_id"));
    reb_status st = reb_customer_not_same(&known, &c, reb_rq_id(rq, "a_id"), reb_rq_id(rq, "b_id"), reb_rq_text(rq, "why"), err);
    if (st != REB_OK) return st;
    reb_json_obj(&rq->w);
    reb_json_kbool(&rq->w, "known", known);
    reb_json_obj_end(&rq->w);
    return REB_OK;
}

/* --- who keeps them --------------------------------------------------------------------------------------------------------------------
 */

reb_status reb_handle_keeper_set(reb_request *rq, reb_err *err) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(rq->json_body, "customer_ids");
    size_t count = (size_t)cJSON_GetArraySize(list);
    int64_t *ids = reb_arena_zalloc(&rq->arena, count + 1, sizeof *ids);
    size_t n = 0;
    const cJSON *id;
    if (ids == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    cJSON_ArrayForEach(id, list) {
        ids[n] = strtoll(id->valuestring, NULL, 10);
        reb_rq_about(rq, ids[n++]);
    }
    return reb_keeper_set(rq->store, ids, n, reb_rq_id(rq, "user_id"), reb_clock_now(rq->server->o.wall_clock), err);
}
