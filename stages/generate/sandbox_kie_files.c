/* SPDX-License-Identifier: MIT
 * The rest of Kie's API: new links for old ones, credit, and the uploads of reference images. */
#include <string.h>
#include <time.h>

#include "generate/base64.h"
#include "generate/sandbox_parts.h"
#include "text.h"

static void say_data(struct sandbox_call *call, const struct value *data)
{
    struct value *envelope = value_object(call->arena);
    envelope = value_set(call->arena, envelope, "code", value_int(call->arena, 200));
    envelope = object_text(call->arena, envelope, "msg", "success");
    call_json(call, 200, value_set(call->arena, envelope, "data", data));
}

/* ---- Links and credit
 * ------------------------------------------------------------------------------ */

/* Made for what is not there, too, as the service does. */
void serve_kie_url(struct sandbox_call *call)
{
    struct sandbox *sandbox = call->sandbox;
    if (!call_has_key(call) || sandbox_spoil(call, sandbox_strike(sandbox, AT_REFRESH))) {
        return;
    }
    const struct value *body = call_body(call);
    const char *url = member_text(body, "url"), *own = server_url(sandbox->server);
    if (!body) {
        return;
    }
    if (!url || !text_starts(url, own) || url[strlen(own)] != '/') {
        refuse_kie(call, 200, 422, "url is wrong");
        return;
    }
    const char *path = arena_slice(call->arena, url, strcspn(url, "?"));
    const char *name = path ? strrchr(path, '/') + 1 : "";
    const char *id = arena_slice(call->arena, name, strcspn(name, "."));
    pthread_mutex_lock(&sandbox->lock);
    struct sandbox_task *task = id ? task_find(sandbox, id) : NULL;
    const int ticket = task ? ++task->tickets : 1;
    pthread_mutex_unlock(&sandbox->lock);
    const char *fresh = path ? arena_format(call->arena, "%s?ticket=%d", path, ticket) : NULL;
    say_data(call, fresh ? value_text(call->arena, fresh) : NULL);
}

void serve_kie_credit(struct sandbox_call *call)
{
    if (!call_has_key(call)) {
        return;
    }
    pthread_mutex_lock(&call->sandbox->lock);
    const double credit = call->sandbox->credit;
    pthread_mutex_unlock(&call->sandbox->lock);
    say_data(call, value_real(call->arena, credit));
}

/* ---- Uploads
 * ------------------------------------------------------------------------------------------ */

struct upload {
    const char *folder, *name;
    const void *bytes;
    size_t size;
};

static void refuse_upload(struct sandbox_call *call, int status, const char *words)
{
    struct value *envelope = value_object(call->arena);
    envelope = value_set(call->arena, envelope, "success", value_bool(call->arena, false));
    envelope = value_set(call->arena, envelope, "code", value_int(call->arena, status));
    call_json(call, status, object_text(call->arena, envelope, "msg", words));
}

static const char *time_text(struct arena *arena, int64_t ms)
{
    const time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    char text[32] = "";
    gmtime_r(&seconds, &parts);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    return arena_format(arena, "%s.%03dZ", text, (int)(ms % 1000));
}

static void say_uploaded(struct sandbox_call *call, const struct upload *upload,
                         const struct sandbox_file *file)
{
    struct arena *arena = call->arena;
    struct value *data = value_set(arena, value_object(arena), "success", value_bool(arena, true));
    const char *url =
        arena_format(arena, "%s/files/%s", server_url(call->sandbox->server), file->path);
    data = object_text(arena, data, "fileName", upload->name);
    data = object_text(arena, data, "filePath", file->path);
    data = object_text(arena, data, "downloadUrl", url);
    data = value_set(arena, data, "fileSize", value_int(arena, (int64_t)file->size));
    data = object_text(arena, data, "mimeType", format_info(file->format)->mime);
    data = object_text(arena, data, "uploadedAt", time_text(arena, file->uploaded_ms));
    struct value *answer =
        value_set(arena, value_object(arena), "success", value_bool(arena, true));
    answer = value_set(arena, answer, "code", value_int(arena, 200));
    answer = object_text(arena, answer, "msg", "File uploaded successfully");
    call_json(call, 200, value_set(arena, answer, "data", data));
}

static bool is_name(const char *text)
{
    return text && *text && *text != '/' && !strstr(text, "..") && !text_ends(text, "/");
}

static void take_upload(struct sandbox_call *call, const struct upload *upload)
{
    struct sandbox_file file;
    if (!is_name(upload->folder)) {
        refuse_upload(call, 400, "Missing required parameter: uploadPath");
    } else if (!is_name(upload->name) || strchr(upload->name, '/')) {
        refuse_upload(call, 400, "Missing required parameter: fileName");
    } else if (upload->size == 0) {
        refuse_upload(call, 400, "Missing required parameter: file");
    } else if (!file_keep(call, upload->folder, upload->name, upload->bytes, upload->size, &file)) {
        refuse_upload(call, 500, "Upload failed");
    } else {
        say_uploaded(call, upload, &file);
    }
}

static bool may_upload(struct sandbox_call *call)
{
    return call_has_key(call) && !sandbox_spoil(call, sandbox_strike(call->sandbox, AT_UPLOAD));
}

void serve_kie_base64(struct sandbox_call *call)
{
    const struct value *body = may_upload(call) ? call_body(call) : NULL;
    if (!body) {
        return;
    }
    const char *data = member_text(body, "base64Data");
    const char *comma = data && text_starts(data, "data:") ? strchr(data, ',') : NULL;
    data = comma ? comma + 1 : data;
    struct upload upload = {.folder = member_text(body, "uploadPath"),
                            .name = member_text(body, "fileName")};
    const size_t length = data ? strlen(data) : 0;
    void *bytes = arena_alloc(call->arena, base64_room(length));
    if (!bytes || !data || !base64_decode(data, length, bytes, &upload.size)) {
        refuse_upload(call, 400, "Invalid base64 data");
        return;
    }
    upload.bytes = bytes;
    take_upload(call, &upload);
}

void serve_kie_stream(struct sandbox_call *call)
{
    struct upload upload = {.folder = NULL};
    struct form_part part;
    const char *given = NULL;
    if (!may_upload(call)) {
        return;
    }
    for (size_t at = 0; form_next(call, &at, &part);) {
        if (part.file) {
            upload.bytes = part.bytes;
            upload.size = part.size;
            given = part.file;
        } else if (part.name && strcmp(part.name, "uploadPath") == 0) {
            upload.folder = arena_slice(call->arena, part.bytes, part.size);
        } else if (part.name && strcmp(part.name, "fileName") == 0) {
            upload.name = arena_slice(call->arena, part.bytes, part.size);
        }
    }
    upload.name = upload.name ? upload.name : given;
    take_upload(call, &upload);
}
