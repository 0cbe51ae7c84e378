/* SPDX-License-Identifier: MIT
 * The rules for ${name}: what the platforms take, from whatever a source is called. A changed name
 * is said in the plan. */
#include "plan_build.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

/* U+00C0 to U+017F without their marks; '?' is no letter. */
static const char latin[] = "AAAAAAACEEEEIIIIDNOOOOO?OUUUUYTsaaaaaaaceeeeiiiidnooooo?ouuuuyty"
                            "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlLlLlNnN"
                            "nNnnNnOoOoOoOoRrRrRrSsSsSsS"
                            "sTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

/* Letters that are two. */
static const char *ligature(unsigned point)
{
    static const struct {
        unsigned point;
        const char *letters;
    } ligatures[] = {{0xC6, "AE"},  {0xE6, "ae"},  {0xDE, "Th"},  {0xFE, "th"}, {0xDF, "ss"},
                     {0x132, "IJ"}, {0x133, "ij"}, {0x152, "OE"}, {0x153, "oe"}};
    for (size_t i = 0; i < sizeof(ligatures) / sizeof(*ligatures); i++) {
        if (ligatures[i].point == point) {
            return ligatures[i].letters;
        }
    }
    return NULL;
}

/* One character of a name as plain letters: "" for a mark that belongs to the letter before, NULL
 * for what has none. `size` is that of the character. */
static const char *plain_letters(const char *text, char one[2], size_t *size)
{
    const unsigned char *bytes = (const unsigned char *)text;
    *size = 1;
    if (bytes[0] < 0x80) {
        one[0] = text[0];
        return one;
    }
    while ((bytes[*size] & 0xC0) == 0x80) {
        ++*size;
    }
    unsigned point = *size == 2 ? (bytes[0] & 0x1FU) << 6 | (bytes[1] & 0x3FU) : 0;
    if (point >= 0x300 && point < 0x370) {
        return "";
    }
    if (point < 0xC0 || point >= 0xC0 + sizeof(latin) - 1 || latin[point - 0xC0] == '?') {
        return NULL;
    }
    one[0] = latin[point - 0xC0];
    return ligature(point) ? ligature(point) : one;
}

static bool letter_fits(enum names_rule rule, unsigned char c)
{
    if (rule == NAMES_ANDROID) {
        return islower(c) || isdigit(c) || c == '_';
    }
    return isalnum(c) || c == '.' || c == '_' || c == '-';
}

/* What does not fit becomes one '-' or '_' between what does. */
static void letters_fit(enum names_rule rule, const char *name, struct buffer *out)
{
    char filler = rule == NAMES_ANDROID ? '_' : '-';
    bool gap = false;
    size_t size;
    for (const char *at = name; *at; at += size) {
        char one[2] = {0};
        const char *letters = plain_letters(at, one, &size);
        for (const char *c = letters ? letters : " "; *c; c++) {
            unsigned char letter =
                rule == NAMES_ANDROID ? (unsigned char)tolower(*c) : (unsigned char)*c;
            if (!letter_fits(rule, letter)) {
                gap = true;
                continue;
            }
            if (gap && out->size) {
                buffer_char(out, filler);
            }
            gap = false;
            buffer_char(out, (char)letter);
        }
    }
}

void name_letters(const char *text, struct buffer *out)
{
    letters_fit(NAMES_ANDROID, text, out);
}

/* A resource becomes a field of a Java class. */
static bool is_java_word(const char *name)
{
    static const char words[] =
        " _ abstract assert boolean break byte case catch char class const continue default do "
        "double "
        "else enum extends false final finally float for goto if implements import instanceof int "
        "interface long native new null package private protected public return short static "
        "strictfp "
        "super switch synchronized this throw throws transient true try void volatile while ";
    size_t size = strlen(name);
    for (const char *at = strstr(words, name); size && at; at = strstr(at + 1, name)) {
        if (at[-1] == ' ' && at[size] == ' ') {
            return true;
        }
    }
    return false;
}

static size_t scale_suffix(const char *name)
{
    size_t length = strlen(name);
    bool scaled = length > 3 && name[length - 3] == '@' && name[length - 1] == 'x' &&
                  (name[length - 2] == '2' || name[length - 2] == '3');
    return scaled ? 3 : 0;
}

static void name_by_rule(enum names_rule rule, const char *name, struct buffer *out)
{
    if (rule == NAMES_ANY) {
        buffer_text(out, name);
        return;
    }
    if (rule == NAMES_APPLE) {
        buffer_bytes(out, name, strlen(name) - scale_suffix(name));
        return;
    }
    letters_fit(rule, name, out);
    bool android = rule == NAMES_ANDROID;
    if (out->size == 0 && !out->failed) {
        /* of nothing but other scripts: told apart all the same */
        char hash[33];
        hash_text(hash_mix_text((struct hash){0}, name), hash);
        buffer_format(out, android ? "image_%.6s" : "image-%.6s", hash);
    }
    if (android && isdigit((unsigned char)*buffer_string(out))) {
        struct buffer whole = {0};
        buffer_format(&whole, "_%s", buffer_string(out));
        buffer_clear(out);
        buffer_text(out, buffer_string(&whole));
        out->failed = out->failed || buffer_failed(&whole);
        buffer_free(&whole);
    }
    if (android && is_java_word(buffer_string(out))) {
        buffer_char(out, '_');
    }
}

/* Once for each name that it becomes, whatever presets do so. */
static enum status note_add(struct planner *planner, const char *said, const char *preset,
                            const char *rule, struct error *error)
{
    struct plan *plan = planner->plan;
    for (size_t i = 0; i < plan->note_count; i++) {
        if (text_starts(plan->notes[i], said)) {
            return STATUS_OK;
        }
    }
    const char **slot = arena_push(planner->arena, &plan->notes, &plan->note_count,
                                   &planner->note_capacity, sizeof(*slot));
    const char *note = arena_format(planner->arena, "%s (%s: names '%s')", said, preset, rule);
    if (!slot || !note) {
        return error_memory(error);
    }
    *slot = note;
    return STATUS_OK;
}

const char *plan_name(struct planner *planner, enum names_rule rule, const char *preset,
                      struct error *error)
{
    static const char *const rules[] = {"any", "web", "android", "apple"};
    const char *name = planner->plan->subject.name;
    struct buffer text = {0};
    name_by_rule(rule, name, &text);
    const char *word =
        buffer_failed(&text) ? NULL : arena_text(planner->arena, buffer_string(&text));
    buffer_free(&text);
    if (!word) {
        error_memory(error);
        return NULL;
    }
    if (strcmp(word, name) != 0) {
        const char *said = arena_format(planner->arena, "name '%s' becomes '%s'", name, word);
        if (!said) {
            error_memory(error);
            return NULL;
        }
        if (note_add(planner, said, preset, rules[rule], error) != STATUS_OK) {
            return NULL;
        }
    }
    return word;
}

/* A file below res/ is a resource: "res/drawable-hdpi/cat.9.png" is the resource cat. */
enum status plan_name_check(enum names_rule rule, const char *path, struct error *error)
{
    const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
    bool resource = strncmp(path, "res/", 4) == 0 || strstr(path, "/res/") != NULL;
    size_t size = strcspn(file, ".");
    size_t good = strspn(file, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (rule != NAMES_ANDROID || !resource ||
        (good == size && size && !isdigit((unsigned char)*file))) {
        return STATUS_OK;
    }
    return error_set(error, STATUS_REFUSED,
                     "path '%s' is no resource of Android: a file below res/ is named "
                     "[a-z_][a-z0-9_]*",
                     path);
}
