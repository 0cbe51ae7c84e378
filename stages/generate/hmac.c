/* SPDX-License-Identifier: MIT
 * HMAC-SHA256 over libcrypto. Knows nothing of what is signed. */
#include "generate/hmac.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "late.h"

/* clang-format off */
#define CRYPTO_CALLS(call) \
    call(, CRYPTO_memcmp) call(, EVP_DecodeBlock) call(, EVP_EncodeBlock) call(, EVP_sha256) \
    call(, HMAC)
/* clang-format on */

struct crypto {
    CRYPTO_CALLS(LATE_MEMBER)
};

#ifdef PICSET_LATE_CRYPTO
LATE_LOADED(crypto, PICSET_LATE_CRYPTO, CRYPTO_CALLS)
#else
LATE_LINKED(crypto, CRYPTO_CALLS)
#endif

enum { TEXT_LENGTH = HMAC_TEXT_SIZE - 1 };

static bool hmac_bytes(const char *key, const void *message, size_t size,
                       unsigned char mac[HMAC_SIZE])
{
    unsigned length = 0;
    return *key && crypto_calls() &&
           crypto_calls()->HMAC(crypto_calls()->EVP_sha256(), key, (int)strlen(key), message, size,
                                mac, &length) &&
           length == HMAC_SIZE;
}

static void encode(const unsigned char mac[HMAC_SIZE], char text[HMAC_TEXT_SIZE])
{
    crypto_calls()->EVP_EncodeBlock((unsigned char *)text, mac, HMAC_SIZE);
}

bool hmac_sign(const char *key, const void *message, size_t size, char text[HMAC_TEXT_SIZE])
{
    unsigned char mac[HMAC_SIZE];
    bool signed_ = hmac_bytes(key, message, size, mac);
    if (signed_) {
        encode(mac, text);
    }
    return signed_;
}

bool hmac_verify(const char *key, const void *message, size_t size, const char *text)
{
    unsigned char right[HMAC_SIZE];
    /* base64 of 32 bytes decodes to 33: the '=' counts as a byte */
    unsigned char given[HMAC_SIZE + 1] = {0};
    char again[HMAC_TEXT_SIZE];
    if (!text || strlen(text) != TEXT_LENGTH || !crypto_calls() ||
        crypto_calls()->EVP_DecodeBlock(given, (const unsigned char *)text, TEXT_LENGTH) !=
            HMAC_SIZE + 1) {
        return false;
    }
    /* One text for one MAC: no blanks, no stray bits in the last digit. */
    encode(given, again);
    if (strcmp(again, text) != 0 || !hmac_bytes(key, message, size, right)) {
        return false;
    }
    return crypto_calls()->CRYPTO_memcmp(right, given, HMAC_SIZE) == 0;
}
