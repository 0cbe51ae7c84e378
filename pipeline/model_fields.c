/* SPDX-License-Identifier: MIT
 * See model_fields.h. */
#include "model_fields.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

struct fields {
    int prompt_max, references_max;
    struct bytes reference_bytes;
    bool references_needed, grounding, seed;
    struct texts aspects, sizes, formats, thinking, pixels, prices;
    const char *aspect_default, *size_default, *format_default;
    const char *field_references, *field_aspect, *field_size, *field_format;
};

#define FIELD_TEXT(name_, field_, help_)                                                           \
    {                                                                                              \
        .name = (name_), OPT_TEXT(struct fields, field_), .def = "", .help = (help_)               \
    }
#define FIELD_TEXTS(name_, field_, help_)                                                          \
    {                                                                                              \
        .name = (name_), OPT_TEXTS(struct fields, field_), .help = (help_)                         \
    }
#define FIELD_BOOL(name_, field_, help_)                                                           \
    {                                                                                              \
        .name = (name_), OPT_BOOL(struct fields, field_), .def = "false", .help = (help_)          \
    }

const struct option model_field_options[] = {
    {.name = "prompt-max",
     OPT_INT(struct fields, prompt_max),
     .def = "20000",
     .min = 1,
     .max = 1000000,
     .unit = "characters",
     .help = "the longest prompt"},
    {.name = "references-max",
     OPT_INT(struct fields, references_max),
     .def = "0",
     .max = 64,
     .help = "how many images it can keep to"},
    {.name = "reference-bytes",
     OPT_BYTES(struct fields, reference_bytes),
     .def = "0",
     .help = "the largest of them"},
    FIELD_BOOL("references-needed", references_needed, "it edits: it takes no prompt alone"),
    FIELD_TEXTS("aspects", aspects, "aspect ratios that can be asked for"),
    FIELD_TEXTS("sizes", sizes, "sizes that can be asked for"),
    FIELD_TEXTS("formats", formats, "formats that can be asked for, as the service spells them"),
    FIELD_TEXT("aspect-default", aspect_default, "the aspect when none is asked for"),
    FIELD_TEXT("size-default", size_default, "the size when none is asked for"),
    FIELD_TEXT("format-default", format_default, "the format when none is asked for"),
    FIELD_TEXT("field-references", field_references, "the request's field for references"),
    FIELD_TEXT("field-aspect", field_aspect, "the request's field for the aspect"),
    FIELD_TEXT("field-size", field_size, "the request's field for the size"),
    FIELD_TEXT("field-format", field_format, "the request's field for the format"),
    FIELD_BOOL("grounding", grounding, "it can search the web"),
    FIELD_BOOL("seed", seed, "it takes a seed"),
    FIELD_TEXTS("thinking", thinking, "levels of thinking that can be asked for"),
    FIELD_TEXTS("pixels", pixels, "what aspect and size give: \"16:9 1K 1376x768\""),
    FIELD_TEXTS("prices", prices, "US dollars for an image: \"1K 0.04\", or \"0.04\" for any size"),
    {.name = NULL}};

enum { WORD_BYTES = 32 };

/* "16:9 1K 1376x768" into its words; false when there are not `count` of them. */
static bool words_split(const char *text, char words[][WORD_BYTES], int count)
{
    for (int i = 0; i < count; i++) {
        size_t length = strcspn(text, " ");
        if (length == 0 || length >= WORD_BYTES) {
            return false;
        }
        memcpy(words[i], text, length);
        words[i][length] = '\0';
        text += length;
        text += *text == ' ' && i + 1 < count;
    }
    return *text == '\0';
}

static enum status field_wrong(const char *field, size_t i, const char *text, const char *like,
                               const struct pointer *at, struct error *error)
{
    error_set(error, STATUS_USAGE, "'%s' is '%s', and must be like '%s'", field, text, like);
    return error_at_pointer(error, POINTER_INDEX(POINTER_KEY(at, field), i));
}

static enum status pixels_parse(const struct texts *texts, const struct pointer *at,
                                struct arena *arena, const struct model_size **out,
                                struct error *error)
{
    static const char like[] = "16:9 1K 1376x768";
    struct model_size *list = arena_array(arena, texts->count + 1, sizeof(*list));
    if (!list) {
        return error_memory(error);
    }
    for (size_t i = 0; i < texts->count; i++) {
        char words[3][WORD_BYTES], end;
        if (!words_split(texts->list[i], words, 3) ||
            sscanf(words[2], "%5dx%5d%c", &list[i].width, &list[i].height, &end) != 2 ||
            list[i].width < 1 || list[i].height < 1) {
            return field_wrong("pixels", i, texts->list[i], like, at, error);
        }
        list[i].aspect = arena_text(arena, words[0]);
        list[i].size = arena_text(arena, words[1]);
        if (!list[i].aspect || !list[i].size) {
            return error_memory(error);
        }
    }
    *out = list;
    return STATUS_OK;
}

