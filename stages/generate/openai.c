/* SPDX-License-Identifier: MIT
 * OpenAI's Images API: models and requests. Words alone go as JSON to generations, with references
 * as a form to edits. The image comes in the answer, or as a link from servers that speak the same.
 */
#include "generate/openai.h"

#include <string.h>

#include "generate/wire.h"
#include "text.h"

/* ---- Models
 * ---------------------------------------------------------------------------------------- */

enum { MB = 1000 * 1000, REFERENCES_MOST = 16 };

static const char *const formats[] = {"png", "jpeg", "webp", NULL};
static const char *const sizes_2[] = {"1K", "2K", "4K", NULL};
static const char *const aspects_2[] = {"1:1", "2:3",  "3:2",  "3:4",  "4:3", "4:5",
                                        "5:4", "9:16", "16:9", "21:9", NULL};
static const char *const aspects_1[] = {"1:1", "2:3", "3:2", "auto", NULL};

/* Sides are multiples of 16 and at most 3840 by 2160, ratios exact: what gpt-image-2 can make. */
#define BOTH_WAYS(across_, down_, size_, long_, short_)                                            \
    {across_, size_, long_, short_}, {down_, size_, short_, long_},
static const struct model_size pixels_2[] = {{"1:1", "1K", 1024, 1024},
                                             {"1:1", "2K", 2048, 2048},
                                             {"1:1", "4K", 2160, 2160},
                                             BOTH_WAYS("5:4", "4:5", "1K", 1120, 896)    /* */
                                             BOTH_WAYS("5:4", "4:5", "2K", 2240, 1792)   /* */
                                             BOTH_WAYS("5:4", "4:5", "4K", 2640, 2112)   /* */
                                             BOTH_WAYS("4:3", "3:4", "1K", 1152, 864)    /* */
                                             BOTH_WAYS("4:3", "3:4", "2K", 2304, 1728)   /* */
                                             BOTH_WAYS("4:3", "3:4", "4K", 2880, 2160)   /* */
                                             BOTH_WAYS("3:2", "2:3", "1K", 1536, 1024)   /* */
                                             BOTH_WAYS("3:2", "2:3", "2K", 2496, 1664)   /* */
                                             BOTH_WAYS("3:2", "2:3", "4K", 3216, 2144)   /* */
                                             BOTH_WAYS("16:9", "9:16", "1K", 1280, 720)  /* */
                                             BOTH_WAYS("16:9", "9:16", "2K", 2560, 1440) /* */
                                             BOTH_WAYS("16:9", "9:16", "4K", 3840, 2160) /* */
                                             {"21:9", "1K", 1344, 576},
                                             {"21:9", "2K", 3024, 1296},
                                             {"21:9", "4K", 3696, 1584},
                                             {0}};
static const struct model_size pixels_1[] = {
    {"1:1", "1K", 1024, 1024}, {"3:2", "1K", 1536, 1024}, {"2:3", "1K", 1024, 1536}, {0}};

/* An image is paid by its tokens, whose number depends on a quality that the service chooses: these
 * are the most, for the largest of each size at high quality; what was used is in the answer.
 * Source of gpt-image-2's: 96 * round(96 * short / long) * (2e6 + width * height) / 4e6 tokens. */
static const struct model_price prices_2[] = {{"1K", 0.211}, {"2K", 0.429}, {"4K", 0.461}, {0, -1}};
static const struct model_price prices_1_5[] = {{NULL, 0.2}, {0, -1}};
static const struct model_price prices_1[] = {{NULL, 0.25}, {0, -1}};
static const struct model_price prices_mini[] = {{NULL, 0.052}, {0, -1}};

/* What all have in common. */
#define IMAGES_MODEL                                                                               \
    .prompt_max = 32000, .references_max = REFERENCES_MOST, .reference_bytes = 50 * MB - 1,        \
    .formats = formats, .aspect_default = "1:1", .size_default = "1K", .format_default = "png",    \
    .field_references = "image[]", .field_size = "size", .field_format = "output_format"
#define IMAGES_MODEL_1 IMAGES_MODEL, .aspects = aspects_1, .pixels = pixels_1

static const struct model models[] = {{.name = "gpt-image-2",
                                       .summary = "GPT Image 2: ten aspects, up to 3840x2160",
                                       IMAGES_MODEL,
                                       .aspects = aspects_2,
                                       .sizes = sizes_2,
                                       .pixels = pixels_2,
                                       .prices = prices_2,
                                       .token_prices = {8, 30}},
                                      {.name = "gpt-image-1.5",
                                       .summary = "GPT Image 1.5: three aspects",
                                       IMAGES_MODEL_1,
                                       .prices = prices_1_5,
                                       .token_prices = {8, 32}},
                                      {.name = "gpt-image-1",
                                       .summary = "GPT Image 1: three aspects",
                                       IMAGES_MODEL_1,
                                       .prices = prices_1,
                                       .token_prices = {10, 40}},
                                      {.name = "gpt-image-1-mini",
                                       .summary = "GPT Image 1 Mini: three aspects",
                                       IMAGES_MODEL_1,
                                       .prices = prices_mini,
                                       .token_prices = {2.5, 8}},
                                      {.name = "chatgpt-image-latest",
                                       .summary = "what ChatGPT uses now",
                                       IMAGES_MODEL_1,
                                       .prices = prices_1_5,
                                       .token_prices = {8, 32}},
                                      {0}};

