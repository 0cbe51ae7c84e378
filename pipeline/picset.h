/* SPDX-License-Identifier: MIT
 * picset: one image in, every platform's whole image set out.
 *
 * The public interface of libpicset. C17 and C++. Every function may be called from any thread;
 * one picset_render at a time per struct picset. Text is UTF-8 and ends in NUL. What a function
 * returns through its last-but-one pointer belongs to the caller; arguments are borrowed for the
 * call. On failure outputs are untouched and *error says what, where and which value. */
#ifndef PICSET_H
#define PICSET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PICSET_API __attribute__((visibility("default")))
#else
#define PICSET_API
#endif

/* The same numbers as the program's exit codes. More may come. */
enum picset_status {
    PICSET_OK = 0,
    PICSET_FAILED = 1,      /* input/output, memory, a library */
    PICSET_USAGE = 2,       /* an argument or a preset is wrong */
    PICSET_MISSING = 3,     /* an input is not there */
    PICSET_UNSUPPORTED = 4, /* a format or codec is missing */
    PICSET_REFUSED = 5,     /* a limit, an overwrite, a bad image */
    PICSET_PARTIAL = 6      /* some images failed, the others were made */
};

/* Belongs to the caller; set `size` to sizeof(struct picset_error) before the call. */
struct picset_error {
    size_t size;
    enum picset_status status;
    char message[2048]; /* "presets/web.json: /outputs/0: …": one line, no newline at its end */
};

/* Settings of a context. Set `size` first; zero elsewhere means the default. */
struct picset_settings {
    size_t size;
    int jobs;                    /* threads, 1..1024; 0: one per usable core */
    int64_t memory;              /* bytes of pixels in flight; 0: half of the machine's */
    const char *preset_folder;   /* searched before the built-in presets; NULL: none */
    int64_t source_bytes_limit;  /* bytes of one source; 0: 100 MiB */
    int64_t source_pixels_limit; /* width * height * frames; 0: 100 million */
};

struct picset; /* a context: settings and loaded presets */

/* One finished file. Borrowed for the call of the receiver. */
struct picset_file {
    size_t size;      /* of this struct */
    const char *path; /* as the preset names it, '/' between; never absolute, never with ".." */
    const char *mime; /* "image/webp", "text/html", … */
    const void *bytes;
    size_t byte_count;
    int width, height; /* px; 0 for emitted text files */
    const char
        *image; /* the name given to picset_render; NULL for a file that several images share */
};

/* Returns 0 to go on; anything else ends the run with PICSET_FAILED. Called from any thread, one
 * call at a time. */
typedef int picset_receive(void *data, const struct picset_file *file);

/* An image in memory. Set `size` first. */
struct picset_image {
    size_t size;
    const char *name;  /* ${name} in paths; not NULL */
    const void *bytes; /* a whole JPEG, PNG, WebP, GIF or AVIF file */
    size_t byte_count;
    const char *alt;         /* alt text; NULL: none */
    double focus_x, focus_y; /* point of interest, fraction of the upright image; both 0: unknown */
};

/* The version of the library that is linked: "0.1.0". Static. */
PICSET_API const char *picset_version(void);
/* "8.18.7 prebuilt": libvips' version and where it comes from. Static. */
PICSET_API const char *picset_libvips_version(void);

/* settings may be NULL. Release with picset_close. */
PICSET_API enum picset_status picset_open(const struct picset_settings *settings,
                                          struct picset **out, struct picset_error *error);
PICSET_API void picset_close(struct picset *picset); /* NULL is fine */

/* Makes the sets of images by presets, in memory: every file goes to receive. `presets` are names
 * of built-in or folder presets, or paths of preset files. `changes` are assignments
 * "PRESET.PARAM=VALUE"; NULL ends both lists; changes may be NULL. One bad image does not harm the
 * others: PICSET_PARTIAL, and error tells of the first. */
PICSET_API enum picset_status picset_render(struct picset *picset, const char *const *presets,
                                            const char *const *changes,
                                            const struct picset_image *images, size_t image_count,
                                            picset_receive *receive, void *data,
                                            struct picset_error *error);

/* The plan as JSON text, as `picset plan --json` prints it; free with picset_free. */
PICSET_API enum picset_status picset_plan(struct picset *picset, const char *const *presets,
                                          const char *const *changes,
                                          const struct picset_image *images, size_t image_count,
                                          char **out, struct picset_error *error);
PICSET_API void picset_free(void *block); /* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
