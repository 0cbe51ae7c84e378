/* SPDX-License-Identifier: MIT
 * Whole runs: exactly the planned files, each whole and of its planned size, equal bytes on any
 * number of threads, into folders and into memory. */
#include "batches.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <vips/vips.h>

#include "image.h"
#include "images.h"
#include "json.h"
#include "picset.h"
#include "program.h"
#include "scratch.h"

static const char small[] =
    "{'version': 1, 'name': 'small', 'summary': 's', 'params': {'widths': [160, 80, 40, 30]},"
    "'inputs': {'dark': 'd', 'logo': 'l'}, 'prepare': ['orient', {'colour': {'to': 'srgb'}}],"
    "'outputs': ["
    "{'id': 'all', 'matrix': {'px': '${widths}', 'codec': ['webp', ['jpeg', 'png']]}, 'stages': "
    "[{'resize': {'width': '${px}'}}, {'encode': {'format': '${codec}'}}], 'path': "
    "'${dir}${name}-${width}.${ext}', 'emit': ['picture']},"
    "{'id': 'square', 'stages': [{'resize': {'size': '32x32', 'fit': 'cover', 'gravity': "
    "'attention'}}, {'encode': {'format': 'png'}}], 'path': '${dir}${name}-square.png'},"
    "{'id': 'night', 'from': 'dark', 'stages': [{'resize': {'width': 50}}, {'encode': {'format': "
    "'png'}}], 'path': '${dir}${name}-night.png'},"
    "{'id': 'tiny', 'stages': [{'resize': {'width': 8}}, {'encode': {'format': 'webp'}}], "
    "'inline': true}],"
    "'emit': ['manifest', {'picture': {'path': '${dir}${name}.html'}}]}";

static void draw(const struct batches *batches, const char *name, enum picture_kind kind, int width,
                 int height, int frames)
{
    struct picture picture = picture_gradient(kind, width, height, frames);
    struct buffer bytes = {0};
    image_encode(picture.image, strrchr(name, '.'), &bytes);
    scratch_write(batches->folder, name, "");
    FILE *file = fopen(scratch_path(batches->folder, name), "wb");
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
    buffer_free(&bytes);
    picture_release(&picture);
}

/* JPEG, PNG with and without alpha, 16 bits, grey, CMYK, WebP, smaller than the smallest step. */
static void sources_of_all_kinds(struct batches *batches)
{
    static const struct {
        const char *name;
        enum picture_kind kind;
        int width, height;
    } kinds[] = {{"in/rgba.png", PICTURE_RGBA, 200, 150}, {"in/grey.png", PICTURE_GREY, 150, 210},
                 {"in/deep.png", PICTURE_RGB16, 90, 61},  {"in/cmyk.jpg", PICTURE_CMYK, 333, 100},
                 {"in/web.webp", PICTURE_RGB, 201, 99},   {"in/dot.png", PICTURE_RGB, 1, 1},
                 {"in/line.png", PICTURE_RGB, 300, 1}};
    batches_image(batches, "photo.jpg", 640, 481);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        draw(batches, kinds[i].name, kinds[i].kind, kinds[i].width, kinds[i].height, 1);
        batches_source(batches, kinds[i].name);
    }
    batches->images[3].dir = "sub/deep/";
}

static void exactly_what_was_planned(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    sources_of_all_kinds(&batches);
    batches_preset(&batches, small, NULL);
    assert_batch(&batches, STATUS_OK);
    batches_check(&batches);
    assert_int_equal(batches.summary.sources, 8);
    assert_int_equal(batches.summary.made, 8);
    assert_int_equal(batches.summary.failed + batches.summary.unchanged, 0);
    assert_int_equal(batches.sets, 8);
    assert_int_equal(batches.renditions, batches.summary.renditions);
    assert_true(batches.summary.decodes >= 8);
    assert_true(batches.summary.peak_memory > 0);
    /* Then nothing is left to do. */
    struct hash before = batches_hash(&batches, "out");
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.unchanged, 8);
    assert_int_equal(batches.summary.decodes, 0);
    assert_int_equal(batches.summary.files, 0);
    assert_true(hash_equal(before, batches_hash(&batches, "out")));
    batches_end(&batches);
}

