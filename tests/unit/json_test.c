/* SPDX-License-Identifier: MIT
 * json.h: what is read, what is refused and where, and how it is written. */
#include "support.h"

#include <string.h>

#include "json.h"
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

static void reads_every_type(void **state)
{
    struct arena *arena = *state;
    const struct value *value = support_value(
        arena,
        " {'b':[true,false,null,'é\\u00e9\\n😀'],'a':{'int':2,'real':2.0,'exp':1e2,'-':-0}} ");
    assert_value_text(value, "{\"b\":[true,false,null,\"éé\\n😀\"],"
                             "\"a\":{\"int\":2,\"real\":2,\"exp\":100,\"-\":0}}");
    const struct value *numbers = value_get(value, "a");
    assert_int_equal(value_get(numbers, "int")->type, VALUE_INT);
    assert_int_equal(value_get(numbers, "real")->type, VALUE_NUMBER);
    assert_int_equal(value_get(numbers, "exp")->type, VALUE_NUMBER);
    assert_int_equal(support_value(arena, "9223372036854775807")->integer, INT64_MAX);
    assert_int_equal(support_value(arena, "-9223372036854775808")->integer, INT64_MIN);
    assert_string_equal(support_value(arena, "'${x}'")->text, "${x}");
}

static void syntax_errors_have_places(void **state)
{
    static const struct {
        const char *json, *text;
    } cases[] = {
        {"", "line 1, column 1: the text ends before the JSON document does"},
        {"  \n ", "line 2, column 2: the text ends before the JSON document does"},
        {"{\n  \"a\": 1,\n  \"b\": [1,\n",
         "line 4, column 1: the text ends before the JSON document does"},
        {"{\n  \"a\": }", "line 2, column 8: not valid JSON: unexpected token near }"},
        {"{\"a\": 1 \"b\": 2}", "line 1, column 9: not valid JSON: '}' expected near \"b\""},
        {"{\"é\": 1, \"a\": 1,\n \"a\": 2}",
         "line 2, column 2: key \"a\" stands twice in one object"},
        {"{\"x\": {\"a\": 1}, \"a\": 1, \"x\": 2}",
         "line 1, column 25: key \"x\" stands twice in one object"},
        {"[1] 2", "line 1, column 5: something stands after the end of the JSON document"},
        {"[1, 1e999]", "line 1, column 5: number 1e999 is too large"},
        {"[9223372036854775808]", "line 1, column 2: number 9223372036854775808 is too large"},
        {"[-9223372036854775809]", "line 1, column 2: number -9223372036854775809 is too large"},
        {"[\"a\\u0000b\"]", "line 1, column 2: a text holds \\u0000"},
        {"{\"\\u0000\": 1}", "line 1, column 2: a text holds \\u0000"},
        {"[\"a\xff\"]", "line 1, column 4: the text is not valid UTF-8"},
        {"[nan]", "line 1, column 2: not valid JSON: invalid token near nan"},
        {"[01]", "line 1, column 2: not valid JSON: invalid token near 0"},
        {"{a: 1}", "line 1, column 2: not valid JSON: string or '}' expected near a"},
        {"[1,]", "line 1, column 4: not valid JSON: unexpected token near ]"},
        {"[\"a\nb\"]", "line 1, column 2: not valid JSON: unexpected newline near \"a"},
        {"// x", "line 1, column 1: not valid JSON: invalid token near /"},
        {"\xEF\xBB\xBF{}", "line 1, column 1: a byte order mark stands before the JSON document"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct value *value = NULL;
        struct error error = {0};
        assert_int_equal(json_parse(*state, cases[i].json, strlen(cases[i].json), &value, &error),
                         STATUS_USAGE);
        assert_null(value);
        assert_error_text(&error, STATUS_USAGE, cases[i].text);
    }
}

static void raw_nul_is_refused(void **state)
{
    static const char inside[] = "[\"a\0b\"]", between[] = "[1,\0 2]", after[] = "[1]\0";
    const struct value *value = NULL;
    struct error error = {0};
    assert_int_equal(json_parse(*state, inside, sizeof(inside) - 1, &value, &error), STATUS_USAGE);
    error_clear(&error);
    assert_int_equal(json_parse(*state, between, sizeof(between) - 1, &value, &error),
                     STATUS_USAGE);
    error_clear(&error);
    assert_int_equal(json_parse(*state, after, sizeof(after) - 1, &value, &error), STATUS_USAGE);
    assert_null(value);
}

static void nested(struct buffer *out, size_t depth)
{
    for (size_t i = 0; i < depth; i++) {
        buffer_text(out, i % 2 ? "{\"[{\\\"[\":" : "[");
    }
    buffer_text(out, "1");
    for (size_t i = depth; i-- > 0;) {
        buffer_text(out, i % 2 ? "}" : "]");
    }
}

static void nesting_ends_at_64(void **state)
{
    struct buffer out = {0};
    const struct value *value = NULL;
    struct error error = {0};
    nested(&out, 64);
    assert_int_equal(json_parse(*state, out.data, out.size, &value, &error), STATUS_OK);
    buffer_clear(&out);
    nested(&out, 65);
    assert_int_equal(json_parse(*state, out.data, out.size, &value, &error), STATUS_USAGE);
    assert_error_text(&error, STATUS_USAGE,
                      "line 1, column 321: lists and objects are nested more than 64 deep");
    buffer_free(&out);
    for (int i = 0; i < 1000000; i++) {
        buffer_char(&out, '[');
    }
    error_clear(&error);
    assert_int_equal(json_parse(*state, out.data, out.size, &value, &error), STATUS_USAGE);
    buffer_free(&out);
}

static void writes_one_layout(void **state)
{
    struct arena *arena = *state;
    struct buffer out = {0};
    json_write(&out, support_value(arena, "{'a':1,'list':[1,2.5,'x',null],'none':[],'empty':{},"
                                          "'deep':[{'b':true},[[1]]],'é':'\\t'}"));
    assert_buffer_text(&out, "{\n"
                             "  \"a\": 1,\n"
                             "  \"list\": [1, 2.5, \"x\", null],\n"
                             "  \"none\": [],\n"
                             "  \"empty\": {},\n"
                             "  \"deep\": [\n"
                             "    {\n"
                             "      \"b\": true\n"
                             "    },\n"
                             "    [\n"
                             "      [1]\n"
                             "    ]\n"
                             "  ],\n"
                             "  \"é\": \"\\t\"\n"
                             "}\n");
    json_write(&out, support_value(arena, "3"));
    assert_buffer_text(&out, "3\n");
}

/* A list of `count` - 1 numbers of one digit and a text, after a key. */
static void write_list(struct arena *arena, struct buffer *out, int count, const char *last)
{
    struct value *list = value_list(arena);
    for (int i = 1; i < count; i++) {
        value_append(arena, list, value_int(arena, 7));
    }
    value_append(arena, list, value_text(arena, last));
    json_write(out, value_set(arena, value_object(arena), "k", list));
}

static void short_lists_end_at_100_columns(void **state)
{
    struct buffer out = {0};
    /* `  "k": [` 8, 29 times `7, ` 87, `"é"` 3, `]` and room for a comma: 100 */
    write_list(*state, &out, 30, "é");
    assert_non_null(strstr(out.data, "7, \"é\"]\n}\n"));
    buffer_free(&out);
    write_list(*state, &out, 30, "éé");
    assert_non_null(strstr(out.data, "    7,\n    \"éé\"\n  ]\n}\n"));
    buffer_free(&out);
}

static void what_is_written_reads_back(void **state)
{
    struct arena *arena = *state;
    struct buffer out = {0};
    const struct value *again,
        *value = support_value(
            arena, "{'a':[1,{'x':[],'y':{}},[[1,2],[3.25,-4e-9]]],'\\u0001\\\"\\\\':'\\u007f é'}");
    struct error error = {0};
    json_write(&out, value);
    assert_int_equal(json_parse(arena, out.data, out.size, &again, &error), STATUS_OK);
    assert_true(value_equal(value, again));
    buffer_clear(&out);
    value_print(&out, value);
    assert_int_equal(json_parse(arena, out.data, out.size, &again, &error), STATUS_OK);
    assert_true(value_equal(value, again));
    buffer_free(&out);
}

static bool read_and_write(void *data)
{
    static const char json[] = "{\"a\": [1, 2.5, {\"b\": \"text\"}, [], {}], \"c\": {\"d\": null}}";
    struct arena *arena = arena_new();
    const struct value *value = NULL;
    struct error error = {0};
    struct buffer out = {0};
    bool done = false;
    (void)data;
    if (arena && json_parse(arena, json, sizeof(json) - 1, &value, &error) == STATUS_OK) {
        json_write(&out, value);
        done = !buffer_failed(&out);
    } else if (arena) {
        assert_error_text(&error, STATUS_FAILED, "out of memory");
        assert_null(value);
    }
    buffer_free(&out);
    arena_free(arena);
    return done;
}

static void without_memory(void **state)
{
    (void)state;
    assert_true(support_each_allocation(read_and_write, NULL) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_type),
        cmocka_unit_test(syntax_errors_have_places),
        cmocka_unit_test(raw_nul_is_refused),
        cmocka_unit_test(nesting_ends_at_64),
        cmocka_unit_test(writes_one_layout),
        cmocka_unit_test(short_lists_end_at_100_columns),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
