/* SPDX-License-Identifier: MIT
 * Kie's protocol: requests to the letter, and what every answer means. */
#include "support.h"

#include <string.h>

#include "answers.h"
#include "generate/hmac.h"
#include "generate/kie.h"
#include "generate/wire.h"

extern const struct provider provider_kie;

static const struct endpoint endpoint = {"https://api.example", "https://upload.example"};

/* ---- Requests
 * -------------------------------------------------------------------------------------- */

static enum status write_submit(void *data, struct arena *arena, struct http_ask *out,
                                struct error *error)
{
    return kie_submit(&endpoint, data, arena, out, error);
}

static void asks_are_written(void **state)
{
    (void)state;
    static const struct reference references[] = {{.name = "a.png", .url = "https://x.example/a"},
                                                  {.name = "b.jpg", .url = "https://x.example/b"}};
    struct ask ask = {.model = model_find(&provider_kie, NULL), .prompt = "a \"red\"\napple é"};
    assert_request(
        write_submit, &ask,
        "POST https://api.example/api/v1/jobs/createTask\n"
        "key: Authorization: Bearer \ntype: application/json\n"
        "{\"model\":\"nano-banana-2-1\",\"input\":{\"prompt\":\"a \\\"red\\\"\\napple é\","
        "\"aspect_ratio\":\"auto\",\"resolution\":\"1K\",\"output_format\":\"jpg\"}}");
    ask = (struct ask){.model = model_find(&provider_kie, "nano-banana-2"),
                       .prompt = "p",
                       .aspect = "16:9",
                       .size = "4K",
                       .format = "png",
                       .grounding = true,
                       .references = references,
                       .reference_count = 2,
                       .callback_url = "https://me.example/cb"};
    assert_request(
        write_submit, &ask,
        "POST https://api.example/api/v1/jobs/createTask\n"
        "key: Authorization: Bearer \ntype: application/json\n"
        "{\"model\":\"nano-banana-2\",\"callBackUrl\":\"https://me.example/cb\",\"input\":{"
        "\"prompt\":\"p\",\"image_input\":[\"https://x.example/a\",\"https://x.example/b\"],"
        "\"aspect_ratio\":\"16:9\",\"resolution\":\"4K\",\"output_format\":\"png\","
        "\"google_search\":true}}");
}

static void each_model_has_its_fields(void **state)
{
    (void)state;
    static const struct reference reference = {.name = "a.png", .url = "https://x.example/a"};
    static const struct {
        const char *model, *input;
    } cases[] = {
        {"nano-banana-2-lite", "\"image_urls\":[\"https://x.example/a\"],\"aspect_ratio\":\"1:1\""},
        {"nano-banana-pro", "\"image_input\":[\"https://x.example/a\"],\"aspect_ratio\":\"1:1\","
                            "\"resolution\":\"1K\",\"output_format\":\"jpg\""},
        {"google/nano-banana", "\"image_size\":\"1:1\",\"output_format\":\"jpeg\""},
        {"google/nano-banana-edit", "\"image_urls\":[\"https://x.example/a\"],"
                                    "\"image_size\":\"1:1\",\"output_format\":\"jpeg\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ask ask = {.model = model_find(&provider_kie, cases[i].model),
                          .prompt = "p",
                          .aspect = "1:1",
                          .format = "jpg",
                          .references = &reference,
                          .reference_count = 1};
        struct arena *arena = arena_new();
        struct buffer wanted = {0};
        buffer_format(&wanted,
                      "POST https://api.example/api/v1/jobs/createTask\n"
                      "key: Authorization: Bearer \ntype: application/json\n"
                      "{\"model\":\"%s\",\"input\":{\"prompt\":\"p\",%s}}",
                      cases[i].model, cases[i].input);
        assert_request(write_submit, &ask, wanted.data);
        buffer_free(&wanted);
        arena_free(arena);
    }
}

static enum status write_poll(void *data, struct arena *arena, struct http_ask *out,
                              struct error *error)
{
    return kie_poll(&endpoint, data, arena, out, error);
}

static enum status write_refresh(void *data, struct arena *arena, struct http_ask *out,
                                 struct error *error)
{
    return kie_refresh(&endpoint, data, arena, out, error);
}

static enum status write_credit(void *data, struct arena *arena, struct http_ask *out,
                                struct error *error)
{
    (void)data;
    return kie_credit(&endpoint, arena, out, error);
}

