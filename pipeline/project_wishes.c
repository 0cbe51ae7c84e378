/* SPDX-License-Identifier: MIT
 * What a provider is asked: the prompt, the images it keeps to, aspect, size and the like. */
#include <string.h>
#include <unistd.h>

#include "preset_shape.h"
#include "project_build.h"
#include "suggest.h"
#include "text.h"

enum { REFERENCES_MAX = 64 }; /* the model's own bound is checked against its table */

static struct project_build *build_of(const struct asked *asked)
{
    return asked->cell->entry->build;
}

/* The filled value of a key, NULL when it is not there; *at is where it was written. */
static enum status asked_value(const struct asked *asked, const char *key,
                               struct entry_place *place, const struct pointer **at,
                               const struct value **out)
{
    const struct value *value = value_get(asked->object, key);
    *out = NULL;
    *at = value ? asked->at(asked->data, key, place) : NULL;
    return value ? cell_fill(asked->cell, value, *at, out) : STATUS_OK;
}

static enum status wrong_type(const struct asked *asked, const char *key, const struct value *value,
                              const char *wanted, const struct pointer *at)
{
    suggest_wrong(build_of(asked)->error, key, value, wanted);
    return cell_wrong(asked->cell, at);
}

enum status asked_text(const struct asked *asked, const char *key, const char **out)
{
    struct entry_place place;
    const struct pointer *at;
    const struct value *value;
    *out = NULL;
    if (asked_value(asked, key, &place, &at, &value) != STATUS_OK) {
        return build_of(asked)->error->status;
    }
    if (value && value->type != VALUE_TEXT) {
        /* A number from a JSON row is as good as its text. */
        struct buffer words = {.limit = 4096};
        bool plain = value_words(&words, value);
        const char *text = plain ? arena_text(build_of(asked)->arena, buffer_string(&words)) : NULL;
        buffer_free(&words);
        if (!plain) {
            return wrong_type(asked, key, value, "a text", at);
        }
        *out = text;
        return text ? STATUS_OK : error_memory(build_of(asked)->error);
    }
    *out = value && *value->text ? value->text : NULL;
    return STATUS_OK;
}

/* ---- The prompt ----------------------------------------------------------------------------- */

