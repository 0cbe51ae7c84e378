/* SPDX-License-Identifier: MIT
 * Signatures of webhooks: the known one is right, everything near it is wrong. */
#include "generate/hmac.h"

#include <string.h>

#include "support.h"

#define SECRET "test-webhook-key"
#define MESSAGE "ee9c2715375b7837f8bb51d641ff5863.1769670760"
#define SIGNATURE "ZSz3IIsRnzzqwW4sS0laO7mc3nIpiLgCwWT++NgKmX4="

static bool verifies(const char *key, const char *message, const char *text)
{
    return hmac_verify(key, message, strlen(message), text);
}

static void the_known_one_is_right(void **state)
{
    (void)state;
    char text[HMAC_TEXT_SIZE];
    assert_true(hmac_sign(SECRET, MESSAGE, strlen(MESSAGE), text));
    assert_string_equal(text, SIGNATURE);
    assert_true(verifies(SECRET, MESSAGE, SIGNATURE));
}

/* Each bit of the message, of the key and of the signature's text. */
static void one_bit_makes_it_wrong(void **state)
{
    (void)state;
    const char *const right[] = {SECRET, MESSAGE, SIGNATURE};
    for (int which = 0; which < 3; which++) {
        for (size_t bit = 0; bit < strlen(right[which]) * 8; bit++) {
            char changed[3][64];
            for (int i = 0; i < 3; i++) {
                strncpy(changed[i], right[i], sizeof changed[i]);
            }
            changed[which][bit / 8] = (char)(changed[which][bit / 8] ^ (1 << bit % 8));
            assert_false(verifies(changed[0], changed[1], changed[2]));
        }
    }
}

static void other_texts_are_none(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "=",
                                        "ZSz3IIsRnzzqwW4sS0laO7mc3nIpiLgCwWT++NgKmX4",
                                        "ZSz3IIsRnzzqwW4sS0laO7mc3nIpiLgCwWT++NgKmX4==",
                                        " ZSz3IIsRnzzqwW4sS0laO7mc3nIpiLgCwWT++NgKmX4=",
                                        "ZSz3IIsRnzzqwW4sS0laO7mc3nIpiLgCwWT++NgKmX5=",
                                        "ZSz3IIsRnzzqwW4sS0laO7mc3nIpiLgCwWT--NgKmX4=",
                                        "ZSz3IIsRnzzqwW4sS0laO7mc3nIpiLgCwWT++NgKmX4\n",
                                        "ZSz3IIsRnzzqwW4sS0laO7mc3nIpiLgCwWT++NgKmX==",
                                        "============================================",
                                        NULL};
    for (const char *const *text = texts; *text; text++) {
        assert_false(verifies(SECRET, MESSAGE, *text));
    }
    assert_false(verifies(SECRET, MESSAGE, NULL));
}

static void without_a_key_nothing_is_right(void **state)
{
    (void)state;
    char text[HMAC_TEXT_SIZE] = "";
    assert_false(hmac_sign("", MESSAGE, strlen(MESSAGE), text));
    assert_string_equal(text, "");
    assert_false(verifies("", MESSAGE, SIGNATURE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_known_one_is_right),
        cmocka_unit_test(one_bit_makes_it_wrong),
        cmocka_unit_test(other_texts_are_none),
        cmocka_unit_test(without_a_key_nothing_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
