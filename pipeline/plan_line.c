/* SPDX-License-Identifier: MIT
 * One cell of one output against one image: each stage's plan in turn, what it wants put in before
 * it, equal beginnings found in the tree that earlier cells have grown. */
#include "plan_build.h"

#include <string.h>

/* A stage that wants what no stage gives, or gives it only by wanting it again, would never end. */
enum { INSERT_DEPTH_MAX = 8 };

struct cursor {             /* where a line has got to */
    struct plan_node *node; /* NULL before the root */
    const struct subject_input *input;
    const char *drop;
    bool clamped;
    bool alternative; /* a fallback: steps are not shared with the tree */
    bool bare;        /* the file carries no packet: inlined, or a member of an icon file */
};

/* ---- Facts of inputs ------------------------------------------------------------------------ */

struct hash input_identity(const struct subject_input *input)
{
    struct hash hash = {0};
    if (input->source) {
        hash = hash_mix_hash(hash, input->source->hash);
        return input->xmp ? hash_mix_text(hash, input->xmp) : hash;
    }
    hash = hash_mix_text(hash, input->name);
    return hash_mix(hash, input->facts.colour, sizeof(input->facts.colour));
}

static const struct subject_input *input_find(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->subject.input_count; i++) {
        if (strcmp(plan->subject.inputs[i].name, name) == 0) {
            return &plan->subject.inputs[i];
        }
    }
    return NULL;
}

static const struct facts *context_input(const struct plan_context *context, const char *name)
{
    struct planner *planner = context->engine;
    const struct subject_input *input = input_find(planner->plan, name);
    if (input) {
        planner->asked = hash_mix_hash(planner->asked, input_identity(input));
    }
    return input ? &input->facts : NULL;
}

/* A plain colour is an input that nobody had to give. */
static const struct subject_input *input_plain(struct planner *planner, struct colour colour)
{
    struct subject_input *input = arena_alloc(planner->arena, sizeof(*input));
    if (!input) {
        return NULL;
    }
    input->name = arena_format(planner->arena, "#%02x%02x%02x%02x", colour.red, colour.green,
                               colour.blue, colour.alpha);
    input->facts =
        facts_plain((const uint8_t[]){colour.red, colour.green, colour.blue, colour.alpha});
    return input->name ? input : NULL;
}

/* ---- The tree ------------------------------------------------------------------------------- */

static struct hash facts_mix(struct hash hash, const struct facts *facts)
{
    const int64_t numbers[] = {facts->width, facts->height,  facts->frames,
                               facts->bands, facts->bits,    facts->space,
                               facts->keep,  facts->unsized, facts->orientation};
    return hash_mix(hash, numbers, sizeof(numbers));
}

/* The identity of a step alone: what it is told, what it decided, which code does it. */
static enum status step_own(const struct stage *stage, const void *options, const struct facts *out,
                            const struct choice *choice, struct arena *arena, struct hash *own)
{
    struct buffer text = {0};
    if (stage->options && !choice->identity) {
        const struct value *value = options_value(stage->options, options, false, arena);
        if (!value) {
            return STATUS_FAILED;
        }
        value_print(&text, value);
    } else if (choice->identity) {
        buffer_text(&text, choice->identity);
    }
    if (stage->identity) {
        buffer_char(&text, '\n');
        stage->identity(options, choice, &text);
    }
    struct hash hash = hash_mix_text((struct hash){0}, stage->name);
    hash = hash_mix_text(hash, buffer_string(&text));
    hash = facts_mix(hash, out);
    const double numbers[] = {stage->version, choice->format, choice->quality,
                              choice->left,   choice->top,    choice->measured};
    hash = hash_mix(hash, numbers, sizeof(numbers));
    bool failed = buffer_failed(&text);
    buffer_free(&text);
    *own = hash;
    return failed ? STATUS_FAILED : STATUS_OK;
}

static struct plan_node *child_find(const struct planner *planner, const struct cursor *cursor,
                                    struct hash chain)
{
    if (cursor->alternative) {
        return NULL;
    }
    if (cursor->node) {
        for (struct plan_node *child = cursor->node->first_child; child;
             child = child->next_sibling) {
            if (hash_equal(child->chain, chain)) {
                return child;
            }
        }
        return NULL;
    }
    for (size_t i = 0; i < planner->plan->node_count; i++) {
        struct plan_node *node = planner->plan->nodes[i];
        if (!node->parent && !node->alternative && hash_equal(node->chain, chain)) {
            return node;
        }
    }
    return NULL;
}

