/* SPDX-License-Identifier: MIT
 * What emitters share that look at a file of theirs which lies on disk, whoever wrote it: URLs back
 * to paths, and the faults that all can have. Knows no emitter. */
#ifndef PICSET_EMIT_LOOK_H
#define PICSET_EMIT_LOOK_H

#include "emitter.h"
#include "value.h"

/* The file's text as JSON; says that it is damaged and returns NULL where it is none. */
const struct value *look_json(const struct emit_inspection *inspection);
/* What would be written for the guessed image, as JSON; NULL when that cannot be told. */
const struct value *look_expected(const struct emit_inspection *inspection);
/* The text of a member; NULL when it is none. */
const char *look_text(const struct value *object, const char *key);

/* The file at `path`, which the inspected one calls `named`; says that it is dangling and returns
 * NULL where there is none. */
const struct emit_found *look_file(const struct emit_inspection *inspection, const char *path,
                                   const char *named);
/* The same of a URL, relative or below `base`. What lies on another host or in the URL itself is no
 * file: NULL, and nothing is said. */
const struct emit_found *look_url(const struct emit_inspection *inspection, const char *base,
                                  const char *url);

/* Is the size among those of an attribute `sizes` of icons, or do these hold "any"? */
bool look_sizes_hold(const char *sizes, int width, int height);

/* Every URL in the attributes href, src, srcset and imagesrcset and of pictures for sharing, whose
 * URLs begin with `origin` ("": none) or `base`; and what is said of type, width and size there. */
void look_markup(const struct emit_inspection *inspection, const char *base, const char *origin);
/* Every url() of a style sheet. */
void look_css(const struct emit_inspection *inspection, const char *base);
/* Every URL of the text of a srcset. */
void look_srcset(const struct emit_inspection *inspection, const char *base, const char *text,
                 size_t size);

/* Says of `found` that `what` is `stated` in the file, and what it is. */
void look_stated(const struct emit_inspection *inspection, const struct emit_found *found,
                 const char *stated, const char *is);

#endif