static void the_web_preset(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "photo.jpg", 400, 300);
    batches_preset(&batches, "web", NULL);
    batches_preset(&batches, "thumbnails", NULL);
    assert_batch(&batches, STATUS_OK);
    batches_check(&batches);
    batches_end(&batches);
}

/* The same request with one and with two threads, with memory for all and for one. */
static void bytes_do_not_depend_on_speed(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    sources_of_all_kinds(&batches);
    batches_preset(&batches, small, NULL);
    static const struct {
        int jobs;
        int64_t memory;
    } speeds[] = {{1, 256 << 20}, {2, 256 << 20}, {5, 256 << 20}, {3, 1}};
    struct hash first = {0};
    batches.request.state = "";
    for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
        batches.request.jobs = speeds[i].jobs;
        batches.request.memory = speeds[i].memory;
        batches.request.out = arena_format(batches.arena, "%s/out%zu", batches.folder, i);
        assert_batch(&batches, STATUS_OK);
        struct hash hash = batches_hash(&batches, strrchr(batches.request.out, '/') + 1);
        first = i == 0 ? hash : first;
        assert_true(hash_equal(first, hash));
        assert_int_equal(batches.summary.jobs, speeds[i].jobs);
    }
    batches_end(&batches);
}

static void named_inputs(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    struct batch_image *image = batches_image(&batches, "day.jpg", 100, 80);
    draw(&batches, "in/night.png", PICTURE_GREY, 90, 70, 1);
    image->inputs = support_value(
        batches.arena, arena_format(batches.arena, "{'dark': '%s/in/night.png'}", batches.folder));
    batches_preset(&batches, small, NULL);
    assert_batch(&batches, STATUS_OK);
    batches_check(&batches);
    struct buffer night = {0};
    assert_true(batches_read(&batches, "out/day-night.png", &night));
    assert_true(image_is_whole("x.png", &night, 50, 39));
    buffer_free(&night);
    /* A changed input is a changed image. */
    draw(&batches, "in/night.png", PICTURE_RGB, 90, 90, 1);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.made, 1);
    assert_true(batches_read(&batches, "out/day-night.png", &night));
    assert_true(image_is_whole("x.png", &night, 50, 50));
    buffer_free(&night);
    /* A colour will do. */
    image->inputs = support_value(batches.arena, "{'dark': '#102030'}");
    assert_batch(&batches, STATUS_OK);
    image->inputs = support_value(batches.arena, "{'dark': '#102031'}");
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.made, 1);
    image->inputs = support_value(batches.arena, "{'darc': '#102031'}");
    assert_batch(&batches, STATUS_USAGE);
    assert_string_equal(batches.error.message, "no preset asked for has an input 'darc'");
    batches_end(&batches);
}

static const char marked[] =
    "{'version': 1, 'name': 'marked', 'summary': 's', 'inputs': {'logo': 'l'}, 'outputs': ["
    "{'matrix': {'px': [100, 60]}, 'stages': [{'resize': {'width': '${px}'}}, {'watermark': "
    "{'input': 'logo', 'gravity': 'south-east', 'scale': 0.5}}, {'encode': {'format': 'png'}}], "
    "'path': '${name}-${px}.png'}]}";

static void watermark(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    struct batch_image *image = batches_image(&batches, "photo.png", 120, 120);
    draw(&batches, "in/logo.png", PICTURE_RGBA, 20, 10, 1);
    batches_preset(&batches, marked, NULL);
    assert_batch(&batches, STATUS_MISSING);
    assert_string_equal(batches.error.message,
                        "the input 'logo' is not given: --input logo=FILE names it");
    image->inputs = support_value(
        batches.arena, arena_format(batches.arena, "{'logo': '%s/in/logo.png'}", batches.folder));
    assert_batch(&batches, STATUS_OK);
    batches_check(&batches);
    struct hash before = batches_hash(&batches, "out");
    /* Another mark of the same size: the files change, and so do their keys. */
    draw(&batches, "in/logo.png", PICTURE_GREY, 20, 10, 1);
    assert_batch(&batches, STATUS_OK);
    assert_int_equal(batches.summary.made, 1);
    assert_false(hash_equal(before, batches_hash(&batches, "out")));
    batches_end(&batches);
}

