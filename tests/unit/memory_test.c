/* SPDX-License-Identifier: MIT
 * memory.h, arena.h, buffer.h: what they promise, at the edges and when memory is short. */
#include "support.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static void memory_sizes(void **state)
{
    (void)state;
    void *nothing = memory_alloc(0), *zeroes = memory_zero(3, 5), *none = memory_zero(0, 5);
    assert_non_null(nothing);
    assert_non_null(none);
    assert_memory_equal(zeroes, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
    /* volatile: gcc sees the overflow otherwise, and warns */
    volatile size_t half = SIZE_MAX / 2;
    assert_null(memory_zero(half, 3));
    char *text = memory_text("abc");
    text = memory_resize(text, 100);
    assert_string_equal(text, "abc");
    void *copy = memory_copy("x\0y", 3);
    assert_memory_equal(copy, "x\0y", 3);
    memory_free(nothing);
    memory_free(none);
    memory_free(zeroes);
    memory_free(text);
    memory_free(copy);
    memory_free(NULL);
}

static void memory_fails_once_or_for_good(void **state)
{
    (void)state;
    memory_fail_at(2, 0);
    void *first = memory_alloc(1), *second = memory_alloc(1), *third = memory_alloc(1);
    assert_int_equal(memory_count(), 3);
    assert_non_null(first);
    assert_null(second);
    assert_non_null(third);
    memory_fail_at(2, 1);
    void *fourth = memory_text("x");
    assert_non_null(fourth);
    assert_null(memory_zero(1, 1));
    assert_null(memory_resize(NULL, 1));
    assert_null(memory_copy("x", 1));
    memory_fail_at(0, 0);
    assert_int_equal(memory_count(), 0);
    memory_free(first);
    memory_free(third);
    memory_free(fourth);
}

static void arena_pieces(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    unsigned char *pieces[500];
    for (size_t i = 0; i < 500; i++) {
        pieces[i] = arena_alloc(arena, i * 37 % 3000);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        for (size_t j = 0; j < i * 37 % 3000; j++) {
            assert_int_equal(pieces[i][j], 0);
        }
        memset(pieces[i], (int)(i % 255) + 1, i * 37 % 3000);
    }
    for (size_t i = 0; i < 500; i++) {
        for (size_t j = 0; j < i * 37 % 3000; j++) {
            assert_int_equal(pieces[i][j], i % 255 + 1);
        }
    }
    char *large = arena_alloc(arena, 10 << 20), *after = arena_text(arena, "after");
    memset(large, 1, 10 << 20);
    assert_string_equal(after, "after");
    arena_free(arena);
    arena_free(NULL);
}

static void arena_text_and_overflow(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char *longer = arena_format(arena, "%0*d", 5000, 7);
    assert_int_equal(strlen(longer), 5000);
    assert_int_equal(longer[4999], '7');
    assert_string_equal(arena_slice(arena, "abcdef", 3), "abc");
    assert_string_equal(arena_slice(arena, NULL, 0), "");
    assert_null(arena_alloc(arena, SIZE_MAX));
    assert_null(arena_alloc(arena, SIZE_MAX / 2 + 1));
    assert_null(arena_array(arena, SIZE_MAX / 4, 5));
    assert_null(arena_slice(arena, "", SIZE_MAX));
    assert_non_null(arena_array(arena, 0, 5));
    arena_free(arena);
}

/* A text that does not fit in what is left of a block must leave no trace there. */
static void arena_texts_at_the_edge(void **state)
{
    (void)state;
    for (size_t length = 0; length < 130; length++) {
        struct arena *arena = arena_new();
        size_t count = 0;
        for (char *text; count < 100; count++) {
            text = arena_format(arena, "%0*zu", (int)(length + 3), count);
            assert_int_equal(strlen(text), length + 3);
            assert_int_equal(strtoul(text, NULL, 10), count);
            unsigned char *piece = arena_alloc(arena, count);
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(piece[i], 0);
            }
        }
        arena_free(arena);
    }
    struct arena *arena = arena_new();
    assert_string_equal(arena_joined(arena, "", "", ""), "");
    assert_string_equal(arena_joined(arena, "a/", "", "b"), "a/b");
    assert_string_equal(arena_joined(arena, "a", "/", "b.jpg"), "a/b.jpg");
    arena_free(arena);
}

