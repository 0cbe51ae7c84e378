/* SPDX-License-Identifier: MIT
 * What emitters have in common: the entries that name them, URLs, members of JSON objects. Knows no
 * emitter. */
#ifndef PICSET_EMIT_H
#define PICSET_EMIT_H

#include "emitter.h"
#include "value.h"

/* ---- Entries ---- */

/* Where a walk over the entries of one set stands; .emitter, .set and .arena are given, all else is
 * zero at first. */
struct emit_walk {
    const struct emitter *emitter;
    const struct record_set *set;
    struct arena *arena;
    size_t rendition, entry;
};

/* The next entry that names the emitter: its options into `fields`, its rendition into *out, NULL
 * after the last one. */
PICSET_NODISCARD enum status emit_next(struct emit_walk *walk, void *fields,
                                       const struct record_rendition **out, struct error *error);

/* The file's options as this set's preset asks. */
const void *emit_options(const struct emit_job *job, size_t set);

/* ---- URLs ---- */

/* The URL of a rendition as it stands in the file `from`: its data URI, below `base`, or without
 * one relative to the file. Percent-encoded; only `base` may hold what HTML or CSS must escape. */
void emit_url(struct buffer *out, const char *from, const char *base,
              const struct record_rendition *rendition);
void emit_url_path(struct buffer *out, const char *from, const char *base, const char *path);
/* The same in double quotes of HTML. */
void emit_url_html(struct buffer *out, const char *from, const char *base,
                   const struct record_rendition *rendition);
/* For an emitter's check: neither blanks nor control characters in the option `name`. */
PICSET_NODISCARD enum status emit_check_url(const char *name, const char *url, struct error *error);

/* ---- Text ---- */

/* ` name="value"`, escaped. */
void emit_attribute(struct buffer *out, const char *name, const char *value);
/* The inside of a quoted string of CSS, safe in a <style> and in url() too. */
void emit_css_text(struct buffer *out, const char *text);
/* "#rrggbb", or "#rrggbbaa" where it is not opaque; "" for COLOUR_NONE, "transparent". */
void emit_colour(struct buffer *out, const struct colour *colour);
/* The text that the buffer holds, in the arena; frees it. NULL when memory is or was short. */
const char *emit_kept(struct arena *arena, struct buffer *buffer);

/* ---- JSON: NULL in gives NULL out, and so does short memory ---- */

/* Without `text` nothing is added. What is no UTF-8 is shown as \xNN. */
struct value *emit_put_text(struct arena *arena, struct value *object, const char *key,
                            const char *text);
/* As above, and nothing for "" either. */
struct value *emit_put_given(struct arena *arena, struct value *object, const char *key,
                             const char *text);
struct value *emit_put_int(struct arena *arena, struct value *object, const char *key,
                           int64_t number);
struct value *emit_put_true(struct arena *arena, struct value *object, const char *key,
                            bool present);
/* Writes the document, indented, or fails; `document` NULL is short memory. */
PICSET_NODISCARD enum status emit_json(struct buffer *out, const struct value *document,
                                       struct error *error);

#endif
