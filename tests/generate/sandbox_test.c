/* SPDX-License-Identifier: MIT
 * The sandbox over real loopback HTTP: its protocols to the letter, through our own HTTP layer and
 * through a bare socket, and its ledger. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "decoding.h"
#include "generate/base64.h"
#include "generate/models.h"
#include "support.h"
#include "text.h"
#include "world.h"

/* ---- A bare client
 * ----------------------------------------------------------------------------------- */

/* Everything that comes back for these bytes, until the connection closes. */
static struct buffer talk(const struct world *world, const char *request)
{
    struct sockaddr_in place = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)sandbox_port(world->sandbox)),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct buffer answer = {0};
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    ssize_t count;
    assert_int_equal(connect(client, (struct sockaddr *)&place, sizeof place), 0);
    assert_int_equal(write(client, request, strlen(request)), strlen(request));
    char *room = buffer_reserve(&answer, 1 << 20);
    while (answer.size < (1 << 20) - 1 &&
           (count = read(client, room + answer.size, (1 << 20) - 1 - answer.size)) > 0) {
        answer.size += (size_t)count;
    }
    answer.data[answer.size] = '\0';
    close(client);
    return answer;
}

static void answers_look_like_the_services(void **state)
{
    (void)state;
    struct world world = world_start(&(struct sandbox_settings){0});
    struct buffer answer =
        talk(&world, "GET /api/v1/chat/credit HTTP/1.1\r\nHost: x\r\nUser-Agent: t\r\n"
                     "Accept-Encoding: gzip\r\nConnection: close\r\n\r\n");
    const char *head = buffer_string(&answer), *end = strstr(head, "\r\n\r\n");
    assert_non_null(end);
    assert_true(text_starts(head, "HTTP/1.1 200 "));
    assert_non_null(strstr(head, "Content-Type: application/json;charset=UTF-8\r\n"));
    assert_non_null(strstr(head, "Content-Encoding: gzip\r\n"));
    assert_non_null(strstr(head, "Transfer-Encoding: chunked\r\n"));
    assert_non_null(strstr(head, "Set-Cookie: "));
    assert_null(strstr(head, "Content-Length"));
    buffer_free(&answer);
    answer = talk(&world, "GET /api/v1/chat/credit HTTP/1.1\r\nHost: x\r\nUser-Agent: t\r\n"
                          "Connection: close\r\n\r\n");
    assert_null(strstr(buffer_string(&answer), "Content-Encoding"));
    assert_non_null(
        strstr(buffer_string(&answer), "{\"code\":200,\"msg\":\"success\",\"data\":10000"));
    buffer_free(&answer);
    answer =
        talk(&world, "GET /api/v1/chat/credit HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_true(text_starts(buffer_string(&answer), "HTTP/1.1 403 "));
    assert_non_null(strstr(buffer_string(&answer), "error code: 1010"));
    buffer_free(&answer);
    world_stop(&world);
}

/* ---- Kie
 * ---------------------------------------------------------------------------------------------- */

static void a_task_goes_its_way(void **state)
{
    (void)state;
    struct world world = world_start(&(struct sandbox_settings){.seconds = 100});
    const char *task =
        world_create(&world, "{\"prompt\":\"a \\\"red\\\" apple\",\"aspect_ratio\":\"16:9\","
                             "\"output_format\":\"png\"}");
    assert_int_equal(strlen(task), 32);
    static const struct {
        int advance;
        const char *state;
    } steps[] = {{1, "waiting"}, {20, "queuing"}, {30, "generating"}, {60, "success"}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        world_post(&world, "/_sandbox/settings",
                   arena_format(world.arena, "{\"advance\":%d}", steps[i].advance));
        const struct value *data = value_at(world_record(&world, task), "data");
        assert_string_equal(text_at(data, "state"), steps[i].state);
        const bool ended = i == 3;
        assert_int_equal(value_at(data, "failCode")->type, VALUE_NULL);
        assert_int_equal(value_at(data, "failMsg")->type, VALUE_NULL);
        assert_int_equal(value_at(data, "costTime")->type, ended ? VALUE_INT : VALUE_NULL);
        assert_int_equal(value_at(data, "completeTime")->type, ended ? VALUE_INT : VALUE_NULL);
        assert_true((text_at(data, "resultJson")[0] == '\0') == !ended);
    }
    assert_string_equal(text_at(world.root, "data/param"),
                        "{\"input\":\"{\\\"prompt\\\":\\\"a \\\\\\\"red\\\\\\\" apple\\\","
                        "\\\"aspect_ratio\\\":\\\"16:9\\\",\\\"output_format\\\":\\\"png\\\"}\","
                        "\"model\":\"nano-banana-2-1\"}");
    double credits;
    assert_true(value_number(value_at(world.root, "data/creditsConsumed"), &credits) &&
                credits == 4);
    world_get(&world, world_result(&world, task));
    assert_picture(&world, "image/png", 1376, 768);
    world_stop(&world);
}

static void kie_says_no(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        int code;
        const char *words;
    } cases[] = {
        {"{\"input\":{\"prompt\":\"x\"}}", 500, "This field is required"},
        {"{\"model\":\"nano-banana\",\"input\":{\"prompt\":\"x\"}}", 422, "not supported"},
        {"{\"model\":\"nano-banana-2\",\"input\":{}}", 500, "This field is required"},
        {"{\"model\":\"nano-banana-2\",\"input\":{\"prompt\":\"x\",\"resolution\":\"512\"}}", 500,
         "resolution is not within the range"},
        {"{\"model\":\"nano-banana-2\",\"input\":{\"prompt\":\"x\",\"output_format\":\"jpeg\"}}",
         500, "output_format is not within"},
        {"{\"model\":\"nano-banana-pro\",\"input\":{\"prompt\":\"x\",\"aspect_ratio\":\"8:1\"}}",
         500, "aspect_ratio is not within"},
        {"{\"model\":\"nano-banana-2\",\"input\":{\"prompt\":\"x\",\"image_input\":[\"/a.png\"]}}",
         422, "image_input does not match format 'uri'"},
        {"{\"model\":\"google/nano-banana-edit\",\"input\":{\"prompt\":\"x\"}}", 500,
         "This field is required"},
    };
    struct world world = world_start(&(struct sandbox_settings){.credit = 30});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct value *answer = world_post(&world, kie_create_path, cases[i].body);
        assert_int_equal(world.answer.status, 200);
        assert_int_equal(int_at(answer, "code"), cases[i].code);
        assert_non_null(strstr(text_at(answer, "msg"), cases[i].words));
        assert_int_equal(value_at(answer, "data")->type, VALUE_NULL);
    }
    assert_int_equal(int_at(world_record(&world, "nobody"), "code"), 404);
    assert_int_equal(int_at(world_get(&world, "/api/v1/jobs/recordInfo"), "code"), 400);
    assert_int_equal(int_at(world_post(&world, "/api/v1/common/download-url",
                                       "{\"url\":\"https://example.org/a.png\"}"),
                            "code"),
                     422);
    /* 30 credits are enough for three images of 9 and no fourth */
    for (int i = 0; i < 4; i++) {
        const struct value *answer =
            world_post(&world, kie_create_path,
                       arena_format(world.arena,
                                    "{\"model\":\"nano-banana-2-1\",\"input\":{\"prompt\":\"%d\","
                                    "\"resolution\":\"4K\"}}",
                                    i));
        assert_int_equal(int_at(answer, "code"), i < 3 ? 200 : 402);
    }
    assert_int_equal(int_at(world_ledger(&world), "created"), 3);
    world_stop(&world);
}

