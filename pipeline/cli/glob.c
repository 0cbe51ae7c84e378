/* SPDX-License-Identifier: MIT
 * See glob.h. */
#include <fnmatch.h>
#include <string.h>

#include "glob.h"

enum { patterns_max = 1024 };

bool glob_is_pattern(const char *text)
{
    return strpbrk(text, "*?[{") != NULL;
}

bool glob_any_folders(const char *segment)
{
    return strcmp(segment, "**") == 0;
}

bool glob_matches(const char *segment, const char *name)
{
    return fnmatch(segment, name, FNM_PERIOD) == 0;
}

/* The '}' that closes the '{' at `open`, or NULL; *comma: there is one at its own depth. */
static const char *brace_end(const char *open, bool *comma)
{
    int depth = 0;
    *comma = false;
    for (const char *c = open; *c; c++) {
        if (*c == '{') {
            depth++;
        } else if (*c == '}' && --depth == 0) {
            return c;
        } else if (*c == ',' && depth == 1) {
            *comma = true;
        }
    }
    return NULL;
}

struct patterns {
    struct arena *arena;
    const char **list;
    size_t count, capacity;
};

static enum status expand(struct patterns *patterns, const char *pattern, struct error *error)
{
    bool comma = false;
    const char *open = strchr(pattern, '{'), *close = open ? brace_end(open, &comma) : NULL;
    while (open && !(close && comma)) {
        open = strchr(open + 1, '{');
        close = open ? brace_end(open, &comma) : NULL;
    }
    if (!open) {
        if (patterns->count == patterns_max) {
            return error_set(error, STATUS_USAGE, "pattern stands for more than %d patterns",
                             patterns_max);
        }
        const char **slot = arena_push(patterns->arena, &patterns->list, &patterns->count,
                                       &patterns->capacity, sizeof(*slot));
        if (!slot) {
            return error_memory(error);
        }
        *slot = pattern;
        return STATUS_OK;
    }
    const char *start = open + 1;
    int depth = 0;
    for (const char *c = start; c <= close; c++) {
        depth += (*c == '{') - (*c == '}' && c < close);
        if (depth == 0 && (*c == ',' || c == close)) {
            const char *one = arena_format(patterns->arena, "%.*s%.*s%s", (int)(open - pattern),
                                           pattern, (int)(c - start), start, close + 1);
            if (!one) {
                return error_memory(error);
            }
            if (expand(patterns, one, error) != STATUS_OK) {
                return error->status;
            }
            start = c + 1;
        }
    }
    return STATUS_OK;
}

enum status glob_expand(const char *pattern, struct arena *arena, const char *const **out,
                        size_t *count, struct error *error)
{
    struct patterns patterns = {.arena = arena};
    if (expand(&patterns, pattern, error) != STATUS_OK) {
        return error_at(error, "'%s'", pattern);
    }
    *out = patterns.list;
    *count = patterns.count;
    return STATUS_OK;
}

enum status glob_split(const char *pattern, struct arena *arena, struct glob *out,
                       struct error *error)
{
    size_t base = 0; /* length of what comes before the first pattern, its '/' included */
    for (size_t i = 0; pattern[i] && !strchr("*?[", pattern[i]); i++) {
        base = pattern[i] == '/' ? i + 1 : base;
    }
    const char **segments = NULL;
    size_t count = 0, capacity = 0;
    for (const char *start = pattern + base; *start;) {
        size_t length = strcspn(start, "/");
        const char *segment = arena_slice(arena, start, length);
        bool again = segment && count > 0 && glob_any_folders(segment) &&
                     glob_any_folders(segments[count - 1]);
        if (length > 0 && !again) {
            const char **slot = arena_push(arena, &segments, &count, &capacity, sizeof(*slot));
            if (!slot || !segment) {
                return error_memory(error);
            }
            *slot = segment;
        }
        start += length + (start[length] == '/');
    }
    size_t length = base;
    while (length > 1 && pattern[length - 1] == '/') {
        length--;
    }
    const char *folder = length > 0 ? arena_slice(arena, pattern, length) : ".";
    if (!folder) {
        return error_memory(error);
    }
    *out = (struct glob){folder, segments, count};
    return STATUS_OK;
}
