/* SPDX-License-Identifier: MIT
 * For tests of the commands that ask for images: a folder with a small preset, and the program run
 * in it against the built-in sandbox, without any key. */
#ifndef PICSET_TEST_GENERATING_H
#define PICSET_TEST_GENERATING_H

#include "program.h"

/* The preset: PNGs of 40 and 20 px, and one of 10 px of the input `dark`. */
extern const char generating_tiny[];

/* A scratch folder with it as presets/tiny.json, as *state. */
int generating_folder(void **state);
int generating_remove(void **state);

void assert_has(const char *text, const char *part);
void assert_there(const char *folder, const char *name, bool there);

/* Runs, expects the code, and each of the parts in what was said; frees. */
void expect(const char *folder, int code, const char *const *arguments, const char *const *parts);
#define ARGUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

#endif
