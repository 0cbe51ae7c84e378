/* SPDX-License-Identifier: MIT
 * What `picture` writes, as exact text; and that it is HTML that a browser takes as it is meant,
 * whatever files and alt texts are called. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emitter.h"
#include "support.h"

enum { MOST = 32 };

struct scene {
    struct arena *arena;
    struct record_rendition renditions[MOST];
    struct record_entry entries[MOST];
    struct record_set set;
    const char *path; /* of the emitted file */
};

static struct scene scene_make(void)
{
    struct scene scene = {.arena = arena_new(), .path = "photo.web.html"};
    assert_non_null(scene.arena);
    scene.set.source = (struct record_source){.path = "photo.jpg", .name = "photo", .dir = ""};
    scene.set.preset = "web";
    return scene;
}

static struct record_rendition *add(struct scene *scene, const char *path, enum format format,
                                    int width, int height, const char *entry)
{
    size_t i = scene->set.rendition_count++;
    assert_true(i < MOST);
    scene->entries[i] =
        (struct record_entry){.emitter = "picture", .options = support_value(scene->arena, entry)};
    scene->renditions[i] = (struct record_rendition){
        .path = path,
        .preset = "web",
        .output = "0",
        .input = "main",
        .format = format,
        .mime = format_info(format)->mime,
        .width = width,
        .height = height,
        .entries = &scene->entries[i],
        .entry_count = 1,
    };
    return &scene->renditions[i];
}

static struct buffer emit(struct scene *scene, const char *options)
{
    const struct emitter *emitter = emitter_find("picture");
    struct error error = {0};
    void *fields = arena_alloc(scene->arena, emitter->file_size);
    scene->set.renditions = scene->renditions;
    assert_int_equal(options_default(emitter->file_options, scene->arena, fields, &error),
                     STATUS_OK);
    enum status status =
        options_parse(emitter->file_options, "picture", support_value(scene->arena, options), NULL,
                      scene->arena, fields, &error);
    if (status == STATUS_OK) {
        status = emitter->check(fields, &error);
    }
    const struct record_set *sets[] = {&scene->set};
    struct emit_job job = {
        .path = scene->path, .preset = "web", .options = fields, .sets = sets, .set_count = 1};
    struct buffer out = {0};
    if (status != STATUS_OK || emitter->emit(&job, &out, &error) != STATUS_OK) {
        fail_msg("%s: %s", error.where, error.message);
    }
    return out;
}

/* ---- A small judge of HTML ---- */

struct judge {
    const char *at;
    char tag[16];
    char names[16][24], values[16][4096];
    int count;
};

static const char *value_of(const struct judge *judge, const char *name)
{
    for (int i = 0; i < judge->count; i++) {
        if (strcmp(judge->names[i], name) == 0) {
            return judge->values[i];
        }
    }
    return NULL;
}

/* One character of an attribute's value, references resolved. */
static void judge_character(struct judge *judge, char **out)
{
    static const struct {
        const char *text;
        char letter;
    } references[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    assert_true(*judge->at != '<' && *judge->at != '>' && *judge->at != '\0');
    if (*judge->at != '&') {
        *(*out)++ = *judge->at++;
        return;
    }
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        size_t size = strlen(references[i].text);
        if (strncmp(judge->at, references[i].text, size) == 0) {
            *(*out)++ = references[i].letter;
            judge->at += size;
            return;
        }
    }
    fail_msg("a lone '&' at: %s", judge->at);
}

/* The next tag with its attributes; false at the end. Between tags only blanks and comments. */
static bool judge_tag(struct judge *judge)
{
    judge->at += strspn(judge->at, " \n");
    if (strncmp(judge->at, "<!--", 4) == 0) {
        judge->at = strstr(judge->at, "-->") + 3;
        judge->at += strspn(judge->at, " \n");
    }
    if (*judge->at == '\0') {
        return false;
    }
    assert_int_equal(*judge->at++, '<');
    size_t size = strspn(judge->at, "/abcdefghijklmnopqrstuvwxyz");
    assert_true(size > 0 && size < sizeof judge->tag);
    snprintf(judge->tag, sizeof judge->tag, "%.*s", (int)size, judge->at);
    judge->at += size;
    judge->count = 0;
    while (*judge->at != '>') {
        assert_int_equal(*judge->at++, ' ');
        size = strspn(judge->at, "-abcdefghijklmnopqrstuvwxyz");
        assert_true(size > 0 && size < 24 && judge->count < 16);
        char name[24];
        snprintf(name, sizeof name, "%.*s", (int)size, judge->at);
        assert_null(value_of(judge, name)); /* an attribute stands once */
        judge->at += size;
        assert_int_equal(strncmp(judge->at, "=\"", 2), 0);
        judge->at += 2;
        char *out = judge->values[judge->count];
        while (*judge->at != '"') {
            judge_character(judge, &out);
            assert_true(out < judge->values[judge->count] + 4095);
        }
        *out = '\0';
        judge->at++;
        memcpy(judge->names[judge->count++], name, sizeof name);
    }
    judge->at++;
    return true;
}

