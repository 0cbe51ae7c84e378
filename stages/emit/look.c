/* SPDX-License-Identifier: MIT
 * See look.h. */
#include "look.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json.h"
#include "text.h"

const struct value *look_json(const struct emit_inspection *inspection)
{
    const struct value *document = NULL;
    struct error error = {0};
    if (json_parse(inspection->arena, inspection->text, inspection->size, &document, &error) !=
        STATUS_OK) {
        char words[512];
        (void)error_format(&error, words, sizeof words);
        bool failed = error.status == STATUS_FAILED; /* of memory, not of the file */
        inspection->fault(inspection, EMIT_DAMAGED, NULL, failed ? NULL : words, "must be JSON");
        return NULL;
    }
    if (document->type != VALUE_OBJECT) {
        inspection->fault(inspection, EMIT_DAMAGED, NULL, "holds no object", "must be one");
        return NULL;
    }
    return document;
}

const struct value *look_expected(const struct emit_inspection *inspection)
{
    const char *text = inspection->expected(inspection);
    const struct value *document = NULL;
    struct error ignored = {0};
    return text && json_parse(inspection->arena, text, strlen(text), &document, &ignored) ==
                       STATUS_OK
               ? document
               : NULL;
}

const char *look_text(const struct value *object, const char *key)
{
    const struct value *value = value_get(object, key);
    return value && value->type == VALUE_TEXT ? value->text : NULL;
}

const struct emit_found *look_file(const struct emit_inspection *inspection, const char *path,
                                   const char *named)
{
    const struct emit_found *found = path ? inspection->look(inspection, path) : NULL;
    if (!found) {
        inspection->fault(inspection, EMIT_DANGLING, path,
                          arena_format(inspection->arena, "names '%s'", named),
                          "that file is not there");
    }
    return found;
}

void look_stated(const struct emit_inspection *inspection, const struct emit_found *found,
                 const char *stated, const char *is)
{
    const char *slash = strrchr(found->path, '/');
    const char *wrong = arena_format(inspection->arena, "says that '%s' is %s",
                                     slash ? slash + 1 : found->path, stated);
    const char *allowed = arena_format(inspection->arena, "it is %s", is);
    inspection->fault(inspection, EMIT_STATED, found->path, wrong, allowed);
}

/* ---- URLs -------------------------------------------------------------------------------------
 */

static bool elsewhere(const char *url)
{
    size_t scheme =
        strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
    return url[0] == '\0' || url[0] == '#' || text_starts(url, "//") ||
           (scheme > 0 && url[scheme] == ':');
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : isxdigit((unsigned char)c) ? tolower(c) - 'a' + 10 : -1;
}

