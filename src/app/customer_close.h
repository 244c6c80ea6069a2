/* Whether two folded names could be one person's, written differently. Pure functions. Shared by src/app/customer*.c only. */
#ifndef REB_APP_CUSTOMER_CLOSE_H
#define REB_APP_CUSTOMER_CLOSE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum reb_closeness {
    REB_NAMES_UNKNOWN, /* one of them is missing */
    REB_NAMES_SAME,    /* the same words, in any order */
    REB_NAMES_CLOSE,   /* few letters apart, an initial for a name, or a name left out */
    REB_NAMES_DIFFERENT,
} reb_closeness;

reb_closeness reb_names_compare(const char *a_fold, const char *b_fold);

/* A number that names of two or more words share when they differ in vowels, doubled letters or the order of words only; 0 when the name
   is too short to be told by it. */
uint64_t reb_name_skeleton(const char *fold);

#endif
