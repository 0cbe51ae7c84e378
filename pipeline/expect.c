/* SPDX-License-Identifier: MIT
 * See expect.h. */
#include "expect.h"

#include <math.h>
#include <string.h>

#include "memory.h"

enum { INPUTS_MAX = 31 };

/* ---- Images that nobody has seen --------------------------------------------------------------
 */

/* Large and small, wide, tall and square, of every kind of colour: what they have in common after
 * an output's stages is the output's doing. */
static const struct probe {
    int width, height, frames, bits;
    bool alpha, inputs; /* all named inputs are given */
    enum space space;
    enum format format;
} probes[] = {
    {7168, 7168, 1, 8, true, true, SPACE_SRGB, FORMAT_PNG},
    {7168, 7168, 1, 8, false, false, SPACE_SRGB, FORMAT_JPEG},
    {9000, 6000, 1, 8, false, true, SPACE_P3, FORMAT_JPEG},
    {6000, 9000, 1, 16, true, false, SPACE_PROFILE, FORMAT_PNG},
    {48, 40, 1, 8, false, false, SPACE_CMYK, FORMAT_JPEG},
    {40, 56, 1, 8, true, false, SPACE_GREY, FORMAT_PNG},
    {1200, 900, 3, 8, true, false, SPACE_SRGB, FORMAT_GIF},
    {1500, 2400, 2, 8, false, true, SPACE_SRGB, FORMAT_WEBP},
    {40, 44, 2, 8, false, false, SPACE_SRGB, FORMAT_GIF},
};
enum { PROBE_COUNT = sizeof(probes) / sizeof(probes[0]) };

struct image { /* facts that stand for an image; the plan copies all but the source */
    struct subject subject;
    struct subject_input inputs[INPUTS_MAX + 1];
};

static struct facts probe_facts(const struct probe *probe)
{
    const int colours = probe->space == SPACE_GREY ? 1 : probe->space == SPACE_CMYK ? 4 : 3;
    return (struct facts){.width = probe->width,
                          .height = probe->height,
                          .frames = probe->frames,
                          .bands = colours + probe->alpha,
                          .alpha = probe->alpha,
                          .alpha_used = probe->alpha,
                          .alpha_measured = true,
                          .bits = probe->bits,
                          .space = probe->space,
                          .profile = probe->space == SPACE_P3 || probe->space == SPACE_PROFILE,
                          .orientation = 1,
                          .format = probe->format};
}

static enum status image_plan(const struct expected *expected, const struct probe *probe,
                              unsigned given, const char *name, const char *dir, struct plan **out,
                              struct error *error)
{
    struct image image = {.subject = {.name = name, .dir = dir, .inputs = NULL}};
    const struct value *inputs = expected->recipe->inputs;
    struct source *source = arena_alloc(expected->arena, sizeof(*source));
    if (!source) {
        return error_memory(error);
    }
    source->container = (struct container){.format = probe->format,
                                           .width = probe->width,
                                           .height = probe->height,
                                           .frames = probe->frames,
                                           .orientation = 1};
    image.subject.inputs = image.inputs;
    image.inputs[image.subject.input_count++] =
        (struct subject_input){.name = "main", .source = source, .facts = probe_facts(probe)};
    for (size_t i = 0; inputs && i < inputs->object.count && i < INPUTS_MAX; i++) {
        if (given >> i & 1) {
            image.inputs[image.subject.input_count++] =
                (struct subject_input){.name = inputs->object.members[i].key,
                                       .source = source,
                                       .facts = probe_facts(probe)};
        }
    }
    return plan_build(&image.subject, &expected->recipe, 1, expected->limits, NULL, 0, out, error);
}

enum status expect_plan(const struct expected *expected, const struct guess *guess,
                        struct plan **out, struct error *error)
{
    const struct probe probe = {.width = guess->width,
                                .height = guess->height,
                                .frames = guess->animated ? 2 : 1,
                                .bits = 8,
                                .alpha = guess->alpha,
                                .space = SPACE_SRGB,
                                .format = guess->animated ? FORMAT_GIF
                                          : guess->alpha  ? FORMAT_PNG
                                                          : FORMAT_JPEG};
    return image_plan(expected, &probe, guess->inputs, guess->name, guess->dir, out, error);
}

