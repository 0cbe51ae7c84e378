/* SPDX-License-Identifier: MIT
 * The real program, run as a user runs it: arguments, standard input, a folder to stand in; its
 * exit code and all that it said. PICSET_PROGRAM names another binary than the one just built. */
#ifndef PICSET_TEST_PROGRAM_H
#define PICSET_TEST_PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

#include "support.h"

struct program {
    /* Before the run. */
    const char *other;  /* another program, found as a shell finds it; NULL: picset */
    const char *out_to; /* a file that takes standard output, "/dev/full"; NULL: it is kept */
    const char *folder; /* to stand in; its caches are kept there, too; NULL: as the test stands */
    const char *input;  /* standard input; NULL: nothing to read */
    size_t input_size;  /* 0: input is text */
    const char *variable; /* "PICSET_JOBS=1": one more environment variable; NULL: none */
    /* After it. */
    int code; /* exit code, or -1 and `signal` */
    int signal;
    char *out, *error; /* text; free with program_end */
    size_t out_size;
};

/* Arguments end with NULL. */
void program_call(struct program *program, const char *const *arguments);
void program_end(struct program *program);
#define program_call_with(program_, ...)                                                           \
    program_call((program_), (const char *const[]){__VA_ARGS__, NULL})

/* The same in two steps, for one who interrupts it. */
pid_t program_start(struct program *program, const char *const *arguments);
void program_wait(struct program *program, pid_t pid);

/* A JPEG or PNG file, by its name: a gradient of this size. */
void program_image(const char *folder, const char *name, int width, int height);

/* Runs, compares all three, and frees. */
#define assert_program(program_, code_, out_, error_, ...)                                         \
    do {                                                                                           \
        program_call_with((program_), __VA_ARGS__);                                                \
        assert_string_equal((program_)->error, (error_));                                          \
        assert_string_equal((program_)->out, (out_));                                              \
        assert_int_equal((program_)->code, (code_));                                               \
        program_end(program_);                                                                     \
    } while (0)

#endif
