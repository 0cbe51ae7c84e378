/* SPDX-License-Identifier: MIT
 * For tests of the sandbox and of what talks to it: one that runs, our HTTP layer with short
 * patience, and answers as values. What an answer points to lives as long as the world. */
#ifndef PICSET_TEST_WORLD_H
#define PICSET_TEST_WORLD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "http.h"
#include "sandbox.h"
#include "value.h"

struct world {
    struct sandbox *sandbox;
    struct http *http;
    struct arena *arena;
    struct http_answer answer;
    const struct value *root; /* of the answer, when it is JSON */
    atomic_bool done;         /* of a download */
};

extern const char kie_create_path[];

struct world world_start(const struct sandbox_settings *settings);
/* The client gives up after a second or two: for what hangs. At first it is patient. */
void world_hurry(struct world *world, bool hurry);
void world_stop(struct world *world);
const char *world_url(struct world *world, const char *path);
/* Any answer; the root, or NULL when it is no JSON. */
const struct value *world_ask(struct world *world, const struct http_ask *asked);
const struct value *world_get(struct world *world, const char *path);
const struct value *world_post(struct world *world, const char *path, const char *body);
/* "data/resultUrls/0": NULL when a member is not there. */
const struct value *value_at(const struct value *value, const char *path);
/* As value_at; fails the test when it is not there or of another type. */
const char *text_at(const struct value *value, const char *path);
int64_t int_at(const struct value *value, const char *path);
/* A task of nano-banana-2-1 with this input; its id. */
const char *world_create(struct world *world, const char *input);
const struct value *world_record(struct world *world, const char *task);
/* The link of a task that has ended well. */
const char *world_result(struct world *world, const char *task);
const struct value *world_ledger(struct world *world);
/* The answer is a whole image of this type and size. */
void assert_picture(const struct world *world, const char *type, int width, int height);

#endif
