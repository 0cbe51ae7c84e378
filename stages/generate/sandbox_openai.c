/* SPDX-License-Identifier: MIT
 * OpenAI's Images API: generations and edits, base64 in the answer, or a link for the models that
 * can. Written from OpenAI's documents, not from our provider. */
#include <string.h>

#include "generate/sandbox_parts.h"
#include "load/sniff.h"
#include "memory.h"
#include "text.h"

enum { PROMPT_MAX = 32000, IMAGES_MAX = 16, COUNT_MAX = 10 };

void refuse_openai(struct sandbox_call *call, int status, const char *code, const char *words)
{
    struct arena *arena = call->arena;
    status = status == 422 ? 400 : status == 455 ? 503 : status == 433 ? 429 : status;
    const char *type = status == 429   ? "requests"
                       : status >= 500 ? "server_error"
                                       : "invalid_request_error";
    struct value *error = object_text(arena, value_object(arena), "message", words);
    error = object_text(arena, error, "type", type);
    error = object_text(arena, error, "param", NULL);
    error = object_text(arena, error, "code",
                        code            ? code
                        : status == 429 ? "rate_limit_exceeded"
                        : status == 401 ? "invalid_api_key"
                        : status == 402 ? "billing_hard_limit_reached"
                                        : NULL);
    call_json(call, status, value_set(arena, value_object(arena), "error", error));
}

/* ---- The request
 * ------------------------------------------------------------------------------------- */

struct wish { /* the fields, from JSON or from a form; NULL: not given */
    const char *model, *prompt, *size, *quality, *format, *response, *count;
    const char *images[IMAGES_MAX];
    size_t image_count;
};

static bool known_model(const char *model)
{
    static const char *const models[] = {
        "gpt-image-2", "gpt-image-1.5", "gpt-image-1",          "gpt-image-1-mini",
        "dall-e-3",    "dall-e-2",      "chatgpt-image-latest", NULL};
    size_t i = 0;
    while (models[i] && strcmp(models[i], model) != 0) {
        i++;
    }
    return models[i] != NULL;
}

static bool invalid(struct sandbox_call *call, const char *code, const char *words)
{
    refuse_openai(call, 400, code, words);
    return false;
}

static bool size_read(const struct wish *wish, int *width, int *height)
{
    const char *size = !wish->size || strcmp(wish->size, "auto") == 0 ? "1024x1024" : wish->size;
    static const int sizes[][2] = {{1024, 1024}, {1536, 1024}, {1024, 1536}};
    char first[8] = "";
    const char *cross = strchr(size, 'x');
    int64_t wide, high;
    if (!cross || (size_t)(cross - size) >= sizeof first) {
        return false;
    }
    memcpy(first, size, (size_t)(cross - size));
    if (!text_to_int64(first, &wide) || !text_to_int64(cross + 1, &high) || wide < 16 ||
        high < 16 || wide > 3840 || high > 3840) {
        return false;
    }
    *width = (int)wide;
    *height = (int)high;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (wide == sizes[i][0] && high == sizes[i][1]) {
            return true;
        }
    }
    return strcmp(wish->model, "gpt-image-2") == 0 && wide % 16 == 0 && high % 16 == 0 &&
           wide <= 3 * high && high <= 3 * wide && wide * high <= 3840 * 2160;
}

static double price_of(const struct wish *wish)
{
    return !wish->quality || strcmp(wish->quality, "auto") == 0 ? 0.042
           : strcmp(wish->quality, "low") == 0                  ? 0.011
           : strcmp(wish->quality, "high") == 0                 ? 0.167
                                                                : 0.042;
}

static enum format format_read(const struct wish *wish)
{
    return !wish->format                       ? FORMAT_PNG
           : strcmp(wish->format, "jpeg") == 0 ? FORMAT_JPEG
           : strcmp(wish->format, "webp") == 0 ? FORMAT_WEBP
           : strcmp(wish->format, "png") == 0  ? FORMAT_PNG
                                               : FORMAT_NONE;
}

