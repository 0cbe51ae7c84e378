/* SPDX-License-Identifier: MIT
 * Every option table of the program: the limits, the stages and the emitters. */
#include "support.h"

#include <ctype.h>
#include <string.h>

#include "emitter.h"
#include "limit.h"
#include "memory.h"
#include "stage.h"
#include "text.h"

/* Calls check with each table, the size of its struct, and its owner's name. */
static void each_table(void (*check)(const struct option *table, size_t size, const char *owner))
{
    check(limit_options, sizeof(struct limits), "limits");
    for (const struct stage *const *stage = stage_list(); *stage; stage++) {
        check((*stage)->options, (*stage)->options_size, (*stage)->name);
    }
    for (const struct emitter *const *emitter = emitter_list(); *emitter; emitter++) {
        check((*emitter)->file_options, (*emitter)->file_size, (*emitter)->name);
        check((*emitter)->entry_options, (*emitter)->entry_size, (*emitter)->name);
    }
}

static void check_default(const struct option *table, size_t size, const char *owner)
{
    struct arena *arena = arena_new();
    struct error error = {0};
    char *first = memory_zero(1, size + 16), *second = memory_zero(1, size + 16);
    memset(first + size, 0x5A, 16); /* a guard: options belong to the struct */
    if (options_default(table, arena, first, &error) != STATUS_OK) {
        fail_msg("%s: %s: %s", owner, error.where, error.message);
    }
    assert_memory_equal(first + size, "ZZZZZZZZZZZZZZZZ", 16);
    const struct value *value = options_value(table, first, false, arena);
    assert_non_null(value);
    assert_int_equal(options_default(table, arena, second, &error), STATUS_OK);
    if (options_parse(table, owner, value, NULL, arena, second, &error) != STATUS_OK) {
        fail_msg("%s: %s: %s", owner, error.where, error.message);
    }
    assert_true(value_equal(value, options_value(table, second, false, arena)));
    assert_value_text(options_value(table, second, true, arena), "{}");
    memory_free(first);
    memory_free(second);
    arena_free(arena);
}

static void defaults_parse_and_come_back(void **state)
{
    (void)state;
    each_table(check_default);
}

static bool is_key(const char *name)
{
    size_t size = strlen(name);
    for (size_t i = 0; i < size; i++) {
        if (!islower((unsigned char)name[i]) && !isdigit((unsigned char)name[i]) &&
            !(name[i] == '-' && i > 0 && i + 1 < size)) {
            return false;
        }
    }
    return size > 0;
}

static void check_words(const struct option *table, size_t size, const char *owner)
{
    for (const struct option *option = table; option && option->name; option++) {
        const char *help = option->help ? option->help : "";
        struct buffer words = {0};
        option_type_words(&words, option);
        bool good = is_key(option->name) && help[0] != '\0' && !text_ends(help, ".") &&
                    !strchr(help, '\n') && words.size > 0 && option->min <= option->max &&
                    options_find(table, option->name) == option;
        buffer_free(&words);
        if (!good || (option->type == OPTION_ENUM && !option->names)) {
            fail_msg("%s: '%s': a key is lower-case and unique, help is one line without full stop",
                     owner, option->name);
        }
        if (option->type == OPTION_GROUP) {
            check_words(option->group, size, option->name);
        }
    }
}

static void options_are_described(void **state)
{
    (void)state;
    each_table(check_words);
}

static void check_schema(const struct option *table, size_t size, const char *owner)
{
    struct arena *arena = arena_new();
    struct buffer text = {0};
    const struct value *schema = options_schema(table, arena);
    (void)size;
    assert_non_null(schema);
    value_print(&text, schema);
    if (!text_is_utf8(text.data, text.size)) {
        fail_msg("%s: its schema is no UTF-8", owner);
    }
    buffer_free(&text);
    arena_free(arena);
}

static void schemas_are_made(void **state)
{
    (void)state;
    each_table(check_schema);
}

static void limits_have_the_documented_defaults(void **state)
{
    (void)state;
    const struct limits limits = LIMITS_DEFAULT;
    assert_int_equal(limits.source_bytes, 100 << 20);
    assert_int_equal(limits.source_pixels, 100000000);
    assert_int_equal(limits.side, 65500);
    assert_int_equal(limits.bands, 5);
    assert_int_equal(limits.icc_bytes, 4 << 20);
    assert_int_equal(limits.metadata_bytes, 16 << 20);
    assert_int_equal(limits.jpeg_scans, 200);
    assert_int_equal(limits.frames, 1000);
    assert_true(limits.seconds == 0);
}

static void limits_from_text(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *message;
    } cases[] = {
        {"source-bytes", "1GiB", NULL},
        {"source-bytes", "0", "'source-bytes' is 0, outside 1..2147483647 bytes"},
        {"source-bytes", "2GiB", "'source-bytes' is \"2GiB\", outside 1..2147483647 bytes"},
        {"source-pixels", "4300000000", NULL},
        {"side", "65501", "'side' is 65501, outside 1..65500 px"},
        {"bands", "6", "'bands' is 6, outside 1..5"},
        {"icc-bytes", "0", NULL},
        {"jpeg-scans", "many",
         "'jpeg-scans' is \"many\" (a text), must be a whole number 1..100000"},
        {"seconds", "1.5", NULL},
        {"seconds", "-1", "'seconds' is -1, outside 0..86400 s"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct limits limits = LIMITS_DEFAULT;
        struct error error = {0};
        const struct option *option = options_find(limit_options, cases[i].name);
        enum status status = option_parse_text(option, cases[i].text, arena, &limits, &error);
        assert_int_equal(status, cases[i].message ? STATUS_USAGE : STATUS_OK);
        if (cases[i].message) {
            assert_error_text(&error, STATUS_USAGE, cases[i].message);
        }
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_parse_and_come_back),
        cmocka_unit_test(options_are_described),
        cmocka_unit_test(schemas_are_made),
        cmocka_unit_test(limits_have_the_documented_defaults),
        cmocka_unit_test(limits_from_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
