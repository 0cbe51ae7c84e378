/* SPDX-License-Identifier: MIT
 * The rules that one file can break: one table. Each looks at a file and at what is expected of it,
 * and says what is wrong and what is allowed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inspect_state.h"
#include "text.h"

struct judged {
    const struct inspection *inspection;
    const struct match *match;
    const struct expectation *line;
    const struct found_file *file;
};

/* ---- Words ------------------------------------------------------------------------------------
 */

static void range_words(struct buffer *out, const struct range *range)
{
    if (range->low == range->high) {
        buffer_format(out, "%.0f", range->low);
    } else if (!isfinite(range->high)) {
        buffer_format(out, "%.0f or more", range->low);
    } else if (!isfinite(range->low) || range->low <= 1) {
        buffer_format(out, "%.0f or less", range->high);
    } else {
        buffer_format(out, "%.0f to %.0f", range->low, range->high);
    }
}

static bool range_holds(const struct range *range, double number)
{
    return !range->given || (number >= range->low && number <= range->high);
}

static bool range_exact(const struct range *range)
{
    return range->given && range->low == range->high;
}

static void formats_words(struct buffer *out, unsigned formats)
{
    const char *between = "";
    for (int i = 1; i < FORMAT_COUNT; i++) {
        if (formats >> i & 1) {
            bool last = formats >> (i + 1) == 0;
            buffer_format(out, "%s%s", *between && last ? " or " : between,
                          format_info((enum format)i)->name);
            between = ", ";
        }
    }
}

/* ---- Rules ------------------------------------------------------------------------------------
 */

static bool broken_breaks(const struct judged *judged, struct buffer *wrong, struct buffer *allowed)
{
    buffer_text(wrong, judged->file->broken);
    buffer_text(allowed, "must be a whole image");
    return judged->file->broken[0] != '\0';
}

static enum format format_of_name(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot ? format_by_extension(dot + 1) : FORMAT_NONE;
}

static bool format_breaks(const struct judged *judged, struct buffer *wrong, struct buffer *allowed)
{
    const struct found_file *file = judged->file;
    enum format named = format_of_name(file->path);
    unsigned formats = judged->line->formats;
    bool taken = formats ? formats >> file->format & 1 : file->format != FORMAT_NONE;
    if (taken && (named == FORMAT_NONE || named == file->format)) {
        return false;
    }
    if (file->format == FORMAT_NONE) {
        buffer_text(wrong, file->holds[0] ? file->holds : "holds no image");
    } else {
        buffer_format(wrong, "holds %s", format_info(file->format)->name);
    }
    if (taken) {
        buffer_format(allowed, "its name says %s", format_info(named)->name);
    } else {
        buffer_text(allowed, "must be ");
        formats_words(allowed, formats ? formats : 1u << named);
    }
    return true;
}

static bool binding_number(const struct judged *judged, enum word word, int64_t *out)
{
    const char *text = judged->match->binding.words[word];
    return text && text_to_int64(text, out);
}

/* A size that is taken beside the output's own: "1290x2796". */
static bool size_listed(const struct expectation *line, const struct facts *facts)
{
    char size[32];
    (void)snprintf(size, sizeof size, "%dx%d", facts->width, facts->height);
    for (size_t i = 0; i < line->sizes.count; i++) {
        if (strcmp(line->sizes.list[i], size) == 0) {
            return true;
        }
    }
    return false;
}

static bool size_breaks(const struct judged *judged, struct buffer *wrong, struct buffer *allowed)
{
    const struct facts *facts = &judged->file->facts;
    const struct range *width = &judged->line->width, *height = &judged->line->height;
    int64_t named_width = facts->width, named_height = facts->height;
    bool named = binding_number(judged, WORD_WIDTH, &named_width);
    named = binding_number(judged, WORD_HEIGHT, &named_height) || named;
    buffer_format(wrong, "is %dx%d px", facts->width, facts->height);
    if (range_exact(width) && range_exact(height)) {
        buffer_format(allowed, "must be %.0fx%.0f", width->low, height->low);
        for (size_t i = 0; i < judged->line->sizes.count; i++) {
            buffer_format(allowed, "%s%s", i + 1 < judged->line->sizes.count ? ", " : " or ",
                          judged->line->sizes.list[i]);
        }
        buffer_text(allowed, " px");
    } else if (width->given || height->given) {
        buffer_text(allowed, "must be ");
        if (width->given) {
            range_words(allowed, width);
            buffer_text(allowed, height->given ? " px wide and " : " px wide");
        }
        if (height->given) {
            range_words(allowed, height);
            buffer_text(allowed, " px high");
        }
    }
    if ((!range_holds(width, facts->width) || !range_holds(height, facts->height)) &&
        !size_listed(judged->line, facts)) {
        return true;
    }
    if (named && (named_width != facts->width || named_height != facts->height)) {
        buffer_clear(allowed);
        buffer_text(allowed, "its name says ");
        buffer_text(allowed, named_width != facts->width ? "width " : "height ");
        buffer_format(allowed, "%lld",
                      (long long)(named_width != facts->width ? named_width : named_height));
        return true;
    }
    return false;
}

