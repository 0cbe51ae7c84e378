/* SPDX-License-Identifier: MIT
 * OpenAI's Images API: requests to the letter, and what every answer means. */
#include "support.h"

#include <string.h>

#include "answers.h"
#include "generate/openai.h"

extern const struct provider provider_openai;

static struct endpoint endpoint = {"https://api.example", NULL};

/* ---- Requests
 * -------------------------------------------------------------------------------------- */

static enum status write_submit(void *data, struct arena *arena, struct http_ask *out,
                                struct error *error)
{
    return openai_submit(&endpoint, data, arena, out, error);
}

#define HEAD(path_)                                                                                \
    "POST https://api.example" path_ "\nkey: Authorization: Bearer \ntype: application/json\n"

static void asks_are_written(void **state)
{
    (void)state;
    struct ask ask = {.model = model_find(&provider_openai, NULL), .prompt = "a \"red\" apple"};
    assert_request(
        write_submit, &ask,
        HEAD("/v1/images/generations") "{\"model\":\"gpt-image-2\",\"prompt\":\"a \\\"red\\\" "
                                       "apple\",\"size\":"
                                       "\"1024x1024\",\"output_format\":\"png\",\"n\":1}");
    ask.aspect = "9:16";
    ask.size = "4K";
    ask.format = "jpg";
    assert_request(
        write_submit, &ask,
        HEAD("/v1/images/generations") "{\"model\":\"gpt-image-2\",\"prompt\":\"a \\\"red\\\" "
                                       "apple\",\"size\":"
                                       "\"2160x3840\",\"output_format\":\"jpeg\",\"n\":1}");
    ask = (struct ask){
        .model = model_find(&provider_openai, "gpt-image-1"), .prompt = "p", .aspect = "auto"};
    assert_request(write_submit, &ask,
                   HEAD("/v1/images/generations") "{\"model\":\"gpt-image-1\",\"prompt\":\"p\","
                                                  "\"size\":\"auto\",\"output_format\":"
                                                  "\"png\",\"n\":1}");
}

static void other_servers_are_asked(void **state)
{
    (void)state;
    static const char *const sizes[] = {"640x480", NULL};
    struct model model = {.name = "flux",
                          .sizes = sizes,
                          .size_default = "640x480",
                          .aspect_default = "4:3",
                          .field_aspect = "aspect_ratio",
                          .field_size = "size"};
    struct ask ask = {.model = &model, .prompt = "p"};
    endpoint.base_url = "http://localhost:8080/api/v2";
    assert_request(write_submit, &ask,
                   "POST http://localhost:8080/api/v2/images/generations\n"
                   "key: Authorization: Bearer \ntype: application/json\n"
                   "{\"model\":\"flux\",\"prompt\":\"p\",\"aspect_ratio\":\"4:3\",\"size\":"
                   "\"640x480\",\"n\":1}");
    endpoint.base_url = "https://api.example";
}

static void references_go_as_a_form(void **state)
{
    (void)state;
    static const struct reference references[] = {
        {.name = "a\".png", .bytes = "pic\0ture", .size = 8, .format = FORMAT_PNG},
        {.name = "b", .bytes = "xyz", .size = 3, .format = FORMAT_JPEG}};
    struct ask ask = {.model = model_find(&provider_openai, "gpt-image-1.5"),
                      .prompt = "é\n",
                      .aspect = "3:2",
                      .format = "webp",
                      .references = references,
                      .reference_count = 2};
    struct arena *arena = arena_new();
    struct http_ask http;
    struct error error = {0};
    struct buffer wanted = {0};
    assert_int_equal(openai_submit(&endpoint, &ask, arena, &http, &error), STATUS_OK);
    assert_string_equal(http.url, "https://api.example/v1/images/edits");
    const char *line = strstr(http.content_type, "boundary=") + strlen("boundary=");
    static const char *const fields[][2] = {{"model", "gpt-image-1.5"},
                                            {"prompt", "é\n"},
                                            {"size", "1536x1024"},
                                            {"output_format", "webp"}};
    for (size_t i = 0; i < 4; i++) {
        buffer_format(&wanted, "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n",
                      line, fields[i][0], fields[i][1]);
    }
    buffer_format(&wanted,
                  "--%s\r\nContent-Disposition: form-data; name=\"image[]\"; "
                  "filename=\"reference-1.png\"\r\nContent-Type: image/png\r\n\r\n",
                  line);
    buffer_bytes(&wanted, "pic\0ture", 8);
    buffer_format(
        &wanted,
        "\r\n--%s\r\nContent-Disposition: form-data; name=\"image[]\"; "
        "filename=\"reference-2.jpg\"\r\nContent-Type: image/jpeg\r\n\r\nxyz\r\n--%s--\r\n",
        line, line);
    assert_int_equal(http.body_size, wanted.size);
    assert_memory_equal(http.body, wanted.data, wanted.size);
    buffer_free(&wanted);
    arena_free(arena);
}