static void every_size_of_the_tables(void **state)
{
    (void)state;
    struct world world = world_start(&(struct sandbox_settings){.credit = 1e6});
    int width, height, count = 0;
    for (const struct model_size *row = pixels_from_1k; row->width; row++, count++) {
        const char *task =
            world_create(&world, arena_format(world.arena,
                                              "{\"prompt\":\"sizes\",\"aspect_ratio\":\"%s\","
                                              "\"resolution\":\"%s\"}",
                                              row->aspect, row->size));
        const char *url = world_result(&world, task);
        assert_true(text_ends(url, ".jpg"));
        if (strcmp(row->size, "1K") == 0) {
            world_get(&world, url);
            assert_picture(&world, "image/jpeg", row->width, row->height);
        }
        const struct value *tasks = value_at(world_ledger(&world), "tasks");
        const struct value *last = tasks->list.items[tasks->list.count - 1];
        width = (int)int_at(last, "width");
        height = (int)int_at(last, "height");
        assert_true(width == row->width && height == row->height);
    }
    assert_int_equal(count, 42);
    world_stop(&world);
}

static void uploads_are_remembered(void **state)
{
    (void)state;
    static const char png[] =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
        "awAAAABJRU5ErkJggg==";
    struct world world = world_start(&(struct sandbox_settings){0});
    const char *body = arena_format(world.arena,
                                    "{\"base64Data\":\"data:image/png;base64,%s\","
                                    "\"uploadPath\":\"a/b\",\"fileName\":\"x.png\"}",
                                    png);
    const struct value *answer = world_post(&world, "/api/file-base64-upload", body);
    assert_int_equal(int_at(answer, "code"), 200);
    assert_int_equal(value_at(answer, "success")->boolean, true);
    assert_string_equal(text_at(answer, "data/filePath"), "a/b/x.png");
    assert_string_equal(text_at(answer, "data/mimeType"), "image/png");
    assert_int_equal(int_at(answer, "data/fileSize"), 70);
    const char *url = text_at(answer, "data/downloadUrl");
    world_get(&world, url);
    assert_picture(&world, "image/png", 1, 1);
    static const char form[] =
        "--B\r\nContent-Disposition: form-data; name=\"uploadPath\"\r\n\r\nc\r\n"
        "--B\r\nContent-Disposition: form-data; name=\"fileName\"\r\n\r\ny.bin\r\n"
        "--B\r\nContent-Disposition: form-data; name=\"file\"; "
        "filename=\"z\"\r\nContent-Type: image/png\r\n\r\n\r\n--\r\n--B--\r\n";
    answer =
        world_ask(&world, &(struct http_ask){.method = "POST",
                                             .url = world_url(&world, "/api/file-stream-upload"),
                                             .content_type = "multipart/form-data; boundary=B",
                                             .body = form,
                                             .body_size = sizeof form - 1});
    assert_string_equal(text_at(answer, "data/filePath"), "c/y.bin");
    assert_int_equal(int_at(answer, "data/fileSize"), 4);
    answer = world_post(&world, "/api/file-base64-upload",
                        "{\"base64Data\":\"AAAA\",\"fileName\":\"x\"}");
    assert_int_equal(world.answer.status, 400);
    assert_string_equal(text_at(answer, "msg"), "Missing required parameter: uploadPath");
    world_create(&world, arena_format(world.arena,
                                      "{\"prompt\":\"like this\",\"image_input\":[\"%s\"]}", url));
    assert_string_equal(text_at(world_ledger(&world), "tasks/0/references/0"), url);
    answer = world_post(&world, kie_create_path,
                        arena_format(world.arena,
                                     "{\"model\":\"nano-banana-2\",\"input\":{\"prompt\":\"x\","
                                     "\"image_input\":[\"%s/files/none.png\"]}}",
                                     sandbox_url(world.sandbox)));
    assert_int_equal(int_at(answer, "code"), 422);
    world_stop(&world);
}