static void child_append(struct plan_node *parent, struct plan_node *child)
{
    struct plan_node **place = &parent->first_child;
    while (*place) {
        place = &(*place)->next_sibling;
    }
    *place = child;
}

static struct plan_node *node_new(struct planner *planner, const struct cursor *cursor,
                                  const struct step *step, struct hash own, struct hash chain)
{
    struct plan *plan = planner->plan;
    struct plan_node *node = arena_alloc(planner->arena, sizeof(*node));
    struct plan_node **slot = arena_push(planner->arena, &plan->nodes, &plan->node_count,
                                         &planner->node_capacity, sizeof(struct plan_node *));
    if (!node || !slot) {
        return NULL;
    }
    *slot = node;
    node->step = *step;
    node->own = own;
    node->chain = chain;
    node->parent = cursor->node;
    node->input = cursor->input;
    node->index = plan->node_count - 1;
    node->alternative = cursor->alternative;
    if (node->parent && !node->alternative) {
        child_append(node->parent, node);
    }
    return node;
}

static enum status cursor_go(struct planner *planner, struct cursor *cursor,
                             const struct step *step, const char *inserted, struct error *error)
{
    struct hash own;
    if (step_own(step->stage, step->options, &step->out, &step->choice, planner->arena, &own) !=
        STATUS_OK) {
        return error_memory(error);
    }
    own = hash_mix_hash(own, planner->asked);
    struct hash base = cursor->node ? cursor->node->chain : input_identity(cursor->input);
    struct hash chain = hash_mix_hash(base, own);
    struct plan_node *node = child_find(planner, cursor, chain);
    if (!node) {
        node = node_new(planner, cursor, step, own, chain);
        if (!node) {
            return error_memory(error);
        }
        node->inserted = inserted;
    }
    cursor->node = node;
    return STATUS_OK;
}

static enum status skip_note(struct planner *planner, struct plan_node *node,
                             const struct stage *stage, const char *reason, struct error *error)
{
    struct plan_skip **place = &node->skips;
    for (; *place; place = &(*place)->next) {
        if ((*place)->stage == stage && strcmp((*place)->reason, reason) == 0) {
            return STATUS_OK;
        }
    }
    *place = arena_alloc(planner->arena, sizeof(**place));
    if (!*place) {
        return error_memory(error);
    }
    **place = (struct plan_skip){.stage = stage, .reason = reason};
    return STATUS_OK;
}

/* ---- Facts that only pixels tell --------------------------------------------------------------
 */

static const struct measure *measured_find(const struct planner *planner, struct hash key)
{
    for (size_t i = 0; i < planner->measured_count; i++) {
        if (hash_equal(planner->measured[i].key, key)) {
            return &planner->measured[i].box;
        }
    }
    return NULL;
}

static enum status wanted_add(struct planner *planner, struct plan_wanted wanted,
                              struct error *error)
{
    struct plan *plan = planner->plan;
    for (size_t i = 0; i < plan->wanted_count; i++) {
        if (hash_equal(planner->wanted[i].key, wanted.key)) {
            return STATUS_OK;
        }
    }
    struct plan_wanted *slot = arena_push(planner->arena, &planner->wanted, &plan->wanted_count,
                                          &planner->wanted_capacity, sizeof(*slot));
    if (!slot) {
        return error_memory(error);
    }
    *slot = wanted;
    return STATUS_OK;
}

static enum status alpha_wanted(struct planner *planner, const struct subject_input *input,
                                struct error *error)
{
    if (!input->facts.alpha || input->facts.alpha_measured || !input->source) {
        return STATUS_OK;
    }
    struct hash key = hash_mix_text(input->source->hash, "alpha");
    return wanted_add(planner, (struct plan_wanted){.input = input, .key = key}, error);
}

/* ---- One stage --------------------------------------------------------------------------------
 */

static enum status stage_apply(struct planner *planner, struct cursor *cursor,
                               const struct stage *stage, const void *options, const char *inserted,
                               int depth, struct error *error);

static const void *options_of_default(struct planner *planner, const struct stage *stage,
                                      struct error *error)
{
    void *fields = arena_alloc(planner->arena, stage->options_size ? stage->options_size : 1);
    if (!fields) {
        error_memory(error);
        return NULL;
    }
    if (stage->options &&
        options_default(stage->options, planner->arena, fields, error) != STATUS_OK) {
        return NULL;
    }
    return fields;
}

