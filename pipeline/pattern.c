/* SPDX-License-Identifier: MIT
 * See pattern.h. Matching goes back where a word was taken too long; a word that stands twice must
 * be the same text. */
#include "pattern.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "template.h"

enum { PATTERN_NUMBER = WORD_COUNT, PATTERN_LITERAL, HASH_DIGITS = 32, NUMBER_DIGITS = 6 };

struct part {
    int kind; /* enum word, PATTERN_NUMBER (a product), PATTERN_LITERAL */
    const char *text;
    size_t size; /* of the text, of a hash */
};

struct pattern {
    struct part *parts;
    size_t count, capacity;
    const char *text; /* as written */
};

/* ---- From a template --------------------------------------------------------------------------
 */

static int word_find(const char *text, size_t size)
{
    for (int i = 0; template_words[i]; i++) {
        if (strlen(template_words[i]) == size && memcmp(template_words[i], text, size) == 0) {
            return i;
        }
    }
    return -1;
}

static bool part_add(struct pattern *pattern, struct arena *arena, struct part part)
{
    struct part *slot =
        arena_push(arena, &pattern->parts, &pattern->count, &pattern->capacity, sizeof(*slot));
    if (slot) {
        *slot = part;
    }
    return slot != NULL;
}

static bool literal_add(struct pattern *pattern, struct arena *arena, const char *text, size_t size)
{
    return size == 0 || part_add(pattern, arena, (struct part){PATTERN_LITERAL, text, size});
}

/* What stands between the braces: a word, a cut of a word, a product of numbers. */
static bool expression_add(struct pattern *pattern, struct arena *arena, const char *text,
                           size_t size, const char *preset)
{
    const char *colon = memchr(text, ':', size);
    size_t name = colon ? (size_t)(colon - text) : size;
    int word = word_find(text, name);
    size_t digits = colon ? (size_t)strtoul(colon + 1, NULL, 10) : HASH_DIGITS;
    if (word == WORD_PRESET) {
        return literal_add(pattern, arena, preset, strlen(preset));
    }
    return part_add(pattern, arena, (struct part){word < 0 ? PATTERN_NUMBER : word, text, digits});
}

static bool known_format(const char *text, size_t size, bool extension)
{
    char word[8];
    if (size == 0 || size >= sizeof(word)) {
        return false;
    }
    memcpy(word, text, size);
    word[size] = '\0';
    return (extension ? format_by_extension(word) : format_by_name(word)) != FORMAT_NONE;
}

/* "icon.png" becomes "icon." and a word. */
static bool extension_free(struct pattern *pattern, struct arena *arena)
{
    struct part *last = pattern->count ? &pattern->parts[pattern->count - 1] : NULL;
    const char *dot = NULL;
    for (size_t i = 0; last && last->kind == PATTERN_LITERAL && i < last->size; i++) {
        dot = last->text[i] == '.' ? last->text + i : dot;
    }
    if (!dot || !known_format(dot + 1, last->size - (size_t)(dot + 1 - last->text), true)) {
        return true;
    }
    last->size = (size_t)(dot + 1 - last->text);
    return part_add(pattern, arena, (struct part){WORD_EXT, NULL, 0});
}

const struct pattern *pattern_of(const struct value *path, const char *preset, bool any_extension,
                                 struct arena *arena)
{
    struct pattern *pattern = arena_alloc(arena, sizeof(*pattern));
    if (!pattern) {
        return NULL;
    }
    pattern->text = path->text;
    for (const char *at = path->text; *at;) {
        const char *dollar = strchr(at, '$');
        bool escaped = dollar && dollar[1] == '$' && dollar[2] == '{';
        bool braces = dollar && dollar[1] == '{' && strchr(dollar, '}');
        size_t plain = dollar ? (size_t)(dollar - at) + (escaped || !braces) : strlen(at);
        if (!literal_add(pattern, arena, at, plain)) {
            return NULL;
        }
        at += plain;
        if (escaped) { /* "$${" is "${" */
            if (!literal_add(pattern, arena, "{", 1)) {
                return NULL;
            }
            at += 2;
        } else if (braces) {
            const char *end = strchr(dollar, '}');
            if (!expression_add(pattern, arena, dollar + 2, (size_t)(end - dollar) - 2, preset)) {
                return NULL;
            }
            at = end + 1;
        }
    }
    return !any_extension || extension_free(pattern, arena) ? pattern : NULL;
}

