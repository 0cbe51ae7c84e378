/* SPDX-License-Identifier: MIT
 * The options of the commands that make images from prompts and from projects: generate, build and
 * plan share one struct and its tables. */
#ifndef PICSET_CLI_MAKE_OPTIONS_H
#define PICSET_CLI_MAKE_OPTIONS_H

#include "request.h"

struct generation_options { /* whom to ask, and how much of it */
    const char *provider, *model, *base_url, *key_file;
    double max_cost; /* US dollars; < 0: no bound */
    int max_images;  /* < 0: no bound */
    int concurrency; /* 0: the provider's */
    bool repeat_unknown;
    const char *log;
    bool log_prompts, record_prompts;
    const char *listen, *callback_url, *callback_key_file;
};

struct prompt_options { /* what to ask for */
    struct texts prompt, prompt_file, reference;
    const char *aspect, *size, *format, *thinking, *seed;
    bool grounding;
    bool list_models;
};

struct make_options { /* request first: the tables of request_options serve as well */
    struct request_options request;
    struct generation_options generation;
    struct prompt_options prompt;
    const char *project; /* picset.json, or another */
};

extern const struct option prompt_options[], set_options[], generation_options[], project_options[];
extern const struct option_set build_sets[], generate_sets[], plan_sets[];

#endif
