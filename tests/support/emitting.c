/* SPDX-License-Identifier: MIT
 * Emitters under test: sets made by hand, the text that comes out, and whether it is well-formed.
 */
#include "emitting.h"

#include <ctype.h>
#include <string.h>

struct emitting emitting_make(const char *emitter, const char *path)
{
    struct emitting emitting = {
        .arena = arena_new(), .emitter = emitter_find(emitter), .path = path};
    assert_non_null(emitting.arena);
    assert_non_null(emitting.emitter);
    return emitting;
}

struct record_set *emitting_set(struct emitting *emitting, const char *name, const char *options)
{
    assert_true(emitting->set_count < EMITTING_SETS);
    struct record_set *set = &emitting->sets[emitting->set_count];
    emitting->options[emitting->set_count++] = options;
    set->source = (struct record_source){.path = name, .name = name, .dir = ""};
    set->preset = "web";
    return set;
}

struct record_rendition *emitting_add(struct emitting *emitting, const char *path,
                                      enum format format, int width, int height, const char *entry)
{
    size_t s = emitting->set_count - 1;
    size_t i = emitting->sets[s].rendition_count++;
    assert_true(i < EMITTING_MOST);
    emitting->entries[s][i] = (struct record_entry){
        .emitter = emitting->emitter->name, .options = support_value(emitting->arena, entry)};
    emitting->renditions[s][i] = (struct record_rendition){
        .path = path,
        .preset = "web",
        .output = "0",
        .input = "main",
        .format = format,
        .mime = format_info(format)->mime,
        .width = width,
        .height = height,
        .entries = &emitting->entries[s][i],
        .entry_count = 1,
    };
    return &emitting->renditions[s][i];
}

void emitting_end(struct emitting *emitting)
{
    arena_free(emitting->arena);
    emitting->arena = NULL;
}

static enum status options_make(struct emitting *emitting, const char *options, const void **out,
                                struct error *error)
{
    const struct emitter *emitter = emitting->emitter;
    void *fields = arena_alloc(emitting->arena, emitter->file_size);
    enum status status = options_default(emitter->file_options, emitting->arena, fields, error);
    if (status == STATUS_OK) {
        status = options_parse(emitter->file_options, emitter->name,
                               support_value(emitting->arena, options), NULL, emitting->arena,
                               fields, error);
    }
    if (status == STATUS_OK && emitter->check) {
        status = emitter->check(fields, error);
    }
    *out = fields;
    return status;
}

/* Everything that is borrowed points into the struct, which may have moved since it was made. */
static void pointers_set(struct emitting *emitting, const struct record_set **sets)
{
    for (size_t s = 0; s < emitting->set_count; s++) {
        emitting->sets[s].renditions = emitting->renditions[s];
        sets[s] = &emitting->sets[s];
        for (size_t i = 0; i < emitting->sets[s].rendition_count; i++) {
            emitting->renditions[s][i].entries = &emitting->entries[s][i];
        }
    }
}

static enum status job_make(struct emitting *emitting, const char *options, struct emit_job *job,
                            const struct record_set **sets, const void **own, struct error *error)
{
    enum status status = STATUS_OK;
    pointers_set(emitting, sets);
    *job = (struct emit_job){.path = emitting->path,
                             .preset = "web",
                             .sets = sets,
                             .set_options = own,
                             .set_count = emitting->set_count};
    status = options_make(emitting, options, &job->options, error);
    for (size_t s = 0; status == STATUS_OK && s < emitting->set_count; s++) {
        own[s] = job->options;
        if (emitting->options[s]) {
            status = options_make(emitting, emitting->options[s], &own[s], error);
        }
    }
    return status;
}

enum status emitting_run(struct emitting *emitting, const char *options, struct buffer *out,
                         struct error *error)
{
    const struct record_set *sets[EMITTING_SETS];
    const void *own[EMITTING_SETS];
    struct emit_job job;
    enum status status = job_make(emitting, options, &job, sets, own, error);
    return status == STATUS_OK ? emitting->emitter->emit(&job, out, error) : status;
}

void emitting_text(struct emitting *emitting, const char *options, const char *text,
                   const char *file, int line)
{
    struct buffer out = {0};
    struct error error = {0};
    if (emitting_run(emitting, options, &out, &error) != STATUS_OK) {
        fail_msg("%s:%d: %s: %s", file, line, error.where, error.message);
    }
    support_buffer_text(&out, text, file, line);
    emitting_end(emitting);
}

void emitting_error(struct emitting *emitting, const char *options, const char *text,
                    const char *file, int line)
{
    struct buffer out = {0};
    struct error error = {0};
    assert_int_equal(emitting_run(emitting, options, &out, &error), STATUS_USAGE);
    support_error_text(&error, STATUS_USAGE, text, file, line);
    buffer_free(&out);
    emitting_end(emitting);
}

static bool emit_again(void *data)
{
    const struct emit_job *job = data;
    const struct emitter *emitter = *(const struct emitter *const *)job->preset;
    struct error error = {0};
    struct buffer out = {0};
    enum status status = emitter->emit(job, &out, &error);
    if (status != STATUS_OK) {
        assert_string_equal(error.message, "out of memory");
    }
    buffer_free(&out);
    return status == STATUS_OK;
}

void emitting_short_of_memory(struct emitting *emitting, const char *options)
{
    const struct record_set *sets[EMITTING_SETS];
    const void *own[EMITTING_SETS];
    struct emit_job job;
    struct error error = {0};
    assert_int_equal(job_make(emitting, options, &job, sets, own, &error), STATUS_OK);
    job.preset = (const char *)(const void *)&emitting->emitter; /* no emitter here reads it */
    assert_true(support_each_allocation(emit_again, &job) > 3);
    emitting_end(emitting);
}