/* ---- Against a path ---------------------------------------------------------------------------
 */

struct match {
    const struct pattern *pattern;
    const char *starts[WORD_COUNT];
    size_t sizes[WORD_COUNT];
};

static size_t run_of(const char *text, int (*is)(int c), size_t most)
{
    size_t size = 0;
    while (size < most && text[size] && is((unsigned char)text[size])) {
        size++;
    }
    return size;
}

/* The longest text that a word could take here. */
static size_t longest(const struct part *part, const char *text)
{
    const char *slash = strrchr(text, '/');
    switch (part->kind) {
    case WORD_NAME:
        return strcspn(text, "/");
    case WORD_DIR:
        return slash ? (size_t)(slash - text) + 1 : 0;
    case WORD_HASH:
        return run_of(text, isxdigit, part->size);
    case WORD_FORMAT:
    case WORD_EXT:
        return run_of(text, isalnum, 7);
    default:
        return run_of(text, isdigit, NUMBER_DIGITS);
    }
}

static bool may_be(const struct part *part, const char *text, size_t size)
{
    switch (part->kind) {
    case WORD_DIR:
        return size == 0 || text[size - 1] == '/';
    case WORD_HASH:
        return size == part->size;
    case WORD_FORMAT:
    case WORD_EXT:
        return known_format(text, size, part->kind == WORD_EXT);
    case WORD_NAME:
        return size > 0;
    default:
        return size > 0 && text[0] != '0';
    }
}

static bool match_from(struct match *match, size_t index, const char *text)
{
    if (index == match->pattern->count) {
        return *text == '\0';
    }
    const struct part *part = &match->pattern->parts[index];
    if (part->kind == PATTERN_LITERAL) {
        return strncmp(text, part->text, part->size) == 0 &&
               match_from(match, index + 1, text + part->size);
    }
    bool word = part->kind < WORD_COUNT;
    if (word && match->starts[part->kind]) {
        size_t size = match->sizes[part->kind];
        return strncmp(text, match->starts[part->kind], size) == 0 &&
               match_from(match, index + 1, text + size);
    }
    for (size_t size = longest(part, text) + 1; size-- > 0;) {
        if (!may_be(part, text, size)) {
            continue;
        }
        if (word) {
            match->starts[part->kind] = text;
            match->sizes[part->kind] = size;
        }
        if (match_from(match, index + 1, text + size)) {
            return true;
        }
    }
    if (word) {
        match->starts[part->kind] = NULL;
    }
    return false;
}

bool pattern_match(const struct pattern *pattern, const char *path, struct arena *arena,
                   struct binding *out)
{
    struct match match = {.pattern = pattern};
    struct binding binding = {{0}};
    if (!match_from(&match, 0, path)) {
        return false;
    }
    for (int i = 0; i < WORD_COUNT; i++) {
        if (match.starts[i]) {
            binding.words[i] = arena_slice(arena, match.starts[i], match.sizes[i]);
            if (!binding.words[i]) {
                return false;
            }
        }
    }
    *out = binding;
    return true;
}

/* ---- About it ---------------------------------------------------------------------------------
 */

size_t pattern_weight(const struct pattern *pattern)
{
    size_t weight = 0;
    for (size_t i = 0; i < pattern->count; i++) {
        weight += pattern->parts[i].kind == PATTERN_LITERAL ? pattern->parts[i].size : 0;
    }
    return weight;
}

bool pattern_has(const struct pattern *pattern, enum word word)
{
    for (size_t i = 0; i < pattern->count; i++) {
        if (pattern->parts[i].kind == (int)word) {
            return true;
        }
    }
    return false;
}

bool pattern_equal(const struct pattern *a, const struct pattern *b)
{
    return strcmp(a->text, b->text) == 0;
}
