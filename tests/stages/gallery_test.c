/* SPDX-License-Identifier: MIT
 * The gallery's page: whole with every part inside, true to the records, and no text of theirs can
 * leave its place. How it looks and behaves is tested in a browser: tests/chromium. */
#include <string.h>

#include "emitter.h"
#include "json.h"
#include "memory.h"
#include "support.h"

static const char *const reasons[] = {"load", "resize 640x360"};
static const char *const warnings[] = {"enlarged 2 times"};
static const struct record_time times[] = {{"load", 0.25}, {"encode avif", 1.5}};
static const struct record_dropped dropped[] = {{"0", "px=960", "not larger than 640x360"}};
static const struct record_emitted emitted[] = {{.emitter = "picture", .path = "a b.html"}};
static const struct record_rendition renditions[] = {{.path = "a b/night-640w.avif",
                                                      .preset = "web",
                                                      .output = "picture",
                                                      .input = "main",
                                                      .format = FORMAT_AVIF,
                                                      .mime = "image/avif",
                                                      .width = 640,
                                                      .height = 360,
                                                      .frames = 1,
                                                      .bytes = 1234,
                                                      .quality = 59,
                                                      .seconds = 1.5,
                                                      .reasons = reasons,
                                                      .reason_count = 2,
                                                      .warnings = warnings,
                                                      .warning_count = 1},
                                                     {.data_uri = "data:image/webp;base64,AAAA",
                                                      .preset = "web",
                                                      .output = "lqip",
                                                      .input = "main",
                                                      .format = FORMAT_WEBP,
                                                      .mime = "image/webp",
                                                      .width = 16,
                                                      .height = 9,
                                                      .frames = 1,
                                                      .alpha = true,
                                                      .bytes = 60,
                                                      .quality = -1}};

static struct record_set sample(void)
{
    return (struct record_set){.source = {.path = "/home/someone/photos/night.jpg",
                                          .name = "night",
                                          .dir = "trips/",
                                          .bytes = 5000,
                                          .width = 640,
                                          .height = 360,
                                          .frames = 1,
                                          .format = FORMAT_JPEG,
                                          .alt = "</script><!-- {{data}} & \"night\""},
                               .preset = "web",
                               .colour_known = true,
                               .colour = {1, 2, 255},
                               .renditions = renditions,
                               .rendition_count = 2,
                               .dropped = dropped,
                               .dropped_count = 1,
                               .emitted = emitted,
                               .emitted_count = 1,
                               .times = times,
                               .time_count = 2};
}

static struct buffer page_of(const char *title, const char *folder)
{
    struct record_set set = sample();
    const struct gallery_set shown = {.set = &set, .folder = folder};
    const struct gallery gallery = {.title = title, .sets = &shown, .set_count = 1};
    struct buffer out = {0};
    struct error error = {0};
    assert_int_equal(gallery_page(&gallery, &out, &error), STATUS_OK);
    return out;
}

static size_t occurrences(const char *text, const char *what)
{
    size_t count = 0;
    for (; (text = strstr(text, what)); text += strlen(what)) {
        count++;
    }
    return count;
}

/* The JSON between its two tags. */
static char *data_of(const struct buffer *page)
{
    const char *open = strstr(buffer_string(page), "id=\"data\">");
    assert_non_null(open);
    open = strchr(open, '>') + 1;
    const char *close = strstr(open, "</script>");
    assert_non_null(close);
    struct buffer text = {0};
    buffer_bytes(&text, open, (size_t)(close - open));
    char *copy = memory_text(buffer_string(&text));
    buffer_free(&text);
    return copy;
}

