/* SPDX-License-Identifier: MIT
 * From the words of a command line to a list of files: files, folders, patterns, lists of files,
 * standard input. Reads folders; opens no image. */
#ifndef PICSET_CLI_INPUTS_H
#define PICSET_CLI_INPUTS_H

#include "arena.h"

struct input {
    const char *path; /* as a person would write it: for messages and for opening; "-" */
    const char *name; /* ${name}: without folder and extension */
    const char *dir;  /* ${dir}: "" or ending in '/': the tree below a folder or a pattern */
    const char *real; /* one spelling per file */
    bool found;       /* by a walk, not named by the user */
};

struct inputs {
    struct input *list;
    size_t count, capacity;
    size_t others;   /* files in folders that do not look like images */
    size_t repeated; /* named before */
    size_t ours;     /* below the output folder, or known as our own */
};

struct inputs_request {
    const char *const *words;
    size_t count;
    bool recursive;         /* folders may be given */
    const char *files_from; /* list of files, "-" is standard input; NULL or "": none */
    bool nul;               /* the list's names end in NUL */
    const char *out;        /* output folder, may hold ${…}: what lies below it is no source */
    /* Is this file (real path) one that we made? NULL: nothing is known. */
    bool (*made)(void *data, const char *real);
    void *data;
};

/* Sorted within each folder or pattern, each file once. What the user named and is not there is
 * STATUS_MISSING; a folder without `recursive` is STATUS_USAGE. A name from files_from is passed on
 * unseen, so that a missing one fails alone. */
PICSET_NODISCARD enum status inputs_collect(const struct inputs_request *request,
                                            struct arena *arena, struct inputs *out,
                                            struct error *error);

/* Does the extension belong to an image format, be it one that we read or not? */
bool input_looks_like_image(const char *name);

#endif
