#include "cli.h"
#include "model_params.h"

#include "../sheet/sheet.h"
#include "format.h"
#include "rebound.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The mathematics on a bare table, without any store: for analysts, and to compare with other tools. */

typedef struct model_job {
    reb_nbd_model model;
    reb_nbd_row *rows; /* owned */
    size_t n, cap;
    void *work; /* owned */
    size_t work_size;
    double params[4];
    bool given;       /* params came from --params */
    double unit_days; /* days in one unit of time */
    double per_unit;  /* grid found: see reb_fit_options */
    double horizon;   /* units of time */
    double yearly;    /* rate of discount */
    reb_fit fit;
} model_job;

static const reb_cli_option k_options[] = {
    {"--model", "NAME", "pnbd, bgnbd or mbgnbd (needed)"},
    {"--params", "JSON", "score by these parameters instead of fitting, as in '{\"r\":0.55,\"alpha\":10.6,\"s\":0.61,\"beta\":11.7}'"},
    {"--horizon", "N", "score: expected purchases in the next N units of time (default: a year)"},
    {"--discount", "RATE", "score: yearly rate of discount (default 0.1)"},
    {"--unit-days", "N", "days in one unit of time: 1 for days, 7 for weeks (default 1); used by --prior, a year, and --discount"},
    {"--prior", NULL, "fit with the default weak prior instead of plain maximum likelihood"},
    {NULL, NULL, NULL},
};

/* A plain decimal number, whole text; no hexadecimal, infinity or NaN. */
static bool read_number(double *out, const char *text, size_t len) {
    char copy[64];
    char *end;
    if (len == 0 || len >= sizeof copy) return false;
    for (size_t i = 0; i < len; i++)
        if (strchr("0123456789+-.eE", text[i]) == NULL || text[i] == '\0') return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    errno = 0;
    *out = strtod(copy, &end);
    return *end == '\0' && isfinite(*out);
}

static reb_status number_option(double *out, const reb_cli *cli, const char *option, double fallback, double least, double most,
                                reb_err *err) {
    const char *text = reb_cli_value(cli, option);
    *out = fallback;
    if (text == NULL) return REB_OK;
    if (read_number(out, text, strlen(text)) && *out >= least && *out <= most) return REB_OK;
    return reb_fail(err, REB_E_USAGE, "%s wants a number from %g to %g, not %s.", option, least, most, text);
}

static reb_status read_model(model_job *job, const reb_cli *cli, reb_err *err) {
    const char *name = reb_cli_value(cli, "--model");
    if (name != NULL && reb_nbd_model_from_name(&job->model, name) == REB_NUM_OK) return REB_OK;
    if (name == NULL)
        reb_fail(err, REB_E_USAGE, "Which model?");
    else
        reb_fail(err, REB_E_USAGE, "There is no model %s.", name);
    reb_err_next(err, "Say --model pnbd, --model bgnbd or --model mbgnbd.");
    return REB_E_USAGE;
}

reb_status reb_model_params_read(double out[REB_NBD_PARAMS], reb_nbd_model model, const char *text, reb_err *err) {
    reb_status st = REB_OK;
    cJSON *json = cJSON_Parse(text);
    if (!cJSON_IsObject(json)) st = reb_fail(err, REB_E_USAGE, "--params is not a JSON object.");
    for (int i = 0; i < REB_NBD_PARAMS && st == REB_OK; i++) {
        const char *name = reb_nbd_param_name(model, i);
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, name);
        if (!cJSON_IsNumber(value)) {
            st = reb_fail(err, REB_E_USAGE, "--params lacks the number \"%s\".", name);
        } else {
            out[i] = value->valuedouble;
            if (!(value->valuedouble >= REB_NUM_MIN_PARAM && value->valuedouble <= REB_NUM_MAX_PARAM))
                st = reb_fail(err, REB_E_USAGE, "The parameter %s must be between %g and %g.", name, REB_NUM_MIN_PARAM, REB_NUM_MAX_PARAM);
        }
    }
    if (st == REB_OK && cJSON_GetArraySize(json) != REB_NBD_PARAMS) st = reb_fail(err, REB_E_USAGE, "--params has a name too many.");
    if (st != REB_OK) {
        reb_err_next(err, "%s takes: %s, %s, %s, %s.", reb_nbd_model_name(model), reb_nbd_param_name(model, 0),
                     reb_nbd_param_name(model, 1), reb_nbd_param_name(model, 2), reb_nbd_param_name(model, 3));
    }
    cJSON_Delete(json);
    return st;
}