static bool pixels_breaks(const struct judged *judged, struct buffer *wrong, struct buffer *allowed)
{
    const struct facts *facts = &judged->file->facts;
    double pixels = (double)facts->width * facts->height;
    buffer_format(wrong, "has %.0f pixels", pixels);
    buffer_text(allowed, "must have ");
    range_words(allowed, &judged->line->pixels);
    return !range_holds(&judged->line->pixels, pixels);
}

/* Whole pixels cannot be nearer to a ratio than half a pixel of the shorter side. */
static bool aspect_breaks(const struct judged *judged, struct buffer *wrong, struct buffer *allowed)
{
    const struct facts *facts = &judged->file->facts;
    const struct aspect *aspect = &judged->line->aspect;
    if (aspect->width <= 0 || aspect->height <= 0) {
        return false;
    }
    buffer_format(wrong, "is %dx%d px", facts->width, facts->height);
    buffer_format(allowed, "must be of aspect %g:%g", aspect->width, aspect->height);
    double height = facts->width * aspect->height / aspect->width;
    double width = facts->height * aspect->width / aspect->height;
    return fabs(height - facts->height) > 1 && fabs(width - facts->width) > 1;
}

static bool frames_breaks(const struct judged *judged, struct buffer *wrong, struct buffer *allowed)
{
    buffer_format(wrong, "has %d frames", judged->file->facts.frames);
    buffer_text(allowed, "must be a still");
    return judged->line->still && judged->file->facts.frames > 1;
}

static bool bytes_breaks(const struct judged *judged, struct buffer *wrong, struct buffer *allowed)
{
    buffer_format(wrong, "has %lld bytes", (long long)judged->file->bytes);
    buffer_format(allowed, "must have %lld or less", (long long)judged->line->bytes);
    return judged->line->bytes > 0 && judged->file->bytes > judged->line->bytes;
}

static bool alpha_breaks(const struct judged *judged, struct buffer *wrong, struct buffer *allowed)
{
    const struct facts *facts = &judged->file->facts;
    bool wanted = judged->line->alpha == 1;
    if (judged->line->alpha < 0 || wanted == facts->alpha) {
        return false;
    }
    if (!facts->alpha) {
        buffer_text(wrong, "has no alpha channel");
        buffer_text(allowed, "must have one");
    } else {
        buffer_format(wrong, "has an alpha channel, %s",
                      !facts->alpha_measured ? "used or not"
                      : facts->alpha_used    ? "and uses it"
                                             : "opaque everywhere");
        buffer_text(allowed, "must have none");
    }
    return true;
}

static const char *space_words(enum space space)
{
    return space == SPACE_PROFILE ? "of a colour profile of its own" : space_name(space);
}

/* Without a profile an image is sRGB, in colour or grey, and where one is right the other is. */
static bool profile_breaks(const struct judged *judged, struct buffer *wrong,
                           struct buffer *allowed)
{
    const unsigned plain = 1u << SPACE_SRGB | 1u << SPACE_GREY;
    enum space space = judged->file->facts.space;
    unsigned spaces = judged->line->spaces;
    spaces |= spaces & plain ? plain : 0;
    if (spaces == 0 || spaces >> space & 1) {
        return false;
    }
    buffer_format(wrong, "is %s", space_words(space));
    buffer_text(allowed, "must be");
    const char *between = " ";
    for (int i = SPACE_SRGB; i <= SPACE_OTHER; i++) {
        if (judged->line->spaces >> i & 1) {
            buffer_format(allowed, "%s%s", between, space_name((enum space)i));
            between = " or ";
        }
    }
    return true;
}

/* All cells that are joined in this file are its members; a large image makes each of them. */
static bool members_breaks(const struct judged *judged, struct buffer *wrong,
                           struct buffer *allowed)
{
    const struct expected *expected = &judged->inspection->expected;
    const struct stage *stage = judged->line->step ? judged->line->step->stage : NULL;
    const struct step **steps =
        arena_array(judged->inspection->arena, expected->recipe->line_count, sizeof(*steps));
    struct source source = {0};
    struct error error = {0};
    struct buffer holds = {0}, wants = {0};
    size_t count = 0;
    if (!steps || !stage || !stage->unpack) {
        wrong->failed = wrong->failed || !steps;
        return false;
    }
    for (size_t i = 0; i < expected->recipe->line_count; i++) {
        const struct expectation *line = &expected->lines[i];
        if (line->step && line->step->stage == stage && line->pattern &&
            pattern_equal(line->pattern, judged->line->pattern)) {
            steps[count++] = line->step;
        }
    }
    if (found_read(judged->inspection->found, judged->file, &source, &error) == STATUS_OK) {
        (void)stage->unpack(steps, count, source.bytes, source.size, &holds, &wants, &error);
    }
    source_release(&source);
    if (error.status == STATUS_FAILED) {
        wrong->failed = true;
        buffer_free(&holds);
        buffer_free(&wants);
        return false;
    }
    bool damaged = error.status != STATUS_CHECK;
    buffer_format(wrong, "%s%s", damaged ? error.message : "holds ",
                  damaged ? "" : buffer_string(&holds));
    buffer_format(allowed, "must %s%s", damaged ? "be a whole icon" : "hold ",
                  damaged ? "" : buffer_string(&wants));
    wrong->failed = wrong->failed || buffer_failed(&holds) || buffer_failed(&wants);
    buffer_free(&holds);
    buffer_free(&wants);
    return error.status != STATUS_OK;
}

