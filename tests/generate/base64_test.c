/* SPDX-License-Identifier: MIT
 * Base64 in all the ways in which services write it; what is not is refused, and never written
 * beyond the room that was promised. */
#include "support.h"

#include <string.h>

#include "generate/base64.h"
#include "text.h"

static bool decode(const char *text, struct buffer *out)
{
    size_t size = strlen(text), got = 0;
    char *in = memcpy(test_malloc(size + 1), text, size); /* cmocka guards both ends */
    void *bytes = test_malloc(base64_room(size));
    bool done = base64_decode(in, size, bytes, &got);
    assert_true(got <= base64_room(size));
    buffer_bytes(out, bytes, done ? got : 0);
    test_free(bytes);
    test_free(in);
    return done;
}

static void every_length_comes_back(void **state)
{
    (void)state;
    unsigned char bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)(i * 151 + 7);
    }
    for (size_t size = 0; size < sizeof bytes; size++) {
        struct buffer text = {0}, back = {0};
        text_base64(&text, bytes, size);
        for (int form = 0; form < 3; form++) {
            while (form > 0 && text.size > 0 && text.data[text.size - 1] == '=') {
                text.data[--text.size] = '\0'; /* no padding */
            }
            for (size_t i = 0; form == 2 && i < text.size; i++) { /* URL-safe */
                text.data[i] = text.data[i] == '+' ? '-' : text.data[i] == '/' ? '_' : text.data[i];
            }
            buffer_clear(&back);
            assert_true(decode(buffer_string(&text), &back));
            assert_int_equal(back.size, size);
            assert_memory_equal(size ? back.data : "", bytes, size);
        }
        buffer_free(&text);
        buffer_free(&back);
    }
}

static void blanks_and_escapes_are_passed(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "cGljdHVyZQ==",      " cGl jdH\nVy\tZQ = = ", "cGljdHVyZQ\\u003d\\u003D",
        "cGlj\\r\\ndHVyZQ=", "\\u0063GljdHVyZQ",      "cGljdHVyZQ==\n\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct buffer out = {0};
        assert_true(decode(texts[i], &out));
        assert_buffer_text(&out, "picture");
    }
    struct buffer out = {0};
    assert_true(decode("P\\/\\/\\/", &out));
    assert_int_equal(out.size, 3);
    assert_memory_equal(out.data, "\x3f\xff\xff", 3);
    buffer_free(&out);
}

static void what_does_not_belong_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"c",           "cGljd",
                                        "cGlj*dHV",    "cGlj=",
                                        "=",           "cGljdHVyZQ===",
                                        "cGljdH==V",   "cGlj\\",
                                        "cGlj\\x",     "cGlj\\u00",
                                        "cGlj\\u00e9", "cGlj\\u0100",
                                        "cG\\\"lj",    "c=",
                                        "cGl\x80",     "cGljdHVyZQ=\\u0041"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct buffer out = {0};
        if (decode(texts[i], &out)) {
            fail_msg("'%s' was taken", texts[i]);
        }
        buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_comes_back),
        cmocka_unit_test(blanks_and_escapes_are_passed),
        cmocka_unit_test(what_does_not_belong_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
