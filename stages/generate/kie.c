/* SPDX-License-Identifier: MIT
 * Kie.ai's market jobs: models and requests. Documents: docs.kie.ai, market and file upload pages;
 * what was seen on the wire stands above what they say. */
#include "generate/kie.h"

#include <string.h>

#include "generate/models.h"
#include "generate/wire.h"
#include "text.h"

/* ---- Models
 * ---------------------------------------------------------------------------------------- */

static const char *const formats_jpg[] = {"png", "jpg", NULL};
static const char *const formats_jpeg[] = {"png", "jpeg", NULL};

/* One credit is 0.005 dollars; prices as listed in autumn 2026. */
static const struct model_price prices_2_1[] = {{"1K", 0.02}, {"2K", 0.03}, {"4K", 0.045}, {0, -1}};
static const struct model_price prices_2[] = {{"1K", 0.04}, {"2K", 0.06}, {"4K", 0.09}, {0, -1}};
static const struct model_price prices_pro[] = {{"1K", 0.09}, {"2K", 0.09}, {"4K", 0.12}, {0, -1}};
static const struct model_price prices_small[] = {{NULL, 0.02}, {0, -1}};

enum { MB = 1000 * 1000 };

/* What models have in common: all; those that take references; those of several sizes. */
#define MODEL(aspects_, aspect_, field_aspect_)                                                    \
    .aspects = (aspects_), .aspect_default = (aspect_), .field_aspect = (field_aspect_),           \
    .size_default = "1K"
#define REFERENCES(field_, most_, bytes_)                                                          \
    .field_references = (field_), .references_max = (most_), .reference_bytes = (bytes_)
#define SIZES(pixels_, prices_)                                                                    \
    .field_size = "resolution", .sizes = sizes_from_1k, .pixels = (pixels_), .prices = (prices_)
#define FORMATS(formats_, format_)                                                                 \
    .field_format = "output_format", .formats = (formats_), .format_default = (format_)

const struct model kie_models[] = {{.name = "nano-banana-2-1",
                                    .summary = "Nano Banana 2.1: half the price of 2",
                                    .prompt_max = 20000,
                                    MODEL(aspects_wide, "auto", "aspect_ratio"),
                                    REFERENCES("image_input", 10, 30 * MB),
                                    SIZES(pixels_from_1k, prices_2_1),
                                    FORMATS(formats_jpg, "jpg")},
                                   {.name = "nano-banana-2",
                                    .summary = "Nano Banana 2: most references, can search the web",
                                    .prompt_max = 20000,
                                    MODEL(aspects_wide, "auto", "aspect_ratio"),
                                    REFERENCES("image_input", 14, 30 * MB),
                                    SIZES(pixels_from_1k, prices_2),
                                    FORMATS(formats_jpg, "jpg"),
                                    .grounding = true},
                                   {.name = "nano-banana-2-lite",
                                    .summary = "Nano Banana 2 Lite: quick, 1K only",
                                    .prompt_max = 20000,
                                    MODEL(aspects_wide, "auto", "aspect_ratio"),
                                    REFERENCES("image_urls", 10, 30 * MB),
                                    .pixels = pixels_only_1k,
                                    .prices = prices_small},
                                   {.name = "nano-banana-pro",
                                    .summary = "Nano Banana Pro: the most careful, ten aspects",
                                    .prompt_max = 10000,
                                    MODEL(aspects_common, "1:1", "aspect_ratio"),
                                    REFERENCES("image_input", 8, 30 * MB),
                                    SIZES(pixels_common, prices_pro),
                                    FORMATS(formats_jpg, "png")},
                                   {.name = "google/nano-banana",
                                    .summary = "the first Nano Banana, 1K only, from words alone",
                                    .prompt_max = 5000,
                                    MODEL(aspects_common, "1:1", "image_size"),
                                    FORMATS(formats_jpeg, "png"),
                                    .pixels = pixels_first,
                                    .prices = prices_small},
                                   {.name = "google/nano-banana-edit",
                                    .summary = "the first Nano Banana, 1K only, changes images",
                                    .prompt_max = 5000,
                                    MODEL(aspects_common, "1:1", "image_size"),
                                    REFERENCES("image_urls", 10, 10 * MB),
                                    .references_needed = true,
                                    FORMATS(formats_jpeg, "png"),
                                    .pixels = pixels_first,
                                    .prices = prices_small},
                                   {0}};

