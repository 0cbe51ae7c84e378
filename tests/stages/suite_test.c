/* SPDX-License-Identifier: MIT
 * What every stage must hold, over the whole list: its table is valid and reads back what it
 * prints, its plan is pure, and honest against what its run makes of images of every kind and size.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "image.h"
#include "images.h"
#include "json.h"
#include "stage_run.h"

/* Options to try; a stage without an entry is tried with its defaults. Every stage that has no
 * valid defaults has one. */
static const struct sample {
    const char *stage, *options;
} samples[] = {
    {"colour", "{}"},
    {"colour", "{\"to\": \"p3\"}"},
    {"colour", "{\"to\": \"grey\", \"depth\": \"16\"}"},
    {"colour", "{\"to\": \"keep\"}"},
    {"trim", "{}"},
    {"crop", "{\"aspect\": \"16:9\"}"},
    {"crop", "{\"width\": 1, \"height\": 1, \"gravity\": \"south-east\"}"},
    {"crop", "{\"aspect\": \"1:1\", \"gravity\": \"attention\"}"},
    {"crop", "{\"aspect\": \"3:4\", \"gravity\": \"entropy\"}"},
    {"resize", "{\"size\": 24}"},
    {"resize", "{\"width\": 5, \"kernel\": \"nearest\"}"},
    {"resize", "{\"size\": \"20x31\", \"fit\": \"cover\", \"enlarge\": \"allow\"}"},
    {"resize", "{\"size\": \"20x31\", \"fit\": \"contain\", \"background\": \"#ff8000\"}"},
    {"resize", "{\"size\": \"20x31\", \"fit\": \"fill\", \"linear\": true}"},
    {"resize", "{\"size\": \"20x31\", \"fit\": \"outside\", \"kernel\": \"mitchell\"}"},
    {"resize", "{\"scale\": \"1/3\"}"},
    {"pad", "{\"aspect\": \"16:9\"}"},
    {"pad", "{\"content\": \"66/108\", \"colour\": \"#336699\"}"},
    {"pad", "{\"size\": \"700x600\", \"colour\": \"dominant\", \"gravity\": \"north\"}"},
    {"resize", "{\"size\": \"20x31\", \"fit\": \"contain\", \"content\": \"66/108\"}"},
    {"mask", "{\"radius\": 5.5}"},
    {"mask", "{\"shape\": \"circle\"}"},
    {"mask", "{\"shape\": \"squircle\"}"},
    {"solid", "{}"},
    {"solid", "{\"colour\": \"#10305080\"}"},
    {"monochrome", "{}"},
    {"monochrome", "{\"from\": \"contrast\", \"colour\": \"#336699\"}"},
    {"flatten", "{}"},
    {"flatten", "{\"colour\": \"#103050\"}"},
    {"flatten", "{\"colour\": \"dominant\"}"},
    {"sharpen", "{\"sigma\": 1}"},
    {"blur", "{\"sigma\": 1.5}"},
    {"blur", "{\"sigma\": 6}"},
    {"watermark", "{\"scale\": 0.5, \"opacity\": 0.5}"},
    {"encode", "{\"format\": \"png\"}"},
    {"pack", "{\"format\": \"ico\"}"},
};
enum { SAMPLES = sizeof samples / sizeof *samples };

static const struct shape {
    int width, height;
} shapes[] = {{1, 1}, {1, 37}, {37, 1}, {2, 2}, {7, 5}, {31, 33}, {64, 48}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static struct arena *arena;

/* ---- Tables --------------------------------------------------------------------------------- */

static void check_sentence(const char *owner, const char *name, const char *text)
{
    if (!text || !*text || text[strlen(text) - 1] == '.' || strchr(text, '\n')) {
        fail_msg("%s/%s: '%s' is no line without a full stop", owner, name, text ? text : "(none)");
    }
}

static void check_table(const char *owner, const struct option *table)
{
    for (const struct option *option = table; option->name; option++) {
        for (const char *c = option->name; *c; c++) {
            if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *c)) {
                fail_msg("%s: '%s' is no name of an option", owner, option->name);
            }
        }
        check_sentence(owner, option->name, option->help);
        for (const struct option *other = table; other < option; other++) {
            assert_string_not_equal(other->name, option->name);
        }
        if ((option->type == OPTION_ENUM || option->type == OPTION_FLAGS) && !option->names) {
            fail_msg("%s/%s has no names", owner, option->name);
        }
        if (option->type == OPTION_GROUP) {
            check_table(option->name, option->group);
        }
    }
}

static void test_tables_are_valid(void **state)
{
    (void)state;
    for (const struct stage *const *stage = stage_list(); *stage; stage++) {
        check_sentence((*stage)->name, "summary", (*stage)->summary);
        assert_true((*stage)->version >= 1);
        assert_ptr_equal(stage_find((*stage)->name), *stage);
        if ((*stage)->options) {
            check_table((*stage)->name, (*stage)->options);
        }
    }
    assert_null(stage_find("resiz"));
}

