/* SPDX-License-Identifier: MIT
 * `${…}`: what each text becomes, as exact JSON; and what each mistake is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "json.h"
#include "template.h"

static const char variables[] =
    "{\"px\": 600, \"share\": 0.8, \"third\": 2.0, \"pt\": 83.5, \"word\": \"blue\", \"empty\": "
    "\"\","
    " \"widths\": [320, 640], \"odd\": \"a${px}b\", \"dollar\": \"5$\", \"brace\": \"{px}\", "
    "\"on\": true,"
    " \"long\": \"größer\", \"deep\": [{\"t\": \"$${x}\"}], \"nothing\": null,"
    " \"density\": {\"dir\": \"xhdpi\", \"x\": 1.5, \"inner\": {\"y\": 4}},"
    " \"big\": 1e300, \"zero\": 0, \"minus\": -1.5}";

static const char plan_words[] =
    "{\"name\": \"photo\", \"dir\": \"a/\", \"preset\": \"web\", \"width\": 640, \"height\": 427,"
    " \"format\": \"avif\", \"ext\": \"avif\", \"hash\": \"0123456789abcdef0123456789abcdef\"}";

static const struct value *json(struct arena *arena, const char *text)
{
    const struct value *value = NULL;
    struct error error = {0};
    if (json_parse(arena, text, strlen(text), &value, &error) != STATUS_OK) {
        fail_msg("%s: %s: %s", text, error.where, error.message);
    }
    return value;
}

enum way { REFUSED, KEPT, TWICE };

/* The result as compact JSON, or "WHERE: MESSAGE". */
static const char *filled(struct arena *arena, const char *text, enum way way)
{
    char message[2048];
    struct error error = {0};
    struct buffer out = {0};
    struct value inner_object = *json(arena, "{\"step\": 3, \"word\": \"red\"}");
    struct scope outer = {.object = json(arena, variables)};
    struct scope inner = {.parent = &outer, .object = &inner_object};
    struct scope plan = {.object = json(arena, plan_words)};
    const struct pointer *at = POINTER_KEY(NULL, "path");
    const struct value *value = NULL;
    enum status status = template_fill(json(arena, text), &inner,
                                       way == REFUSED ? TEMPLATE_LATE_REFUSED : TEMPLATE_LATE_KEPT,
                                       at, arena, &value, &error);
    if (status == STATUS_OK && way == TWICE) {
        status = template_finish(value, &plan, at, arena, &value, &error);
    }
    if (status == STATUS_OK) {
        value_print(&out, value);
    } else {
        assert_int_equal(status, STATUS_USAGE);
        error_format(&error, message, sizeof message);
        buffer_text(&out, message);
    }
    const char *result = arena_text(arena, buffer_string(&out));
    buffer_free(&out);
    return result;
}

struct example {
    const char *text, *expected;
};

static void examples_check(const struct example *examples, size_t count, enum way way)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < count; i++) {
        const char *result = filled(arena, examples[i].text, way);
        if (strcmp(result, examples[i].expected) != 0) {
            fail_msg("%s\n  is       %s\n  expected %s", examples[i].text, result,
                     examples[i].expected);
        }
    }
    arena_free(arena);
}
#define EXAMPLES_CHECK(examples, way)                                                              \
    examples_check(examples, sizeof(examples) / sizeof *(examples), way)

static void names_are_put_in(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"\"plain\"", "\"plain\""},
        {"\"${px}\"", "600"},
        {"\"${on}\"", "true"},
        {"\"${nothing}\"", "null"},
        {"\"${widths}\"", "[320,640]"},
        {"\"${density}\"", "{\"dir\":\"xhdpi\",\"x\":1.5,\"inner\":{\"y\":4}}"},
        {"\"${density.dir}\"", "\"xhdpi\""},
        {"\"${density.inner.y}\"", "4"},
        {"\"${px}w\"", "\"600w\""},
        {"\"${pt}x${pt}\"", "\"83.5x83.5\""},
        {"\"${third}x\"", "\"2x\""},
        {"\"res/${density.dir}/${word}.png\"", "\"res/xhdpi/red.png\""},
        {"\"${step}\"", "3"},
        {"\"${empty}${empty}\"", "\"\""},
        {"\"$\"", "\"$\""},
        {"\"5$ {px}\"", "\"5$ {px}\""},
        {"\"}${px}{\"", "\"}600{\""},
        {"[\"${px}\", {\"key ${px}\": [\"a${word}\"]}, 7]", "[600,{\"key ${px}\":[\"ared\"]},7]"},
    };
    EXAMPLES_CHECK(examples, REFUSED);
}

