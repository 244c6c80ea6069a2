/* How alike two complaints are, and what was usual among the like: same facts, same ruling. Pure; from 0 to 1, and shown as such.

   Complaints of one kind are alike by 0.45 to begin with; the same severity adds 0.2, the same word on safety 0.1, and the words in common
   (Jaccard's share of folded words of three letters and more, doubled, at most 1) up to 0.25. From REB_ALIKE on two count as like. A case
   whose words were erased is compared by the rest. */
#ifndef REB_RULE_LIKENESS_H
#define REB_RULE_LIKENESS_H

#include "../base/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define REB_ALIKE 0.6

typedef struct reb_word_set {
    const uint64_t *hashes; /* ascending, each once */
    int64_t count;
} reb_word_set;

/* The words of a text, folded. Empty for NULL; memory that runs out is remembered by the arena. */
reb_word_set reb_words_of(reb_arena *a, const char *text);

typedef struct reb_facts {
    const char *severity; /* "" where not said */
    bool safety;
    reb_word_set words;
} reb_facts;
double reb_alike(const reb_facts *a, const reb_facts *b);

/* For the customer (upheld, partly, goodwill) or not (not_upheld); withdrawn and duplicate are no ruling. */
typedef enum reb_ruling_side { REB_RULED_NOT, REB_RULED_FOR, REB_RULED_AGAINST } reb_ruling_side;
reb_ruling_side reb_ruling_side_of(const char *outcome);

/* What was usual: at least three like cases, two thirds of them on one side. */
typedef struct reb_usual {
    const char *outcome; /* the most frequent of that side (the first told, of equals); NULL: nothing was usual */
    reb_ruling_side side;
    int64_t count, of; /* on that side; of all */
} reb_usual;
reb_usual reb_usual_of(const char *const *outcomes, int64_t count);
/* Would this decision be against what was usual? */
bool reb_usual_differs(const reb_usual *u, const char *outcome);

#endif
