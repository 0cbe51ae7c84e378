/* SPDX-License-Identifier: MIT
 * See planning.h. */
#include "planning.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static struct facts facts_of(const char *path, int width, int height)
{
    const char *dot = strrchr(path, '.');
    return (struct facts){.width = width,
                          .height = height,
                          .frames = 1,
                          .bands = 3,
                          .bits = 8,
                          .space = SPACE_SRGB,
                          .orientation = 1,
                          .format = dot ? format_by_extension(dot + 1) : FORMAT_NONE};
}

struct planning planning_start(const char *path, int width, int height)
{
    struct planning planning = {.arena = arena_new(), .limits = limits_default()};
    assert_non_null(planning.arena);
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    planning.subject.name = arena_slice(planning.arena, name, strcspn(name, "."));
    planning.subject.dir = arena_slice(planning.arena, path, (size_t)(name - path));
    planning_input(&planning, "main", path, width, height);
    return planning;
}

struct facts *planning_input(struct planning *planning, const char *name, const char *path,
                             int width, int height)
{
    size_t i = planning->subject.input_count++;
    assert_true(i < PLANNING_INPUTS);
    struct subject_input *input = &planning->inputs[i];
    *input = (struct subject_input){.name = name, .path = path};
    input->facts = facts_of(path, width, height);
    if (path[0] == '#') {
        unsigned long colour = strtoul(path + 1, NULL, 16);
        input->path = NULL;
        input->facts = (struct facts){
            .width = 1,
            .height = 1,
            .frames = 1,
            .bands = 3,
            .bits = 8,
            .orientation = 1,
            .plain = true,
            .alpha_measured = true,
            .format = FORMAT_PNG,
            .colour = {(uint8_t)(colour >> 16), (uint8_t)(colour >> 8), (uint8_t)colour, 255}};
    } else {
        planning->sources[i].hash = hash_mix_text((struct hash){0}, path);
        planning->sources[i].size = 1000;
    }
    return &input->facts;
}

void planning_alpha(struct facts *facts, int used)
{
    facts->alpha = true;
    facts->bands = facts->space == SPACE_GREY ? 2 : 4;
    facts->alpha_used = used != 0;
    facts->alpha_measured = used >= 0;
}

void planning_preset(struct planning *planning, const char *preset, const char *changes)
{
    const struct preset *parsed = NULL;
    struct error error = {0};
    enum status status;
    if (*preset == '{') {
        char *text = arena_text(planning->arena, preset);
        for (char *c = text; *c; c++) {
            *c = *c == '\'' ? '"' : *c;
        }
        status = preset_parse("test", text, strlen(text), planning->arena, &parsed, &error);
    } else {
        status = preset_read(&planning->library, preset, planning->arena, &parsed, &error);
    }
    if (status == STATUS_OK) {
        assert_true(planning->recipe_count < PLANNING_PRESETS);
        status = recipe_expand(
            &planning->library, parsed, changes ? support_value(planning->arena, changes) : NULL,
            planning->arena, &planning->recipes[planning->recipe_count++], &error);
    }
    if (status != STATUS_OK) {
        fail_msg("%s: %s", error.where, error.message);
    }
}

void planning_build(struct planning *planning)
{
    planning->subject.inputs = planning->inputs;
    for (size_t i = 0; i < planning->subject.input_count; i++) {
        planning->inputs[i].source = planning->inputs[i].facts.plain ? NULL : &planning->sources[i];
    }
    plan_free(planning->plan);
    planning->plan = NULL;
    error_clear(&planning->error);
    planning->status = plan_build(&planning->subject, planning->recipes, planning->recipe_count,
                                  &planning->limits, NULL, 0, &planning->plan, &planning->error);
}

void planning_words(const struct plan *plan, struct buffer *out)
{
    struct buffer text = {0};
    plan_explain(plan, &text);
    for (const char *c = buffer_string(&text); *c;) {
        bool quality = c[0] == ' ' && c[1] == 'q' && isdigit((unsigned char)c[2]);
        bool to = c[0] == '.' && c[1] == '.' && isdigit((unsigned char)c[2]);
        if (quality || to) {
            buffer_text(out, quality ? " q#" : "..#");
            c += 2 + strspn(c + 2, "0123456789");
        } else {
            buffer_char(out, *c++);
        }
    }
    buffer_free(&text);
}

void planning_end(struct planning *planning)
{
    plan_free(planning->plan);
    arena_free(planning->arena);
}
