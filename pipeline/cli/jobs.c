/* SPDX-License-Identifier: MIT
 * `picset jobs`: what was asked of services, what became of it, and what to do about it. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "journal.h"
#include "json.h"
#include "provider.h"
#include "store.h"
#include "text.h"

static const char *const verbs[] = {"show", "retry", "forget", NULL};

/* ---- The journal ---------------------------------------------------------------------------- */

static enum status open_journal(struct cli *cli, struct journal **out, struct error *error)
{
    const char *state = cli->globals.state;
    struct buffer folder = {0};
    enum status status = STATUS_OK;
    *out = NULL;
    if (strcmp(state, "none") == 0) {
        return STATUS_OK;
    }
    if (*state) {
        buffer_text(&folder, state);
    } else {
        status = store_default_folder(&folder, error);
    }
    const char *path = arena_text(cli->arena, buffer_string(&folder));
    buffer_text(&folder, "/journal.db");
    bool there = access(buffer_string(&folder), F_OK) == 0;
    buffer_free(&folder);
    if (status == STATUS_OK && !path) {
        return error_memory(error);
    }
    return status == STATUS_OK && there ? journal_open(path, out, error) : status;
}

/* ---- In words ------------------------------------------------------------------------------- */

static void print_time(struct buffer *out, int64_t ms)
{
    struct tm parts;
    time_t seconds = (time_t)(ms / 1000);
    char text[32] = "-";
    if (ms > 0 && localtime_r(&seconds, &parts)) {
        (void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts);
    }
    buffer_text(out, text);
}

static void print_cell(struct buffer *out, const char *text, size_t width)
{
    struct buffer shown = {0};
    text_printable(&shown, text);
    size_t columns = 0;
    for (const char *c = buffer_string(&shown); *c; c++) {
        columns += ((unsigned char)*c & 0xc0) != 0x80;
    }
    buffer_text(out, buffer_string(&shown));
    do {
        buffer_char(out, ' ');
    } while (columns++ <= width);
    buffer_free(&shown);
}

struct columns {
    size_t name, model;
};

static size_t wider(size_t width, const char *text)
{
    size_t length = strlen(text);
    length = length < 40 ? length : 40;
    return length > width ? length : width;
}

static struct columns columns_of(const struct job *jobs, size_t count)
{
    struct columns columns = {4, 5};
    for (size_t i = 0; i < count; i++) {
        columns.name = wider(columns.name, jobs[i].name);
        columns.model = wider(columns.model, jobs[i].model);
    }
    return columns;
}

static void print_row(struct buffer *out, const struct job *job, struct columns columns)
{
    buffer_format(out, "%5lld  %-8s ", (long long)job->id, job_state_name(job->state));
    print_cell(out, job->name, columns.name);
    print_cell(out, job->model, columns.model);
    if (job->width > 0) {
        char size[32];
        (void)snprintf(size, sizeof(size), "%dx%d", job->width, job->height);
        print_cell(out, size, 10);
    } else {
        print_cell(out, "-", 10);
    }
    struct buffer cost = {0};
    buffer_text(&cost, job->cost >= 0 ? "" : "-");
    if (job->cost >= 0) {
        text_dollars(&cost, job->cost);
    }
    print_cell(out, buffer_string(&cost), 7);
    buffer_free(&cost);
    print_time(out, job->changed_ms);
    if (job->message && job->state != JOB_DONE) {
        buffer_text(out, "  ");
        text_printable(out, job->message);
    }
    buffer_char(out, '\n');
}

/* Of a job that was sent and is not settled: the table's price; 0 when it is not known. */
static double under_way(const struct job *job)
{
    const bool sent = job->state == JOB_SENDING || job->state == JOB_RUNNING ||
                      job->state == JOB_READY || job->state == JOB_UNKNOWN;
    const char *as = strstr(job->provider, " as "); /* "sandbox as kie" */
    const struct provider *provider = provider_find(as ? as + strlen(" as ") : job->provider);
    const struct model *model = provider ? model_find(provider, job->model) : NULL;
    const struct value *size = job->asked ? value_get(job->asked, "size") : NULL;
    double price =
        model ? model_price(model, size && size->type == VALUE_TEXT ? size->text : NULL) : 0;
    return sent && job->cost < 0 && price > 0 ? price : 0;
}