static enum status write_upload(void *data, struct arena *arena, struct http_ask *out,
                                struct error *error)
{
    return kie_upload(&endpoint, data, arena, out, error);
}

static void questions_are_written(void **state)
{
    (void)state;
    char task[] = "a&b=#é";
    assert_request(write_poll, task,
                   "GET https://api.example/api/v1/jobs/recordInfo?taskId=a%26b%3D%23%C3%A9\n"
                   "key: Authorization: Bearer \n");
    char url[] = "https://x.example/a?b";
    assert_request(write_refresh, url,
                   "POST https://api.example/api/v1/common/download-url\n"
                   "key: Authorization: Bearer \ntype: application/json\n"
                   "{\"url\":\"https://x.example/a?b\"}");
    assert_request(write_credit, NULL,
                   "GET https://api.example/api/v1/chat/credit\nkey: Authorization: Bearer \n");
}

static void small_files_go_as_json(void **state)
{
    (void)state;
    struct reference reference = {
        .name = "a.png", .bytes = "picture", .size = 7, .format = FORMAT_PNG};
    char hash[33];
    hash_text(hash_bytes("picture", 7), hash);
    struct buffer wanted = {0};
    buffer_format(
        &wanted,
        "POST https://upload.example/api/file-base64-upload\n"
        "key: Authorization: Bearer \ntype: application/json\n"
        "{\"base64Data\":\"data:image/png;base64,cGljdHVyZQ==\",\"uploadPath\":\"picset\","
        "\"fileName\":\"%s.png\"}",
        hash);
    assert_request(write_upload, &reference, wanted.data);
    buffer_free(&wanted);
}

static void large_files_go_as_a_form(void **state)
{
    (void)state;
    size_t size = 10 * 1000 * 1000 + 1;
    char *bytes = test_calloc(1, size);
    char hash[33];
    struct reference reference = {
        .name = "a.jpg", .bytes = bytes, .size = size, .format = FORMAT_JPEG};
    struct arena *arena = arena_new();
    struct http_ask http;
    struct error error = {0};
    struct buffer head = {0};
    bytes[size - 1] = 'E';
    hash_text(hash_bytes(bytes, size), hash);
    assert_int_equal(kie_upload(&endpoint, &reference, arena, &http, &error), STATUS_OK);
    assert_string_equal(http.url, "https://upload.example/api/file-stream-upload");
    const char *boundary = strstr(http.content_type, "boundary=") + strlen("boundary=");
    buffer_format(&head,
                  "--%s\r\nContent-Disposition: form-data; name=\"uploadPath\"\r\n\r\npicset\r\n"
                  "--%s\r\nContent-Disposition: form-data; name=\"fileName\"\r\n\r\n%s.jpg\r\n"
                  "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s.jpg\"\r\n"
                  "Content-Type: image/jpeg\r\n\r\n",
                  boundary, boundary, hash, boundary, hash);
    assert_memory_equal(http.body, head.data, head.size);
    assert_memory_equal((const char *)http.body + head.size, bytes, size);
    buffer_clear(&head);
    buffer_format(&head, "\r\n--%s--\r\n", boundary);
    assert_memory_equal((const char *)http.body + http.body_size - head.size, head.data, head.size);
    buffer_free(&head);
    arena_free(arena);
    test_free(bytes);
}

static void a_reference_must_be_uploaded(void **state)
{
    (void)state;
    struct reference reference = {
        .name = "a.png", .bytes = "picture", .size = 7, .format = FORMAT_PNG};
    struct ask ask = {.model = model_find(&provider_kie, "nano-banana-2"),
                      .prompt = "p",
                      .references = &reference,
                      .reference_count = 1};
    struct arena *arena = arena_new();
    struct http_ask http;
    struct error error = {0};
    kie_submit(&endpoint, &ask, arena, &http, &error);
    assert_error_text(&error, STATUS_USAGE, "reference 'a.png' was not uploaded");
    arena_free(arena);
}

/* ---- Answers
 * --------------------------------------------------------------------------------------- */

