/* What each kind of job does. */
#include "job_run.h"

const reb_job_kind reb_job_kinds[] = {
    {.name = NULL},
};
