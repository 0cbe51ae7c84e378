/* SPDX-License-Identifier: MIT
 * See service.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "generate/http_limits.h"
#include "generate/listen.h"
#include "generate/server.h"
#include "model_fields.h"
#include "service.h"
#include "store.h"
#include "text.h"

enum { CREDIT_SECONDS = 5 }; /* it is asked for a warning only */

static const char callback_variable[] = "PICSET_CALLBACK_KEY";
static const char built_in_url[] = "sandbox"; /* a base-url that is no address */

/* ---- Which ---------------------------------------------------------------------------------- */

static bool has_key(const struct provider *provider)
{
    const char *key = provider->key_variable ? getenv(provider->key_variable) : NULL;
    return key && *key;
}

static const char *said(const char *option, const char *project)
{
    return option && *option ? option : project;
}

static const struct provider *first_with_key(void)
{
    for (const struct provider *const *provider = provider_list(); *provider; provider++) {
        if (has_key(*provider)) {
            return *provider;
        }
    }
    return NULL;
}

/* Its own name, so that an image of the sandbox is never taken for one of the service. */
static enum status stand_in(struct cli *cli, struct service *service, struct error *error)
{
    const struct provider *provider = service->provider;
    service->built_in = service->local = true;
    if (strcmp(provider->name, "sandbox") != 0) {
        service->stand_in = *provider;
        service->stand_in.name = arena_format(cli->arena, "sandbox as %s", provider->name);
        service->provider = &service->stand_in;
        if (!service->stand_in.name) {
            return error_memory(error);
        }
    }
    return STATUS_OK;
}

static enum status find_provider(const struct generation_options *options,
                                 const struct project_provider *project, const char *key_file,
                                 struct service *service, struct error *error)
{
    const char *name = said(options->provider, project->name);
    if (name) {
        return provider_choose(name, &service->provider, error);
    }
    const struct provider *sandbox = provider_find("sandbox");
    service->provider = first_with_key();
    if (!service->provider && !key_file && sandbox && !said(options->model, project->model)) {
        service->provider = sandbox;
    }
    service->provider = service->provider ? service->provider : provider_list()[0];
    return STATUS_OK;
}

/* Only who named no service is served by the sandbox in its place. */
static enum status keyless(struct cli *cli, bool named, struct service *service,
                           struct error *error)
{
    const struct provider *provider = service->provider;
    if (!named || !provider->key_variable) {
        return stand_in(cli, service, error);
    }
    service->keyless = arena_format(
        cli->arena,
        "no key for %s: looked for %s in the environment and for --key-file; '--base-url %s' has "
        "the built-in sandbox draw in its place, at no cost",
        provider->name, provider->key_variable, built_in_url);
    return service->keyless ? STATUS_OK : error_memory(error);
}

enum status service_choose(struct cli *cli, const struct generation_options *options,
                           const struct project *project, struct service *out, struct error *error)
{
    const struct project_provider *said_there = &project->provider;
    const struct pointer *at = POINTER_KEY(POINTER_KEY(NULL, "provider"), "fields");
    const char *key_file = said(options->key_file, NULL);
    struct service service = {0};
    if (find_provider(options, said_there, key_file, &service, error) != STATUS_OK) {
        return error->status;
    }
    const struct provider *provider = service.provider;
    /* An address in the project file is of the provider that is named there. */
    bool same = !said(options->provider, NULL) ||
                (said_there->name && strcmp(said_there->name, options->provider) == 0);
    const char *url = said(options->base_url, same ? said_there->base_url : NULL);
    const char *upload = same ? said_there->upload_url : NULL;
    const char *model = said(options->model, same ? said_there->model : NULL);
    if (model_changed(provider, model, same ? said_there->fields : NULL, at, cli->arena,
                      &service.model, error) != STATUS_OK) {
        bool there = error->where[0] || (model && model == said_there->model);
        if (there && !error->where[0]) {
            error_at(error, "/provider/model");
        }
        return there ? error_at(error, "%s", project->file) : error->status;
    }
    if (url && strcmp(url, built_in_url) == 0) {
        service.asked_for = true;
        *out = service;
        return stand_in(cli, out, error);
    }
    const char *unfit = url ? http_unfit(url) : upload ? http_unfit(upload) : NULL;
    if (unfit) {
        return error_set(error, STATUS_USAGE, "'base-url' is '%s', and %s", url ? url : upload,
                         unfit);
    }
    service.endpoint.base_url = url ? url : provider->base_url;
    service.endpoint.upload_url = upload ? upload : url ? url : provider->upload_url;
    service.local = url && http_local(url);
    if (provider->key_variable &&
        secret_load(provider->key_variable, key_file, &service.secret, error) != STATUS_OK) {
        return error->status;
    }
    *out = service;
    bool named = said(options->provider, said_there->name) != NULL;
    return !service.secret && !url ? keyless(cli, named, out, error) : STATUS_OK;
}

