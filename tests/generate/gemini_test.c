/* SPDX-License-Identifier: MIT
 * Google's generateContent: requests to the letter, and what every answer means. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "generate/gemini.h"
#include "text.h"

extern const struct provider provider_gemini;

static const struct endpoint endpoint = {"https://api.example", NULL};

/* ---- Requests
 * -------------------------------------------------------------------------------------- */

static enum status write_submit(void *data, struct arena *arena, struct http_ask *out,
                                struct error *error)
{
    return gemini_submit(&endpoint, data, arena, out, error);
}

#define HEAD(model_)                                                                               \
    "POST https://api.example/v1beta/models/" model_ ":generateContent\nkey: x-goog-api-key: \n"   \
    "type: application/json\n"

static void asks_are_written(void **state)
{
    (void)state;
    static const struct reference references[] = {
        {.name = "a.png", .bytes = "picture", .size = 7, .format = FORMAT_PNG},
        {.name = "b.jpg", .bytes = "xyz", .size = 3, .format = FORMAT_JPEG}};
    struct ask ask = {.model = model_find(&provider_gemini, NULL), .prompt = "a \"red\"\napple é"};
    assert_request(write_submit, &ask,
                   HEAD("gemini-nano-banana-2.1") /* "auto" is not said */
                   "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"a \\\"red\\\"\\napple "
                   "é\"}]}],\"generationConfig\":{\"responseModalities\":[\"IMAGE\"],"
                   "\"imageConfig\":{\"imageSize\":\"1K\"}}}");
    ask = (struct ask){.model = model_find(&provider_gemini, "gemini-3.1-flash-image"),
                       .prompt = "p",
                       .aspect = "16:9",
                       .size = "512",
                       .thinking = "minimal",
                       .grounding = true,
                       .references = references,
                       .reference_count = 2};
    assert_request(
        write_submit, &ask,
        HEAD("gemini-3.1-flash-image") "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":"
                                       "\"p\"},{\"inlineData\":{"
                                       "\"mimeType\":\"image/"
                                       "png\",\"data\":\"cGljdHVyZQ==\"}},{\"inlineData\":{"
                                       "\"mimeType\":"
                                       "\"image/"
                                       "jpeg\",\"data\":\"eHl6\"}}]}],\"generationConfig\":{"
                                       "\"responseModalities\":"
                                       "[\"IMAGE\"],\"imageConfig\":{\"aspectRatio\":\"16:9\","
                                       "\"imageSize\":\"512\"},"
                                       "\"thinkingConfig\":{\"thinkingLevel\":\"minimal\"}},"
                                       "\"tools\":[{\"google_search\":{}}]}");
    ask = (struct ask){.model = model_find(&provider_gemini, "gemini-2.5-flash-image"),
                       .prompt = "p",
                       .aspect = "1:1",
                       .size = "1K"};
    assert_request(write_submit, &ask,
                   HEAD("gemini-2.5-flash-image") /* imageSize must not be said */
                   "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"p\"}]}],"
                   "\"generationConfig\":{\"responseModalities\":[\"IMAGE\"],\"imageConfig\":{"
                   "\"aspectRatio\":\"1:1\"}}}");
}

static void fields_can_move(void **state)
{
    (void)state;
    struct model model = *model_find(&provider_gemini, NULL);
    model.field_aspect = "responseFormat.image.aspectRatio";
    model.field_size = "responseFormat.image.imageSize";
    model.seed = true;
    struct ask ask = {
        .model = &model, .prompt = "p", .aspect = "1:1", .seed_given = true, .seed = -7};
    assert_request(write_submit, &ask,
                   HEAD("gemini-nano-banana-2.1") "{\"contents\":[{\"role\":\"user\",\"parts\":[{"
                                                  "\"text\":\"p\"}]}],"
                                                  "\"generationConfig\":{\"responseModalities\":["
                                                  "\"IMAGE\"],\"responseFormat\":{"
                                                  "\"image\":{\"aspectRatio\":\"1:1\","
                                                  "\"imageSize\":\"1K\"}},\"seed\":-7}}");
}

