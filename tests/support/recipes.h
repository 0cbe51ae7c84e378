/* SPDX-License-Identifier: MIT
 * For tests of presets: a document as text through parse and expand, and a recipe as text to
 * compare. Knows no stage by name. */
#ifndef PICSET_TEST_RECIPES_H
#define PICSET_TEST_RECIPES_H

#include "preset.h"

/* `file` as for preset_parse; `changes` is JSON text or NULL. NULL with *error when it is refused.
 */
const struct recipe *recipe_of_text(const struct preset_library *library, const char *file,
                                    const char *text, const char *changes, struct arena *arena,
                                    struct error *error);
/* One line per rendition and per emitted file; of options what is not the default. */
const char *recipe_words(const struct recipe *recipe, struct arena *arena);
/* A whole file as text in the arena; NULL when it cannot be read. */
char *recipe_file(const char *path, struct arena *arena);

#endif
