/* SPDX-License-Identifier: MIT
 * A table with one option of every type, for the tests of option.h. */
#ifndef PICSET_TEST_OPTIONS_H
#define PICSET_TEST_OPTIONS_H

#include "option.h"

struct every {
    bool flip;
    int width;
    int count;
    int64_t cost;
    int64_t weight;
    double opacity;
    double free_number;
    const char *name;
    const char *path;
    struct texts tags;
    int fit;
    unsigned keep;
    struct size box, spot;
    struct ratio scale, share;
    struct aspect aspect;
    struct bytes max_bytes;
    struct colour background;
    struct formats format, one_of_two;
    struct quality quality;
    struct range pixels, degrees;
    bool deep;
    int deep_effort;
};

extern const struct option every_options[];

#endif
