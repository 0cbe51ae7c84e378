/* SPDX-License-Identifier: MIT
 * Answers of the Images API: whatever comes, what is made of it is whole. */
#include "answers.h"

#include "generate/openai.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_read(openai_submitted, data, size);
    return 0;
}