/* ---- What is wrong with it? ---- */

struct inspected {
    const char *there;
    struct buffer *out;
};

static const struct emit_found *inspected_look(const struct emit_inspection *inspection,
                                               const char *path)
{
    const struct inspected *inspected = inspection->engine;
    const char *wanted = arena_format(inspection->arena, " %s ", path);
    struct emit_found *found = arena_alloc(inspection->arena, sizeof(*found));
    *found = (struct emit_found){.path = path};
    return strstr(inspected->there, wanted) ? found : NULL;
}

static void inspected_fault(const struct emit_inspection *inspection, enum emit_fault fault,
                            const char *about, const char *wrong, const char *allowed)
{
    static const char *const faults[] = {[EMIT_DAMAGED] = "damaged",
                                         [EMIT_DANGLING] = "dangling",
                                         [EMIT_UNNAMED] = "unnamed",
                                         [EMIT_STATED] = "stated"};
    const struct inspected *inspected = inspection->engine;
    (void)about;
    buffer_format(inspected->out, "%s %s; %s\n", faults[fault], wrong, allowed);
}

void emitting_inspect(const char *emitter, const char *options, const char *path, const char *text,
                      const char *there, struct buffer *out)
{
    struct emitting emitting = emitting_make(emitter, path);
    struct inspected inspected = {there, out};
    struct error error = {0};
    struct emit_inspection inspection = {.path = path,
                                         .text = text,
                                         .size = strlen(text),
                                         .arena = emitting.arena,
                                         .engine = &inspected,
                                         .look = inspected_look,
                                         .fault = inspected_fault};
    assert_int_equal(options_make(&emitting, options, &inspection.options, &error), STATUS_OK);
    assert_int_equal(emitting.emitter->inspect(&inspection, &error), STATUS_OK);
    emitting_end(&emitting);
}

/* ---- Is it well-formed? ---- */

struct judge {
    const char *text, *at;
    bool xml;
    char open[16][64]; /* elements that are not closed yet */
    int depth;
};

static void judge_fail(const struct judge *judge, const char *what)
{
    fail_msg("%s at byte %zu: %.60s", what, (size_t)(judge->at - judge->text), judge->at);
}

static void judge_reference(struct judge *judge)
{
    static const char *const references[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        if (strncmp(judge->at, references[i], strlen(references[i])) == 0) {
            judge->at += strlen(references[i]);
            return;
        }
    }
    judge_fail(judge, "a lone '&'");
}

static void judge_text(struct judge *judge, char end)
{
    while (*judge->at && *judge->at != end) {
        if (*judge->at == '&') {
            judge_reference(judge);
        } else if (*judge->at == '<' || *judge->at == '>') {
            judge_fail(judge, "a bare bracket");
        } else {
            judge->at++;
        }
    }
}

static size_t judge_name(struct judge *judge)
{
    size_t size = strspn(judge->at, "abcdefghijklmnopqrstuvwxyz-:0123456789");
    if (size == 0 || size > 60 || !isalpha((unsigned char)*judge->at)) {
        judge_fail(judge, "no name");
    }
    judge->at += size;
    return size;
}

/* The attributes up to the bracket; each name once. */
static void judge_attributes(struct judge *judge)
{
    char seen[1024] = " ";
    while (*judge->at == ' ') {
        const char *name = ++judge->at;
        size_t size = judge_name(judge);
        char padded[64] = " ";
        strncat(padded, name, size);
        if (strstr(seen, strncat(padded, " ", 2))) {
            judge_fail(judge, "an attribute twice");
        }
        strncat(seen, padded + 1, sizeof seen - strlen(seen) - 1);
        if (strncmp(judge->at, "=\"", 2) != 0) {
            judge_fail(judge, "no value");
        }
        judge->at += 2;
        judge_text(judge, '"');
        if (*judge->at++ != '"') {
            judge_fail(judge, "no end of a value");
        }
    }
}

static void judge_element(struct judge *judge)
{
    bool closing = judge->at[1] == '/';
    const char *name = judge->at += 1 + closing;
    size_t size = judge_name(judge);
    if (closing) {
        if (judge->depth == 0 || strlen(judge->open[judge->depth - 1]) != size ||
            strncmp(judge->open[judge->depth - 1], name, size) != 0) {
            judge_fail(judge, "another element is open");
        }
        judge->depth--;
    } else {
        judge_attributes(judge);
        bool empty = *judge->at == '/';
        judge->at += empty;
        if (empty != judge->xml && !judge->xml) {
            judge_fail(judge, "a void element with '/'");
        }
        if (judge->xml && !empty) {
            assert_true(judge->depth < 16);
            *judge->open[judge->depth] = '\0';
            strncat(judge->open[judge->depth++], name, size);
        }
    }
    if (*judge->at++ != '>') {
        judge_fail(judge, "no end of an element");
    }
}

static void judge_document(struct judge *judge)
{
    int roots = 0;
    while (*judge->at) {
        judge_text(judge, '<');
        if (*judge->at) {
            roots += judge->depth == 0;
            judge_element(judge);
        }
    }
    if (judge->depth != 0 || (judge->xml && roots != 1)) {
        judge_fail(judge, "not one closed root");
    }
}

void assert_xml(const char *text)
{
    static const char head[] = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
    struct judge judge = {.text = text, .at = text + strlen(head), .xml = true};
    assert_int_equal(strncmp(text, head, strlen(head)), 0);
    judge_document(&judge);
}

void assert_void_html(const char *text)
{
    struct judge judge = {.text = text, .at = text};
    judge_document(&judge);
}
