/* SPDX-License-Identifier: MIT
 * What `encode` refuses, what it plans, and what a step's key depends on: all as text. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "encode/quality.h"
#include "encoding.h"
#include "memory.h"

static void wrong_options(void **state)
{
    static const struct {
        const char *options, *message;
    } cases[] = {
        {"{}", "'format' is missing"},
        {"{\"format\":\"jpeg\",\"quality\":\"lossless\"}",
         "'quality' is lossless, which jpeg cannot be: allowed are low, medium, high, very-high "
         "and "
         "1..100"},
        {"{\"format\":[\"webp\",\"jpeg\"],\"quality\":80}",
         "'quality' is 80 for several formats, whose scales differ: allowed are low, medium, high, "
         "very-high, lossless, or an object with a number per format"},
        {"{\"format\":\"jpeg\",\"quality\":0}", "'quality' is 0, outside 1..100 of jpeg"},
        {"{\"format\":\"png\",\"quality\":80}", "'quality' is 80, and png has no scale of quality"},
        {"{\"format\":\"webp\",\"quality\":50,\"min-quality\":60,\"max-bytes\":9000}",
         "'min-quality' is above 'quality' for webp: 60, and 50"},
        {"{\"format\":\"webp\",\"min-quality\":60}",
         "'min-quality' means nothing without 'max-bytes'"},
        {"{\"format\":\"png\",\"png\":{\"colours\":1}}",
         "/png: 'colours' is 1, outside 2..256, or 0 for all the image has"},
        {"{\"format\":\"avif\",\"avif\":{\"depth\":9}}",
         "/avif: 'depth' is 9 bits, allowed are 8, 10, 12 and auto"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct encoding encoding;
        encoding_start(&encoding, &stage_encode, cases[i].options);
        if (encoding.status != STATUS_UNSUPPORTED) { /* an old libvips refuses depth as a whole */
            assert_string_equal(encoding.message, cases[i].message);
            assert_int_equal(encoding.status, STATUS_USAGE);
        }
        encoding_end(&encoding);
    }
}

static const struct facts photo = {
    .width = 1000, .height = 500, .frames = 1, .bands = 3, .bits = 8};

static void plan_facts(const char *options, const struct facts *facts, struct encoding *encoding)
{
    encoding_start(encoding, &stage_encode, options);
    assert_string_equal(encoding->message, "");
    encoding_plan_facts(encoding, facts);
}