unsigned expect_inputs(const struct expected *expected, const struct output_line *line)
{
    const struct value *inputs = expected->recipe->inputs;
    unsigned bits = 0;
    for (size_t i = 0; i < line->from_count; i++) {
        if (!line->from[i].input || strcmp(line->from[i].input, "main") == 0) {
            return 0;
        }
        for (size_t j = 0; inputs && j < inputs->object.count && j < INPUTS_MAX; j++) {
            if (strcmp(inputs->object.members[j].key, line->from[i].input) == 0) {
                bits |= 1u << j;
            }
        }
    }
    return bits;
}

/* ---- What comes out of all of them ------------------------------------------------------------
 */

struct side {          /* one side of a line's image, over all probes */
    bool varies, seen; /* of those that nothing made smaller */
    int length;
};

struct seen { /* of one line, over all probes */
    struct side width, height;
    bool with_alpha, without_alpha, animated, unsized, limitless;
};

static void side_see(struct side *side, int length, bool whole)
{
    if (whole) {
        side->varies = side->varies || (side->seen && side->length != length);
        side->length = length;
        side->seen = true;
    }
}

static void leaf_see(struct expectation *line, struct seen *seen, const struct step *step,
                     bool whole)
{
    const struct facts *facts = &step->in;
    line->formats |= step->choice.format ? 1u << step->choice.format : 0;
    line->spaces |= 1u << facts->space;
    line->shrinks = line->shrinks || !whole;
    side_see(&seen->width, facts->width, whole);
    side_see(&seen->height, facts->height, whole);
    seen->with_alpha = seen->with_alpha || facts->alpha;
    seen->without_alpha = seen->without_alpha || !facts->alpha;
    seen->animated = seen->animated || step->out.frames > 1;
    seen->unsized = seen->unsized || facts->unsized;
    seen->limitless = seen->limitless || step->choice.bytes_most == 0;
    if (step->choice.bytes_most > line->bytes) {
        line->bytes = step->choice.bytes_most;
    }
}

static void plan_see(struct expected *expected, struct seen *seen, const struct plan *plan)
{
    for (size_t i = 0; i < plan->rendition_count; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        size_t index = (size_t)(rendition->line - expected->recipe->lines);
        struct expectation *line = &expected->lines[index];
        if (!rendition->leaf || rendition->leaf->step.stage->kind == STAGE_COPY) {
            continue;
        }
        leaf_see(line, &seen[index], &rendition->leaf->step, !rendition->clamped);
        for (size_t j = 0; j < rendition->fallback_count; j++) {
            leaf_see(line, &seen[index], &rendition->fallbacks[j]->step, false);
        }
    }
}

/* All that was not made smaller had one length: that, or less where some were made smaller. */
static struct range side_range(const struct side *side, bool shrinks, bool unsized)
{
    if (unsized || side->varies || !side->seen) {
        return (struct range){.given = false};
    }
    return (struct range){.low = shrinks ? 1 : side->length, .high = side->length, .given = true};
}

static void line_conclude(struct expectation *line, const struct seen *seen)
{
    line->width = side_range(&seen->width, line->shrinks, seen->unsized);
    line->height = side_range(&seen->height, line->shrinks, seen->unsized);
    line->alpha = seen->with_alpha && !seen->without_alpha   ? 1
                  : !seen->with_alpha && seen->without_alpha ? 0
                                                             : -1;
    line->still = line->kind != STAGE_COPY && !seen->animated;
    line->bytes = seen->limitless ? 0 : line->bytes;
    if (line->spaces & 1u << SPACE_PROFILE) {
        line->spaces = 0;
    }
}

/* ---- What the preset itself says --------------------------------------------------------------
 */

static unsigned formats_bits(const struct formats *formats)
{
    unsigned bits = 0;
    for (int i = 0; i < formats->count; i++) {
        bits |= 1u << formats->list[i];
    }
    return bits;
}

static void range_take(const struct range *given, struct range *out)
{
    *out = given->given ? *given : *out;
}