/* ---- The table --------------------------------------------------------------------------------
 */

static const struct rule {
    const char *name, *what;
    bool (*breaks)(const struct judged *judged, struct buffer *wrong, struct buffer *allowed);
    bool ends;   /* a file that breaks it is not looked at further */
    bool header; /* needs facts */
} rules[] = {
    {"broken", "the file can be read and decoded to its end", broken_breaks, true, false},
    {"format", "the content is of an allowed format, and of the one that the name says",
     format_breaks, true, false},
    {"size", "width and height, and those that the name says", size_breaks, false, true},
    {"pixels", "width times height", pixels_breaks, false, true},
    {"aspect", "width to height", aspect_breaks, false, true},
    {"frames", "a still where an animation is not allowed", frames_breaks, false, true},
    {"bytes", "the largest file", bytes_breaks, false, false},
    {"alpha", "no alpha channel, or one", alpha_breaks, false, true},
    {"profile", "the colour space", profile_breaks, false, true},
    {"members", "the sizes inside of an .ico or .icns file", members_breaks, false, false},
    /* of sets and emitted files: found by those who know them */
    {"label", "the label of a generated image (IPTC DigitalSourceType)", NULL, false, false},
    {"metadata", "what other files of the image have and this one must not lose", NULL, false,
     false},
    {"name", "the rule for names, such as Android's", NULL, false, false},
    {"twin", "one extension for each name of a folder (Android)", NULL, false, false},
    {"density", "the sizes of one image's scales are in the ratio of the scales", NULL, false,
     false},
    {"missing", "every size, density and variant is there", NULL, false, false},
    {"damaged", "an emitted file can be read: JSON, XML", NULL, false, false},
    {"dangling", "what an emitted file names is there", NULL, false, false},
    {"unnamed", "every file of a catalogue is named in it", NULL, false, false},
    {"stated", "sizes and types are as an emitted file says", NULL, false, false},
    {"nothing", "there is something of the preset", NULL, false, false},
};
enum { RULE_COUNT = sizeof(rules) / sizeof(rules[0]) };

const struct rule_words *inspect_rules(struct arena *arena)
{
    struct rule_words *words = arena_array(arena, RULE_COUNT + 1, sizeof(*words));
    for (size_t i = 0; words && i < RULE_COUNT; i++) {
        words[i] = (struct rule_words){rules[i].name, rules[i].what};
    }
    return words;
}

/* Counts the rules that are broken; adds them when asked to. */
static size_t line_judge(struct inspection *inspection, const struct match *match,
                         const struct expectation *line, bool add)
{
    const struct judged judged = {inspection, match, line, match->file};
    size_t count = 0;
    for (size_t i = 0; i < RULE_COUNT && rules[i].breaks; i++) {
        struct buffer wrong = {0}, allowed = {0};
        bool looks = !rules[i].header || match->file->known;
        bool breaks = looks && rules[i].breaks(&judged, &wrong, &allowed);
        if (breaks && add) {
            finding_add(inspection, found_path(inspection->found, match->file->path), rules[i].name,
                        line, buffer_string(&wrong), buffer_string(&allowed));
        }
        inspection->failed = inspection->failed || buffer_failed(&wrong) || buffer_failed(&allowed);
        buffer_free(&wrong);
        buffer_free(&allowed);
        count += breaks;
        if (breaks && rules[i].ends) {
            break;
        }
    }
    return count;
}

/* Of the outputs that a file could be of, those that make what its name says. */
static bool line_named(const struct expectation *line, enum format named)
{
    return line->formats == 0 || named == FORMAT_NONE || line->formats >> named & 1;
}

void match_judge(struct inspection *inspection, struct match *match)
{
    const enum format named = format_of_name(match->file->path);
    size_t fewest = (size_t)-1;
    bool best_named = false;
    for (size_t i = 0; i < match->line_count; i++) {
        const struct expectation *line = &inspection->expected.lines[match->lines[i]];
        const bool is_named = line_named(line, named);
        if (best_named && !is_named) {
            continue;
        }
        size_t count = line_judge(inspection, match, line, false);
        if (count <= fewest || (is_named && !best_named)) {
            fewest = count;
            best_named = is_named;
            match->line = line;
        }
    }
    match->findings = line_judge(inspection, match, match->line, true);
}