static const char *wants_words(unsigned wants)
{
    return wants & WANTS_UPRIGHT  ? "an upright image"
           : wants & WANTS_RGB    ? "RGB or grey"
           : wants & WANTS_OPAQUE ? "an opaque image"
                                  : "8 bits per sample";
}

static enum status wants_insert(struct planner *planner, struct cursor *cursor,
                                const struct stage *stage, const void *options, int depth,
                                struct error *error)
{
    for (int round = 0; round < INSERT_DEPTH_MAX; round++) {
        const struct facts *facts = &cursor->node->step.out;
        unsigned wants = stage->wants | (stage->wants_of ? stage->wants_of(options, facts) : 0);
        unsigned missing = facts_missing(facts, wants);
        if (!missing) {
            return STATUS_OK;
        }
        unsigned first = missing & -missing;
        const struct stage *const *giver = stage_list();
        while (*giver && (*giver == stage || !((*giver)->gives & first))) {
            giver++;
        }
        if (!*giver || depth >= INSERT_DEPTH_MAX) {
            return error_set(error, STATUS_BUG, "'%s' wants %s, which no stage gives", stage->name,
                             wants_words(first));
        }
        const char *why =
            arena_format(planner->arena, "%s wants %s", stage->name, wants_words(first));
        const void *defaults = options_of_default(planner, *giver, error);
        if (!defaults || !why) {
            return error->status ? error->status : error_memory(error);
        }
        struct plan_node *before = cursor->node;
        enum status status = stage_apply(planner, cursor, *giver, defaults, why, depth + 1, error);
        if (status != STATUS_OK) {
            return status;
        }
        if (cursor->node == before && !cursor->drop) {
            return error_set(error, STATUS_BUG, "'%s' was put in and did nothing", (*giver)->name);
        }
    }
    return STATUS_OK;
}

/* What a step would make: sides within the limit, and no more pixels than a source may have, or one
 * small image with `enlarge` would take all memory there is. */
static enum status size_check(const struct planner *planner, const struct stage *stage,
                              const struct facts *facts, struct error *error)
{
    int64_t pixels = (int64_t)facts->width * facts->height * facts->frames;
    int64_t side = facts->width > facts->height ? facts->width : facts->height;
    if (facts->width < 1 || facts->height < 1) {
        return error_set(error, STATUS_BUG, "'%s' plans %dx%d px", stage->name, facts->width,
                         facts->height);
    }
    if (side > planner->limits->side && stage->kind == STAGE_PIXELS) {
        return error_set(error, STATUS_REFUSED,
                         "'%s' would make %dx%d px, a side may have at most %lld px", stage->name,
                         facts->width, facts->height, (long long)planner->limits->side);
    }
    if (pixels > planner->limits->source_pixels && stage->kind == STAGE_PIXELS) {
        return error_set(error, STATUS_REFUSED,
                         "'%s' would make %dx%d px (%.0f million), limit is %.0f million (--limit "
                         "source-pixels)",
                         stage->name, facts->width, facts->height, (double)pixels / 1e6,
                         (double)planner->limits->source_pixels / 1e6);
    }
    return STATUS_OK;
}

static enum status stage_expand(struct planner *planner, struct cursor *cursor,
                                const struct stage *stage, const void *options,
                                const struct plan_context *context, const char *inserted, int depth,
                                bool *expanded, struct error *error)
{
    struct expansion expansion = {.count = 0};
    *expanded = false;
    if (!stage->expand) {
        return STATUS_OK;
    }
    enum status status =
        stage->expand(options, context, &cursor->node->step.out, &expansion, error);
    if (status != STATUS_OK || expansion.count == 0) {
        return status;
    }
    *expanded = true;
    for (int i = 0; i < expansion.count && status == STATUS_OK && !cursor->drop; i++) {
        status = stage_apply(planner, cursor, expansion.parts[i].stage, expansion.parts[i].options,
                             inserted, depth + 1, error);
    }
    return status;
}

