/* SPDX-License-Identifier: MIT
 * What a run says while it is at work: events for the program, JSON lines for a log. Never the key,
 * never image data; a prompt only as its hash unless asked. */
#include "generate_state.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "text.h"

static void event_send(struct generate *generate, struct generate_event *event)
{
    const struct generate_summary *summary = &generate->summary;
    event->done = summary->done + summary->reused;
    event->failed = summary->failed + summary->refused + summary->unknown + summary->pending;
    event->total = generate->work_count;
    event->spent = summary->spent;
    if (generate->request.event) {
        generate->request.event(generate->request.data, event);
    }
}

void work_tell(struct generate *generate, struct work *work, enum generate_event_type type,
               int progress, const char *message)
{
    struct generate_event event = {.type = type,
                                   .index = work->index,
                                   .job = &work->job,
                                   .message = message,
                                   .progress = progress,
                                   .reused = work->reused,
                                   .stopped = message == generate->stopped};
    event_send(generate, &event);
}

void retry_tell(struct generate *generate, struct work *work, const char *message, double seconds)
{
    struct generate_event event = {.type = GENERATE_RETRY,
                                   .index = work->index,
                                   .job = &work->job,
                                   .message = message,
                                   .progress = -1,
                                   .seconds = seconds};
    event_send(generate, &event);
}

void stop_tell(struct generate *generate)
{
    char text[sizeof generate->stopped + 64];
    struct generate_event event = {
        .type = GENERATE_NOTE, .message = text, .progress = -1, .stopped = true};
    snprintf(text, sizeof text, "%s; what has not been sent waits for the next start",
             generate->stopped);
    generate_log(generate, NULL, "stopped", NULL, generate->stopped, -1);
    event_send(generate, &event);
}

void pause_tell(struct generate *generate, double seconds)
{
    struct generate_event event = {.type = GENERATE_PAUSED,
                                   .message = "the service asks to wait",
                                   .progress = -1,
                                   .seconds = seconds};
    generate_log(generate, NULL, "paused", NULL, NULL, seconds);
    event_send(generate, &event);
}

void generate_note(struct generate *generate, struct work *work, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    generate_log(generate, work, "note", NULL, text, -1);
    if (work) {
        work_tell(generate, work, GENERATE_NOTE, -1, text);
        return;
    }
    struct generate_event event = {.type = GENERATE_NOTE, .message = text, .progress = -1};
    event_send(generate, &event);
}

/* ---- The log ---- */

static void log_time(struct buffer *line)
{
    struct timespec now;
    struct tm parts;
    char text[32];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    buffer_format(line, "{\"time\":\"%s.%03ldZ\"", text, now.tv_nsec / 1000000);
}

static void log_text(struct buffer *line, const char *key, const char *text)
{
    if (text) {
        buffer_format(line, ",\"%s\":", key);
        text_json(line, text);
    }
}

static void log_number(struct buffer *line, const char *key, double number)
{
    if (number >= 0) {
        buffer_format(line, ",\"%s\":", key);
        text_number(line, number);
    }
}

static void log_work(struct buffer *line, const struct generate *generate, const struct work *work)
{
    char hash[33];
    if (work->job.id > 0) {
        buffer_format(line, ",\"job\":%lld", (long long)work->job.id);
    }
    hash_text(hash_bytes(work->ask.prompt, strlen(work->ask.prompt)), hash);
    log_text(line, "prompt_hash", hash);
    if (generate->request.log_prompts) {
        log_text(line, "name", work->name);
        log_text(line, "prompt", work->ask.prompt);
    }
    log_text(line, "task", work->job.task);
    log_number(line, "cost", work->job.cost);
}

static void log_end(FILE *log, struct buffer *line)
{
    buffer_text(line, "}\n");
    if (!buffer_failed(line)) {
        fwrite(line->data, 1, line->size, log); /* at once: lines of two threads do not mix */
        fflush(log);
    }
    buffer_free(line);
}

void generate_log_set(FILE *log, const char *prompt, size_t files, double seconds)
{
    struct buffer line = {0};
    char hash[33];
    hash_text(hash_bytes(prompt, strlen(prompt)), hash);
    log_time(&line);
    log_text(&line, "event", "set");
    log_text(&line, "prompt_hash", hash);
    log_number(&line, "files", (double)files);
    log_number(&line, "duration", round(seconds * 1000) / 1000);
    log_end(log, &line);
}

void generate_log(struct generate *generate, const struct work *work, const char *event,
                  const char *code, const char *message, double seconds)
{
    struct buffer line = {0};
    if (!generate->request.log) {
        return;
    }
    log_time(&line);
    log_text(&line, "event", event);
    if (work) {
        log_work(&line, generate, work);
    }
    log_text(&line, "code", code);
    log_text(&line, "message", message);
    log_number(&line, "duration", seconds < 0 ? -1 : round(seconds * 1000) / 1000);
    log_end(generate->request.log, &line);
}
