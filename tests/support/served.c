/* SPDX-License-Identifier: MIT
 * See served.h. */
#include "served.h"

#include <signal.h>
#include <string.h>
#include <time.h>

#include "memory.h"
#include "scratch.h"

enum { SECONDS_MOST = 60 };

void pause_seconds(double seconds)
{
    const struct timespec pause = {.tv_sec = (time_t)seconds,
                                   .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    (void)nanosleep(&pause, NULL);
}

struct served served_begin(const char *const *options)
{
    const char *arguments[16] = {"sandbox", "--port", "0", "-q"};
    struct served served = {.folder = scratch_make()};
    size_t count = 4;
    while (*options) {
        assert_true(count < 15);
        arguments[count++] = *options++;
    }
    scratch_write(served.folder, "url", "");
    char *path = memory_text(scratch_path(served.folder, "url"));
    served.program = (struct program){.out_to = path, .folder = served.folder};
    served.pid = program_start(&served.program, arguments);
    served.program.out_to = NULL;
    memory_free(path);
    return served;
}

void served_await(struct served *served)
{
    for (int i = 0; i < SECONDS_MOST * 50; i++) {
        char *text = scratch_read(served->folder, "url"), *end = text ? strchr(text, '\n') : NULL;
        if (end) {
            *end = '\0';
            served->url = text;
            return;
        }
        memory_free(text);
        pause_seconds(0.02);
    }
    fail_msg("the sandbox does not begin");
}

void served_end(struct served *served)
{
    kill(served->pid, SIGTERM);
    program_wait(&served->program, served->pid);
    program_end(&served->program);
    memory_free(served->url);
    scratch_remove(served->folder);
}

size_t served_words(const struct served *served, const char *provider,
                    const char *words[SERVED_WORDS])
{
    const char *const more[] = {"--provider", provider,   "--base-url", served->url, "--aspect",
                                "1:1",        "--size",   "1K",         "-p",        "thumbnails",
                                "--set",      "sides=64", "-o",         "out"};
    size_t count = 0;
    while (words[count]) {
        count++;
    }
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        assert_true(count < SERVED_WORDS - 8);
        words[count++] = more[i];
    }
    return count;
}

struct world client_begin(void)
{
    struct world world = {.arena = arena_new()};
    struct error error = {0};
    assert_int_equal(http_new(&world.http, &error), STATUS_OK);
    return world;
}

void client_end(struct world *world)
{
    http_free(world->http);
    arena_free(world->arena);
}

const struct value *served_ledger(struct world *world, const struct served *served)
{
    const struct value *ledger =
        world_get(world, arena_format(world->arena, "%s/_sandbox/ledger", served->url));
    assert_non_null(ledger);
    return ledger;
}
