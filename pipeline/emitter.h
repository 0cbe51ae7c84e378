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
    const char *path;                     /* of the emitted file, below the output folder */
    const char *preset;                   /* the preset that asked for it */
    const void *options;                  /* the file's, parsed by file_options */
    const struct record_set *const *sets; /* one, or several when `gathers`; by source path, then
                                             preset; each holds only what the file may take */
    const void *const *set_options; /* the file's as each set's preset asks; NULL: all `options` */
    size_t set_count;
};

/* What can be wrong with a file that lies where an emitter would write one, whoever wrote it. */
enum emit_fault {
    EMIT_DAMAGED,  /* it cannot be read */
    EMIT_DANGLING, /* it names a file that is not there */
    EMIT_UNNAMED,  /* a file that it should name */
    EMIT_STATED    /* what it says of a file is not so */
};

struct emit_found { /* a file beside it, looked into */
    const char *path;
    enum format format; /* NONE: no image */
    int width, height;  /* px; 0: not known */
};

struct emit_inspection {
    const char *path;    /* below the output folder, as all paths here */
    const char *preset;  /* that the check is for */
    const void *options; /* of the file */
    const char *text;    /* ends in NUL */
    size_t size;
    struct arena *arena;
    void *engine;
    /* NULL: there is none. */
    const struct emit_found *(*look)(const struct emit_inspection *inspection, const char *path);
    /* The files in `folder` ("" or ending in '/') and not below it, or all of them (NULL); ended by
     * NULL, none when memory is short. */
    const char *const *(*list)(const struct emit_inspection *inspection, const char *folder);
    /* What the emitter itself would write here, of an image guessed from what was found; NULL when
     * that cannot be told. */
    const char *(*expected)(const struct emit_inspection *inspection);
    /* The file at `path` is of a generated image. */
    void (*generated)(const struct emit_inspection *inspection, const char *path);
    /* `about` is the file that it concerns: what is wrong with it otherwise is said once. A
     * text that is NULL says that memory is short. */
    void (*fault)(const struct emit_inspection *inspection, enum emit_fault fault,
                  const char *about, const char *wrong, const char *allowed);
};

struct emitter {
    const char *name, *summary;
    unsigned version;
    bool gathers;   /* may join several presets and images in one file */
    bool one_image; /* …, but only the presets of one image */
    bool takes_all; /* takes every output (manifest); otherwise those that name it. An included
                       preset's without a path gives way to the including one's */
    const char *default_path; /* template for `path` when not given; with `places` only words */
    const struct option *file_options; /* "path" is its first row, unless it has `places` */
    size_t file_size;
    const struct option *entry_options; /* of one output's entry; NULL: none */
    size_t entry_size;
    enum status (*check)(const void *file_options, struct error *error); /* may be NULL */
    /* An entry that the file cannot take as its options are; may be NULL. */
    enum status (*check_entry)(const void *file_options, const void *entry_options,
                               struct error *error);
    /* Makes several files that have their places beside those of its entries: all of them, from the
     * planned paths of one set; `emit` is called once for each. NULL: one file at `path`. */
    enum status (*places)(const char *const *paths, size_t count, struct arena *arena,
                          const char *const **out, size_t *out_count, struct error *error);
    enum status (*emit)(const struct emit_job *job, struct buffer *out, struct error *error);
    const struct value *(*schema)(
        struct arena *arena); /* JSON Schema of the file; NULL: none is published */
    /* What is most likely wrong with options that could be meant, in words; NULL: nothing. */
    const char *(*doubt)(const struct value *options, struct arena *arena); /* may be NULL */
    bool needed; /* tools of the platform read it: a set without it is not whole */
    /* Files of this name may call those beside them as they like; NULL: no such emitter. */
    const char *names_in;
    /* What such a text calls the file that an output with this entry makes; NULL: nothing. Fails
     * only where memory is short. */
    enum status (*called)(const char *text, size_t size, const struct value *entry,
                          struct arena *arena, const char **out, struct error *error);
    /* Does what the file says hold? Fails only where memory is short; NULL: it says nothing that
     * could be held against files. */
    enum status (*inspect)(const struct emit_inspection *inspection, struct error *error);
};

/* A set as the gallery shows it. */
struct gallery_set {
    const struct record_set *set; /* NULL: `told` */
    const struct value *told;     /* a set of a manifest: an object with a list of renditions */
    const char *folder;           /* of its files, seen from the page: "", "web/", "../img/" */
};

struct gallery {
    const char *title;
    const struct gallery_set *sets; /* those of one source need not stand together */
    size_t set_count;
};

/* One HTML page for people, which needs nothing but the renditions. No emitter: it tells of times,
 * too, so that the same sets need not give the same bytes. */
PICSET_NODISCARD enum status gallery_page(const struct gallery *gallery, struct buffer *out,
                                          struct error *error);
/* Do these first bytes of a file say that gallery_page made it? */
bool gallery_is_ours(const char *bytes, size_t size);

const struct emitter *const *emitter_list(void); /* ended by NULL */
const struct emitter *emitter_find(const char *name);

#endif