static enum status stage_plan(struct planner *planner, struct cursor *cursor,
                              const struct stage *stage, const void *options,
                              struct plan_context *context, struct step *step, struct error *error)
{
    *step = (struct step){.stage = stage, .options = options, .choice = {.quality = -1}};
    step->in = cursor->node ? cursor->node->step.out : cursor->input->facts;
    if (stage->kind == STAGE_PACK || (stage->kind == STAGE_ENCODE && cursor->bare)) {
        step->in.keep &= ~(unsigned)(KEEP_PROVENANCE | KEEP_LABEL);
    }
    step->out = step->in;
    struct hash key = {0};
    if (stage->measure) {
        struct hash own;
        if (step_own(stage, options, &step->in, &step->choice, planner->arena, &own) != STATUS_OK) {
            return error_memory(error);
        }
        key = hash_mix_hash(cursor->node->chain, own);
        context->measured = measured_find(planner, key);
    }
    planner->asked = (struct hash){0};
    if (stage->plan && stage->plan(options, context, &step->in, &step->out, &step->choice, error)) {
        return error_at(error, "%s", stage->name);
    }
    if (stage->measure && !context->measured && !step->choice.skip) {
        struct plan_wanted wanted = {cursor->input, cursor->node, stage, options, key};
        return wanted_add(planner, wanted, error);
    }
    return STATUS_OK;
}