static void arena_push_grows(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct item {
        int number;
        char rest[20];
    } *items = NULL;
    size_t count = 0, capacity = 0;
    for (int i = 0; i < 1000; i++) {
        struct item *item = arena_push(arena, &items, &count, &capacity, sizeof(*items));
        assert_ptr_equal(item, &items[i]);
        assert_int_equal(item->number, 0);
        item->number = i;
        memset(item->rest, 'x', sizeof(item->rest));
    }
    assert_int_equal(count, 1000);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(items[i].number, i);
    }
    arena_free(arena);
}

static bool fill_arena(void *data)
{
    struct arena *arena = arena_new();
    int *items = NULL;
    size_t count = 0, capacity = 0;
    bool done = arena != NULL;
    (void)data;
    for (int i = 0; done && i < 3000; i++) {
        size_t before = count;
        int *item = arena_push(arena, &items, &count, &capacity, sizeof(*items));
        done = item && arena_format(arena, "number %d", i);
        assert_int_equal(count, before + (item != NULL));
    }
    arena_free(arena);
    return done;
}

static void arena_without_memory(void **state)
{
    (void)state;
    assert_true(support_each_allocation(fill_arena, NULL) > 5);
}

static void buffer_grows_to_its_limit(void **state)
{
    (void)state;
    struct buffer buffer = {.limit = 10};
    assert_string_equal(buffer_string(&buffer), "");
    buffer_text(&buffer, "12345");
    buffer_format(&buffer, "%d", 6789);
    assert_string_equal(buffer_string(&buffer), "123456789");
    buffer_char(&buffer, '0');
    assert_false(buffer_failed(&buffer));
    buffer_char(&buffer, '1');
    assert_true(buffer_failed(&buffer) && buffer.full);
    buffer_clear(&buffer);
    assert_true(buffer_failed(&buffer));
    buffer_char(&buffer, '1');
    assert_string_equal(buffer_string(&buffer), "");
    buffer_free(&buffer);
    assert_int_equal(buffer.limit, 10);
    buffer_format(&buffer, "%s", "0123456789A");
    assert_true(buffer_failed(&buffer));
    buffer_free(&buffer);
    buffer_bytes(&buffer, "a\0b", 3);
    assert_int_equal(buffer.size, 3);
    assert_memory_equal(buffer_string(&buffer), "a\0b", 4);
    buffer_free(&buffer);
}

static void buffer_reserves(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    char *place = buffer_reserve(&buffer, 1000);
    memset(place, 'x', 1000);
    buffer.size += 10; /* less than was asked for */
    assert_string_equal(buffer_string(&buffer), "xxxxxxxxxx");
    assert_null(buffer_reserve(&buffer, SIZE_MAX));
    assert_true(buffer_failed(&buffer));
    buffer_free(&buffer);
    assert_non_null(buffer_reserve(&buffer, 0));
    assert_string_equal(buffer_string(&buffer), "");
    buffer_free(&buffer);
}

static bool fill_buffer(void *data)
{
    struct buffer buffer = {0};
    (void)data;
    for (int i = 0; i < 1000; i++) {
        buffer_format(&buffer, "line %d\n", i);
    }
    bool done = !buffer_failed(&buffer);
    assert_false(buffer.full);
    buffer_free(&buffer);
    return done;
}

static void buffer_without_memory(void **state)
{
    (void)state;
    assert_true(support_each_allocation(fill_buffer, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_sizes),
        cmocka_unit_test(memory_fails_once_or_for_good),
        cmocka_unit_test(arena_pieces),
        cmocka_unit_test(arena_text_and_overflow),
        cmocka_unit_test(arena_texts_at_the_edge),
        cmocka_unit_test(arena_push_grows),
        cmocka_unit_test(arena_without_memory),
        cmocka_unit_test(buffer_grows_to_its_limit),
        cmocka_unit_test(buffer_reserves),
        cmocka_unit_test(buffer_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
