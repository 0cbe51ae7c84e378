/* SPDX-License-Identifier: MIT
 * curl's heap is ours, and wiped when it is given back: curl copies the key into its own buffers.
 */
#include <pthread.h>
#include <stdalign.h>
#include <stddef.h>
#include <string.h>

#include "generate/http_transfer.h"
#include "memory.h"

struct block {
    alignas(max_align_t) size_t size;
};

static void *block_alloc(size_t size)
{
    struct block *block = size < SIZE_MAX / 2 ? memory_alloc(sizeof *block + size) : NULL;
    if (!block) {
        return NULL;
    }
    block->size = size;
    return block + 1;
}

static void *block_zero(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / 2 / size) {
        return NULL;
    }
    void *out = block_alloc(count * size);
    return out ? memset(out, 0, count * size) : NULL;
}

static void block_free(void *bytes)
{
    if (bytes) {
        struct block *block = (struct block *)bytes - 1;
        explicit_bzero(bytes, block->size);
        memory_free(block);
    }
}

static void *block_resize(void *bytes, size_t size)
{
    size_t before = bytes ? ((struct block *)bytes - 1)->size : 0;
    void *out = block_alloc(size);
    if (out && bytes) {
        memcpy(out, bytes, before < size ? before : size);
        block_free(bytes);
    }
    return out;
}

static char *block_text(const char *text)
{
    size_t size = strlen(text) + 1;
    void *out = block_alloc(size);
    return out ? memcpy(out, text, size) : NULL;
}

#ifdef PICSET_LATE_CURL
LATE_LOADED(curl, PICSET_LATE_CURL, CURL_CALLS)
#else
LATE_LINKED(curl, CURL_CALLS)
#endif

const struct curl *curl(void)
{
    return curl_calls();
}

static pthread_once_t start_once = PTHREAD_ONCE_INIT;
static bool curl_there; /* written under start_once */

static void curl_begin(void)
{
    curl_there =
        curl() && curl()->global_init_mem(CURL_GLOBAL_DEFAULT, block_alloc, block_free,
                                          block_resize, block_text, block_zero) == CURLE_OK;
}

bool curl_ready(void)
{
    pthread_once(&start_once, curl_begin);
    return curl_there;
}
