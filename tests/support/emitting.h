/* SPDX-License-Identifier: MIT
 * Emitters under test: sets made by hand, the text that comes out, and whether it is what it says
 * it is.
 *
 *   struct emitting emitting = emitting_make("css", "images.css");
 *   emitting_set(&emitting, "hero", "{'base': '/img'}");      with options of its own, or NULL
 *   emitting_add(&emitting, "a.webp", FORMAT_WEBP, 8, 8, "{'density': 2}");
 *   assert_emitted(&emitting, "{}", "…");                    and ends it */
#ifndef PICSET_TEST_EMITTING_H
#define PICSET_TEST_EMITTING_H

#include "support.h"

#include "emitter.h"

enum { EMITTING_SETS = 4, EMITTING_MOST = 48 };

struct emitting {
    struct arena *arena;
    const struct emitter *emitter;
    const char *path;
    struct record_set sets[EMITTING_SETS];
    const char *options[EMITTING_SETS];
    size_t set_count;
    struct record_rendition renditions[EMITTING_SETS][EMITTING_MOST];
    struct record_entry entries[EMITTING_SETS][EMITTING_MOST];
};

struct emitting emitting_make(const char *emitter, const char *path);
struct record_set *emitting_set(struct emitting *emitting, const char *name, const char *options);
/* To the last set; `path` NULL: inline, give it a data_uri. */
struct record_rendition *emitting_add(struct emitting *emitting, const char *path,
                                      enum format format, int width, int height, const char *entry);
void emitting_end(struct emitting *emitting);

/* Parses, checks and emits. `options`: of the file, JSON with ' for ". */
PICSET_NODISCARD enum status emitting_run(struct emitting *emitting, const char *options,
                                          struct buffer *out, struct error *error);

#define assert_emitted(emitting_, options_, text_)                                                 \
    emitting_text((emitting_), (options_), (text_), __FILE__, __LINE__)
#define assert_not_emitted(emitting_, options_, text_)                                             \
    emitting_error((emitting_), (options_), (text_), __FILE__, __LINE__)
void emitting_text(struct emitting *emitting, const char *options, const char *text,
                   const char *file, int line);
void emitting_error(struct emitting *emitting, const char *options, const char *text,
                    const char *file, int line);
/* Emits with every allocation failing once; ends it. */
void emitting_short_of_memory(struct emitting *emitting, const char *options);

/* What the emitter finds wrong with a file of its kind, a line each: "dangling names 'b.webp'; that
 * file is not there". `there`: the paths that lie there, as one text, blanks between and around. */
void emitting_inspect(const char *emitter, const char *options, const char *path, const char *text,
                      const char *there, struct buffer *out);

/* Fails the test unless the text is well-formed: XML, or HTML of void elements only. */
void assert_xml(const char *text);
void assert_void_html(const char *text);

#endif
