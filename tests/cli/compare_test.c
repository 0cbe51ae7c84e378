/* SPDX-License-Identifier: MIT
 * picset compare: its words, its document, its exit codes; what is upright, see-through or moving.
 */
#include <string.h>

#include "image.h"
#include "images.h"
#include "json.h"
#include "memory.h"
#include "program.h"
#include "scratch.h"

static char *folder;

static uint8_t grey_100(int x, int y, int band)
{
    (void)x;
    (void)y;
    return band == 3 ? 255 : 100;
}

static uint8_t grey_110(int x, int y, int band)
{
    return (uint8_t)(grey_100(x, y, band) == 100 ? 110 : 255);
}

/* White on nothing. */
static uint8_t nothing(int x, int y, int band)
{
    (void)x;
    (void)y;
    return band == 3 ? 0 : 255;
}

static uint8_t square(int x, int y, int band)
{
    return band == 3 && (x < 16 || x > 48 || y < 16 || y > 48) ? 0 : 255;
}

static void file(const char *name, const char *suffix, VipsImage *image)
{
    struct buffer bytes = {0};
    char path[400];
    image_encode(image, suffix, &bytes);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, out), bytes.size);
    assert_int_equal(fclose(out), 0);
    buffer_free(&bytes);
    g_object_unref(image);
}

static int start(void **state)
{
    struct error error = {0};
    (void)state;
    folder = scratch_make();
    if (image_library_start(&error) != STATUS_OK) {
        return 1;
    }
    file("a.png", ".png", image_drawn(64, 48, 3, grey_100));
    file("b.png", ".png", image_drawn(64, 48, 3, grey_110));
    file("turned.png", ".png", image_drawn(48, 64, 3, grey_100));
    file("nothing.png", ".png", image_drawn(64, 64, 4, nothing));
    file("square.png", ".png", image_drawn(64, 64, 4, square));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    scratch_remove(folder);
    return 0;
}

static void call(struct program *program, const char *const *arguments)
{
    *program = (struct program){.folder = folder};
    program_call(program, arguments);
}

#define CALL(program_, ...) call((program_), (const char *const[]){"compare", __VA_ARGS__, NULL})

static void test_equal(void **state)
{
    (void)state;
    struct program program;
    CALL(&program, "a.png", "a.png");
    assert_string_equal(program.error, "");
    assert_int_equal(program.code, 0);
    assert_non_null(strstr(program.out, "a.png  64x48 srgb 8-bit png "));
    assert_non_null(strstr(program.out, "  ssimulacra2  100.00  identical to the eye\n"
                                        "  psnr         every pixel is equal\n"
                                        "  bytes        100.0 % of the original's\n"));
    program_end(&program);
    CALL(&program, "a.png", "a.png", "-q");
    assert_string_equal(program.out, "100.00\n");
    program_end(&program);
}

/* 10 of 255 off everywhere: 20 log10 25.5 dB. */
static void test_noise(void **state)
{
    (void)state;
    struct program program;
    CALL(&program, "a.png", "b.png", "a.png", "--json");
    assert_int_equal(program.code, 0);
    struct arena *arena = arena_new();
    const struct value *document = NULL;
    struct error error = {0};
    assert_int_equal(json_parse(arena, program.out, strlen(program.out), &document, &error),
                     STATUS_OK);
    const struct value *list = value_get(document, "compared");
    double psnr = 0, score = 0;
    assert_int_equal(list->list.count, 2);
    assert_true(value_number(value_get(list->list.items[0], "psnr"), &psnr));
    assert_true(value_number(value_get(list->list.items[0], "ssimulacra2"), &score));
    assert_float_equal(psnr, 28.1308, 1e-3);
    assert_true(score < 100);
    assert_true(value_get(list->list.items[1], "psnr")->type == VALUE_NULL);
    arena_free(arena);
    program_end(&program);
}

static void test_see_through(void **state)
{
    (void)state;
    struct program program;
    CALL(&program, "nothing.png", "square.png");
    assert_non_null(strstr(program.out, "on the worse of a dark and a light grey\n"));
    program_end(&program);
    CALL(&program, "nothing.png", "square.png", "--min", "0", "-q");
    assert_int_equal(program.code, 7);
    assert_non_null(strstr(program.error, ", under --min 0\n"));
    program_end(&program);
}

static void test_refusals(void **state)
{
    (void)state;
    struct program program = {.folder = folder};
    assert_program(&program, 5, "",
                   "picset: turned.png: is 48x64 px, and 'a.png' is 64x48 px: only images of one "
                   "size can be compared; make the original in this size first, without loss: "
                   "resize, then encode as png\n",
                   "compare", "a.png", "turned.png", "-q");
    assert_program(&program, 2, "",
                   "picset: 'picset compare' needs an original and at least one image made of "
                   "it\ntry 'picset help compare'\n",
                   "compare", "a.png");
    CALL(&program, "a.png", "turned.png", "a.png", "-q");
    assert_int_equal(program.code, 6);
    assert_string_equal(program.out, "100.00\n");
    assert_non_null(strstr(program.error, "picset: turned.png: is 48x64 px, and"));
    program_end(&program);
    CALL(&program, "a.png", "turned.png", "a.png", "--json");
    assert_int_equal(program.code, 6);
    assert_non_null(strstr(program.out, "\"path\": \"turned.png\",\n      \"error\": {"));
    program_end(&program);
    CALL(&program, "a.png", "none.png");
    assert_int_equal(program.code, 3);
    program_end(&program);
    CALL(&program, "a.png", "b.png", "--min", "101");
    assert_int_equal(program.code, 2);
    program_end(&program);
}

/* Vectors or not, the same words. */
static void test_plain_loops(void **state)
{
    (void)state;
    struct program program, plain;
    CALL(&program, "nothing.png", "square.png", "--json");
    CALL(&plain, "nothing.png", "square.png", "--json", "--cpu=c");
    assert_string_equal(program.out, plain.out);
    assert_int_equal(plain.code, 0);
    program_end(&program);
    program_end(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_equal), cmocka_unit_test(test_noise),
                                       cmocka_unit_test(test_see_through),
                                       cmocka_unit_test(test_refusals),
                                       cmocka_unit_test(test_plain_loops)};
    return cmocka_run_group_tests(tests, start, stop);
}
