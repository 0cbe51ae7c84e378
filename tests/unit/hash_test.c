/* SPDX-License-Identifier: MIT
 * hash.h and format.h. */
#include "support.h"

#include <string.h>

#include "format.h"
#include "hash.h"

static void hashes_are_xxh3_128(void **state)
{
    (void)state;
    char text[33];
    hash_text(hash_bytes("", 0), text);
    assert_string_equal(text, "99aa06d3014798d86001c324468d497f"); /* XXH3_128bits("") */
    struct hash hash;
    assert_true(hash_parse(text, &hash));
    assert_true(hash_equal(hash, hash_bytes("", 0)));
    assert_false(hash_equal(hash, hash_bytes("\0", 1)));
    assert_false(hash_equal(hash, (struct hash){hash.high, hash.low ^ 1}));
    assert_false(hash_equal(hash, (struct hash){hash.high ^ 1, hash.low}));
}

static void hash_text_is_strict(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "99aa06d3014798d86001c324468d497", "99aa06d3014798d86001c324468d497f0",
        "99AA06d3014798d86001c324468d497f", "99aa06d3014798d86001c324468d497g"};
    struct hash hash = {1, 2};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_false(hash_parse(wrong[i], &hash));
    }
    assert_true(hash.high == 1 && hash.low == 2);
}

/* Every way to feed "abc" in pieces, and things that look alike, gives a hash of its own. */
static void mixing_tells_apart(void **state)
{
    (void)state;
    struct hash none = {0};
    struct hash a = hash_bytes("a", 1);
    const struct hash all[] = {
        none,
        hash_bytes("abc", 3),
        hash_mix(none, "abc", 3),
        hash_mix(hash_mix(none, "ab", 2), "c", 1),
        hash_mix(hash_mix(none, "a", 1), "bc", 2),
        hash_mix(hash_mix(none, "bc", 2), "a", 1),
        hash_mix(hash_mix(none, "", 0), "abc", 3),
        hash_mix(hash_mix(none, "abc", 3), "", 0),
        hash_mix_text(none, ""),
        hash_mix_text(none, NULL),
        hash_mix_text(hash_mix_text(none, NULL), ""),
        hash_mix_text(hash_mix_text(none, ""), NULL),
        a,
        hash_mix_hash(none, a),
        hash_mix_hash(a, none),
        hash_mix_hash(none, none),
    };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        for (size_t j = 0; j < i; j++) {
            assert_false(hash_equal(all[i], all[j]));
        }
    }
    assert_true(hash_equal(hash_mix_text(none, "abc"), hash_mix(none, "abc", 3)));
}

static void formats_are_complete(void **state)
{
    (void)state;
    assert_string_equal(format_info(FORMAT_NONE)->name, "none");
    assert_string_equal(format_info((enum format)1000)->name, "none");
    assert_string_equal(format_info((enum format) - 1)->name, "none");
    for (int i = 1; i < FORMAT_COUNT; i++) {
        const struct format_info *info = format_info((enum format)i);
        assert_int_equal(format_by_name(info->name), i);
        assert_int_equal(format_by_extension(info->extension), i);
        assert_int_equal(strncmp(info->mime, "image/", 6), 0);
        assert_false(info->levels && info->lossless);
    }
    assert_int_equal(format_by_name("jpg"), FORMAT_JPEG);
    assert_int_equal(format_by_name("JPEG"), FORMAT_NONE);
    assert_int_equal(format_by_name("none"), FORMAT_NONE);
    assert_int_equal(format_by_name(""), FORMAT_NONE);
    assert_int_equal(format_by_extension("JPEG"), FORMAT_JPEG);
    assert_int_equal(format_by_extension("Png"), FORMAT_PNG);
    assert_int_equal(format_by_extension(""), FORMAT_NONE);
    assert_int_equal(format_info(FORMAT_WEBP)->max_side, 16383);
    assert_int_equal(format_info(FORMAT_AVIF)->max_side, 16384);
    assert_int_equal(format_info(FORMAT_JPEG)->max_side, 65500);
    assert_false(format_info(FORMAT_JPEG)->alpha);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_xxh3_128),
        cmocka_unit_test(hash_text_is_strict),
        cmocka_unit_test(mixing_tells_apart),
        cmocka_unit_test(formats_are_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
