/* SPDX-License-Identifier: MIT
 * A request from its first header to its last file: opened, planned, run, closed. The parts have
 * their own files; see batch_state.h. */
#include "batch_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image.h"
#include "machine.h"
#include "text.h"

/* More sources at once than this per thread would only take memory: one is read while others
 * compute. */
enum { SOURCES_PER_THREAD = 2, SOURCES_EXTRA = 2 };
static const double WAIT_SECONDS = 0.05;

/* ---- Opening
 * -------------------------------------------------------------------------------------- */

/* "OUT/${preset}/img": files lie below OUT, each preset's under PRESET/img/. */
static enum status out_split(const char *out, const char *preset, struct arena *arena,
                             const char **root, const char **below, struct error *error)
{
    const char *word = strstr(out, "${preset}");
    size_t length = word ? (size_t)(word - out) : strlen(out);
    while (word && length > 0 && out[length - 1] != '/') {
        length--;
    }
    const char *rest = out + length;
    struct buffer text = {0};
    while (word) {
        buffer_bytes(&text, rest, (size_t)(word - rest));
        buffer_text(&text, preset);
        rest = word + strlen("${preset}");
        word = strstr(rest, "${preset}");
    }
    if (strstr(out, "${preset}")) {
        buffer_text(&text, rest);
        if (!text_ends(buffer_string(&text), "/")) {
            buffer_char(&text, '/');
        }
    }
    *root = length ? arena_slice(arena, out, length) : arena_text(arena, *out ? "." : "");
    *below = buffer_failed(&text) ? NULL : arena_text(arena, buffer_string(&text));
    buffer_free(&text);
    return *root && *below ? STATUS_OK : error_memory(error);
}

static enum status recipes_make(struct batch *batch, const char **root, struct error *error)
{
    const struct batch_request *request = &batch->request;
    batch->recipes = arena_array(batch->arena, request->preset_count, sizeof(*batch->recipes));
    if (!batch->recipes) {
        return error_memory(error);
    }
    for (size_t i = 0; i < request->preset_count; i++) {
        const struct recipe *recipe = NULL;
        const char *below = "";
        enum status status =
            recipe_expand(request->library, request->presets[i].preset, request->presets[i].changes,
                          batch->arena, &recipe, error);
        if (status == STATUS_OK && request->out) {
            status = out_split(request->out, recipe->name, batch->arena, root, &below, error);
        }
        struct recipe *own = arena_alloc(batch->arena, sizeof(*own));
        if (status != STATUS_OK || !own) {
            return status != STATUS_OK ? status : error_memory(error);
        }
        *own = *recipe;
        own->out = arena_format(batch->arena, "%s%s", below, recipe->out);
        for (size_t j = 0; j < i; j++) {
            if (strcmp(batch->recipes[j]->name, own->name) == 0 &&
                strcmp(batch->recipes[j]->out, own->out) == 0) {
                return error_set(error, STATUS_USAGE, "preset '%s' is asked for twice", own->name);
            }
        }
        batch->recipes[batch->recipe_count++] = own;
    }
    return STATUS_OK;
}

static struct hash line_hash(struct hash hash, const struct stage_line *line)
{
    for (size_t i = 0; i < line->count; i++) {
        const struct stage_item *item = &line->items[i];
        struct buffer versions = {0};
        if (item->stage->versions) {
            item->stage->versions(item->options, &versions);
        }
        hash = hash_mix_text(hash, buffer_string(&versions));
        buffer_free(&versions);
    }
    return hash;
}

/* The libraries that a recipe's own stages need: no other is loaded to be asked. */
static struct hash recipe_hash(struct hash hash, const struct recipe *recipe)
{
    for (size_t i = 0; i < recipe->line_count; i++) {
        const struct output_line *line = &recipe->lines[i];
        hash = line_hash(hash, &line->line);
        for (size_t j = 0; j < line->fallback_count; j++) {
            hash = line_hash(hash, &line->fallbacks[j]);
        }
        for (size_t j = 0; j < line->from_count; j++) {
            hash = line_hash(hash, &line->from[j].before);
        }
    }
    hash = hash_mix_hash(hash, recipe->hash);
    return hash_mix_text(hash, recipe->out);
}

