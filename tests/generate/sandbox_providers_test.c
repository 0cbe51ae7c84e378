/* SPDX-License-Identifier: MIT
 * Every provider and every model of its table against the sandbox over loopback HTTP: what one asks
 * for the other understands, and the image has the size that the table promises. Both were written
 * from the services' documents, apart. */
#include <stdio.h>
#include <string.h>

#include "decoding.h"
#include "generate/base64.h"
#include "generate/sandbox_picture.h"
#include "memory.h"
#include "provider.h"
#include "support.h"
#include "world.h"

struct talk {
    struct world world;
    const struct provider *provider;
    struct endpoint endpoint;
    struct answer answer;
};

static struct talk talk_start(const char *provider, const char *const *faults)
{
    struct talk talk = {.provider = provider_find(provider)};
    const struct sandbox_settings settings = {.faults = faults, .credit = 1e6};
    assert_non_null(talk.provider);
    talk.world = world_start(&settings);
    talk.endpoint =
        (struct endpoint){sandbox_url(talk.world.sandbox), sandbox_url(talk.world.sandbox)};
    return talk;
}

static void exchange(struct talk *talk, const struct http_ask *ask, struct http_answer *answer)
{
    struct error error = {0};
    assert_int_equal(http_wait(talk->world.http, ask, NULL, talk->world.arena, answer, &error),
                     STATUS_OK);
}

/* Until the provider says what became of the ask. */
static enum answer_kind make(struct talk *talk, const struct ask *ask)
{
    struct arena *arena = talk->world.arena;
    struct http_ask http;
    struct http_answer answer;
    struct error error = {0};
    assert_int_equal(ask_check(talk->provider, ask, &error), STATUS_OK);
    assert_int_equal(talk->provider->submit(&talk->endpoint, ask, arena, &http, &error), STATUS_OK);
    exchange(talk, &http, &answer);
    talk->provider->submitted(&answer, arena, &talk->answer);
    if (talk->answer.kind == ANSWER_TASK) {
        assert_int_equal(
            talk->provider->poll(&talk->endpoint, talk->answer.task, arena, &http, &error),
            STATUS_OK);
        exchange(talk, &http, &answer);
        talk->provider->polled(&answer, arena, &talk->answer);
    }
    return talk->answer.kind;
}

static void assert_size(const struct ask *ask, int got_width, int got_height)
{
    int width, height;
    const char *aspect = ask->aspect ? ask->aspect : ask->model->aspect_default;
    aspect = strcmp(aspect, "auto") == 0 ? "1:1" : aspect;
    if (model_pixels(ask->model, aspect, ask->size, &width, &height)) {
        assert_int_equal(got_width, width);
        assert_int_equal(got_height, height);
    }
}

/* As the ledger says: nothing is drawn for it. */
static void assert_asked(struct talk *talk, const struct ask *ask)
{
    const struct value *tasks = value_at(world_ledger(&talk->world), "tasks");
    const struct value *last = tasks->list.items[tasks->list.count - 1];
    assert_size(ask, (int)int_at(last, "width"), (int)int_at(last, "height"));
}

static void assert_made(struct talk *talk, const struct ask *ask, bool fetch)
{
    struct decoded decoded;
    if (make(talk, ask) != ANSWER_IMAGE) {
        fail_msg("%s %s: '%s' %s", talk->provider->name, ask->model->name, talk->answer.code,
                 talk->answer.message);
    }
    assert_asked(talk, ask);
    if (talk->answer.urls && fetch) {
        const struct http_ask get = {
            .method = "GET", .url = talk->answer.urls[0], .answer_max = 64 << 20};
        struct http_answer answer;
        exchange(talk, &get, &answer);
        talk->answer.bytes = answer.body;
        talk->answer.size = answer.size;
    }
    if (talk->answer.bytes) {
        assert_true(decode_png(talk->answer.bytes, talk->answer.size, &decoded) ||
                    decode_jpeg(talk->answer.bytes, talk->answer.size, &decoded) ||
                    decode_webp(talk->answer.bytes, talk->answer.size, &decoded));
        assert_size(ask, decoded.width, decoded.height);
        decoded_free(&decoded);
    }
}

static const char *upload(struct talk *talk, const struct reference *reference)
{
    struct http_ask http;
    struct http_answer answer;
    struct answer said;
    struct error error = {0};
    assert_int_equal(
        talk->provider->upload(&talk->endpoint, reference, talk->world.arena, &http, &error),
        STATUS_OK);
    exchange(talk, &http, &answer);
    talk->provider->uploaded(&answer, talk->world.arena, &said);
    assert_int_equal(said.kind, ANSWER_URL);
    return said.urls[0];
}