static void what_cannot_go_inline_is_said(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error error = {0};
    struct http_ask http;
    struct reference references[2] = {{.name = "a", .url = "https://x.example/a"}};
    struct ask ask = {.model = model_find(&provider_gemini, NULL),
                      .prompt = "p",
                      .references = references,
                      .reference_count = 1};
    gemini_submit(&endpoint, &ask, arena, &http, &error);
    assert_error_text(&error, STATUS_USAGE,
                      "reference 'a' is a URL, and this service takes files only");
    error_clear(&error);
    void *bytes = test_calloc(1, 8 * 1000 * 1000);
    references[0] = references[1] = (struct reference){
        .name = "a", .bytes = bytes, .size = 8 * 1000 * 1000, .format = FORMAT_PNG};
    ask.reference_count = 2;
    assert_int_equal(ask_check(&provider_gemini, &ask, &error), STATUS_OK);
    gemini_submit(&endpoint, &ask, arena, &http, &error);
    assert_error_text(&error, STATUS_USAGE,
                      "the request would have 21.3 MB with its references, and at most 20 MB are "
                      "allowed");
    error_clear(&error);
    ask.format = "png";
    assert_int_equal(ask_check(&provider_gemini, &ask, &error), STATUS_USAGE);
    assert_error_text(&error, STATUS_USAGE,
                      "'format' is 'png', and gemini-nano-banana-2.1 leaves no choice of format");
    test_free(bytes);
    arena_free(arena);
}

/* ---- Images
 * ---------------------------------------------------------------------------------------- */

#define ANSWER(parts_)                                                                             \
    "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[" parts_ "]},"                   \
    "\"finishReason\":\"STOP\",\"index\":0}],\"usageMetadata\":{\"totalTokenCount\":1893}}"
#define IMAGE(type_, base64_)                                                                      \
    "{\"inlineData\":{\"mimeType\":\"" type_ "\",\"data\":\"" base64_ "\"}"

static const struct answer_case images[] = {
    {"one", 200, ANSWER(IMAGE("image/png", "cGljdHVyZQ==") "}"),
     "IMAGE bytes=picture mime=image/png"},
    {"thoughts first and last", 200,
     ANSWER("{\"text\":\"hm\",\"thought\":true}," IMAGE(
         "image/jpeg",
         "ZHJhZnQ=") ",\"thought\":true}," IMAGE("image/png",
                                                 "cGljdHVyZQ==") ",\"thoughtSignature\":\"AAAA\"}"
                                                                 "," IMAGE("image/jpeg",
                                                                           "ZHJhZnQ=") ",\"thought"
                                                                                       "\":true}"),
     "IMAGE bytes=picture mime=image/png"},
    {"the last of two", 200,
     ANSWER(IMAGE("image/jpeg", "ZHJhZnQ=") ",\"thought\":false}," IMAGE(
         "image/png", "cGljdHVyZQ==") "},{\"text\":\"Here it is.\"}"),
     "IMAGE bytes=picture mime=image/png"},
    {"nothing but thoughts", 200,
     ANSWER(IMAGE("image/png", "ZHJhZnQ=") ",\"thought\":true}," IMAGE(
         "image/png", "cGljdHVyZQ==") ",\"thought\":true}"),
     "IMAGE bytes=picture mime=image/png"},
    {"snake case", 200,
     ANSWER("{\"inline_data\":{\"mime_type\":\"image/webp\",\"data\":\"cGljdHVyZQ==\"}}"),
     "IMAGE bytes=picture mime=image/webp"},
    {"no type, URL-safe, no padding, escapes", 200,
     ANSWER("{\"inlineData\":{\"data\":\"P\\/-_\\n\\u0050w\"}}"), "IMAGE bytes=?\xff\xbf?"},
    {"under another end", 200,
     "{\"candidates\":[{\"content\":{\"parts\":[" IMAGE(
         "image/png", "cGljdHVyZQ==") "}]},\"finishReason\":\"MAX_TOKENS\"}]}",
     "IMAGE bytes=picture mime=image/png"},
    {"a stream's pieces", 200,
     "[{\"candidates\":[{\"content\":{\"parts\":[" IMAGE(
         "image/png", "cGljdHVyZQ==") "}]}}]},{\"candidates\":[{\"finishReason\":\"STOP\"}]}]",
     "IMAGE bytes=picture mime=image/png"},
    {"a data URL", 200, ANSWER(IMAGE("", "data:image\\/png;base64,cGljdHVyZQ==") "}"),
     "IMAGE bytes=picture mime=image/png"},
    {"broken", 200, ANSWER(IMAGE("image/png", "cGlj*HVyZQ==") "}"),
     "UNKNOWN code=broken image: the image in the answer is broken"},
    {"cut", 200, ANSWER(IMAGE("image/png", "cGljd") "}"),
     "UNKNOWN code=broken image: the image in the answer is broken"},
    {0}};

static void images_are_found(void **state)
{
    (void)state;
    assert_answers(gemini_submitted, true, images);
}