static reb_status read_params(model_job *job, const reb_cli *cli, reb_err *err) {
    const char *text = reb_cli_value(cli, "--params");
    if (text == NULL) return REB_OK;
    reb_status st = reb_model_params_read(job->params, job->model, text, err);
    job->given = st == REB_OK;
    return st;
}

static reb_status add_row(model_job *job, const reb_nbd_row *row, reb_err *err) {
    if (job->n == job->cap) {
        size_t cap = job->cap == 0 ? 4096 : job->cap * 2;
        reb_nbd_row *more = realloc(job->rows, cap * sizeof *more);
        if (more == NULL) return reb_fail(err, REB_E_MEMORY, "There is not enough memory for %zu histories.", cap);
        job->rows = more;
        job->cap = cap;
    }
    job->rows[job->n++] = *row;
    return REB_OK;
}

/* Where each of x, t_x, T, n stands; n may be absent (-1). */
static reb_status find_columns(int columns[4], const reb_sheet *sheet, const char *path, reb_err *err) {
    static const char *const k_names[4] = {"x", "t_x", "T", "n"};
    for (int i = 0; i < 4; i++) {
        columns[i] = reb_sheet_column(sheet, k_names[i]);
        if (columns[i] >= 0 || i == 3) continue;
        reb_fail(err, REB_E_INPUT, "%s has no column %s.", path, k_names[i]);
        reb_err_next(err, "The first line must be the header x,t_x,T and may have n, the number of customers that a row stands for.");
        return REB_E_INPUT;
    }
    return REB_OK;
}

static reb_status read_row(reb_nbd_row *row, const reb_sheet_record *record, const int columns[4], const char *path, reb_err *err) {
    static const char *const k_names[4] = {"x", "t_x", "T", "n"};
    double v[4] = {0, 0, 0, 1};
    for (int i = 0; i < 4; i++) {
        if (columns[i] < 0) continue;
        bool there = (size_t)columns[i] < record->n_fields;
        reb_slice text = there ? reb_slice_trim(record->fields[columns[i]]) : (reb_slice){"", 0};
        if (read_number(&v[i], text.ptr, text.len)) continue;
        return reb_fail(err, REB_E_INPUT, "%s, line %lld, column %s: \"%.*s\" is not a number.", path, (long long)record->line, k_names[i],
                        (int)(text.len < 40 ? text.len : 40), text.ptr);
    }
    *row = (reb_nbd_row){v[0], v[1], v[2], v[3]};
    return REB_OK;
}

static reb_status read_file(model_job *job, const char *path, reb_err *err) {
    reb_sheet_options options = {.header = REB_HEADER_YES};
    reb_sheet *sheet = NULL;
    const reb_sheet_record *record = NULL;
    int columns[4];
    reb_status st = reb_sheet_open(&sheet, path, &options, err);
    if (st == REB_OK) st = find_columns(columns, sheet, path, err);
    while (st == REB_OK) {
        reb_nbd_row row;
        st = reb_sheet_next(&record, sheet, err);
        if (st != REB_OK || record == NULL) break;
        st = read_row(&row, record, columns, path, err);
        if (st == REB_OK) st = add_row(job, &row, err);
    }
    reb_sheet_close(sheet);
    if (st == REB_OK && job->n == 0) st = reb_fail(err, REB_E_INPUT, "%s has a header and nothing below it.", path);
    return st;
}