/* ---- Requests
 * -------------------------------------------------------------------------------------- */

static const char key_header[] = "Authorization: Bearer ";

enum {
    ANSWER_MOST = 1 << 20,    /* bytes of any answer of this API */
    BASE64_LARGEST = 10 * MB, /* bytes of a file that goes as JSON; larger ones as a form */
    SECONDS_CREATE = 60,
    SECONDS_QUESTION = 30,
    SECONDS_UPLOAD = 180
};
static const char upload_folder[] = "picset";

static enum status ask_at(const char *base, const char *path, const char *method, double seconds,
                          struct arena *arena, struct http_ask *out, struct error *error)
{
    const char *url = arena_format(arena, "%s%s", base, path);
    if (!url) {
        return error_memory(error);
    }
    *out = (struct http_ask){.method = method,
                             .url = url,
                             .key_header = key_header,
                             .answer_max = ANSWER_MOST,
                             .seconds = seconds};
    return STATUS_OK;
}

static struct value *references_list(const struct ask *ask, struct arena *arena,
                                     struct error *error)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < ask->reference_count; i++) {
        const struct reference *reference = &ask->references[i];
        if (!reference->url) {
            error_set(error, STATUS_USAGE, "reference '%s' was not uploaded",
                      reference->name ? reference->name : "");
            return NULL;
        }
        list = value_append(arena, list, value_text(arena, reference->url));
    }
    if (!list) {
        error_memory(error);
    }
    return list;
}

static struct value *input_object(const struct ask *ask, struct arena *arena, struct error *error)
{
    const struct model *model = ask->model;
    const char *format = ask->format ? model_format(model, ask->format) : model->format_default;
    struct value *input = wire_set(arena, value_object(arena), "prompt", ask->prompt);
    if (ask->reference_count > 0 && model->field_references) {
        struct value *list = references_list(ask, arena, error);
        input = value_set(arena, input, model->field_references, list);
    }
    if (model->field_aspect) {
        input = wire_set(arena, input, model->field_aspect,
                         ask->aspect ? ask->aspect : model->aspect_default);
    }
    if (model->field_size) {
        input =
            wire_set(arena, input, model->field_size, ask->size ? ask->size : model->size_default);
    }
    if (model->field_format) {
        input = wire_set(arena, input, model->field_format, format);
    }
    if (ask->grounding && model->grounding) {
        input = value_set(arena, input, "google_search", value_bool(arena, true));
    }
    if (ask->seed_given && model->seed) {
        input = value_set(arena, input, "seed", value_int(arena, ask->seed));
    }
    return input;
}

enum status kie_submit(const struct endpoint *endpoint, const struct ask *ask, struct arena *arena,
                       struct http_ask *out, struct error *error)
{
    struct http_ask http;
    struct value *input = input_object(ask, arena, error);
    struct value *body = wire_set(arena, value_object(arena), "model", ask->model->name);
    body = wire_set(arena, body, "callBackUrl", ask->callback_url);
    body = value_set(arena, body, "input", input);
    if (error->status != STATUS_OK ||
        ask_at(endpoint->base_url, "/api/v1/jobs/createTask", "POST", SECONDS_CREATE, arena, &http,
               error) != STATUS_OK ||
        wire_json(&http, body, arena, error) != STATUS_OK) {
        return error->status;
    }
    *out = http;
    return STATUS_OK;
}

enum status kie_poll(const struct endpoint *endpoint, const char *task, struct arena *arena,
                     struct http_ask *out, struct error *error)
{
    const char *escaped = wire_escape(arena, task);
    const char *path =
        escaped ? arena_format(arena, "/api/v1/jobs/recordInfo?taskId=%s", escaped) : NULL;
    if (!path) {
        return error_memory(error);
    }
    return ask_at(endpoint->base_url, path, "GET", SECONDS_QUESTION, arena, out, error);
}