static enum status prices_parse(const struct texts *texts, const struct pointer *at,
                                struct arena *arena, const struct model_price **out,
                                struct error *error)
{
    struct model_price *list = arena_array(arena, texts->count + 1, sizeof(*list));
    if (!list) {
        return error_memory(error);
    }
    for (size_t i = 0; i < texts->count; i++) {
        char words[2][WORD_BYTES];
        bool any = words_split(texts->list[i], words, 1);
        if ((!any && !words_split(texts->list[i], words, 2)) ||
            !text_to_double(words[any ? 0 : 1], &list[i].price) || list[i].price < 0) {
            return field_wrong("prices", i, texts->list[i], "1K 0.04", at, error);
        }
        list[i].size = any ? NULL : arena_text(arena, words[0]);
        if (!any && !list[i].size) {
            return error_memory(error);
        }
    }
    list[texts->count].price = -1;
    *out = list;
    return STATUS_OK;
}

/* A list ended by NULL; an empty one is NULL: there is no choice. */
static const char *const *list_of(struct arena *arena, const struct texts *texts, bool *failed)
{
    const char **list =
        texts->count > 0 ? arena_array(arena, texts->count + 1, sizeof(*list)) : NULL;
    *failed = *failed || (texts->count > 0 && !list);
    for (size_t i = 0; list && i < texts->count; i++) {
        list[i] = texts->list[i];
    }
    return list;
}

static const char *or_none(const char *text)
{
    return text && *text ? text : NULL;
}

static void lay_plain(struct model *model, const struct value *given, const struct fields *fields)
{
    const struct {
        const char *name;
        const char **to;
        const char *text;
    } texts[] = {{"aspect-default", &model->aspect_default, fields->aspect_default},
                 {"size-default", &model->size_default, fields->size_default},
                 {"format-default", &model->format_default, fields->format_default},
                 {"field-references", &model->field_references, fields->field_references},
                 {"field-aspect", &model->field_aspect, fields->field_aspect},
                 {"field-size", &model->field_size, fields->field_size},
                 {"field-format", &model->field_format, fields->field_format}};
    const struct {
        const char *name;
        bool *to, is;
    } truths[] = {{"references-needed", &model->references_needed, fields->references_needed},
                  {"grounding", &model->grounding, fields->grounding},
                  {"seed", &model->seed, fields->seed}};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        *texts[i].to = value_get(given, texts[i].name) ? or_none(texts[i].text) : *texts[i].to;
    }
    for (size_t i = 0; i < sizeof(truths) / sizeof(*truths); i++) {
        *truths[i].to = value_get(given, truths[i].name) ? truths[i].is : *truths[i].to;
    }
    if (value_get(given, "prompt-max")) {
        model->prompt_max = fields->prompt_max;
    }
    if (value_get(given, "references-max")) {
        model->references_max = fields->references_max;
    }
    if (value_get(given, "reference-bytes")) {
        model->reference_bytes = fields->reference_bytes.count;
    }
}

static enum status lay_lists(struct model *model, const struct value *given,
                             const struct fields *fields, const struct pointer *at,
                             struct arena *arena, struct error *error)
{
    const struct {
        const char *name;
        const char *const **to;
        const struct texts *texts;
    } lists[] = {{"aspects", &model->aspects, &fields->aspects},
                 {"sizes", &model->sizes, &fields->sizes},
                 {"formats", &model->formats, &fields->formats},
                 {"thinking", &model->thinking, &fields->thinking}};
    bool failed = false;
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        if (value_get(given, lists[i].name)) {
            *lists[i].to = list_of(arena, lists[i].texts, &failed);
        }
    }
    if (failed) {
        return error_memory(error);
    }
    if (value_get(given, "pixels") &&
        pixels_parse(&fields->pixels, at, arena, &model->pixels, error) != STATUS_OK) {
        return error->status;
    }
    return value_get(given, "prices")
               ? prices_parse(&fields->prices, at, arena, &model->prices, error)
               : STATUS_OK;
}

enum status model_changed(const struct provider *provider, const char *name,
                          const struct value *fields, const struct pointer *at, struct arena *arena,
                          const struct model **out, struct error *error)
{
    struct fields parsed;
    const struct model *known = model_find(provider, name);
    if (!fields || (!known && fields->object.count == 0)) {
        return model_choose(provider, name, out, error);
    }
    struct model *model = arena_alloc(arena, sizeof(*model));
    if (!model) {
        return error_memory(error);
    }
    *model = known ? *known : provider->models[0];
    model->name = known ? known->name : name;
    model->retired = known ? known->retired : NULL;
    model->prices = known ? known->prices : NULL;
    model->token_prices =
        known && !value_get(fields, "prices") ? known->token_prices : (struct token_prices){0, 0};
    if (options_default(model_field_options, arena, &parsed, error) != STATUS_OK ||
        options_parse(model_field_options, "a model", fields, at, arena, &parsed, error) !=
            STATUS_OK ||
        lay_lists(model, fields, &parsed, at, arena, error) != STATUS_OK) {
        return error->status;
    }
    lay_plain(model, fields, &parsed);
    *out = model;
    return STATUS_OK;
}
