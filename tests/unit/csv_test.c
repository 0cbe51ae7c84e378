/* SPDX-License-Identifier: MIT
 * CSV as people's programs write it: what is read, and what is refused with its line. */
#include <string.h>

#include "csv.h"
#include "support.h"

static struct arena *arena;

static int arena_begin(void **state)
{
    (void)state;
    arena = arena_new();
    return arena ? 0 : -1;
}

static int arena_end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void assert_rows(const char *text, size_t size, const char *rows)
{
    struct csv csv;
    struct error error = {0};
    enum status status = csv_parse(text, size, arena, &csv, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, STATUS_OK);
    assert_value_text(csv.rows, rows);
}
#define ROWS(text_, rows_) assert_rows((text_), sizeof(text_) - 1, (rows_))

static void fields_are_read(void **state)
{
    (void)state;
    ROWS("a,b\n1,2\n", "[{\"a\":\"1\",\"b\":\"2\"}]");
    ROWS("a,b\r\n1,2\r\n3,4", "[{\"a\":\"1\",\"b\":\"2\"},{\"a\":\"3\",\"b\":\"4\"}]");
    ROWS("\xef\xbb\xbf"
         "a\nx",
         "[{\"a\":\"x\"}]");
    ROWS("a,b\n,\n", "[{\"a\":\"\",\"b\":\"\"}]");
    ROWS("a\n\n\r\nx\n\n", "[{\"a\":\"x\"}]");
    ROWS("a\n", "[]");
    ROWS("a\n\"\"\n", "[{\"a\":\"\"}]");
    ROWS("a,b\n x , y\n", "[{\"a\":\" x \",\"b\":\" y\"}]");
}

static void quotes_hold_anything(void **state)
{
    (void)state;
    ROWS("a,b\n\"1,2\",\"say \"\"hi\"\"\"\n", "[{\"a\":\"1,2\",\"b\":\"say \\\"hi\\\"\"}]");
    ROWS("a,b\r\n\"one\r\ntwo\n\",x\r\n", "[{\"a\":\"one\\r\\ntwo\\n\",\"b\":\"x\"}]");
    ROWS("\"a,\"\"b\",c\n1,2", "[{\"a,\\\"b\":\"1\",\"c\":\"2\"}]");
    ROWS("a\n${x}\n", "[{\"a\":\"${x}\"}]");
}

static void lines_are_counted_through_quotes(void **state)
{
    static const char text[] = "a\n\"1\n2\n3\"\n\nx\n";
    struct csv csv;
    struct error error = {0};
    (void)state;
    assert_int_equal(csv_parse(text, strlen(text), arena, &csv, &error), STATUS_OK);
    assert_int_equal(csv.rows->list.count, 2);
    assert_int_equal(csv.lines[0], 2);
    assert_int_equal(csv.lines[1], 6);
    assert_string_equal(csv.columns[0], "a");
    assert_null(csv.columns[1]);
}

static void mistakes_have_a_line(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "is empty: the first line names the columns"},
        {"\n\n", "is empty: the first line names the columns"},
        {"a,b\n1\n", "line 2: 1 field, and the header names 2"},
        {"a,b\n1,2\n\n1,2,3\n", "line 4: 3 fields, and the header names 2"},
        {"a,,b\n", "line 1: column 2 has no name"},
        {"a,b,a\n", "line 1: columns 1 and 3 are both called 'a'"},
        {"a\nx\"y\n", "line 2: a '\"' inside a field without quotes: put the whole field between "
                      "quotes and write this one twice"},
        {"a\n\"x\"y\n",
         "line 2: text after the closing '\"' of a field: a quote inside is written twice"},
        {"a\n\"x\ny\n\n", "line 2: a quoted field that begins here has no end"},
        {"a\rx\r", "line 1: a carriage return that ends no line: lines end in LF or CR LF"},
        {"a\nb\n\xff\n", "line 3: is no UTF-8 text"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct csv csv = {.column_count = 77};
        struct error error = {0};
        assert_int_equal(csv_parse(cases[i].text, strlen(cases[i].text), arena, &csv, &error),
                         STATUS_USAGE);
        assert_error_text(&error, STATUS_USAGE, cases[i].message);
        assert_int_equal(csv.column_count, 77);
    }
}

static void a_table_has_bounds(void **state)
{
    struct buffer text = {0};
    struct csv csv;
    struct error error = {0};
    (void)state;
    for (int i = 0; i < CSV_COLUMNS_MAX; i++) {
        buffer_format(&text, "%sc%d", i ? "," : "", i);
    }
    assert_int_equal(csv_parse(text.data, text.size, arena, &csv, &error), STATUS_OK);
    buffer_text(&text, ",more");
    assert_int_equal(csv_parse(text.data, text.size, arena, &csv, &error), STATUS_REFUSED);
    assert_error_text(&error, STATUS_REFUSED, "line 1: more than 1024 fields");
    buffer_free(&text);
}

static bool parse_once(void *data)
{
    static const char text[] = "a,b\n\"1,\"\"2\",3\n4,5\n";
    struct arena *own = arena_new();
    struct csv csv;
    struct error error = {0};
    (void)data;
    enum status status = own ? csv_parse(text, strlen(text), own, &csv, &error) : STATUS_FAILED;
    if (own && status != STATUS_OK) {
        assert_string_equal(error.message, "out of memory");
    }
    arena_free(own);
    return status == STATUS_OK;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    (void)support_each_allocation(parse_once, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_read),
        cmocka_unit_test(quotes_hold_anything),
        cmocka_unit_test(lines_are_counted_through_quotes),
        cmocka_unit_test(mistakes_have_a_line),
        cmocka_unit_test(a_table_has_bounds),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