/* Percent-encoded bytes are put back; what follows '?' or '#' is no part of the file's name. */
static void url_decode(struct buffer *out, const char *url)
{
    for (size_t i = 0; url[i] && url[i] != '?' && url[i] != '#'; i++) {
        int high = url[i] == '%' ? hex_digit(url[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(url[i + 2]) : -1;
        buffer_char(out, low >= 0 ? (char)(high * 16 + low) : url[i]);
        i += low >= 0 ? 2 : 0;
    }
}

/* "icons/./a/../b.png" without its dots, in place; what would leave the folder stays outside. */
static void dots_remove(char *path)
{
    char *out = path;
    for (const char *part = path; *part;) {
        size_t length = strcspn(part, "/");
        bool up = length == 2 && part[0] == '.' && part[1] == '.';
        bool here = length == 0 || (length == 1 && part[0] == '.');
        const char *next = part + length + (part[length] == '/');
        if (up && out > path) {
            do {
                out--;
            } while (out > path && out[-1] != '/');
        } else if (!here && !up) {
            memmove(out, part, (size_t)(next - part));
            out += next - part;
        }
        part = next;
    }
    *out = '\0';
}

/* Below `base` it is below the output folder; from the root, it can only be meant so; else it is
 * relative to the file that holds it. */
static const char *url_path(const struct emit_inspection *inspection, const char *base,
                            const char *url)
{
    struct buffer path = {0};
    const char *slash = strrchr(inspection->path, '/');
    if (base[0] && text_starts(url, base)) {
        url_decode(&path, url + strlen(base));
    } else if (url[0] == '/') {
        url_decode(&path, url + 1);
    } else {
        if (slash) {
            buffer_bytes(&path, inspection->path, (size_t)(slash - inspection->path) + 1);
        }
        url_decode(&path, url);
    }
    char *out = buffer_failed(&path) ? NULL : arena_text(inspection->arena, buffer_string(&path));
    buffer_free(&path);
    if (out) {
        dots_remove(out);
    }
    return out;
}

const struct emit_found *look_url(const struct emit_inspection *inspection, const char *base,
                                  const char *url)
{
    bool below = base[0] && text_starts(url, base);
    const char *path = below || !elsewhere(url) ? url_path(inspection, base, url) : NULL;
    return path && *path ? look_file(inspection, path, url) : NULL;
}

/* ---- URLs inside of text ----------------------------------------------------------------------
 */

/* What our own markup escapes in URLs; NULL where memory is short, which is said. */
static const char *unescaped(const struct emit_inspection *inspection, const char *text,
                             size_t size)
{
    struct buffer out = {0};
    for (size_t i = 0; i < size; i++) {
        bool ampersand = size - i >= 5 && memcmp(text + i, "&amp;", 5) == 0;
        buffer_char(&out, text[i]);
        i += ampersand ? 4 : 0;
    }
    const char *kept =
        buffer_failed(&out) ? NULL : arena_text(inspection->arena, buffer_string(&out));
    buffer_free(&out);
    if (!kept) {
        inspection->fault(inspection, EMIT_DAMAGED, NULL, NULL, NULL);
    }
    return kept;
}

static const struct emit_found *url_look(const struct emit_inspection *inspection, const char *base,
                                         const char *text, size_t size)
{
    const char *url = unescaped(inspection, text, size);
    return url ? look_url(inspection, base, url) : NULL;
}

bool look_sizes_hold(const char *sizes, int width, int height)
{
    char size[32];
    int length = snprintf(size, sizeof size, "%dx%d", width, height);
    for (const char *at = sizes; *at;) {
        size_t word = strcspn(at, " ");
        if ((word == (size_t)length && strncasecmp(at, size, word) == 0) ||
            (word == 3 && strncasecmp(at, "any", word) == 0)) {
            return true;
        }
        at += word + strspn(at + word, " ");
    }
    return false;
}

/* What is said of an image, if anything: NULL and "" are nothing. */
static void type_look(const struct emit_inspection *inspection, const struct emit_found *found,
                      const char *type)
{
    const bool image = found && found->format != FORMAT_NONE;
    if (image && type && *type && strcmp(type, format_info(found->format)->mime) != 0) {
        look_stated(inspection, found, type, format_info(found->format)->mime);
    }
}

static void size_look(const struct emit_inspection *inspection, const struct emit_found *found,
                      const char *stated)
{
    const char *is = arena_format(inspection->arena, "%dx%d", found->width, found->height);
    if (found->width > 0 && !look_sizes_hold(stated, found->width, found->height)) {
        look_stated(inspection, found, stated, is);
    }
}

/* "640w" of a file in a srcset. */
static void descriptor_look(const struct emit_inspection *inspection,
                            const struct emit_found *found, const char *text, size_t size)
{
    char words[32] = "";
    char *end = words;
    if (size < sizeof words) {
        memcpy(words, text, size);
    }
    const long width = strtol(words, &end, 10);
    if (found && found->width > 0 && *end == 'w' && width != found->width) {
        look_stated(inspection, found, arena_format(inspection->arena, "%ld px wide", width),
                    arena_format(inspection->arena, "%d px", found->width));
    }
}

static void srcset_look(const struct emit_inspection *inspection, const char *base,
                        const char *text, size_t size, const char *type)
{
    for (size_t at = 0; at < size;) {
        while (at < size && (isspace((unsigned char)text[at]) || text[at] == ',')) {
            at++;
        }
        size_t begin = at;
        while (at < size && !isspace((unsigned char)text[at])) {
            at++;
        }
        size_t end = at;
        while (end > begin && text[end - 1] == ',') {
            end--;
        }
        const struct emit_found *found =
            end > begin ? url_look(inspection, base, text + begin, end - begin) : NULL;
        bool described = end == at; /* no comma ends the URL: a descriptor may follow */
        while (at < size && isspace((unsigned char)text[at])) {
            at++;
        }
        size_t words = at;
        while (described && at < size && text[at] != ',') {
            at++;
        }
        type_look(inspection, found, type);
        descriptor_look(inspection, found, text + words, described ? at - words : 0);
    }
}

void look_srcset(const struct emit_inspection *inspection, const char *base, const char *text,
                 size_t size)
{
    srcset_look(inspection, base, text, size, NULL);
}

/* ---- Markup -----------------------------------------------------------------------------------
 */

struct tag { /* from its '<' to its '>' */
    const char *text;
    size_t size;
};

static struct tag tag_at(const char *text)
{
    size_t size = 1;
    for (char quote = 0; text[size] && (quote || text[size] != '>'); size++) {
        quote = text[size] != '"' ? quote : quote ? 0 : '"';
    }
    return (struct tag){text, size};
}

/* The value as it stands there, up to its quote; NULL: the tag has no such attribute. */
static const char *attribute_of(const struct tag *tag, const char *name, size_t *size)
{
    const size_t length = strlen(name);
    for (size_t i = 1; i + length + 3 < tag->size; i++) {
        if (isspace((unsigned char)tag->text[i]) && memcmp(tag->text + i + 1, name, length) == 0 &&
            memcmp(tag->text + i + 1 + length, "=\"", 2) == 0) {
            const char *value = tag->text + i + 1 + length + 2;
            *size = strcspn(value, "\"");
            return value;
        }
    }
    return NULL;
}

static const char *attribute_text(const struct emit_inspection *inspection, const struct tag *tag,
                                  const char *name)
{
    size_t size = 0;
    const char *value = attribute_of(tag, name, &size);
    return value ? unescaped(inspection, value, size) : NULL;
}

/* Every file that a tag names, and what it says of them. */
static bool tag_look(const struct emit_inspection *inspection, const char *base,
                     const struct tag *tag)
{
    static const struct {
        const char *name;
        bool list;
    } attributes[] = {{"href", false}, {"src", false}, {"srcset", true}, {"imagesrcset", true}};
    const char *type = attribute_text(inspection, tag, "type");
    const char *sizes =
        text_starts(tag->text, "<link ") ? attribute_text(inspection, tag, "sizes") : NULL;
    bool named = false;
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        size_t size = 0;
        const char *value = attribute_of(tag, attributes[i].name, &size);
        named = named || value;
        if (value && attributes[i].list) {
            srcset_look(inspection, base, value, size, type);
            continue;
        }
        const struct emit_found *found = value ? url_look(inspection, base, value, size) : NULL;
        type_look(inspection, found, type);
        if (found && sizes && *sizes && found->format != FORMAT_NONE) {
            size_look(inspection, found, sizes);
        }
    }
    return named;
}

/* The picture that the last <meta> of its kind named. */
struct shared {
    const char *property;
    const struct emit_found *found;
};

/* "og:image", then "og:image:width" and the like of the same. */
static bool meta_look(const struct emit_inspection *inspection, const char *base,
                      const char *origin, const struct tag *tag, struct shared *shared)
{
    const char *property = attribute_text(inspection, tag, "property");
    property = property ? property : attribute_text(inspection, tag, "name");
    const char *content = attribute_text(inspection, tag, "content");
    if (!property || !content) {
        return content;
    }
    if (text_ends(property, ":image")) {
        const bool ours = *origin && text_starts(content, origin);
        shared->property = property;
        shared->found = look_url(inspection, base, ours ? content + strlen(origin) : content);
    }
    const size_t length = shared->found ? strlen(shared->property) : 0;
    if (length == 0 || shared->found->format == FORMAT_NONE ||
        strncmp(property, shared->property, length) != 0) {
        return true;
    }
    const bool across = strcmp(property + length, ":width") == 0;
    if (strcmp(property + length, ":type") == 0) {
        type_look(inspection, shared->found, content);
    } else if (across || strcmp(property + length, ":height") == 0) {
        const int is = across ? shared->found->width : shared->found->height;
        const char *side = across ? "wide" : "high";
        if (is > 0 && strtol(content, NULL, 10) != is) {
            look_stated(inspection, shared->found,
                        arena_format(inspection->arena, "%s px %s", content, side),
                        arena_format(inspection->arena, "%d px", is));
        }
    }
    return true;
}

void look_markup(const struct emit_inspection *inspection, const char *base, const char *origin)
{
    struct shared shared = {NULL, NULL};
    bool named = false;
    for (const char *at = strchr(inspection->text, '<'); at; at = strchr(at, '<')) {
        const struct tag tag = tag_at(at);
        named |= text_starts(at, "<meta ") ? meta_look(inspection, base, origin, &tag, &shared)
                                           : tag_look(inspection, base, &tag);
        at += tag.size;
    }
    if (!named) {
        inspection->fault(inspection, EMIT_DAMAGED, NULL, "names no file", "must name some");
    } else if (strstr(inspection->text, "<picture") && !strstr(inspection->text, "</picture>")) {
        inspection->fault(inspection, EMIT_DAMAGED, NULL, "has a <picture> that does not end",
                          "must be whole");
    }
}

void look_css(const struct emit_inspection *inspection, const char *base)
{
    for (const char *at = strstr(inspection->text, "url("); at; at = strstr(at, "url(")) {
        at += strlen("url(");
        char quote = *at == '"' || *at == '\'' ? *at++ : ')';
        const char *end = strchr(at, quote);
        if (end) {
            url_look(inspection, base, at, (size_t)(end - at));
        }
    }
}