/* ---- No image
 * ---------------------------------------------------------------------------------------- */

#define ENDED(reason_) "{\"candidates\":[{\"finishReason\":\"" reason_ "\",\"index\":0}]}"

static const struct answer_case none[] = {
    {"blocked", 200,
     "{\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\",\"safetyRatings\":[]}}",
     "REFUSED code=PROHIBITED_CONTENT: the prompt was refused"},
    {"blocked with words", 200,
     "{\"promptFeedback\":{\"blockReason\":\"OTHER\",\"blockReasonMessage\":\"No.\"},"
     "\"candidates\":[]}",
     "REFUSED code=OTHER: No"},
    {"safety", 200, ENDED("SAFETY"), "REFUSED code=SAFETY: the image was refused"},
    {"image safety", 200,
     "{\"candidates\":[{\"content\":{},\"finishReason\":\"IMAGE_SAFETY\",\"finishMessage\":"
     "\"Unable to "
     "show.\"}]}",
     "REFUSED code=IMAGE_SAFETY: Unable to show"},
    {"a draft under a refusal", 200,
     "{\"candidates\":[{\"content\":{\"parts\":[" IMAGE(
         "image/png", "ZHJhZnQ=") ",\"thought\":true}]},\"finishReason\":\"IMAGE_SAFETY\"}]}",
     "REFUSED code=IMAGE_SAFETY: the image was refused"},
    {"prohibited", 200, ENDED("PROHIBITED_CONTENT"),
     "REFUSED code=PROHIBITED_CONTENT: the image was refused"},
    {"image prohibited", 200, ENDED("IMAGE_PROHIBITED_CONTENT"),
     "REFUSED code=IMAGE_PROHIBITED_CONTENT: the image was refused"},
    {"recitation", 200, ENDED("RECITATION"), "REFUSED code=RECITATION: the image was refused"},
    {"image recitation", 200, ENDED("IMAGE_RECITATION"),
     "REFUSED code=IMAGE_RECITATION: the image was refused"},
    {"blocklist", 200, ENDED("BLOCKLIST"), "REFUSED code=BLOCKLIST: the image was refused"},
    {"personal data", 200, ENDED("SPII"), "REFUSED code=SPII: the image was refused"},
    {"no image", 200, ENDED("NO_IMAGE"), "FAILED code=NO_IMAGE: the answer holds no image"},
    {"image other", 200, ENDED("IMAGE_OTHER"),
     "FAILED code=IMAGE_OTHER: the answer holds no image"},
    {"other", 200, ENDED("OTHER"), "FAILED code=OTHER: the answer holds no image"},
    {"language", 200, ENDED("LANGUAGE"), "FAILED code=LANGUAGE: the answer holds no image"},
    {"tokens", 200, ENDED("MAX_TOKENS"), "FAILED code=MAX_TOKENS: the answer holds no image"},
    {"call", 200, ENDED("MALFORMED_FUNCTION_CALL"),
     "FAILED code=MALFORMED_FUNCTION_CALL: the answer holds no image"},
    {"a new reason", 200, ENDED("TIRED"), "FAILED code=TIRED: the answer holds no image"},
    {"words only", 200,
     ANSWER("{\"text\":\"secret\",\"thought\":true},{\"text\":\"I cannot draw this.\"},{\"text\":"
            "\"Sorry.\\n\"}"),
     "FAILED code=NO_IMAGE: I cannot draw this. Sorry"},
    {"empty parts", 200, ANSWER(""), "FAILED code=NO_IMAGE: the answer holds no image"},
    {"empty data", 200, ANSWER(IMAGE("image/png", "") "}"),
     "FAILED code=NO_IMAGE: the answer holds no image"},
    {"no candidates", 200, "{\"candidates\":[]}",
     "FAILED code=NO_IMAGE: the answer holds no image"},
    {"nothing", 200, "", "UNKNOWN: the answer cannot be read"},
    {"nothing of theirs", 200, "{}", "UNKNOWN: the answer cannot be read"},
    {"cut", 200, "{\"candidates\":[{\"content\":{\"parts\":[{\"inlineData\":{\"data\":\"cGlj",
     "UNKNOWN: the answer cannot be read"},
    {"no answer", -HTTP_UNKNOWN, NULL, "UNKNOWN code=no answer: no whole answer came"},
    {"not sent", -HTTP_NOT_SENT, NULL, "RETRY code=not sent: the service was not reached"},
    {0}};

static void reasons_are_said(void **state)
{
    (void)state;
    assert_answers(gemini_submitted, true, none);
}

