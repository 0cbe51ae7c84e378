/* SPDX-License-Identifier: MIT
 * Kie's job API as its documents and recordings show it: createTask with each model's own field
 * names, recordInfo. The tables are written from those documents and not taken from the provider,
 * so that the one checks the other. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "generate/models.h"
#include "generate/sandbox_parts.h"
#include "text.h"

struct kie_model {
    const char *name;
    int prompt_max, references_max;
    const char *references; /* the field; NULL: takes none */
    bool references_needed;
    const char *aspect; /* the field */
    const char *aspect_default;
    const char *const *aspects;
    bool resolution;
    const char *jpeg; /* how output_format spells it; NULL: no such field, and JPEG */
    enum format format_default;
    double credits[3]; /* 1K, 2K, 4K */
    const struct model_size *pixels;
};

static const struct kie_model kie_models_known[] = {
    {"nano-banana-2-1",
     20000,
     10,
     "image_input",
     false,
     "aspect_ratio",
     "auto",
     aspects_wide,
     true,
     "jpg",
     FORMAT_JPEG,
     {4, 6, 9},
     pixels_from_1k},
    {"nano-banana-2",
     20000,
     14,
     "image_input",
     false,
     "aspect_ratio",
     "auto",
     aspects_wide,
     true,
     "jpg",
     FORMAT_JPEG,
     {8, 12, 18},
     pixels_from_1k},
    {"nano-banana-2-lite",
     20000,
     10,
     "image_urls",
     false,
     "aspect_ratio",
     "auto",
     aspects_wide,
     false,
     NULL,
     FORMAT_JPEG,
     {4},
     pixels_only_1k},
    {"nano-banana-pro",
     10000,
     8,
     "image_input",
     false,
     "aspect_ratio",
     "1:1",
     aspects_common,
     true,
     "jpg",
     FORMAT_PNG,
     {18, 18, 24},
     pixels_common},
    {"google/nano-banana",
     5000,
     0,
     NULL,
     false,
     "image_size",
     "1:1",
     aspects_common,
     false,
     "jpeg",
     FORMAT_PNG,
     {4},
     pixels_first},
    {"google/nano-banana-edit",
     5000,
     10,
     "image_urls",
     true,
     "image_size",
     "1:1",
     aspects_common,
     false,
     "jpeg",
     FORMAT_PNG,
     {4},
     pixels_first},
};

/* ---- Envelopes
 * -------------------------------------------------------------------------------------- */

static void say(struct sandbox_call *call, int status, int code, const char *words,
                const struct value *data)
{
    struct value *envelope = value_object(call->arena);
    envelope = value_set(call->arena, envelope, "code", value_int(call->arena, code));
    envelope = object_text(call->arena, envelope, "msg", words);
    envelope = value_set(call->arena, envelope, "data", data ? data : value_null(call->arena));
    call_json(call, status, envelope);
}

void refuse_kie(struct sandbox_call *call, int status, int code, const char *words)
{
    say(call, status, code, words, NULL);
}

/* ---- createTask
 * ------------------------------------------------------------------------------------- */

static bool listed(const char *const *list, const char *word)
{
    while (*list && strcmp(*list, word) != 0) {
        list++;
    }
    return *list != NULL;
}

/* An enumeration's field: its text, the default, or NULL and refused. */
static const char *choice(struct sandbox_call *call, const struct value *input, const char *field,
                          const char *const *allowed, const char *fallback)
{
    const struct value *member = value_get(input, field);
    if (!member || member->type == VALUE_NULL) {
        return fallback;
    }
    if (member->type == VALUE_TEXT && listed(allowed, member->text)) {
        return member->text;
    }
    call_refuse(call, 200, 500,
                arena_format(call->arena, "%s is not within the range of allowed options", field),
                NULL);
    return NULL;
}

/* Links of ours must lead to something, as the service would fetch them. */
static bool reference_is_good(struct sandbox_call *call, const char *url)
{
    const char *own = server_url(call->sandbox->server);
    const char *path = text_starts(url, own) ? url + strlen(own) : NULL;
    if (path && text_starts(path, "/files/")) {
        return file_known(call->sandbox, path + strlen("/files/"));
    }
    return text_starts(url, "https://") || text_starts(url, "http://");
}

static bool references_read(struct sandbox_call *call, const struct kie_model *model,
                            const struct value *input, struct sandbox_task *task)
{
    const struct value *list = model->references ? value_get(input, model->references) : NULL;
    const size_t count = list && list->type == VALUE_LIST ? list->list.count : 0;
    const char **urls = arena_array(call->arena, count + 1, sizeof *urls);
    bool good = urls && (!list || list->type == VALUE_LIST);
    for (size_t i = 0; good && i < count; i++) {
        const struct value *url = list->list.items[i];
        good = url->type == VALUE_TEXT && reference_is_good(call, url->text);
        urls[i] = good ? url->text : NULL;
    }
    if (!good) {
        call_refuse(call, 200, 422,
                    arena_format(call->arena, "%s does not match format 'uri'", model->references),
                    NULL);
        return false;
    }
    if ((int)count > model->references_max || (count == 0 && model->references_needed)) {
        call_refuse(call, 200, count ? 422 : 500,
                    count ? "too many images" : "This field is required", NULL);
        return false;
    }
    task->references = task_keep_list(call->sandbox, urls, count);
    task->reference_count = task->references ? count : 0;
    return true;
}

