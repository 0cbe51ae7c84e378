/* SPDX-License-Identifier: MIT
 * `picset docs`: the committed documents that are made from the tables. For those who build picset.
 */
#include <string.h>

#include "cli.h"
#include "docs.h"
#include "image.h"

static const char *const documents[] = {"schema", "presets", "project", "manifest", NULL};

static enum status run(struct cli *cli, const void *options, const struct words *words,
                       struct error *error)
{
    (void)options;
    if (words->count == 1 && strcmp(words->list[0], documents[0]) == 0) {
        return cli_json(cli, docs_schema(cli->arena), error);
    }
    if (words->count == 1 && strcmp(words->list[0], documents[1]) == 0) {
        /* Checking a preset asks what libvips brings. */
        if (image_library_start(error) != STATUS_OK) {
            return error->status;
        }
        return docs_presets(cli->arena, &cli->out, error);
    }
    if (words->count == 1 && strcmp(words->list[0], documents[2]) == 0) {
        return cli_json(cli, docs_project_schema(cli->arena), error);
    }
    const struct value *schema =
        words->count == 1 ? docs_emitter_schema(words->list[0], cli->arena) : NULL;
    if (schema) {
        return cli_json(cli, schema, error);
    }
    cli->hint = "docs";
    return error_set(error, STATUS_USAGE, "no such document: schema, presets, project or manifest");
}

const struct command command_docs = {
    .name = "docs",
    .summary = "print a document that is made from the tables",
    .usage = "schema | presets | project | manifest",
    .text = "presets/schema.json, presets/README.md, presets/project.schema.json and "
            "presets/manifest.schema.json of picset's own source.",
    .words = WORDS_NAMED,
    .word_names = documents,
    .hidden = true,
    .run = run,
};