/* As in HTML, 4.8.4.2.2: URLs end at blanks, a comma at their end belongs to the list. */
static void judge_srcset(const struct judge *judge)
{
    char *text = value_of(judge, "srcset") ? (char *)(uintptr_t)value_of(judge, "srcset") : NULL;
    char last = 0;
    double before = 0;
    int count = 0;
    bool alone = false;
    while (text && *text) {
        size_t size = strcspn(text, " ");
        assert_true(size > 0);
        assert_true(strncmp(text, "data:", 5) == 0 || !memchr(text, ',', size));
        for (size_t i = 0; i < size; i++) {
            assert_true(isgraph((unsigned char)text[i]));
        }
        text += size;
        count++;
        if (!*text) {
            alone = true;
            break;
        }
        char *end;
        double number = strtod(text + 1, &end);
        assert_true(number > before); /* ascending, and none twice */
        assert_true((*end == 'w' || *end == 'x') && (!last || last == *end));
        before = number;
        last = *end++;
        assert_true(*end == '\0' || strncmp(end, ", ", 2) == 0);
        text = *end ? end + 2 : end;
    }
    assert_true(!alone || count == 1);
    assert_int_equal(value_of(judge, "sizes") != NULL, last == 'w');
}

static void judge_text(const char *html)
{
    struct judge *judge = test_calloc(1, sizeof *judge);
    judge->at = html;
    bool inside = false, done = false;
    while (judge_tag(judge)) {
        assert_false(done);
        if (strcmp(judge->tag, "picture") == 0) {
            assert_false(inside);
            inside = true;
        } else if (strcmp(judge->tag, "source") == 0) {
            assert_true(inside);
            assert_non_null(value_of(judge, "srcset"));
            assert_non_null(value_of(judge, "type"));
            assert_null(value_of(judge, "src"));
            judge_srcset(judge);
        } else {
            assert_string_equal(judge->tag, "img");
            assert_non_null(value_of(judge, "src"));
            assert_true(value_of(judge, "src")[0]);
            assert_non_null(value_of(judge, "alt"));
            assert_true(strtol(value_of(judge, "width"), NULL, 10) > 0);
            assert_true(strtol(value_of(judge, "height"), NULL, 10) > 0);
            judge_srcset(judge);
            assert_true(!inside || (judge_tag(judge) && strcmp(judge->tag, "/picture") == 0));
            done = true;
        }
    }
    assert_true(done || strstr(html, "<!--"));
    test_free(judge);
}

static void assert_emits(struct scene *scene, const char *options, const char *wanted)
{
    struct buffer out = emit(scene, options);
    judge_text(buffer_string(&out));
    assert_buffer_text(&out, wanted);
    arena_free(scene->arena);
}

/* ---- What it writes ---- */

static void add_web(struct scene *scene)
{
    static const enum format formats[] = {FORMAT_JPEG, FORMAT_WEBP, FORMAT_AVIF};
    for (int w = 2; w >= 1; w--) {
        for (int f = 0; f < 3; f++) {
            const char *path = arena_format(scene->arena, "photo-%dw.%s", 640 * w,
                                            format_info(formats[f])->extension);
            add(scene, path, formats[f], 640 * w, 427 * w,
                "{'sizes': '(min-width: 40em) 50vw, 100vw'}");
        }
    }
}

static void test_three_formats(void **state)
{
    (void)state;
    struct scene scene = scene_make();
    add_web(&scene);
    scene.set.source.alt = "a lighthouse";
    assert_emits(
        &scene, "{}",
        "<picture>\n"
        "  <source type=\"image/avif\" srcset=\"photo-640w.avif 640w, photo-1280w.avif 1280w\""
        " sizes=\"(min-width: 40em) 50vw, 100vw\">\n"
        "  <source type=\"image/webp\" srcset=\"photo-640w.webp 640w, photo-1280w.webp 1280w\""
        " sizes=\"(min-width: 40em) 50vw, 100vw\">\n"
        "  <img src=\"photo-1280w.jpg\" srcset=\"photo-640w.jpg 640w, photo-1280w.jpg 1280w\""
        " sizes=\"(min-width: 40em) 50vw, 100vw\" width=\"1280\" height=\"854\""
        " alt=\"a lighthouse\" loading=\"lazy\" decoding=\"async\">\n"
        "</picture>\n");
}

