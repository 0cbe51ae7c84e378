/* SPDX-License-Identifier: MIT
 * One path against presets: where a preset's output folder is, which file is which output's, then
 * the rules. See inspect.h. */
#include "inspect_state.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "memory.h"
#include "text.h"

enum { BASES_MAX = 256 };

/* ---- Findings ---------------------------------------------------------------------------------
 */

/* What an included preset says of its own numbers counts for its outputs. */
static const struct preset *preset_of(struct inspection *inspection, const char *name)
{
    const struct preset *preset = inspection->target->preset;
    struct error ignored = {0};
    if (name && strcmp(name, preset->name) != 0 &&
        preset_read(inspection->request->library, name, inspection->arena, &preset, &ignored) !=
            STATUS_OK) {
        preset = inspection->target->preset;
    }
    return preset;
}

static const char *text_or_none(const char *text)
{
    return text && *text ? text : NULL;
}

void finding_add(struct inspection *inspection, const char *path, const char *rule,
                 const struct expectation *line, const char *wrong, const char *allowed)
{
    struct arena *arena = inspection->arena;
    const struct preset *preset = preset_of(inspection, line ? line->line->preset : NULL);
    struct finding *slot = arena_push(arena, &inspection->findings, &inspection->finding_count,
                                      &inspection->finding_capacity, sizeof(*slot));
    if (!slot) {
        inspection->failed = true;
        return;
    }
    *slot = (struct finding){.path = path ? arena_text(arena, path) : NULL,
                             .rule = rule,
                             .wrong = arena_text(arena, wrong),
                             .allowed = arena_text(arena, allowed),
                             .preset = preset->name,
                             .output = line ? line->line->output : NULL,
                             .source = text_or_none(preset->source),
                             .checked = text_or_none(preset->checked)};
    inspection->failed = inspection->failed || !slot->path || !slot->wrong || !slot->allowed;
}

bool finding_there(const struct inspection *inspection, const char *path)
{
    for (size_t i = 0; i < inspection->finding_count; i++) {
        const struct finding *finding = &inspection->findings[i];
        if (strcmp(finding->path, path) == 0 &&
            strcmp(finding->preset, inspection->target->preset->name) == 0) {
            return true;
        }
    }
    return false;
}

void finding_words(const struct finding *finding, struct buffer *out)
{
    buffer_format(out, "%s: %s: %s; %s (%s", finding->path, finding->rule, finding->wrong,
                  finding->allowed, finding->preset);
    if (finding->output) {
        buffer_format(out, "/%s", finding->output);
    }
    if (finding->source) {
        buffer_format(out, "; %s", finding->source);
    }
    if (finding->checked) {
        buffer_format(out, "; checked %s", finding->checked);
    }
    buffer_char(out, ')');
}

static int findings_compare(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    int order = strcmp(a->path, b->path);
    order = order ? order : strcmp(a->preset, b->preset);
    return order ? order : strcmp(a->rule, b->rule);
}

/* ---- Where the output folder is ---------------------------------------------------------------
 */

const char *base_below(const struct inspection *inspection, const struct base *base,
                       const char *path)
{
    if (!text_starts(path, base->strip)) {
        return NULL;
    }
    const char *rest = path + strlen(base->strip);
    return *base->add ? arena_format(inspection->arena, "%s%s", base->add, rest) : rest;
}

const char *base_found(const struct inspection *inspection, const char *path)
{
    const struct base *base = inspection->base;
    return text_starts(path, base->add)
               ? arena_format(inspection->arena, "%s%s", base->strip, path + strlen(base->add))
               : NULL;
}

/* What lies outside of the folder that was given is named by its path in the output folder. */
const char *base_path(const struct inspection *inspection, const char *path)
{
    const char *found = base_found(inspection, path);
    return found ? found_path(inspection->found, found) : arena_text(inspection->arena, path);
}

bool line_asked(const struct inspection *inspection, const struct expectation *line)
{
    const char *output = inspection->target->output;
    return line->pattern && (!output || strcmp(line->line->output, output) == 0);
}

size_t lines_match(struct inspection *inspection, const char *path, size_t *lines,
                   struct binding *binding)
{
    size_t count = 0, heaviest = 0;
    for (size_t i = 0; i < inspection->expected.recipe->line_count; i++) {
        const struct expectation *line = &inspection->expected.lines[i];
        size_t weight = line->pattern ? pattern_weight(line->pattern) : 0;
        struct binding bound;
        if (!line_asked(inspection, line) || (count > 0 && weight < heaviest) ||
            !pattern_match(line->pattern, path, inspection->arena, &bound)) {
            continue;
        }
        if (count > 0 && weight > heaviest) {
            count = 0;
        }
        if (count == 0) {
            *binding = bound;
        }
        heaviest = weight;
        lines[count++] = i;
    }
    return count;
}