static void products_are_whole_pixels(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"\"${48*density.x}\"", "72"},
        {"\"${px*share}\"", "480"},
        {"\"${px*0.8}\"", "480"},
        {"\"${px*density.x/2}\"", "450"},
        {"\"${px/7}\"", "86"},
        {"\"${pt*2}\"", "167"},
        {"\"${pt*1}\"", "84"},
        {"\"${px/1200}\"", "1"},
        {"\"${px/1201}\"", "0"},
        {"\"${minus*1}\"", "-1"},
        {"\"${minus*3}\"", "-4"},
        {"\"${1.005*100*step}\"", "302"},
        {"\"${100*1.005}\"", "101"},
        {"\"${2*3}px\"", "\"6px\""},
        {"\"${density.x}/${step}\"", "\"1.5/3\""},
        {"\"${pt*2}x${px*2}\"", "\"167x1200\""},
    };
    EXAMPLES_CHECK(examples, REFUSED);
}

static void characters_are_cut(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"\"${long:4}\"", "\"größ\""},
        {"\"${word:99}\"", "\"red\""},
        {"\"${px:1}\"", "\"6\""},
        {"\"${word:0}\"", "/path: ':0' is not a number of characters 1..999"},
        {"\"${word:-1}\"", "/path: ':-1' is not a number of characters 1..999"},
        {"\"${word:}\"", "/path: ':' is not a number of characters 1..999"},
        {"\"${hash:x}\"",
         "/path: 'hash' is known only when an image is planned: '${hash}' may stand "
         "in 'path' and in 'emit', not here"},
        {"\"${widths:2}\"", "/path: a list has no first characters"},
    };
    EXAMPLES_CHECK(examples, REFUSED);
    static const struct example late[] = {
        {"\"${hash:8}-${word}\"", "\"${hash:8}-red\""},
        {"\"${hash:1000}\"", "/path: ':1000' is not a number of characters 1..999"},
    };
    EXAMPLES_CHECK(late, KEPT);
}

static void plan_words_wait(void **state)
{
    (void)state;
    static const struct example kept[] = {
        {"\"${dir}${name}-${step}.${ext}\"", "\"${dir}${name}-3.${ext}\""},
        {"\"${width}\"", "\"${width}\""},
        {"\"${width*share}\"", "\"${width*0.8}\""},
        {"\"${density.inner.y*width/minus}\"", "\"${4*width/-1.5}\""},
        {"\"$${width}\"", "\"$${width}\""},
        {"\"${odd}\"", "\"a${$}{px}b\""},
    };
    EXAMPLES_CHECK(kept, KEPT);
    static const struct example twice[] = {
        {"\"${dir}${name}-${step}-${width}w.${ext}\"", "\"a/photo-3-640w.avif\""},
        {"\"${width}\"", "640"},
        {"\"${width}/${px}\"", "\"640/600\""},
        {"\"${width*share}\"", "512"},
        {"\"${width/big}\"", "0"},
        {"\"${hash:8}.${ext}\"", "\"01234567.avif\""},
        {"{\"a\": [\"${height}\"]}", "{\"a\":[427]}"},
    };
    EXAMPLES_CHECK(twice, TWICE);
}

/* A value that looks like a placeholder is a value; so is one beside another that would make one.
 */
static void values_are_never_looked_at_again(void **state)
{
    (void)state;
    static const struct example once[] = {
        {"\"${odd}\"", "\"a${px}b\""},           {"\"x${odd}\"", "\"xa${px}b\""},
        {"\"${dollar}${brace}\"", "\"5${px}\""}, {"\"$${px}\"", "\"${px}\""},
        {"\"$$${px}\"", "\"$${px}\""},           {"\"$${\"", "\"${\""},
        {"\"${deep}\"", "[{\"t\":\"$${x}\"}]"},
    };
    EXAMPLES_CHECK(once, REFUSED);
    EXAMPLES_CHECK(once, TWICE);
    static const struct example twice[] = {
        {"\"${dollar}${width}\"", "\"5$640\""},
        {"\"${dollar}${dollar}${name}\"", "\"5$5$photo\""},
        {"\"$${width}${width}\"", "\"${width}640\""},
    };
    EXAMPLES_CHECK(twice, TWICE);
}

