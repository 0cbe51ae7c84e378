/* SPDX-License-Identifier: MIT
 * `picset build` of twenty prompts, killed at any moment and started again, until all is there. The
 * sandbox, which outlives it, keeps the books: no image is paid for twice without a word, and what
 * lies on disk is whole. PICSET_KILLS sets how often. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <vips/vips.h>

#include "batches.h"
#include "json.h"
#include "machine.h"
#include "memory.h"
#include "program.h"
#include "scratch.h"
#include "text.h"
#include "world.h"

enum { IMAGES = 20, FILES = 4, KILLS = 15, KILLS_A_ROUND = 15 };
static const double longest = 1.4; /* seconds until a kill, at most */

static const char preset[] =
    "{\"version\": 1, \"name\": \"small\", \"summary\": \"s\", \"outputs\": [\n"
    "{\"matrix\": {\"px\": [64, 32], \"codec\": [\"webp\", \"png\"]}, \"stages\":\n"
    "[{\"resize\": {\"width\": \"${px}\"}}, {\"encode\": {\"format\": \"${codec}\"}}],\n"
    "\"path\": \"${name}-${width}.${ext}\"}],\n"
    "\"emit\": [\"manifest\"]}\n";

struct round {
    struct world world;
    char *folder;
    size_t kills, struck, unknown;
};

static double random_part(uint64_t *seed) /* 0..1 */
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (double)(*seed >> 11) / 9007199254740992.0;
}

static pid_t build(struct round *round, struct program *program, const char *more)
{
    *program =
        (struct program){.folder = round->folder, .variable = "KIE_API_KEY=no-real-key-at-all"};
    return program_start(
        program, (const char *const[]){"build", "-q", "-j", "2", "--provider", "kie", "--base-url",
                                       sandbox_url(round->world.sandbox), more, NULL});
}

static void round_start(struct round *round)
{
    struct buffer text = {0};
    round->world = world_start(&(struct sandbox_settings){.seconds = 0.4});
    round->folder = scratch_make();
    buffer_text(&text, "{\"version\": 1, \"images\": [");
    for (int i = 0; i < IMAGES; i++) {
        buffer_format(&text,
                      "%s{\"id\": \"boat-%d\", \"prompt\": \"boat %d\", \"aspect\": \"1:1\", "
                      "\"size\": \"1K\", \"out\": \"out/\", \"presets\": [\"./small.json\"]}",
                      i ? ",\n" : "", i, i);
    }
    buffer_text(&text, "]}\n");
    scratch_write(round->folder, "picset.json", buffer_string(&text));
    scratch_write(round->folder, "small.json", preset);
    buffer_free(&text);
}

static void round_end(struct round *round)
{
    scratch_remove(round->folder);
    world_stop(&round->world);
}

/* A build that ended by itself leaves nothing to strike: the next kill wants a new project. */
static void kill_often(struct round *round, size_t kills, uint64_t *seed)
{
    for (bool ended = false; round->kills < kills && !ended; round->kills++) {
        struct program program;
        const pid_t pid = build(round, &program, NULL);
        const double seconds = longest * random_part(seed);
        const struct timespec pause = {.tv_sec = (time_t)seconds,
                                       .tv_nsec = (long)(fmod(seconds, 1) * 1e9)};
        (void)nanosleep(&pause, NULL);
        (void)kill(pid, SIGKILL);
        program_wait(&program, pid);
        ended = program.signal != SIGKILL;
        round->struck += !ended;
        program_end(&program);
    }
}

/* ---- What is there afterwards ---- */

/* The names of images whose outcome the journal does not know. */
static size_t unknown_jobs(struct round *round)
{
    struct program program = {.folder = round->folder};
    const struct value *document;
    struct error error = {0};
    size_t unknown = 0;
    program_call_with(&program, "jobs", "--json");
    assert_int_equal(program.code, 0);
    assert_int_equal(
        json_parse(round->world.arena, program.out, program.out_size, &document, &error),
        STATUS_OK);
    const struct value *jobs = value_get(document, "jobs");
    assert_int_equal(jobs->list.count, IMAGES);
    for (size_t i = 0; i < jobs->list.count; i++) {
        const char *state = text_at(jobs->list.items[i], "state");
        if (strcmp(state, "unknown") == 0) {
            unknown++;
        } else {
            assert_string_equal(state, "done");
        }
    }
    program_end(&program);
    return unknown;
}

