/* SPDX-License-Identifier: MIT
 * A run that ends before its time, by SIGKILL at any moment or by SIGINT: every file that has its
 * final name is whole, and the next run finishes the set as if nothing had happened.
 * PICSET_KILLS sets how often. */
#include "batches.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <vips/vips.h>

#include "machine.h"
#include "program.h"
#include "scratch.h"

enum { SOURCES = 5, KILLS = 30, FRESH_EVERY = 3 };

static const char preset[] =
    "{\"version\": 1, \"name\": \"kill\", \"summary\": \"s\", \"params\": {\"quality\": 80}, "
    "\"outputs\": [\n"
    "{\"matrix\": {\"px\": [240, 120, 60], \"codec\": [\"webp\", \"png\", \"jpeg\"]}, \"stages\":\n"
    "[{\"resize\": {\"width\": \"${px}\"}}, {\"encode\": {\"format\": \"${codec}\", \"quality\": "
    "{\"webp\": \"${quality}\", "
    "\"jpeg\": \"${quality}\"}}}],\n"
    "\"path\": \"${name}/${width}.${ext}\", \"emit\": [\"picture\"]}],\n"
    "\"emit\": [\"manifest\", {\"picture\": {\"path\": \"${name}.html\"}}]}\n";

static void make_sources(struct batches *batches)
{
    for (int i = 0; i < SOURCES; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "%c.%s", 'a' + i, i & 1 ? "png" : "jpg");
        batches_image(batches, name, 300 + i, 240);
    }
    scratch_write(batches->folder, "kill.json", preset);
}

static pid_t start(struct program *program, const char *out, const char *state)
{
    return program_start(program,
                         (const char *const[]){"render", "in", "-r", "-q", "-j", "3", "-p",
                                               "./kill.json", "-o", out, "--state", state, NULL});
}

static void run_whole(const struct batches *batches, const char *out, const char *state)
{
    struct program program = {.folder = batches->folder};
    program_wait(&program, start(&program, out, state));
    if (program.code != 0) {
        fail_msg("exit code %d, signal %d: %s", program.code, program.signal, program.error);
    }
    program_end(&program);
}

/* Whole files and, when `temporaries`, files that nobody could take for finished ones. */
static size_t check_whole(const struct batches *batches, const char *out, bool temporaries)
{
    struct buffer list = {0};
    size_t count = 0;
    scratch_list(scratch_path(batches->folder, out), &list);
    for (char *line = list.data, *end; line && (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        const char *slash = strrchr(line, '/'), *base = slash ? slash + 1 : line;
        if (*base == '\0') {
            continue; /* a folder that is still empty */
        }
        if (*base == '.') {
            if (!temporaries) {
                fail_msg("'%s' is left", line);
            }
            continue;
        }
        struct buffer bytes = {0};
        char path[300];
        (void)snprintf(path, sizeof(path), "%s/%s", out, line);
        assert_true(batches_read(batches, path, &bytes));
        if (!image_is_whole(base, &bytes, 0, 0)) {
            fail_msg("'%s' is not whole: %zu bytes", line, bytes.size);
        }
        count++;
        buffer_free(&bytes);
    }
    buffer_free(&list);
    return count;
}

static void pause_for(double seconds)
{
    struct timespec pause = {.tv_sec = (time_t)seconds};
    pause.tv_nsec = (long)((seconds - (double)pause.tv_sec) * 1e9);
    (void)nanosleep(&pause, NULL);
}

static double random_part(uint64_t *seed) /* 0..1 */
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (double)(*seed >> 11) / 9007199254740992.0;
}

static void start_anew(const struct batches *batches)
{
    static const char *const folders[] = {"out", "state"};
    for (size_t i = 0; i < 2; i++) {
        struct program program = {.folder = batches->folder, .other = "rm"};
        program_call_with(&program, "-rf", folders[i]);
        assert_int_equal(program.code, 0);
        program_end(&program);
    }
}