static void mistakes_are_told(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"\"${wrod}\"", "/path: unknown name 'wrod' in '${…}'; did you mean 'word'?"},
        {"[1, {\"a\": \"${denisty.x}\"}]",
         "/path/1/a: unknown name 'denisty' in '${…}'; did you mean 'density'?"},
        {"\"${density.z}\"", "/path: 'density' has no key 'z'; did you mean 'x'?"},
        {"\"${density.colour}\"", "/path: 'density' has no key 'colour'; known are dir, x, inner"},
        {"\"${density.inner.y.z}\"", "/path: 'density.inner.y' is a number and has no key 'z'"},
        {"\"${px.x}\"", "/path: 'px' is a number and has no key 'x'"},
        {"\"${word*2}\"", "/path: 'word' is a text (\"red\"): only numbers can be multiplied"},
        {"\"${2*widths}\"",
         "/path: 'widths' is a list ([320,640]): only numbers can be multiplied"},
        {"\"${px/zero}\"", "/path: '${px/zero}' divides by 0"},
        {"\"${big*big}\"", "/path: '${big*big}' is too large"},
        {"\"${px+1}\"",
         "/path: '${px+1}' is neither a name nor a product: '*' or '/' is expected at '+1'"},
        {"\"${ px }\"", "/path: '${ px }' is neither a name nor a product: a name or a number is "
                        "expected at ' px '"},
        {"\"${px*}\"", "/path: '${px*}' ends early: a name or a number is expected"},
        {"\"${px*2\"", "/path: '${px*2' has no '}' (a plain '${' is written '$${')"},
        {"\"${}\"", "/path: '${}' is empty: a name is expected"},
        {"\"${48}\"", "/path: '${48}' is a plain number: write it without '${…}'"},
        {"\"${1.2.3*px}\"", "/path: '1.2.3' is not a number"},
        {"\"${$}\"",
         "/path: '${$}' is neither a name nor a product: a name or a number is expected "
         "at '$'"},
        {"\"a${widths}\"", "/path: '${widths}' is a list, which cannot stand inside a text"},
        {"\"a${nothing}\"", "/path: '${nothing}' is null, which cannot stand inside a text"},
        {"\"${width}\"", "/path: 'width' is known only when an image is planned: '${width}' may "
                         "stand in 'path' and in 'emit', not here"},
    };
    EXAMPLES_CHECK(examples, REFUSED);
    static const struct example late[] = {
        {"\"${widht}\"", "/path: unknown name 'widht' in '${…}'; did you mean 'width'?"},
        {"\"${width.x}\"", "/path: 'width' has no keys: there is no 'x'"},
    };
    EXAMPLES_CHECK(late, KEPT);
    static const struct example twice[] = {
        {"\"${name*2}\"", "/path: 'name' is a text (\"photo\"): only numbers can be multiplied"},
    };
    EXAMPLES_CHECK(twice, TWICE);
}

static void a_word_that_the_plan_lacks(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error error = {0};
    struct scope plan = {.object = json(arena, "{\"name\": \"x\", \"dir\": \"\"}")};
    const struct value *out = NULL;
    assert_int_equal(template_finish(json(arena, "\"${width}\""), &plan, NULL, arena, &out, &error),
                     STATUS_USAGE);
    assert_string_equal(error.message, "'${width}' is not known here; known are name, dir");
    assert_null(out);
    arena_free(arena);
}

static void growth_has_an_end(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct buffer text = {0};
    struct value *object = value_object(arena);
    const struct value *out = NULL;
    struct error error = {0};
    for (int i = 0; i < 100000; i++) {
        buffer_text(&text, "abcdefgh");
    }
    object = value_set(arena, object, "a", value_text(arena, buffer_string(&text)));
    struct scope scope = {.object = object};
    assert_int_equal(template_fill(json(arena, "\"${a}${a}\""), &scope, TEMPLATE_LATE_REFUSED, NULL,
                                   arena, &out, &error),
                     STATUS_USAGE);
    assert_string_equal(error.message,
                        "the text grows over 65536 bytes when its '${…}' are put in");
    buffer_free(&text);
    arena_free(arena);
}

static void a_literal_comes_back(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "a", "$", "${x}", "$${x}", "$$", "${$}", "{}"};
    struct arena *arena = arena_new();
    struct scope none = {0};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct error error = {0};
        const struct value *out = NULL;
        const struct value *kept = value_text(arena, template_literal(arena, texts[i]));
        assert_int_equal(template_finish(kept, &none, NULL, arena, &out, &error), STATUS_OK);
        assert_string_equal(out->text, texts[i]);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_put_in),
        cmocka_unit_test(products_are_whole_pixels),
        cmocka_unit_test(characters_are_cut),
        cmocka_unit_test(plan_words_wait),
        cmocka_unit_test(values_are_never_looked_at_again),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(a_word_that_the_plan_lacks),
        cmocka_unit_test(growth_has_an_end),
        cmocka_unit_test(a_literal_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