enum status kie_refresh(const struct endpoint *endpoint, const char *url, struct arena *arena,
                        struct http_ask *out, struct error *error)
{
    struct http_ask http;
    struct value *body = wire_set(arena, value_object(arena), "url", url);
    if (ask_at(endpoint->base_url, "/api/v1/common/download-url", "POST", SECONDS_QUESTION, arena,
               &http, error) != STATUS_OK ||
        wire_json(&http, body, arena, error) != STATUS_OK) {
        return error->status;
    }
    *out = http;
    return STATUS_OK;
}

enum status kie_credit(const struct endpoint *endpoint, struct arena *arena, struct http_ask *out,
                       struct error *error)
{
    return ask_at(endpoint->base_url, "/api/v1/chat/credit", "GET", SECONDS_QUESTION, arena, out,
                  error);
}

/* ---- Upload
 * ---------------------------------------------------------------------------------------- */

static enum status upload_json(const struct reference *reference, const char *name,
                               struct arena *arena, struct http_ask *out, struct error *error)
{
    struct buffer body = wire_buffer(arena, reference->size / 3 * 4 + 512);
    if (!body.data) {
        return error_memory(error);
    }
    buffer_format(&body, "{\"base64Data\":\"data:%s;base64,", format_info(reference->format)->mime);
    text_base64(&body, reference->bytes, reference->size);
    buffer_format(&body, "\",\"uploadPath\":\"%s\",\"fileName\":\"%s\"}", upload_folder, name);
    if (buffer_failed(&body)) {
        return error_set(error, STATUS_BUG, "an upload of %zu bytes does not fit", reference->size);
    }
    out->content_type = "application/json";
    out->body = body.data;
    out->body_size = body.size;
    return STATUS_OK;
}

static enum status upload_form(const struct reference *reference, const char *name,
                               struct arena *arena, struct http_ask *out, struct error *error)
{
    const struct part parts[] = {
        {.name = "uploadPath", .bytes = upload_folder, .size = strlen(upload_folder)},
        {.name = "fileName", .bytes = name, .size = strlen(name)},
        {.name = "file",
         .file = name,
         .mime = format_info(reference->format)->mime,
         .bytes = reference->bytes,
         .size = reference->size},
    };
    return wire_form(out, parts, sizeof parts / sizeof *parts, arena, error);
}

/* Named by content: the service serves old bytes for a while under a name that is used again. */
enum status kie_upload(const struct endpoint *endpoint, const struct reference *reference,
                       struct arena *arena, struct http_ask *out, struct error *error)
{
    char hash[33];
    hash_text(hash_bytes(reference->bytes, reference->size), hash);
    const char *name =
        arena_format(arena, "%s.%s", hash, format_info(reference->format)->extension);
    bool form = reference->size > BASE64_LARGEST;
    struct http_ask http;
    if (!name) {
        return error_memory(error);
    }
    if (ask_at(endpoint->upload_url, form ? "/api/file-stream-upload" : "/api/file-base64-upload",
               "POST", SECONDS_UPLOAD, arena, &http, error) != STATUS_OK ||
        (form ? upload_form : upload_json)(reference, name, arena, &http, error) != STATUS_OK) {
        return error->status;
    }
    *out = http;
    return STATUS_OK;
}

const struct provider provider_kie = {
    .name = "kie",
    .summary = "Kie.ai: Nano Banana models as jobs, paid in credits",
    .base_url = "https://api.kie.ai",
    .upload_url = "https://kieai.redpandaai.co",
    .key_variable = "KIE_API_KEY",
    .models = kie_models,
    .jobs = true,
    .creates = {20, 10}, /* more is rejected, not queued */
    .polls = {9, 1},     /* of 10 in 1 s */
    .concurrency = 50,   /* of "typically 100" */
    .cost_unit = 0.005,
    .submit = kie_submit,
    .poll = kie_poll,
    .refresh = kie_refresh,
    .upload = kie_upload,
    .credit = kie_credit,
    .submitted = kie_submitted,
    .polled = kie_polled,
    .refreshed = kie_refreshed,
    .uploaded = kie_uploaded,
    .credited = kie_credited,
    .callback = kie_callback,
};
