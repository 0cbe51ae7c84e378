/* SPDX-License-Identifier: MIT
 * What the files of one image must be together: all there, under names that the platform takes,
 * none without what the others have. The image itself is not known; it is guessed from what was
 * made of it, planned, and the plan says what else there should be. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "inspect_state.h"
#include "memory.h"
#include "text.h"

static const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

/* ---- Which files are of one image -------------------------------------------------------------
 */

static struct set *set_of(struct inspection *inspection, const char *name, const char *dir)
{
    for (size_t i = inspection->set_count; i-- > 0;) { /* neighbours are of one image */
        struct set *set = &inspection->sets[i];
        if (strcmp(set->name, name) == 0 && strcmp(set->dir, dir) == 0) {
            return set;
        }
    }
    struct set *slot = arena_push(inspection->arena, &inspection->sets, &inspection->set_count,
                                  &inspection->set_capacity, sizeof(*slot));
    if (slot) {
        *slot = (struct set){.name = name, .dir = dir};
    }
    return slot;
}

/* The name as the preset's rule for names makes it: what a plan writes for it. NULL when nothing
 * that is made has a name. */
static const char *name_by_plan(struct inspection *inspection, const char *name)
{
    const struct guess guess = {.name = name, .dir = "", .width = 7168, .height = 7168};
    const struct expected *expected = &inspection->expected;
    const char *made = NULL;
    struct plan *plan = NULL;
    struct error ignored = {0};
    if (expect_plan(expected, &guess, &plan, &ignored) != STATUS_OK) {
        inspection->failed = inspection->failed || ignored.status == STATUS_FAILED;
        return name;
    }
    for (size_t i = 0; i < plan->rendition_count && !made; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        const struct pattern *pattern =
            expected->lines[rendition->line - expected->recipe->lines].pattern;
        struct binding binding;
        if (rendition->path && pattern_has(pattern, WORD_NAME) &&
            pattern_match(pattern, rendition->path, inspection->arena, &binding)) {
            made = binding.words[WORD_NAME];
        }
    }
    plan_free(plan);
    return made ? made : name;
}

static void name_judge(struct inspection *inspection, struct match *match, const char *right)
{
    const char *name = match->binding.words[WORD_NAME];
    struct buffer wrong = {0}, allowed = {0};
    if (strcmp(name, right) != 0) {
        buffer_format(&wrong, "is called '%s'", name);
        buffer_format(&allowed, "a valid name is '%s'", right);
        finding_add(inspection, found_path(inspection->found, match->file->path), "name",
                    match->line, buffer_string(&wrong), buffer_string(&allowed));
        match->findings++;
    }
    inspection->failed = inspection->failed || buffer_failed(&wrong) || buffer_failed(&allowed);
    buffer_free(&wrong);
    buffer_free(&allowed);
}

void match_named(struct inspection *inspection, struct match *match)
{
    const char *name = match->binding.words[WORD_NAME];
    if (name) {
        name_judge(inspection, match, name_by_plan(inspection, name));
    }
}

/* A path without ${name} and ${dir} is of every image, and of no one when there is a named one. */
static bool match_shared(const struct match *match)
{
    return !match->binding.words[WORD_NAME] && !match->binding.words[WORD_DIR];
}

bool match_of(const struct match *match, const struct set *set)
{
    return match_shared(match) ||
           (strcmp(match->name, set->name) == 0 && strcmp(match->dir, set->dir) == 0);
}

static enum status sets_group(struct inspection *inspection, struct error *error)
{
    const char *last = NULL, *right = NULL;
    inspection->sets = NULL;
    inspection->set_count = inspection->set_capacity = 0;
    for (size_t i = 0; i < inspection->match_count; i++) {
        struct match *match = &inspection->matches[i];
        const char *name = match->binding.words[WORD_NAME];
        if (name && (!last || strcmp(last, name) != 0)) {
            last = name;
            right = name_by_plan(inspection, name);
        }
        if (name) {
            name_judge(inspection, match, right);
        }
        match->name = name ? right : "";
        match->dir = text_or_empty(match->binding.words[WORD_DIR]);
        if (!match_shared(match) && !set_of(inspection, match->name, match->dir)) {
            return error_memory(error);
        }
    }
    bool any = inspection->match_count > 0;
    return inspection->set_count > 0 || !any || set_of(inspection, "", "") ? STATUS_OK
                                                                           : error_memory(error);
}

/* ---- The image behind them --------------------------------------------------------------------
 */

/* Nothing is enlarged but what is always of one size: the image is as large as what was made of it.
 * Where all is of one size it tells nothing, and any will do. */
