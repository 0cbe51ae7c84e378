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

/* Places of avif's candidates. */
enum { EFFORT_0, EFFORT_2, EFFORT_3 };

static struct trial_runs avif_runs(double bytes0, double score0, double bytes3, double score3)
{
    return (struct trial_runs){.at = {[EFFORT_0] = {"", bytes0, score0, true},
                                      [EFFORT_2] = {"", bytes3 * 2, score3, true},
                                      [EFFORT_3] = {"", bytes3, score3, true}},
                               .bytes_above = bytes0 * 1.18,
                               .score_above = score0 + 6,
                               .pixels = 921600,
                               .level = true};
}

static void assert_verdict(const struct trial_runs *runs, double asked, size_t best, double quality)
{
    double used = asked;
    assert_int_equal(trial_verdict(&codec_avif, runs, &used), best);
    assert_float_equal(used, quality, 0);
}

static void test_verdicts(void **state)
{
    (void)state;
    /* No difference: the quickest, and a step for what effort 4 is better on a picture with much in
     * it (16384 B: a bit for each pixel): 1.7 - 1.2 below a level, in doubt one more. */
    struct trial_runs runs = avif_runs(16384, 60, 16384, 60);
    assert_verdict(&runs, 50, EFFORT_0, 51);
    /* A number asks for what effort 4 would give, and some more. */
    runs.level = false;
    assert_verdict(&runs, 50, EFFORT_0, 52);
    /* On a picture with less in it efforts are nearer to one another ... */
    runs = avif_runs(4096, 60, 4096, 60);
    assert_verdict(&runs, 50, EFFORT_0, 50);
    /* ... and where there are fewer bytes, more is spent on not being lower. */
    runs.level = false;
    assert_verdict(&runs, 50, EFFORT_0, 52);
    /* Seven points less are not made up for on a picture of so many bytes. */
    runs = avif_runs(16384, 60, 16384, 67);
    assert_verdict(&runs, 50, EFFORT_3, 51);
    /* On one of a tenth of the bytes it is cheaper than time. */
    runs = avif_runs(1600, 60, 1600, 67);
    assert_verdict(&runs, 50, EFFORT_0, 56);
    /* Effort 2 when it makes no more bytes than 3. */
    runs = avif_runs(16384, 60, 16384, 67);
    runs.at[EFFORT_2].bytes = runs.at[EFFORT_3].bytes;
    assert_verdict(&runs, 50, EFFORT_2, 50);
    /* Never above the scale, nor below it, where lossless is. */
    runs = avif_runs(1600, 60, 1600, 67);
    assert_verdict(&runs, 98, EFFORT_0, 100);
    runs = avif_runs(16384, 70, 16384, 60);
    assert_verdict(&runs, 2, EFFORT_0, 1);
}

/* Differences that only crops can have must not lower a quality. */
static void test_verdict_of_webp(void **state)
{
    (void)state;
    struct trial_runs runs = {.at = {{"", 10000, 80, true}, {"", 9800, 60, true}},
                              .bytes_above = 11800,
                              .score_above = 86,
                              .pixels = 4000000};
    double quality = 80;
    assert_int_equal(trial_verdict(&codec_webp, &runs, &quality), 0);
    assert_float_equal(quality, 80, 0);
    runs.at[1].score = 81.4;
    assert_int_equal(trial_verdict(&codec_webp, &runs, &quality), 0);
    assert_float_equal(quality, 82, 0);
    quality = 80;
    runs.at[0].bytes = 60000;
    runs.bytes_above = 70000;
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

/* The options that a user would give for what "10-bit effort 2, q53 for q50; …" says. */
static double options_told(const char *words, const char *format, char *text, size_t size)
{
    const bool deep = strncmp(words, "10-bit ", 7) == 0;
    const char *word = deep ? words + 7 : words;
    const char *option = strcmp(format, "avif") == 0 ? "effort" : "method";
    char *end = NULL;
    assert_memory_equal(word, option, strlen(option));
    const long effort = strtol(word + strlen(option), &end, 10);
    assert_memory_equal(end, ", q", 3);
    const double quality = strtod(end + 3, NULL);
    snprintf(text, size, "{\"format\":\"%s\",\"%s\":{\"%s\":%ld%s},\"quality\":%g}", format, format,
             option, effort, deep ? ",\"depth\":10" : "", quality);
    return quality;
}

static void check_picture(const char *options, const char *format, int width, int height, int bands)
{
    static struct memory first, plain, again, told;
    VipsImage *picture = picture_new(width, height, bands, 8);
    char text[200];
    memset(&first, 0, sizeof first);
    run(&first, options, picture);
    const double quality = options_told(first.words, format, text, sizeof text);
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

    told = (struct memory){0};
    run(&told, text, picture);
    assert_int_equal(told.recalled, 0);
    assert_same(&first, &told);
    encoding_end(&first.encoding);
    encoding_end(&plain.encoding);
    encoding_end(&again.encoding);
    encoding_end(&told.encoding);
    image_release(&picture);
}

static void test_avif(void **state)
{
    (void)state;
    check_picture(AVIF ",\"quality\":50}", "avif", 1283, 723, 3);
    check_picture(AVIF ",\"quality\":\"low\"}", "avif", 1300, 700, 4);
}

static void test_webp(void **state)
{
    (void)state;
    check_picture(WEBP ",\"quality\":80}", "webp", 2851, 1783, 3);
    check_picture(WEBP ",\"quality\":60}", "webp", 2500, 2000, 1);
}

/* A depth that the user has fixed is kept whatever the trial finds. */
static void test_depth_is_kept(void **state)
{
    (void)state;
    static struct memory memory;
    VipsImage *picture = picture_new(1283, 723, 3, 8);
    memset(&memory, 0, sizeof memory);
    run(&memory, "{\"format\":\"avif\",\"avif\":{\"effort\":\"auto\",\"depth\":8},\"quality\":50}",
        picture);
    assert_null(strstr(memory.words, "-bit"));
    assert_memory_equal(memory.words, "effort ", 7);
    encoding_end(&memory.encoding);
    image_release(&picture);
}

/* A store may have been written by anybody. */
static void test_what_is_remembered_may_lie(void **state)
{
    static const char *const lies[] = {"9 50 what", "-1 50 what", "0 400 what"};
    static struct memory first, broken;
    VipsImage *picture = picture_new(1283, 723, 3, 8);
    (void)state;
    memset(&first, 0, sizeof first);
    run(&first, AVIF ",\"quality\":50}", picture);
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        broken = (struct memory){.known = true};
        snprintf(broken.text, sizeof broken.text, "%s", lies[i]);
        run(&broken, AVIF ",\"quality\":50}", picture);
        assert_int_equal(broken.remembered, 1);
        assert_same(&first, &broken);
        encoding_end(&broken.encoding);
    }
    encoding_end(&first.encoding);
    image_release(&picture);
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
                                       cmocka_unit_test(test_what_is_remembered_may_lie),
                                       cmocka_unit_test(test_depth_is_kept),
                                       cmocka_unit_test(test_interrupted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