static size_t count_of(const char *const *list)
{
    size_t count = 0;
    while (list[count]) {
        count++;
    }
    return count;
}

/* Every aspect at the smallest size, and every format; with a reference where the model takes one.
 */
static void model_is_understood(struct talk *talk, const struct model *model)
{
    struct buffer bytes = {0};
    struct error error = {0};
    struct ask ask = {.model = model, .prompt = "a lighthouse \"at\" dusk, \xc3\xa9t\xc3\xa9"};
    assert_int_equal(sandbox_picture("a hat", 0, 40, 30, FORMAT_PNG, NULL, &bytes, &error),
                     STATUS_OK);
    struct reference reference = {
        .name = "hat.png", .bytes = bytes.data, .size = bytes.size, .format = FORMAT_PNG};
    if (model->references_max > 0) {
        reference.url = talk->provider->upload ? upload(talk, &reference) : NULL;
        ask.references = &reference;
        ask.reference_count = 1;
    }
    ask.size = model->sizes ? model->sizes[0] : NULL;
    const size_t step = talk->provider->jobs ? 1 : 4; /* an image in the answer must be drawn */
    for (size_t i = 0; model->aspects && i < count_of(model->aspects); i += step) {
        ask.aspect = model->aspects[i];
        assert_made(talk, &ask, i == 0);
    }
    ask.aspect = NULL;
    for (const char *const *format = model->formats; format && *format; format++) {
        ask.format = *format;
        assert_made(talk, &ask, true);
    }
    buffer_free(&bytes);
}

static void models_are_understood(void **state)
{
    (void)state;
    for (const struct provider *const *provider = provider_list(); *provider; provider++) {
        struct talk talk = talk_start((*provider)->name, NULL);
        for (const struct model *model = (*provider)->models; model->name; model++) {
            if (!model->retired) {
                model_is_understood(&talk, model);
            }
        }
        world_stop(&talk.world);
    }
}

static void cost_is_told(void **state)
{
    (void)state;
    struct talk talk = talk_start("kie", NULL);
    for (const struct model *model = talk.provider->models; model->name; model++) {
        for (size_t i = 0; model->sizes && model->sizes[i]; i++) {
            const struct ask ask = {.model = model, .prompt = "x", .size = model->sizes[i]};
            assert_int_equal(make(&talk, &ask), ANSWER_IMAGE);
            const double cost = talk.answer.cost * talk.provider->cost_unit;
            assert_true(cost > model_price(model, ask.size) - 1e-9);
            assert_true(cost < model_price(model, ask.size) + 1e-9);
        }
    }
    struct http_ask http;
    struct http_answer answer;
    struct error error = {0};
    assert_int_equal(talk.provider->credit(&talk.endpoint, talk.world.arena, &http, &error),
                     STATUS_OK);
    exchange(&talk, &http, &answer);
    talk.provider->credited(&answer, talk.world.arena, &talk.answer);
    assert_int_equal(talk.answer.kind, ANSWER_CREDIT);
    assert_true(talk.answer.cost < 1e6 && talk.answer.cost > 1e6 - 200);
    world_stop(&talk.world);
}