static struct guess set_guess(const struct inspection *inspection, const struct set *set)
{
    enum { ANY_SIDE = 7168 };
    struct guess guess = {.name = *set->name ? set->name : "x", .dir = set->dir};
    for (size_t i = 0; i < inspection->match_count; i++) {
        const struct match *match = &inspection->matches[i];
        const struct facts *facts = &match->file->facts;
        if (!match_of(match, set)) {
            continue;
        }
        guess.inputs |= expect_inputs(&inspection->expected, match->line->line);
        if (!match->file->known || match->findings > 0) {
            continue;
        }
        guess.alpha = guess.alpha || facts->alpha;
        guess.animated = guess.animated || facts->frames > 1;
        if (match->line->shrinks) {
            guess.width = guess.width > facts->width ? guess.width : facts->width;
            guess.height = guess.height > facts->height ? guess.height : facts->height;
        }
    }
    guess.width = guess.width ? guess.width : ANY_SIDE;
    guess.height = guess.height ? guess.height : ANY_SIDE;
    return guess;
}

/* ---- What is missing --------------------------------------------------------------------------
 */

/* The guess is right to a pixel of rounding. */
static bool number_near(const char *text, int planned)
{
    long number = text ? strtol(text, NULL, 10) : planned;
    return labs(number - planned) <= 1;
}

static bool match_is(const struct match *match, const struct expectation *line,
                     const struct step *step, struct arena *arena)
{
    const char *dot = strrchr(match->path, '.');
    enum format named = dot ? format_by_extension(dot + 1) : FORMAT_NONE;
    struct binding binding;
    return pattern_match(line->pattern, match->path, arena, &binding) &&
           (line->formats == 0 || named == FORMAT_NONE || line->formats >> named & 1) &&
           number_near(binding.words[WORD_WIDTH], step->in.width) &&
           number_near(binding.words[WORD_HEIGHT], step->in.height);
}

static bool line_there(const struct inspection *inspection, const struct set *set,
                       const struct plan_rendition *rendition)
{
    const struct expectation *line =
        &inspection->expected.lines[rendition->line - inspection->expected.recipe->lines];
    for (size_t i = 0; i < inspection->match_count; i++) {
        const struct match *match = &inspection->matches[i];
        if (match_of(match, set) &&
            match_is(match, line, &rendition->leaf->step, inspection->arena)) {
            return true;
        }
    }
    return false;
}

static bool output_asked(const struct inspection *inspection, const struct output_line *line)
{
    const char *output = inspection->target->output;
    return !output || strcmp(output, line->output) == 0;
}

static bool plan_makes(const struct plan *plan, const char *path)
{
    for (size_t i = 0; i < plan->rendition_count; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        if (rendition->path && strcmp(rendition->path, path) == 0) {
            return true;
        }
    }
    return false;
}

/* An output with `when` is known to be missing only if the image would have to have it whatever it
 * is like: turned, transparent, animated or not, some output makes that path. */
static enum status path_certain(const struct inspection *inspection, const struct guess *guess,
                                const struct plan_rendition *rendition, bool *out,
                                struct error *error)
{
    const struct when *when = &rendition->line->when;
    bool always = when->alpha < 0 && when->animated < 0 && when->orientation < 0 && !when->formats;
    struct guess others[] = {*guess, *guess, *guess};
    others[0].alpha = !guess->alpha;
    others[1].animated = !guess->animated;
    others[2].width = guess->height;
    others[2].height = guess->width;
    *out = true;
    for (size_t i = 0; !always && *out && i < sizeof(others) / sizeof(others[0]); i++) {
        struct plan *plan = NULL;
        enum status status = expect_plan(&inspection->expected, &others[i], &plan, error);
        if (status != STATUS_OK) {
            return status;
        }
        *out = plan_makes(plan, rendition->path);
        plan_free(plan);
    }
    return STATUS_OK;
}

/* What lies in its place under a name of other letters; NULL: nothing. */
static const char *path_alike(const struct inspection *inspection, const char *path)
{
    for (size_t i = 0; i < inspection->found->count; i++) {
        const char *other = found_path(inspection->found, inspection->found->files[i].path);
        if (other && strcasecmp(other, path) == 0) {
            const char *slash = strrchr(other, '/');
            return slash ? slash + 1 : other;
        }
    }
    return NULL;
}

static void missing_add(struct inspection *inspection, const struct plan_rendition *rendition)
{
    const struct expectation *line =
        &inspection->expected.lines[rendition->line - inspection->expected.recipe->lines];
    const char *path = base_path(inspection, rendition->path);
    const bool part = line->kind == STAGE_PACK; /* a cell makes a part of the file */
    const char *cell = part ? "" : line->line->cell;
    const char *allowed =
        *cell ? arena_format(inspection->arena, "is required for %s", cell) : "is required";
    if (!path || !allowed) {
        inspection->failed = true;
    } else if (!finding_there(inspection, path)) {
        const char *alike = path_alike(inspection, path);
        const char *wrong =
            alike ? arena_format(inspection->arena, "is not there, but '%s' is", alike) : NULL;
        finding_add(inspection, path, "missing", line, wrong ? wrong : "is not there", allowed);
    }
}