static bool write_form_short(void *data)
{
    struct arena *arena = arena_new();
    struct http_ask http = {.method = "untouched"};
    struct error error = {0};
    bool done = arena && openai_submit(&endpoint, data, arena, &http, &error) == STATUS_OK;
    assert_true(done || !arena || error.status == STATUS_FAILED);
    assert_true(done || strcmp(http.method, "untouched") == 0);
    arena_free(arena);
    return done;
}

static void forms_without_memory(void **state)
{
    (void)state;
    struct reference reference = {.name = "a", .bytes = "xyz", .size = 3, .format = FORMAT_JPEG};
    struct ask ask = {.model = model_find(&provider_openai, NULL),
                      .prompt = "p",
                      .references = &reference,
                      .reference_count = 1};
    assert_true(support_each_allocation(write_form_short, &ask) >= 2);
    reference = (struct reference){.name = "a", .url = "https://x.example/a"};
    struct arena *arena = arena_new();
    struct http_ask http;
    struct error error = {0};
    openai_submit(&endpoint, &ask, arena, &http, &error);
    assert_error_text(&error, STATUS_USAGE,
                      "reference 'a' is a URL, and this service takes files only");
    arena_free(arena);
}

/* ---- Answers
 * --------------------------------------------------------------------------------------- */

static const struct answer_case images[] = {
    {"as recorded", 200,
     "{\"created\":1776916481,\"background\":\"opaque\",\"data\":[{\"b64_json\":\"cGljdHVyZQ==\"}],"
     "\"output_format\":\"png\",\"usage\":{\"total_tokens\":1797}}",
     "IMAGE bytes=picture mime=image/png"},
    {"no format", 200, "{\"data\":[{\"b64_json\":\"cGljdHVyZQ\",\"url\":null}]}",
     "IMAGE bytes=picture"},
    {"links", 200,
     "{\"data\":[{\"url\":\"https://a.example/1\"},{\"url\":\"javascript:1\"},{\"b64_json\":null,"
     "\"url\":\"http://a.example/2\"}]}",
     "IMAGE urls=https://a.example/1,http://a.example/2"},
    {"a data URL", 200, "{\"data\":[{\"url\":\"data:image\\/jpeg;base64,cGljdHVyZQ==\"}]}",
     "IMAGE bytes=picture mime=image/jpeg"},
    {"a data URL for base64", 200,
     "{\"data\":[{\"b64_json\":\"data:image/webp;base64,cGljdHVyZQ==\"}]}",
     "IMAGE bytes=picture mime=image/webp"},
    {"a data URL that is none", 200, "{\"data\":[{\"url\":\"data:image/png,cGlj\"}]}",
     "UNKNOWN code=broken image: the image in the answer is broken"},
    {"broken", 200, "{\"data\":[{\"b64_json\":\"c\"}]}",
     "UNKNOWN code=broken image: the image in the answer is broken"},
    {"empty", 200, "{\"data\":[]}", "FAILED code=NO_IMAGE: the answer holds no image"},
    {"nothing in it", 200, "{\"data\":[{},7]}", "FAILED code=NO_IMAGE: the answer holds no image"},
    {"nothing", 200, "", "UNKNOWN: the answer cannot be read"},
    {"no JSON", 200, "<html>", "UNKNOWN: the answer cannot be read"},
    {"cut", 200, "{\"data\":[{\"b64_json\":\"cGljdHV", "UNKNOWN: the answer cannot be read"},
    {"no answer", -HTTP_UNKNOWN, NULL, "UNKNOWN code=no answer: no whole answer came"},
    {0}};

