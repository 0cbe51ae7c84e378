/* SPDX-License-Identifier: MIT
 * See fake_service.h. Answers are made when a request comes, and delivered by a thread of their
 * own. */
#include "fake_service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "craft.h"
#include "machine.h"
#include "memory.h"
#include "support.h"

/* ---- The service ---- */

static struct fake_service *current;

static void image_draw(struct fake_service *service)
{
    enum { WIDTH = 40, HEIGHT = 30 };
    unsigned char rows[HEIGHT][1 + WIDTH * 3];
    struct buffer file = {0}, packed = {0};
    for (int y = 0; y < HEIGHT; y++) {
        rows[y][0] = 0;
        for (int x = 0; x < WIDTH * 3; x++) {
            rows[y][1 + x] = (unsigned char)(x * 2 + y * 7);
        }
    }
    craft_png(&file, WIDTH, HEIGHT, 8, 2);
    craft_packed(&packed, rows, sizeof rows);
    craft_chunk(&file, "IDAT", packed.data, packed.size);
    craft_chunk(&file, "IEND", "", 0);
    assert_false(buffer_failed(&file) || file.size > sizeof service->image);
    memcpy(service->image, file.data, file.size);
    service->image_size = file.size;
    buffer_free(&file);
    buffer_free(&packed);
}