/* ---- Errors
 * ---------------------------------------------------------------------------------------- */

#define ERROR(code_, status_, message_, details_)                                                  \
    "{\"error\":{\"code\":" code_ ",\"message\":\"" message_ "\",\"status\":\"" status_            \
    "\",\"details\":[" details_ "]}}"
#define QUOTA(id_)                                                                                 \
    "{\"@type\":\"type.googleapis.com/google.rpc.QuotaFailure\",\"violations\":[{"                 \
    "\"quotaId\":\"GenerateRequestsPerMinute\"},{\"quotaId\":\"" id_ "\"}]}"
#define DELAY(text_)                                                                               \
    "{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"" text_ "\"}"

static const struct answer_case errors[] = {
    {"a minute's quota", 429,
     ERROR("429", "RESOURCE_EXHAUSTED", "Quota exceeded.",
           QUOTA("RequestsPerMinute") "," DELAY("34.07s")),
     "RETRY code=RESOURCE_EXHAUSTED retry=34.07 pause: Quota exceeded"},
    {"long", 429, ERROR("429", "RESOURCE_EXHAUSTED", "q", DELAY("600.5s")),
     "RETRY code=RESOURCE_EXHAUSTED retry=600.5 pause: q"},
    {"in a list", 429, "[" ERROR("429", "RESOURCE_EXHAUSTED", "q", DELAY("3s")) "]",
     "RETRY code=RESOURCE_EXHAUSTED retry=3 pause: q"},
    {"a day's quota, although it says when", 429,
     ERROR("429", "RESOURCE_EXHAUSTED", "q",
           DELAY("34s") "," QUOTA("GenerateRequestsPerDayPerProjectPerModel-FreeTier")),
     "STOP code=RESOURCE_EXHAUSTED: q; it is a quota per day"},
    {"no quota at all", 429,
     ERROR("429", "RESOURCE_EXHAUSTED", "Quota exceeded, limit: 0, model: x", DELAY("3s")),
     "STOP code=RESOURCE_EXHAUSTED: Quota exceeded, limit: 0, model: x"},
    {"some quota", 429, ERROR("429", "RESOURCE_EXHAUSTED", "limit: 05", ""),
     "RETRY code=RESOURCE_EXHAUSTED pause: limit: 05"},
    {"capacity", 429,
     ERROR("429", "RESOURCE_EXHAUSTED", "busy", "{\"reason\":\"MODEL_CAPACITY_EXHAUSTED\"}"),
     "RETRY code=MODEL_CAPACITY_EXHAUSTED pause: busy"},
    {"a delay that is none", 429, ERROR("429", "RESOURCE_EXHAUSTED", "q", DELAY("-1s")),
     "RETRY code=RESOURCE_EXHAUSTED pause: q"},
    {"rate without a body", 429, "", "RETRY code=http 429 pause: too many requests"},
    {"wrong key", 400,
     ERROR("400", "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.",
           "{\"reason\":\"API_KEY_INVALID\"}"),
     "STOP code=API_KEY_INVALID: API key not valid. Please pass a valid API key"},
    {"wrong key in words", 400, ERROR("400", "INVALID_ARGUMENT", "API key expired.", ""),
     "STOP code=API_KEY_INVALID: API key expired"},
    {"region", 400, ERROR("400", "FAILED_PRECONDITION", "User location is not supported.", ""),
     "STOP code=FAILED_PRECONDITION: User location is not supported"},
    {"invalid", 400, ERROR("400", "INVALID_ARGUMENT", "Unknown name \\\"x\\\"", ""),
     "FAILED code=INVALID_ARGUMENT: Unknown name \"x\""},
    {"invalid without a body", 400, "<html>", "FAILED code=http 400: the request is invalid"},
    {"credit", 402, ERROR("402", "RESOURCE_EXHAUSTED", "prepaid credit is empty", ""),
     "STOP code=RESOURCE_EXHAUSTED: prepaid credit is empty"},
    {"forbidden", 403, ERROR("403", "PERMISSION_DENIED", "", ""),
     "STOP code=PERMISSION_DENIED: the key is wrong, or not allowed here"},
    {"retired", 404, ERROR("404", "NOT_FOUND", "models/x is not found for v1beta.", ""),
     "FAILED code=NOT_FOUND: models/x is not found for v1beta; the model may be retired"},
    {"cancelled", 499, ERROR("499", "CANCELLED", "", ""), "UNKNOWN code=CANCELLED: cancelled"},
    {"internal", 500, ERROR("500", "INTERNAL", "oops", ""), "RETRY code=INTERNAL: oops"},
    {"gateway", 502, "<html>", "RETRY code=http 502: the service failed"},
    {"overloaded", 503, ERROR("503", "UNAVAILABLE", "The model is overloaded.", DELAY("5s")),
     "RETRY code=UNAVAILABLE retry=5: The model is overloaded"},
    {"deadline", 504, ERROR("504", "DEADLINE_EXCEEDED", "", ""),
     "RETRY code=DEADLINE_EXCEEDED: the service failed"},
    {"an error under 200", 200, ERROR("429", "RESOURCE_EXHAUSTED", "q", ""),
     "RETRY code=RESOURCE_EXHAUSTED pause: q"},
    {"an error without a code", 200, "{\"error\":{\"message\":\"what?\"}}",
     "UNKNOWN code=http 200: what?"},
    {"an error that is a word", 500, "{\"error\":\"what?\"}",
     "RETRY code=http 500: the service failed"},
    {"redirect", 302, "",
     "STOP code=http 302: the service sends elsewhere; is the base URL right?"},
    {"large", 413, "", "FAILED code=http 413: the request is invalid"},
    {0}};