static enum status missing_judge(struct inspection *inspection, const struct set *set,
                                 const struct guess *guess, const struct plan *plan,
                                 struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < plan->rendition_count && status == STATUS_OK; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        bool certain = false;
        if (rendition->state != RENDITION_PLANNED || !rendition->path ||
            !text_starts(rendition->path, inspection->base->add) ||
            !output_asked(inspection, rendition->line) ||
            inspection->expected.lines[rendition->line - inspection->expected.recipe->lines]
                .optional ||
            line_there(inspection, set, rendition)) {
            continue;
        }
        status = path_certain(inspection, guess, rendition, &certain, error);
        if (certain) {
            missing_add(inspection, rendition);
        }
    }
    return status;
}

/* ---- What is lost -----------------------------------------------------------------------------
 */

/* A generated image is one that says so in any of its files, that a manifest or the user calls so.
 */
static unsigned set_has(const struct inspection *inspection, const struct set *set)
{
    unsigned has = inspection->request->generated ? KEEP_PROVENANCE : 0;
    for (size_t i = 0; i < inspection->match_count; i++) {
        const struct match *match = &inspection->matches[i];
        if (match_of(match, set)) {
            has |= match->file->has | (match->file->generated ? KEEP_PROVENANCE : 0u);
        }
    }
    return has;
}

void match_loses(struct inspection *inspection, const struct match *match, unsigned has)
{
    static const struct {
        unsigned bit;
        const char *rule, *wrong, *allowed;
    } losses[] = {
        {KEEP_PROVENANCE, "label", "has no IPTC DigitalSourceType",
         "a generated image must keep it"},
        {KEEP_ICC, "metadata", "has no ICC profile", "must keep it as its other files do"},
        {KEEP_EXIF, "metadata", "has no EXIF", "must keep it as its other files do"},
        {KEEP_XMP, "metadata", "has no XMP", "must keep it as its other files do"},
        {KEEP_IPTC, "metadata", "has no IPTC", "must keep it as its other files do"},
    };
    unsigned lost = match->line->keep & has & ~match->file->has;
    bool whole = match->file->format != FORMAT_NONE && !match->file->broken[0];
    for (size_t i = 0; whole && i < sizeof(losses) / sizeof(losses[0]); i++) {
        if (lost & losses[i].bit) {
            finding_add(inspection, found_path(inspection->found, match->file->path),
                        losses[i].rule, match->line, losses[i].wrong, losses[i].allowed);
        }
    }
}

/* ---- Twins ------------------------------------------------------------------------------------
 */

/* Android knows a resource by its name without the extension. Files are sorted: those of one stem
 * stand together. */
static void twin_judge(struct inspection *inspection, const struct match *match)
{
    const char *path = match->file->path, *dot = strrchr(path, '.');
    const char *stem = dot ? arena_slice(inspection->arena, path, (size_t)(dot - path) + 1) : NULL;
    for (const struct found_file *other = match->file;
         stem && other-- > inspection->found->files && text_starts(other->path, stem);) {
        const char *rest = other->path + strlen(stem);
        const char *slash = strrchr(other->path, '/');
        const char *wrong = strchr(rest, '/') || strchr(rest, '.')
                                ? NULL
                                : arena_format(inspection->arena, "stands beside '%s'",
                                               slash ? slash + 1 : other->path);
        if (wrong) {
            finding_add(inspection, found_path(inspection->found, path), "twin", match->line, wrong,
                        "must be the only file of its name");
        }
    }
}

/* ---- All sets ---------------------------------------------------------------------------------
 */

static enum status set_judge(struct inspection *inspection, const struct set *set,
                             struct error *error)
{
    const struct guess guess = set_guess(inspection, set);
    struct plan *plan = NULL;
    enum status status = expect_plan(&inspection->expected, &guess, &plan, error);
    if (status == STATUS_OK) {
        status = missing_judge(inspection, set, &guess, plan, error);
    }
    if (status == STATUS_OK) {
        status = densities_judge(inspection, set, &guess, plan, error);
    }
    if (status == STATUS_OK && !inspection->target->output) {
        status = emitted_judge(inspection, plan, error);
    }
    const unsigned has = set_has(inspection, set);
    for (size_t i = 0; i < inspection->match_count && status == STATUS_OK; i++) {
        if (match_of(&inspection->matches[i], set)) {
            match_loses(inspection, &inspection->matches[i], has);
        }
    }
    plan_free(plan);
    return status;
}

enum status sets_judge(struct inspection *inspection, struct error *error)
{
    enum status status = sets_group(inspection, error);
    for (size_t i = 0; i < inspection->match_count; i++) {
        if (inspection->matches[i].line->line->names == NAMES_ANDROID) {
            twin_judge(inspection, &inspection->matches[i]);
        }
    }
    for (size_t i = 0; i < inspection->set_count && status == STATUS_OK; i++) {
        status = set_judge(inspection, &inspection->sets[i], error);
    }
    return status;
}
