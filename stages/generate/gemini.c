/* SPDX-License-Identifier: MIT
 * Google's Gemini API, generateContent: models and requests. The image comes in the answer. The
 * format cannot be chosen: to ask is an error, and PNG or JPEG comes. */
#include "generate/gemini.h"

#include <string.h>

#include "generate/models.h"
#include "generate/wire.h"
#include "text.h"

/* ---- Models
 * ---------------------------------------------------------------------------------------- */

enum { MB = 1000 * 1000, REFERENCE_LARGEST = 14 * MB, REQUEST_LARGEST = 20 * MB };

static const char *const levels_2[] = {"minimal", "high", NULL};
static const char *const levels_2_1[] = {"minimal", "medium", "high", NULL};

static const struct model_price prices_2[] = {
    {"512", 0.045}, {"1K", 0.067}, {"2K", 0.101}, {"4K", 0.151}, {0, -1}};
static const struct model_price prices_2_1[] = {
    {"1K", 0.0336}, {"2K", 0.0504}, {"4K", 0.113}, {0, -1}};
static const struct model_price prices_lite[] = {{NULL, 0.0336}, {0, -1}};
static const struct model_price prices_first[] = {{NULL, 0.039}, {0, -1}};
static const struct model_price prices_pro[] = {
    {"1K", 0.134}, {"2K", 0.134}, {"4K", 0.24}, {0, -1}};

/* What all have in common; fields are paths below generationConfig, where newer documents show
 * responseFormat.image.aspectRatio and …imageSize. */
#define MODEL(aspects_, pixels_, prices_)                                                          \
    .references_max = 14, .reference_bytes = REFERENCE_LARGEST, .field_references = "inlineData",  \
    .aspects = (aspects_), .aspect_default = "auto", .field_aspect = "imageConfig.aspectRatio",    \
    .size_default = "1K", .pixels = (pixels_), .prices = (prices_)
#define SIZES(sizes_) .sizes = (sizes_), .field_size = "imageConfig.imageSize", .grounding = true

static const struct model models[] = {
    {.name = "gemini-nano-banana-2.1",
     .summary = "Nano Banana 2.1",
     MODEL(aspects_wide, pixels_from_1k, prices_2_1),
     SIZES(sizes_from_1k),
     .thinking = levels_2_1},
    {.name = "gemini-3-pro-image",
     .summary = "Nano Banana Pro: the most careful, ten aspects, always thinks",
     MODEL(aspects_common, pixels_common, prices_pro),
     SIZES(sizes_from_1k)},
    {.name = "gemini-3.1-flash-image",
     .summary = "Nano Banana 2, from 512 px; its end was announced for 2026-10-29",
     MODEL(aspects_wide, pixels_from_512, prices_2),
     SIZES(sizes_from_512),
     .thinking = levels_2},
    {.name = "gemini-3.1-flash-lite-image",
     .summary = "Nano Banana 2 Lite: 1K only",
     MODEL(aspects_wide, pixels_only_1k, prices_lite)},
    {.name = "gemini-2.5-flash-image",
     .summary = "the first Nano Banana, 1K only",
     MODEL(aspects_common, pixels_first, prices_first)},
    {.name = "gemini-3.1-flash-image-preview",
     .summary = "Nano Banana 2, as a preview",
     .retired = "shut down on 2026-06-25; gemini-nano-banana-2.1 takes its place",
     MODEL(aspects_wide, pixels_from_512, prices_2),
     SIZES(sizes_from_512),
     .thinking = levels_2},
    {0}};

/* ---- Request
 * --------------------------------------------------------------------------------------- */

enum { ANSWER_MOST = 128 << 20, SECONDS = 300 };

/* The value under "a.b.c" of an object that holds nothing else. */
static const struct value *at_path(struct arena *arena, const char *path, const struct value *value)
{
    const char *end = path + strlen(path);
    while (end > path && value) {
        const char *start = end;
        while (start > path && start[-1] != '.') {
            start--;
        }
        const char *key = arena_slice(arena, start, (size_t)(end - start));
        value = key ? value_set(arena, value_object(arena), key, value) : NULL;
        end = start > path ? start - 1 : path;
    }
    return value;
}

static const struct value *with(struct arena *arena, const struct value *config, const char *path,
                                const struct value *value)
{
    const struct value *over = at_path(arena, path, value);
    return config && over ? value_merge(arena, config, over) : NULL;
}

