/* SPDX-License-Identifier: MIT
 * What the tests of stages begin with. */
#include "stage_group.h"

struct arena *group_arena;

int group_start(void **state)
{
    struct error error = {0};
    (void)state;
    group_arena = arena_new();
    return !group_arena || image_library_start(&error) != STATUS_OK;
}

int group_end(void **state)
{
    (void)state;
    arena_free(group_arena);
    return 0;
}

struct facts facts_of(int width, int height, int bands)
{
    const bool alpha = bands == 2 || bands == 4;
    return (struct facts){.width = width,
                          .height = height,
                          .frames = 1,
                          .bands = bands,
                          .alpha = alpha,
                          .alpha_used = alpha,
                          .bits = 8,
                          .space = bands < 3 ? SPACE_GREY : SPACE_SRGB,
                          .orientation = 1,
                          .format = FORMAT_PNG};
}

void assert_plan(const char *stage, const char *options, const struct facts *in, const char *words)
{
    const struct planned planned = stage_planned(group_arena, stage, options, in, NULL);
    assert_string_equal(planned_words(group_arena, &planned), words);
}

void assert_refused(const char *stage, const char *options, const char *words)
{
    assert_string_equal(stage_options_error(group_arena, stage, options), words);
}
