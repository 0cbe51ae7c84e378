/* SPDX-License-Identifier: MIT
 * Results do not depend on speed: the same files to the byte with one thread and with many, with
 * vector loops and without, in little memory, on a slow disk, beside other runs, with a memory of
 * what was tried before and without. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vips/vips.h>

#include "images.h"
#include "memory.h"
#include "program.h"
#include "scratch.h"

/* Efforts that are tried, methods that are tried, a search for bytes, and what needs neither. */
static const char preset[] =
    "{\"version\": 1, \"name\": \"speed\", \"summary\": \"s\", \"outputs\": [\n"
    "{\"stages\": [{\"resize\": {\"width\": 2700}}, {\"encode\": {\"format\": \"webp\", "
    "\"quality\": "
    "75, \"webp\": {\"method\": \"auto\"}}}], \"path\": \"${name}/full.webp\", \"emit\": "
    "[\"picture\"]},\n"
    "{\"stages\": [{\"resize\": {\"width\": 1200}}, {\"encode\": {\"format\": \"avif\", "
    "\"quality\": "
    "45, \"avif\": {\"effort\": \"auto\"}}}], \"path\": \"${name}/large.avif\", \"emit\": "
    "[\"picture\"]},\n"
    "{\"matrix\": {\"px\": [480, 240, 120], \"codec\": [\"avif\", \"webp\", [\"jpeg\", \"png\"]]}, "
    "\"stages\": [{\"crop\": {\"aspect\": \"4:3\", \"gravity\": \"attention\"}}, {\"resize\": "
    "{\"width\": \"${px}\"}}, {\"encode\": {\"format\": \"${codec}\"}}], "
    "\"path\": \"${name}/${width}.${ext}\", \"emit\": [\"picture\"]},\n"
    "{\"stages\": [{\"resize\": {\"width\": 400}}, {\"encode\": {\"format\": \"webp\", "
    "\"max-bytes\": "
    "\"9KiB\"}}], \"path\": \"${name}/small.webp\"}],\n"
    "\"emit\": [\"manifest\", {\"picture\": {\"path\": \"${name}.html\"}}]}\n";

/* Rings that grow finer, on a soft ground: something to choose by. */
static uint8_t rings(int x, int y, int band)
{
    const int far = (x - 900) * (x - 900) + (y - 700) * (y - 700);
    const int ring = (far >> 12) % 97, ground = (x * (band + 1) + y * 2) >> 5 & 127;
    return (uint8_t)(band == 3 ? 255 - (x + y) % 200 : ground + ring + (band == 1 ? ring >> 1 : 0));
}

static void draw(const char *folder, const char *name, int width, int height, int bands)
{
    VipsImage *image = image_drawn(width, height, bands, rings);
    struct buffer bytes = {0};
    image_encode(image, strchr(name, '.'), &bytes);
    scratch_write_bytes(folder, name, &bytes);
    buffer_free(&bytes);
    g_object_unref(image);
}

static int make_sources(void **state)
{
    if (vips_init("slow_disk_test") != 0) {
        return -1;
    }
    char *folder = scratch_make();
    draw(folder, "in/large.jpg", 2720, 1900, 3);
    draw(folder, "in/clear.png", 620, 500, 4);
    draw(folder, "in/grey.png", 333, 777, 1);
    draw(folder, "in/tiny.jpg", 64, 33, 3);
    scratch_write(folder, "speed.json", preset);
    *state = folder;
    return 0;
}

static int remove_sources(void **state)
{
    scratch_remove(*state);
    return 0;
}

/* One run into OUT, remembered in OUT.state. seed 0: the disk is as it is. */
struct pace {
    const char *out;
    int seed;
    const char *jobs, *memory, *cpu;
};

struct run {
    struct program program;
    pid_t pid;
};

static void run_start(struct run *run, const char *folder, const struct pace *pace)
{
    char disk[300], loaded[300], state[80];
    run->program = (struct program){.folder = folder, .other = "env"};
    (void)snprintf(state, sizeof(state), "--state=%s.state", pace->out);
    (void)snprintf(disk, sizeof(disk), "SLOW_DISK=%d:%s.waits", pace->seed, pace->out);
    (void)snprintf(loaded, sizeof(loaded), "LD_PRELOAD=%s",
                   pace->seed ? PICSET_BINARY_DIR "/tests/libslow_disk.so" : "");
    (void)unlink(scratch_path(folder, strchr(disk, ':') + 1));
    run->pid = program_start(
        &run->program,
        (const char *const[]){disk, loaded, PICSET_BINARY_DIR "/picset", "render", "in", "-rq",
                              "-p", "./speed.json", "-o", pace->out, state, "-j", pace->jobs,
                              "--memory", pace->memory, "--cpu", pace->cpu, NULL});
}

