/* SPDX-License-Identifier: MIT
 * The sandbox: which path leads where, its start and its end, and the provider of its name. */
#include "sandbox.h"

#include <string.h>
#include <time.h>

#include "generate/kie.h"
#include "memory.h"
#include "generate/sandbox_parts.h"
#include "text.h"

enum { CREDIT_DEFAULT = 10000 };

static const struct route {
    const char *method, *path; /* a path that ends in '/' leads everything below it */
    enum sandbox_protocol protocol;
    sandbox_route *serve;
} routes[] = {
    {"POST", "/api/v1/jobs/createTask", PROTOCOL_KIE, serve_kie_create},
    {"GET", "/api/v1/jobs/recordInfo", PROTOCOL_KIE, serve_kie_record},
    {"POST", "/api/v1/common/download-url", PROTOCOL_KIE, serve_kie_url},
    {"GET", "/api/v1/chat/credit", PROTOCOL_KIE, serve_kie_credit},
    {"POST", "/api/file-base64-upload", PROTOCOL_KIE, serve_kie_base64},
    {"POST", "/api/file-stream-upload", PROTOCOL_KIE, serve_kie_stream},
    {"POST", "/v1beta/models/", PROTOCOL_GEMINI, serve_gemini},
    {"POST", "/v1/models/", PROTOCOL_GEMINI, serve_gemini}, /* newer clients of Google's */
    {"POST", "/v1/images/generations", PROTOCOL_OPENAI, serve_openai_create},
    {"POST", "/v1/images/edits", PROTOCOL_OPENAI, serve_openai_edit},
    {"GET", "/images/", PROTOCOL_KIE, serve_image},
    {"GET", "/files/", PROTOCOL_KIE, serve_upload},
    {"GET", "/_sandbox", PROTOCOL_KIE, serve_state},
    {"GET", "/_sandbox/ledger", PROTOCOL_KIE, serve_ledger},
    {"GET", "/_sandbox/faults", PROTOCOL_KIE, serve_faults},
    {"POST", "/_sandbox/faults", PROTOCOL_KIE, serve_arm},
    {"POST", "/_sandbox/settings", PROTOCOL_KIE, serve_settings},
    {"GET", "/_sandbox/loop/", PROTOCOL_KIE, serve_loop},
};

static const struct route *route_find(const struct server_request *request, bool *path_known)
{
    const struct route *found = NULL;
    *path_known = false;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        const bool below = text_ends(routes[i].path, "/");
        if (below ? text_starts(request->path, routes[i].path)
                  : strcmp(request->path, routes[i].path) == 0) {
            *path_known = true;
            found = strcmp(request->method, routes[i].method) == 0 ? &routes[i] : found;
        }
    }
    return found;
}

static void tell(const struct sandbox_call *call)
{
    const struct sandbox_settings *settings = &call->sandbox->settings;
    if (settings->event) {
        const struct server_response *response = call->response;
        const char *line =
            arena_format(call->arena, "%s %s %d%s", call->request->method, call->request->path,
                         response->status ? response->status : 200,
                         response->hang   ? " (hangs)"
                         : response->drop ? " (dropped)"
                         : response->cut  ? " (cut)"
                                          : "");
        if (line) {
            settings->event(settings->data, line);
        }
    }
}

static void handle(void *data, const struct server_request *request,
                   struct server_response *response)
{
    struct sandbox *sandbox = data;
    bool path_known;
    const struct route *route = route_find(request, &path_known);
    struct sandbox_call call = {.sandbox = sandbox,
                                .request = request,
                                .response = response,
                                .arena = request->arena,
                                .protocol = route ? route->protocol : PROTOCOL_KIE};
    pthread_mutex_lock(&sandbox->lock);
    sandbox->counts.requests++;
    pthread_mutex_unlock(&sandbox->lock);
    if (route) {
        call.rest = request->path + strlen(route->path);
        route->serve(&call);
    } else {
        call_text(&call, path_known ? 405 : 404, "text/plain",
                  path_known ? "Method Not Allowed\n" : "Not Found\n");
    }
    tell(&call);
}

/* ---- Start and stop
 * ---------------------------------------------------------------------------------- */

