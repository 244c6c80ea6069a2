/* The parameters of a model as an analyst writes them. */
#ifndef REB_CLI_MODEL_PARAMS_H
#define REB_CLI_MODEL_PARAMS_H

#include "../base/err.h"
#include "rebound.h"

/* Reads '{"r":0.55,"alpha":10.6,...}': every parameter of `model` by its name, nothing else, each within REB_NUM_MIN_PARAM and
   REB_NUM_MAX_PARAM. Errors: USAGE, with the names the model takes. */
reb_status reb_model_params_read(double out[REB_NBD_PARAMS], reb_nbd_model model, const char *text, reb_err *err);

#endif