/* Is it the value of a variable, whole or its first part? "density=ldpi,0.75 look=dark" */
static bool cell_has(const char *cell, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = strchr(cell, '='); at; at = strchr(at + 1, '=')) {
        if (strcspn(at + 1, " ,") == length && strncmp(at + 1, word, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Field by field: what `require` does not name stays what the output makes. */
static enum status require_lay(struct expectation *line, struct arena *arena, struct error *error)
{
    const struct require *require = &line->line->require;
    struct require_options options;
    if (!require->given) {
        return STATUS_OK;
    }
    enum status status = options_default(require_options, arena, &options, error);
    if (status == STATUS_OK) {
        status =
            options_parse(require_options, "require", require->value, NULL, arena, &options, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    line->formats = options.format.count ? formats_bits(&options.format) : line->formats;
    range_take(&options.width, &line->width);
    range_take(&options.height, &line->height);
    range_take(&options.pixels, &line->pixels);
    line->aspect = options.aspect;
    line->bytes = options.bytes.count ? options.bytes.count : line->bytes;
    if (value_get(require->value, "alpha")) {
        line->alpha = options.alpha ? -1 : 0;
    }
    line->keep = options.keep;
    line->sizes = options.sizes;
    for (size_t i = 0; i < options.optional.count; i++) {
        const char *word = options.optional.list[i];
        line->optional =
            line->optional || strcmp(word, "always") == 0 || cell_has(line->line->cell, word);
    }
    return STATUS_OK;
}

/* ---- All of it --------------------------------------------------------------------------------
 */

static void lines_start(struct expected *expected)
{
    const struct recipe *recipe = expected->recipe;
    for (size_t i = 0; i < recipe->line_count; i++) {
        const struct output_line *line = &recipe->lines[i];
        struct expectation *out = &expected->lines[i];
        out->line = line;
        out->kind = line->line.items[line->line.count - 1].stage->kind;
        out->alpha = -1;
    }
}

/* Where several formats are taken, a path that ends in one's extension stands for all. */
static enum status patterns_make(struct expected *expected, struct arena *arena,
                                 struct error *error)
{
    for (size_t i = 0; i < expected->recipe->line_count; i++) {
        struct expectation *line = &expected->lines[i];
        bool several = line->formats & (line->formats - 1);
        if (line->line->path) {
            line->pattern = pattern_of(line->line->path, expected->recipe->name, several, arena);
        }
        if (line->line->path && !line->pattern) {
            return error_memory(error);
        }
    }
    return STATUS_OK;
}

/* An output may refuse an image that is too small for it: that tells nothing. */
static enum status probes_plan(struct expected *expected, struct seen *seen, struct error *error)
{
    struct error first = {0};
    for (size_t i = 0; i < PROBE_COUNT; i++) {
        struct plan *plan = NULL;
        struct error refused = {0};
        enum status status =
            image_plan(expected, &probes[i], probes[i].inputs ? ~0u : 0, "x", "", &plan, &refused);
        if (status == STATUS_FAILED) {
            *error = refused;
            return status;
        }
        if (status != STATUS_OK) {
            first = first.status ? first : refused;
            continue;
        }
        plan_see(expected, seen, plan);
        if (!expected->plan) {
            expected->plan = plan;
        } else {
            plan_free(plan);
        }
    }
    if (!expected->plan) {
        *error = first;
    }
    return expected->plan ? STATUS_OK : error->status;
}

static void steps_take(struct expected *expected)
{
    for (size_t i = 0; i < expected->plan->rendition_count; i++) {
        const struct plan_rendition *rendition = &expected->plan->renditions[i];
        if (rendition->leaf) {
            size_t index = (size_t)(rendition->line - expected->recipe->lines);
            expected->lines[index].step = &rendition->leaf->step;
        }
    }
}

enum status expect_recipe(const struct preset *preset, const struct recipe *recipe,
                          const struct limits *limits, struct arena *arena, struct expected *out,
                          struct error *error)
{
    struct expected expected = {
        .preset = preset, .recipe = recipe, .limits = limits, .arena = arena};
    struct seen *seen = arena_array(arena, recipe->line_count, sizeof(*seen));
    expected.lines = arena_array(arena, recipe->line_count, sizeof(*expected.lines));
    if (!seen || !expected.lines) {
        return error_memory(error);
    }
    lines_start(&expected);
    enum status status = probes_plan(&expected, seen, error);
    if (status == STATUS_OK) {
        steps_take(&expected);
    }
    for (size_t i = 0; i < recipe->line_count && status == STATUS_OK; i++) {
        line_conclude(&expected.lines[i], &seen[i]);
        status = require_lay(&expected.lines[i], arena, error);
    }
    if (status == STATUS_OK) {
        status = patterns_make(&expected, arena, error);
    }
    if (status == STATUS_OK) {
        *out = expected;
    } else {
        expect_end(&expected);
    }
    return status;
}

void expect_end(struct expected *expected)
{
    plan_free(expected->plan);
    expected->plan = NULL;
}