static void test_data(void **state)
{
    (void)state;
    struct buffer page = page_of("out", "../img/");
    struct arena *arena = arena_new();
    char *text = data_of(&page);
    const struct value *document = NULL;
    struct error error = {0};
    assert_int_equal(json_parse(arena, text, strlen(text), &document, &error), STATUS_OK);
    const struct value *set = value_get(document, "sets")->list.items[0];
    assert_value_text(value_get(set, "renditions")->list.items[0],
                      "{\"url\":\"../img/a%20b/night-640w.avif\",\"path\":\"a b/night-640w.avif\","
                      "\"format\":\"avif\",\"width\":640,\"height\":360,\"bytes\":1234,"
                      "\"quality\":59,\"seconds\":1.5,\"preset\":\"web\",\"output\":\"picture\","
                      "\"input\":\"main\",\"steps\":[\"load\",\"resize 640x360\"],"
                      "\"warnings\":[\"enlarged 2 times\"]}");
    assert_value_text(value_get(set, "renditions")->list.items[1],
                      "{\"data\":\"data:image/webp;base64,AAAA\",\"format\":\"webp\","
                      "\"width\":16,\"height\":9,\"alpha\":true,"
                      "\"bytes\":60,\"preset\":\"web\",\"output\":\"lqip\",\"input\":\"main\"}");
    assert_value_text(value_get(set, "times"), "[{\"what\":\"load\",\"seconds\":0.25},"
                                               "{\"what\":\"encode avif\",\"seconds\":1.5}]");
    assert_value_text(value_get(set, "emitted"),
                      "[{\"emitter\":\"picture\",\"url\":\"../img/a%20b.html\","
                      "\"path\":\"a b.html\"}]");
    assert_value_text(value_get(set, "dropped"), "[{\"output\":\"0\",\"what\":\"px=960\","
                                                 "\"reason\":\"not larger than 640x360\"}]");
    assert_string_equal(value_get(set, "colour")->text, "#0102ff");
    const struct value *source = value_get(set, "source");
    assert_string_equal(value_get(source, "path")->text, "trips/night.jpg"); /* not whose home */
    assert_string_equal(value_get(source, "alt")->text, "</script><!-- {{data}} & \"night\"");
    memory_free(text);
    arena_free(arena);
    buffer_free(&page);
}

static void test_parts_are_inside(void **state)
{
    (void)state;
    struct buffer page = page_of("out", "");
    const char *text = buffer_string(&page);
    assert_int_equal(strncmp(text, "<!doctype html>", 15), 0);
    assert_true(gallery_is_ours(text, page.size));
    assert_true(gallery_is_ours(text, 1024)); /* what is read of a file that is there */
    assert_null(strstr(text, "{{gallery"));
    assert_null(strstr(text, "{{title"));
    assert_null(strstr(text, "src=\"http"));
    assert_null(strstr(text, "url(http"));
    assert_non_null(strstr(text, "function viewerOpen("));
    assert_non_null(strstr(text, "function plotOf("));
    assert_non_null(strstr(text, "function savingsOf("));
    assert_non_null(strstr(text, ".viewer {"));
    assert_string_equal(text + page.size - 8, "</html>\n");
    buffer_free(&page);
}

static void test_no_text_leaves_its_place(void **state)
{
    (void)state;
    struct buffer page = page_of("</title><b>&", ""), plain = page_of("x", "");
    const char *text = buffer_string(&page);
    assert_int_equal(occurrences(text, "</script>"), 2);
    assert_int_equal(occurrences(text, "<!--"), 0);
    assert_int_equal(occurrences(text, "</title>"), 1);
    assert_int_equal(occurrences(text, "<b>"), occurrences(buffer_string(&plain), "<b>"));
    assert_non_null(strstr(text, "<title>&lt;/title&gt;&lt;b&gt;&amp; "));
    buffer_free(&page);
    buffer_free(&plain);
}

static void test_is_ours(void **state)
{
    (void)state;
    static const char other[] = "<!doctype html><meta name=\"generator\" content=\"pelican\">";
    assert_false(gallery_is_ours(other, sizeof other));
    assert_false(gallery_is_ours("", 0));
}

static bool short_of_memory(void *data)
{
    (void)data;
    struct record_set set = sample();
    const struct gallery_set shown = {.set = &set, .folder = "a/"};
    const struct gallery gallery = {.title = "t", .sets = &shown, .set_count = 1};
    struct buffer out = {0};
    struct error error = {0};
    enum status status = gallery_page(&gallery, &out, &error);
    if (status != STATUS_OK) {
        assert_error_text(&error, STATUS_FAILED, "out of memory");
    }
    buffer_free(&out);
    return status == STATUS_OK;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(support_each_allocation(short_of_memory, NULL) > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data),
        cmocka_unit_test(test_parts_are_inside),
        cmocka_unit_test(test_is_ours),
        cmocka_unit_test(test_no_text_leaves_its_place),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