static void print_total(struct buffer *out, const struct job *jobs, size_t count)
{
    double spent = 0, more = 0;
    size_t states[JOB_STATE_COUNT] = {0};
    for (size_t i = 0; i < count; i++) {
        spent += jobs[i].cost > 0 ? jobs[i].cost : 0;
        more += under_way(&jobs[i]);
        states[jobs[i].state]++;
    }
    buffer_format(out, "%zu job%s", count, count == 1 ? "" : "s");
    for (size_t state = 0; state < JOB_STATE_COUNT; state++) {
        if (states[state] > 0) {
            buffer_format(out, ", %zu %s", states[state], job_state_name((enum job_state)state));
        }
    }
    buffer_text(out, "; ");
    text_dollars(out, spent);
    if (more > 0) {
        buffer_text(out, ", and ");
        text_dollars(out, more);
        buffer_text(out, " for what was sent and is not finished");
    }
    buffer_char(out, '\n');
}

static void print_table(struct cli *cli, const struct job *jobs, size_t count)
{
    struct buffer *out = &cli->out;
    struct columns columns = columns_of(jobs, count);
    if (count > 0 && !cli->globals.quiet) {
        buffer_text(out, "   id  state    ");
        print_cell(out, "name", columns.name);
        print_cell(out, "model", columns.model);
        print_cell(out, "size", 10);
        print_cell(out, "cost", 7);
        buffer_text(out, "changed\n");
    }
    for (size_t i = 0; i < count; i++) {
        if (cli->globals.quiet) {
            buffer_format(out, "%lld\n", (long long)jobs[i].id);
        } else {
            print_row(out, &jobs[i], columns);
        }
    }
    if (!cli->globals.quiet) {
        print_total(out, jobs, count);
    }
}

/* ---- As a document -------------------------------------------------------------------------- */

static struct value *set_text(struct arena *arena, struct value *value, const char *key,
                              const char *text)
{
    return text ? value_set(arena, value, key, value_text(arena, text)) : value;
}

static struct value *set_time(struct arena *arena, struct value *value, const char *key, int64_t ms)
{
    return ms > 0 ? value_set(arena, value, key, value_int(arena, ms)) : value;
}

static struct value *job_value(struct arena *arena, const struct job *job)
{
    char request[33], image[33];
    struct value *value = value_set(arena, value_object(arena), "id", value_int(arena, job->id));
    hash_text(job->request, request);
    hash_text(job->image_hash, image);
    value = set_text(arena, value, "name", job->name);
    value = set_text(arena, value, "state", job_state_name(job->state));
    value = set_text(arena, value, "provider", job->provider);
    value = set_text(arena, value, "model", job->model);
    value = set_text(arena, value, "baseUrl", job->base_url);
    value = set_text(arena, value, "request", request);
    value = job->asked ? value_set(arena, value, "asked", job->asked) : value;
    value = set_text(arena, value, "task", job->task);
    value = value_set(arena, value, "attempts", value_int(arena, job->attempts));
    value = set_text(arena, value, "image", job->image);
    if (job->image) {
        value = set_text(arena, value, "imageHash", image);
        value = value_set(arena, value, "width", value_int(arena, job->width));
        value = value_set(arena, value, "height", value_int(arena, job->height));
        value = set_text(arena, value, "format", job->format);
    }
    if (job->cost >= 0) {
        value = value_set(arena, value, "cost", value_real(arena, job->cost));
    }
    value = set_text(arena, value, "code", job->code);
    value = set_text(arena, value, "message", job->message);
    value = set_time(arena, value, "created", job->created_ms);
    value = set_time(arena, value, "changed", job->changed_ms);
    return set_time(arena, value, "finished", job->finished_ms);
}