static void test_one_format_needs_no_picture(void **state)
{
    (void)state;
    struct scene scene = scene_make();
    add(&scene, "a-512w.png", FORMAT_PNG, 512, 512, "{}");
    add(&scene, "a-256w.png", FORMAT_PNG, 256, 256, "{}");
    assert_emits(&scene,
                 "{'fallback-width': 300, 'loading': 'eager', 'decoding': 'auto', "
                 "'fetchpriority': 'high', 'class': 'wide \\'x\\''}",
                 "<img src=\"a-256w.png\" srcset=\"a-256w.png 256w, a-512w.png 512w\""
                 " sizes=\"100vw\" width=\"256\" height=\"256\" alt=\"\""
                 " class=\"wide &quot;x&quot;\" loading=\"eager\" fetchpriority=\"high\">\n");
}

static void test_one_file_needs_no_srcset(void **state)
{
    (void)state;
    struct scene scene = scene_make();
    add(&scene, "a.webp", FORMAT_WEBP, 2000, 1000, "{}");
    assert_emits(&scene, "{}",
                 "<img src=\"a.webp\" width=\"2000\" height=\"1000\" alt=\"\" loading=\"lazy\""
                 " decoding=\"async\">\n");
}

static void test_densities(void **state)
{
    (void)state;
    struct scene scene = scene_make();
    add(&scene, "a-3200w.jpg", FORMAT_JPEG, 3200, 1801, "{'density': '3200/1600'}");
    add(&scene, "a-1600w.jpg", FORMAT_JPEG, 1600, 900, "{'density': '1600/1600'}");
    add(&scene, "a-2400w.jpg", FORMAT_JPEG, 2400, 1350, "{'density': '2400/1600'}");
    add(&scene, "a-1600w.avif", FORMAT_AVIF, 1600, 900, "{'density': 1}");
    assert_emits(&scene, "{}",
                 "<picture>\n"
                 "  <source type=\"image/avif\" srcset=\"a-1600w.avif\">\n"
                 "  <img src=\"a-1600w.jpg\" srcset=\"a-1600w.jpg 1x, a-2400w.jpg 1.5x,"
                 " a-3200w.jpg 2x\" width=\"1600\" height=\"900\" alt=\"\" loading=\"lazy\""
                 " decoding=\"async\">\n"
                 "</picture>\n");
}

static void test_shapes_by_media_query(void **state)
{
    (void)state;
    struct scene scene = scene_make();
    add(&scene, "a-tall.jpg", FORMAT_JPEG, 720, 960, "{'media': ''}");
    add(&scene, "a-tall.avif", FORMAT_AVIF, 720, 960, "{}");
    add(&scene, "a-wide.jpg", FORMAT_JPEG, 1280, 720, "{'media': '(min-width: 1024px)'}");
    add(&scene, "a-wide.avif", FORMAT_AVIF, 1280, 720, "{'media': '(min-width: 1024px)'}");
    add(&scene, "a-wide-2.avif", FORMAT_AVIF, 2560, 1440, "{'media': '(min-width: 1024px)'}");
    add(&scene, "a-square.jpg", FORMAT_JPEG, 640, 640, "{'media': '(600px <= width)'}");
    assert_emits(
        &scene, "{}",
        "<picture>\n"
        "  <source media=\"(min-width: 1024px)\" type=\"image/avif\" srcset=\"a-wide.avif 1280w,"
        " a-wide-2.avif 2560w\" sizes=\"100vw\" width=\"2560\" height=\"1440\">\n"
        "  <source media=\"(min-width: 1024px)\" type=\"image/jpeg\" srcset=\"a-wide.jpg\""
        " width=\"1280\" height=\"720\">\n"
        "  <source media=\"(600px &lt;= width)\" type=\"image/jpeg\" srcset=\"a-square.jpg\""
        " width=\"640\" height=\"640\">\n"
        "  <source type=\"image/avif\" srcset=\"a-tall.avif\" width=\"720\" height=\"960\">\n"
        "  <img src=\"a-tall.jpg\" width=\"720\" height=\"960\" alt=\"\" loading=\"lazy\""
        " decoding=\"async\">\n"
        "</picture>\n");
}