static void animation(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    draw(&batches, "in/dance.gif", PICTURE_RGB, 40, 30, 3);
    batches_source(&batches, "in/dance.gif");
    batches_preset(&batches,
                   "{'version': 1, 'name': 'move', 'summary': 's', 'outputs': [{'stages': "
                   "[{'load': {'frames': 'all'}}, {'resize': {'width': 20}}, {'encode': {'format': "
                   "'webp'}}], 'path': '${name}.webp'}, {'stages': [{'resize': {'width': 20}}, "
                   "{'encode': {'format': 'png'}}], 'path': '${name}.png'}]}",
                   NULL);
    assert_batch(&batches, STATUS_OK);
    batches_check(&batches);
    batches_end(&batches);
}

static uint8_t second_frame_clear(int x, int y, int band)
{
    return band < 3 ? (uint8_t)(4 * x) : y < 30 ? 255 : 0;
}

/* `when` asks for the alpha of all frames, of an animation that is opaque at first. */
static void alpha_of_a_later_frame(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    VipsImage *image = image_drawn(40, 60, 4, second_frame_clear);
    struct buffer bytes = {0};
    vips_image_set_int(image, "page-height", 30);
    image_encode(image, ".webp[lossless]", &bytes);
    scratch_write(batches.folder, "in/blink.webp", "");
    FILE *file = fopen(scratch_path(batches.folder, "in/blink.webp"), "wb");
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
    buffer_free(&bytes);
    image_release(&image);
    batches_source(&batches, "in/blink.webp");
    batches_preset(&batches,
                   "{'version': 1, 'name': 'clear', 'summary': 's', 'outputs': [{'when': {'alpha': "
                   "true}, 'stages': [{'load': {'frames': 'all'}}, {'encode': {'format': 'webp'}}],"
                   "'path': '${name}-clear.webp'}, {'when': {'alpha': false}, 'stages': "
                   "[{'encode': {'format': 'png'}}], 'path': '${name}-opaque.png'}]}",
                   NULL);
    assert_batch(&batches, STATUS_OK);
    assert_true(access(scratch_path(batches.folder, "out/blink-clear.webp"), F_OK) == 0);
    assert_true(access(scratch_path(batches.folder, "out/blink-opaque.png"), F_OK) != 0);
    batches_end(&batches);
}

/* Not a pixel is looked at, and not a byte changed. */
static void only_copied(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "photo.jpg", 100, 80);
    batches_preset(&batches,
                   "{'version': 1, 'name': 'copies', 'summary': 's', 'outputs': [{'stages': "
                   "['copy'], 'path': '${name}-${hash:8}.${ext}'}], 'emit': ['manifest']}",
                   NULL);
    assert_batch(&batches, STATUS_OK);
    batches_check(&batches);
    assert_int_equal(batches.summary.decodes, 0);
    struct buffer before = {0}, after = {0};
    char *line = arena_text(batches.arena, buffer_string(&batches.planned));
    assert_true(batches_read(&batches, "in/photo.jpg", &before));
    assert_true(
        batches_read(&batches,
                     arena_format(batches.arena, "out/%.*s",
                                  (int)strcspn(strstr(line, "photo"), " "), strstr(line, "photo")),
                     &after));
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.data, after.data, before.size);
    buffer_free(&before);
    buffer_free(&after);
    batches_end(&batches);
}

static void a_folder_for_each_preset(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "photo.jpg", 100, 80);
    batches_preset(&batches, small, NULL);
    batches_preset(&batches, "thumbnails", "{'set': {'sides': [32]}}");
    batches.request.out = arena_format(batches.arena, "%s/out/${preset}/img", batches.folder);
    assert_batch(&batches, STATUS_OK);
    batches_check(&batches);
    struct buffer manifest = {0};
    assert_true(batches_read(&batches, "out/thumbnails/img/manifest.json", &manifest));
    /* Paths in an emitted file are below its own preset's folder. */
    assert_non_null(strstr(buffer_string(&manifest), "\"photo-32x32.webp\""));
    buffer_free(&manifest);
    batches_end(&batches);
}

/* ---- To memory -------------------------------------------------------------------------------*/

struct received {
    size_t files, images, shared;
    struct hash hash; /* of names and bytes, whatever the order */
};