struct fake_service *fake_shared(void)
{
    struct fake_service *service =
        mmap(NULL, sizeof *service, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attributes;
    assert_true(service != MAP_FAILED);
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&service->lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
    service->polls = 2;
    image_draw(service);
    return service;
}

void fake_unshare(struct fake_service *service)
{
    munmap(service, sizeof *service);
}

void fake_use(struct fake_service *service)
{
    current = service;
}

/* A client may be killed while it holds the lock. */
static void service_lock(struct fake_service *service)
{
    if (pthread_mutex_lock(&service->lock) != 0) {
        pthread_mutex_consistent(&service->lock);
    }
}

struct fake_job *fake_job(struct fake_service *service, const char *prompt)
{
    for (int i = 0; i < service->job_count; i++) {
        if (strcmp(service->jobs[i].prompt, prompt) == 0) {
            return &service->jobs[i];
        }
    }
    return NULL;
}

int fake_rate(const struct fake_service *service, double seconds)
{
    int most = 0;
    for (int i = 0; i < service->arrival_count; i++) {
        int n = 0;
        while (i + n < service->arrival_count &&
               service->arrivals[i + n] - service->arrivals[i] < seconds) {
            n++;
        }
        most = n > most ? n : most;
    }
    return most;
}

static struct fake_job *job_of(struct fake_service *service, const char *prompt)
{
    struct fake_job *job = fake_job(service, prompt);
    if (!job && service->job_count < FAKE_JOBS) {
        job = &service->jobs[service->job_count++];
        *job = (struct fake_job){.polls_left = service->polls};
        snprintf(job->prompt, sizeof job->prompt, "%s", prompt);
    }
    return job;
}

static enum fake_fault fault_of(const struct fake_service *service, struct fake_job *job, char what)
{
    int n = job->asked[(int)what]++;
    for (int i = 0; i < FAKE_FAULTS && service->rules[i].what; i++) {
        const struct fake_rule *rule = &service->rules[i];
        if (rule->what == what && (!rule->prompt || strcmp(rule->prompt, job->prompt) == 0) &&
            n >= rule->from && n < rule->from + rule->count) {
            return rule->fault;
        }
    }
    return FAKE_FINE;
}

/* ---- HTTP ---- */

struct reply {
    struct reply *next;
    double due;
    bool create;
    void (*done)(void *data, const struct http_answer *answer);
    void *data;
    struct http_answer answer;
    unsigned char body[FAKE_IMAGE_BYTES + 256]; /* no memory of ours, which tests make short */
    size_t size;
};

struct http {
    struct fake_service *service;
    pthread_mutex_t lock;
    pthread_cond_t more;
    pthread_t thread;
    bool ending;
    struct reply *replies;
};

static void reply_give(struct http *http, struct reply *reply)
{
    reply->answer.body = reply->body;
    reply->answer.size = reply->size;
    if (reply->create) {
        service_lock(http->service);
        http->service->under_way--;
        pthread_mutex_unlock(&http->service->lock);
    }
    reply->done(reply->data, &reply->answer);
    free(reply);
}

static void *http_thread(void *data)
{
    struct http *http = data;
    pthread_mutex_lock(&http->lock);
    while (!http->ending || http->replies) {
        struct reply **first = NULL;
        for (struct reply **at = &http->replies; *at; at = &(*at)->next) {
            first = !first || (*at)->due < (*first)->due ? at : first;
        }
        double wait = !first ? 1 : http->ending ? 0 : (*first)->due - machine_seconds();
        if (wait > 0) {
            struct timespec until;
            clock_gettime(CLOCK_REALTIME, &until);
            double at = (double)until.tv_sec + (double)until.tv_nsec * 1e-9 + wait;
            until.tv_sec = (time_t)at;
            until.tv_nsec = (long)((at - (double)until.tv_sec) * 1e9);
            pthread_cond_timedwait(&http->more, &http->lock, &until);
            continue;
        }
        struct reply *reply = *first;
        *first = reply->next;
        if (http->ending) {
            reply->answer.failure = HTTP_STOPPED;
        }
        pthread_mutex_unlock(&http->lock);
        reply_give(http, reply);
        pthread_mutex_lock(&http->lock);
    }
    pthread_mutex_unlock(&http->lock);
    return NULL;
}

enum status http_new(struct http **out, struct error *error)
{
    (void)error;
    struct http *http = calloc(1, sizeof *http);
    assert_non_null(http);
    http->service = current;
    pthread_mutex_init(&http->lock, NULL);
    pthread_cond_init(&http->more, NULL);
    assert_int_equal(pthread_create(&http->thread, NULL, http_thread, http), 0);
    *out = http;
    return STATUS_OK;
}

void http_free(struct http *http)
{
    if (!http) {
        return;
    }
    pthread_mutex_lock(&http->lock);
    http->ending = true;
    pthread_cond_signal(&http->more);
    pthread_mutex_unlock(&http->lock);
    pthread_join(http->thread, NULL);
    pthread_mutex_destroy(&http->lock);
    pthread_cond_destroy(&http->more);
    free(http);
}

static void reply_bytes(struct reply *reply, const void *bytes, size_t size)
{
    assert_true(size <= sizeof reply->body - reply->size);
    memcpy(reply->body + reply->size, bytes, size);
    reply->size += size;
}

static void reply_say(struct reply *reply, const char *words, const char *rest)
{
    reply_bytes(reply, words, strlen(words));
    reply_bytes(reply, rest, strlen(rest));
}

/* What every kind of request may meet; false: it is answered as it should be. */
static bool reply_fault(struct fake_service *service, struct reply *reply, enum fake_fault fault)
{
    switch (fault) {
    case FAKE_NOT_SENT:
        reply->answer.failure = HTTP_NOT_SENT;
        reply->answer.words = "connection refused";
        return true;
    case FAKE_FORBIDDEN:
        reply->answer.failure = HTTP_FORBIDDEN;
        reply->answer.words = "the address is private";
        return true;
    case FAKE_BUSY:
        service->busy_answers++;
        reply_say(reply, "busy 0.2", "");
        return true;
    case FAKE_BUSY_LONG:
        reply_say(reply, "busy 3600", "");
        return true;
    case FAKE_ERROR:
        reply_say(reply, "later", "");
        return true;
    case FAKE_ODD:
        reply_say(reply, "<html>", "");
        return true;
    case FAKE_REFUSED:
        reply_say(reply, "refused", "");
        return true;
    case FAKE_FAILED:
        reply_say(reply, "failed 422", "");
        return true;
    case FAKE_MISSING:
        reply_say(reply, "failed 404", "");
        return true;
    case FAKE_STOP:
        reply_say(reply, "stop", "");
        return true;
    default:
        return false;
    }
}

static void reply_image(const struct fake_service *service, struct reply *reply,
                        enum fake_fault fault, struct fake_job *job)
{
    if (fault == FAKE_NO_IMAGE) {
        reply_say(reply, "<html>this is no image</html>", "");
        return;
    }
    size_t size = fault == FAKE_CUT ? service->image_size / 2 : service->image_size;
    reply_bytes(reply, service->image, size);
    job->delivered = job->delivered || fault != FAKE_CUT;
}

static void reply_create(struct fake_service *service, struct reply *reply, struct fake_job *job,
                         bool direct)
{
    enum fake_fault fault = fault_of(service, job, 'c');
    if (fault != FAKE_NOT_SENT) {
        assert_true(service->arrival_count < FAKE_CREATES);
        service->arrivals[service->arrival_count++] = machine_seconds();
    }
    service->under_way++;
    reply->create = true;
    if (service->under_way > service->under_way_most) {
        service->under_way_most = service->under_way;
    }
    if (reply_fault(service, reply, fault)) {
        return;
    }
    job->created++;
    reply->due += fault == FAKE_HANG ? 0.5 : 0;
    if (fault == FAKE_LOST) {
        reply->answer.failure = HTTP_UNKNOWN;
        reply->answer.words = "the connection was lost";
    } else if (direct) {
        reply_say(reply, "image\n", "");
        reply_image(service, reply, fault, job);
    } else {
        reply_say(reply, fault == FAKE_TASK_IN_FAILURE ? "failed-task " : "task ", job->prompt);
    }
}

static void reply_poll(struct fake_service *service, struct reply *reply, struct fake_job *job)
{
    char link[16];
    if (reply_fault(service, reply, fault_of(service, job, 'p'))) {
        return;
    }
    if (job->created == 0) {
        reply_say(reply, "failed 404", "");
    } else if (job->polls_left-- > 0) {
        reply_say(reply, "running", "");
    } else {
        snprintf(link, sizeof link, "%d/", job->link);
        reply_say(reply, "link fake:file/", link);
        reply_say(reply, job->prompt, "");
    }
}

static struct reply *
reply_new(struct http *http, void (*done)(void *data, const struct http_answer *answer), void *data)
{
    struct reply *reply = calloc(1, sizeof *reply);
    assert_non_null(reply);
    reply->due = machine_seconds() + http->service->delay;
    reply->done = done;
    reply->data = data;
    reply->answer = (struct http_answer){
        .status = 200, .content_type = "", .retry_after = -1, .request_id = "", .words = ""};
    return reply;
}

static void reply_send(struct http *http, struct reply *reply)
{
    if (reply->answer.failure != HTTP_OK) {
        reply->answer.status = 0;
    }
    pthread_mutex_lock(&http->lock);
    reply->next = http->replies;
    http->replies = reply;
    pthread_cond_signal(&http->more);
    pthread_mutex_unlock(&http->lock);
}

enum status http_send(struct http *http, const struct http_ask *ask, const struct secret *secret,
                      void (*done)(void *data, const struct http_answer *answer), void *data,
                      struct error *error)
{
    (void)secret;
    (void)error;
    struct fake_service *service = http->service;
    struct reply *reply = reply_new(http, done, data);
    service_lock(service);
    const char *rest = strchr(ask->url, '/') + 1;
    struct fake_job *job = job_of(service, rest);
    switch (ask->url[5]) { /* "fake:create/PROMPT" */
    case 'c':
    case 'd':
        snprintf(service->last_references, sizeof service->last_references, "%.*s",
                 (int)ask->body_size, (const char *)ask->body);
        reply_create(service, reply, job, ask->url[5] == 'd');
        break;
    case 'p':
        reply_poll(service, reply, job);
        break;
    case 'r':
        if (!reply_fault(service, reply, fault_of(service, job, 'r'))) {
            char link[16];
            snprintf(link, sizeof link, "%d/", ++job->link);
            reply_say(reply, "link fake:file/", link);
            reply_say(reply, job->prompt, "");
        }
        break;
    default:
        service->uploads++;
        if (!reply_fault(service, reply, fault_of(service, job, 'u'))) {
            reply_say(reply, "link https://fake/", job->prompt);
        }
    }
    pthread_mutex_unlock(&service->lock);
    reply_send(http, reply);
    return STATUS_OK;
}

enum status http_fetch(struct http *http, const char *url, int64_t answer_max, bool local,
                       void (*done)(void *data, const struct http_answer *answer), void *data,
                       struct error *error)
{
    (void)answer_max;
    (void)local;
    (void)error;
    struct fake_service *service = http->service;
    struct reply *reply = reply_new(http, done, data);
    int link = (int)strtol(url + strlen("fake:file/"), NULL, 10);
    service_lock(service);
    struct fake_job *job = job_of(service, strchr(url + strlen("fake:file/"), '/') + 1);
    enum fake_fault fault = fault_of(service, job, 'f');
    if (fault == FAKE_EXPIRED) {
        job->link = link + 1000; /* no link but a fresh one works */
    }
    if (link < job->link) {
        reply->answer.status = 403;
        reply_say(reply, "expired", "");
    } else if (fault == FAKE_LOST) {
        reply->answer.failure = HTTP_UNKNOWN;
        reply->answer.words = "the connection was lost";
    } else if (!reply_fault(service, reply, fault)) {
        reply_image(service, reply, fault, job);
    }
    pthread_mutex_unlock(&service->lock);
    reply_send(http, reply);
    return STATUS_OK;
}

enum status http_wait(struct http *http, const struct http_ask *ask, const struct secret *secret,
                      struct arena *arena, struct http_answer *out, struct error *error)
{
    (void)http;
    (void)ask;
    (void)secret;
    (void)arena;
    (void)out;
    return error_set(error, STATUS_BUG, "the engine waits for nothing");
}

bool http_local(const char *url)
{
    (void)url;
    return true;
}

/* ---- The provider ---- */

static enum status ask_url(struct arena *arena, const char *verb, const char *rest,
                           struct http_ask *out, struct error *error)
{
    *out =
        (struct http_ask){.method = "POST", .url = arena_format(arena, "fake:%s/%s", verb, rest)};
    return out->url ? STATUS_OK : error_memory(error);
}

static enum status submit(const struct endpoint *endpoint, const struct ask *ask,
                          struct arena *arena, struct http_ask *out, struct error *error)
{
    const char *urls = "";
    if (strcmp(ask->prompt, "cannot be said") == 0) {
        return error_set(error, STATUS_USAGE, "this cannot be said");
    }
    bool answers = strcmp(endpoint->base_url, "fake:direct") == 0;
    if (ask_url(arena, answers ? "direct" : "create", ask->prompt, out, error) != STATUS_OK) {
        return error->status;
    }
    for (size_t i = 0; urls && i < ask->reference_count; i++) {
        const char *url = ask->references[i].url;
        urls = arena_format(arena, "%s%s ", urls, url ? url : "inline");
    }
    out->body = urls;
    out->body_size = urls ? strlen(urls) : 0;
    return urls ? STATUS_OK : error_memory(error);
}

static enum status poll_ask(const struct endpoint *endpoint, const char *task, struct arena *arena,
                            struct http_ask *out, struct error *error)
{
    (void)endpoint;
    return ask_url(arena, "poll", task, out, error);
}

static enum status refresh_ask(const struct endpoint *endpoint, const char *url,
                               struct arena *arena, struct http_ask *out, struct error *error)
{
    (void)endpoint;
    return ask_url(arena, "refresh", strrchr(url, '/') + 1, out, error);
}

static enum status upload_ask(const struct endpoint *endpoint, const struct reference *reference,
                              struct arena *arena, struct http_ask *out, struct error *error)
{
    (void)endpoint;
    return ask_url(arena, "upload", reference->name, out, error);
}

static void answer_parse(const struct http_answer *answer, struct arena *arena, struct answer *out)
{
    const char *text = arena_slice(arena, answer->body, answer->size);
    const char **urls = arena_array(arena, 2, sizeof *urls);
    const char *rest = text ? strchr(text, ' ') : NULL;
    rest = rest ? rest + 1 : "";
    *out = (struct answer){.kind = ANSWER_UNKNOWN,
                           .retry_after = -1,
                           .cost = -1,
                           .progress = -1,
                           .message = "nobody understands this",
                           .code = ""};
    if (!text || !urls) {
        out->message = "out of memory";
    } else if (strncmp(text, "image\n", 6) == 0) {
        out->kind = ANSWER_IMAGE;
        out->bytes = (const char *)answer->body + 6;
        out->size = answer->size - 6;
    } else if (strncmp(text, "task ", 5) == 0) {
        out->kind = ANSWER_TASK;
        out->task = rest;
    } else if (strncmp(text, "failed-task ", 12) == 0) {
        out->kind = ANSWER_FAILED;
        out->task = rest;
    } else if (strcmp(text, "running") == 0) {
        out->kind = ANSWER_RUNNING;
        out->progress = 50;
    } else if (strncmp(text, "link ", 5) == 0) {
        urls[0] = rest;
        out->kind = ANSWER_IMAGE;
        out->urls = urls;
        out->cost = 8;
    } else if (strncmp(text, "failed ", 7) == 0) {
        out->kind = strcmp(rest, "404") == 0 ? ANSWER_MISSING : ANSWER_FAILED;
        out->code = rest;
        out->message = strcmp(rest, "404") == 0 ? "task not found" : "it is not valid";
    } else if (strcmp(text, "refused") == 0) {
        out->kind = ANSWER_REFUSED;
        out->code = "SAFETY";
        out->message = "the prompt was refused";
    } else if (strncmp(text, "busy ", 5) == 0) {
        out->kind = ANSWER_RETRY;
        out->retry_after = strtod(rest, NULL);
        out->pause_all = true;
        out->code = "429";
        out->message = "too many requests";
    } else if (strcmp(text, "later") == 0) {
        out->kind = ANSWER_RETRY;
        out->code = "503";
        out->message = "overloaded";
    } else if (strcmp(text, "stop") == 0) {
        out->kind = ANSWER_STOP;
        out->code = "402";
        out->message = "no credit is left";
    }
}

static const struct model_price prices[] = {{NULL, 0.04}, {NULL, -1}};
static const struct model_size pixels[] = {
    {"4:3", "1K", 40, 30}, {"1:1", "1K", 40, 40}, {NULL, NULL, 0, 0}};
static const char *const aspects[] = {"4:3", "1:1", NULL};
static const char *const sizes[] = {"1K", NULL};
static const char *const formats[] = {"png", "jpg", NULL};
static const struct model models[] = {{.name = "fake-1",
                                       .summary = "draws one picture",
                                       .prompt_max = 1000,
                                       .references_max = 4,
                                       .reference_bytes = 1000,
                                       .aspects = aspects,
                                       .sizes = sizes,
                                       .formats = formats,
                                       .aspect_default = "4:3",
                                       .size_default = "1K",
                                       .format_default = "png",
                                       .seed = true,
                                       .pixels = pixels,
                                       .prices = prices},
                                      {.name = NULL}};

#define FAKE_PROVIDER                                                                              \
    .summary = "for tests", .models = models, .submit = submit, .submitted = answer_parse,         \
    .upload = upload_ask, .uploaded = answer_parse, .cost_unit = 0.005

#define FAKE_POLLING                                                                               \
    .base_url = "fake:", .jobs = true, .poll = poll_ask, .polled = answer_parse,                   \
    .refresh = refresh_ask, .refreshed = answer_parse

const struct provider fake_jobs = {FAKE_PROVIDER,          FAKE_POLLING,       .name = "fake",
                                   .creates = {100, 0.05}, .polls = {1000, 1}, .concurrency = 100};
const struct provider fake_slow = {FAKE_PROVIDER,        FAKE_POLLING,       .name = "fake",
                                   .creates = {10, 0.5}, .polls = {1000, 1}, .concurrency = 100};
const struct provider fake_direct = {FAKE_PROVIDER, .base_url = "fake:direct", .name = "direct",
                                     .creates = {2, 0.2}, .concurrency = 3};
