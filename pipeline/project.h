/* SPDX-License-Identifier: MIT
 * The project file picset.json: which images (files, patterns, prompts) get which presets, and
 * where to. Read into a flat list of images, matrices multiplied, tables of texts read, every
 * `${…}` put in. Knows JSON values, CSV and tables; no image, no preset's content, no provider. */
#ifndef PICSET_PROJECT_H
#define PICSET_PROJECT_H

#include "option.h"

enum { PROJECT_IMAGES_MAX = 100000 };

struct project_preset {
    const char *name;            /* as preset_read takes it; paths begin at the project's folder */
    const struct value *changes; /* as recipe_expand takes them; NULL: none */
    const char *place;           /* "picset.json: /images/0/presets/1", for messages */
};

struct project_reference { /* an image that a prompt keeps to: one of the three */
    const char *path;
    const char *url;
    const char *id; /* of the project's image `image` */
    size_t image;
};

struct project_made_input { /* a named input that is made from a prompt of its own */
    const char *name;
    size_t image;
};

/* What to ask of a provider besides the prompt. NULL and false: its default. */
struct project_wishes {
    const char *aspect, *size, *format, *thinking;
    bool grounding, seed_given;
    int64_t seed;
};

struct project_image {
    const char *id;         /* unique among those that were given one; else the file's path */
    const char *name, *dir; /* ${name}, ${dir} of the set */
    const char *source;     /* file; NULL: made from the prompt */
    const char *prompt;
    struct project_wishes wishes;
    const struct project_reference *references;
    size_t reference_count;
    const struct project_preset *presets;
    size_t preset_count;
    const struct value *inputs; /* object: name → path or "#colour"; NULL: none */
    const struct project_made_input *made_inputs;
    size_t made_input_count;
    const char *alt; /* NULL: unknown */
    bool focus_given;
    double focus_x, focus_y;
    const char *out; /* folder; may hold ${preset} */
    bool id_given;
    bool part;         /* a made input of another image: no set of its own */
    size_t level;      /* 0: waits for none; n: for images of level n - 1 and below */
    const char *place; /* "/images/3", for messages … */
    const char *label; /* … and " [row.scene=market]", or "" */
};

struct project_provider { /* NULL: not said */
    const char *name, *model, *base_url, *upload_url;
    const struct value *fields; /* changes of the model's table: see model_changed */
};

struct project {
    const char *file, *folder; /* folder: "" or ending in '/'; NULL: no file */
    struct project_provider provider;
    double cost_max; /* US dollars; < 0: no bound */
    int images_max;  /* < 0: no bound */
    const struct project_image *images;
    size_t image_count;
};

struct project_found {
    const char *path, *name, *dir; /* name and dir as ${name} and ${dir} */
};

struct project_settings {
    const char *file; /* path of the project file */
    /* The files that a path or a pattern names, sorted; none is STATUS_MISSING. */
    enum status (*find)(void *data, const char *pattern, struct arena *arena,
                        const struct project_found **out, size_t *count, struct error *error);
    void *data;
};

/* Everything that can be known without presets, providers and pixels is checked here: keys, types,
 * names, ids, circles of references, files that must be there. */
PICSET_NODISCARD enum status project_read(const struct project_settings *settings,
                                          struct arena *arena, const struct project **out,
                                          struct error *error);
/* The same of text in memory; settings->file is for messages and says where paths begin. */
PICSET_NODISCARD enum status project_parse(const struct project_settings *settings,
                                           const char *text, size_t size, struct arena *arena,
                                           const struct project **out, struct error *error);

/* A whole text file of at most `limit` bytes; messages are predicates ("is no plain file"). */
PICSET_NODISCARD enum status project_file_read(const char *path, size_t limit, struct buffer *out,
                                               struct error *error);

#endif
