/* SPDX-License-Identifier: MIT
 * The sources of one image: read once for the plan, once more for the run when memory did not allow
 * to keep them, and then proved to be the same. */
#include "batch_state.h"

#include <string.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "image.h"
#include "memory.h"

struct store_identity identity_of(const struct stat *facts)
{
    return (struct store_identity){
        .device = facts->st_dev,
        .inode = facts->st_ino,
        .size = facts->st_size,
        .modified_ns = facts->st_mtim.tv_sec * INT64_C(1000000000) + facts->st_mtim.tv_nsec,
        .changed_ns = facts->st_ctim.tv_sec * INT64_C(1000000000) + facts->st_ctim.tv_nsec};
}

struct store_identity subject_identity(const char *path)
{
    struct stat facts;
    bool there = path && strcmp(path, "-") != 0 && stat(path, &facts) == 0;
    return there && S_ISREG(facts.st_mode) ? identity_of(&facts) : (struct store_identity){0};
}

static int inode_compare(const void *left, const void *right)
{
    const struct store_identity *a = left, *b = right;
    return a->inode < b->inode ? -1 : a->inode > b->inode;
}

static void source_note(struct batch *batch, const char *path)
{
    struct store_identity identity = subject_identity(path);
    if (store_identity_known(&identity)) {
        batch->sources[batch->source_count++] = identity;
    }
}

enum status batch_list_sources(struct batch *batch, struct error *error)
{
    size_t most = 0;
    for (size_t i = 0; i < batch->item_count; i++) {
        const struct value *named = batch->items[i].image->inputs;
        most += 1 + (named ? named->object.count : 0);
    }
    batch->sources = arena_array(batch->arena, most + 1, sizeof(*batch->sources));
    if (!batch->sources) {
        return error_memory(error);
    }
    for (size_t i = 0; i < batch->item_count; i++) {
        const struct batch_image *image = batch->items[i].image;
        source_note(batch, image->path);
        for (size_t j = 0; image->inputs && j < image->inputs->object.count; j++) {
            const struct value *input = image->inputs->object.members[j].value;
            source_note(batch, input->type == VALUE_TEXT ? input->text : NULL);
        }
    }
    qsort(batch->sources, batch->source_count, sizeof(*batch->sources), inode_compare);
    return STATUS_OK;
}

bool batch_reads(const struct batch *batch, const struct file_facts *facts)
{
    size_t low = 0, high = batch->source_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (batch->sources[middle].inode < facts->inode) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    /* Numbers of files are of one device, and facts name none. */
    for (; low < batch->source_count && batch->sources[low].inode == facts->inode; low++) {
        if (batch->sources[low].size == facts->size &&
            batch->sources[low].modified_ns == facts->modified_ns) {
            return true;
        }
    }
    return false;
}

static enum status input_read(struct batch_item *item, size_t i, struct error *error)
{
    const struct batch *batch = item->batch;
    struct source *source = &item->sources[i];
    const char *path = item->inputs[i].path;
    item->read_ns[i] = store_clock();
    if (!path) {
        return source_from_memory(source, item->image->name, item->image->bytes, item->image->size,
                                  &batch->request.limits, error);
    }
    enum status status = source_read(source, path, &batch->request.limits, error);
    if (status == STATUS_OK) {
        item->identities[i] = (struct store_identity){.device = source->device,
                                                      .inode = source->inode,
                                                      .size = (int64_t)source->size,
                                                      .modified_ns = source->modified_ns,
                                                      .changed_ns = source->changed_ns};
    }
    return status;
}

/* Who leaves XMP out does not leave out that an image is generated. */
static enum status label_keep(struct batch_item *item, struct subject_input *input,
                              struct error *error)
{
    struct buffer label = {.limit = 4096};
    provenance_label(input->source->container.xmp, &label);
    const bool failed = buffer_failed(&label);
    if (!failed && label.size > 0) {
        input->xmp = arena_text(item->arena, buffer_string(&label));
        input->facts.keep |= KEEP_LABEL;
    }
    const bool short_of_memory = failed || (input->facts.keep & KEEP_LABEL && !input->xmp);
    buffer_free(&label);
    return short_of_memory ? error_memory(error) : STATUS_OK;
}

/* `--input background=#0b3d5c` is a colour, everything else a path. */
static enum status input_colour(struct batch_item *item, struct subject_input *input,
                                const char *text, struct error *error)
{
    static const struct option colour_option[] = {
        {.name = "colour", .type = OPTION_COLOUR, .offset = 0}, {.name = NULL}};
    struct colour colour = {0};
    enum status status = option_parse_text(colour_option, text, item->arena, &colour, error);
    if (status != STATUS_OK) {
        return error_at(error, "input '%s'", input->name);
    }
    input->facts =
        facts_plain((const uint8_t[]){colour.red, colour.green, colour.blue, colour.alpha});
    input->source = NULL;
    return STATUS_OK;
}

static enum status input_probe(struct batch_item *item, size_t i, struct error *error)
{
    const struct batch *batch = item->batch;
    struct subject_input *input = &item->inputs[i];
    struct error found = {0};
    if (batch->load->probe(input->source, &batch->request.limits, &input->facts, &found) ==
        STATUS_OK) {
        item->c2pa = item->c2pa || input->source->container.c2pa;
        if (i == 0 && item->image->xmp) {
            input->xmp = item->image->xmp;
            input->facts.keep |= KEEP_PROVENANCE;
        } else if (label_keep(item, input, error) != STATUS_OK) {
            return error->status;
        }
        if (i == 0 && item->image->focus_given) {
            input->facts.focus_given = true;
            input->facts.focus_x = item->image->focus_x;
            input->facts.focus_y = item->image->focus_y;
        }
        return STATUS_OK;
    }
    if (i == 0 || found.status != STATUS_UNSUPPORTED) {
        *error = found;
        return error->status;
    }
    /* A named input of a format that we do not decode may still be copied as it is. */
    const char *dot = input->path ? strrchr(input->path, '.') : NULL;
    input->facts = (struct facts){.width = 1, .height = 1, .frames = 1, .orientation = 1};
    input->facts.format = dot ? format_by_extension(dot + 1) : FORMAT_NONE;
    input->refused = found;
    return STATUS_OK;
}

