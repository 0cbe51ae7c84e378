/* SPDX-License-Identifier: MIT
 * text.h: numbers, nearness, escapes. */
#include "support.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#include "text.h"

static void numbers_are_short_and_read_back(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "0"},
        {2, "2"},
        {83.5, "83.5"},
        {0.1, "0.1"},
        {-0.1 - 0.2, "-0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {1e14, "100000000000000"},
        {1e15, "1e+15"},
        {123456789012345.0, "123456789012345"},
        {9007199254740993.0, "9007199254740992"},
        {1e300, "1e+300"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer out = {0};
        double again;
        text_number(&out, cases[i].number);
        assert_true(text_to_double(buffer_string(&out), &again));
        assert_true(again == cases[i].number);
        assert_buffer_text(&out, cases[i].text);
    }
}

/* A comma for the decimal point, in this thread only; skipped where the locale is not installed. */
static void numbers_ignore_the_locale(void **state)
{
    (void)state;
    locale_t german = newlocale(LC_ALL_MASK, "de_DE.UTF-8", (locale_t)0);
    if (!german) {
        skip();
    }
    locale_t before = uselocale(german);
    struct buffer out = {0};
    double number = 0;
    text_number(&out, 2.5);
    bool point = text_to_double("2.5", &number), comma = text_to_double("2,5", &number);
    uselocale(before);
    freelocale(german);
    assert_true(point && !comma && number == 2.5);
    assert_buffer_text(&out, "2.5");
}

static void dollars_have_two_to_four_decimals(void **state)
{
    (void)state;
    static const struct {
        double dollars;
        const char *text;
    } cases[] = {{0, "$0.00"},          {0.04, "$0.04"},    {0.045, "$0.045"}, {0.0336, "$0.0336"},
                 {0.1 + 0.02, "$0.12"}, {0.00004, "$0.00"}, {5, "$5.00"},      {12.5, "$12.50"},
                 {1234, "$1234.00"},    {0.99996, "$1.00"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer out = {0};
        text_dollars(&out, cases[i].dollars);
        assert_string_equal(buffer_string(&out), cases[i].text);
        buffer_free(&out);
    }
}

static void factors_are_plain_numbers(void **state)
{
    (void)state;
    static const struct {
        double times;
        const char *text;
    } cases[] = {{1.2345, "1.23"}, {2.5, "2.5"},    {4, "4"},
                 {240, "240"},     {999.6, "1000"}, {1200, "1200"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer out = {0};
        text_times(&out, cases[i].times);
        assert_string_equal(buffer_string(&out), cases[i].text);
        buffer_free(&out);
    }
}

static void int64_is_strict(void **state)
{
    (void)state;
    int64_t number = 7;
    assert_true(text_to_int64("9223372036854775807", &number) && number == INT64_MAX);
    assert_true(text_to_int64("-9223372036854775808", &number) && number == INT64_MIN);
    assert_true(text_to_int64("007", &number) && number == 7);
    static const char *const wrong[] = {"",   "-",   "+1",  " 1",  "1 ",
                                        "1x", "0x1", "1e2", "1.0", "9223372036854775808"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_false(text_to_int64(wrong[i], &number));
    }
    assert_int_equal(number, 7);
}

static void double_is_strict(void **state)
{
    (void)state;
    double number = 7;
    assert_true(text_to_double("-1.5e-3", &number) && number == -1.5e-3);
    assert_true(text_to_double("1E+2", &number) && number == 100);
    assert_true(text_to_double("1e-999", &number) && number == 0);
    number = 7;
    static const char *const wrong[] = {"",    "-",   ".5", "5.",  "+1",    " 1",  "1 ",   "inf",
                                        "nan", "0x1", "1e", "1e+", "1e999", "1,5", "1.5.5"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_false(text_to_double(wrong[i], &number));
    }
    assert_true(number == 7);
}

static void bytes_have_units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t bytes;
    } cases[] = {{"0", 0},
                 {"150000", 150000},
                 {"600B", 600},
                 {"150KB", 150000},
                 {"150kB", 150000},
                 {"150KiB", 153600},
                 {"2MB", 2000000},
                 {"1.5GiB", 1610612736},
                 {"512M", 536870912},
                 {"2g", 2147483648},
                 {"1T", 1099511627776},
                 {"1TB", 1000000000000},
                 {"0.1KiB", 102},
                 {"9223372036854775807", INT64_MAX}};
    int64_t bytes = -1;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_true(text_to_bytes(cases[i].text, &bytes));
        assert_int_equal(bytes, cases[i].bytes);
    }
    static const char *const wrong[] = {"",
                                        "KB",
                                        "-1",
                                        "1.5",
                                        "1.5B",
                                        "2.0",
                                        "1 KB",
                                        "1KBB",
                                        "1Ki",
                                        "1XB",
                                        "1iB",
                                        "1KiBs",
                                        "1e3",
                                        "9e99",
                                        "9223372036854775808",
                                        "99999999999999999999.5K",
                                        "8388608T",
                                        "9000000000.5G",
                                        "1[",
                                        "1 ",
                                        "1k\x01"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (text_to_bytes(wrong[i], &bytes)) {
            fail_msg("'%s' was read as bytes", wrong[i]);
        }
    }
    assert_int_equal(bytes, INT64_MAX);
}