static void the_ledger_tells_everything(void **state)
{
    (void)state;
    struct world world = world_start(&(struct sandbox_settings){0});
    const char *first = world_create(&world, "{\"prompt\":\"one\"}");
    world_create(&world, "{\"prompt\":\"two\"}");
    world_create(&world, "{\"prompt\":\"one\"}");
    world_get(&world, world_result(&world, first));
    const struct value *all = world_ledger(&world);
    assert_int_equal(int_at(all, "created"), 3);
    assert_int_equal(int_at(all, "repeated"), 1);
    assert_int_equal(int_at(all, "undelivered"), 2);
    assert_string_equal(text_at(all, "tasks/0/prompt"), "one");
    assert_string_equal(text_at(all, "tasks/0/state"), "success");
    assert_int_equal(int_at(all, "tasks/0/delivered"), 1);
    assert_int_equal(int_at(all, "tasks/1/delivered"), 0);
    double spent;
    assert_true(value_number(value_at(all, "spent"), &spent));
    assert_true(spent > 0.0599 && spent < 0.0601);
    world_stop(&world);
}

static void creates_are_limited(void **state)
{
    (void)state;
    struct world world =
        world_start(&(struct sandbox_settings){.rate_count = 3, .rate_seconds = 10});
    for (int i = 0; i < 5; i++) {
        const struct value *answer =
            world_post(&world, kie_create_path,
                       "{\"model\":\"nano-banana-2-1\",\"input\":{\"prompt\":\"x\"}}");
        assert_int_equal(world.answer.status, i < 3 ? 200 : 429);
        assert_int_equal(int_at(answer, "code"), i < 3 ? 200 : 429);
    }
    world_post(&world, "/_sandbox/settings", "{\"advance\":10}");
    world_create(&world, "{\"prompt\":\"x\"}");
    assert_int_equal(int_at(world_ledger(&world), "limited"), 2);
    world_stop(&world);
}