/* Are all times whole steps of a unit divided by per_unit? */
static bool on_grid(const model_job *job, double per_unit) {
    for (size_t i = 0; i < job->n; i++) {
        double T = job->rows[i].T * per_unit, t = job->rows[i].t_x * per_unit;
        if (!(fabs(T - floor(T + 0.5)) <= 1e-6) || !(fabs(t - floor(t + 0.5)) <= 1e-6)) return false;
    }
    return true;
}

/* Whole days as days or as weeks; else none. */
static void find_grid(model_job *job) {
    job->per_unit = on_grid(job, 1.0) ? 1.0 : on_grid(job, 7.0) ? 7.0 : 0.0;
}

static reb_status make_work(model_job *job, size_t size, reb_err *err) {
    if (size <= job->work_size) return REB_OK;
    void *more = realloc(job->work, size);
    if (more == NULL) return reb_fail(err, REB_E_MEMORY, "There is not enough memory for %zu histories.", job->n);
    job->work = more;
    job->work_size = size;
    return REB_OK;
}

/* Fits; the rows are sorted and merged on a copy, so that scores come in the file's order. */
static reb_status fit_rows(model_job *job, const reb_cli *cli, reb_err *err) {
    reb_prior prior;
    reb_fit_options options = {.per_unit = job->per_unit};
    size_t unique = 0, bad = 0;
    reb_nbd_row *copy = malloc(job->n * sizeof *copy);
    reb_status st = copy != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "There is not enough memory for %zu histories.", job->n);
    if (st == REB_OK) st = make_work(job, reb_nbd_compress_work_size(job->n), err);
    if (st != REB_OK) goto done;
    memcpy(copy, job->rows, job->n * sizeof *copy);
    if (reb_cli_flag(cli, "--prior")) {
        reb_nbd_default_prior(&prior, job->model, job->unit_days);
        options.prior = &prior;
    }
    reb_num_status rc = reb_nbd_compress(&unique, &bad, copy, job->n, job->per_unit, job->work, job->work_size);
    if (rc == REB_NUM_OK) {
        st = make_work(job, reb_nbd_fit_work_size(copy, unique + bad, &options), err);
        if (st == REB_OK) rc = reb_nbd_fit(&job->fit, job->model, copy, unique + bad, &options, job->work, job->work_size);
    }
    if (st == REB_OK && rc == REB_NUM_NO_DATA) {
        st = reb_fail(err, REB_E_INPUT, "None of the %zu rows is a history.", job->n);
        reb_err_next(err, "x is a whole number of repeat purchases, and 0 <= t_x <= T; t_x is 0 where x is 0; n is above 0.");
    } else if (st == REB_OK && rc != REB_NUM_OK) {
        st = reb_fail(err, REB_E_INTERNAL, "The fit ended with \"%s\".", reb_num_status_name(rc));
    }
    memcpy(job->params, job->fit.params, sizeof job->params);
done:
    free(copy);
    return st;
}

static void write_params(reb_json *w, const char *key, const model_job *job, const double values[4]) {
    reb_json_key(w, key);
    reb_json_obj(w);
    for (int i = 0; i < REB_NBD_PARAMS; i++) reb_json_kf64(w, reb_nbd_param_name(job->model, i), values[i]);
    reb_json_obj_end(w);
}

static void write_fit(reb_json *w, const model_job *job) {
    const reb_fit *fit = &job->fit;
    reb_json_kstr(w, "status", reb_fit_status_name(fit->status));
    reb_json_kf64(w, "log_likelihood", fit->log_likelihood);
    write_params(w, "params", job, fit->params);
    if (fit->se[0] > 0.0)
        write_params(w, "standard_errors", job, fit->se);
    else
        reb_json_knull(w, "standard_errors");
    reb_json_kstr(w, "prior", fit->used_prior != 0 ? "default" : "none");
    reb_json_key(w, "without_finite_optimum");
    reb_json_arr(w);
    for (int i = 0; i < REB_NBD_PARAMS; i++)
        if ((fit->at_boundary >> i & 1) != 0) reb_json_str(w, reb_nbd_param_name(job->model, i));
    reb_json_arr_end(w);
    reb_json_kf64(w, "customers", fit->customers);
    reb_json_kf64(w, "repeat_buyers", fit->repeaters);
    reb_json_ki64(w, "bad_rows", (int64_t)fit->bad_rows);
    reb_json_ki64(w, "evaluations", fit->evaluations);
}