static void plans_in_words(void **state)
{
    static const struct {
        const char *options, *detail;
    } cases[] = {
        {"{\"format\":\"jpeg\"}", "jpeg q75"},
        {"{\"format\":\"jpeg\",\"quality\":66.6}", "jpeg q67"},
        {"{\"format\":\"png\"}", "png"},
        {"{\"format\":\"png\",\"png\":{\"colours\":64}}", "png 64 colours"},
        {"{\"format\":\"webp\",\"quality\":\"lossless\"}", "webp lossless method 4"},
        {"{\"format\":\"webp\",\"quality\":77}", "webp q77 method 4"},
        {"{\"format\":\"webp\",\"quality\":77,\"min-quality\":50,\"max-bytes\":\"9KB\"}",
         "webp q77..50 up to 9000 B method 4"},
        {"{\"format\":\"avif\",\"quality\":55}", "avif q55 effort 2"},
        {"{\"format\":\"gif\"}", "gif 256 colours"},
        {"{\"format\":[\"jpeg\",\"webp\"],\"quality\":{\"jpeg\":70}}", "jpeg q70"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct encoding encoding;
        plan_facts(cases[i].options, &photo, &encoding);
        assert_string_equal(encoding.message, "");
        assert_string_equal(encoding.step.choice.detail, cases[i].detail);
        assert_true(encoding.step.choice.cost > 0);
        encoding_end(&encoding);
    }
}

static void the_first_that_holds_the_image(void **state)
{
    struct facts clear = photo, moving = photo, both = photo, opaque = photo, wide = photo;
    clear.alpha = clear.alpha_used = true;
    opaque.alpha = opaque.alpha_measured = true;
    moving.frames = 7;
    both.alpha = both.alpha_used = true;
    both.frames = 7;
    wide.width = 20000;
    const struct {
        const char *formats;
        const struct facts *facts;
        enum format format;
        bool asked_alpha;
        const char *warning;
    } cases[] = {
        {"[\"jpeg\",\"png\"]", &photo, FORMAT_JPEG, false, NULL},
        {"[\"jpeg\",\"png\"]", &clear, FORMAT_PNG, true, NULL},
        {"[\"jpeg\",\"png\"]", &opaque, FORMAT_JPEG, false, NULL},
        {"\"jpeg\"", &clear, FORMAT_JPEG, false, NULL},
        {"[\"webp\",\"png\"]", &clear, FORMAT_WEBP, false, NULL},
        {"[\"jpeg\",\"webp\"]", &moving, FORMAT_WEBP, false, NULL},
        {"[\"jpeg\",\"png\",\"gif\"]", &both, FORMAT_GIF, false, NULL},
        {"[\"jpeg\",\"png\"]", &both, FORMAT_PNG, true, "png holds one frame: the first of 7"},
        {"\"jpeg\"", &moving, FORMAT_JPEG, false, "jpeg holds one frame: the first of 7"},
        {"[\"webp\",\"jpeg\"]", &wide, FORMAT_JPEG, false, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char options[100];
        struct encoding encoding;
        snprintf(options, sizeof options, "{\"format\":%s}", cases[i].formats);
        plan_facts(options, cases[i].facts, &encoding);
        assert_string_equal(encoding.message, "");
        assert_int_equal(encoding.step.choice.format, cases[i].format);
        assert_int_equal(encoding.step.out.format, cases[i].format);
        assert_int_equal(encoding.step.choice.asked_alpha, cases[i].asked_alpha);
        if (cases[i].warning) {
            assert_string_equal(encoding.step.choice.warning, cases[i].warning);
            assert_int_equal(encoding.step.out.frames, 1);
        } else {
            assert_null(encoding.step.choice.warning);
            assert_int_equal(encoding.step.out.frames, cases[i].facts->frames);
        }
        encoding_end(&encoding);
    }
}

static void sides_are_limited(void **state)
{
    static const struct {
        const char *format;
        int side;
    } cases[] = {{"webp", 16383}, {"avif", 16384}, {"jpeg", 65500}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char options[64], message[200];
        struct encoding encoding;
        struct facts facts = photo;
        facts.height = cases[i].side;
        snprintf(options, sizeof options, "{\"format\":\"%s\"}", cases[i].format);
        plan_facts(options, &facts, &encoding);
        assert_string_equal(encoding.message, "");
        encoding_end(&encoding);
        facts.height++;
        plan_facts(options, &facts, &encoding);
        snprintf(message, sizeof message,
                 "a side of 1000x%d is too long for %s, which holds at most %d px", facts.height,
                 cases[i].format, cases[i].side);
        assert_string_equal(encoding.message, message);
        assert_int_equal(encoding.status, STATUS_REFUSED);
        encoding_end(&encoding);
    }
}

static void wants(void **state)
{
    struct facts opaque = photo;
    opaque.alpha = opaque.alpha_measured = true;
    const struct {
        const char *options;
        const struct facts *facts;
        unsigned wants;
    } cases[] = {
        {"{\"format\":\"jpeg\"}", &photo, WANTS_OPAQUE | WANTS_8BIT},
        {"{\"format\":\"webp\"}", &photo, WANTS_8BIT},
        {"{\"format\":\"png\"}", &photo, 0},
        {"{\"format\":\"png\"}", &opaque, WANTS_OPAQUE},
        {"{\"format\":\"png\",\"png\":{\"colours\":9}}", &photo, WANTS_8BIT},
        {"{\"format\":\"avif\"}", &photo, WANTS_8BIT},
    };
    (void)state;
    assert_int_equal(stage_encode.wants, WANTS_UPRIGHT | WANTS_RGB);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct encoding encoding;
        encoding_start(&encoding, &stage_encode, cases[i].options);
        assert_int_equal(stage_encode.wants_of(encoding.step.options, cases[i].facts),
                         cases[i].wants);
        encoding_end(&encoding);
    }
}

static bool same_identity(const char *a, const char *b)
{
    struct encoding first, second;
    plan_facts(a, &photo, &first);
    plan_facts(b, &photo, &second);
    const bool same = strcmp(first.step.choice.identity, second.step.choice.identity) == 0;
    encoding_end(&first);
    encoding_end(&second);
    return same;
}

static void identity_is_what_bytes_depend_on(void **state)
{
    (void)state;
    assert_true(same_identity("{\"format\":\"jpeg\"}", "{\"format\":[\"jpeg\",\"png\"]}"));
    assert_true(same_identity("{\"format\":\"jpeg\",\"quality\":\"high\"}",
                              "{\"format\":\"jpeg\",\"quality\":75}"));
    assert_true(
        same_identity("{\"format\":\"jpeg\"}", "{\"format\":\"jpeg\",\"avif\":{\"effort\":5}}"));
    assert_false(same_identity("{\"format\":\"jpeg\"}",
                               "{\"format\":\"jpeg\",\"jpeg\":{\"chroma\":\"4:4:4\"}}"));
    assert_false(same_identity("{\"format\":\"jpeg\"}", "{\"format\":\"jpeg\",\"quality\":79}"));
    assert_false(
        same_identity("{\"format\":\"jpeg\"}", "{\"format\":\"jpeg\",\"max-bytes\":9000}"));
    assert_false(same_identity("{\"format\":\"jpeg\",\"max-bytes\":9000}",
                               "{\"format\":\"jpeg\",\"max-bytes\":9001}"));
}

static void versions_are_named(void **state)
{
    static const enum format formats[] = {FORMAT_JPEG, FORMAT_PNG, FORMAT_WEBP, FORMAT_AVIF};
    static const char *const begins[] = {"libjpeg-turbo ", "libpng ", "libwebp ", "libvips "};
    struct encoding encoding;
    (void)state;
    encoding_start(&encoding, &stage_encode, "{\"format\":\"jpeg\"}");
    for (size_t i = 0; i < 4; i++) {
        struct buffer text = {0};
        const struct choice choice = {.format = formats[i]};
        stage_encode.identity(encoding.step.options, &choice, &text);
        assert_memory_equal(buffer_string(&text), begins[i], strlen(begins[i]));
        assert_true(text.size > strlen(begins[i]) + 2);
        buffer_free(&text);
    }
    encoding_end(&encoding);
}

static void levels_rise(void **state)
{
    static const enum format formats[] = {FORMAT_JPEG, FORMAT_WEBP, FORMAT_AVIF, FORMAT_JXL};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        double before = 0;
        for (int level = LEVEL_LOW; level < LEVEL_LOSSLESS; level++) {
            struct quality quality = {.level = (enum level)level};
            for (int format = 0; format < FORMAT_COUNT; format++) {
                quality.number[format] = -1;
            }
            const double number = quality_for(formats[i], &quality);
            assert_true(number > before && number < 100);
            assert_true(quality_is_fine(formats[i], number) == (level == LEVEL_VERY_HIGH));
            before = number;
        }
        for (double q = 5; q < 100; q += 7) {
            const double rate = quality_rate(formats[i], q, 0.7);
            assert_true(rate < quality_rate(formats[i], q + 1, 0.7));
            assert_true(fabs(quality_content(formats[i], q, rate) - 0.7) < 1e-9);
        }
    }
}

