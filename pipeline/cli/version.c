/* SPDX-License-Identifier: MIT
 * See version.h. */
#include <string.h>

#include "image.h"
#include "machine.h"
#include "stage.h"
#include "version.h"

/* "libwebp 1.2.4\n…" as members of an object; a library that several stages name is there once. */
static struct value *library_members(struct arena *arena, const char *lines)
{
    struct value *object = value_object(arena);
    while (*lines) {
        size_t length = strcspn(lines, "\n"), name = strcspn(lines, " \n");
        const char *key = arena_slice(arena, lines, name);
        const char *text = name < length ? arena_slice(arena, lines + name + 1, length - name - 1)
                                         : arena_text(arena, "");
        object = key && text ? value_set(arena, object, key, value_text(arena, text)) : NULL;
        lines += length + (lines[length] == '\n');
    }
    return object;
}

static const char *loops_words(void)
{
    return machine_plain() ? "c: no vectors, as asked" : machine_loops();
}

enum status version_print(struct cli *cli, struct error *error)
{
    struct buffer lines = {0};
    struct arena *arena = cli->arena;
    buffer_format(&lines, "libvips %s\n", image_library_version());
    for (const struct stage *const *stage = stage_list(); *stage; stage++) {
        if ((*stage)->versions) {
            (*stage)->versions(NULL, &lines);
        }
    }
    struct value *libraries = library_members(arena, buffer_string(&lines));
    bool failed = buffer_failed(&lines);
    buffer_free(&lines);
    if (!libraries || failed) {
        return error_memory(error);
    }
    if (cli->globals.json) {
        struct value *document = cli_document(cli, "version");
        document = value_set(arena, document, "version", value_text(arena, PICSET_VERSION));
        document = value_set(arena, document, "loops", value_text(arena, machine_loops()));
        return cli_json(cli, value_set(arena, document, "libraries", libraries), error);
    }
    buffer_text(&cli->out, "picset " PICSET_VERSION "\n");
    for (size_t i = 0; i < libraries->object.count && !cli->globals.quiet; i++) {
        const struct member *member = &libraries->object.members[i];
        buffer_format(&cli->out, "%-14s %s\n", member->key, member->value->text);
    }
    if (!cli->globals.quiet) {
        buffer_format(&cli->out, "%-14s %s\n", "loops", loops_words());
    }
    return STATUS_OK;
}