static void keys_are_asked_for(void **state)
{
    (void)state;
    struct world world = world_start(&(struct sandbox_settings){.key = "open"});
    const char *headers[] = {"Authorization: Bearer open", NULL};
    struct http_ask ask = {.method = "GET", .url = world_url(&world, "/api/v1/chat/credit")};
    assert_int_equal(int_at(world_ask(&world, &ask), "code"), 401);
    assert_string_equal(text_at(world.root, "msg"), "You do not have access permissions");
    ask.headers = headers;
    assert_int_equal(int_at(world_ask(&world, &ask), "code"), 200);
    world_stop(&world);
}

/* ---- Gemini and OpenAI
 * ------------------------------------------------------------------------------- */

static const char gemini_path[] = "/v1beta/models/gemini-3.1-flash-image:generateContent";

/* The image in base64 at this place of the answer. */
static void assert_inline(struct world *world, const char *path, int width, int height)
{
    struct decoded decoded;
    const char *text = text_at(world->root, path);
    size_t size;
    uint8_t *bytes = arena_alloc(world->arena, base64_room(strlen(text)));
    assert_true(base64_decode(text, strlen(text), bytes, &size));
    assert_true(decode_png(bytes, size, &decoded) || decode_jpeg(bytes, size, &decoded));
    assert_int_equal(decoded.width, width);
    assert_int_equal(decoded.height, height);
    decoded_free(&decoded);
}

static void gemini_answers(void **state)
{
    (void)state;
    static const char *const faults[] = {"thought-first@1", "refused@2", "no-image@3", NULL};
    struct world world = world_start(&(struct sandbox_settings){.faults = faults});
    static const char body[] =
        "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"a cup\"}]}],"
        "\"generationConfig\":{\"responseModalities\":[\"IMAGE\"],"
        "\"imageConfig\":{\"aspectRatio\":\"16:9\",\"imageSize\":\"512\"}}}";
    const struct value *answer = world_post(&world, gemini_path, body);
    assert_string_equal(text_at(answer, "candidates/0/finishReason"), "STOP");
    assert_string_equal(text_at(answer, "candidates/0/content/parts/1/inlineData/mimeType"),
                        "image/png");
    assert_inline(&world, "candidates/0/content/parts/1/inlineData/data", 688, 384);
    answer = world_post(&world, gemini_path, body);
    assert_true(value_at(answer, "candidates/0/content/parts/1/thought")->boolean);
    assert_inline(&world, "candidates/0/content/parts/1/inlineData/data", 172, 96);
    assert_null(value_at(answer, "candidates/0/content/parts/3/thought"));
    assert_inline(&world, "candidates/0/content/parts/3/inlineData/data", 688, 384);
    answer = world_post(&world, gemini_path, body);
    assert_int_equal(world.answer.status, 200);
    assert_string_equal(text_at(answer, "promptFeedback/blockReason"), "PROHIBITED_CONTENT");
    assert_null(value_at(answer, "candidates"));
    answer = world_post(&world, gemini_path, body);
    assert_string_equal(text_at(answer, "candidates/0/finishReason"), "NO_IMAGE");
    assert_null(value_at(answer, "candidates/0/content"));
    assert_int_equal(int_at(world_ledger(&world), "repeated"), 3);
    world_stop(&world);
}

static void gemini_takes_both_shapes(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{\"contents\":{\"parts\":[{\"text\":\"x\"}]},\"generation_config\":{\"image_config\":{"
        "\"aspect_ratio\":\"1:1\",\"image_size\":\"512\"}}}",
        "{\"contents\":[{\"parts\":[{\"text\":\"x\"}]}],\"generationConfig\":{\"responseFormat\":{"
        "\"image\":{\"aspectRatio\":\"1:1\",\"imageSize\":\"512\",\"delivery\":\"INLINE\"}}}}",
        "{\"contents\":[{\"parts\":[{\"text\":\"x\"}]}],\"generationConfig\":{\"responseFormat\":[{"
        "\"image\":{\"aspectRatio\":\"1:1\",\"imageSize\":\"512\"}}]}}",
    };
    struct world world = world_start(&(struct sandbox_settings){0});
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        assert_non_null(world_post(&world, gemini_path, bodies[i]));
        assert_inline(&world, "candidates/0/content/parts/1/inlineData/data", 512, 512);
    }
    world_stop(&world);
}