static void tell_fit(const reb_cli *cli, const model_job *job) {
    const reb_fit *fit = &job->fit;
    fprintf(cli->out, "%s: %s, log-likelihood %.6f, %.0f customers, %.0f of them repeat buyers\n", reb_nbd_model_name(job->model),
            reb_fit_status_name(fit->status), fit->log_likelihood, fit->customers, fit->repeaters);
    for (int i = 0; i < REB_NBD_PARAMS; i++) {
        fprintf(cli->out, "  %-6s %12.6g", reb_nbd_param_name(job->model, i), fit->params[i]);
        if (fit->se[i] > 0.0) fprintf(cli->out, "  standard error %.4g", fit->se[i]);
        fprintf(cli->out, "%s\n", (fit->at_boundary >> i & 1) != 0 ? "  (the likelihood still rises that way)" : "");
    }
    if (fit->bad_rows > 0) fprintf(cli->out, "  %zu rows are no histories and were left out\n", fit->bad_rows);
}

static reb_status run_fit(model_job *job, reb_cli *cli, reb_err *err) {
    if (reb_cli_value(cli, "--params") != NULL) return reb_fail(err, REB_E_USAGE, "A fit finds the parameters; --params is for score.");
    reb_status st = read_file(job, cli->args[1], err);
    if (st == REB_OK) find_grid(job);
    if (st == REB_OK) st = fit_rows(job, cli, err);
    if (st != REB_OK) return st;
    if (!cli->json) {
        tell_fit(cli, job);
        return REB_OK;
    }
    reb_buf out = {0};
    reb_json w = {.out = &out};
    reb_json_obj(&w);
    reb_json_kstr(&w, "model", reb_nbd_model_name(job->model));
    write_fit(&w, job);
    reb_json_obj_end(&w);
    reb_cli_document(cli, &out);
    return REB_OK;
}

/* One score; a row that is no history has nulls (and, in the table, empty places). */
static void write_score(reb_buf *out, const reb_cli *cli, const reb_nbd_row *row, const reb_score *score, bool good, bool first) {
    reb_json w = {.out = out};
    if (!cli->json) {
        reb_buf_printf(out, "%.15g,%.15g,%.15g,", row->x, row->t_x, row->T);
        if (good) reb_buf_printf(out, "%.10g,%.10g,%.10g", score->p_alive, score->expected, score->dert);
        reb_buf_str(out, good ? "\n" : ",,\n");
        return;
    }
    if (!first) reb_buf_char(out, ',');
    reb_json_obj(&w);
    reb_json_kf64(&w, "x", row->x);
    reb_json_kf64(&w, "t_x", row->t_x);
    reb_json_kf64(&w, "T", row->T);
    reb_json_key(&w, "p_alive");
    good ? reb_json_f64(&w, score->p_alive) : reb_json_null(&w);
    reb_json_key(&w, "expected");
    good ? reb_json_f64(&w, score->expected) : reb_json_null(&w);
    reb_json_key(&w, "dert");
    good ? reb_json_f64(&w, score->dert) : reb_json_null(&w);
    reb_json_obj_end(&w);
}

static void write_score_head(reb_buf *out, const reb_cli *cli, const model_job *job) {
    if (!cli->json) {
        reb_buf_str(out, "x,t_x,T,p_alive,expected,dert\n");
        return;
    }
    reb_json w = {.out = out};
    reb_json_obj(&w);
    reb_json_kstr(&w, "model", reb_nbd_model_name(job->model));
    if (job->given)
        write_params(&w, "params", job, job->params);
    else
        write_fit(&w, job);
    reb_json_kf64(&w, "horizon", job->horizon);
    reb_json_kf64(&w, "discount", job->yearly);
    reb_json_key(&w, "rows");
    reb_buf_char(out, '[');
}