static void *fields_default(const struct stage *stage)
{
    struct error error = {0};
    void *fields = arena_alloc(arena, stage->options_size);
    if (options_default(stage->options, arena, fields, &error) != STATUS_OK) {
        fail_msg("%s: %s", stage->name, error.message);
    }
    return fields;
}

static const struct value *value_again(const struct stage *stage, const struct value *value)
{
    struct error error = {0};
    void *fields = fields_default(stage);
    if (options_parse(stage->options, stage->name, value, NULL, arena, fields, &error) !=
        STATUS_OK) {
        fail_msg("%s: %s", stage->name, error.message);
    }
    const struct value *again = options_value(stage->options, fields, false, arena);
    assert_non_null(again);
    return again;
}

static void test_options_read_back_what_they_print(void **state)
{
    (void)state;
    for (const struct stage *const *stage = stage_list(); *stage; stage++) {
        if ((*stage)->options) {
            const struct value *printed =
                options_value((*stage)->options, fields_default(*stage), false, arena);
            assert_non_null(printed);
            assert_true(value_equal(printed, value_again(*stage, printed)));
        }
    }
    for (int i = 0; i < SAMPLES; i++) {
        const struct stage *stage = stage_find(samples[i].stage);
        struct error error = {0};
        const struct value *object = NULL;
        assert_int_equal(
            json_parse(arena, samples[i].options, strlen(samples[i].options), &object, &error),
            STATUS_OK);
        const struct value *printed = value_again(stage, object);
        assert_true(value_equal(printed, value_again(stage, printed)));
    }
}

static enum status parse_number(const struct stage *stage, const struct option *option,
                                double number, struct error *error)
{
    const bool whole = option->type == OPTION_INT || option->type == OPTION_INT64;
    struct value *object =
        value_set(arena, value_object(arena), option->name,
                  whole ? value_int(arena, (int64_t)number) : value_real(arena, number));
    return options_parse(stage->options, stage->name, object, NULL, arena, fields_default(stage),
                         error);
}

static void check_range(const struct stage *stage, const struct option *option)
{
    const bool whole = option->type == OPTION_INT || option->type == OPTION_INT64;
    if (!(whole || option->type == OPTION_NUMBER || option->type == OPTION_RATIO) ||
        (option->min == 0 && option->max == 0)) {
        return;
    }
    const double step = whole ? 1 : 0.001;
    const struct {
        double number;
        bool fits;
    } tries[] = {{option->min, true},
                 {option->max, true},
                 {option->min - step, false},
                 {option->max + step, false}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        struct error error = {0};
        const enum status status = parse_number(stage, option, tries[i].number, &error);
        if (status != (tries[i].fits ? STATUS_OK : STATUS_USAGE)) {
            fail_msg("%s/%s: %g: %s", stage->name, option->name, tries[i].number, error.message);
        }
        if (!tries[i].fits && !strstr(error.message, option->name)) {
            fail_msg("%s: '%s' does not name the option", stage->name, error.message);
        }
    }
}

static void test_ranges_hold_at_both_ends(void **state)
{
    (void)state;
    for (const struct stage *const *stage = stage_list(); *stage; stage++) {
        for (const struct option *option = (*stage)->options; option && option->name; option++) {
            check_range(*stage, option);
        }
    }
}

/* ---- Plans ---------------------------------------------------------------------------------- */

/* Facts are compared as numbers: padding has no meaning. */
static void check_facts(const char *what, const struct facts *a, const struct facts *b)
{
    if (a->width != b->width || a->height != b->height || a->frames != b->frames ||
        a->bands != b->bands || a->alpha != b->alpha || a->bits != b->bits ||
        a->space != b->space || a->orientation != b->orientation || a->keep != b->keep ||
        a->unsized != b->unsized || a->plain != b->plain || a->focus_given != b->focus_given) {
        fail_msg("%s: the facts differ", what);
    }
}