static int receive(void *data, const struct picset_file *file)
{
    struct received *received = data;
    struct buffer bytes = {0};
    buffer_bytes(&bytes, file->bytes, file->byte_count);
    assert_true(image_is_whole(file->path, &bytes, file->width, file->height));
    buffer_free(&bytes);
    struct hash hash = hash_mix_text((struct hash){0}, file->path);
    hash = hash_mix(hash, file->bytes, file->byte_count);
    received->hash.low ^= hash.low;
    received->hash.high ^= hash.high;
    received->files++;
    received->images += file->width > 0;
    received->shared += file->image == NULL;
    return 0;
}

static void into_memory(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    sources_of_all_kinds(&batches);
    batches_preset(&batches, small, NULL);
    scratch_write(batches.folder, "presets/small.json", "");
    FILE *file = fopen(scratch_path(batches.folder, "presets/small.json"), "wb");
    struct buffer text = {0};
    json_write(&text, batches.presets[0].preset->root);
    assert_int_equal(fwrite(text.data, 1, text.size, file), text.size);
    assert_int_equal(fclose(file), 0);
    buffer_free(&text);
    struct received received[2] = {{0}, {0}};
    struct buffer bytes[8] = {0};
    struct picset_image images[8];
    for (size_t i = 0; i < 8; i++) {
        const char *path = batches.images[i].path + strlen(batches.folder) + 1;
        assert_true(batches_read(&batches, path, &bytes[i]));
        images[i] = (struct picset_image){.size = sizeof(images[i]),
                                          .name = batches.images[i].name,
                                          .bytes = bytes[i].data,
                                          .byte_count = bytes[i].size};
    }
    for (int jobs = 1; jobs <= 2; jobs++) {
        struct picset_settings settings = {.size = sizeof(settings),
                                           .jobs = jobs,
                                           .preset_folder =
                                               scratch_path(batches.folder, "presets")};
        struct picset_error error = {.size = sizeof(error)};
        struct picset *picset = NULL;
        assert_int_equal(picset_open(&settings, &picset, &error), PICSET_OK);
        if (picset_render(picset, (const char *const[]){"small", NULL}, NULL, images, 8, receive,
                          &received[jobs - 1], &error) != PICSET_OK) {
            fail_msg("%s", error.message);
        }
        picset_close(picset);
    }
    assert_true(hash_equal(received[0].hash, received[1].hash));
    assert_int_equal(received[0].shared, 1); /* the manifest */
    /* As many images as on disk; beside them one page for each and the manifest. */
    for (size_t i = 0; i < 8; i++) {
        batches.images[i].dir = "";
    }
    assert_batch(&batches, STATUS_OK);
    size_t files = 0;
    for (const char *line = buffer_string(&batches.planned); *line; line++) {
        files += *line == '\n';
    }
    assert_int_equal(received[0].files, files);
    assert_int_equal(received[0].images, files - 9);
    for (size_t i = 0; i < 8; i++) {
        buffer_free(&bytes[i]);
    }
    batches_end(&batches);
}

static void standard_input(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    batches_image(&batches, "photo.png", 100, 80);
    struct buffer bytes = {0};
    assert_true(batches_read(&batches, "in/photo.png", &bytes));
    for (int i = 0; i < 2; i++) {
        struct program program = {
            .folder = batches.folder, .input = bytes.data, .input_size = bytes.size};
        program_call_with(&program, "render", "-", "--name", "piped", "-p", "thumbnails", "--set",
                          "thumbnails.sides=20", "-o", "piped", "--state", "state");
        assert_string_equal(program.out, "");
        assert_int_equal(program.code, 0);
        program_end(&program);
    }
    assert_scratch(scratch_path(batches.folder, "piped"),
                   "manifest.json\npiped-20x20.jpg\npiped-20x20.webp\n");
    buffer_free(&bytes);
    batches_end(&batches);
}

static int start_library(void **state)
{
    (void)state;
    return vips_init("batch_test");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exactly_what_was_planned),
        cmocka_unit_test(the_web_preset),
        cmocka_unit_test(bytes_do_not_depend_on_speed),
        cmocka_unit_test(named_inputs),
        cmocka_unit_test(watermark),
        cmocka_unit_test(animation),
        cmocka_unit_test(alpha_of_a_later_frame),
        cmocka_unit_test(only_copied),
        cmocka_unit_test(a_folder_for_each_preset),
        cmocka_unit_test(into_memory),
        cmocka_unit_test(standard_input),
    };
    return cmocka_run_group_tests(tests, start_library, NULL);
}