/* What each fault of a create or a task must be taken for. */
static void faults_are_understood(void **state)
{
    (void)state;
    enum { NOT = -1 }; /* the protocol does not have it */
    static const struct {
        const char *fault;
        int kie, gemini, openai;
    } cases[] = {
        {"rate-limit", ANSWER_RETRY, NOT, ANSWER_RETRY}, /* Gemini without RetryInfo: a quota */
        {"rate-limit-after", ANSWER_RETRY, ANSWER_RETRY, ANSWER_RETRY},
        {"rate-limit-code", ANSWER_RETRY, NOT, NOT},
        {"wrapped-error", NOT, ANSWER_RETRY, NOT},
        {"maintenance", ANSWER_RETRY, NOT, NOT},
        {"bad-key", ANSWER_STOP, ANSWER_STOP, ANSWER_STOP},
        {"key-limit", ANSWER_STOP, NOT, NOT},
        {"no-credit", ANSWER_STOP, ANSWER_STOP, ANSWER_STOP},
        {"quota-day", ANSWER_STOP, ANSWER_STOP, ANSWER_STOP},
        {"invalid", ANSWER_FAILED, ANSWER_FAILED, ANSWER_FAILED},
        {"drop-created", ANSWER_UNKNOWN, ANSWER_UNKNOWN, ANSWER_UNKNOWN},
        {"cut-created", ANSWER_UNKNOWN, ANSWER_UNKNOWN, ANSWER_UNKNOWN},
        {"error-with-task", ANSWER_IMAGE, NOT, NOT},
        {"refused", ANSWER_REFUSED, ANSWER_REFUSED, ANSWER_REFUSED},
        {"fail-400", ANSWER_REFUSED, NOT, NOT},
        {"fail-422", ANSWER_FAILED, NOT, NOT},
        {"fail-501", ANSWER_FAILED, NOT, NOT},
        {"no-image", ANSWER_FAILED, ANSWER_FAILED, ANSWER_FAILED},
        {"thought-first", ANSWER_IMAGE, ANSWER_IMAGE, ANSWER_IMAGE},
        {"draft-first", ANSWER_IMAGE, ANSWER_IMAGE, ANSWER_IMAGE},
        {"poll-rate-limit", ANSWER_RETRY, NOT, NOT},
        {"poll-error", ANSWER_RETRY, NOT, NOT},
        {"poll-bad-gateway", ANSWER_RETRY, NOT, NOT},
        {"poll-cut", ANSWER_RETRY, NOT, NOT},
        {"poll-text", ANSWER_RETRY, NOT, NOT},
        {"poll-bomb", ANSWER_RETRY, NOT, NOT},
        {"poll-null", ANSWER_MISSING, NOT, NOT},
        {"poll-state", ANSWER_RUNNING, NOT, NOT},
        {"poll-object", ANSWER_IMAGE, NOT, NOT},
        {"task-lost", ANSWER_MISSING, NOT, NOT},
    };
    static const char *const names[] = {"kie", "gemini", "openai"};
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const int kinds[] = {cases[i].kie, cases[i].gemini, cases[i].openai};
        for (size_t j = 0; j < 3; j++) {
            const char *const faults[] = {cases[i].fault, NULL};
            if (kinds[j] == NOT) {
                continue;
            }
            struct talk talk = talk_start(names[j], faults);
            const struct ask ask = {.model = model_find(talk.provider, NULL), .prompt = "x"};
            const int kind = (int)make(&talk, &ask);
            if (kind != kinds[j]) {
                wrong++;
                printf("%s, %s: %d and not %d: '%s' %s\n", cases[i].fault, names[j], kind, kinds[j],
                       talk.answer.code, talk.answer.message);
            }
            world_stop(&talk.world);
        }
    }
    assert_int_equal(wrong, 0);
}

static void drafts_are_not_taken(void **state)
{
    (void)state;
    static const char *const faults[] = {"thought-first", "draft-first@1", NULL};
    struct talk talk = talk_start("gemini", faults);
    const struct ask ask = {
        .model = model_find(talk.provider, NULL), .prompt = "x", .aspect = "16:9"};
    assert_made(&talk, &ask, true);
    assert_made(&talk, &ask, true);
    world_stop(&talk.world);
}

static void links_are_renewed(void **state)
{
    (void)state;
    static const char *const faults[] = {"expired-link", NULL};
    struct talk talk = talk_start("sandbox", faults);
    const struct ask ask = {.model = model_find(talk.provider, NULL), .prompt = "x"};
    struct http_ask http;
    struct http_answer answer;
    struct error error = {0};
    assert_int_equal(make(&talk, &ask), ANSWER_IMAGE);
    const char *url = talk.answer.urls[0];
    const struct http_ask get = {.method = "GET", .url = url, .answer_max = 1 << 24};
    exchange(&talk, &get, &answer);
    assert_int_equal(answer.status, 403);
    assert_int_equal(talk.provider->refresh(&talk.endpoint, url, talk.world.arena, &http, &error),
                     STATUS_OK);
    exchange(&talk, &http, &answer);
    talk.provider->refreshed(&answer, talk.world.arena, &talk.answer);
    assert_int_equal(talk.answer.kind, ANSWER_URL);
    world_get(&talk.world, talk.answer.urls[0]);
    assert_picture(&talk.world, "image/jpeg", 1024, 1024);
    world_stop(&talk.world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_are_understood), cmocka_unit_test(cost_is_told),
        cmocka_unit_test(faults_are_understood), cmocka_unit_test(drafts_are_not_taken),
        cmocka_unit_test(links_are_renewed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