static enum status stage_apply(struct planner *planner, struct cursor *cursor,
                               const struct stage *stage, const void *options, const char *inserted,
                               int depth, struct error *error)
{
    struct plan_context context = {.arena = planner->arena,
                                   .limits = planner->limits,
                                   .source = cursor->input->source,
                                   .input = context_input,
                                   .engine = planner};
    if (depth > INSERT_DEPTH_MAX) {
        return error_set(error, STATUS_BUG, "'%s' expands without end", stage->name);
    }
    enum status status = STATUS_OK;
    if (cursor->node) {
        status = wants_insert(planner, cursor, stage, options, depth, error);
        bool expanded = false;
        if (status == STATUS_OK && !cursor->drop) {
            status = stage_expand(planner, cursor, stage, options, &context, inserted, depth,
                                  &expanded, error);
        }
        if (status != STATUS_OK || cursor->drop || expanded) {
            return status;
        }
    }
    struct step step;
    status = stage_plan(planner, cursor, stage, options, &context, &step, error);
    if (status == STATUS_OK && step.choice.asked_alpha) {
        status = alpha_wanted(planner, cursor->input, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    cursor->clamped = cursor->clamped || step.choice.clamped;
    if (step.choice.drop) {
        cursor->drop = step.choice.drop;
        return STATUS_OK;
    }
    if (step.choice.skip && cursor->node) {
        return skip_note(planner, cursor->node, stage, step.choice.skip, error);
    }
    status = size_check(planner, stage, &step.out, error);
    return status != STATUS_OK ? status : cursor_go(planner, cursor, &step, inserted, error);
}

/* ---- One line ---------------------------------------------------------------------------------
 */

static const struct stage *stage_of_kind(enum stage_kind kind)
{
    const struct stage *const *stage = stage_list();
    while (*stage && (*stage)->kind != kind) {
        stage++;
    }
    return *stage;
}

/* The root: `load` with the line's own options when the line begins with it, else with the
 * defaults; nothing is loaded for a line that copies. */
static enum status line_root(struct planner *planner, struct cursor *cursor,
                             const struct stage_line *line, size_t *next, struct error *error)
{
    *next = 0;
    if (line->count > 0 && line->items[0].stage->kind == STAGE_COPY) {
        return STATUS_OK;
    }
    if (cursor->input->refused.status != STATUS_OK) {
        *error = cursor->input->refused;
        return error->status;
    }
    const struct stage *load = stage_of_kind(STAGE_LOAD);
    const void *options = NULL;
    if (line->count > 0 && line->items[0].stage->kind == STAGE_LOAD) {
        options = line->items[0].options;
        *next = 1;
    } else {
        options = options_of_default(planner, load, error);
    }
    return options ? stage_apply(planner, cursor, load, options, NULL, 0, error) : error->status;
}

static enum status line_walk(struct planner *planner, struct cursor *cursor,
                             const struct stage_line *before, const struct stage_line *line,
                             struct error *error)
{
    const struct stage_line *parts[] = {before, line};
    size_t next = 0;
    enum status status = line_root(planner, cursor, before->count ? before : line, &next, error);
    for (size_t p = 0; p < 2; p++) {
        size_t first = p == (before->count ? 0u : 1u) ? next : 0;
        for (size_t i = first; i < parts[p]->count && status == STATUS_OK && !cursor->drop; i++) {
            status = stage_apply(planner, cursor, parts[p]->items[i].stage,
                                 parts[p]->items[i].options, NULL, 0, error);
        }
    }
    return status;
}

static const char *when_fails(struct planner *planner, const struct when *when,
                              const struct facts *facts)
{
    static const char *const orientations[] = {"landscape", "portrait", "square"};
    bool turned = facts->orientation >= 5;
    int width = turned ? facts->height : facts->width;
    int height = turned ? facts->width : facts->height;
    int orientation = width > height ? 0 : width < height ? 1 : 2;
    if (when->alpha >= 0 && when->alpha != (int)facts->alpha_used) {
        return facts->alpha_used ? "the image is transparent" : "the image is opaque";
    }
    if (when->animated >= 0 && when->animated != (int)(facts->frames > 1)) {
        return facts->frames > 1 ? "the image is animated" : "the image is a still";
    }
    if (when->orientation >= 0 && when->orientation != orientation) {
        return arena_format(planner->arena, "the image is %s", orientations[orientation]);
    }
    if (when->formats && !(when->formats & (1u << facts->format))) {
        return arena_format(planner->arena, "the image is a %s file",
                            format_info(facts->format)->name);
    }
    return NULL;
}

static enum status line_input(struct planner *planner, const struct output_line *line,
                              const struct from_choice **choice, struct cursor *cursor,
                              struct error *error)
{
    struct buffer names = {0};
    for (size_t i = 0; i < line->from_count; i++) {
        const struct from_choice *from = &line->from[i];
        cursor->input = from->input ? input_find(planner->plan, from->input)
                                    : input_plain(planner, from->colour);
        if (!from->input && !cursor->input) {
            buffer_free(&names);
            return error_memory(error);
        }
        if (cursor->input) {
            *choice = from;
            buffer_free(&names);
            return STATUS_OK;
        }
        buffer_format(&names, "%s'%s'", i ? " or " : "", from->input);
    }
    if (!buffer_failed(&names)) {
        cursor->drop = arena_format(planner->arena, "no input %s is given", buffer_string(&names));
    }
    buffer_free(&names);
    return cursor->drop ? STATUS_OK : error_memory(error);
}

static enum status line_fallbacks(struct planner *planner, const struct from_choice *from,
                                  const struct output_line *line, struct plan_rendition *rendition,
                                  struct error *error)
{
    rendition->fallbacks =
        arena_array(planner->arena, line->fallback_count, sizeof(*rendition->fallbacks));
    if (!rendition->fallbacks) {
        return error_memory(error);
    }
    for (size_t i = 0; i < line->fallback_count; i++) {
        struct cursor cursor = {
            .input = rendition->leaf->input, .alternative = true, .bare = line->inlined};
        enum status status = line_walk(planner, &cursor, &from->before, &line->fallbacks[i], error);
        if (status != STATUS_OK) {
            return error_at(error, "/fallback/%zu", i);
        }
        if (cursor.drop) {
            break;
        }
        rendition->fallbacks[rendition->fallback_count++] = cursor.node;
    }
    return STATUS_OK;
}

enum status plan_line(struct planner *planner, const struct recipe *recipe,
                      const struct output_line *line, struct error *error)
{
    struct plan *plan = planner->plan;
    struct cursor cursor = {.bare = line->inlined};
    const struct from_choice *from = NULL;
    enum status status = line_input(planner, line, &from, &cursor, error);
    if (status == STATUS_OK && !cursor.drop) {
        cursor.drop = when_fails(planner, &line->when, &cursor.input->facts);
        if (line->when.alpha >= 0) {
            status = alpha_wanted(planner, cursor.input, error);
        }
    }
    if (status == STATUS_OK && !cursor.drop) {
        status = line_walk(planner, &cursor, &from->before, &line->line, error);
    }
    if (status != STATUS_OK) {
        return *line->cell ? error_at(error, "(%s)", line->cell) : status;
    }
    struct plan_rendition *rendition =
        arena_push(planner->arena, &plan->renditions, &plan->rendition_count,
                   &planner->rendition_capacity, sizeof(*rendition));
    if (!rendition) {
        return error_memory(error);
    }
    *rendition = (struct plan_rendition){.recipe = recipe, .line = line, .reason = cursor.drop};
    if (cursor.drop) {
        rendition->state = RENDITION_DROPPED;
        return STATUS_OK;
    }
    rendition->leaf = cursor.node;
    rendition->clamped = cursor.clamped;
    return line_fallbacks(planner, from, line, rendition, error);
}