static enum status prompt_read(const struct asked *asked, const char *name,
                               const struct pointer *at, const char **out)
{
    struct project_build *build = build_of(asked);
    struct buffer text = {.limit = PROJECT_PROMPT_MAX + 64 * 1024};
    const char *path = project_path(build, name);
    if (!path) {
        return error_memory(build->error);
    }
    enum status status = project_file_read(path, PROJECT_PROMPT_MAX, &text, build->error);
    if (status == STATUS_OK && (!text_is_utf8(buffer_string(&text), text.size) ||
                                memchr(buffer_string(&text), '\0', text.size))) {
        status = error_set(build->error, STATUS_USAGE, "is no UTF-8 text");
    }
    const char *start = buffer_string(&text);
    start += status == STATUS_OK && strncmp(start, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    size_t size = strlen(start);
    while (size > 0 && strchr("\r\n\t ", start[size - 1])) {
        size--;
    }
    const char *kept = arena_slice(build->arena, start, size);
    const struct value *filled = value_text(build->arena, kept ? kept : "");
    buffer_free(&text);
    if (status == STATUS_OK && (!kept || !filled)) {
        return error_memory(build->error);
    }
    if (status == STATUS_OK) {
        status = cell_fill(asked->cell, filled, NULL, &filled);
    }
    if (status == STATUS_OK && filled->type != VALUE_TEXT) {
        status = error_set(build->error, STATUS_USAGE, "becomes %s, and must be a text",
                           value_type_name(filled->type));
    }
    if (status != STATUS_OK) {
        error_at(build->error, "%s", path);
        return error_at_pointer(build->error, at);
    }
    *out = filled->text;
    return STATUS_OK;
}

enum status project_prompt(const struct asked *asked, struct project_image *image)
{
    struct entry_place place;
    const char *file = NULL;
    const char *key = value_get(asked->object, "prompt") ? "prompt" : "prompt-file";
    enum status status = asked_text(asked, "prompt", &image->prompt);
    if (status == STATUS_OK && strcmp(key, "prompt") != 0) {
        status = asked_text(asked, key, &file);
    }
    if (status == STATUS_OK && file) {
        status = prompt_read(asked, file, asked->at(asked->data, key, &place), &image->prompt);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (!image->prompt || !image->prompt[strspn(image->prompt, " \t\r\n")]) {
        error_set(build_of(asked)->error, STATUS_USAGE, "the prompt is empty");
        return cell_wrong(asked->cell, asked->at(asked->data, key, &place));
    }
    return STATUS_OK;
}

/* ---- References ----------------------------------------------------------------------------- */

static enum status reference_parse(const struct asked *asked, const struct value *value,
                                   const struct pointer *at, struct project_reference *out)
{
    struct project_build *build = build_of(asked);
    if (value->type != VALUE_TEXT || !*value->text) {
        return wrong_type(asked, "references", value,
                          "a path, a URL or \"id:NAME\" of an image of this file", at);
    }
    *out = (struct project_reference){0};
    if (text_starts(value->text, "id:")) {
        out->id = value->text + 3;
        return STATUS_OK;
    }
    if (text_starts(value->text, "https://") || text_starts(value->text, "http://")) {
        out->url = value->text;
        return STATUS_OK;
    }
    out->path = project_path(build, value->text);
    if (!out->path) {
        return error_memory(build->error);
    }
    if (access(out->path, F_OK) != 0) {
        error_set(build->error, STATUS_MISSING, "no such file '%s'", out->path);
        return cell_wrong(asked->cell, at);
    }
    return STATUS_OK;
}

static enum status references_parse(const struct asked *asked, struct project_image *image)
{
    struct project_build *build = build_of(asked);
    struct entry_place place;
    const struct pointer *at;
    const struct value *list;
    if (asked_value(asked, "references", &place, &at, &list) != STATUS_OK || !list) {
        return build->error->status;
    }
    if (list->type != VALUE_LIST) {
        return wrong_type(asked, "references", list, "a list", at);
    }
    if (list->list.count > REFERENCES_MAX) {
        error_set(build->error, STATUS_USAGE, "%zu references, at most %d", list->list.count,
                  (int)REFERENCES_MAX);
        return cell_wrong(asked->cell, at);
    }
    struct project_reference *references =
        arena_array(build->arena, list->list.count + 1, sizeof(*references));
    if (!references) {
        return error_memory(build->error);
    }
    for (size_t i = 0; i < list->list.count; i++) {
        if (reference_parse(asked, list->list.items[i], POINTER_INDEX(at, i), &references[i]) !=
            STATUS_OK) {
            return build->error->status;
        }
    }
    image->references = references;
    image->reference_count = list->list.count;
    return STATUS_OK;
}

/* ---- The rest ------------------------------------------------------------------------------- */

/* Texts stand for numbers and truths, too: a CSV file has nothing else. */
static const struct option wish_options[] = {
    {.name = "seed",
     OPT_INT64(struct project_wishes, seed),
     .def = "0",
     .min = 0,
     .max = 9007199254740991.0},
    {.name = "grounding", OPT_BOOL(struct project_wishes, grounding), .def = "false"},
    {.name = NULL}};

static enum status wish_parse(const struct asked *asked, const char *key,
                              struct project_wishes *wishes, bool *given)
{
    struct project_build *build = build_of(asked);
    struct entry_place place;
    const struct pointer *at;
    const struct value *value;
    struct buffer words = {.limit = 4096};
    *given = false;
    if (asked_value(asked, key, &place, &at, &value) != STATUS_OK || !value ||
        (value->type == VALUE_TEXT && !*value->text)) {
        return build->error->status;
    }
    if (!value_words(&words, value)) {
        return wrong_type(asked, key, value, "a number, true or false", at);
    }
    enum status status = option_parse_text(options_find(wish_options, key), buffer_string(&words),
                                           build->arena, wishes, build->error);
    buffer_free(&words);
    *given = true;
    return status == STATUS_OK ? status : cell_wrong(asked->cell, at);
}

enum status project_wishes(const struct asked *asked, struct project_image *image)
{
    struct project_wishes *wishes = &image->wishes;
    const struct {
        const char *key;
        const char **text;
    } texts[] = {{"aspect", &wishes->aspect},
                 {"size", &wishes->size},
                 {"format", &wishes->format},
                 {"thinking", &wishes->thinking}};
    enum status status = STATUS_OK;
    bool given;
    for (size_t i = 0; status == STATUS_OK && i < sizeof(texts) / sizeof(*texts); i++) {
        status = asked_text(asked, texts[i].key, texts[i].text);
    }
    if (status == STATUS_OK) {
        status = wish_parse(asked, "grounding", wishes, &given);
    }
    if (status == STATUS_OK) {
        status = wish_parse(asked, "seed", wishes, &wishes->seed_given);
    }
    return status == STATUS_OK ? references_parse(asked, image) : status;
}