/* What every request shares: recipes, limits, and the code that does the work. */
static struct hash base_hash(const struct batch *batch)
{
    struct hash hash = hash_mix_text((struct hash){0}, PICSET_VERSION);
    hash = hash_mix_text(hash, image_library_version());
    for (const struct stage *const *stage = stage_list(); *stage; stage++) {
        hash = hash_mix_text(hash, (*stage)->name);
        hash = hash_mix(hash, &(*stage)->version, sizeof((*stage)->version));
    }
    for (const struct emitter *const *emitter = emitter_list(); *emitter; emitter++) {
        hash = hash_mix(hash, &(*emitter)->version, sizeof((*emitter)->version));
    }
    for (size_t i = 0; i < batch->recipe_count; i++) {
        hash = recipe_hash(hash, batch->recipes[i]);
    }
    return hash_mix(hash, &batch->request.limits, sizeof(batch->request.limits));
}

static void note_send(struct batch *batch, const char *text)
{
    struct error note = {.status = STATUS_OK};
    snprintf(note.message, sizeof(note.message), "%.*s", (int)sizeof(note.message) - 1, text);
    batch_event_send(batch, (struct batch_event){.type = BATCH_NOTE, .error = &note});
}

/* Without a store everything is made anew; that is worth a note, not a failure. */
static void store_try(struct batch *batch)
{
    struct buffer folder = {0}, note = {0};
    struct error error = {0};
    char text[1200];
    const char *state = batch->request.state;
    enum status status = STATUS_OK;
    if (!batch->folder || (state && !*state)) {
        return;
    }
    if (!state) {
        status = store_default_folder(&folder, &error);
        state = buffer_string(&folder);
    }
    if (status == STATUS_OK) {
        status = store_open(state, &batch->store, &note, &error);
    }
    if (status == STATUS_OK) {
        status = store_load(batch->store, folder_whole(batch->folder), batch->arena, &batch->sets,
                            &error);
    }
    if (status != STATUS_OK) {
        error_format(&error, text, sizeof(text) - 64);
        store_close(batch->store);
        batch->store = NULL;
        note_send(batch, text);
        note_send(batch, "nothing is remembered between runs; name a folder with --state");
    } else if (note.size) {
        note_send(batch, buffer_string(&note));
    }
    buffer_free(&folder);
    buffer_free(&note);
}

/* The folder that was resolved last: images mostly come folder by folder. */
struct resolved {
    const char *path; /* up to its last '/' */
    size_t length;
    char *real; /* NULL: none yet */
};

/* As realpath, but of a file that is no link only the folder is resolved, and that once; *seen is
 * what that file is. */