static void bytes_for_people(void **state)
{
    (void)state;
    static const struct {
        double bytes;
        const char *text;
    } cases[] = {{0, "0 B"},          {87, "87 B"},       {999, "999 B"},    {1000, "1 kB"},
                 {1234567, "1.2 MB"}, {340000, "340 kB"}, {9940, "9.9 kB"},  {9960, "10 kB"},
                 {999499, "999 kB"},  {999500, "1 MB"},   {1.5e9, "1.5 GB"}, {1e18, "1000 PB"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer out = {0};
        text_bytes(&out, cases[i].bytes);
        assert_buffer_text(&out, cases[i].text);
    }
}

static const char *name_at(const void *names, size_t i)
{
    return ((const char *const *)names)[i];
}

static void nearest_name(void **state)
{
    (void)state;
    static const char *const names[] = {"", "width", "height", "fit", "kernel", "enlarge", NULL};
    static const struct {
        const char *word, *nearest;
    } cases[] = {{"widht", "width"},
                 {"WIDTH", "width"},
                 {"wdith", "width"},
                 {"hieght", "height"},
                 {"heigt", "height"},
                 {"fot", "fit"},
                 {"ft", "fit"},
                 {"xyz", NULL},
                 {"enlagre", "enlarge"},
                 {"", NULL},
                 {"fxx", NULL},
                 {"witdht", "width"},
                 {"f", NULL},
                 {"completely-different", NULL}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *found = text_nearest(cases[i].word, name_at, names);
        assert_string_equal(found ? found : "none", cases[i].nearest ? cases[i].nearest : "none");
    }
    char word[200];
    memset(word, 'a', sizeof(word) - 1);
    word[sizeof(word) - 1] = '\0';
    assert_null(text_nearest(word, name_at, names));
}

static void utf8_is_strict(void **state)
{
    (void)state;
    static const char *const right[] = {"",
                                        "a",
                                        "\x7f",
                                        "\xc2\x80",
                                        "\xe0\xa0\x80",
                                        "\xed\x9f\xbf",
                                        "\xee\x80\x80",
                                        "\xf0\x90\x80\x80",
                                        "\xf4\x8f\xbf\xbf"};
    static const char *const wrong[] = {"\x80",
                                        "\xc0\x80",
                                        "\xc1\xbf",
                                        "\xc2",
                                        "\xc2\x41",
                                        "\xe0\x9f\xbf",
                                        "\xed\xa0\x80",
                                        "\xe2\x82",
                                        "\xf0\x8f\xbf\xbf",
                                        "\xf4\x90\x80\x80",
                                        "\xf5\x80\x80\x80",
                                        "\xff",
                                        "a\xe2\x28\xa1"};
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        assert_true(text_is_utf8(right[i], strlen(right[i])));
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_false(text_is_utf8(wrong[i], strlen(wrong[i])));
    }
    assert_true(text_is_utf8("a\0b", 3));
}

static void escapes(void **state)
{
    (void)state;
    struct buffer out = {0};
    const char *text = "a\"\\/\b\f\n\r\t\x01\x7f é😀\xff<&>'";
    text_json(&out, text);
    assert_buffer_text(&out, "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f é😀\xEF\xBF\xBD<&>'\"");
    text_html(&out, text);
    assert_buffer_text(&out,
                       "a&quot;\\/\xEF\xBF\xBD\xEF\xBF\xBD&#10;&#13;&#9;\xEF\xBF\xBD\xEF\xBF\xBD "
                       "é😀\xEF\xBF\xBD&lt;&amp;&gt;&#39;");
    text_printable(&out, "a\n\x1b[2Jé\xff\xc2\x9b\xe2\x80\xae"
                         "b\xe2\x80\xa6");
    assert_buffer_text(&out, "a\\x0a\\x1b[2Jé\\xff\\xc2\\x9b\\xe2\\x80\\xaeb…");
    text_url(&out, "a b/c-d._~?#%&é.jpg");
    assert_buffer_text(&out, "a%20b/c-d._~%3F%23%25%26%C3%A9.jpg");
}

static void binary_as_text(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"}; /* RFC 4648, section 10 */
    struct buffer out = {0};
    for (size_t size = 0; size <= 6; size++) {
        text_base64(&out, "foobar", size);
        assert_buffer_text(&out, expected[size]);
    }
    text_base64(&out, "\xff\xfe\xfd", 3);
    assert_buffer_text(&out, "//79");
    text_hex(&out, "\x00\xff\x1a", 3);
    assert_buffer_text(&out, "00ff1a");
}

static void beginnings_and_ends(void **state)
{
    (void)state;
    assert_true(text_starts("abc", "ab") && text_starts("abc", "") && !text_starts("a", "ab"));
    assert_true(text_ends("abc", "bc") && text_ends("abc", "") && !text_ends("c", "bc"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_short_and_read_back),
        cmocka_unit_test(numbers_ignore_the_locale),
        cmocka_unit_test(dollars_have_two_to_four_decimals),
        cmocka_unit_test(factors_are_plain_numbers),
        cmocka_unit_test(int64_is_strict),
        cmocka_unit_test(double_is_strict),
        cmocka_unit_test(bytes_have_units),
        cmocka_unit_test(bytes_for_people),
        cmocka_unit_test(nearest_name),
        cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(escapes),
        cmocka_unit_test(binary_as_text),
        cmocka_unit_test(beginnings_and_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