static const struct answer_case created[] = {
    {"accepted", 200,
     "{\"code\":200,\"msg\":\"success\",\"data\":{\"taskId\":\"09e4\",\"recordId\":\"09e4\"}}",
     "TASK task=09e4 code=200"},
    {"a record only", 200, "{\"code\":200,\"msg\":\"success\",\"data\":{\"recordId\":\"09e4\"}}",
     "TASK task=09e4 code=200"},
    {"a task despite a code", 200,
     "{\"code\":500,\"msg\":\"Server busy.\",\"data\":{\"taskId\":\"09e4\"}}",
     "TASK task=09e4 code=500: Server busy"},
    {"a record despite a code", 200,
     "{\"code\":505,\"msg\":\"off\",\"data\":{\"recordId\":\"09e4\"}}", "FAILED code=505: off"},
    {"no id", 200, "{\"code\":200,\"msg\":\"success\",\"data\":{\"taskId\":\"\"}}",
     "UNKNOWN code=200: the answer names no task"},
    {"an id that is no id", 200, "{\"code\":200,\"data\":{\"taskId\":\"a b\"}}",
     "UNKNOWN code=200: the answer names no task"},
    {"null data", 200, "{\"code\":200,\"msg\":\"success\",\"data\":null}",
     "UNKNOWN code=200: the answer names no task"},
    {"data is a text", 200, "{\"code\":200,\"data\":\"x\"}",
     "UNKNOWN code=200: the answer names no task"},
    {"invalid on http 200", 200, "{\"code\":422,\"msg\":\"url is wrong\",\"data\":null}",
     "FAILED code=422: url is wrong"},
    {"message for msg", 422, "{\"code\":422,\"message\":\"model x is not supported\"}",
     "FAILED code=422: model x is not supported; the model may be retired"},
    {"code as a text", 200, "{\"code\":\"422\",\"msg\":null}",
     "FAILED code=422: the request is invalid"},
    {"refused", 400, "{\"code\":400,\"msg\":\"Your prompt was flagged as SENSITIVE.\"}",
     "REFUSED code=400: Your prompt was flagged as SENSITIVE"},
    {"500 of validation", 200, "{\"code\":500,\"msg\":\"This field is required\",\"data\":null}",
     "FAILED code=500: This field is required"},
    {"500 of an enumeration", 200,
     "{\"code\":500,\"msg\":\"aspect_ratio is not within the range of allowed options\"}",
     "FAILED code=500: aspect_ratio is not within the range of allowed options"},
    {"500 of policy", 200, "{\"code\":500,\"msg\":\"content_policy\"}",
     "REFUSED code=500: content_policy"},
    {"500 of who knows what", 200, "{\"code\":500,\"msg\":\"Server exception\"}",
     "UNKNOWN code=500: Server exception"},
    {"500 without words", 500, "{\"code\":500,\"msg\":\"\"}",
     "UNKNOWN code=500: the service failed"},
    {"502 in HTML", 502, "<html><h1>502 Bad Gateway</h1></html>",
     "UNKNOWN code=http 502: the service failed"},
    {"503", 503, "", "UNKNOWN code=http 503: the service failed"},
    {"key", 401, "{\"code\":401,\"msg\":\"You do not have access permissions\"}",
     "STOP code=401: You do not have access permissions"},
    {"key on http 200", 200, "{\"code\":401,\"message\":\"\"}",
     "STOP code=401: the key is wrong, or not allowed here"},
    {"credit", 200, "{\"code\":402,\"msg\":\"Insufficient credits\"}",
     "STOP code=402: Insufficient credits"},
    {"the key's limit", 200, "{\"code\":433,\"msg\":null}",
     "STOP code=433: the key's own limit is used up"},
    {"Cloudflare", 403, "error code: 1010", "STOP code=http 403: access is forbidden"},
    {"rate", 429, "{\"code\":429,\"msg\":\"rate limited\"}",
     "RETRY code=429 retry=10 pause: rate limited"},
    {"rate on http 200", 200, "{\"code\":429}", "RETRY code=429 retry=10 pause: too many requests"},
    {"maintenance", 200, "{\"code\":455,\"msg\":\"maintenance\"}",
     "RETRY code=455 retry=120 pause: maintenance"},
    {"generation failed", 200, "{\"code\":501,\"msg\":\"Generation Failed\"}",
     "FAILED code=501: Generation Failed"},
    {"disabled", 200, "{\"code\":505}", "FAILED code=505: the service cannot do this"},
    {"not found", 404, "<html>", "FAILED code=http 404: the service cannot do this"},
    {"code 200 under http 500", 500, "{\"code\":200,\"msg\":\"success\",\"data\":null}",
     "UNKNOWN code=500: success"},
    {"redirect", 301, "",
     "STOP code=http 301: the service sends elsewhere; is the base URL right?"},
    {"a code of their own", 200, "{\"code\":777,\"msg\":\"what?\"}", "UNKNOWN code=777: what?"},
    {"no envelope", 200, "[]", "UNKNOWN code=http 200: the answer names no task"},
    {"cut", 200, "{\"code\":200,\"data\":{\"taskId\":\"09e4",
     "UNKNOWN code=http 200: the answer names no task"},
    {"nothing", 200, "", "UNKNOWN code=http 200: the answer names no task"},
    {"not sent", -HTTP_NOT_SENT, NULL, "RETRY code=not sent: the service was not reached"},
    {"no answer", -HTTP_UNKNOWN, NULL, "UNKNOWN code=no answer: no whole answer came"},
    {"too large", -HTTP_TOO_LARGE, NULL, "UNKNOWN code=too large: the answer is too large"},
    {"forbidden", -HTTP_FORBIDDEN, NULL, "STOP code=forbidden: the address is not allowed"},
    {"stopped", -HTTP_STOPPED, NULL, "UNKNOWN code=stopped: stopped before an answer came"},
    {0}};