static void killed_at_any_moment(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    const char *wanted = getenv("PICSET_KILLS");
    long kills = wanted ? strtol(wanted, NULL, 10) : KILLS;
    uint64_t seed = (uint64_t)time(NULL) | 1;
    size_t struck = 0, begun = 0, files = 0;
    make_sources(&batches);
    double seconds = 0; /* of the slower of two: the machine may be busier later */
    for (int i = 0; i < 2; i++) {
        double started = machine_seconds();
        run_whole(&batches, i ? "whole" : "first", i ? "whole-state" : "first-state");
        double now = machine_seconds() - started;
        seconds = now > seconds ? now : seconds;
    }
    struct hash whole = batches_hash(&batches, "whole");
    print_message("%ld kills within %.2f s each, seed %llu\n", kills, seconds,
                  (unsigned long long)seed);
    for (long i = 0; i < kills; i++) {
        struct program program = {.folder = batches.folder};
        if (i % FRESH_EVERY == 0) {
            start_anew(&batches);
        }
        pid_t pid = start(&program, "out", "state");
        pause_for(seconds * random_part(&seed));
        (void)kill(pid, SIGKILL);
        program_wait(&program, pid);
        struck += program.signal == SIGKILL;
        program_end(&program);
        size_t now = check_whole(&batches, "out", true);
        begun += now > 0;
        if (i % FRESH_EVERY == FRESH_EVERY - 1) {
            files += now;
            /* what the killed ones made is ours, be it recorded or not: other options replace it */
            struct program other = {.folder = batches.folder};
            program_call_with(&other, "render", "in", "-r", "-q", "-p", "./kill.json", "--set",
                              "quality=40", "-o", "out", "--state", "state");
            assert_string_equal(other.error, "");
            assert_int_equal(other.code, 0);
            program_end(&other);
            run_whole(&batches, "out", "state");
            (void)check_whole(&batches, "out", false);
            assert_true(hash_equal(whole, batches_hash(&batches, "out")));
        }
    }
    /* Many moments lie in the run (how many depends on the load), and not all before its first
     * file. */
    print_message("%zu struck, %zu with files there, %zu files kept\n", struck, begun, files);
    assert_true(struck * 5 > (size_t)kills);
    assert_true(begun > 0);
    batches_end(&batches);
}

static void interrupted_and_finished(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    make_sources(&batches);
    double started = machine_seconds();
    run_whole(&batches, "whole", "whole-state");
    double seconds = machine_seconds() - started;
    struct hash whole = batches_hash(&batches, "whole");
    for (int i = 0; i < 6; i++) {
        struct program program = {.folder = batches.folder};
        start_anew(&batches);
        pid_t pid = start(&program, "out", "state");
        pause_for(seconds * (0.2 + 0.13 * i));
        (void)kill(pid, SIGINT);
        if (i & 1) {
            (void)kill(pid, SIGINT);
        }
        program_wait(&program, pid);
        /* The last ones may come too late; a signal before the program is ready ends it at once. */
        assert_true(program.code == 130 || program.code == 0 || program.signal == SIGINT);
        program_end(&program);
        (void)check_whole(&batches, "out", false);
        run_whole(&batches, "out", "state");
        assert_true(hash_equal(whole, batches_hash(&batches, "out")));
    }
    batches_end(&batches);
}

/* Two runs over one folder at the same time: both end well, and all is whole. */
static void two_at_once(void **state)
{
    (void)state;
    struct batches batches = batches_start();
    make_sources(&batches);
    struct program a = {.folder = batches.folder}, b = {.folder = batches.folder};
    pid_t first = start(&a, "out", "state"), second = start(&b, "out", "state");
    program_wait(&a, first);
    program_wait(&b, second);
    assert_string_equal(a.error, "");
    assert_string_equal(b.error, "");
    assert_int_equal(a.code, 0);
    assert_int_equal(b.code, 0);
    program_end(&a);
    program_end(&b);
    assert_true(check_whole(&batches, "out", false) > 0);
    run_whole(&batches, "whole", "whole-state");
    assert_true(hash_equal(batches_hash(&batches, "whole"), batches_hash(&batches, "out")));
    batches_end(&batches);
}

static int start_library(void **state)
{
    (void)state;
    return vips_init("kill_test");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_any_moment),
        cmocka_unit_test(interrupted_and_finished),
        cmocka_unit_test(two_at_once),
    };
    return cmocka_run_group_tests(tests, start_library, NULL);
}
