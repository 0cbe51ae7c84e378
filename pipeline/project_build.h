/* SPDX-License-Identifier: MIT
 * What the files that read a project share. Not for anybody else. */
#ifndef PICSET_PROJECT_BUILD_H
#define PICSET_PROJECT_BUILD_H

#include "project.h"
#include "template.h"

enum {
    PROJECT_VARIABLES_MAX = 16,
    PROJECT_FILE_MAX = 4 << 20,   /* bytes of the project file */
    PROJECT_TABLE_MAX = 32 << 20, /* of a CSV or JSON file of rows */
    PROJECT_PROMPT_MAX = 1 << 20  /* of a prompt */
};

struct project_build {
    const struct project_settings *settings;
    struct arena *arena;
    struct error *error;
    const char *folder;
    const struct value *root, *defaults;
    struct project_image *images;
    size_t count, capacity;
};

/* One entry of `images`. */
struct entry {
    struct project_build *build;
    size_t index;
    const struct value *own;   /* as written */
    const struct value *whole; /* laid over the defaults */
    struct about *abouts;      /* tables of `about` that its cells named */
    size_t about_count, about_capacity;
};

/* One combination of an entry's matrix. */
struct cell {
    struct entry *entry;
    const struct scope *scope; /* innermost variable; NULL: none */
    const char *label;         /* " [row=…]", or "" */
    const struct value *late;  /* object: name, dir, preset; empty while they are not known */
};

/* Where a key of an entry was written: in the entry, or in the defaults. */
struct entry_place {
    struct pointer list, index, key;
};
const struct pointer *entry_at(const struct entry *entry, const char *key,
                               struct entry_place *place);

/* The path of a file that is named in the project file; NULL when memory is short. */
const char *project_path(const struct project_build *build, const char *path);

/* project_matrix.c: calls `cell` for every combination, in the order written. */
PICSET_NODISCARD enum status project_matrix(struct entry *entry,
                                            enum status (*take)(struct cell *cell));
/* A text or value with the cell's variables and words put in. */
PICSET_NODISCARD enum status cell_fill(const struct cell *cell, const struct value *value,
                                       const struct pointer *at, const struct value **out);
/* Adds to the recorded error which combination it is, and the pointer (NULL: it is there). */
enum status cell_wrong(const struct cell *cell, const struct pointer *at);

/* project_image.c: the images of one cell. */
PICSET_NODISCARD enum status project_cell(struct cell *cell);
struct project_image *project_push(struct project_build *build);

/* project_wishes.c: prompt, references and what else goes to a provider; from an object that is an
 * entry or a made input, filled in by `cell`. */
typedef const struct pointer *place_of(const void *data, const char *key,
                                       struct entry_place *place);
struct asked {
    const struct cell *cell;
    const struct value *object;
    place_of *at;
    const void *data;
};
PICSET_NODISCARD enum status project_prompt(const struct asked *asked, struct project_image *image);
PICSET_NODISCARD enum status project_wishes(const struct asked *asked, struct project_image *image);
/* The filled text of a key: NULL when it is not there or empty. */
PICSET_NODISCARD enum status asked_text(const struct asked *asked, const char *key,
                                        const char **out);

/* project_about.c */
struct about_row {
    const char *file;
    const struct value *value; /* object: alt, focus */
    bool used;
    size_t line; /* 0: not of a CSV file */
};
struct about {
    const char *path; /* as written; NULL: it stands in the entry */
    struct about_row *rows;
    size_t count;
};
/* Lays what is known of `found` over the image. */
PICSET_NODISCARD enum status about_apply(const struct cell *cell, const struct project_found *found,
                                         struct project_image *image);
/* Rows that no file took are an error. */
PICSET_NODISCARD enum status about_check_used(const struct entry *entry);
PICSET_NODISCARD enum status project_focus(const char *text, struct project_image *image,
                                           struct error *error);

/* project_links.c: ids, references between images, and in which order they can be made. */
PICSET_NODISCARD enum status project_link(struct project_build *build);

#endif