static void creates(void **state)
{
    (void)state;
    assert_answers(kie_submitted, true, created);
}

static void pauses_as_long_as_told(void **state)
{
    (void)state;
    static const struct answer_case seconds_33[] = {
        {"rate", 429, "{\"code\":429}", "RETRY code=429 retry=33 pause: too many requests"},
        {"maintenance", 455, "{}",
         "RETRY code=http 455 retry=120 pause: the service is under maintenance"},
        {0}};
    static const struct answer_case seconds_1[] = {
        {"rate", 429, "", "RETRY code=http 429 retry=10 pause: too many requests"}, {0}};
    assert_answers_after(kie_submitted, true, 33, seconds_33);
    assert_answers_after(kie_polled, false, 33, seconds_33);
    assert_answers_after(kie_submitted, true, 1, seconds_1);
}

#define RECORD(state_)                                                                             \
    "{\"code\":200,\"msg\":\"success\",\"data\":{\"taskId\":\"330a\"," state_ "}}"

static const struct answer_case polled[] = {
    {"generating, as recorded", 200,
     RECORD("\"model\":\"m\",\"state\":\"generating\",\"param\":\"{\\\"input\\\":\\\"{"
            "\\\\\\\"aspect"
            "\\\\\\\":1}\\\"}\",\"resultJson\":\"\",\"failCode\":null,\"failMsg\":null,"
            "\"costTime\":null,\"completeTime\":null,\"createTime\":1776862567160"),
     "RUNNING task=330a"},
    {"waiting; its 0 credits are not its price", 200,
     RECORD("\"state\":\"waiting\",\"creditsConsumed\":0.0,\"progress\":40"),
     "RUNNING task=330a progress=40"},
    {"queuing", 200, RECORD("\"state\":\"queuing\",\"progress\":null"), "RUNNING task=330a"},
    {"a new state", 200, RECORD("\"state\":\"dreaming\",\"progress\":\"7\""),
     "RUNNING task=330a progress=7"},
    {"a progress that is none", 200, RECORD("\"state\":\"queuing\",\"progress\":1e99"),
     "RUNNING task=330a"},
    {"success", 200,
     RECORD("\"state\":\"success\",\"resultJson\":\"{\\\"resultUrls\\\":[\\\"https://a.example/"
            "1.png\\\"]}\",\"costTime\":55,\"creditsConsumed\":6.0"),
     "IMAGE task=330a urls=https://a.example/1.png cost=6"},
    {"result as an object, several links", 200,
     RECORD("\"state\":\"success\",\"resultJson\":{\"resultUrls\":[\"https://a.example/1.png\","
            "null,\"ftp://x\",\"\",{\"url\":\"https://a.example/2.png\"}]}"),
     "IMAGE task=330a urls=https://a.example/1.png,https://a.example/2.png"},
    {"one link", 200,
     RECORD("\"state\":\"success\",\"resultJson\":{\"resultUrl\":\"https://a.example/1.png\"}"),
     "IMAGE task=330a urls=https://a.example/1.png"},
    {"broken result", 200, RECORD("\"state\":\"success\",\"resultJson\":\"{\\\"resultUrls\""),
     "RETRY task=330a code=success: the result cannot be read"},
    {"result not there yet", 200, RECORD("\"state\":\"success\",\"resultJson\":null"),
     "RETRY task=330a code=success: the result cannot be read"},
    {"no link", 200, RECORD("\"state\":\"success\",\"resultJson\":\"{\\\"resultObject\\\":{}}\""),
     "FAILED task=330a code=success: the task ended without an image"},
    {"refused", 200,
     RECORD("\"state\":\"fail\",\"resultJson\":\"\",\"failCode\":\"422\",\"failMsg\":\"Invalid "
            "prompt: prompt contains prohibited content\""),
     "REFUSED task=330a code=422: Invalid prompt: prompt contains prohibited content"},
    {"flagged", 200,
     RECORD("\"state\":\"fail\",\"failCode\":422,\"failMsg\":\"CONTENT_POLICY_BLOCKED: the input "
            "was flagged.\""),
     "REFUSED task=330a code=422: CONTENT_POLICY_BLOCKED: the input was flagged"},
    {"failed", 200,
     RECORD("\"state\":\"fail\",\"failCode\":\"500\",\"failMsg\":\"Internal Error, Please try "
            "again "
            "later.\",\"creditsConsumed\":0"),
     "FAILED task=330a code=500: Internal Error, Please try again later"},
    {"failed without words", 200, RECORD("\"state\":\"fail\",\"failCode\":null,\"failMsg\":null"),
     "FAILED task=330a code=fail: the task failed"},
    {"failed in the envelope, too", 200,
     "{\"code\":501,\"msg\":\"Generation "
     "Failed\",\"data\":{\"state\":\"fail\",\"failMsg\":\"\"}}",
     "FAILED code=fail: Generation Failed"},
    {"no state", 200, RECORD("\"model\":\"m\""),
     "RETRY task=330a code=200: the answer cannot be read"},
    {"null state", 200, RECORD("\"state\":null"),
     "RETRY task=330a code=200: the answer cannot be read"},
    {"unknown task", 200, "{\"code\":200,\"msg\":\"success\",\"data\":null}",
     "MISSING code=200: success"},
    {"404", 404, "{\"code\":404,\"msg\":\"Task not found\"}", "MISSING code=404: Task not found"},
    {"422 of no record", 200, "{\"code\":422,\"msg\":\"recordInfo is null\"}",
     "MISSING code=422: recordInfo is null"},
    {"404 of somebody else", 404, "<html>", "RETRY code=http 404: the service cannot do this"},
    {"no task asked", 200, "{\"code\":400,\"msg\":\"taskId parameter is required\"}",
     "FAILED code=400: taskId parameter is required"},
    {"key", 401, "{\"code\":401,\"msg\":\"Unauthorized\"}", "STOP code=401: Unauthorized"},
    {"rate", 429, "{\"code\":429,\"msg\":\"Rate limit exceeded\"}",
     "RETRY code=429 retry=10 pause: Rate limit exceeded"},
    {"500", 500, "{\"code\":500,\"msg\":\"This field is required\"}",
     "RETRY code=500: This field is required"},
    {"502 in HTML", 502, "<html>", "RETRY code=http 502: the service failed"},
    {"not JSON", 200, "OK", "RETRY code=http 200: the answer cannot be read"},
    {"cut", 200, "{\"code\":200,\"data\":{\"state\":\"success\"",
     "RETRY code=http 200: the answer cannot be read"},
    {"a number too large", 200, RECORD("\"state\":\"success\",\"createTime\":1e999"),
     "RETRY code=http 200: the answer cannot be read"},
    {"no answer", -HTTP_UNKNOWN, NULL, "RETRY code=no answer: no whole answer came"},
    {0}};

