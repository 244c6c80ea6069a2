#include "http.h"

#include "../domain/job.h"

#include <inttypes.h>

static const unsigned k_statuses[REB_METRIC_STATUSES] = {200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 408, 409,
                                                         411, 413, 414, 415, 422, 429, 431, 499, 500, 501, 503, 0};
static const int64_t k_bounds_us[REB_METRIC_BUCKETS] = {100, 250, 500, 1000, 2500, 5000, 10000, 25000, 100000, 500000, 2000000, 10000000};
static const char *const k_bounds[REB_METRIC_BUCKETS] = {"0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005",
                                                         "0.01",   "0.025",   "0.1",    "0.5",   "2",      "10"};

/* The last row is for requests that no route took. */
static size_t row_of(const reb_route *route) {
    return route != NULL ? (size_t)(route - reb_routes) : REB_METRIC_ROUTES - 1;
}

void reb_metrics_count(reb_metrics *m, const reb_route *route, unsigned status, int64_t took_us) {
    size_t row = row_of(route);
    size_t s = 0;
    while (s < REB_METRIC_STATUSES - 1 && k_statuses[s] != status) s++;
    size_t b = 0;
    while (b < REB_METRIC_BUCKETS && took_us > k_bounds_us[b]) b++;
    atomic_fetch_add_explicit(&m->requests[row][s], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&m->bucket[row][b], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&m->time_us[row], (uint64_t)(took_us > 0 ? took_us : 0), memory_order_relaxed);
}

static void family(reb_buf *out, const char *name, const char *kind, const char *help) {
    reb_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

static void requests_text(reb_buf *out, reb_metrics *m) {
    size_t routes = reb_route_count();
    family(out, "rebound_http_requests_total", "counter", "Requests answered, by route and status.");
    for (size_t i = 0; i <= routes; i++) {
        const reb_route *r = i < routes ? &reb_routes[i] : NULL;
        for (size_t s = 0; s < REB_METRIC_STATUSES; s++) {
            uint64_t n = atomic_load_explicit(&m->requests[row_of(r)][s], memory_order_relaxed);
            if (n == 0) continue;
            reb_buf_printf(out, "rebound_http_requests_total{method=\"%s\",route=\"%s\",name=\"%s\",status=\"%u\"} %" PRIu64 "\n",
                           r != NULL ? reb_method_name(r->method) : "", r != NULL ? r->path : "", r != NULL ? r->name : "none",
                           k_statuses[s], n);
        }
    }
    family(out, "rebound_http_request_seconds", "histogram", "Time from the end of the headers to the answer's last byte.");
    for (size_t i = 0; i <= routes; i++) {
        const char *name = i < routes ? reb_routes[i].name : "none";
        size_t row = row_of(i < routes ? &reb_routes[i] : NULL);
        uint64_t sum = 0;
        for (size_t b = 0; b <= REB_METRIC_BUCKETS; b++) sum += atomic_load_explicit(&m->bucket[row][b], memory_order_relaxed);
        if (sum == 0) continue;
        uint64_t all = sum;
        sum = 0;
        for (size_t b = 0; b < REB_METRIC_BUCKETS; b++) {
            sum += atomic_load_explicit(&m->bucket[row][b], memory_order_relaxed);
            reb_buf_printf(out, "rebound_http_request_seconds_bucket{name=\"%s\",le=\"%s\"} %" PRIu64 "\n", name, k_bounds[b], sum);
        }
        reb_buf_printf(out, "rebound_http_request_seconds_bucket{name=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", name, all);
        uint64_t us = atomic_load_explicit(&m->time_us[row], memory_order_relaxed);
        reb_buf_printf(out, "rebound_http_request_seconds_sum{name=\"%s\"} %" PRIu64 ".%06" PRIu64 "\n", name, us / 1000000, us % 1000000);
        reb_buf_printf(out, "rebound_http_request_seconds_count{name=\"%s\"} %" PRIu64 "\n", name, all);
    }
}

static void gauge(reb_buf *out, const char *name, const char *kind, const char *help, uint64_t value) {
    family(out, name, kind, help);
    reb_buf_printf(out, "%s %" PRIu64 "\n", name, value);
}

void reb_metrics_text(reb_buf *out, reb_server *s, reb_store *store) {
    requests_text(out, &s->metrics);
    gauge(out, "rebound_http_connections", "gauge", "Connections open now.", atomic_load(&s->conns.count));
    gauge(out, "rebound_http_connections_cut_total", "counter", "Connections ended because they were late or too large.",
          atomic_load(&s->conns.cut_count));
    gauge(out, "rebound_http_turned_away_total", "counter", "Requests answered 503 because too many were waiting.",
          atomic_load(&s->metrics.turned_away));
    gauge(out, "rebound_http_waiting", "gauge", "Requests that wait for a worker.", reb_pool_waiting(s->pool));
    gauge(out, "rebound_event_clients", "gauge", "Open live streams.", reb_hub_clients(s->hub));
    gauge(out, "rebound_start_time_seconds", "gauge", "When this process started.", (uint64_t)(s->started_us / 1000000));
    reb_job_counts counts;
    reb_err err = {0};
    if (reb_job_count(&counts, store, &err) != REB_OK) return; /* the rest is still worth telling */
    family(out, "rebound_jobs", "gauge", "Jobs in the store, by state.");
    for (size_t i = 0; i < REB_JOB_STATES; i++)
        reb_buf_printf(out, "rebound_jobs{state=\"%s\"} %" PRId64 "\n", reb_job_state_name((reb_job_state)i), counts.by_state[i]);
}