static bool prompt_read(struct sandbox_call *call, const struct kie_model *model,
                        const struct value *input, struct sandbox_task *task)
{
    const char *prompt = member_text(input, "prompt");
    size_t characters = 0;
    for (const char *c = prompt; c && *c; c++) {
        characters += (*c & 0xc0) != 0x80;
    }
    if (characters == 0 || characters > (size_t)model->prompt_max) {
        call_refuse(call, 200, characters ? 422 : 500,
                    characters ? "prompt is longer than maxLength" : "This field is required",
                    NULL);
        return false;
    }
    task->prompt = task_keep_text(call->sandbox, prompt);
    return true;
}

/* Everything that the picture depends on; false, and refused. */
static bool input_read(struct sandbox_call *call, const struct kie_model *model,
                       const struct value *input, struct sandbox_task *task)
{
    static const char *const resolutions[] = {"1K", "2K", "4K", NULL};
    const char *const formats[] = {"png", model->jpeg, NULL};
    const char *format_default = model->format_default == FORMAT_PNG ? "png" : model->jpeg;
    const char *aspect = NULL, *size = "1K", *format = format_default;
    const struct value *seed = value_get(input, "seed");
    if (!prompt_read(call, model, input, task) || !references_read(call, model, input, task)) {
        return false;
    }
    aspect = choice(call, input, model->aspect, model->aspects, model->aspect_default);
    if (aspect && model->resolution) {
        size = choice(call, input, "resolution", resolutions, "1K");
    }
    if (aspect && size && model->jpeg) {
        format = choice(call, input, "output_format", formats, format_default);
    }
    if (!aspect || !size || (model->jpeg && !format)) {
        return false;
    }
    task->aspect = task_keep_text(call->sandbox, aspect);
    task->size = task_keep_text(call->sandbox, size);
    task->format = format && strcmp(format, "png") == 0 ? FORMAT_PNG : FORMAT_JPEG;
    task->seed = seed && seed->type == VALUE_INT ? seed->integer : 0;
    task->cost = model->credits[size[0] == '1' ? 0 : size[0] == '2' ? 1 : 2] * 0.005;
    return sandbox_pixels(model->pixels, strcmp(aspect, "auto") == 0 ? "1:1" : aspect, size,
                          &task->width, &task->height);
}

static const char *value_as_text(struct arena *arena, const struct value *value)
{
    struct buffer text = {0};
    value_print(&text, value);
    const char *copy = buffer_failed(&text) ? NULL : arena_text(arena, buffer_string(&text));
    buffer_free(&text);
    return copy;
}

/* The request as recordInfo gives it back: JSON text, with `input` as JSON text in it. */
static const char *param_text(struct sandbox_call *call, const struct value *body)
{
    struct value *param = value_object(call->arena);
    const char *input = value_as_text(call->arena, value_get(body, "input"));
    const char *callback = member_text(body, "callBackUrl");
    if (callback) {
        param = object_text(call->arena, param, "callBackUrl", callback);
    }
    param = object_text(call->arena, param, "input", input);
    param = object_text(call->arena, param, "model", member_text(body, "model"));
    return param ? value_as_text(call->arena, param) : NULL;
}

static const struct kie_model *model_of(struct sandbox_call *call, const struct value *body)
{
    const char *name = member_text(body, "model");
    const struct value *input = value_get(body, "input");
    for (size_t i = 0; name && i < sizeof kie_models_known / sizeof *kie_models_known; i++) {
        if (strcmp(kie_models_known[i].name, name) == 0 && input && input->type == VALUE_OBJECT) {
            return &kie_models_known[i];
        }
    }
    if (!name || !input || input->type != VALUE_OBJECT) {
        call_refuse(call, 200, 500, "This field is required", NULL);
    } else {
        call_refuse(call, 200, 422,
                    arena_format(call->arena, "The model %s is not supported", name), NULL);
    }
    return NULL;
}

static void say_created(struct sandbox_call *call, const struct sandbox_task *task)
{
    const struct sandbox_fault *fault = sandbox_strike(call->sandbox, AT_MADE);
    const bool error = fault && fault->effect == EFFECT_WITH_TASK;
    struct value *data = object_text(call->arena, value_object(call->arena), "taskId", task->id);
    data = object_text(call->arena, data, "recordId", task->id);
    say(call, 200, error ? fault->code : 200, error ? fault->words : "success", data);
    sandbox_spoil(call, fault);
}

