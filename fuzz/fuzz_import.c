/* A mapping (up to a line "---", may be missing) and a file: recognised, scanned, put together; nothing is stored. What comes out must
   hang together: lines within the chunk, persons with keys, texts that are UTF-8. */
#include "../src/app/import_build.h"
#include "../src/text/utf8.h"

#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *s) {
    if (s != NULL && !reb_utf8_valid(s, strlen(s), NULL)) abort();
}

static void check(const reb_ingest_chunk *c) {
    for (size_t i = 0; i < c->n_persons; i++) {
        const reb_ingest_person *p = &c->persons[i];
        if (p->n_keys == 0 || p->keys[0].kind == REB_KEY_NAME) abort();
        for (size_t k = 0; k < p->n_keys; k++) check_text(p->keys[k].value), check_text(p->keys[k].shown);
        for (size_t k = 0; k < p->n_facts; k++) check_text(p->facts[k].value);
    }
    for (size_t i = 0; i < c->n_events; i++) {
        const reb_ingest_event *e = &c->events[i];
        if (e->person >= c->n_persons || e->first_line + e->n_lines > c->n_lines || e->ext_id[0] == '\0') abort();
        check_text(e->ext_id);
        check_text(e->data);
        check_text(e->kind);
        for (size_t k = 0; k < e->n_lines; k++) check_text(c->lines[e->first_line + k].name), check_text(c->lines[e->first_line + k].sku);
    }
}

static void build(reb_plan *p, reb_sheet *s) {
    reb_builder *b = NULL;
    const reb_sheet_record *rec = NULL;
    if (reb_builder_open(&b, p, reb_sheet_get_info(s), "EUR", INT64_C(1790000000000000), NULL) != REB_OK) abort();
    for (;;) {
        reb_err err = {0};
        if (reb_sheet_next(&rec, s, &err) != REB_OK) break;
        reb_status st = reb_builder_row(b, rec, &err);
        if (st != REB_OK && st != REB_E_MEMORY) abort();
        if (rec == NULL) break;
    }
    reb_ingest_chunk c;
    const reb_reject_row *rejects = NULL;
    size_t n = 0;
    if (reb_builder_take(&c, &rejects, &n, b, NULL) == REB_OK) check(&c);
    reb_builder_close(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reb_arena arena = {0};
    reb_map map = {0};
    static reb_zone *zone; /* opened once: it is read from ICU's tables */
    reb_sheet *s = NULL;
    const char *file = (const char *)data;
    size_t len = size;
    bool mapped = false;
    const char *cut = size > 4 ? memmem(data, size, "\n---\n", 5) : NULL;
    if (cut != NULL) {
        size_t n = (size_t)(cut - file);
        cJSON *data_map = file[0] == '{' ? cJSON_ParseWithLength(file, n) : NULL;
        mapped = data_map != NULL ? reb_map_from_json(&map, data_map, &arena, NULL) == REB_OK
                                  : reb_map_parse(&map, "map", file, n, &arena, NULL) == REB_OK;
        cJSON_Delete(data_map);
        len = size - (size_t)(cut + 5 - file);
        file = cut + 5;
    }
    if (zone == NULL && reb_zone_open(&zone, "Europe/Athens", NULL) != REB_OK) abort();
    reb_sheet_options opt = {.delimiter = map.options.delimiter, .header = map.options.header};
    for (int turn = 0; turn < 2; turn++) {
        static reb_plan kept;
        if (reb_sheet_open_memory(&s, "fuzz", file, len, &opt, NULL) != REB_OK) break;
        const reb_sheet_info *info = reb_sheet_get_info(s);
        reb_plan *p = &kept;
        reb_status st = REB_OK;
        if (turn == 0) {
            *p = (reb_plan){.arena = &arena,
                            .n_columns = info->n_columns,
                            .business_currency = "EUR",
                            .zone = zone,
                            .business_zone = zone,
                            .utc = zone,
                            .country = "GR"};
            p->columns = reb_arena_zalloc(&arena, p->n_columns + 1, sizeof *p->columns);
            for (size_t i = 0; i < p->n_columns; i++)
                p->columns[i].name = reb_slice_of(reb_arena_strndup(&arena, info->names[i].len > 0 ? info->names[i].ptr : "-",
                                                                    info->names[i].len > 0 ? info->names[i].len : 1));
            int64_t rows = 0;
            st = reb_plan_recognise(p, info, mapped ? &map : NULL, NULL);
            if (st == REB_OK) st = reb_plan_scan(p, s, &rows, 0, NULL, NULL, NULL);
            reb_map again;
            reb_buf json = {0};
            reb_json w = {.out = &json};
            if (st == REB_OK) reb_map_to_json(&w, p, info);
            cJSON *back = st == REB_OK ? cJSON_ParseWithLength(json.data, json.len) : NULL;
            if (st == REB_OK && (back == NULL || reb_map_from_json(&again, back, &arena, NULL) == REB_E_USAGE)) abort();
            cJSON_Delete(back);
            reb_buf_free(&json);
            const char *text = reb_map_write(p, info);
            if (text != NULL && st == REB_OK && reb_map_parse(&again, "again", text, strlen(text), &arena, NULL) == REB_E_INTERNAL) abort();
        } else {
            build(p, s);
        }
        reb_sheet_close(s);
        s = NULL;
        if (st != REB_OK) break;
    }
    reb_arena_free(&arena);
    return 0;
}