/* Whichever allocation fails: an error, nothing written, nothing leaked (AddressSanitizer). */
static void memory_runs_out(void **state)
{
    static const char *const options[] = {
        "{\"format\":\"jpeg\"}",
        "{\"format\":\"png\"}",
        "{\"format\":\"png\",\"png\":{\"colours\":9}}",
        "{\"format\":\"webp\"}",
        "{\"format\":\"avif\"}",
        "{\"format\":\"webp\",\"max-bytes\":300,\"min-quality\":5}"};
    VipsImage *picture = picture_new(90, 70, 3, 8);
    (void)state;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        bool made = false;
        for (long n = 1; !made; n++) {
            struct encoding encoding;
            encoding_start(&encoding, &stage_encode, options[i]);
            encoding_plan(&encoding, picture);
            memory_fail_at(n, 1);
            encoding_run(&encoding, picture);
            memory_fail_at(0, 0);
            made = encoding.status == STATUS_OK || encoding.status == STATUS_REFUSED;
            assert_true(made || encoding.status == STATUS_FAILED);
            assert_int_equal(encoding.bytes.size > 0, encoding.status == STATUS_OK);
            assert_true(n < 1000 && (made ? n > 1 : true));
            encoding_end(&encoding);
        }
    }
    image_release(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_options),
        cmocka_unit_test(plans_in_words),
        cmocka_unit_test(the_first_that_holds_the_image),
        cmocka_unit_test(sides_are_limited),
        cmocka_unit_test(wants),
        cmocka_unit_test(identity_is_what_bytes_depend_on),
        cmocka_unit_test(versions_are_named),
        cmocka_unit_test(levels_rise),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
