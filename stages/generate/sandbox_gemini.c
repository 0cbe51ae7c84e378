/* SPDX-License-Identifier: MIT
 * Gemini's generateContent: the image stands in the answer as base64, after thoughts and beside
 * words. Written from Google's documents and SDK, not from our provider. */
#include <string.h>

#include "generate/base64.h"
#include "generate/models.h"
#include "generate/sandbox_parts.h"
#include "load/sniff.h"
#include "memory.h"
#include "text.h"

struct gemini_model {
    const char *name;
    const char *const *aspects, *const *sizes; /* sizes NULL: imageSize is an error */
    const struct model_size *pixels;
    double prices[4]; /* US dollars: 512, 1K, 2K, 4K */
};

static const struct gemini_model known[] = {
    {"gemini-nano-banana-2.1",
     aspects_wide,
     sizes_from_1k,
     pixels_from_1k,
     {0, 0.0336, 0.0504, 0.113}},
    {"gemini-3.1-flash-image",
     aspects_wide,
     sizes_from_512,
     pixels_from_512,
     {0.045, 0.067, 0.101, 0.151}},
    {"gemini-3-pro-image", aspects_common, sizes_from_1k, pixels_common, {0, 0.134, 0.134, 0.24}},
    {"gemini-3.1-flash-lite-image", aspects_wide, NULL, pixels_only_1k, {0, 0.034, 0, 0}},
    {"gemini-2.5-flash-image", aspects_common, NULL, pixels_first, {0, 0.039, 0, 0}},
};

/* ---- Errors
 * ------------------------------------------------------------------------------------------ */

