/* SPDX-License-Identifier: MIT
 * Answers of generateContent: whatever comes, what is made of it is whole. */
#include "answers.h"

#include "generate/gemini.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_read(gemini_submitted, data, size);
    return 0;
}