static bool wish_check(struct sandbox_call *call, const struct wish *wish)
{
    if (!wish->model || !known_model(wish->model)) {
        return invalid(call, "model_not_found", "The model does not exist");
    }
    if (!wish->prompt || !*wish->prompt || strlen(wish->prompt) > 4 * PROMPT_MAX) {
        return invalid(call, "invalid_value", "Missing required parameter: 'prompt'.");
    }
    if (wish->response && !text_starts(wish->model, "dall-e")) {
        return invalid(call, "unknown_parameter", "Unknown parameter: 'response_format'.");
    }
    if (format_read(wish) == FORMAT_NONE) {
        return invalid(call, "invalid_value", "Invalid value for 'output_format'.");
    }
    if (wish->count && strcmp(wish->count, "1") != 0) {
        return invalid(call, "invalid_value", "The sandbox makes one image at a time.");
    }
    return true;
}

/* ---- The answer
 * --------------------------------------------------------------------------------------- */

static struct value *item_value(struct sandbox_call *call, const struct sandbox_task *task,
                                const struct sandbox_fault *fault)
{
    struct arena *arena = call->arena;
    struct buffer bytes = {0}, text = {0};
    struct value *item = NULL;
    const enum sandbox_effect spoilt = fault ? fault->effect : EFFECT_SAY;
    const enum format other = task->format == FORMAT_PNG ? FORMAT_JPEG : FORMAT_PNG;
    if (text_starts(task->model, "dall-e")) {
        return object_text(arena, value_object(arena), "url",
                           arena_format(arena, "%s/images/%s.%s", server_url(call->sandbox->server),
                                        task->id, format_info(task->format)->extension));
    }
    if (!task_picture(call, task, spoilt == EFFECT_TYPE ? other : task->format,
                      spoilt == EFFECT_SIZE ? 2 : 1, &bytes)) {
        return NULL;
    }
    text_base64(&text, bytes.data, bytes.size);
    if (!buffer_failed(&text)) {
        item = object_text(arena, value_object(arena), "b64_json", buffer_string(&text));
    }
    buffer_free(&bytes);
    buffer_free(&text);
    return item;
}

static struct value *usage_value(struct arena *arena, const struct sandbox_task *task)
{
    const int64_t in = (int64_t)strlen(task->prompt) / 4 + 1, out = 1056;
    struct value *usage =
        value_set(arena, value_object(arena), "input_tokens", value_int(arena, in));
    usage = value_set(arena, usage, "output_tokens", value_int(arena, out));
    return value_set(arena, usage, "total_tokens", value_int(arena, in + out));
}

static void say_image(struct sandbox_call *call, const struct sandbox_task *task,
                      const struct sandbox_fault *fault)
{
    struct arena *arena = call->arena;
    struct value *data = value_list(arena), *answer = value_object(arena);
    if (task->fate && task->fate->effect == EFFECT_REFUSE) {
        refuse_openai(call, 400, "moderation_blocked",
                      "Your request was rejected by the safety system.");
        return;
    }
    if (!task->fate || task->fate->effect != EFFECT_NO_IMAGE) {
        data = value_append(arena, data, item_value(call, task, fault));
    }
    answer = value_set(arena, answer, "created", value_int(arena, task->created_ms / 1000));
    answer = object_text(arena, answer, "background", "opaque");
    answer = value_set(arena, answer, "data", data);
    answer = object_text(arena, answer, "output_format", format_info(task->format)->name);
    answer = object_text(arena, answer, "quality", "medium");
    answer =
        object_text(arena, answer, "size", arena_format(arena, "%dx%d", task->width, task->height));
    call_json(call, 200, value_set(arena, answer, "usage", usage_value(arena, task)));
}