static enum status inputs_list(struct batch_item *item, struct error *error)
{
    const struct value *named = item->image->inputs;
    size_t count = 1 + (named ? named->object.count : 0);
    item->inputs = arena_array(item->arena, count, sizeof(*item->inputs));
    item->sources = arena_array(item->arena, count, sizeof(*item->sources));
    item->identities = arena_array(item->arena, count, sizeof(*item->identities));
    item->read_ns = arena_array(item->arena, count, sizeof(*item->read_ns));
    if (!item->inputs || !item->sources || !item->identities || !item->read_ns) {
        return error_memory(error);
    }
    item->inputs[0] = (struct subject_input){
        .name = "main", .path = item->image->path, .source = &item->sources[0]};
    for (size_t i = 1; i < count; i++) {
        const struct member *member = &named->object.members[i - 1];
        struct subject_input *input = &item->inputs[i];
        *input = (struct subject_input){.name = member->key};
        if (member->value->type != VALUE_TEXT) {
            return error_set(error, STATUS_USAGE, "input '%s' must be a path or a colour",
                             member->key);
        }
        if (member->value->text[0] == '#') {
            if (input_colour(item, input, member->value->text, error) != STATUS_OK) {
                return error->status;
            }
            continue;
        }
        input->path = member->value->text;
        input->source = &item->sources[i];
    }
    item->subject = (struct subject){.name = item->image->name,
                                     .dir = item->image->dir ? item->image->dir : "",
                                     .alt = item->image->alt,
                                     .inputs = item->inputs,
                                     .input_count = count};
    return STATUS_OK;
}

static enum status own_output_refuse(struct batch_item *item, const char *path, struct error *error)
{
    struct batch *batch = item->batch;
    char *whole = path && batch->store ? realpath(path, NULL) : NULL;
    bool made = false;
    if (!whole) {
        return STATUS_OK;
    }
    pthread_mutex_lock(&batch->lock);
    struct error ignored = {0};
    enum status status = store_made(batch->store, whole, &made, &ignored);
    pthread_mutex_unlock(&batch->lock);
    free(whole);
    if (status == STATUS_OK && made) {
        return error_set(error, STATUS_REFUSED,
                         "is a file that picset made; give the original image as the source");
    }
    return STATUS_OK;
}

enum status subject_open(struct batch_item *item, struct error *error)
{
    if (!item->arena && !(item->arena = arena_new())) {
        return error_memory(error);
    }
    enum status status = image_library_start(error);
    if (status == STATUS_OK) {
        status = inputs_list(item, error);
    }
    for (size_t i = 0; i < item->subject.input_count && status == STATUS_OK; i++) {
        const struct subject_input *input = &item->inputs[i];
        if (!input->source) {
            continue;
        }
        status = own_output_refuse(item, input->path, error);
        if (status == STATUS_OK) {
            status = input_read(item, i, error);
        }
        if (status == STATUS_OK) {
            status = input_probe(item, i, error);
        }
        if (status != STATUS_OK && i > 0) {
            error_at(error, "input '%s' (%s)", input->name, input->path);
        }
    }
    item->bytes_kept = status == STATUS_OK;
    return status;
}

/* The hash and the size are part of the plan; everything else of the source goes. */
static void source_forget_bytes(struct source *source)
{
    struct hash hash = source->hash;
    size_t size = source->size;
    source_release(source);
    source->hash = hash;
    source->size = size;
}

void subject_drop(struct batch_item *item)
{
    bool again = true;
    for (size_t i = 0; i < item->subject.input_count; i++) {
        const char *path = item->inputs[i].path;
        again = again && (!item->inputs[i].source || (path && strcmp(path, "-") != 0));
    }
    if (!again) { /* standard input comes only once, memory is there anyway */
        return;
    }
    for (size_t i = 0; i < item->subject.input_count; i++) {
        if (item->inputs[i].source) {
            source_forget_bytes(&item->sources[i]);
        }
    }
    item->bytes_kept = false;
}

enum status subject_reopen(struct batch_item *item, struct error *error)
{
    if (item->bytes_kept) {
        return STATUS_OK;
    }
    for (size_t i = 0; i < item->subject.input_count; i++) {
        struct subject_input *input = &item->inputs[i];
        struct hash before = item->sources[i].hash;
        struct facts facts;
        struct error ignored = {0};
        if (!input->source) {
            continue;
        }
        if (input_read(item, i, error) != STATUS_OK) {
            return error->status;
        }
        if (!hash_equal(before, item->sources[i].hash)) {
            return error_set(error, STATUS_FAILED, "changed between the plan and the run");
        }
        enum status status =
            item->batch->load->probe(input->source, &item->batch->request.limits, &facts, &ignored);
        if (status != STATUS_OK && input->refused.status == STATUS_OK) {
            *error = ignored;
            return error->status;
        }
    }
    item->bytes_kept = true;
    return STATUS_OK;
}

void subject_close(struct batch_item *item)
{
    for (size_t i = 0; item->sources && i < item->subject.input_count; i++) {
        source_release(&item->sources[i]);
    }
    item->bytes_kept = false;
}
