/* What the jobs about files do. Internal to this room: job_kinds.c has the table. */
#ifndef REB_APP_IMPORT_JOBS_H
#define REB_APP_IMPORT_JOBS_H

#include "job_run.h"

/* Parameters, all in one object: path, name, upload, plan (ImportPlan) or map, source, encoding, rejects, fit (bool), remember (name). */
reb_status reb_job_import(reb_job_task *t, reb_err *err);
void reb_job_import_ended(const cJSON *params, reb_job_state state);
reb_status reb_job_import_check(reb_job_task *t, reb_err *err);
reb_status reb_job_import_undo(reb_job_task *t, reb_err *err); /* batch_id */
/* rejects, plan, rows (MendRow), name, mends (job id), fit. */
reb_status reb_job_import_mend(reb_job_task *t, reb_err *err);

#endif
