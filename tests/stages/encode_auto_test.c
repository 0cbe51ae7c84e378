/* SPDX-License-Identifier: MIT
 * auto: what the plan says of it, the verdict over made-up runs, and trials on pictures: the same
 * bytes as the effort and quality that were chosen give, with vectors and without, and from what is
 * remembered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode/trial.h"
#include "encoding.h"
#include "support.h"

/* ---- The plan ------------------------------------------------------------------------------- */

static void assert_words(const char *options, int width, int height, const char *words)
{
    struct encoding encoding;
    const struct facts facts = {
        .width = width, .height = height, .frames = 1, .bands = 3, .bits = 8, .orientation = 1};
    encoding_start(&encoding, &stage_encode, options);
    encoding_plan_facts(&encoding, &facts);
    assert_string_equal(encoding.message, "");
    assert_string_equal(encoding.step.choice.detail, words);
    encoding_end(&encoding);
}

#define AVIF "{\"format\":\"avif\",\"avif\":{\"effort\":\"auto\"}"
#define WEBP "{\"format\":\"webp\",\"webp\":{\"method\":\"auto\"}"

static void test_words_of_the_plan(void **state)
{
    (void)state;
    assert_words(AVIF ",\"quality\":50}", 1280, 720, "avif q50 effort auto");
    /* A number stands for effort 4, a level was measured at 2. */
    assert_words(AVIF ",\"quality\":50}", 960, 540, "avif q54 effort 3");
    assert_words(AVIF ",\"quality\":99}", 960, 540, "avif q100 effort 3");
    assert_words(AVIF ",\"quality\":\"high\"}", 960, 540, "avif q59 effort 3");
    assert_words(AVIF ",\"quality\":50}", 9000, 200, "avif q54 effort 3");
    assert_words(WEBP ",\"quality\":80}", 3840, 2160, "webp q80 method auto");
    assert_words(WEBP ",\"quality\":80}", 2560, 1440, "webp q80 method 2");
    assert_words(WEBP ",\"quality\":80}", 640, 360, "webp q80 method 4");
    assert_words(WEBP ",\"quality\":\"lossless\"}", 2560, 1440, "webp lossless method 4");
}

static void test_spelling(void **state)
{
    (void)state;
    struct encoding encoding;
    encoding_start(&encoding, &stage_encode, "{\"format\":\"avif\",\"avif\":{\"effort\":\"3\"}}");
    assert_string_equal(encoding.message, "");
    assert_int_equal(((const struct encode_options *)encoding.step.options)->avif.effort, 3);
    encoding_end(&encoding);
    encoding_start(&encoding, &stage_encode,
                   "{\"format\":\"avif\",\"avif\":{\"effort\":\"best\"}}");
    assert_non_null(
        strstr(encoding.message, "'effort' is \"best\", must be a whole number 0..9 or auto"));
    encoding_end(&encoding);
}

/* ---- The verdict ---------------------------------------------------------------------------- */

static struct trial_runs avif_runs(double bytes0, double score0, double bytes2, double score2)
{
    return (struct trial_runs){.at = {{0, bytes0, score0, true},
                                      {1, 0, 0, false},
                                      {2, bytes2, score2, true},
                                      {3, bytes2, score2, true}},
                               .bytes_above = bytes0 * 1.12,
                               .score_above = score0 + 4,
                               .pixels = 921600,
                               .level = true};
}

static void test_verdicts(void **state)
{
    (void)state;
    double quality = 50;
    /* No difference: the quickest, and half a point of doubt is one step. */
    struct trial_runs runs = avif_runs(10000, 60, 10000, 60);
    assert_int_equal(trial_verdict(&codec_avif, &runs, &quality), 0);
    assert_float_equal(quality, 51, 0);
    /* Six points less at the same bytes: not on a picture of so many bytes. */
    quality = 50;
    runs = avif_runs(10000, 60, 10000, 66);
    assert_int_equal(trial_verdict(&codec_avif, &runs, &quality), 2);
    assert_float_equal(quality, 50, 0);
    /* On one of a tenth of the bytes it is cheap to make up for it. */
    quality = 50;
    runs = avif_runs(1000, 60, 1000, 63.5);
    assert_int_equal(trial_verdict(&codec_avif, &runs, &quality), 0);
    assert_float_equal(quality, 54, 0);
    /* But not when it is far away. */
    quality = 50;
    runs = avif_runs(1000, 60, 1000, 66);
    assert_int_equal(trial_verdict(&codec_avif, &runs, &quality), 2);
    assert_float_equal(quality, 50, 0);
    /* Never above the scale. */
    quality = 98;
    runs = avif_runs(1000, 60, 1000, 63.5);
    (void)trial_verdict(&codec_avif, &runs, &quality);
    assert_true(quality <= 100);
    quality = 1; /* nor below it, where lossless is */
    runs = avif_runs(10000, 66, 10000, 60);
    (void)trial_verdict(&codec_avif, &runs, &quality);
    assert_true(quality >= 1);
    /* A number asks for what effort 4 would give. */
    quality = 50;
    runs = avif_runs(10000, 60, 10000, 66);
    runs.level = false;
    assert_int_equal(trial_verdict(&codec_avif, &runs, &quality), 2);
    assert_true(quality > 50);
}