#define ERROR(message_, type_, code_)                                                              \
    "{\"error\":{\"message\":\"" message_ "\",\"type\":\"" type_                                   \
    "\",\"param\":null,\"code\":" code_ "}}"

static const struct answer_case errors[] = {
    {"refused", 400,
     ERROR("Your request was rejected by the safety system.", "image_generation_user_error",
           "\"moderation_blocked\""),
     "REFUSED code=moderation_blocked: Your request was rejected by the safety system"},
    {"refused in words", 400, ERROR("safety", "user_error", "null"),
     "REFUSED code=user_error: safety"},
    {"refused by others", 403, ERROR("", "", "\"content_filter\""),
     "REFUSED code=content_filter: the prompt was refused"},
    {"invalid", 400, ERROR("Invalid size.", "invalid_request_error", "\"invalid_value\""),
     "FAILED code=invalid_value: Invalid size"},
    {"quota", 429,
     ERROR("You exceeded your current quota.", "insufficient_quota", "\"insufficient_quota\""),
     "STOP code=insufficient_quota: You exceeded your current quota"},
    {"quota as a type", 429, ERROR("q", "insufficient_quota", "null"),
     "STOP code=insufficient_quota: q"},
    {"hard limit", 400,
     ERROR("Billing hard limit has been reached", "", "\"billing_hard_limit_reached\""),
     "STOP code=billing_hard_limit_reached: Billing hard limit has been reached"},
    {"rate", 429, ERROR("Rate limit reached", "requests", "\"rate_limit_exceeded\""),
     "RETRY code=rate_limit_exceeded pause: Rate limit reached"},
    {"key", 401, ERROR("Incorrect API key provided: sk-abcde***wxyz.", "", "\"invalid_api_key\""),
     "STOP code=invalid_api_key: Incorrect API key provided: …"},
    {"key without a body", 401, "", "STOP code=http 401: the key is wrong, or not allowed here"},
    {"not verified", 403, ERROR("Your organization must be verified", "", "null"),
     "STOP code=http 403: Your organization must be verified"},
    {"credit", 402, "{\"error\":{\"message\":\"Insufficient credits\",\"code\":402}}",
     "STOP code=http 402: Insufficient credits"},
    {"retired", 404, ERROR("The model 'x' does not exist.", "", "\"model_not_found\""),
     "FAILED code=model_not_found: The model 'x' does not exist; the model may be retired"},
    {"a word", 500, "{\"error\":\"overloaded\"}", "RETRY code=http 500: overloaded"},
    {"a detail", 422,
     "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"field required\",\"type\":\"missing\"}]}",
     "FAILED code=missing: field required"},
    {"a detail as a text", 422, "{\"detail\":\"no\"}", "FAILED code=http 422: no"},
    {"a message", 413, "{\"message\":\"too large\"}", "FAILED code=http 413: too large"},
    {"502", 502, "<html>", "RETRY code=http 502: the service failed"},
    {"503", 503, "", "RETRY code=http 503: the service failed"},
    {"a gateway's patience", 504, "<html>", "UNKNOWN code=http 504: the service failed"},
    {"Cloudflare's patience", 524, "", "UNKNOWN code=http 524: the service failed"},
    {"an error under 200", 200, ERROR("what?", "", "\"odd\""), "UNKNOWN code=odd: what?"},
    {"redirect", 308, "",
     "STOP code=http 308: the service sends elsewhere; is the base URL right?"},
    {0}};

static void images_are_found(void **state)
{
    (void)state;
    assert_answers(openai_submitted, true, images);
}

static void errors_are_told_apart(void **state)
{
    (void)state;
    static const struct answer_case header[] = {
        {"rate", 429, "", "RETRY code=http 429 retry=20 pause: too many requests"},
        {"503", 503, "", "RETRY code=http 503 retry=20: the service failed"},
        {0}};
    assert_answers(openai_submitted, true, errors);
    assert_answers_after(openai_submitted, true, 20, header);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_are_written),        cmocka_unit_test(other_servers_are_asked),
        cmocka_unit_test(references_go_as_a_form), cmocka_unit_test(forms_without_memory),
        cmocka_unit_test(images_are_found),        cmocka_unit_test(errors_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