static enum status list(struct cli *cli, struct journal *journal, struct error *error)
{
    struct job *jobs = NULL;
    size_t count = 0;
    if (journal && journal_list(journal, cli->arena, &jobs, &count, error) != STATUS_OK) {
        return error->status;
    }
    if (!cli->globals.json) {
        print_table(cli, jobs, count);
        return STATUS_OK;
    }
    struct value *all = value_list(cli->arena);
    for (size_t i = 0; i < count; i++) {
        all = value_append(cli->arena, all, job_value(cli->arena, &jobs[i]));
    }
    return cli_json(cli, value_set(cli->arena, cli_document(cli, "jobs"), "jobs", all), error);
}

/* ---- One job -------------------------------------------------------------------------------- */

static void print_line(struct buffer *out, const char *key, const char *text)
{
    if (text && *text) {
        buffer_format(out, "%-9s ", key);
        text_printable(out, text);
        buffer_char(out, '\n');
    }
}

static void print_job(struct cli *cli, const struct job *job, const char *folder)
{
    struct buffer *out = &cli->out;
    struct buffer line = {0};
    buffer_format(out, "%-9s %lld\n", "job", (long long)job->id);
    print_line(out, "name", job->name);
    print_line(out, "state", job_state_name(job->state));
    print_line(out, "code", job->code);
    print_line(out, "message", job->message);
    print_line(out, "provider", job->provider);
    print_line(out, "model", job->model);
    print_line(out, "address", job->base_url);
    print_line(out, "task", job->task);
    buffer_format(out, "%-9s %d\n", "attempts", job->attempts);
    if (job->asked) {
        for (size_t i = 0; i < job->asked->object.count; i++) {
            const struct member *member = &job->asked->object.members[i];
            buffer_clear(&line);
            if (!value_words(&line, member->value)) {
                value_print(&line, member->value);
            }
            print_line(out, member->key, buffer_string(&line));
        }
    }
    if (job->image) {
        buffer_clear(&line);
        buffer_format(&line, "%s/%s, %dx%d %s", folder, job->image, job->width, job->height,
                      job->format ? job->format : "");
        print_line(out, "image", buffer_string(&line));
    }
    if (job->cost >= 0) {
        buffer_clear(&line);
        text_dollars(&line, job->cost);
        print_line(out, "cost", buffer_string(&line));
    }
    const struct {
        const char *key;
        int64_t ms;
    } times[] = {
        {"created", job->created_ms}, {"changed", job->changed_ms}, {"finished", job->finished_ms}};
    for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
        if (times[i].ms > 0) {
            buffer_format(out, "%-9s ", times[i].key);
            print_time(out, times[i].ms);
            buffer_char(out, '\n');
        }
    }
    buffer_free(&line);
}

static enum status show(struct cli *cli, struct journal *journal, const struct job *job,
                        struct error *error)
{
    if (cli->globals.json) {
        struct value *document = cli_document(cli, "job");
        return cli_json(cli, value_set(cli->arena, document, "job", job_value(cli->arena, job)),
                        error);
    }
    print_job(cli, job, journal_folder(journal));
    return STATUS_OK;
}

/* It is as if it had never been asked for: the next run asks anew. */
static enum status retry(struct cli *cli, struct journal *journal, struct job *job,
                         struct error *error)
{
    bool claimed = false;
    if (job->state == JOB_DONE) {
        return error_set(error, STATUS_REFUSED,
                         "job %lld is done; 'picset jobs forget %lld' makes the next run pay for a "
                         "new image",
                         (long long)job->id, (long long)job->id);
    }
    if (journal_claim(journal, job->id, &claimed, error) != STATUS_OK) {
        return error->status;
    }
    if (!claimed) {
        return error_set(error, STATUS_REFUSED, "another process is at work on job %lld",
                         (long long)job->id);
    }
    bool maybe_paid = job->state == JOB_UNKNOWN || job->state == JOB_SENDING ||
                      job->state == JOB_RUNNING || job->state == JOB_READY;
    job->state = JOB_PENDING;
    job->task = NULL;
    job->urls = NULL;
    job->code = NULL;
    job->message = NULL;
    if (journal_write(journal, job, error) != STATUS_OK ||
        journal_release(journal, job->id, error) != STATUS_OK) {
        return error->status;
    }
    if (!cli->globals.quiet) {
        cli_say(cli, "job %lld ('%s') is asked for again by the next run%s", (long long)job->id,
                job->name, maybe_paid ? "; it may have been paid for once already" : "");
    }
    return STATUS_OK;
}