static void run_end(struct run *run, const char *folder, const struct pace *pace)
{
    char name[80];
    program_wait(&run->program, run->pid);
    if (run->program.code != 0) {
        fail_msg("%s: exit code %d: %s", pace->out, run->program.code, run->program.error);
    }
    program_end(&run->program);
    (void)snprintf(name, sizeof(name), "%s.waits", pace->out);
    char *waits = scratch_read(folder, name);
    assert_int_equal(waits != NULL, pace->seed != 0);
    if (waits && strtol(waits, NULL, 10) < 50) {
        fail_msg("%s: the disk was slow only %s times", pace->out, waits);
    }
    memory_free(waits);
}

static void run_whole(const char *folder, const struct pace *pace)
{
    struct run run;
    run_start(&run, folder, pace);
    run_end(&run, folder, pace);
}

/* Every file of both, byte for byte. Returns how many there are. */
static size_t assert_same(const char *folder, const char *one, const char *other)
{
    struct buffer list = {0}, others = {0};
    size_t count = 0;
    scratch_list(scratch_path(folder, one), &list);
    scratch_list(scratch_path(folder, other), &others);
    assert_string_equal(buffer_string(&list), buffer_string(&others));
    for (char *line = list.data, *end; (end = strchr(line, '\n')); line = end + 1, count++) {
        struct program program = {.folder = folder, .other = "cmp"};
        char a[300], b[300];
        (void)snprintf(a, sizeof(a), "%s/%.*s", one, (int)(end - line), line);
        (void)snprintf(b, sizeof(b), "%s/%.*s", other, (int)(end - line), line);
        assert_program(&program, 0, "", "", a, b);
    }
    buffer_free(&list);
    buffer_free(&others);
    return count;
}

static const struct pace alone = {"alone", 0, "1", "512MiB", "auto"};

static void at_any_speed(void **state)
{
    static const struct pace paces[] = {{"slow-one", 1, "1", "512MiB", "auto"},
                                        {"slow-two", 2, "2", "512MiB", "c"},
                                        {"slow-many", 3, "8", "512MiB", "auto"},
                                        {"tight", 0, "8", "16MiB", "auto"}};
    enum { PACES = sizeof(paces) / sizeof(*paces) };
    struct run runs[PACES];
    const char *folder = *state;
    run_whole(folder, &alone);
    /* All at once: each is a load on the others. */
    for (size_t i = 0; i < PACES; i++) {
        run_start(&runs[i], folder, &paces[i]);
    }
    for (size_t i = 0; i < PACES; i++) {
        run_end(&runs[i], folder, &paces[i]);
    }
    for (size_t i = 0; i < PACES; i++) {
        assert_true(assert_same(folder, alone.out, paces[i].out) > 20);
    }
}

/* The efforts were chosen by trials, or nothing of the above says anything of them. */
static void something_was_chosen(void **state)
{
    char *manifest = scratch_read(*state, "alone/manifest.json");
    assert_non_null(manifest);
    assert_non_null(strstr(manifest, "; crops: method "));
    assert_non_null(strstr(manifest, "effort 3 "));
    memory_free(manifest);
}

/* What is missing is made again, of what is remembered and of what is not. */
static void made_again(void **state)
{
    static const char *const lost[] = {"large/full.webp", "large/large.avif", "grey/120.webp",
                                       "manifest.json", "tiny.html"};
    static const struct pace warm = {"slow-two", 4, "8", "512MiB", "auto"};
    const char *folder = *state;
    for (size_t i = 0; i < sizeof(lost) / sizeof(*lost); i++) {
        assert_int_equal(unlink(scratch_path(scratch_path(folder, warm.out), lost[i])), 0);
    }
    run_whole(folder, &warm);
    (void)assert_same(folder, alone.out, warm.out);
    for (size_t i = 0; i < sizeof(lost) / sizeof(*lost); i++) {
        assert_int_equal(unlink(scratch_path(scratch_path(folder, "slow-one"), lost[i])), 0);
    }
    scratch_remove(memory_text(scratch_path(folder, "slow-one.state")));
    run_whole(folder, &(struct pace){"slow-one", 0, "2", "512MiB", "c"});
    (void)assert_same(folder, alone.out, "slow-one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(at_any_speed),
                                       cmocka_unit_test(something_was_chosen),
                                       cmocka_unit_test(made_again)};
    return cmocka_run_group_tests(tests, make_sources, remove_sources);
}
