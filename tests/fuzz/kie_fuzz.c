/* SPDX-License-Identifier: MIT
 * Kie's answers and callbacks: whatever comes, what is made of it is whole. */
#include "answers.h"

#include "generate/hmac.h"
#include "generate/kie.h"

/* Nobody without the key can have a task asked for. */
static void callback_is_refused(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct error error = {0};
    const char *task = NULL;
    HOLDS(kie_callback("fuzz", 1769670760, "1769670760",
                       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", data, size, arena, &task,
                       &error) != STATUS_OK);
    HOLDS(!task && error.message[0]);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_read(kie_submitted, data, size);
    fuzz_read(kie_polled, data, size);
    fuzz_read(kie_refreshed, data, size);
    fuzz_read(kie_uploaded, data, size);
    fuzz_read(kie_credited, data, size);
    callback_is_refused(data, size);
    return 0;
}
