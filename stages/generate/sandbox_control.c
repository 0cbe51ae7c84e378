/* SPDX-License-Identifier: MIT
 * The sandbox's own pages: what was asked of it, and how it is told to misbehave. */
#include <string.h>

#include "generate/sandbox_parts.h"

/* ---- The ledger
 * -------------------------------------------------------------------------------------- */

static struct value *set_int(struct arena *arena, struct value *object, const char *key,
                             int64_t number)
{
    return value_set(arena, object, key, value_int(arena, number));
}

static struct value *task_value(const struct sandbox *sandbox, const struct sandbox_task *task,
                                struct arena *arena)
{
    static const char *const protocols[] = {"kie", "gemini", "openai"};
    char request[33];
    struct value *references = value_list(arena);
    for (size_t i = 0; i < task->reference_count; i++) {
        references = value_append(arena, references, value_text(arena, task->references[i]));
    }
    hash_text(task->request, request);
    struct value *value = object_text(arena, value_object(arena), "task", task->id);
    value = object_text(arena, value, "protocol", protocols[task->protocol]);
    value = object_text(arena, value, "model", task->model);
    value = object_text(arena, value, "prompt", task->prompt);
    value = object_text(arena, value, "aspect", task->aspect);
    value = object_text(arena, value, "size", task->size);
    value = set_int(arena, value, "width", task->width);
    value = set_int(arena, value, "height", task->height);
    value = object_text(arena, value, "format", format_info(task->format)->name);
    value = set_int(arena, value, "seed", task->seed);
    value = value_set(arena, value, "references", references);
    value = object_text(arena, value, "request", request);
    value = object_text(arena, value, "state", task_state(sandbox, task));
    value = object_text(arena, value, "fault", task->fate ? task->fate->name : NULL);
    value = value_set(arena, value, "cost", value_real(arena, task->cost));
    value = set_int(arena, value, "created", task->created_ms);
    value = set_int(arena, value, "polls", task->polls);
    value = set_int(arena, value, "fetches", task->fetches);
    return set_int(arena, value, "delivered", task->delivered);
}

/* How many tasks ask for what an earlier one asked for. */
static int64_t repeated(const struct sandbox *sandbox)
{
    int64_t count = 0;
    for (size_t i = 0; i < sandbox->task_count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (hash_equal(sandbox->tasks[i]->request, sandbox->tasks[j]->request)) {
                count++;
                break;
            }
        }
    }
    return count;
}

static int64_t undelivered(const struct sandbox *sandbox)
{
    int64_t count = 0;
    for (size_t i = 0; i < sandbox->task_count; i++) {
        count += sandbox->tasks[i]->delivered == 0;
    }
    return count;
}

static struct value *counts_value(const struct sandbox *sandbox, struct arena *arena)
{
    const struct sandbox_counts *counts = &sandbox->counts;
    struct value *value = set_int(arena, value_object(arena), "requests", counts->requests);
    value = set_int(arena, value, "creates", counts->creates);
    value = set_int(arena, value, "created", counts->created);
    value = set_int(arena, value, "repeated", repeated(sandbox));
    value = set_int(arena, value, "undelivered", undelivered(sandbox));
    value = set_int(arena, value, "limited", counts->limited);
    value = set_int(arena, value, "refused", counts->refused);
    value = set_int(arena, value, "polls", counts->polls);
    value = set_int(arena, value, "fetches", counts->fetches);
    value = set_int(arena, value, "uploads", counts->uploads);
    value = set_int(arena, value, "callbacks", counts->callbacks);
    value = value_set(arena, value, "spent", value_real(arena, sandbox->spent));
    return value_set(arena, value, "credit", value_real(arena, sandbox->credit));
}

void serve_ledger(struct sandbox_call *call)
{
    struct sandbox *sandbox = call->sandbox;
    struct value *tasks = value_list(call->arena);
    pthread_mutex_lock(&sandbox->lock);
    for (size_t i = 0; i < sandbox->task_count; i++) {
        tasks =
            value_append(call->arena, tasks, task_value(sandbox, sandbox->tasks[i], call->arena));
    }
    struct value *ledger = counts_value(sandbox, call->arena);
    pthread_mutex_unlock(&sandbox->lock);
    call_json(call, 200, value_set(call->arena, ledger, "tasks", tasks));
}

/* ---- Settings and faults
 * ---------------------------------------------------------------------------- */

static struct value *armed_value(const struct sandbox *sandbox, struct arena *arena)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < sandbox->armed_count; i++) {
        const struct armed *armed = &sandbox->armed[i];
        struct value *value = object_text(arena, value_object(arena), "name", armed->fault->name);
        value = set_int(arena, value, "count", armed->count);
        value = set_int(arena, value, "after", armed->after);
        list = value_append(arena, list, set_int(arena, value, "struck", armed->struck));
    }
    return list;
}