static void test_plans_are_pure(void **state)
{
    (void)state;
    const struct facts mark = {.width = 40, .height = 20, .bands = 4, .alpha = true, .bits = 8};
    const struct given given = {.input = &mark};
    for (int i = 0; i < SAMPLES; i++) {
        const struct stage *stage = stage_find(samples[i].stage);
        if (stage->kind != STAGE_PIXELS) {
            continue;
        }
        const struct facts facts = {.width = 640,
                                    .height = 425,
                                    .frames = 1,
                                    .bands = 4,
                                    .alpha = true,
                                    .alpha_used = true,
                                    .bits = 8,
                                    .orientation = 1,
                                    .focus_given = true,
                                    .focus_x = 0.3,
                                    .focus_y = 0.6};
        const struct facts before = facts;
        const struct planned first =
            stage_planned(arena, samples[i].stage, samples[i].options, &facts, &given);
        const struct planned second =
            stage_planned(arena, samples[i].stage, samples[i].options, &facts, &given);
        check_facts(samples[i].options, &facts, &before);
        check_facts(samples[i].options, planned_out(&first), planned_out(&second));
        assert_string_equal(planned_words(arena, &first), planned_words(arena, &second));
        for (int j = 0; j < first.count; j++) {
            const struct choice *choice = &first.steps[j].choice;
            assert_true(choice->skip || choice->detail);
        }
    }
}

/* ---- Runs ----------------------------------------------------------------------------------- */

static unsigned wants_of(const char *name, const char *json, const struct facts *facts)
{
    const struct stage *stage = stage_find(name);
    unsigned wants = stage->wants;
    if (stage->wants_of) {
        wants |= stage->wants_of(stage_options(arena, name, json), facts);
    }
    const struct planned planned =
        stage_planned(arena, name, json, facts, &(struct given){.input = facts});
    for (int i = 0; i < planned.count; i++) {
        wants |= planned.steps[i].stage->wants;
    }
    return facts_missing(facts, wants);
}

static void check_against_plan(const char *what, const struct facts *plan, const VipsImage *image)
{
    const int bits = image->BandFmt == VIPS_FORMAT_USHORT ? 16 : 8;
    const bool alpha = vips_image_hasalpha((VipsImage *)(uintptr_t)image);
    if (plan->width != image_width(image) || plan->height != image_height(image) ||
        plan->frames != image_frames(image) || plan->bands != image->Bands || plan->bits != bits ||
        plan->alpha != alpha) {
        fail_msg("%s: planned %dx%d x%d, %d bands, %d bits, %s alpha; made %dx%d x%d, %d, %d, %s",
                 what, plan->width, plan->height, plan->frames, plan->bands, plan->bits,
                 plan->alpha ? "with" : "no", image_width(image), image_height(image),
                 image_frames(image), image->Bands, bits, alpha ? "with" : "no");
    }
}

static VipsImage *watermark(void)
{
    return image_soft_disc(16, 255, 0, 0);
}

/* One sample on one picture, brought into what the stage wants first, as the planner would. */
static void run_sample(const struct sample *sample, struct picture picture, const char *name)
{
    const struct facts mark_facts = {
        .width = 16, .height = 16, .frames = 1, .bands = 4, .alpha = true, .bits = 8};
    struct facts facts = picture.facts;
    VipsImage *in = image_share(picture.image), *mark = watermark();
    struct measure box = {0}, *measured = NULL;
    if (wants_of(sample->stage, sample->options, &facts)) {
        const struct planned wanted = stage_planned(arena, "colour", "{}", &facts, NULL);
        VipsImage *next = planned_run(&wanted, in, NULL);
        facts = *planned_out(&wanted);
        image_release(&in);
        in = next;
    }
    const struct stage *stage = stage_find(sample->stage);
    if (stage->measure) {
        struct error error = {0};
        assert_int_equal(stage->measure(stage_options(arena, sample->stage, sample->options),
                                        &(struct flow){0}, in, &box, &error),
                         STATUS_OK);
        measured = &box;
    }
    const struct planned planned = stage_planned(arena, sample->stage, sample->options, &facts,
                                                 &(struct given){measured, &mark_facts, NULL});
    if (planned.status == STATUS_OK) {
        VipsImage *out = planned_run(&planned, in, mark);
        char what[256];
        snprintf(what, sizeof what, "%s %s on %s %dx%d", sample->stage, sample->options, name,
                 facts.width, facts.height);
        check_against_plan(what, planned_out(&planned), out);
        image_release(&out);
    } else {
        assert_int_equal(planned.status, STATUS_REFUSED);
    }
    image_release(&mark);
    image_release(&in);
}

static void run_all(int frames)
{
    for (int i = 0; i < SAMPLES; i++) {
        if (stage_find(samples[i].stage)->kind != STAGE_PIXELS) {
            continue;
        }
        const bool again = i > 0 && strcmp(samples[i - 1].stage, samples[i].stage) == 0;
        for (int kind = 0; kind < PICTURE_COUNT; kind++) {
            /* The table of CMYK takes a tenth of a second: two shapes are enough, and one set of
             * options of each stage. */
            if (kind == PICTURE_CMYK && again) {
                continue;
            }
            const int step = kind == PICTURE_CMYK ? SHAPES - 2 : 1;
            for (int shape = 0; shape < SHAPES; shape += step) {
                struct picture picture = picture_gradient(
                    (enum picture_kind)kind, shapes[shape].width, shapes[shape].height, frames);
                run_sample(&samples[i], picture, picture_name((enum picture_kind)kind));
                picture_release(&picture);
            }
        }
    }
}