void serve_kie_create(struct sandbox_call *call)
{
    if (!call_may_create(call)) {
        return;
    }
    const struct value *body = call_body(call);
    const struct kie_model *model = body ? model_of(call, body) : NULL;
    struct sandbox_task task = {.model = model ? model->name : NULL};
    if (!model || !input_read(call, model, value_get(body, "input"), &task)) {
        return;
    }
    const char *callback = member_text(body, "callBackUrl");
    task.callback = callback ? task_keep_text(call->sandbox, callback) : NULL;
    task.param = task_keep_text(call->sandbox, param_text(call, body));
    task.request =
        hash_mix_text(value_mix((struct hash){0, 0}, value_get(body, "input")), task.model);
    if (!task.prompt || !task.aspect || !task.size || !task.param) {
        call_refuse(call, 503, 500, "out of memory", NULL);
        return;
    }
    const struct sandbox_task *made = task_make(call, &task);
    if (made) {
        say_created(call, made);
    }
}

/* ---- recordInfo
 * ------------------------------------------------------------------------------------- */

static const char *result_url(struct sandbox *sandbox, const struct sandbox_task *task,
                              struct arena *arena)
{
    return arena_format(arena, "%s/images/%s.%s", server_url(sandbox->server), task->id,
                        format_info(task->format)->extension);
}

static struct value *result_value(struct sandbox *sandbox, const struct sandbox_task *task,
                                  struct arena *arena)
{
    struct value *urls = value_list(arena);
    if (!task->fate || task->fate->effect != EFFECT_NO_IMAGE) {
        const char *url = result_url(sandbox, task, arena);
        urls = value_append(arena, urls, url ? value_text(arena, url) : NULL);
    }
    return value_set(arena, value_object(arena), "resultUrls", urls);
}

static struct value *set_failure(struct arena *arena, struct value *data,
                                 const struct sandbox_fault *fate)
{
    data =
        object_text(arena, data, "failCode", fate ? arena_format(arena, "%d", fate->code) : NULL);
    return object_text(arena, data, "failMsg", fate ? fate->words : NULL);
}

struct value *kie_record(struct sandbox *sandbox, const struct sandbox_task *task,
                         const struct sandbox_fault *fault, struct arena *arena)
{
    const char *state = task_state(sandbox, task);
    const bool success = strcmp(state, "success") == 0, fail = strcmp(state, "fail") == 0;
    const bool waiting = strcmp(state, "waiting") == 0, ended = success || fail;
    const int64_t ms = (int64_t)((task->ends - task->created) * 1000);
    const struct value *result = success ? result_value(sandbox, task, arena) : NULL;
    const bool strange = fault && fault->effect == EFFECT_STATE;
    struct value *data = object_text(arena, value_object(arena), "taskId", task->id);
    data = object_text(arena, data, "model", task->model);
    data = object_text(arena, data, "state", strange ? "archiving" : state);
    data = object_text(arena, data, "param", task->param);
    if (success && fault && fault->effect == EFFECT_OBJECT) {
        data = value_set(arena, data, "resultJson", result);
    } else {
        data = object_text(arena, data, "resultJson", result ? value_as_text(arena, result) : "");
    }
    data = set_failure(arena, data, fail ? task->fate : NULL);
    data = value_set(arena, data, "costTime", /* the documents say ms; seconds come */
                     ended ? value_int(arena, ms / 1000) : value_null(arena));
    data = value_set(arena, data, "completeTime",
                     ended ? value_int(arena, task->created_ms + ms) : value_null(arena));
    data = value_set(arena, data, "createTime", value_int(arena, task->created_ms));
    data = value_set(arena, data, "progress", value_int(arena, ended ? 100 : waiting ? 0 : 50));
    return value_set(arena, data, "creditsConsumed",
                     value_real(arena, waiting || fail ? 0 : task->cost / 0.005));
}

void serve_kie_record(struct sandbox_call *call)
{
    struct sandbox *sandbox = call->sandbox;
    const char *id = server_query(call->request, "taskId");
    struct value *data = NULL;
    if (!call_has_key(call)) {
        return;
    }
    if (!id || !*id) {
        say(call, 200, 400, "taskId parameter is required", NULL);
        return;
    }
    const struct sandbox_fault *fault = sandbox_strike(sandbox, AT_POLL);
    pthread_mutex_lock(&sandbox->lock);
    sandbox->counts.polls++;
    struct sandbox_task *task = task_find(sandbox, id);
    if (task) {
        task->polls++;
        task->lost = task->lost || (fault && fault->effect == EFFECT_LOST);
        data = task->lost ? NULL : kie_record(sandbox, task, fault, call->arena);
    }
    const bool found = task && !task->lost;
    pthread_mutex_unlock(&sandbox->lock);
    if (!found) {
        say(call, 200, 404, "Task not found", NULL);
        return;
    }
    if (fault && fault->effect == EFFECT_NO_DATA) {
        data = NULL;
    }
    say(call, 200, 200, "success", data);
    sandbox_spoil(call, fault);
}
