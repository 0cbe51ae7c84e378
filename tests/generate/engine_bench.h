/* SPDX-License-Identifier: MIT
 * For tests of the generation engine: a service, a journal in a folder of its own, runs with names
 * for prompts, and what was said meanwhile. */
#ifndef PICSET_TEST_ENGINE_BENCH_H
#define PICSET_TEST_ENGINE_BENCH_H

#include "fake_service.h"
#include "generate.h"
#include "support.h"

enum { TRAIL_BYTES = 16384 };

struct bench { /* as `request`, until a test changes it */
    struct fake_service *service;
    struct http *http;
    char *folder;
    struct journal *journal;
    struct arena *arena;
    struct generate_request request;
    struct generate_summary summary;
    struct error error;
    struct generate *generate; /* while it runs */
    char trail[TRAIL_BYTES];   /* of events */
    volatile int interrupted;
    int interrupt_at;    /* SENT events after which it is interrupted; 0: never */
    const char *chained; /* added when the first image is done */
    bool hinting;        /* as soon as the task is known */
    double paused;
    int64_t finished_ms; /* of the last that was done, as the event had it */
};

int engine_set_up(void **state); /* a struct bench */
int engine_tear_down(void **state);
#define ENGINE_TEST(name_) cmocka_unit_test_setup_teardown(name_, engine_set_up, engine_tear_down)

/* From now on images come in the answers. */
void direct(struct bench *bench);
enum status run_asks(struct bench *bench, const struct ask *asks, size_t count);
enum status run(struct bench *bench, const char *first,
                const char *second);                               /* second may be NULL */
void names_make(struct bench *bench, struct ask *asks, int count); /* "image 0", "image 1", … */
/* One more rule for all jobs. */
void fault(struct bench *bench, char what, int from, int count, enum fake_fault kind);
struct job job_read(struct bench *bench, int64_t id);
int created(struct bench *bench, const char *prompt); /* times that the service made it */
void assert_image(struct bench *bench, int64_t id);   /* done, and its file is the service's */

/* assert_counts(bench, .done = 2): all that is not named is 0. */
#define assert_counts(bench_, ...) counts_check((bench_), (struct generate_summary){__VA_ARGS__})
void counts_check(const struct bench *bench, struct generate_summary is);

#endif
