/* SPDX-License-Identifier: MIT
 * Facts in words, and what a stage's wants find missing. */
#include "support.h"

#include "facts.h"

static const struct facts plain = {.width = 4096,
                                   .height = 2304,
                                   .frames = 1,
                                   .bands = 3,
                                   .bits = 8,
                                   .space = SPACE_SRGB,
                                   .orientation = 1};

static void test_words(void **state)
{
    (void)state;
    struct buffer out = {0};
    struct facts facts = plain;
    facts_words(&out, &facts);
    assert_buffer_text(&out, "4096x2304 srgb 8-bit");
    facts.alpha = true;
    facts.frames = 12;
    facts.orientation = 6;
    facts.space = SPACE_P3;
    facts.bits = 16;
    facts_words(&out, &facts);
    assert_buffer_text(&out, "4096x2304 p3 16-bit alpha, orientation 6, 12 frames");
    facts = plain;
    facts.unsized = true;
    facts_words(&out, &facts);
    assert_buffer_text(&out, "up to 4096x2304 srgb 8-bit");
    facts = (struct facts){.plain = true, .colour = {0x0b, 0x3d, 0x5c, 0x80}, .orientation = 1};
    facts_words(&out, &facts);
    assert_buffer_text(&out, "plain #0b3d5c");
    facts.alpha = true;
    facts_words(&out, &facts);
    assert_buffer_text(&out, "plain #0b3d5c80");
}

static void test_spaces(void **state)
{
    (void)state;
    assert_string_equal(space_name(SPACE_SRGB), "srgb");
    assert_string_equal(space_name(SPACE_P3), "p3");
    assert_string_equal(space_name(SPACE_PROFILE), "profile");
    assert_string_equal(space_name(SPACE_GREY), "grey");
    assert_string_equal(space_name(SPACE_CMYK), "cmyk");
    assert_string_equal(space_name(SPACE_OTHER), "other");
}

static void test_missing(void **state)
{
    (void)state;
    const unsigned all = WANTS_UPRIGHT | WANTS_OPAQUE | WANTS_RGB | WANTS_8BIT;
    struct facts facts = plain;
    assert_int_equal(facts_missing(&facts, all), 0);
    facts.orientation = 2;
    assert_int_equal(facts_missing(&facts, all), WANTS_UPRIGHT);
    assert_int_equal(facts_missing(&facts, WANTS_OPAQUE), 0);
    facts = plain;
    facts.alpha = true;
    assert_int_equal(facts_missing(&facts, all), WANTS_OPAQUE);
    facts = plain;
    facts.bits = 16;
    assert_int_equal(facts_missing(&facts, all), WANTS_8BIT);
    for (int space = SPACE_SRGB; space <= SPACE_OTHER; space++) {
        bool fine = space == SPACE_SRGB || space == SPACE_P3 || space == SPACE_GREY;
        facts = plain;
        facts.space = (enum space)space;
        assert_int_equal(facts_missing(&facts, all), fine ? 0 : WANTS_RGB);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_spaces),
        cmocka_unit_test(test_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