static void errors_are_told_apart(void **state)
{
    (void)state;
    static const struct answer_case header[] = {
        {"the header counts without RetryInfo", 429, "",
         "RETRY code=http 429 retry=7 pause: too many requests"},
        {"503", 503, "", "RETRY code=http 503 retry=7: the service failed"},
        {"RetryInfo goes before it", 429, ERROR("429", "R", "q", DELAY("3s")),
         "RETRY code=R retry=3 pause: q"},
        {0}};
    assert_answers(gemini_submitted, true, errors);
    assert_answers_after(gemini_submitted, true, 7, header);
}

/* ---- Large answers
 * ----------------------------------------------------------------------------------- */

/* 32 MB of base64 with two drafts before it: right to the byte, and held only once more. */
static void large_images_are_not_copied_about(void **state)
{
    (void)state;
    enum { SIZE = 24 << 20 };
    static const char head[] =
        "{\"candidates\":[{\"content\":{\"parts\":[{\"thought\":true,\"inlineData\":"
        "{\"data\":\"";
    static const char middle[] = "\"}},{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"";
    static const char tail[] = "\"}}]},\"finishReason\":\"STOP\"}]}";
    unsigned char *bytes = test_malloc(SIZE);
    struct buffer body = {0};
    for (size_t i = 0; i < SIZE; i++) {
        bytes[i] = (unsigned char)(i * 2654435761u >> 13);
    }
    buffer_text(&body, head);
    text_base64(&body, bytes, 100000);
    buffer_text(&body, middle);
    text_base64(&body, bytes, SIZE);
    buffer_text(&body, tail);
    assert_false(buffer_failed(&body));
    struct http_answer http = {
        .status = 200, .retry_after = -1, .body = body.data, .size = body.size};
    struct arena *arena = arena_new();
    struct answer answer;
    gemini_submitted(&http, arena, &answer);
    assert_int_equal(answer.kind, ANSWER_IMAGE);
    assert_int_equal(answer.size, SIZE);
    assert_memory_equal(answer.bytes, bytes, SIZE);
    arena_free(arena);
    buffer_free(&body);
    test_free(bytes);
}

/* JSON that is large for other reasons is not parsed at all: it takes memory many times its size.
 */
static void large_rests_are_refused(void **state)
{
    (void)state;
    struct buffer body = {0};
    buffer_text(&body, "{\"candidates\":[{\"content\":{\"parts\":[" IMAGE(
                           "image/png", "cGljdHVyZQ==") "}]}}],\"rest\":[0");
    while (body.size < 3 << 20) {
        buffer_text(&body, ",0");
    }
    buffer_text(&body, "]}");
    assert_false(buffer_failed(&body));
    struct http_answer http = {
        .status = 200, .retry_after = -1, .body = body.data, .size = body.size};
    struct arena *arena = arena_new();
    struct answer answer;
    gemini_submitted(&http, arena, &answer);
    assert_int_equal(answer.kind, ANSWER_UNKNOWN);
    arena_free(arena);
    buffer_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_are_written),
        cmocka_unit_test(fields_can_move),
        cmocka_unit_test(what_cannot_go_inline_is_said),
        cmocka_unit_test(images_are_found),
        cmocka_unit_test(reasons_are_said),
        cmocka_unit_test(errors_are_told_apart),
        cmocka_unit_test(large_images_are_not_copied_about),
        cmocka_unit_test(large_rests_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
