/* SPDX-License-Identifier: MIT
 * `copy`: what the bytes are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "encoding.h"

static void plan_text(const char *text, struct encoding *encoding)
{
    const struct facts facts = {.frames = 1};
    encoding_start(encoding, &stage_copy, NULL);
    encoding->source.name = (char *)(uintptr_t) "a.svg";
    encoding->source.bytes = (uint8_t *)(uintptr_t)text;
    encoding->source.size = strlen(text);
    encoding_plan_facts(encoding, &facts);
}

static void svg_is_known(void **state)
{
    static const char *const texts[] = {
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        "\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- a <svg> --><!DOCTYPE svg>\n <svg:svg >",
        "  <svg>"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct encoding encoding;
        plan_text(texts[i], &encoding);
        assert_string_equal(encoding.message, "");
        assert_int_equal(encoding.step.choice.format, FORMAT_SVG);
        assert_string_equal(encoding.step.choice.detail, "svg");
        encoding_end(&encoding);
    }
}

static void other_text_is_not(void **state)
{
    static const char *const texts[] = {"",           "<",      "svg",       "<html><svg/>",
                                        "<!-- <svg>", "<svgx>", "<?xml <svg"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct encoding encoding;
        plan_text(texts[i], &encoding);
        assert_string_equal(encoding.message, "'a.svg' is no image and no SVG: it is not copied");
        assert_int_equal(encoding.status, STATUS_UNSUPPORTED);
        encoding_end(&encoding);
    }
}

static void images_keep_their_format(void **state)
{
    struct encoding encoding;
    const struct facts facts = {.frames = 1, .format = FORMAT_PNG};
    (void)state;
    encoding_start(&encoding, &stage_copy, NULL);
    encoding.source.container.format = FORMAT_PNG;
    encoding_plan_facts(&encoding, &facts);
    assert_int_equal(encoding.step.choice.format, FORMAT_PNG);
    encoding_end(&encoding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(svg_is_known),
        cmocka_unit_test(other_text_is_not),
        cmocka_unit_test(images_keep_their_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
