/* SPDX-License-Identifier: MIT
 * One stage planned and run as the engine does it. */
#include "stage_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "image.h"
#include "json.h"
#include "limit.h"

static enum status options_read(struct arena *arena, const struct stage *stage, const char *json,
                                const void **out, struct error *error)
{
    const struct value *object = NULL;
    void *fields = arena_alloc(arena, stage->options_size ? stage->options_size : 1);
    assert_non_null(fields);
    enum status status = json_parse(arena, json, strlen(json), &object, error);
    if (status == STATUS_OK && stage->options) {
        status = options_default(stage->options, arena, fields, error);
    }
    if (status == STATUS_OK && stage->options) {
        status = options_parse(stage->options, stage->name, object, NULL, arena, fields, error);
    }
    if (status == STATUS_OK && stage->check) {
        status = stage->check(fields, error);
    }
    *out = fields;
    return status;
}

static const struct stage *stage_named(const char *name)
{
    const struct stage *stage = stage_find(name);
    if (!stage) {
        fail_msg("no stage '%s'", name);
    }
    return stage;
}

const void *stage_options(struct arena *arena, const char *name, const char *json)
{
    struct error error = {0};
    const void *fields = NULL;
    if (options_read(arena, stage_named(name), json, &fields, &error) != STATUS_OK) {
        fail_msg("%s %s: %s", name, json, error.message);
    }
    return fields;
}

const char *stage_options_error(struct arena *arena, const char *name, const char *json)
{
    struct error error = {0};
    const void *fields = NULL;
    if (options_read(arena, stage_named(name), json, &fields, &error) == STATUS_OK) {
        return "";
    }
    return arena_text(arena, error.message);
}

/* ---- Planning ------------------------------------------------------------------------------- */

static const struct facts *context_input(const struct plan_context *context, const char *name)
{
    (void)name;
    return context->engine;
}

static enum status plan_one(const struct stage *stage, const void *options,
                            const struct plan_context *context, const struct facts *in,
                            struct step *step, struct error *error)
{
    *step = (struct step){.stage = stage, .options = options, .in = *in, .out = *in};
    if (!stage->plan) {
        return STATUS_OK;
    }
    return stage->plan(options, context, in, &step->out, &step->choice, error);
}

struct planned stage_planned(struct arena *arena, const char *name, const char *json,
                             const struct facts *in, const struct given *given)
{
    const struct given nothing = {0};
    const struct stage *stage = stage_named(name);
    const void *options = stage_options(arena, name, json);
    struct limits *limits = arena_alloc(arena, sizeof *limits);
    struct facts *second = arena_alloc(arena, sizeof *second);
    struct planned planned = {0};
    given = given ? given : &nothing;
    struct expansion expansion = {0};
    assert_true(limits && second);
    *limits = limits_default();
    if (given->input) {
        *second = *given->input;
    }
    const struct plan_context context = {.arena = arena,
                                         .limits = limits,
                                         .input = context_input,
                                         .measured = given->measured,
                                         .source = given->source,
                                         .engine = given->input ? second : NULL};
    if (stage->expand) {
        planned.status = stage->expand(options, &context, in, &expansion, &planned.error);
    }
    if (expansion.count == 0) {
        expansion.parts[0].stage = stage;
        expansion.parts[0].options = options;
        expansion.count = 1;
    }
    struct facts facts = *in;
    for (int i = 0; planned.status == STATUS_OK && i < expansion.count; i++) {
        struct step *step = &planned.steps[planned.count];
        planned.status = plan_one(expansion.parts[i].stage, expansion.parts[i].options, &context,
                                  &facts, step, &planned.error);
        facts = step->out;
        planned.count++;
    }
    return planned;
}

const struct facts *planned_out(const struct planned *planned)
{
    if (planned->status != STATUS_OK) {
        fail_msg("the plan fails: %s", planned->error.message);
    }
    return &planned->steps[planned->count - 1].out;
}

const char *planned_words(struct arena *arena, const struct planned *planned)
{
    struct buffer words = {0};
    if (planned->status != STATUS_OK) {
        return arena_text(arena, planned->error.message);
    }
    for (int i = 0; i < planned->count; i++) {
        const struct choice *choice = &planned->steps[i].choice;
        buffer_format(&words, "%s%s", i > 0 ? " | " : "", planned->steps[i].stage->name);
        if (choice->skip) {
            buffer_format(&words, " skipped: %s", choice->skip);
        } else if (choice->detail) {
            buffer_format(&words, " %s", choice->detail);
        }
        if (choice->drop) {
            buffer_format(&words, ", dropped: %s", choice->drop);
        }
        if (choice->warning) {
            buffer_format(&words, ", warning: %s", choice->warning);
        }
        if (choice->clamped) {
            buffer_text(&words, ", clamped");
        }
    }
    const char *text = arena_text(arena, buffer_string(&words));
    buffer_free(&words);
    return text;
}

/* ---- Running -------------------------------------------------------------------------------- */

static VipsImage *flow_input(const struct flow *flow, const char *name, struct error *error)
{
    (void)name;
    if (!flow->engine) {
        error_set(error, STATUS_MISSING, "no input");
    }
    return flow->engine;
}

VipsImage *computed(VipsImage *image)
{
    struct error error = {0};
    VipsImage *memory = NULL;
    if (image_compute(image, NULL, &memory, &error) != STATUS_OK) {
        fail_msg("%s (%s)", error.message, error.cause);
    }
    return memory;
}

VipsImage *planned_run(const struct planned *planned, VipsImage *in, VipsImage *input)
{
    const struct limits limits = limits_default();
    const struct flow flow = {
        .limits = &limits, .input = flow_input, .engine = input, .load_scale = 1, .threads = 1};
    VipsImage *image = image_share(in);
    if (planned->status != STATUS_OK) {
        fail_msg("the plan fails: %s", planned->error.message);
    }
    for (int i = 0; i < planned->count; i++) {
        struct error error = {0};
        VipsImage *next = NULL;
        if (image_run(&planned->steps[i], &flow, image, &next, &error) != STATUS_OK) {
            fail_msg("%s: %s (%s)", error.where, error.message, error.cause);
        }
        image_release(&image);
        image = next;
    }
    VipsImage *memory = computed(image);
    image_release(&image);
    return memory;
}

VipsImage *stage_applied(const char *stage, const char *json, const struct facts *in,
                         VipsImage *image)
{
    struct arena *arena = arena_new();
    assert_non_null(arena);
    const struct planned planned = stage_planned(arena, stage, json, in, NULL);
    VipsImage *out = planned_run(&planned, image, NULL);
    arena_free(arena);
    return out;
}