/* ---- What is needed to send ----------------------------------------------------------------- */

enum status service_journal(struct cli *cli, const struct project *project, bool make,
                            struct service *service, struct error *error)
{
    const char *state = cli->globals.state;
    struct buffer folder = {0};
    if (strcmp(state, "none") == 0) {
        return !make ? STATUS_OK
                     : error_set(error, STATUS_USAGE,
                                 "'--state none' leaves no place for the journal of what was asked "
                                 "and paid for");
    }
    if (*state) {
        buffer_text(&folder, state);
    } else if (project->folder) {
        buffer_format(&folder, "%s.picset", project->folder);
    } else if (store_default_folder(&folder, error) != STATUS_OK) {
        buffer_free(&folder);
        return error->status;
    }
    service->journal_folder = arena_text(cli->arena, buffer_string(&folder));
    buffer_text(&folder, "/journal.db");
    bool there = access(buffer_string(&folder), F_OK) == 0;
    buffer_free(&folder);
    if (!service->journal_folder) {
        return error_memory(error);
    }
    if (!make && !there) {
        return STATUS_OK;
    }
    if (journal_open(service->journal_folder, &service->journal, error) != STATUS_OK) {
        return error->status;
    }
    /* Whole: its images are sources of sets, which are remembered by their whole paths. */
    char *whole = realpath(service->journal_folder, NULL);
    service->journal_folder = whole ? arena_text(cli->arena, whole) : service->journal_folder;
    free(whole);
    return service->journal_folder ? STATUS_OK : error_memory(error);
}

/* Tasks of a sandbox that ended with its process cost nothing, and nobody can be asked for them. */
static enum status forget_lost(struct cli *cli, struct service *service, struct error *error)
{
    struct job *jobs = NULL;
    size_t count = 0;
    if (journal_list(service->journal, cli->arena, &jobs, &count, error) != STATUS_OK) {
        return error->status;
    }
    for (size_t i = 0; i < count; i++) {
        bool claimed = false;
        bool open = jobs[i].state == JOB_SENDING || jobs[i].state == JOB_RUNNING ||
                    jobs[i].state == JOB_READY || jobs[i].state == JOB_UNKNOWN;
        if (!open || strcmp(jobs[i].provider, service->provider->name) != 0) {
            continue;
        }
        if (journal_claim(service->journal, jobs[i].id, &claimed, error) != STATUS_OK ||
            (claimed && journal_forget(service->journal, jobs[i].id, error) != STATUS_OK)) {
            return error->status;
        }
    }
    return STATUS_OK;
}

static enum status open_sandbox(struct cli *cli, struct service *service, struct error *error)
{
    const struct sandbox_settings settings = {0};
    if (sandbox_start(&settings, &service->sandbox, error) != STATUS_OK) {
        return error->status;
    }
    service->endpoint.base_url = service->endpoint.upload_url = sandbox_url(service->sandbox);
    if (!cli->globals.quiet && !service->asked_for) {
        const char *variable = service->provider->key_variable;
        cli_say(cli, "no key: the built-in sandbox draws the images; %s%s%s",
                variable ? "with " : "with KIE_API_KEY or GEMINI_API_KEY", variable ? variable : "",
                " in the environment, or --key-file, the real service makes them");
    }
    return forget_lost(cli, service, error);
}