static void polls(void **state)
{
    (void)state;
    assert_answers(kie_polled, false, polled);
}

static void links(void **state)
{
    (void)state;
    static const struct answer_case cases[] = {
        {"a link", 200, "{\"code\":200,\"msg\":\"success\",\"data\":\"https://a.example/n\"}",
         "URL urls=https://a.example/n"},
        {"not theirs", 200, "{\"code\":422,\"msg\":\"url is wrong\",\"data\":null}",
         "FAILED code=422: url is wrong"},
        {"no link", 200, "{\"code\":200,\"data\":null}",
         "FAILED code=200: the answer holds no link"},
        {"a link that is none", 200, "{\"code\":200,\"data\":\"file:///etc/passwd\"}",
         "FAILED code=200: the answer holds no link"},
        {"a link with a line in it", 200, "{\"code\":200,\"data\":\"https://a.example/\\r\\nx\"}",
         "FAILED code=200: the answer holds no link"},
        {"not JSON", 200, "x", "RETRY code=http 200: the answer cannot be read"},
        {"no answer", -HTTP_UNKNOWN, NULL, "RETRY code=no answer: no whole answer came"},
        {0}};
    assert_answers(kie_refreshed, false, cases);
}

static void uploads(void **state)
{
    (void)state;
    static const struct answer_case cases[] = {
        {"as recorded", 200,
         "{\"success\":true,\"code\":200,\"msg\":\"File uploaded "
         "successfully\",\"data\":{\"success\":"
         "true,\"fileName\":\"x.png\",\"downloadUrl\":\"https://a.example/"
         "x.png\",\"fileSize\":70}}",
         "URL urls=https://a.example/x.png"},
        {"as in the quickstart", 200,
         "{\"success\":true,\"code\":200,\"data\":{\"fileId\":\"1\",\"downloadUrl\":null,"
         "\"fileUrl\":"
         "\"https://a.example/x.png\"}}",
         "URL urls=https://a.example/x.png"},
        {"wrong", 200,
         "{\"success\":false,\"code\":400,\"msg\":\"Missing required parameter: uploadPath\"}",
         "FAILED code=400: Missing required parameter: uploadPath"},
        {"key", 401,
         "{\"success\":false,\"code\":401,\"msg\":\"Authentication failed: Invalid API Key\"}",
         "STOP code=401: Authentication failed: Invalid API Key"},
        {"method", 405, "", "FAILED code=http 405: the service cannot do this"},
        {"500", 500, "{\"success\":false,\"code\":500,\"msg\":\"\"}",
         "RETRY code=500: the service failed"},
        {"no link", 200, "{\"code\":200,\"data\":{}}", "FAILED code=200: the answer holds no link"},
        {0}};
    assert_answers(kie_uploaded, false, cases);
}

