/* SPDX-License-Identifier: MIT
 * Files that lie on disk, whoever made them: their names below a folder, and what each one holds.
 * Headers are read by the stage `load`, pixels decoded to know that they are whole. Changes
 * nothing; knows no preset. */
#ifndef PICSET_FOUND_H
#define PICSET_FOUND_H

#include "stage.h"

struct found_file {
    const char *path; /* below the folder, '/' between */
    int64_t bytes;
    bool looked;        /* what follows is known */
    enum format format; /* by content; NONE: no image format that picset knows */
    bool known;         /* facts are there */
    bool decoded;       /* alpha_used of the facts is measured, the pixels are whole */
    struct facts facts; /* upright */
    bool generated;     /* an emitted file says so */
    unsigned has;       /* enum keep: what metadata it has; PROVENANCE: the label of a generated
                           image */
    char broken[256];   /* why it cannot be used; "" when it can */
    char holds[64];     /* "holds a TIFF image", when it is none that can be looked into */
};

struct found {
    const char *root;  /* as given; "" for a file given alone */
    const char *whole; /* absolute, links resolved */
    struct arena *arena;
    const struct limits *limits;
    struct found_file *files; /* by path */
    size_t count, capacity;
};

/* Every plain file below the folder; hidden ones, node_modules and folders behind links left out.
 * Nothing is opened yet. */
PICSET_NODISCARD enum status found_folder(const char *path, const struct limits *limits,
                                          struct arena *arena, struct found *out,
                                          struct error *error);
/* One file as if it lay alone in its folder; its path is its name. */
PICSET_NODISCARD enum status found_alone(const char *path, const struct limits *limits,
                                         struct arena *arena, struct found *out,
                                         struct error *error);
struct found_file *found_find(const struct found *found, const char *path);
/* "ROOT/PATH" in the arena. */
const char *found_path(const struct found *found, const char *path);

/* Looks into these, on so many threads. */
PICSET_NODISCARD enum status found_look(const struct found *found, struct found_file *const *files,
                                        size_t count, int threads, struct error *error);
/* The bytes of one; free with source_release. */
PICSET_NODISCARD enum status found_read(const struct found *found, const struct found_file *file,
                                        struct source *out, struct error *error);

#endif