static enum status settings_keep(struct sandbox *sandbox, const struct sandbox_settings *settings,
                                 struct error *error)
{
    sandbox->settings = *settings;
    sandbox->credit = settings->credit > 0 ? settings->credit : CREDIT_DEFAULT;
    if (settings->rate_count < 0 || settings->rate_count > SANDBOX_RATE_MAX) {
        return error_set(error, STATUS_USAGE, "a rate of %d is outside 0..%d", settings->rate_count,
                         SANDBOX_RATE_MAX);
    }
    if (settings->key) {
        sandbox->settings.key = arena_text(sandbox->arena, settings->key);
    }
    if (settings->webhook_key) {
        sandbox->settings.webhook_key = arena_text(sandbox->arena, settings->webhook_key);
    }
    if ((settings->key && !sandbox->settings.key) ||
        (settings->webhook_key && !sandbox->settings.webhook_key)) {
        return error_memory(error);
    }
    for (const char *const *fault = settings->faults; fault && *fault; fault++) {
        if (sandbox_arm(sandbox, *fault, error) != STATUS_OK) {
            return error->status;
        }
    }
    return STATUS_OK;
}

static enum status start(struct sandbox *sandbox, const struct sandbox_settings *settings,
                         struct error *error)
{
    /* room for two uploads of 100 MB as base64 */
    const struct server_settings server = {.address = settings->address,
                                           .port = settings->port,
                                           .body_max = (size_t)256 << 20,
                                           .handle = handle,
                                           .data = sandbox};
    if (settings_keep(sandbox, settings, error) != STATUS_OK ||
        server_start(&server, &sandbox->server, error) != STATUS_OK) {
        return error->status;
    }
    return callbacks_start(sandbox, error);
}

enum status sandbox_start(const struct sandbox_settings *settings, struct sandbox **out,
                          struct error *error)
{
    struct sandbox *sandbox = memory_zero(1, sizeof *sandbox);
    struct timespec now;
    if (!sandbox) {
        return error_memory(error);
    }
    sandbox->arena = arena_new();
    if (!sandbox->arena) {
        memory_free(sandbox);
        return error_memory(error);
    }
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&sandbox->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&sandbox->lock, NULL);
    clock_gettime(CLOCK_REALTIME, &now); /* ids are new in every run, as a service's are */
    sandbox->random = (uint64_t)now.tv_sec * 1000000007u ^ (uint64_t)now.tv_nsec << 20;
    const enum status status = start(sandbox, settings, error);
    if (status != STATUS_OK) {
        sandbox_stop(sandbox);
        return status;
    }
    *out = sandbox;
    return STATUS_OK;
}

int sandbox_port(const struct sandbox *sandbox)
{
    return server_port(sandbox->server);
}

const char *sandbox_url(const struct sandbox *sandbox)
{
    return server_url(sandbox->server);
}

void sandbox_stop(struct sandbox *sandbox)
{
    if (!sandbox) {
        return;
    }
    sandbox->stopping = true; /* ends drawing, too */
    server_stop(sandbox->server);
    callbacks_stop(sandbox);
    for (size_t i = 0; i < sandbox->file_count; i++) {
        memory_free(sandbox->files[i].bytes);
    }
    pthread_cond_destroy(&sandbox->changed);
    pthread_mutex_destroy(&sandbox->lock);
    arena_free(sandbox->arena);
    memory_free(sandbox);
}

/* ---- The provider
 * ------------------------------------------------------------------------------------ */

/* Its base URL is that of a sandbox that runs: the one of this process, or of `picset sandbox`. */
#define TEXT_OF(number_) #number_
#define URL_AT(port_) "http://127.0.0.1:" TEXT_OF(port_)
static const char own_url[] = URL_AT(SANDBOX_PORT);

const struct provider provider_sandbox = {
    .name = "sandbox",
    .summary = "draws pictures on this machine: no key, no cost, for trying and for tests",
    .base_url = own_url,
    .upload_url = own_url,
    .models = kie_models,
    .jobs = true,
    .creates = {100, 1},
    .polls = {100, 1},
    .concurrency = 16,
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
