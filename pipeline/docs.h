/* SPDX-License-Identifier: MIT
 * Documents read off the tables, so that they cannot be wrong: the JSON Schema of preset files, the
 * pages of presets and stages, and what a preset makes in few words. */
#ifndef PICSET_DOCS_H
#define PICSET_DOCS_H

#include "buffer.h"
#include "preset.h"

/* One output of a recipe: all cells of its matrix together. */
struct docs_output {
    const char *preset, *output; /* the preset that declares it; its id or index */
    size_t cells;
    const char *first, *last; /* cells in words: "step=320 codec=avif"; "" without a matrix */
    const char *stages;       /* "orient, colour, resize, encode" */
    const char *path;         /* of the first cell; NULL: inlined */
};

PICSET_NODISCARD enum status docs_outputs(const struct recipe *recipe, struct arena *arena,
                                          struct docs_output **out, size_t *count,
                                          struct error *error);
/* A parameter's value as a person writes it: text without quotes, a blank after each comma. */
void docs_value(struct buffer *out, const struct value *value);
/* "21 files: step=320 codec=avif to step=3840 codec=jpeg". */
void docs_cells(struct buffer *out, const struct docs_output *output);
/* Command lines that show the preset, each ended by a newline after `indent`: on one image, and
 * with all its named inputs. `asked`: the preset's name or path. The image is an icon where no
 * output may be a JPEG. */
void docs_example(struct buffer *out, const char *asked, const struct preset *preset,
                  const struct recipe *recipe, struct arena *arena, const char *indent);
/* The emitted file's path, its ${…} as written. */
const char *docs_emit_path(const struct emit_line *emit);

/* $defs of a schema with options in it: what "#/$defs/template" means. NULL when memory is short.
 */
struct value *docs_definitions(struct arena *arena);
/* presets/schema.json: JSON Schema 2020-12. NULL when memory is short. */
const struct value *docs_schema(struct arena *arena);
/* presets/project.schema.json, of picset.json. */
const struct value *docs_project_schema(struct arena *arena);
/* Of the file that the emitter of this name writes, such as presets/manifest.schema.json. NULL when
 * none is published, or memory is short. */
const struct value *docs_emitter_schema(const char *emitter, struct arena *arena);
/* presets/README.md: a page per built-in preset, then every key, stage and emitter. */
PICSET_NODISCARD enum status docs_presets(struct arena *arena, struct buffer *out,
                                          struct error *error);

#endif
