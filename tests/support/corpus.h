/* SPDX-License-Identifier: MIT
 * The corpus of real and bad images that lies beside the project: its manifest, line by line. Tests
 * that need it say "skipped" and exit 77 when it is not there. */
#ifndef PICSET_TEST_CORPUS_H
#define PICSET_TEST_CORPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct corpus {
    char root[512];
    FILE *manifest;
};

struct corpus_file {
    char name[400]; /* "bad/png/….png", below the root */
    char path[1024];
    char format[16];
    int width, height; /* as a header reader of its own sees them; 0: unknown */
    char info[400];    /* traits, as words */
    bool opens;        /* libvips 8.14.1 opens its header */
};

/* False, and a line "skipped: …", when there is no corpus. */
bool corpus_open(struct corpus *corpus);
/* The next file whose name begins with prefix. */
bool corpus_next(struct corpus *corpus, const char *prefix, struct corpus_file *file);
void corpus_close(struct corpus *corpus);

#endif