void serve_state(struct sandbox_call *call)
{
    struct sandbox *sandbox = call->sandbox;
    struct arena *arena = call->arena;
    pthread_mutex_lock(&sandbox->lock);
    struct value *rate = value_list(arena);
    rate = value_append(arena, rate, value_int(arena, sandbox->settings.rate_count));
    rate = value_append(arena, rate, value_real(arena, sandbox->settings.rate_seconds));
    struct value *state = value_set(arena, value_object(arena), "seconds",
                                    value_real(arena, sandbox->settings.seconds));
    state = value_set(arena, state, "rate", rate);
    state = value_set(arena, state, "faults", armed_value(sandbox, arena));
    state = value_set(arena, state, "counts", counts_value(sandbox, arena));
    pthread_mutex_unlock(&sandbox->lock);
    call_json(call, 200, state);
}

void serve_faults(struct sandbox_call *call)
{
    struct value *list = value_list(call->arena);
    for (const struct sandbox_fault *fault = sandbox_faults; fault->name; fault++) {
        struct value *value =
            object_text(call->arena, value_object(call->arena), "name", fault->name);
        value = object_text(call->arena, value, "where", sandbox_places[fault->place]);
        list =
            value_append(call->arena, list, object_text(call->arena, value, "help", fault->help));
    }
    call_json(call, 200, list);
}

static void say_done(struct sandbox_call *call, int status, const char *words)
{
    call_json(call, status,
              object_text(call->arena, value_object(call->arena),
                          status == 200 ? "status" : "error", words));
}

static bool integer(const struct value *body, const char *key, int64_t *number)
{
    const struct value *member = value_get(body, key);
    if (member && member->type == VALUE_INT) {
        *number = member->integer;
    }
    return !member || member->type == VALUE_INT;
}

void serve_arm(struct sandbox_call *call)
{
    struct sandbox *sandbox = call->sandbox;
    const struct value *body = call_body(call);
    int64_t count = 1, after = 0;
    struct error error = {0};
    const char *name = member_text(body, "name");
    if (!body) {
        return;
    }
    if (value_get(body, "clear")) {
        pthread_mutex_lock(&sandbox->lock);
        sandbox->armed_count = 0;
        pthread_mutex_unlock(&sandbox->lock);
    } else if (!name || !integer(body, "count", &count) || !integer(body, "after", &after)) {
        say_done(call, 400, "wanted are name, a text, and count and after, integers");
        return;
    } else {
        const char *text = count < 0
                               ? arena_format(call->arena, "%s:*@%lld", name, (long long)after)
                               : arena_format(call->arena, "%s:%lld@%lld", name, (long long)count,
                                              (long long)after);
        if (!text || sandbox_arm(sandbox, text, &error) != STATUS_OK) {
            say_done(call, 400, error.message);
            return;
        }
    }
    say_done(call, 200, "ok");
}

static bool rate_read(const struct value *body, double *count, double *seconds)
{
    const struct value *rate = value_get(body, "rate");
    if (!rate) {
        return true;
    }
    return rate->type == VALUE_LIST && rate->list.count == 2 &&
           value_number(rate->list.items[0], count) && value_number(rate->list.items[1], seconds) &&
           *count >= 0 && *count <= SANDBOX_RATE_MAX && *seconds >= 0;
}

static bool number(const struct value *body, const char *key, double *out)
{
    const struct value *member = value_get(body, key);
    return !member || (value_number(member, out) && *out >= 0);
}

void serve_settings(struct sandbox_call *call)
{
    struct sandbox *sandbox = call->sandbox;
    const struct value *body = call_body(call);
    if (!body) {
        return;
    }
    pthread_mutex_lock(&sandbox->lock);
    double count = sandbox->settings.rate_count, window = sandbox->settings.rate_seconds;
    double seconds = sandbox->settings.seconds, credit = sandbox->credit, advance = 0;
    const bool good = rate_read(body, &count, &window) && number(body, "seconds", &seconds) &&
                      number(body, "credit", &credit) && number(body, "advance", &advance);
    if (good) {
        if ((int)count != sandbox->settings.rate_count) {
            sandbox->create_index = 0;
        }
        sandbox->settings.rate_count = (int)count;
        sandbox->settings.rate_seconds = window;
        sandbox->settings.seconds = seconds;
        sandbox->credit = credit;
        sandbox->advanced += advance;
        pthread_cond_broadcast(&sandbox->changed);
    }
    pthread_mutex_unlock(&sandbox->lock);
    say_done(call, good ? 200 : 400,
             good ? "ok"
                  : "wanted are seconds, credit, advance: numbers from 0, and rate: [creates, "
                    "seconds]");
}
