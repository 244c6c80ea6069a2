#include "history.h"

void reb_history_of_row(reb_history *out, reb_stmt *row, int column) {
    out->purchase_days = reb_col_i64(row, column);
    out->first_day = reb_col_i64(row, column + 1);
    out->last_day = reb_col_i64(row, column + 2);
    out->paid_days = reb_col_i64(row, column + 3);
    out->paid_minor = reb_col_i64(row, column + 4);
    out->amount_minor = reb_col_i64(row, column + 5);
    out->known_amount_minor = reb_col_i64(row, column + 6);
    out->known_cost_minor = reb_col_i64(row, column + 7);
}

reb_status reb_history_read(reb_history *out, reb_store *s, int64_t customer_id, int64_t day, reb_err *err) {
    *out = (reb_history){.customer_id = customer_id};
    reb_stmt *st = NULL;
    bool row = false;
    reb_status status = reb_query(&st, s, REB_SQL_HISTORY_OF_CUSTOMER, REB_ARGS(reb_i(customer_id), reb_i(day)), err);
    if (status == REB_OK) status = reb_step(st, &row, err);
    if (status == REB_OK && row) reb_history_of_row(out, st, 0);
    reb_stmt_close(st);
    return status;
}
