/* SPDX-License-Identifier: MIT
 * See generating.h. */
#include "generating.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "scratch.h"

const char generating_tiny[] =
    "{ \"version\": 1, \"name\": \"tiny\", \"summary\": \"two widths\",\n"
    "  \"params\": { \"widths\": [40, 20] }, \"inputs\": { \"dark\": \"for the night\" },\n"
    "  \"outputs\": [\n"
    "    { \"matrix\": { \"px\": \"${widths}\" },\n"
    "      \"stages\": [{ \"resize\": { \"width\": \"${px}\" } },\n"
    "                 { \"encode\": { \"format\": \"png\" } }],\n"
    "      \"path\": \"${dir}${name}-${width}.png\" },\n"
    "    { \"id\": \"night\", \"from\": \"dark\",\n"
    "      \"stages\": [{ \"resize\": { \"width\": 10 } }, { \"encode\": { \"format\": \"png\" } "
    "}],\n"
    "      \"path\": \"${dir}${name}-night.png\" }] }\n";

int generating_folder(void **state)
{
    char *folder = scratch_make();
    (void)unsetenv("KIE_API_KEY");
    (void)unsetenv("GEMINI_API_KEY");
    (void)unsetenv("OPENAI_API_KEY");
    scratch_write(folder, "presets/tiny.json", generating_tiny);
    *state = folder;
    return 0;
}

int generating_remove(void **state)
{
    scratch_remove(*state);
    return 0;
}

void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part)) {
        print_error("'%s' is not in:\n%s\n", part, text);
        fail();
    }
}

void assert_there(const char *folder, const char *name, bool there)
{
    char *text = scratch_read(folder, name);
    if ((text != NULL) != there) {
        print_error("'%s' is %s\n", name, there ? "missing" : "there");
        fail();
    }
    memory_free(text);
}

void expect(const char *folder, int code, const char *const *arguments, const char *const *parts)
{
    struct program program = {.folder = folder};
    program_call(&program, arguments);
    if (program.code != code) {
        print_error("exit code %d, expected %d:\n%s%s\n", program.code, code, program.out,
                    program.error);
        fail();
    }
    struct buffer all = {0};
    buffer_text(&all, program.out);
    buffer_text(&all, program.error);
    for (; *parts; parts++) {
        assert_has(buffer_string(&all), *parts);
    }
    buffer_free(&all);
    program_end(&program);
}
