/* SPDX-License-Identifier: MIT
 * value.h: building, comparing, merging and printing. */
#include "support.h"

#include <string.h>

#include "memory.h"

static int make_arena(void **state)
{
    *state = arena_new();
    return *state ? 0 : -1;
}

static int drop_arena(void **state)
{
    arena_free(*state);
    return 0;
}

static void lists_and_objects_grow(void **state)
{
    struct arena *arena = *state;
    struct value *list = value_list(arena), *object = value_object(arena);
    for (int i = 0; i < 300; i++) {
        assert_ptr_equal(value_append(arena, list, value_int(arena, i)), list);
        assert_int_equal(list->list.count, i + 1);
        char *key = arena_format(arena, "key %d", i);
        assert_ptr_equal(value_set(arena, object, key, value_int(arena, i)), object);
        key[0] = 'X'; /* keys are copied */
    }
    for (int i = 0; i < 300; i++) {
        assert_int_equal(list->list.items[i]->integer, i);
        assert_int_equal(value_get(object, arena_format(arena, "key %d", i))->integer, i);
    }
    assert_null(value_get(object, "key 300"));
    assert_null(value_get(list, "key 1"));
    assert_null(value_get(NULL, "key 1"));
}

static void keys_are_replaced_in_place(void **state)
{
    struct arena *arena = *state;
    struct value *object = value_object(arena);
    value_set(arena, object, "a", value_int(arena, 1));
    value_set(arena, object, "b", value_int(arena, 2));
    value_set(arena, object, "a", value_text(arena, "new"));
    assert_value_text(object, "{\"a\":\"new\",\"b\":2}");
    assert_null(value_set(arena, object, "a", NULL));
    assert_null(value_set(arena, NULL, "a", object));
    assert_null(value_append(arena, NULL, object));
    assert_null(value_append(arena, value_list(arena), NULL));
    assert_null(value_text(arena, NULL));
}