static void credits(void **state)
{
    (void)state;
    static const struct answer_case cases[] = {
        {"as recorded", 200, "{\"code\":200,\"msg\":\"success\",\"data\":5916.25}",
         "CREDIT cost=5916.25"},
        {"whole", 200, "{\"code\":200,\"msg\":\"success\",\"data\":0}", "CREDIT cost=0"},
        {"null", 200, "{\"code\":200,\"data\":null}", "RETRY code=200: the answer cannot be read"},
        {"key", 200, "{\"code\":401,\"msg\":\"no\"}", "STOP code=401: no"},
        {0}};
    assert_answers(kie_credited, false, cases);
}

static void no_key_is_shown(void **state)
{
    (void)state;
    static const struct answer_case cases[] = {
        {"hexadecimal", 401,
         "{\"code\":401,\"msg\":\"wrong key 00ff00ff00ff00ff00ff00ff00ff00ff\\nof "
         "nano-banana-2-lite.\"}",
         "STOP code=401: wrong key … of nano-banana-2-lite"},
        {"a prefix", 401, "{\"code\":401,\"msg\":\"sk-abcdefgh***yz, gemini-3-pro-image-preview\"}",
         "STOP code=401: …, gemini-3-pro-image-preview"},
        {"a terminal's control", 401, "{\"code\":401,\"msg\":\"\\u001b[31mred\"}",
         "STOP code=401: \\x1b[31mred"},
        {0}};
    assert_answers(kie_submitted, true, cases);
}

/* ---- Callbacks
 * --------------------------------------------------------------------------------------- */

#define TASK "ee9c2715375b7837f8bb51d641ff5863"
static const char signature[] = "ZSz3IIsRnzzqwW4sS0laO7mc3nIpiLgCwWT++NgKmX4=";

static enum status call(const char *key, int64_t now, const char *timestamp, const char *signed_as,
                        const char *body, const char *task, struct error *error)
{
    struct arena *arena = arena_new();
    const char *named = NULL;
    *error = (struct error){0};
    enum status status =
        kie_callback(key, now, timestamp, signed_as, body, strlen(body), arena, &named, error);
    if (status == STATUS_OK) {
        assert_string_equal(named, task);
    } else {
        assert_null(named);
    }
    arena_free(arena);
    return status;
}

