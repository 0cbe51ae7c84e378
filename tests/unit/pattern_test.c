/* SPDX-License-Identifier: MIT
 * Paths read backward: what matches, what the words then are, and what does not match. */
#include <string.h>

#include "pattern.h"
#include "support.h"
#include "template.h"

struct reading {
    const char *path; /* of the preset */
    bool any_extension;
    const char *file;
    const char *words; /* "name=hero ext=jpg"; NULL: no match */
};

static const struct reading readings[] = {
    {"icon.png", false, "icon.png", ""},
    {"icon.png", false, "icon.webp", NULL},
    {"icon.png", false, "icon.png2", NULL},
    {"icon.png", false, "a/icon.png", NULL},
    {"icon.png", true, "icon.webp", "ext=webp"},
    {"icon.png", true, "icon.txt", NULL},
    {"data.json", true, "data.json", ""},
    {"${name}.${ext}", false, "hero.jpeg", "name=hero ext=jpeg"},
    {"${name}.${ext}", false, "hero.html", NULL},
    {"${name}.${ext}", false, "a/hero.jpg", NULL},
    {"${name}.${ext}", false, ".jpg", NULL},
    {"${dir}${name}-${width}w.${ext}", false, "a/b/hero-2-640w.avif",
     "name=hero-2 dir=a/b/ width=640 ext=avif"},
    {"${dir}${name}-${width}w.${ext}", false, "hero-640w.avif",
     "name=hero dir= width=640 ext=avif"},
    {"${dir}${name}-${width}w.${ext}", false, "hero-w.avif", NULL},
    {"${dir}${name}-${width}w.${ext}", false, "hero-064w.avif", NULL},
    {"${name}/${name}.png", false, "a/a.png", "name=a"},
    {"${name}/${name}.png", false, "a/b.png", NULL},
    {"${name}-${width}x${height}.png", false, "a-b-300x250.png", "name=a-b width=300 height=250"},
    {"${preset}/${name}.png", false, "web/a.png", "name=a"},
    {"${preset}/${name}.png", false, "wob/a.png", NULL},
    {"${format}/x.png", false, "webp/x.png", "format=webp"},
    {"${format}/x.png", false, "jpg/x.png", "format=jpg"},
    {"${name}.${hash:8}.js", false, "a.0123abcd.js", "name=a hash=0123abcd"},
    {"${name}.${hash:8}.js", false, "a.0123abc.js", NULL},
    {"${name}.${hash:8}.js", false, "a.0123abcx.js", NULL},
    {"${name}-${2*width}.png", false, "a-1280.png", "name=a"},
    {"$${name}-$.png", false, "${name}-$.png", ""},
    {"${name}@2x.png", false, "hero@2x.png", "name=hero"},
    {"${name}.png", false, "hero@2x.png", "name=hero@2x"},
};

static void words_print(struct buffer *out, const struct binding *binding)
{
    for (int i = 0; i < WORD_COUNT; i++) {
        if (binding->words[i]) {
            buffer_format(out, "%s%s=%s", out->size ? " " : "", template_words[i],
                          binding->words[i]);
        }
    }
}

static void paths_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(readings) / sizeof(readings[0]); i++) {
        const struct reading *reading = &readings[i];
        struct arena *arena = arena_new();
        struct binding binding;
        struct buffer words = {0};
        const struct pattern *pattern =
            pattern_of(value_text(arena, reading->path), "web", reading->any_extension, arena);
        assert_non_null(pattern);
        bool matches = pattern_match(pattern, reading->file, arena, &binding);
        if (matches) {
            words_print(&words, &binding);
        }
        if (matches != (reading->words != NULL) ||
            (matches && strcmp(buffer_string(&words), reading->words) != 0)) {
            fail_msg("%s of %s: %s", reading->file, reading->path,
                     matches ? buffer_string(&words) : "no match");
        }
        buffer_free(&words);
        arena_free(arena);
    }
}

/* Of several that match the one with the most literal text is meant. */
static void weight_is_literal_text(void **state)
{
    struct arena *arena = arena_new();
    const struct pattern *plain = pattern_of(value_text(arena, "${name}.png"), "web", false, arena);
    const struct pattern *twice =
        pattern_of(value_text(arena, "${name}@2x.png"), "web", false, arena);
    (void)state;
    assert_int_equal(pattern_weight(plain), 4);
    assert_int_equal(pattern_weight(twice), 7);
    assert_true(pattern_has(plain, WORD_NAME));
    assert_false(pattern_has(plain, WORD_DIR));
    assert_true(pattern_equal(plain, plain));
    assert_false(pattern_equal(plain, twice));
    arena_free(arena);
}

static bool read_once(void *data)
{
    struct arena *arena = arena_new();
    struct binding binding;
    const struct value *path =
        arena ? value_text(arena, "${dir}${name}-$${x}-${width}w.png") : NULL;
    const struct pattern *pattern = path ? pattern_of(path, "web", true, arena) : NULL;
    bool read = pattern && pattern_match(pattern, "a/b-${x}-3w.webp", arena, &binding);
    (void)data;
    arena_free(arena);
    return read;
}

static void memory_may_be_short(void **state)
{
    (void)state;
    assert_true(support_each_allocation(read_once, NULL) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_read),
        cmocka_unit_test(weight_is_literal_text),
        cmocka_unit_test(memory_may_be_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