static const char *real_file(struct resolved *last, const char *path, struct arena *arena,
                             struct store_identity *seen)
{
    struct stat facts;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const size_t length = (size_t)(name - path);
    if (lstat(path, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        char *real = realpath(path, NULL);
        const char *copy = real ? arena_text(arena, real) : NULL;
        free(real);
        return copy;
    }
    *seen = identity_of(&facts);
    if (!last->real || length != last->length || memcmp(path, last->path, length) != 0) {
        char *folder = length ? arena_slice(arena, path, length) : arena_text(arena, ".");
        free(last->real);
        *last = (struct resolved){path, length, folder ? realpath(folder, NULL) : NULL};
    }
    if (!last->real) {
        return NULL;
    }
    return arena_joined(arena, last->real, text_ends(last->real, "/") ? "" : "/", name);
}

static enum status item_make(struct batch *batch, struct batch_item *item, struct resolved *last,
                             struct error *error)
{
    const struct batch_image *image = item->image;
    const bool file = image->path && strcmp(image->path, "-") != 0;
    const char *whole = file ? real_file(last, image->path, batch->arena, &item->seen) : NULL;
    const char *slash = file ? strrchr(image->path, '/') : NULL;
    const char *name = !file ? image->name : slash ? slash + 1 : image->path;
    const char *key = image->id ? image->id : whole ? whole : file ? image->path : image->name;
    item->display = image->id      ? image->id
                    : !image->path ? image->name
                    : file         ? image->path
                                   : "standard input";
    item->key = arena_joined(batch->arena, image->id ? "id:" : whole ? "" : "-:", key, "");
    item->path = arena_joined(batch->arena, image->dir ? image->dir : "", name, "");
    return item->key && item->path ? STATUS_OK : error_memory(error);
}

static enum status items_make(struct batch *batch, struct error *error)
{
    const struct batch_request *request = &batch->request;
    struct resolved last = {0};
    enum status status = STATUS_OK;
    batch->items = arena_array(batch->arena, request->image_count + 1, sizeof(*batch->items));
    batch->errors = arena_array(batch->arena, request->image_count + 1, sizeof(*batch->errors));
    if (!batch->items || !batch->errors) {
        return error_memory(error);
    }
    for (size_t i = 0; i < request->image_count && status == STATUS_OK; i++) {
        batch->items[i].batch = batch;
        batch->items[i].image = &request->images[i];
        batch->item_count++;
        status = item_make(batch, &batch->items[i], &last, error);
    }
    free(last.real);
    return status;
}

static enum status inputs_known(const struct batch *batch, struct error *error)
{
    for (size_t i = 0; i < batch->request.image_count; i++) {
        const struct value *inputs = batch->request.images[i].inputs;
        for (size_t j = 0; inputs && j < inputs->object.count; j++) {
            const char *name = inputs->object.members[j].key;
            bool known = false;
            for (size_t r = 0; r < batch->recipe_count; r++) {
                known = known || value_get(batch->recipes[r]->inputs, name);
            }
            if (!known) {
                return error_set(error, STATUS_USAGE, "no preset asked for has an input '%s'",
                                 name);
            }
        }
    }
    return STATUS_OK;
}

static enum status batch_open(struct batch *batch, struct error *error)
{
    const char *root = NULL;
    const struct stage *const *stage = stage_list();
    while (*stage && (*stage)->kind != STAGE_LOAD) {
        stage++;
    }
    batch->load = *stage;
    enum status status = recipes_make(batch, &root, error);
    if (status == STATUS_OK) {
        status = inputs_known(batch, error);
    }
    if (status == STATUS_OK && root) {
        status = folder_open(root, &batch->folder, error);
    }
    if (status == STATUS_OK) {
        batch->base = base_hash(batch);
        store_try(batch);
        status = items_make(batch, error);
    }
    if (status == STATUS_OK) {
        status = pool_new(batch->jobs, image_thread_end, &batch->pool, error);
    }
    return status;
}

enum status batch_plan(const struct batch_request *request, struct batch **out, struct error *error)
{
    struct arena *arena = arena_new();
    struct batch *batch = arena ? arena_alloc(arena, sizeof(*batch)) : NULL;
    if (!batch) {
        arena_free(arena);
        return error_memory(error);
    }
    batch->arena = arena;
    batch->request = *request;
    batch->started = machine_seconds();
    batch->jobs = request->jobs > 0 ? request->jobs : machine_cores();
    int64_t memory = request->memory > 0 ? request->memory : machine_memory() / 2;
    budget_init(&batch->budget, memory, SOURCES_PER_THREAD * batch->jobs + SOURCES_EXTRA);
    batch->kept_limit = request->plan_only ? 0 : memory / 8;
    pthread_mutex_init(&batch->lock, NULL);
    pthread_cond_init(&batch->planned_more, NULL);
    enum status status = batch_open(batch, error);
    if (status == STATUS_OK) {
        status = batch_plan_items(batch, error);
    }
    if (status != STATUS_OK) {
        batch_free(batch);
        return status;
    }
    *out = batch;
    return STATUS_OK;
}

const char *batch_root(const struct batch *batch)
{
    return batch->folder ? folder_path(batch->folder) : NULL;
}

size_t batch_plan_count(const struct batch *batch)
{
    return batch->item_count;
}

const struct plan *batch_plan_at(const struct batch *batch, size_t i, const struct error **error)
{
    const struct batch_item *item = &batch->items[i];
    *error = item_failure(item);
    return item->plan;
}

/* ---- Running
 * ------------------------------------------------------------------------------------- */

/* An item that needs no run: its end is reported in its place. */
static bool item_ended(struct batch *batch, struct batch_item *item)
{
    if (item->plan && item->plan->refused.status != STATUS_OK) {
        *item_error(item) = item->plan->refused;
    }
    const struct error *failure = item_failure(item);
    if (item->plan && !failure) {
        return false;
    }
    pthread_mutex_lock(&batch->lock);
    batch->failed = batch->failed || failure;
    pthread_mutex_unlock(&batch->lock);
    batch_event_send(batch, (struct batch_event){.type = BATCH_SET,
                                                 .source = item->display,
                                                 .status = failure ? failure->status : STATUS_OK,
                                                 .error = failure,
                                                 .unchanged = item->unchanged});
    return true;
}

static bool gives_up(struct batch *batch)
{
    pthread_mutex_lock(&batch->lock);
    bool failed = batch->failed;
    pthread_mutex_unlock(&batch->lock);
    return failed && batch->request.fail_fast;
}

static double mean_cost(const struct batch *batch)
{
    double cost = 0;
    size_t count = 0;
    for (size_t i = 0; i < batch->item_count; i++) {
        const struct plan *plan = batch->items[i].plan;
        for (size_t j = 0; plan && j < plan->node_count; j++) {
            cost += plan->nodes[j]->alternative ? 0 : node_cost(plan->nodes[j]);
        }
        count += plan != NULL;
    }
    return count ? cost / (double)count : 0;
}

static enum status sets_run(struct batch *batch, struct error *error)
{
    size_t sequence = 0;
    batch->mean_cost = mean_cost(batch);
    batch_doubts_tell(batch);
    for (size_t i = 0; i < batch->item_count && !gives_up(batch); i++) {
        struct batch_item *item = &batch->items[i];
        if (batch_stopped(batch)) {
            break;
        }
        if (item_ended(batch, item)) {
            continue;
        }
        int64_t bytes = item->plan->memory;
        bool admitted = false;
        while (!admitted && !batch_stopped(batch)) {
            admitted = budget_take(&batch->budget, bytes, WAIT_SECONDS);
        }
        if (admitted) {
            set_start(item, sequence++, bytes);
        }
    }
    while (!batch_stopped(batch) && !budget_idle(&batch->budget, WAIT_SECONDS)) {
    }
    return batch_stopped(batch) ? error_set(error, STATUS_INTERRUPTED, "interrupted") : STATUS_OK;
}

static enum status batch_end(struct batch *batch, struct batch_summary *summary,
                             struct error *error)
{
    const struct batch_item *first = NULL;
    bool partly = false;
    *summary = batch->summary;
    summary->sources = batch->item_count;
    for (size_t i = 0; i < batch->item_count; i++) {
        const struct batch_item *item = &batch->items[i];
        const struct error *failure = item_failure(item);
        enum status status = failure ? failure->status : STATUS_OK;
        first = !first && status ? item : first;
        partly = partly || item->partly;
        summary->failed += status != STATUS_OK;
        summary->refused += status == STATUS_REFUSED;
        summary->made += item->records != NULL && status == STATUS_OK && !item->unchanged;
        summary->unchanged += item->unchanged;
    }
    summary->peak_memory = batch->budget.peak;
    summary->memory = batch->budget.limit;
    summary->jobs = batch->jobs;
    summary->seconds = machine_seconds() - batch->started;
    if (!first) {
        *error = batch->kept;
        return error->status;
    }
    if (batch->kept.status != STATUS_OK) {
        batch_kept_tell(batch, &batch->kept);
    }
    if (summary->made + summary->unchanged > 0 || partly) {
        return error_set(error, STATUS_PARTIAL, "%zu of %zu sources failed", summary->failed,
                         summary->sources);
    }
    *error = *item_failure(first);
    return error_at(error, "%s", first->display);
}

enum status batch_run(struct batch *batch, struct batch_summary *summary, struct error *error)
{
    enum status status = batch_intend(batch, error);
    if (status == STATUS_OK) {
        status = sets_run(batch, error);
    }
    if (status == STATUS_INTERRUPTED) {
        folder_abandon(batch->folder);
        return status;
    }
    if (status == STATUS_OK && batch->request.prune && batch->store && batch->folder) {
        status = batch_prune(batch, error);
    }
    if (status == STATUS_OK) {
        status = batch_emit_gathered(batch, error);
    }
    if (status == STATUS_OK) {
        status = batch_intent_end(batch, error);
    }
    return status == STATUS_OK ? batch_end(batch, summary, error) : status;
}

void batch_abandon(struct batch *batch)
{
    folder_abandon(batch->folder);
}

void batch_free(struct batch *batch)
{
    if (!batch) {
        return;
    }
    pool_free(batch->pool);
    for (size_t i = 0; i < batch->item_count; i++) {
        struct batch_item *item = &batch->items[i];
        subject_close(item);
        plan_free(item->plan);
        arena_free(item->arena);
    }
    batch_owners_free(batch);
    store_close(batch->store);
    folder_close(batch->folder);
    budget_destroy(&batch->budget);
    pthread_cond_destroy(&batch->planned_more);
    pthread_mutex_destroy(&batch->lock);
    arena_free(batch->arena);
}
