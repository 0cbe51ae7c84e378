/* SPDX-License-Identifier: MIT
 * HMAC-SHA256 as webhooks carry it: base64 of 32 bytes. The only door to libcrypto. */
#ifndef PICSET_HMAC_H
#define PICSET_HMAC_H

#include <stdbool.h>
#include <stddef.h>

enum { HMAC_SIZE = 32, HMAC_TEXT_SIZE = 45 }; /* the text with its NUL */

/* False when libcrypto fails, or when the key is empty: anybody could sign with that. */
bool hmac_sign(const char *key, const void *message, size_t size, char text[HMAC_TEXT_SIZE]);
/* In constant time over the decoded bytes. False for every text but the one that hmac_sign writes;
 * NULL is fine. */
bool hmac_verify(const char *key, const void *message, size_t size, const char *text);

#endif