static enum status open_log(const struct generation_options *options, struct service *service,
                            struct error *error)
{
    if (!options->log || !*options->log) {
        return STATUS_OK;
    }
    service->log = fopen(options->log, "ae");
    return service->log ? STATUS_OK
                        : error_set(error, STATUS_FAILED, "could not open the log '%s': %s",
                                    options->log, strerror(errno));
}

static enum status open_listener(struct cli *cli, const struct generation_options *options,
                                 void (*hint)(void *data, const char *task), void *data,
                                 struct service *service, struct error *error)
{
    const char *key_file = said(options->callback_key_file, NULL);
    struct listener_settings settings = {.provider = service->provider, .hint = hint, .data = data};
    if (!options->listen || !*options->listen) {
        return STATUS_OK;
    }
    if (!said(options->callback_url, NULL)) {
        return error_set(error, STATUS_USAGE,
                         "'--listen' needs '--callback-url', the address that the service calls");
    }
    if (!service->provider->callback) {
        return error_set(error, STATUS_USAGE, "%s makes no callbacks", service->provider->name);
    }
    if (server_place(options->listen, cli->arena, &settings.address, &settings.port, error) !=
            STATUS_OK ||
        secret_load(callback_variable, key_file, &service->callback_key, error) != STATUS_OK) {
        return error_at(error, "--listen");
    }
    if (!service->callback_key) {
        return error_set(error, STATUS_USAGE,
                         "'--listen' needs the key that signs callbacks: %s, or "
                         "--callback-key-file",
                         callback_variable);
    }
    settings.key = service->callback_key;
    return listener_start(&settings, &service->listener, error);
}

/* For tests, and in no help: PICSET_PACE=0.01 shrinks polls, back-off, pauses and the patience of
 * requests to a hundredth. Who sets it for a real service is soon turned away there. */
static enum status open_http(struct service *service, struct error *error)
{
    const char *text = getenv("PICSET_PACE");
    struct http_limits limits = http_limits_default;
    double pace = 1;
    if (text && (!text_to_double(text, &pace) || pace < 0.001 || pace > 1)) {
        return error_set(error, STATUS_USAGE, "PICSET_PACE '%s' is outside 0.001..1", text);
    }
    service->pace = limits.pace = pace;
    limits.answer *= pace;
    limits.fetch *= pace;
    limits.stall *= pace;
    return http_new_with(&limits, &service->http, error);
}

enum status service_open(struct cli *cli, const struct generation_options *options,
                         void (*hint)(void *data, const char *task), void *data,
                         struct service *service, struct error *error)
{
    if (open_log(options, service, error) != STATUS_OK || open_http(service, error) != STATUS_OK ||
        (service->built_in && open_sandbox(cli, service, error) != STATUS_OK)) {
        return error->status;
    }
    return open_listener(cli, options, hint, data, service, error);
}

double service_credit(const struct service *service, struct arena *arena)
{
    const struct provider *provider = service->provider;
    struct http_ask ask = {0};
    struct http_answer answer = {0};
    struct answer said = {.cost = -1};
    struct error ignored = {0};
    if (!provider->credit || service->built_in || service->keyless ||
        provider->credit(&service->endpoint, arena, &ask, &ignored) != STATUS_OK) {
        return -1;
    }
    ask.seconds = CREDIT_SECONDS;
    if (http_wait(service->http, &ask, service->secret, arena, &answer, &ignored) != STATUS_OK ||
        answer.failure != HTTP_OK) {
        return -1;
    }
    provider->credited(&answer, arena, &said);
    return said.kind == ANSWER_CREDIT ? said.cost * provider->cost_unit : -1;
}

void service_deafen(struct service *service)
{
    listener_stop(service->listener);
    service->listener = NULL;
}

void service_close(struct service *service)
{
    service_deafen(service);
    http_free(service->http);
    sandbox_stop(service->sandbox);
    journal_close(service->journal);
    secret_free(service->secret);
    secret_free(service->callback_key);
    if (service->log) {
        (void)fclose(service->log);
    }
    *service = (struct service){0};
}