static void gemini_says_no(void **state)
{
    (void)state;
    static const char *const faults[] = {"rate-limit-after@4", "quota-day@5", "wrapped-error@6",
                                         NULL};
    static const struct {
        const char *path, *body;
        int status;
        const char *word, *words;
    } cases[] = {
        {"/v1beta/models/gemini-9:generateContent", "{}", 404, "NOT_FOUND", "gemini-9"},
        {gemini_path, "{}", 400, "INVALID_ARGUMENT", "contents"},
        {gemini_path,
         "{\"contents\":[{\"parts\":[{\"text\":\"x\"}]}],\"generationConfig\":{\"imageConfig\":{"
         "\"outputMimeType\":\"image/png\"}}}",
         400, "INVALID_ARGUMENT",
         "Unknown name \"outputMimeType\" at 'generation_config.image_config'"},
        {gemini_path,
         "{\"contents\":[{\"parts\":[{\"text\":\"x\"}]}],\"generationConfig\":{\"imageConfig\":{"
         "\"imageSize\":\"2k\"}}}",
         400, "INVALID_ARGUMENT", "image_size"},
    };
    struct world world = world_start(&(struct sandbox_settings){.faults = faults});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct value *answer = world_post(&world, cases[i].path, cases[i].body);
        assert_int_equal(world.answer.status, cases[i].status);
        assert_int_equal(int_at(answer, "error/code"), cases[i].status);
        assert_string_equal(text_at(answer, "error/status"), cases[i].word);
        assert_non_null(strstr(text_at(answer, "error/message"), cases[i].words));
    }
    static const char body[] = "{\"contents\":[{\"parts\":[{\"text\":\"x\"}]}]}";
    const struct value *answer = world_post(&world, gemini_path, body);
    assert_int_equal(world.answer.status, 429);
    assert_string_equal(text_at(answer, "error/details/1/retryDelay"), "1s");
    answer = world_post(&world, gemini_path, body);
    assert_non_null(strstr(text_at(answer, "error/details/0/violations/0/quotaId"), "PerDay"));
    answer = world_post(&world, gemini_path, body);
    assert_int_equal(answer->type, VALUE_LIST);
    assert_string_equal(text_at(answer, "0/error/details/1/retryDelay"), "1.5s");
    assert_int_equal(int_at(world_ledger(&world), "created"), 0);
    world_stop(&world);
}

static void openai_answers(void **state)
{
    (void)state;
    static const char *const faults[] = {"refused@2", NULL};
    struct world world = world_start(&(struct sandbox_settings){.faults = faults});
    const struct value *answer =
        world_post(&world, "/v1/images/generations",
                   "{\"model\":\"gpt-image-1.5\",\"prompt\":\"a cup\",\"size\":\"1536x1024\","
                   "\"output_format\":\"jpeg\"}");
    assert_string_equal(text_at(answer, "output_format"), "jpeg");
    assert_string_equal(text_at(answer, "size"), "1536x1024");
    assert_inline(&world, "data/0/b64_json", 1536, 1024);
    answer =
        world_post(&world, "/v1/images/generations",
                   "{\"model\":\"dall-e-3\",\"prompt\":\"a cup\",\"response_format\":\"url\"}");
    world_get(&world, text_at(answer, "data/0/url"));
    assert_picture(&world, "image/png", 1024, 1024);
    static const char form[] =
        "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ngpt-image-1\r\n"
        "--B\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na hat\r\n"
        "--B\r\nContent-Disposition: form-data; name=\"image[]\"; "
        "filename=\"z.jpg\"\r\n\r\n\xff\xd8\xff\xe0\0\x10JFIF\r\n--B--\r\n";
    answer =
        world_ask(&world, &(struct http_ask){.method = "POST",
                                             .url = world_url(&world, "/v1/images/edits"),
                                             .content_type = "multipart/form-data; boundary=\"B\"",
                                             .body = form,
                                             .body_size = sizeof form - 1});
    assert_int_equal(world.answer.status, 400);
    assert_string_equal(text_at(answer, "error/code"), "moderation_blocked");
    assert_true(text_starts(text_at(world_ledger(&world), "tasks/2/references/0"), "inline:"));
    answer =
        world_post(&world, "/v1/images/generations",
                   "{\"model\":\"gpt-image-1\",\"prompt\":\"x\",\"response_format\":\"b64_json\"}");
    assert_string_equal(text_at(answer, "error/message"), "Unknown parameter: 'response_format'.");
    world_stop(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_look_like_the_services),
        cmocka_unit_test(a_task_goes_its_way),
        cmocka_unit_test(kie_says_no),
        cmocka_unit_test(every_size_of_the_tables),
        cmocka_unit_test(uploads_are_remembered),
        cmocka_unit_test(the_ledger_tells_everything),
        cmocka_unit_test(creates_are_limited),
        cmocka_unit_test(keys_are_asked_for),
        cmocka_unit_test(gemini_answers),
        cmocka_unit_test(gemini_takes_both_shapes),
        cmocka_unit_test(gemini_says_no),
        cmocka_unit_test(openai_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