static enum status forget(struct cli *cli, struct journal *journal, const struct job *job,
                          struct error *error)
{
    if (journal_forget(journal, job->id, error) != STATUS_OK) {
        return error->status;
    }
    if (!cli->globals.quiet) {
        cli_say(cli, "job %lld ('%s') is forgotten", (long long)job->id, job->name);
    }
    return STATUS_OK;
}

static enum status one_job(struct cli *cli, struct journal *journal, const char *verb,
                           const char *word, struct error *error)
{
    struct job job;
    int64_t id;
    if (!text_to_int64(word, &id) || id < 1) {
        return error_set(error, STATUS_USAGE, "'%s' is no job's id: 'picset jobs' lists them",
                         word);
    }
    if (!journal) {
        return error_set(error, STATUS_MISSING, "no such job %lld: nothing was asked for here",
                         (long long)id);
    }
    if (journal_read(journal, id, cli->arena, &job, error) != STATUS_OK) {
        return error->status;
    }
    return strcmp(verb, "show") == 0    ? show(cli, journal, &job, error)
           : strcmp(verb, "retry") == 0 ? retry(cli, journal, &job, error)
                                        : forget(cli, journal, &job, error);
}

static enum status run_words(struct cli *cli, struct journal *journal, const struct words *words,
                             struct error *error)
{
    if (words->count == 0) {
        return list(cli, journal, error);
    }
    const char *verb = words->list[0];
    bool known = false;
    for (size_t i = 0; verbs[i]; i++) {
        known = known || strcmp(verbs[i], verb) == 0;
    }
    if (!known) {
        cli->hint = "jobs";
        return unknown_name(error, "word", verb, suggest_listed, verbs);
    }
    if (words->count < 2) {
        cli->hint = "jobs";
        return error_set(error, STATUS_USAGE, "'picset jobs %s' needs a job's id", verb);
    }
    if (words->count > 2 && strcmp(verb, "show") == 0) {
        return error_set(error, STATUS_USAGE, "'picset jobs show' takes one id");
    }
    for (size_t i = 1; i < words->count; i++) {
        if (one_job(cli, journal, verb, words->list[i], error) != STATUS_OK) {
            return error->status;
        }
    }
    return STATUS_OK;
}

static enum status run(struct cli *cli, const void *options, const struct words *words,
                       struct error *error)
{
    struct journal *journal = NULL;
    (void)options;
    enum status status = open_journal(cli, &journal, error);
    if (status == STATUS_OK) {
        status = run_words(cli, journal, words, error);
    }
    journal_close(journal);
    return status;
}

static const struct example examples[] = {
    {"picset jobs", "every image that was asked for, its state and its cost"},
    {"picset jobs show 12", "all that is known of one"},
    {"picset jobs retry 12 13", "ask for these again with the next run"},
    {"picset jobs forget 12", "as if it had never been asked for; its image goes, too"},
    {NULL, NULL}};

const struct command command_jobs = {
    .name = "jobs",
    .summary = "list what was asked of services, and what became of it",
    .usage = "[show ID | retry ID ... | forget ID ...]",
    .text =
        "Jobs are kept in .picset beside the project file, else in the cache folder of the user: "
        "where generate and build have written them before anything was sent. States: pending, "
        "sending, running, ready (its image can be fetched), done, refused, failed, and "
        "unknown: a request whose answer never came, which is not sent again unless you say "
        "so with 'retry' or --repeat-unknown, since it may have been paid for.",
    .examples = examples,
    .words = WORDS_NAMED,
    .word_names = verbs,
    .run = run,
};
