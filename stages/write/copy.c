/* SPDX-License-Identifier: MIT
 * The stage `copy`: the source's bytes as they are. What they are was sniffed by the loader; SVG,
 * which no loader takes, is told here, so that a file gets its type and extension. */
#include <string.h>

#include "stage.h"

enum { SNIFF_BYTES = 4096 };

static size_t skip_to(const char *text, size_t at, size_t size, const char *end)
{
    const size_t length = strlen(end);
    for (; at + length <= size; at++) {
        if (memcmp(text + at, end, length) == 0) {
            return at + length;
        }
    }
    return size;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* An XML document whose first element is svg, with any prefix. */
static bool is_svg(const uint8_t *bytes, size_t all)
{
    const char *text = (const char *)bytes;
    const size_t size = all < SNIFF_BYTES ? all : SNIFF_BYTES;
    size_t at = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < size) {
        if (is_blank(text[at])) {
            at++;
        } else if (size - at > 4 && memcmp(text + at, "<!--", 4) == 0) {
            at = skip_to(text, at + 4, size, "-->");
        } else if (size - at > 2 &&
                   (memcmp(text + at, "<?", 2) == 0 || memcmp(text + at, "<!", 2) == 0)) {
            at = skip_to(text, at + 2, size, ">");
        } else {
            break;
        }
    }
    if (at >= size || text[at] != '<') {
        return false;
    }
    size_t end = ++at;
    while (end < size && !is_blank(text[end]) && text[end] != '/' && text[end] != '>') {
        at = text[end] == ':' ? end + 1 : at;
        end++;
    }
    return end < size && end - at == 3 && memcmp(text + at, "svg", 3) == 0;
}

static enum status copy_plan(const void *options, const struct plan_context *context,
                             const struct facts *in, struct facts *out, struct choice *choice,
                             struct error *error)
{
    const struct source *source = context->source;
    (void)options;
    if (source == NULL) {
        return error_set(error, STATUS_USAGE, "'copy' needs a file, and a plain colour is none");
    }
    choice->format = source->container.format;
    if (choice->format == FORMAT_NONE && source->bytes && is_svg(source->bytes, source->size)) {
        choice->format = FORMAT_SVG;
    }
    if (choice->format == FORMAT_NONE) {
        choice->format = in->format;
    }
    if (choice->format == FORMAT_NONE) {
        return error_set(error, STATUS_UNSUPPORTED, "'%s' is no image and no SVG: it is not copied",
                         source->name);
    }
    out->format = choice->format;
    choice->quality = -1;
    choice->detail = format_info(choice->format)->name;
    return STATUS_OK;
}

const struct stage stage_copy = {
    .name = "copy",
    .summary = "pass the source's bytes on as they are",
    .kind = STAGE_COPY,
    .version = 1,
    .plan = copy_plan,
};