static void test_every_shape_has_a_query(void **state)
{
    (void)state;
    struct scene scene = scene_make();
    add(&scene, "a.jpg", FORMAT_JPEG, 10, 20, "{'media': '(orientation: portrait)'}");
    assert_emits(
        &scene, "{}",
        "<picture>\n"
        "  <source media=\"(orientation: portrait)\" type=\"image/jpeg\" srcset=\"a.jpg\">\n"
        "  <img src=\"a.jpg\" width=\"10\" height=\"20\" alt=\"\" loading=\"lazy\""
        " decoding=\"async\">\n"
        "</picture>\n");
}

static void test_a_width_stands_once(void **state)
{
    (void)state;
    struct scene scene = scene_make();
    add(&scene, "first.jpg", FORMAT_JPEG, 640, 427, "{}");
    add(&scene, "second.jpg", FORMAT_JPEG, 640, 427, "{}");
    add(&scene, "third.png", FORMAT_PNG, 320, 214, "{}");
    assert_emits(&scene, "{}",
                 "<img src=\"first.jpg\" srcset=\"third.png 320w, first.jpg 640w\" sizes=\"100vw\""
                 " width=\"640\" height=\"427\" alt=\"\" loading=\"lazy\" decoding=\"async\">\n");
}

static void test_odd_names(void **state)
{
    (void)state;
    struct scene scene = scene_make();
    scene.set.source.alt = "\"<b>\" & 'ü' >";
    add(&scene, "a, b (1) 50%.jpg", FORMAT_JPEG, 640, 427, "{'sizes': '\\''}");
    add(&scene, "ü/x&y<z>\"'.jpg", FORMAT_JPEG, 320, 214, "{}");
    add(&scene, "a:b?c#d.jpg", FORMAT_JPEG, 160, 107, "{'sizes': '50vw'}");
    struct buffer out = emit(&scene, "{}");
    judge_text(buffer_string(&out));
    assert_buffer_text(
        &out, "<img src=\"a%2C%20b%20%281%29%2050%25.jpg\""
              " srcset=\"a%3Ab%3Fc%23d.jpg 160w, %C3%BC/x%26y%3Cz%3E%22%27.jpg 320w,"
              " a%2C%20b%20%281%29%2050%25.jpg 640w\" sizes=\"50vw\" width=\"640\" height=\"427\""
              " alt=\"&quot;&lt;b&gt;&quot; &amp; &#39;ü&#39; &gt;\" loading=\"lazy\""
              " decoding=\"async\">\n");
    arena_free(scene.arena);
}