/* Files below FOLDER/NAME; each is whole, none is a temporary one. */
static size_t whole_files(const struct round *round, const char *name)
{
    struct batches looked = {.folder = round->folder};
    struct buffer list = {0};
    size_t count = 0;
    scratch_list(scratch_path(round->folder, name), &list);
    for (char *line = list.data, *end; line && (end = strchr(line, '\n')); line = end + 1) {
        struct buffer bytes = {0};
        char path[300];
        *end = '\0';
        const char *slash = strrchr(line, '/'), *base = slash ? slash + 1 : line;
        (void)snprintf(path, sizeof(path), "%s/%s", name, line);
        if (*base == '.' || strstr(base, "tmp") || !batches_read(&looked, path, &bytes) ||
            bytes.size == 0 || !image_is_whole(base, &bytes, 0, 0)) {
            fail_msg("'%s' is left, or not whole: %zu bytes", path, bytes.size);
        }
        buffer_free(&bytes);
        count++;
    }
    buffer_free(&list);
    return count;
}

/* Of the folder of the journal: the books, and the images. */
static void assert_state(const struct round *round)
{
    struct buffer list = {0};
    scratch_list(scratch_path(round->folder, ".picset"), &list);
    for (char *line = list.data, *end; line && (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        if (!text_starts(line, "images/") && !text_starts(line, "journal.") &&
            !text_starts(line, "store.") && !text_starts(line, "store-")) {
            fail_msg("'.picset/%s' is left", line);
        }
    }
    buffer_free(&list);
    assert_int_equal(whole_files(round, ".picset/images"), IMAGES);
}

static void finish(struct round *round)
{
    struct program program;
    program_wait(&program, build(round, &program, NULL));
    round->unknown = unknown_jobs(round);
    const struct value *ledger = world_ledger(&round->world);
    const int64_t created = int_at(ledger, "created");
    assert_int_equal(int_at(ledger, "repeated"), 0);
    assert_true(created <= IMAGES && created + (int64_t)round->unknown >= IMAGES);
    if (round->unknown > 0) {
        assert_int_equal(program.code,
                         round->unknown < IMAGES ? STATUS_PARTIAL : STATUS_GENERATION);
        if (!strstr(program.error, "not known whether the service made it")) {
            fail_msg("'%s' says nothing of %zu unknown", program.error, round->unknown);
        }
        program_end(&program);
        program_wait(&program, build(round, &program, "--repeat-unknown"));
        const int64_t again = int_at(world_ledger(&round->world), "created") - created;
        assert_int_equal(again, round->unknown); /* the user said so: these, and no others */
    }
    if (program.code != 0) {
        fail_msg("exit code %d: %s", program.code, program.error);
    }
    program_end(&program);
    assert_int_equal(unknown_jobs(round), 0);
    assert_int_equal(whole_files(round, "out"), IMAGES * FILES + 1);
    assert_state(round);
}

static void killed_at_any_moment(void **state)
{
    (void)state;
    const char *wanted = getenv("PICSET_KILLS");
    const size_t kills = wanted ? strtoul(wanted, NULL, 10) : KILLS;
    uint64_t seed = (uint64_t)time(NULL) | 1;
    size_t done = 0, struck = 0, unknown = 0, rounds = 0;
    print_message("%zu kills, seed %llu\n", kills, (unsigned long long)seed);
    for (; done < kills; rounds++) {
        struct round round = {0};
        round_start(&round);
        kill_often(&round, kills - done < KILLS_A_ROUND ? kills - done : KILLS_A_ROUND, &seed);
        finish(&round);
        done += round.kills;
        struck += round.struck;
        unknown += round.unknown;
        round_end(&round);
    }
    print_message("%zu projects, %zu of %zu kills struck, %zu of %zu outcomes unknown and said\n",
                  rounds, struck, kills, unknown, rounds * IMAGES);
    assert_true(struck * 3 > kills);
}

static int start_library(void **state)
{
    (void)state;
    return vips_init("kill_build_test");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(killed_at_any_moment)};
    return cmocka_run_group_tests(tests, start_library, NULL);
}