static void make(struct sandbox_call *call, const struct wish *wish)
{
    struct sandbox_task asked = {.protocol = PROTOCOL_OPENAI, .aspect = ""};
    if (!wish_check(call, wish)) {
        return;
    }
    if (!size_read(wish, &asked.width, &asked.height)) {
        invalid(call, "invalid_value", "Invalid value for 'size'.");
        return;
    }
    asked.model = task_keep_text(call->sandbox, wish->model);
    asked.prompt = task_keep_text(call->sandbox, wish->prompt);
    asked.size = task_keep_text(call->sandbox, wish->size ? wish->size : "auto");
    asked.references = task_keep_list(call->sandbox, wish->images, wish->image_count);
    asked.reference_count = asked.references ? wish->image_count : 0;
    asked.format = format_read(wish);
    asked.cost = price_of(wish);
    struct hash hash = hash_mix_text(hash_mix_text((struct hash){0, 0}, wish->model), wish->prompt);
    hash = hash_mix_text(hash_mix_text(hash, wish->size), wish->format);
    for (size_t i = 0; i < wish->image_count; i++) {
        hash = hash_mix_text(hash, wish->images[i]);
    }
    asked.request = hash_mix_text(hash, wish->quality);
    if (!asked.model || !asked.prompt || !asked.size || !asked.references) {
        refuse_openai(call, 503, NULL, "out of memory");
        return;
    }
    struct sandbox_task *task = task_make(call, &asked);
    if (task) {
        call_deliver(call, task, say_image);
    }
}

void serve_openai_create(struct sandbox_call *call)
{
    const struct value *body = call_may_create(call) ? call_body(call) : NULL;
    if (!body) {
        return;
    }
    const struct value *count = value_get(body, "n");
    const struct wish wish = {
        .model = member_text(body, "model"),
        .prompt = member_text(body, "prompt"),
        .size = member_text(body, "size"),
        .quality = member_text(body, "quality"),
        .format = member_text(body, "output_format"),
        .response = member_text(body, "response_format"),
        .count = count && !(count->type == VALUE_INT && count->integer == 1) ? "many" : NULL,
    };
    make(call, &wish);
}

static bool take_image(struct sandbox_call *call, const struct form_part *part, struct wish *wish)
{
    const char *words;
    char hash[33];
    const struct span span = {(const uint8_t *)part->bytes, part->size};
    const enum format format = sniff(span, &words);
    if (wish->image_count == IMAGES_MAX ||
        (format != FORMAT_PNG && format != FORMAT_JPEG && format != FORMAT_WEBP)) {
        return invalid(call, "invalid_image_file", "Invalid image file or mode.");
    }
    hash_text(hash_bytes(part->bytes, part->size), hash);
    wish->images[wish->image_count] = arena_format(call->arena, "inline:%s", hash);
    return wish->images[wish->image_count++] != NULL;
}

void serve_openai_edit(struct sandbox_call *call)
{
    struct wish wish = {.model = NULL};
    const struct {
        const char *name;
        const char **text;
    } fields[] = {{"model", &wish.model},
                  {"prompt", &wish.prompt},
                  {"size", &wish.size},
                  {"quality", &wish.quality},
                  {"output_format", &wish.format},
                  {"response_format", &wish.response},
                  {"n", &wish.count}};
    struct form_part part;
    if (!call_may_create(call)) {
        return;
    }
    for (size_t at = 0; form_next(call, &at, &part);) {
        const char *name = part.name ? part.name : "";
        if ((strcmp(name, "image") == 0 || strcmp(name, "image[]") == 0) &&
            !take_image(call, &part, &wish)) {
            return;
        }
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
            if (strcmp(name, fields[i].name) == 0) {
                *fields[i].text = arena_slice(call->arena, part.bytes, part.size);
            }
        }
    }
    if (wish.image_count == 0) {
        invalid(call, "invalid_value", "Missing required parameter: 'image'.");
        return;
    }
    make(call, &wish);
}