static bool base_holds(struct inspection *inspection, const struct base *base, size_t *lines)
{
    struct binding binding;
    for (size_t i = 0; i < inspection->place_count; i++) {
        const char *path = base_below(inspection, base, inspection->places[i].path);
        if (path && lines_match(inspection, path, lines, &binding) > 0) {
            return true;
        }
    }
    return false;
}

bool base_above(struct inspection *inspection, struct base *base, size_t *lines)
{
    const char *whole = inspection->found->whole;
    for (const char *slash = whole + strlen(whole); slash > whole;) {
        do {
            slash--;
        } while (slash > whole && *slash != '/');
        base->add = arena_format(inspection->arena, "%s/", slash + 1);
        if (!base->add) {
            inspection->failed = true;
            return false;
        }
        if (base_holds(inspection, base, lines)) {
            return true;
        }
    }
    base->add = "";
    return false;
}

static bool base_known(const struct base *bases, size_t count, const char *path, size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(bases[i].strip) == length && memcmp(bases[i].strip, path, length) == 0) {
            return true;
        }
    }
    return false;
}

/* The output folder lies deeper, as in an application's project: each folder that fits. */
static size_t bases_below(struct inspection *inspection, struct base *bases, size_t *lines)
{
    size_t count = 0;
    struct binding binding;
    for (size_t i = 0; i < inspection->place_count; i++) {
        const char *path = inspection->places[i].path;
        for (const char *slash = strchr(path, '/'); slash && count < BASES_MAX;
             slash = strchr(slash + 1, '/')) {
            size_t length = (size_t)(slash - path) + 1;
            if (base_known(bases, count, path, length) ||
                lines_match(inspection, slash + 1, lines, &binding) == 0) {
                continue;
            }
            bases[count] = (struct base){arena_slice(inspection->arena, path, length), ""};
            inspection->failed = inspection->failed || !bases[count].strip;
            count += bases[count].strip != NULL;
            break;
        }
    }
    return count;
}

/* `-o 'OUT/${preset}'` first, then the folder itself, then above it, then below. */
static size_t bases_find(struct inspection *inspection, struct base *bases, size_t *lines)
{
    const char *folder = arena_format(inspection->arena, "%s/", inspection->target->preset->name);
    bases[0] = (struct base){folder ? folder : "", ""};
    if (folder && base_holds(inspection, &bases[0], lines)) {
        return 1;
    }
    bases[0] = (struct base){"", ""};
    if (base_holds(inspection, &bases[0], lines) || base_above(inspection, &bases[0], lines)) {
        return 1;
    }
    return bases_below(inspection, bases, lines);
}

/* ---- A folder ---------------------------------------------------------------------------------
 */

static bool name_asked(const struct inspection *inspection, const struct binding *binding)
{
    const char *name = inspection->request->name, *bound = binding->words[WORD_NAME];
    return !name || !bound || strcmp(name, bound) == 0;
}

enum status match_add(struct inspection *inspection, struct found_file *file, const char *path,
                      const size_t *lines, size_t count, const struct binding *binding,
                      struct error *error)
{
    size_t *own = arena_array(inspection->arena, count, sizeof(*own));
    struct match *slot =
        arena_push(inspection->arena, &inspection->matches, &inspection->match_count,
                   &inspection->match_capacity, sizeof(*slot));
    if (!own || !slot) {
        return error_memory(error);
    }
    memcpy(own, lines, count * sizeof(*own));
    *slot = (struct match){
        .file = file, .path = path, .lines = own, .line_count = count, .binding = *binding};
    return STATUS_OK;
}

static enum status matches_find(struct inspection *inspection, size_t *lines, struct error *error)
{
    enum status status = STATUS_OK;
    inspection->matches = NULL;
    inspection->match_count = inspection->match_capacity = 0;
    for (size_t i = 0; i < inspection->place_count && status == STATUS_OK; i++) {
        const struct place *place = &inspection->places[i];
        const char *path = base_below(inspection, inspection->base, place->path);
        struct binding binding;
        size_t count = path ? lines_match(inspection, path, lines, &binding) : 0;
        if (count > 0 && name_asked(inspection, &binding)) {
            status = match_add(inspection, place->file, path, lines, count, &binding, error);
        }
    }
    return status;
}

static enum status matches_look(struct inspection *inspection, struct error *error)
{
    struct found_file **files =
        arena_array(inspection->arena, inspection->match_count + 1, sizeof(*files));
    if (!files) {
        return error_memory(error);
    }
    for (size_t i = 0; i < inspection->match_count; i++) {
        files[i] = inspection->matches[i].file;
    }
    return found_look(inspection->found, files, inspection->match_count,
                      inspection->request->threads, error);
}

