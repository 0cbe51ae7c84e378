/* SPDX-License-Identifier: MIT
 * See look.h. */
#include "look.h"

#include <ctype.h>
#include <string.h>

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

/* What our own markup escapes in URLs. */
static const char *unescaped(struct arena *arena, const char *text, size_t size)
{
    struct buffer out = {0};
    for (size_t i = 0; i < size; i++) {
        bool ampersand = size - i >= 5 && memcmp(text + i, "&amp;", 5) == 0;
        buffer_char(&out, text[i]);
        i += ampersand ? 4 : 0;
    }
    const char *kept = buffer_failed(&out) ? NULL : arena_text(arena, buffer_string(&out));
    buffer_free(&out);
    return kept;
}

static void url_look(const struct emit_inspection *inspection, const char *base, const char *text,
                     size_t size)
{
    const char *url = unescaped(inspection->arena, text, size);
    if (url) {
        (void)look_url(inspection, base, url);
    }
}

void look_srcset(const struct emit_inspection *inspection, const char *base, const char *text,
                 size_t size)
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
        if (end > begin) {
            url_look(inspection, base, text + begin, end - begin);
        }
        bool described = end == at; /* no comma ends the URL: a descriptor may follow */
        while (described && at < size && text[at] != ',') {
            at++;
        }
    }
}

void look_markup(const struct emit_inspection *inspection, const char *base)
{
    static const struct {
        const char *opening;
        bool list;
    } attributes[] = {
        {" href=\"", false}, {" src=\"", false}, {" srcset=\"", true}, {" imagesrcset=\"", true}};
    bool named = strstr(inspection->text, " content=\"") != NULL; /* of a <meta> */
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        const char *opening = attributes[i].opening;
        for (const char *at = strstr(inspection->text, opening); at; at = strstr(at, opening)) {
            at += strlen(opening);
            size_t size = strcspn(at, "\"");
            named = true;
            if (attributes[i].list) {
                look_srcset(inspection, base, at, size);
            } else {
                url_look(inspection, base, at, size);
            }
        }
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
