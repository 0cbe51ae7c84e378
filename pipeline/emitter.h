/* SPDX-License-Identifier: MIT
 * For emitter authors: turns records into a file for a platform. One `const struct emitter` per
 * kind, in one file of stages/emit/, and one line of stages/emitters.def. From the records alone:
 * no pixels, no files. */
#ifndef PICSET_EMITTER_H
#define PICSET_EMITTER_H

#include "buffer.h"
#include "option.h"
#include "record.h"

struct emit_job {
    const char *path;    /* of the emitted file, below the output folder */
    const char *preset;  /* the preset that asked for it */
    const void *options; /* the file's, parsed by file_options */
    const struct record_set *const
        *sets; /* one, or several when `gathers`; by source path, then preset */
    size_t set_count;
};

struct emitter {
    const char *name, *summary;
    unsigned version;
    bool gathers;             /* may join several presets and images in one file */
    bool takes_all;           /* takes every output (manifest); otherwise those that name it */
    const char *default_path; /* template for `path` when not given */
    const struct option *file_options; /* must have "path" as its first row */
    size_t file_size;
    const struct option *entry_options; /* of one output's entry; NULL: none */
    size_t entry_size;
    enum status (*check)(const void *file_options, struct error *error); /* may be NULL */
    enum status (*emit)(const struct emit_job *job, struct buffer *out, struct error *error);
};

const struct emitter *const *emitter_list(void); /* ended by NULL */
const struct emitter *emitter_find(const char *name);

#endif