static void signed_callbacks_are_taken(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{\"taskId\":\"x\",\"code\":200,\"data\":{\"task_id\":\"" TASK "\",\"state\":\"success\"}}",
        "{\"data\":{\"taskId\":\"" TASK "\"}}",
        "{\"taskId\":\"" TASK "\",\"data\":null}",
        "{\"taskId\":\"" TASK "\"}",
    };
    struct error error;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        for (int64_t now = 1769670760 - 300; now <= 1769670760 + 300; now += 300) {
            assert_int_equal(
                call("test-webhook-key", now, "1769670760", signature, bodies[i], TASK, &error),
                STATUS_OK);
        }
    }
}

static void wrong_callbacks_are_not(void **state)
{
    (void)state;
    static const char body[] = "{\"data\":{\"task_id\":\"" TASK "\"}}";
    static const char wrong[] = "ZSz3IIsRnzzqwW4sS0laO7mc3nIpiLgCwWT++NgKmX8=";
    static const struct {
        const char *key, *timestamp, *signature, *body, *message;
        int64_t now;
        enum status status;
    } cases[] = {
        {"k", NULL, signature, body, "the callback is not signed", 0, STATUS_REFUSED},
        {"k", "1769670760", NULL, body, "the callback is not signed", 0, STATUS_REFUSED},
        {"test-webhook-key", "1769670760", wrong, body, "the callback's signature is wrong",
         1769670760, STATUS_REFUSED},
        {"other", "1769670760", signature, body, "the callback's signature is wrong", 1769670760,
         STATUS_REFUSED},
        {"", "1769670760", signature, body, "the callback's signature is wrong", 1769670760,
         STATUS_REFUSED},
        {NULL, "1769670760", signature, body, "the callback's signature is wrong", 1769670760,
         STATUS_REFUSED},
        {"test-webhook-key", "1769670761", signature, body, "the callback's signature is wrong",
         1769670760, STATUS_REFUSED},
        {"test-webhook-key", "1769670760", signature, "{\"taskId\":\"other\"}",
         "the callback's signature is wrong", 1769670760, STATUS_REFUSED},
        {"test-webhook-key", "1769670760", signature, body,
         "the callback is 301 s from now; at most 300 are allowed", 1769670760 + 301, STATUS_CHECK},
        {"test-webhook-key", "1769670760", signature, body,
         "the callback is 301 s from now; at most 300 are allowed", 1769670760 - 301, STATUS_CHECK},
        {"test-webhook-key", "-1769670760", signature, body, "the callback is malformed", 0,
         STATUS_USAGE},
        {"test-webhook-key", "99999999999999999999", signature, body, "the callback is malformed",
         0, STATUS_USAGE},
        {"test-webhook-key", "", signature, body, "the callback is malformed", 0, STATUS_USAGE},
        {"test-webhook-key", "1769670760", signature, "{", "the callback is no JSON", 0,
         STATUS_USAGE},
        {"test-webhook-key", "1769670760", signature, "", "the callback is no JSON", 0,
         STATUS_USAGE},
        {"test-webhook-key", "1769670760", signature, "[1]", "the callback names no task", 0,
         STATUS_USAGE},
        {"test-webhook-key", "1769670760", signature, "{\"data\":{\"task_id\":7}}",
         "the callback names no task", 0, STATUS_USAGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error;
        call(cases[i].key, cases[i].now, cases[i].timestamp, cases[i].signature, cases[i].body,
             NULL, &error);
        assert_error_text(&error, cases[i].status, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_are_written),
        cmocka_unit_test(each_model_has_its_fields),
        cmocka_unit_test(questions_are_written),
        cmocka_unit_test(small_files_go_as_json),
        cmocka_unit_test(large_files_go_as_a_form),
        cmocka_unit_test(a_reference_must_be_uploaded),
        cmocka_unit_test(creates),
        cmocka_unit_test(pauses_as_long_as_told),
        cmocka_unit_test(polls),
        cmocka_unit_test(links),
        cmocka_unit_test(uploads),
        cmocka_unit_test(credits),
        cmocka_unit_test(no_key_is_shown),
        cmocka_unit_test(signed_callbacks_are_taken),
        cmocka_unit_test(wrong_callbacks_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
