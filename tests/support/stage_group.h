/* SPDX-License-Identifier: MIT
 * What the tests of stages begin with: cmocka, an arena per file, libvips started, and a plan in
 * words against the words that it should be. */
#ifndef PICSET_TEST_STAGE_GROUP_H
#define PICSET_TEST_STAGE_GROUP_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "image.h"
#include "images.h"
#include "stage_run.h"

extern struct arena *group_arena;
int group_start(void **state);
int group_end(void **state);

/* Facts of an 8-bit sRGB still. */
struct facts facts_of(int width, int height, int bands);
/* Plans on an image of these facts and compares the words. */
void assert_plan(const char *stage, const char *options, const struct facts *in, const char *words);
/* The options are refused with these words. */
void assert_refused(const char *stage, const char *options, const char *words);

#define GROUP_RUN(tests_) cmocka_run_group_tests(tests_, group_start, group_end)

#endif