static void equality(void **state)
{
    struct arena *arena = *state;
    static const struct {
        const char *a, *b;
        bool equal;
    } cases[] = {
        {"2", "2.0", true},
        {"2", "2.5", false},
        {"9007199254740993", "9007199254740992.0", false},
        {"9223372036854775807", "9223372036854775808.0", false},
        {"-9223372036854775808", "-9223372036854775808.0", true},
        {"1", "true", false},
        {"null", "null", true},
        {"null", "false", false},
        {"'1'", "1", false},
        {"'a'", "'a'", true},
        {"[1,2]", "[1,2.0]", true},
        {"[1,2]", "[2,1]", false},
        {"[1,2]", "[1]", false},
        {"[]", "{}", false},
        {"{'a':1,'b':[{}]}", "{'b':[{}],'a':1.0}", true},
        {"{'a':1}", "{'b':1}", false},
        {"{'a':1}", "{'a':1,'b':1}", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct value *a = support_value(arena, cases[i].a);
        const struct value *b = support_value(arena, cases[i].b);
        assert_int_equal(value_equal(a, b), cases[i].equal);
        assert_int_equal(value_equal(b, a), cases[i].equal);
        assert_true(value_equal(a, a));
    }
}

static void hashes_follow_equality(void **state)
{
    struct arena *arena = *state;
    static const char *const different[] = {
        "null", "true", "false", "0",     "1",       "0.5",       "'1'",           "''",
        "[]",   "[[]]", "{}",    "[1,2]", "[[1],2]", "{'a':[1]}", "{'a':1,'b':2}", "['a',1]",
        "['']", "1e300"};
    size_t count = sizeof(different) / sizeof(different[0]);
    struct hash none = {0}, hashes[sizeof(different) / sizeof(different[0])];
    for (size_t i = 0; i < count; i++) {
        hashes[i] = value_mix(none, support_value(arena, different[i]));
        assert_false(hash_equal(hashes[i], value_mix(none, NULL)));
        for (size_t j = 0; j < i; j++) {
            assert_false(hash_equal(hashes[i], hashes[j]));
        }
    }
    assert_true(hash_equal(value_mix(none, support_value(arena, "[2,{'a':-0.0}]")),
                           value_mix(none, support_value(arena, "[2.0,{'a':0}]"))));
}

static void numbers_as_doubles(void **state)
{
    struct arena *arena = *state;
    double number = 7;
    assert_true(value_number(value_int(arena, -3), &number) && number == -3);
    assert_true(value_number(value_real(arena, 2.5), &number) && number == 2.5);
    assert_false(value_number(value_text(arena, "1"), &number));
    assert_false(value_number(NULL, &number));
    assert_true(number == 2.5);
}

static void merging(void **state)
{
    struct arena *arena = *state;
    const struct value *base = support_value(arena, "{'a':{'x':1,'y':[1,2]},'b':2}");
    const struct value *over = support_value(arena, "{'a':{'y':[3],'z':4},'c':5}");
    assert_value_text(value_merge(arena, base, over),
                      "{\"a\":{\"x\":1,\"y\":[3],\"z\":4},\"b\":2,\"c\":5}");
    assert_value_text(base, "{\"a\":{\"x\":1,\"y\":[1,2]},\"b\":2}");
    assert_ptr_equal(value_merge(arena, NULL, over), over);
    assert_ptr_equal(value_merge(arena, base, NULL), base);
    assert_null(value_merge(arena, NULL, NULL));
    const struct value *text = value_text(arena, "t");
    assert_ptr_equal(value_merge(arena, base, text), text);
    assert_ptr_equal(value_merge(arena, text, base), base);
    assert_value_text(value_merge(arena, support_value(arena, "{'a':{'b':1}}"),
                                  support_value(arena, "{'a':null}")),
                      "{\"a\":null}");
}

static void brief_texts(void **state)
{
    struct arena *arena = *state;
    struct buffer out = {0};
    value_brief(&out, support_value(arena, "{'a':[1,2.5,true,null],'b':'x'}"));
    assert_buffer_text(&out, "{\"a\":[1,2.5,true,null],\"b\":\"x\"}");
    /* 58 characters and two quotes are 60: not cut */
    char text[3001];
    memset(text, 'x', sizeof(text));
    text[58] = '\0';
    value_brief(&out, value_text(arena, text));
    assert_int_equal(out.size, 60);
    assert_int_equal(out.data[59], '"');
    buffer_free(&out);
    text[58] = 'x';
    text[59] = '\0';
    value_brief(&out, value_text(arena, text));
    assert_int_equal(out.size, 59 + strlen("…"));
    assert_string_equal(out.data + 57, "xx…");
    buffer_free(&out);
    for (size_t i = 0; i + 2 < sizeof(text); i += 2) {
        memcpy(text + i, "é", 3);
    }
    value_brief(&out, value_text(arena, text));
    assert_int_equal(out.size, 1 + 58 * 2 + strlen("…"));
    buffer_free(&out);
}

static void brief_of_much_is_cheap(void **state)
{
    struct arena *arena = *state;
    struct value *list = value_list(arena);
    for (int i = 0; i < 100000; i++) {
        value_append(arena, list, value_int(arena, i));
    }
    struct buffer out = {0};
    value_brief(&out, list);
    assert_true(out.capacity < 1000);
    assert_buffer_text(&out, "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22…");
}

static void words_inside_text(void **state)
{
    struct arena *arena = *state;
    struct buffer out = {0};
    assert_true(value_words(&out, value_real(arena, 83.5)));
    assert_true(value_words(&out, value_int(arena, -2)));
    assert_true(value_words(&out, value_real(arena, 2.0)));
    assert_true(value_words(&out, value_bool(arena, true)));
    assert_true(value_words(&out, value_text(arena, "\"${x}\"")));
    assert_false(value_words(&out, value_null(arena)));
    assert_false(value_words(&out, value_list(arena)));
    assert_false(value_words(&out, value_object(arena)));
    assert_buffer_text(&out, "83.5-22true\"${x}\"");
}

static void types_have_names(void **state)
{
    (void)state;
    assert_string_equal(value_type_name(VALUE_NUMBER), "a number");
    assert_string_equal(value_type_name(VALUE_OBJECT), "an object");
    assert_string_equal(value_type_name((enum value_type)77), "nothing");
}

static bool build(void *data)
{
    struct arena *arena = arena_new();
    struct value *list = NULL;
    bool done = false;
    (void)data;
    if (arena) {
        list = value_list(arena);
        for (int i = 0; i < 2000; i++) {
            struct value *object = value_set(arena, value_object(arena), "a", value_real(arena, i));
            object = value_set(arena, object, "text", value_text(arena, "something longer"));
            list = value_append(arena, list, value_merge(arena, object, object));
        }
        done = list && value_append(arena, list, value_null(arena));
    }
    arena_free(arena);
    return done;
}

static void building_without_memory(void **state)
{
    (void)state;
    assert_true(support_each_allocation(build, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_and_objects_grow),
        cmocka_unit_test(keys_are_replaced_in_place),
        cmocka_unit_test(equality),
        cmocka_unit_test(hashes_follow_equality),
        cmocka_unit_test(numbers_as_doubles),
        cmocka_unit_test(merging),
        cmocka_unit_test(brief_texts),
        cmocka_unit_test(brief_of_much_is_cheap),
        cmocka_unit_test(words_inside_text),
        cmocka_unit_test(types_have_names),
        cmocka_unit_test(building_without_memory),
    };
    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