static reb_status run_score(model_job *job, reb_cli *cli, reb_err *err) {
    double delta = 0.0;
    size_t bad = 0;
    reb_buf out = {0};
    reb_score *scores = NULL;
    unsigned char *state = NULL;
    reb_status st = read_params(job, cli, err);
    if (st == REB_OK) st = read_file(job, cli->args[1], err);
    if (st != REB_OK) goto done;
    find_grid(job);
    if (!job->given) st = fit_rows(job, cli, err);
    if (st != REB_OK) goto done;
    scores = malloc(job->n * sizeof *scores);
    state = malloc(job->n);
    if (scores == NULL || state == NULL) {
        st = reb_fail(err, REB_E_MEMORY, "There is not enough memory for %zu scores.", job->n);
        goto done;
    }
    st = make_work(job, reb_nbd_score_work_size(job->model, job->rows, job->n, job->per_unit), err);
    if (st != REB_OK) goto done;
    reb_discount_rate(&delta, job->yearly, 365.25 / job->unit_days);
    reb_num_status rc = reb_nbd_score(scores, state, &bad, job->model, job->params, job->horizon, delta, job->rows, job->n, job->per_unit,
                                      job->work, job->work_size);
    if (rc != REB_NUM_OK) {
        st = reb_fail(err, REB_E_INTERNAL, "Scoring ended with \"%s\".", reb_num_status_name(rc));
        goto done;
    }
    write_score_head(&out, cli, job);
    for (size_t i = 0; i < job->n; i++) {
        write_score(&out, cli, &job->rows[i], &scores[i], state[i] == REB_NUM_OK, i == 0);
        if (out.len < 1u << 16) continue;
        fputs(reb_buf_cstr(&out), cli->out);
        reb_buf_clear(&out);
    }
    if (cli->json) reb_buf_str(&out, "]}\n");
    fputs(reb_buf_cstr(&out), cli->out);
    if (out.failed) st = reb_fail(err, REB_E_MEMORY, "There is not enough memory to write the scores.");
    if (st == REB_OK && bad > 0) fprintf(cli->err, "%zu of %zu rows are no histories; they have no score.\n", bad, job->n);
done:
    reb_buf_free(&out);
    free(scores);
    free(state);
    return st;
}

static reb_status run_model(reb_cli *cli, reb_err *err) {
    model_job job = {0};
    bool fit = cli->arg_count == 2 && strcmp(cli->args[0], "fit") == 0;
    bool score = cli->arg_count == 2 && strcmp(cli->args[0], "score") == 0;
    if (!fit && !score) {
        reb_fail(err, REB_E_USAGE, "Say fit or score, and one file.");
        reb_err_next(err, "For example: rebound model fit histories.csv --model pnbd");
        return REB_E_USAGE;
    }
    reb_status st = read_model(&job, cli, err);
    if (st == REB_OK) st = number_option(&job.unit_days, cli, "--unit-days", 1.0, 1e-3, 1e4, err);
    if (st == REB_OK) st = number_option(&job.horizon, cli, "--horizon", 365.25 / job.unit_days, 0.0, REB_NUM_MAX_T, err);
    if (st == REB_OK) st = number_option(&job.yearly, cli, "--discount", 0.1, 1e-6, 100.0, err);
    if (st == REB_OK) st = fit ? run_fit(&job, cli, err) : run_score(&job, cli, err);
    free(job.rows);
    free(job.work);
    return st;
}

const reb_command reb_cmd_model = {
    .name = "model",
    .args = "fit|score FILE --model NAME [options]",
    .summary = "fit a model of repeat buying to a bare table, or score its rows; needs no database",
    .details =
        "The file (CSV, TSV, XLSX, JSON) has the columns x, t_x, T and may have n: repeat purchase days, time of the last one and time\n"
        "observed, both since the first purchase, and how many customers the row stands for.\n\n"
        "fit tells the parameters, their standard errors, the log-likelihood and whether there is an optimum. score tells for each row\n"
        "the probability that the customer is still one, the purchases to expect within the horizon, and all future ones discounted.",
    .actions = "fit score",
    .options = k_options,
    .run = run_model,
};