/* ---- Requests
 * -------------------------------------------------------------------------------------- */

enum { ANSWER_MOST = 96 << 20, SECONDS = 300 };

/* "1536x1024"; without a table of pixels, the word as it is. NULL: not sent. */
static enum status size_word(const struct ask *ask, struct arena *arena, const char **word,
                             struct error *error)
{
    int width, height;
    const char *aspect = ask->aspect ? ask->aspect : ask->model->aspect_default;
    if (!ask->model->field_size) {
        *word = NULL;
    } else if (model_pixels(ask->model, ask->aspect, ask->size, &width, &height)) {
        *word = arena_format(arena, "%dx%d", width, height);
        return *word ? STATUS_OK : error_memory(error);
    } else if (aspect && strcmp(aspect, "auto") == 0) {
        *word = "auto";
    } else {
        *word = ask->size ? ask->size : ask->model->size_default;
    }
    return STATUS_OK;
}

struct fields { /* all are text; NULL value: not sent */
    const char *names[5], *values[5];
};

static enum status fields_fill(const struct ask *ask, struct arena *arena, struct fields *out,
                               struct error *error)
{
    const struct model *model = ask->model;
    const char *size = NULL;
    const char *format = ask->format ? model_format(model, ask->format) : model->format_default;
    if (size_word(ask, arena, &size, error) != STATUS_OK) {
        return error->status;
    }
    *out = (struct fields){
        {"model", "prompt", model->field_aspect, model->field_size, model->field_format},
        {model->name, ask->prompt, ask->aspect ? ask->aspect : model->aspect_default, size,
         format}};
    for (size_t i = 0; i < 5; i++) {
        out->values[i] = out->names[i] ? out->values[i] : NULL;
    }
    return STATUS_OK;
}

static enum status write_json(const struct fields *fields, struct arena *arena,
                              struct http_ask *out, struct error *error)
{
    struct value *body = value_object(arena);
    for (size_t i = 0; i < 5; i++) {
        body = wire_set(arena, body, fields->names[i], fields->values[i]);
    }
    body = value_set(arena, body, "n", value_int(arena, 1));
    return wire_json(out, body, arena, error);
}

static enum status write_form(const struct fields *fields, const struct ask *ask,
                              struct arena *arena, struct http_ask *out, struct error *error)
{
    struct part *parts = arena_array(arena, 5 + ask->reference_count, sizeof *parts);
    size_t count = 0;
    for (size_t i = 0; parts && i < 5; i++) {
        if (fields->values[i]) {
            parts[count++] = (struct part){.name = fields->names[i],
                                           .bytes = fields->values[i],
                                           .size = strlen(fields->values[i])};
        }
    }
    for (size_t i = 0; parts && i < ask->reference_count; i++) {
        const struct reference *reference = &ask->references[i];
        const struct format_info *format = format_info(reference->format);
        const char *name = arena_format(arena, "reference-%zu.%s", i + 1, format->extension);
        if (!reference->bytes) {
            return error_set(error, STATUS_USAGE,
                             "reference '%s' is a URL, and this service takes files only",
                             reference->name ? reference->name : "");
        }
        if (!name) {
            return error_memory(error);
        }
        parts[count++] = (struct part){
            .name = ask->model->field_references ? ask->model->field_references : "image[]",
            .file = name,
            .mime = format->mime,
            .bytes = reference->bytes,
            .size = reference->size};
    }
    return parts ? wire_form(out, parts, count, arena, error) : error_memory(error);
}

/* People give such servers' base URLs with the version, and without. */
static const char *url_of(const char *base, bool edit, struct arena *arena)
{
    const char *host = strstr(base, "://");
    bool bare = !strchr(host ? host + 3 : base, '/');
    return arena_format(arena, "%s%s/images/%s", base, bare ? "/v1" : "",
                        edit ? "edits" : "generations");
}

enum status openai_submit(const struct endpoint *endpoint, const struct ask *ask,
                          struct arena *arena, struct http_ask *out, struct error *error)
{
    bool edit = ask->reference_count > 0;
    struct fields fields = {0};
    struct http_ask http = {.method = "POST",
                            .url = url_of(endpoint->base_url, edit, arena),
                            .key_header = "Authorization: Bearer ",
                            .answer_max = ANSWER_MOST,
                            .seconds = SECONDS};
    if (!http.url) {
        return error_memory(error);
    }
    if (fields_fill(ask, arena, &fields, error) != STATUS_OK) {
        return error->status;
    }
    enum status status = edit ? write_form(&fields, ask, arena, &http, error)
                              : write_json(&fields, arena, &http, error);
    if (status == STATUS_OK) {
        *out = http;
    }
    return status;
}

const struct provider provider_openai = {
    .name = "openai",
    .summary = "OpenAI Images API, and servers that speak it",
    .base_url = "https://api.openai.com",
    .key_variable = "OPENAI_API_KEY",
    .models = models,
    .creates = {10, 10}, /* no number is promised: limits differ by account */
    .concurrency = 8,
    .submit = openai_submit,
    .submitted = openai_submitted,
};