static void test_stills_are_what_the_plan_said(void **state)
{
    (void)state;
    run_all(1);
}

static void test_animations_are_what_the_plan_said(void **state)
{
    (void)state;
    run_all(3);
}

/* Half of what was planned, as a decoder that shrank gives it: a scaling stage ends at the planned
 * size all the same, others at half of it, to the pixel. */
static void test_shrunk_input_keeps_the_plan(void **state)
{
    (void)state;
    for (int i = 0; i < SAMPLES; i++) {
        const struct stage *stage = stage_find(samples[i].stage);
        if (stage->kind != STAGE_PIXELS || !stage->need) {
            continue;
        }
        struct picture half = picture_gradient(PICTURE_RGB, 101, 75, 1);
        VipsImage *mark = watermark();
        struct facts facts = half.facts;
        facts.width = 201;
        facts.height = 149;
        facts.format = FORMAT_JPEG;
        const struct measure box = {10, 20, 90, 60};
        const struct facts mark_facts = {.width = 16, .height = 16, .bands = 4, .bits = 8};
        const struct planned planned =
            stage_planned(arena, samples[i].stage, samples[i].options, &facts,
                          &(struct given){&box, &mark_facts, NULL});
        if (planned.status != STATUS_OK) {
            assert_int_equal(planned.status, STATUS_REFUSED);
        } else {
            VipsImage *out = planned_run(&planned, half.image, mark);
            const struct facts *plan = planned_out(&planned);
            const bool scales = planned.steps[planned.count - 1].stage->scales &&
                                !planned.steps[planned.count - 1].choice.skip;
            const bool exact = scales || stage->scales;
            const double x = exact ? 1 : 101.0 / facts.width, y = exact ? 1 : 75.0 / facts.height;
            if (fabs(out->Xsize - plan->width * x) >= (exact ? 0.1 : 1) ||
                fabs(out->Ysize - plan->height * y) >= (exact ? 0.1 : 1)) {
                fail_msg("%s %s: %dx%d made of %dx%d", samples[i].stage, samples[i].options,
                         out->Xsize, out->Ysize, plan->width, plan->height);
            }
            image_release(&out);
        }
        image_release(&mark);
        picture_release(&half);
    }
}

/* A decoder that gives rows from the top only, as PNG does. */
static void test_rows_from_the_top_are_enough(void **state)
{
    (void)state;
    struct picture picture = picture_gradient(PICTURE_RGBA, 301, 203, 1);
    struct buffer bytes = {0};
    image_encode(picture.image, ".png", &bytes);
    const struct facts mark_facts = {.width = 16, .height = 16, .bands = 4, .bits = 8};
    for (int i = 0; i < SAMPLES; i++) {
        const struct stage *stage = stage_find(samples[i].stage);
        if (stage->kind != STAGE_PIXELS) {
            continue;
        }
        VipsImage *rows = NULL, *mark = watermark();
        assert_int_equal(vips_pngload_buffer(bytes.data, bytes.size, &rows, "access",
                                             VIPS_ACCESS_SEQUENTIAL, NULL),
                         0);
        const struct measure box = {10, 20, 90, 60};
        const struct planned planned =
            stage_planned(arena, samples[i].stage, samples[i].options, &picture.facts,
                          &(struct given){&box, &mark_facts, NULL});
        if (planned.status == STATUS_OK) {
            VipsImage *from_rows = planned_run(&planned, rows, mark);
            VipsImage *from_memory = planned_run(&planned, picture.image, mark);
            if (image_difference(from_rows, from_memory) > 0) {
                fail_msg("%s %s: other pixels from rows than from memory", samples[i].stage,
                         samples[i].options);
            }
            image_release(&from_rows);
            image_release(&from_memory);
        }
        image_release(&mark);
        image_release(&rows);
    }
    buffer_free(&bytes);
    picture_release(&picture);
}

static int start(void **state)
{
    struct error error = {0};
    (void)state;
    arena = arena_new();
    return !arena || image_library_start(&error) != STATUS_OK;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_are_valid),
        cmocka_unit_test(test_options_read_back_what_they_print),
        cmocka_unit_test(test_ranges_hold_at_both_ends),
        cmocka_unit_test(test_plans_are_pure),
        cmocka_unit_test(test_stills_are_what_the_plan_said),
        cmocka_unit_test(test_animations_are_what_the_plan_said),
        cmocka_unit_test(test_shrunk_input_keeps_the_plan),
        cmocka_unit_test(test_rows_from_the_top_are_enough),
    };
    return cmocka_run_group_tests(tests, start, end);
}
