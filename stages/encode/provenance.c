/* SPDX-License-Identifier: MIT
 * The XMP packet (ISO 16684-1) of a generated image: IPTC's DigitalSourceType and AI System Used
 * (IPTC Photo Metadata Standard 2025.1), the tool and the time. Knows no image format. */
#include "provenance.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "text.h"

#define SOURCE_TYPES "http://cv.iptc.org/newscodes/digitalsourcetype/"
#define SOURCE_TYPE SOURCE_TYPES "trainedAlgorithmicMedia"

static const char before[] =
    "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
    "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n";
static const char after[] = "</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>";
static const char description_begin[] = "<rdf:Description ", description_end[] = "/>\n";
static const char list_end[] = "</rdf:RDF>";

static void attribute(struct buffer *out, const char *name, const char *text)
{
    buffer_format(out, "\n %s=\"", name);
    text_html(out, text);
    buffer_char(out, '"');
}

void provenance_packet(const struct provenance *provenance, struct buffer *out)
{
    struct buffer system = {.limit = 1024};
    time_t seconds = (time_t)(provenance->made_ms / 1000);
    struct tm parts;
    char text[32];
    buffer_format(&system, "%s (%s)", provenance->model, provenance->provider);
    buffer_text(out, before);
    buffer_text(out, description_begin);
    buffer_text(out, "rdf:about=\"\"\n"
                     " xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\"\n"
                     " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"");
    attribute(out, "Iptc4xmpExt:DigitalSourceType", SOURCE_TYPE);
    attribute(out, "Iptc4xmpExt:AISystemUsed", buffer_string(&system));
    attribute(out, "xmp:CreatorTool", "picset " PICSET_VERSION);
    if (provenance->made_ms > 0 && gmtime_r(&seconds, &parts) &&
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0) {
        attribute(out, "xmp:CreateDate", text);
    }
    buffer_text(out, description_end);
    buffer_text(out, after);
    buffer_free(&system);
}

/* IPTC's words for what was generated, wholly or in part. */
static const char *const generated_types[] = {"trainedAlgorithmicMedia",
                                              "compositeWithTrainedAlgorithmicMedia",
                                              "algorithmicMedia", "compositeSynthetic", NULL};

static bool word_is(struct span bytes, size_t at, const char *word)
{
    const size_t size = strlen(word);
    return bytes.size - at > size && memcmp(bytes.bytes + at, word, size) == 0 &&
           !isalnum(bytes.bytes[at + size]);
}

void provenance_label(struct span xmp, struct buffer *out)
{
    static const char before_type[] = "digitalsourcetype/";
    const char *found = NULL;
    for (size_t at = 0; !found && at + sizeof before_type < xmp.size; at++) {
        if (memcmp(xmp.bytes + at, before_type, sizeof before_type - 1) == 0) {
            for (size_t i = 0; !found && generated_types[i]; i++) {
                found = word_is(xmp, at + sizeof before_type - 1, generated_types[i])
                            ? generated_types[i]
                            : NULL;
            }
        }
    }
    if (!found) {
        return;
    }
    buffer_text(out, before);
    buffer_text(out, description_begin);
    buffer_text(out, "rdf:about=\"\"\n"
                     " xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\"");
    buffer_format(out, "\n Iptc4xmpExt:DigitalSourceType=\"" SOURCE_TYPES "%s\"", found);
    buffer_text(out, description_end);
    buffer_text(out, after);
}

/* The last place of `text` in the bytes; NULL when it is not there. */
static const uint8_t *find_last(struct span bytes, const char *text)
{
    const size_t size = strlen(text);
    for (size_t at = bytes.size >= size ? bytes.size - size + 1 : 0; at-- > 0;) {
        if (memcmp(bytes.bytes + at, text, size) == 0) {
            return bytes.bytes + at;
        }
    }
    return NULL;
}

void provenance_join(struct span own, const char *packet, struct buffer *out)
{
    const uint8_t *end = find_last(own, list_end);
    const char *begin = strstr(packet, description_begin);
    const char *close = begin ? strstr(begin, description_end) : NULL;
    if (find_last(own, "DigitalSourceType")) {
        buffer_bytes(out, own.bytes, own.size);
    } else if (!end || !close) {
        buffer_text(out, packet);
    } else {
        const size_t head = (size_t)(end - own.bytes);
        buffer_bytes(out, own.bytes, head);
        buffer_bytes(out, begin, (size_t)(close - begin) + sizeof description_end - 1);
        buffer_bytes(out, end, own.size - head);
    }
}