static const char *status_word(int status)
{
    static const struct {
        int status;
        const char *word;
    } words[] = {{400, "INVALID_ARGUMENT"},  {401, "UNAUTHENTICATED"}, {402, "RESOURCE_EXHAUSTED"},
                 {403, "PERMISSION_DENIED"}, {404, "NOT_FOUND"},       {429, "RESOURCE_EXHAUSTED"},
                 {500, "INTERNAL"},          {503, "UNAVAILABLE"},     {504, "DEADLINE_EXCEEDED"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (words[i].status == status) {
            return words[i].word;
        }
    }
    return "UNKNOWN";
}

static struct value *detail(struct arena *arena, const char *type)
{
    const char *name = arena_format(arena, "type.googleapis.com/google.rpc.%s", type);
    return name ? object_text(arena, value_object(arena), "@type", name) : NULL;
}

static struct value *details(struct arena *arena, int status, const struct sandbox_fault *fault)
{
    struct value *list = value_list(arena);
    const bool day = fault && text_starts(fault->name, "quota");
    if (status != 429) {
        return list;
    }
    struct value *violation = object_text(arena, value_object(arena), "quotaMetric",
                                          "generativelanguage.googleapis.com/generate_requests");
    violation = object_text(arena, violation, "quotaId",
                            day ? "GenerateRequestsPerDayPerProjectPerModel"
                                : "GenerateRequestsPerMinutePerProjectPerModel");
    struct value *failure = value_set(arena, detail(arena, "QuotaFailure"), "violations",
                                      value_append(arena, value_list(arena), violation));
    list = value_append(arena, list, failure);
    if (fault && fault->retry_after > 0) {
        const char *delay = arena_format(arena, "%gs", fault->retry_after);
        list = value_append(arena, list,
                            object_text(arena, detail(arena, "RetryInfo"), "retryDelay", delay));
    }
    return list;
}

void refuse_gemini(struct sandbox_call *call, int status, const char *words,
                   const struct sandbox_fault *fault)
{
    struct arena *arena = call->arena;
    status = status == 422 ? 400 : status == 455 ? 503 : status == 433 ? 429 : status;
    struct value *error = value_set(arena, value_object(arena), "code", value_int(arena, status));
    error = object_text(arena, error, "message", words);
    error = object_text(arena, error, "status", status_word(status));
    error = value_set(arena, error, "details", details(arena, status, fault));
    struct value *answer = value_set(arena, value_object(arena), "error", error);
    if (fault && fault->effect == EFFECT_WRAPPED) {
        answer = value_append(arena, value_list(arena), answer);
    }
    call_json(call, status, answer);
}

static void invalid(struct sandbox_call *call, const char *words)
{
    call_refuse(call, 400, 400, words, NULL);
}

/* ---- The request
 * ------------------------------------------------------------------------------------- */

static const struct gemini_model *model_of(struct sandbox_call *call)
{
    const char *colon = strchr(call->rest, ':');
    const size_t size = colon ? (size_t)(colon - call->rest) : 0;
    for (size_t i = 0; colon && i < sizeof known / sizeof *known; i++) {
        if (strcmp(colon, ":generateContent") == 0 && strlen(known[i].name) == size &&
            strncmp(known[i].name, call->rest, size) == 0) {
            return &known[i];
        }
    }
    call_refuse(call, 404, 404,
                arena_format(call->arena,
                             "models/%.*s is not found for API version %s, or is not supported "
                             "for generateContent.",
                             (int)size, call->rest,
                             text_starts(call->request->path, "/v1/") ? "v1" : "v1beta"),
                NULL);
    return NULL;
}

static bool listed(const char *const *list, const char *word)
{
    while (list && *list && strcmp(*list, word) != 0) {
        list++;
    }
    return list && *list;
}

/* Members that the API does not know are an error there, not overlooked. */
static bool only_known(struct sandbox_call *call, const struct value *object, const char *where,
                       const char *const *names)
{
    for (size_t i = 0; object && i < object->object.count; i++) {
        const char *key = object->object.members[i].key;
        if (!listed(names, key)) {
            invalid(call, arena_format(call->arena,
                                       "Invalid JSON payload received. Unknown name \"%s\" at "
                                       "'%s': Cannot find field.",
                                       key, where));
            return false;
        }
    }
    return true;
}

/* What was inlined: its declared type must be its own. */
static bool take_inline(struct sandbox_call *call, const struct value *data, const char **out)
{
    const struct value *mime = member_either(data, "mimeType", "mime_type");
    const char *text = member_text(data, "data"), *words;
    const size_t length = text ? strlen(text) : 0;
    uint8_t *bytes = arena_alloc(call->arena, base64_room(length));
    size_t size;
    char hash[33];
    if (!bytes || !text || !base64_decode(text, length, bytes, &size)) {
        invalid(call, "Invalid value at 'contents[0].parts[0].inline_data.data' (TYPE_BYTES)");
        return false;
    }
    const enum format format = sniff((struct span){bytes, size}, &words);
    if (!mime || mime->type != VALUE_TEXT || format == FORMAT_NONE ||
        strcmp(format_info(format)->mime, mime->text) != 0) {
        invalid(call, "Unable to process input image. Please retry or report in "
                      "https://developers.generativeai.google/guide/troubleshooting");
        return false;
    }
    hash_text(hash_bytes(bytes, size), hash);
    *out = arena_format(call->arena, "inline:%s", hash);
    return *out != NULL;
}

static bool parts_read(struct sandbox_call *call, const struct value *body,
                       struct sandbox_task *task)
{
    enum { REFERENCES_MAX = 14 };
    const char *references[REFERENCES_MAX];
    const struct value *contents = value_get(body, "contents");
    const struct value *content = contents && contents->type == VALUE_LIST && contents->list.count
                                      ? contents->list.items[contents->list.count - 1]
                                      : contents;
    const struct value *parts = value_get(content ? content : body, "parts");
    struct buffer prompt = {.limit = 1 << 20};
    size_t count = 0;
    bool good = parts && parts->type == VALUE_LIST;
    for (size_t i = 0; good && i < parts->list.count; i++) {
        const char *text = member_text(parts->list.items[i], "text");
        const struct value *data = member_either(parts->list.items[i], "inlineData", "inline_data");
        if (text) {
            buffer_text(&prompt, text);
        } else if (data && count == REFERENCES_MAX) {
            invalid(call, "Too many images: at most 14 are supported.");
            buffer_free(&prompt);
            return false;
        } else if (data && !take_inline(call, data, &references[count++])) {
            buffer_free(&prompt);
            return false;
        }
    }
    task->prompt = prompt.size && !buffer_failed(&prompt)
                       ? task_keep_text(call->sandbox, buffer_string(&prompt))
                       : NULL;
    buffer_free(&prompt);
    task->references = task_keep_list(call->sandbox, references, count);
    task->reference_count = count;
    if (!task->prompt || !task->references) {
        invalid(call, "* GenerateContentRequest.contents: contents is not specified");
        return false;
    }
    return true;
}

/* imageConfig; or in its place, since mid-2026, responseFormat.image, which may stand in a list. */
static const struct value *image_config(const struct value *config)
{
    const struct value *image = member_either(config, "imageConfig", "image_config");
    const struct value *format = member_either(config, "responseFormat", "response_format");
    if (format && format->type == VALUE_LIST && format->list.count > 0) {
        format = format->list.items[0];
    }
    image = image || !format ? image : value_get(format, "image");
    return image && image->type == VALUE_OBJECT ? image : NULL;
}

static bool config_read(struct sandbox_call *call, const struct gemini_model *model,
                        const struct value *body, struct sandbox_task *task)
{
    static const char *const image_names[] = {
        "aspectRatio",       "aspect_ratio", "imageSize", "image_size", "personGeneration",
        "person_generation", "mimeType",     "delivery",  NULL};
    const struct value *config = member_either(body, "generationConfig", "generation_config");
    const struct value *image = image_config(config);
    const struct value *aspect = member_either(image, "aspectRatio", "aspect_ratio");
    const struct value *size = member_either(image, "imageSize", "image_size");
    const struct value *seed = config ? value_get(config, "seed") : NULL;
    const bool old = member_either(config, "imageConfig", "image_config") == image;
    if (old && !only_known(call, image, "generation_config.image_config", image_names)) {
        return false;
    }
    if (aspect && (aspect->type != VALUE_TEXT || strcmp(aspect->text, "auto") == 0 ||
                   !listed(model->aspects, aspect->text))) {
        invalid(call, "Invalid value at 'generation_config.image_config.aspect_ratio'");
        return false;
    }
    if (size && (size->type != VALUE_TEXT || !listed(model->sizes, size->text))) {
        invalid(call, "Invalid value at 'generation_config.image_config.image_size'");
        return false;
    }
    const char *named = size ? size->text : "1K";
    task->aspect = task_keep_text(call->sandbox, aspect ? aspect->text : "1:1");
    task->size = task_keep_text(call->sandbox, named);
    task->seed = seed && seed->type == VALUE_INT ? seed->integer : 0;
    task->cost = model->prices[named[0] == '5' ? 0 : named[0] == '1' ? 1 : named[0] == '2' ? 2 : 3];
    task->format = FORMAT_PNG;
    if (!task->aspect || !task->size) {
        return false;
    }
    if (!sandbox_pixels(model->pixels, task->aspect, named, &task->width, &task->height)) {
        task->width = 792; /* 21:9 at 512, as documented */
        task->height = 168;
    }
    return true;
}

/* ---- The answer
 * --------------------------------------------------------------------------------------- */

static struct value *image_part(struct sandbox_call *call, const struct sandbox_task *task,
                                enum format format, int smaller)
{
    struct arena *arena = call->arena;
    struct buffer bytes = {0}, text = {0};
    struct value *data = NULL;
    if (!task_picture(call, task, format, smaller, &bytes)) {
        return NULL;
    }
    text_base64(&text, bytes.data, bytes.size);
    if (!buffer_failed(&text)) {
        data = object_text(arena, value_object(arena), "mimeType", format_info(task->format)->mime);
        data = object_text(arena, data, "data", buffer_string(&text));
    }
    buffer_free(&bytes);
    buffer_free(&text);
    return value_set(arena, value_object(arena), "inlineData", data);
}

static struct value *text_part(struct arena *arena, const char *text)
{
    return object_text(arena, value_object(arena), "text", text);
}

static struct value *image_parts(struct sandbox_call *call, const struct sandbox_task *task,
                                 const struct sandbox_fault *fault)
{
    struct arena *arena = call->arena;
    const enum sandbox_effect fate = task->fate ? task->fate->effect : EFFECT_SAY;
    const enum sandbox_effect spoilt = fault ? fault->effect : EFFECT_SAY;
    struct value *parts = value_list(arena);
    if (fate == EFFECT_THOUGHT) {
        struct value *words = value_set(arena, text_part(arena, "Considering the composition."),
                                        "thought", value_bool(arena, true));
        struct value *draft = value_set(arena, image_part(call, task, FORMAT_JPEG, 4), "thought",
                                        value_bool(arena, true));
        parts = value_append(arena, value_append(arena, parts, words), draft);
    }
    if (fate == EFFECT_DRAFT) {
        parts = value_append(arena, parts, image_part(call, task, task->format, 4));
    }
    parts = value_append(arena, parts, text_part(arena, "Here is your image:"));
    struct value *image = image_part(call, task, spoilt == EFFECT_TYPE ? FORMAT_JPEG : FORMAT_PNG,
                                     spoilt == EFFECT_SIZE ? 2 : 1);
    image = object_text(arena, image, "thoughtSignature", "c2FuZGJveA==");
    return value_append(arena, parts, image);
}

static struct value *usage_value(struct arena *arena, const struct sandbox_task *task)
{
    struct value *usage = value_object(arena);
    const int64_t prompt = (int64_t)strlen(task->prompt) / 4 + 1;
    usage = value_set(arena, usage, "promptTokenCount", value_int(arena, prompt));
    usage = value_set(arena, usage, "candidatesTokenCount", value_int(arena, 1120));
    return value_set(arena, usage, "totalTokenCount", value_int(arena, prompt + 1120));
}

static struct value *candidate_value(struct sandbox_call *call, const struct sandbox_task *task,
                                     const struct sandbox_fault *fault)
{
    struct arena *arena = call->arena;
    const bool none = task->fate && task->fate->effect == EFFECT_NO_IMAGE;
    struct value *candidate = value_object(arena);
    if (!none) {
        struct value *content =
            value_set(arena, value_object(arena), "parts", image_parts(call, task, fault));
        content = object_text(arena, content, "role", "model");
        candidate = value_set(arena, candidate, "content", content);
    }
    candidate = object_text(arena, candidate, "finishReason", none ? "NO_IMAGE" : "STOP");
    if (none) {
        candidate = object_text(arena, candidate, "finishMessage", "No image was generated.");
    }
    return value_set(arena, candidate, "index", value_int(arena, 0));
}

static void say_image(struct sandbox_call *call, const struct sandbox_task *task,
                      const struct sandbox_fault *fault)
{
    struct arena *arena = call->arena;
    struct value *answer = value_object(arena);
    if (task->fate && task->fate->effect == EFFECT_REFUSE) {
        struct value *feedback =
            object_text(arena, value_object(arena), "blockReason", "PROHIBITED_CONTENT");
        answer = value_set(arena, answer, "promptFeedback", feedback);
    } else {
        struct value *candidates =
            value_append(arena, value_list(arena), candidate_value(call, task, fault));
        answer = value_set(arena, answer, "candidates", candidates);
    }
    answer = value_set(arena, answer, "usageMetadata", usage_value(arena, task));
    answer = object_text(arena, answer, "modelVersion", task->model);
    call_json(call, 200, object_text(arena, answer, "responseId", task->id));
}

void serve_gemini(struct sandbox_call *call)
{
    if (!call_may_create(call)) {
        return;
    }
    const struct gemini_model *model = model_of(call);
    const struct value *body = model ? call_body(call) : NULL;
    struct sandbox_task asked = {.model = model ? model->name : NULL};
    if (!body || !parts_read(call, body, &asked) || !config_read(call, model, body, &asked)) {
        return;
    }
    asked.request = hash_mix_text(value_mix((struct hash){0, 0}, body), asked.model);
    struct sandbox_task *task = task_make(call, &asked);
    if (!task) {
        return;
    }
    call_deliver(call, task, say_image);
}