/* Artefacts where crops meet must not lower a quality. */
static void test_verdict_of_webp(void **state)
{
    (void)state;
    struct trial_runs runs = {.at = {{2, 10000, 80, true}, {4, 9800, 60, true}},
                              .bytes_above = 11200,
                              .score_above = 84,
                              .pixels = 4000000};
    double quality = 80;
    assert_int_equal(trial_verdict(&codec_webp, &runs, &quality), 0);
    assert_float_equal(quality, 80, 0);
    runs.at[1].score = 81.4;
    assert_int_equal(trial_verdict(&codec_webp, &runs, &quality), 0);
    assert_float_equal(quality, 82, 0);
    quality = 80;
    runs.at[0].bytes = 60000;
    runs.at[1].bytes = 45000;
    assert_int_equal(trial_verdict(&codec_webp, &runs, &quality), 1);
    assert_float_equal(quality, 80, 0);
}

/* ---- Pictures ------------------------------------------------------------------------------- */

struct memory {
    struct encoding encoding;
    char words[FLOW_WORDS], text[FLOW_WORDS + 40];
    bool known;
    int recalled, remembered;
};

static bool recall(const struct flow *flow, const struct hash *key, const char *what, char *text,
                   size_t size)
{
    struct memory *memory = flow->engine;
    (void)key;
    assert_string_equal(what, TRIAL_NAME);
    memory->recalled++;
    snprintf(text, size, "%s", memory->text);
    return memory->known;
}

static void remember(const struct flow *flow, const struct hash *key, const char *what,
                     const char *text)
{
    struct memory *memory = flow->engine;
    (void)key;
    (void)what;
    memory->remembered++;
    snprintf(memory->text, sizeof memory->text, "%s", text);
}

static void run(struct memory *memory, const char *options, VipsImage *picture)
{
    encoding_start(&memory->encoding, &stage_encode, options);
    memory->encoding.flow.chosen = memory->words;
    memory->encoding.flow.engine = memory;
    memory->encoding.flow.recall = recall;
    memory->encoding.flow.remember = remember;
    encoding_plan(&memory->encoding, picture);
    encoding_run(&memory->encoding, picture);
    assert_string_equal(memory->encoding.message, "");
}

static void assert_same(const struct memory *a, const struct memory *b)
{
    assert_int_equal(a->encoding.bytes.size, b->encoding.bytes.size);
    assert_memory_equal(a->encoding.bytes.data, b->encoding.bytes.data, a->encoding.bytes.size);
}

static void check_picture(const char *options, const char *format, const char *word, int width,
                          int height, int bands)
{
    static struct memory first, plain, again, told, broken;
    VipsImage *picture = picture_new(width, height, bands, 8);
    char text[200], *end = NULL;
    memset(&first, 0, sizeof first);
    run(&first, options, picture);
    assert_memory_equal(first.words, word, strlen(word));
    const long effort = strtol(first.words + strlen(word), &end, 10);
    assert_memory_equal(end, ", q", 3);
    const double quality = strtod(end + 3, NULL);
    assert_float_equal(first.encoding.quality, quality, 0);
    assert_int_equal(first.remembered, 1);

    plain = (struct memory){0};
    assert_int_equal(setenv("PICSET_CPU", "c", 1), 0);
    run(&plain, options, picture);
    assert_int_equal(setenv("PICSET_CPU", "auto", 1), 0);
    assert_string_equal(plain.text, first.text);
    assert_same(&first, &plain);

    again = (struct memory){.known = true};
    memcpy(again.text, first.text, sizeof again.text);
    run(&again, options, picture);
    assert_int_equal(again.recalled, 1);
    assert_int_equal(again.remembered, 0);
    assert_string_equal(again.words, first.words);
    assert_same(&first, &again);

    broken = (struct memory){.known = true, .text = "9 400 what"};
    run(&broken, options, picture);
    assert_int_equal(broken.remembered, 1);
    assert_same(&first, &broken);

    told = (struct memory){0};
    snprintf(text, sizeof text, "{\"format\":\"%s\",\"%s\":{\"%s\":%ld},\"quality\":%g}", format,
             format, word, effort, quality);
    run(&told, text, picture);
    assert_int_equal(told.recalled, 0);
    assert_same(&first, &told);
    encoding_end(&first.encoding);
    encoding_end(&plain.encoding);
    encoding_end(&again.encoding);
    encoding_end(&broken.encoding);
    encoding_end(&told.encoding);
    image_release(&picture);
}

static void test_avif(void **state)
{
    (void)state;
    check_picture(AVIF ",\"quality\":50}", "avif", "effort", 1283, 723, 3);
    check_picture(AVIF ",\"quality\":\"low\"}", "avif", "effort", 1300, 700, 4);
}

static void test_webp(void **state)
{
    (void)state;
    check_picture(WEBP ",\"quality\":80}", "webp", "method", 2851, 1783, 3);
    check_picture(WEBP ",\"quality\":60}", "webp", "method", 2500, 2000, 1);
}

static bool always(const struct flow *flow)
{
    (void)flow;
    return true;
}

static void test_interrupted(void **state)
{
    (void)state;
    struct encoding encoding;
    VipsImage *picture = picture_new(1300, 700, 3, 8);
    encoding_start(&encoding, &stage_encode, AVIF ",\"quality\":50}");
    encoding.flow.stop = always;
    encoding_plan(&encoding, picture);
    encoding_run(&encoding, picture);
    assert_int_equal(encoding.status, STATUS_INTERRUPTED);
    assert_int_equal(encoding.bytes.size, 0);
    encoding_end(&encoding);
    image_release(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words_of_the_plan),
                                       cmocka_unit_test(test_spelling),
                                       cmocka_unit_test(test_verdicts),
                                       cmocka_unit_test(test_verdict_of_webp),
                                       cmocka_unit_test(test_avif),
                                       cmocka_unit_test(test_webp),
                                       cmocka_unit_test(test_interrupted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
