/* SPDX-License-Identifier: MIT
 * Option tables: the input as an object of options, and as the text of every option. What is taken
 * says itself again; what is refused names the option. */
#include "fuzz.h"

#include <string.h>

#include "json.h"
#include "option.h"
#include "options.h"
#include "text.h"

static void says_itself_again(struct arena *arena, const struct every *fields)
{
    struct every again;
    struct error error = {0};
    const struct value *value = options_value(every_options, fields, true, arena);
    HOLDS(value && options_default(every_options, arena, &again, &error) == STATUS_OK);
    HOLDS(options_parse(every_options, "every", value, NULL, arena, &again, &error) == STATUS_OK);
    HOLDS(value_equal(options_value(every_options, fields, false, arena),
                      options_value(every_options, &again, false, arena)));
}

static void complains(const struct error *error)
{
    HOLDS(error->status == STATUS_USAGE && strchr(error->message, '\'') != NULL);
    struct buffer printable = {0};
    text_printable(&printable, error->message);
    HOLDS(strcmp(buffer_string(&printable), error->message) == 0);
    buffer_free(&printable);
}

static void as_object(struct arena *arena, const char *text, size_t size)
{
    struct every fields;
    struct error error = {0};
    const struct value *object;
    if (json_parse(arena, text, size, &object, &error) != STATUS_OK) {
        return;
    }
    HOLDS(options_default(every_options, arena, &fields, &error) == STATUS_OK);
    if (options_parse(every_options, "every", object, NULL, arena, &fields, &error) == STATUS_OK) {
        says_itself_again(arena, &fields);
    } else {
        complains(&error);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const char *text = arena_slice(arena, (const char *)data, size);
    as_object(arena, text, size);
    struct every defaults;
    HOLDS(options_default(every_options, arena, &defaults, &(struct error){0}) == STATUS_OK);
    for (const struct option *option = every_options; option->name; option++) {
        struct every fields = defaults;
        struct error error = {0};
        if (option_parse_text(option, text, arena, &fields, &error) == STATUS_OK) {
            says_itself_again(arena, &fields);
        } else {
            complains(&error);
        }
    }
    arena_free(arena);
    return 0;
}