static enum status base_inspect(struct inspection *inspection, size_t *lines, struct error *error)
{
    enum status status = matches_find(inspection, lines, error);
    if (status == STATUS_OK) {
        status = matches_look(inspection, error);
    }
    for (size_t i = 0; i < inspection->match_count && status == STATUS_OK; i++) {
        match_judge(inspection, &inspection->matches[i]);
    }
    return status == STATUS_OK ? sets_judge(inspection, error) : status;
}

void nothing_say(struct inspection *inspection)
{
    const struct expectation *line = NULL;
    for (size_t i = 0; i < inspection->expected.recipe->line_count && !line; i++) {
        const struct expectation *other = &inspection->expected.lines[i];
        line = line_asked(inspection, other) ? other : NULL;
    }
    const char *allowed =
        line ? arena_format(inspection->arena, "such as '%s'", line->line->path->text)
             : "it makes no files";
    finding_add(inspection, inspection->found->root, "nothing", NULL, "holds nothing of the preset",
                allowed ? allowed : "");
}

enum status folder_inspect(struct inspection *inspection, size_t *lines, size_t *files,
                           struct error *error)
{
    struct base bases[BASES_MAX];
    enum status status = places_find(inspection, error);
    size_t count = status == STATUS_OK ? bases_find(inspection, bases, lines) : 0;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        inspection->base = &bases[i];
        status = base_inspect(inspection, lines, error);
        *files += inspection->match_count;
    }
    if (status == STATUS_OK && *files == 0) {
        nothing_say(inspection);
    }
    return status;
}

/* ---- All targets ------------------------------------------------------------------------------
 */

static bool name_possible(const struct inspection *inspection)
{
    bool possible = false;
    for (size_t i = 0; i < inspection->expected.recipe->line_count; i++) {
        const struct expectation *line = &inspection->expected.lines[i];
        possible =
            possible || (line_asked(inspection, line) && pattern_has(line->pattern, WORD_NAME));
    }
    return possible;
}

static enum status target_inspect(struct inspection *inspection, const char *path, bool folder,
                                  size_t *files, struct error *error)
{
    const struct inspect_target *target = inspection->target;
    size_t *lines = arena_array(inspection->arena, target->recipe->line_count + 1, sizeof(*lines));
    if (!lines) {
        return error_memory(error);
    }
    enum status status = expect_recipe(target->preset, target->recipe, &inspection->request->limits,
                                       inspection->arena, &inspection->expected, error);
    if (status != STATUS_OK) {
        return error_at(error, "%s", target->preset->file);
    }
    if (inspection->request->name && !name_possible(inspection)) {
        expect_end(&inspection->expected);
        return error_set(error, STATUS_USAGE,
                         "'--name' is of no use: no path of preset '%s' has a ${name}",
                         target->preset->name);
    }
    size_t own = 0;
    const char *name = folder ? NULL : inspection->found->files[0].path;
    bool emitted =
        name &&
        format_by_extension(strrchr(name, '.') ? strrchr(name, '.') + 1 : "") == FORMAT_NONE &&
        emitted_name(inspection, name);
    status = emitted  ? emitted_inspect(inspection, path, lines, &own, error)
             : folder ? folder_inspect(inspection, lines, &own, error)
                      : alone_inspect(inspection, lines, &own, error);
    *files += own;
    expect_end(&inspection->expected);
    return status == STATUS_OK && inspection->failed ? error_memory(error) : status;
}

enum status inspect_path(const struct inspect_request *request, const char *path,
                         struct arena *arena, struct inspected *out, struct error *error)
{
    struct stat facts;
    bool folder = stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
    struct found found;
    struct inspected inspected = {.path = path};
    struct inspection all = {.request = request, .found = &found, .arena = arena};
    enum status status = folder ? found_folder(path, &request->limits, arena, &found, error)
                                : found_alone(path, &request->limits, arena, &found, error);
    for (size_t i = 0; i < request->target_count && status == STATUS_OK; i++) {
        struct inspection inspection = all;
        inspection.target = &request->targets[i];
        status = target_inspect(&inspection, path, folder, &inspected.files, error);
        all.findings = inspection.findings;
        all.finding_count = inspection.finding_count;
        all.finding_capacity = inspection.finding_capacity;
        all.taken = inspection.taken;
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (all.finding_count > 0) {
        qsort(all.findings, all.finding_count, sizeof(*all.findings), findings_compare);
    }
    inspected.findings = all.findings;
    inspected.taken = all.taken;
    inspected.finding_count = all.finding_count;
    *out = inspected;
    return STATUS_OK;
}