static void test_urls(void **state)
{
    (void)state;
    static const struct {
        const char *file, *base, *path, *url;
    } cases[] = {
        {"x.html", "", "a.jpg", "a.jpg"},
        {"x.html", "", "img/a.jpg", "img/a.jpg"},
        {"img/x.html", "", "img/a.jpg", "a.jpg"},
        {"html/x.html", "", "img/a.jpg", "../img/a.jpg"},
        {"p/q/x.html", "", "p/r/a.jpg", "../r/a.jpg"},
        {"p/q/x.html", "", "a.jpg", "../../a.jpg"},
        {"img2/x.html", "", "img/a.jpg", "../img/a.jpg"},
        {"p/x.html", "/static", "img/a b.jpg", "/static/img/a%20b.jpg"},
        {"p/x.html", "https://cdn.example/i/", "img/a.jpg", "https://cdn.example/i/img/a.jpg"},
        {"p/x.html", "/?a=1&b=", "a.jpg", "/?a=1&amp;b=/a.jpg"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene scene = scene_make();
        scene.path = cases[i].file;
        add(&scene, cases[i].path, FORMAT_JPEG, 8, 8, "{}");
        const char *options = arena_format(scene.arena, "{'base': '%s'}", cases[i].base);
        const char *wanted =
            arena_format(scene.arena,
                         "<img src=\"%s\" width=\"8\" height=\"8\" alt=\"\" loading=\"lazy\""
                         " decoding=\"async\">\n",
                         cases[i].url);
        struct buffer out = emit(&scene, options);
        judge_text(buffer_string(&out));
        assert_buffer_text(&out, wanted);
        arena_free(scene.arena);
    }
}

static struct buffer with_placeholder(bool alpha, const char *options)
{
    struct scene scene = scene_make();
    scene.set.colour_known = true;
    scene.set.colour[0] = 0x0b;
    add(&scene, "a.webp", FORMAT_WEBP, 8, 8, "{}")->alpha = alpha;
    struct record_rendition *small =
        add(&scene, NULL, FORMAT_WEBP, 3, 3, "{'role': 'placeholder'}");
    small->data_uri = "data:image/webp;base64,AA+/==";
    struct buffer out = emit(&scene, options);
    judge_text(buffer_string(&out));
    arena_free(scene.arena);
    return out;
}

static void test_placeholders(void **state)
{
    (void)state;
#define IMG                                                                                        \
    "<img src=\"a.webp\" width=\"8\" height=\"8\" alt=\"\" loading=\"lazy\" decoding=\"async\""
    static const struct {
        bool alpha;
        const char *options, *text;
    } cases[] = {
        {false, "{}",
         IMG " style=\"background:url(&#39;data:image/webp;base64,AA+/==&#39;) center/cover "
             "no-repeat\">\n"},
        {false, "{'placeholder': 'data'}",
         IMG " data-placeholder=\"data:image/webp;base64,AA+/==\">\n"},
        {false, "{'placeholder': 'colour'}", IMG " style=\"background-color:#0b0000\">\n"},
        {false, "{'placeholder': 'none'}", IMG ">\n"},
        {true, "{}", IMG ">\n"}, /* it would shine through for ever */
        {true, "{'placeholder': 'colour'}", IMG ">\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer out = with_placeholder(cases[i].alpha, cases[i].options);
        assert_buffer_text(&out, cases[i].text);
    }
}

static void test_what_is_not_its_own_is_left_out(void **state)
{
    (void)state;
    struct scene scene = scene_make();
    add(&scene, "a.jpg", FORMAT_JPEG, 8, 8, "{}")->entry_count = 0;
    add(&scene, "b.jpg", FORMAT_JPEG, 8, 8, "{}");
    scene.entries[1].emitter = "html-head";
    assert_emits(&scene, "{}", "<!-- no image was made for this picture -->\n");
}

static void test_a_base_that_breaks_the_list(void **state)
{
    (void)state;
    const struct emitter *emitter = emitter_find("picture");
    struct arena *arena = arena_new();
    struct error error = {0};
    void *fields = arena_alloc(arena, emitter->file_size);
    assert_int_equal(options_default(emitter->file_options, arena, fields, &error), STATUS_OK);
    assert_int_equal(emitter->check(fields, &error), STATUS_OK);
    assert_int_equal(options_parse(emitter->file_options, "picture",
                                   support_value(arena, "{'base': '/my images'}"), NULL, arena,
                                   fields, &error),
                     STATUS_OK);
    assert_int_equal(emitter->check(fields, &error), STATUS_USAGE);
    assert_error_text(
        &error, STATUS_USAGE,
        "'base' is '/my images': blanks and control characters are not allowed in a URL");
    arena_free(arena);
}

static bool emit_short_of_memory(void *data)
{
    struct scene *scene = data;
    const struct emitter *emitter = emitter_find("picture");
    const struct record_set *sets[] = {&scene->set};
    struct error error = {0};
    struct arena *arena = arena_new();
    void *fields = arena ? arena_alloc(arena, emitter->file_size) : NULL;
    struct buffer out = {0};
    enum status status = fields ? options_default(emitter->file_options, arena, fields, &error)
                                : error_memory(&error);
    if (status == STATUS_OK) {
        struct emit_job job = {
            .path = "x.html", .preset = "web", .options = fields, .sets = sets, .set_count = 1};
        status = emitter->emit(&job, &out, &error);
    }
    if (status != STATUS_OK) {
        assert_string_equal(error.message, "out of memory");
    }
    buffer_free(&out);
    arena_free(arena);
    return status == STATUS_OK;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    struct scene scene = scene_make();
    add_web(&scene);
    scene.set.renditions = scene.renditions;
    assert_true(support_each_allocation(emit_short_of_memory, &scene) > 2);
    arena_free(scene.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_three_formats),
        cmocka_unit_test(test_one_format_needs_no_picture),
        cmocka_unit_test(test_one_file_needs_no_srcset),
        cmocka_unit_test(test_densities),
        cmocka_unit_test(test_shapes_by_media_query),
        cmocka_unit_test(test_every_shape_has_a_query),
        cmocka_unit_test(test_a_width_stands_once),
        cmocka_unit_test(test_odd_names),
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_placeholders),
        cmocka_unit_test(test_what_is_not_its_own_is_left_out),
        cmocka_unit_test(test_a_base_that_breaks_the_list),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
