/* SPDX-License-Identifier: MIT
 * The sandbox and a client of it. */
#include "world.h"

#include <string.h>

#include "decoding.h"
#include "generate/http_limits.h"
#include "json.h"
#include "support.h"
#include "text.h"

struct world world_start(const struct sandbox_settings *settings)
{
    struct world world = {.arena = arena_new()};
    struct error error = {0};
    assert_int_equal(sandbox_start(settings, &world.sandbox, &error), STATUS_OK);
    assert_int_equal(http_new(&world.http, &error), STATUS_OK);
    return world;
}

void world_hurry(struct world *world, bool hurry)
{
    static const struct http_limits quick = {
        .connect = 2, .answer = 1.5, .fetch = 3, .stall = 1, .stall_rate = 500, .redirects = 5};
    struct error error = {0};
    http_free(world->http);
    assert_int_equal(http_new_with(hurry ? &quick : &http_limits_default, &world->http, &error),
                     STATUS_OK);
}

void world_stop(struct world *world)
{
    http_free(world->http);
    sandbox_stop(world->sandbox);
    arena_free(world->arena);
}

const char *world_url(struct world *world, const char *path)
{
    return arena_format(world->arena, "%s%s", sandbox_url(world->sandbox), path);
}

const struct value *world_ask(struct world *world, const struct http_ask *asked)
{
    struct http_ask ask = *asked;
    struct error error = {0};
    ask.answer_max = ask.answer_max ? ask.answer_max : 64 << 20;
    world->root = NULL;
    assert_int_equal(http_wait(world->http, &ask, NULL, world->arena, &world->answer, &error),
                     STATUS_OK);
    if (world->answer.failure == HTTP_OK &&
        json_parse(world->arena, world->answer.body, world->answer.size, &world->root, &error) !=
            STATUS_OK) {
        world->root = NULL;
    }
    return world->root;
}

const struct value *world_get(struct world *world, const char *path)
{
    return world_ask(world, &(struct http_ask){
                                .method = "GET",
                                .url = text_starts(path, "http") ? path : world_url(world, path)});
}

const struct value *world_post(struct world *world, const char *path, const char *body)
{
    return world_ask(world, &(struct http_ask){.method = "POST",
                                               .url = world_url(world, path),
                                               .content_type = "application/json",
                                               .body = body,
                                               .body_size = strlen(body)});
}

const struct value *value_at(const struct value *value, const char *path)
{
    char name[64];
    while (value && *path) {
        const size_t size = strcspn(path, "/");
        memcpy(name, path, size);
        name[size] = '\0';
        value = value->type == VALUE_LIST ? (size_t)(name[0] - '0') < value->list.count
                                                ? value->list.items[name[0] - '0']
                                                : NULL
                                          : value_get(value, name);
        path += size + (path[size] == '/');
    }
    return value;
}

const char *text_at(const struct value *value, const char *path)
{
    const struct value *found = value_at(value, path);
    assert_non_null(found);
    assert_int_equal(found->type, VALUE_TEXT);
    return found->text;
}

int64_t int_at(const struct value *value, const char *path)
{
    const struct value *found = value_at(value, path);
    assert_non_null(found);
    assert_int_equal(found->type, VALUE_INT);
    return found->integer;
}

const char kie_create_path[] = "/api/v1/jobs/createTask";

const char *world_create(struct world *world, const char *input)
{
    const char *body =
        arena_format(world->arena, "{\"model\":\"nano-banana-2-1\",\"input\":%s}", input);
    return text_at(world_post(world, kie_create_path, body), "data/taskId");
}

const struct value *world_record(struct world *world, const char *task)
{
    return world_get(world, arena_format(world->arena, "/api/v1/jobs/recordInfo?taskId=%s", task));
}

const char *world_result(struct world *world, const char *task)
{
    const struct value *result;
    struct error error = {0};
    const char *text = text_at(world_record(world, task), "data/resultJson");
    assert_int_equal(json_parse(world->arena, text, strlen(text), &result, &error), STATUS_OK);
    return text_at(result, "resultUrls/0");
}

const struct value *world_ledger(struct world *world)
{
    const struct value *found = world_get(world, "/_sandbox/ledger");
    assert_non_null(found);
    return found;
}

void assert_picture(const struct world *world, const char *type, int width, int height)
{
    struct decoded decoded;
    const bool png = strcmp(type, "image/png") == 0;
    assert_int_equal(world->answer.failure, HTTP_OK);
    assert_int_equal(world->answer.status, 200);
    assert_string_equal(world->answer.content_type, type);
    assert_true((png ? decode_png : decode_jpeg)(world->answer.body, world->answer.size, &decoded));
    assert_int_equal(decoded.width, width);
    assert_int_equal(decoded.height, height);
    decoded_free(&decoded);
}