static const struct value *config_object(const struct ask *ask, struct arena *arena)
{
    const struct model *model = ask->model;
    const char *aspect = ask->aspect ? ask->aspect : model->aspect_default;
    const char *size = ask->size ? ask->size : model->size_default;
    struct value *modalities = value_append(arena, value_list(arena), value_text(arena, "IMAGE"));
    const struct value *config =
        value_set(arena, value_object(arena), "responseModalities", modalities);
    if (model->field_aspect && aspect && strcmp(aspect, "auto") != 0) {
        config = with(arena, config, model->field_aspect, value_text(arena, aspect));
    }
    if (model->field_size && size) {
        config = with(arena, config, model->field_size, value_text(arena, size));
    }
    if (ask->thinking && model->thinking) {
        config =
            with(arena, config, "thinkingConfig.thinkingLevel", value_text(arena, ask->thinking));
    }
    if (ask->seed_given && model->seed) {
        config = with(arena, config, "seed", value_int(arena, ask->seed));
    }
    return config;
}

static enum status check_inline(const struct ask *ask, size_t *room, struct error *error)
{
    size_t size = 4096 + 6 * strlen(ask->prompt); /* what is escaped takes six at most */
    for (size_t i = 0; i < ask->reference_count; i++) {
        const struct reference *reference = &ask->references[i];
        if (!reference->bytes) {
            return error_set(error, STATUS_USAGE,
                             "reference '%s' is a URL, and this service takes files only",
                             reference->name ? reference->name : "");
        }
        size += reference->size / 3 * 4 + 256;
    }
    if (size > REQUEST_LARGEST) {
        return error_set(error, STATUS_USAGE,
                         "the request would have %.1f MB with its references, and at most %d MB "
                         "are allowed",
                         (double)size / MB, REQUEST_LARGEST / MB);
    }
    *room = size;
    return STATUS_OK;
}

static void body_write(struct buffer *body, const struct ask *ask, const struct value *config)
{
    buffer_text(body, "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":");
    text_json(body, ask->prompt);
    buffer_char(body, '}');
    for (size_t i = 0; i < ask->reference_count; i++) {
        const struct reference *reference = &ask->references[i];
        buffer_format(body, ",{\"inlineData\":{\"mimeType\":\"%s\",\"data\":\"",
                      format_info(reference->format)->mime);
        text_base64(body, reference->bytes, reference->size);
        buffer_text(body, "\"}}");
    }
    buffer_text(body, "]}],\"generationConfig\":");
    value_print(body, config);
    if (ask->grounding && ask->model->grounding) {
        buffer_text(body, ",\"tools\":[{\"google_search\":{}}]");
    }
    buffer_char(body, '}');
}

enum status gemini_submit(const struct endpoint *endpoint, const struct ask *ask,
                          struct arena *arena, struct http_ask *out, struct error *error)
{
    size_t room = 0;
    if (check_inline(ask, &room, error) != STATUS_OK) {
        return error->status;
    }
    const struct value *config = config_object(ask, arena);
    const char *model = wire_escape(arena, ask->model->name);
    const char *url = model ? arena_format(arena, "%s/v1beta/models/%s:generateContent",
                                           endpoint->base_url, model)
                            : NULL;
    struct buffer body = wire_buffer(arena, room);
    if (!config || !url || !body.data) {
        return error_memory(error);
    }
    body_write(&body, ask, config);
    if (buffer_failed(&body)) {
        return error_set(error, STATUS_BUG, "a request does not fit %zu bytes", room);
    }
    *out = (struct http_ask){.method = "POST",
                             .url = url,
                             .key_header = "x-goog-api-key: ",
                             .content_type = "application/json",
                             .body = body.data,
                             .body_size = body.size,
                             .answer_max = ANSWER_MOST,
                             .seconds = SECONDS};
    return STATUS_OK;
}

const struct provider provider_gemini = {
    .name = "gemini",
    .summary = "Google Gemini API: Nano Banana models, paid in dollars",
    .base_url = "https://generativelanguage.googleapis.com",
    .key_variable = "GEMINI_API_KEY",
    .models = models,
    .creates = {10, 10}, /* no number is promised: quotas differ by project */
    .concurrency = 8,
    .submit = gemini_submit,
    .submitted = gemini_submitted,
};
