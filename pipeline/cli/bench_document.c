/* SPDX-License-Identifier: MIT
 * A measurement as a document: what --json prints, --save keeps and --compare reads. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "bench.h"
#include "image.h"
#include "machine.h"

static struct value *spread_value(struct arena *arena, struct bench_spread spread)
{
    struct value *value = value_object(arena);
    value = value_set(arena, value, "median", value_real(arena, spread.median));
    value = value_set(arena, value, "low", value_real(arena, spread.low));
    return value_set(arena, value, "high", value_real(arena, spread.high));
}

static struct value *stages_value(struct arena *arena, const struct bench_level *level)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < level->stage_count; i++) {
        const struct bench_stage *stage = &level->stages[i];
        struct value *value =
            value_set(arena, value_object(arena), "stage", value_text(arena, stage->what));
        value = value_set(arena, value, "times", value_int(arena, (int64_t)stage->count));
        value = value_set(arena, value, "cpu_seconds", spread_value(arena, stage->cpu));
        value = value_set(arena, value, "threads_of_its_own", value_bool(arena, stage->apart));
        list = value_append(arena, list, value);
    }
    return list;
}

static struct value *level_value(struct bench *bench, const struct bench_level *level)
{
    struct arena *arena = bench->cli->arena;
    const struct batch_summary *work = &bench->work;
    const double seconds = level->seconds.median;
    const struct {
        const char *name;
        double value;
    } rates[] = {{"images_per_second", (double)work->sources / seconds},
                 {"renditions_per_second", (double)work->renditions / seconds},
                 {"megapixels_in_per_second", (double)work->pixels_in / 1e6 / seconds},
                 {"megapixels_out_per_second", (double)work->pixels_out / 1e6 / seconds},
                 {"speedup", level->speedup},
                 {"efficiency", level->efficiency},
                 {"cores_busy", level->busy}};
    struct value *value =
        value_set(arena, value_object(arena), "threads", value_int(arena, level->threads));
    value = value_set(arena, value, "seconds", spread_value(arena, level->seconds));
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        value = value_set(arena, value, rates[i].name, value_real(arena, rates[i].value));
    }
    value = value_set(arena, value, "cpu_seconds", spread_value(arena, level->cpu));
    value = value_set(arena, value, "cpu_seconds_not_attributed",
                      spread_value(arena, level->unattributed));
    value = value_set(arena, value, "no_core_share", spread_value(arena, level->lost));
    value = value_set(arena, value, "tasks_waited_seconds", spread_value(arena, level->waiting));
    value = value_set(arena, value, "threads_idle_seconds", spread_value(arena, level->idle));
    value = value_set(arena, value, "peak_bytes", spread_value(arena, level->peak));
    return value_set(arena, value, "stages", stages_value(arena, level));
}

static struct value *model_value(struct arena *arena, const struct bench_model *model)
{
    struct value *list = value_list(arena);
    for (int i = 0; i < model->count; i++) {
        const struct bench_schedule *on = &model->schedules[i];
        struct value *value =
            value_set(arena, value_object(arena), "cores", value_int(arena, on->cores));
        value = value_set(arena, value, "seconds", value_real(arena, on->seconds));
        if (on->measured > 0) {
            value = value_set(arena, value, "measured_seconds", value_real(arena, on->measured));
        }
        value = value_set(arena, value, "speedup", value_real(arena, on->speedup));
        value = value_set(arena, value, "efficiency", value_real(arena, on->efficiency));
        value = value_set(arena, value, "pixel_bytes_per_second", value_real(arena, on->moving));
        list = value_append(arena, list, value);
    }
    const struct {
        const char *name;
        double value;
    } figures[] = {{"serial_seconds", model->serial},
                   {"task_seconds", model->tasks},
                   {"longest_chain_seconds", model->longest},
                   {"copy_bytes_per_second_one_core", model->copying_alone},
                   {"copy_bytes_per_second", model->copying}};
    struct value *value = value_object(arena);
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        value = value_set(arena, value, figures[i].name, value_real(arena, figures[i].value));
    }
    return value_set(arena, value, "schedules", list);
}

struct value *bench_work_value(struct bench *bench)
{
    struct arena *arena = bench->cli->arena;
    const struct batch_summary *work = &bench->work;
    struct value *presets = value_list(arena);
    for (size_t i = 0; i < bench->request.batch.preset_count; i++) {
        const struct batch_preset *preset = &bench->request.batch.presets[i];
        struct value *value = value_object(arena);
        value = value_set(arena, value, "name", value_text(arena, preset->preset->name));
        value = preset->changes ? value_set(arena, value, "changes", preset->changes) : value;
        presets = value_append(arena, presets, value);
    }
    struct value *value = value_set(arena, value_object(arena), "presets", presets);
    value = value_set(arena, value, "images", value_int(arena, (int64_t)work->sources));
    value = value_set(arena, value, "renditions", value_int(arena, (int64_t)work->renditions));
    value = value_set(arena, value, "pixels_in", value_int(arena, work->pixels_in));
    return value_set(arena, value, "pixels_out", value_int(arena, work->pixels_out));
}

/* "AMD EPYC 7B13", where the kernel tells; else the kind of machine. */
static const char *processor(struct arena *arena)
{
    FILE *file = fopen("/proc/cpuinfo", "re");
    char line[256];
    const char *name = NULL;
    while (file && !name && fgets(line, sizeof line, file)) {
        const char *colon = strncmp(line, "model name", 10) == 0 ? strchr(line, ':') : NULL;
        if (colon) {
            colon += 1 + strspn(colon + 1, " ");
            name = arena_slice(arena, colon, strcspn(colon, "\n"));
        }
    }
    if (file) {
        (void)fclose(file);
    }
    struct utsname system;
    return name                  ? name
           : uname(&system) == 0 ? arena_text(arena, system.machine)
                                 : arena_text(arena, "unknown");
}

static const char *now(struct arena *arena)
{
    char text[32] = "";
    struct tm parts;
    const time_t seconds = time(NULL);
    if (gmtime_r(&seconds, &parts)) {
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    }
    return arena_text(arena, text);
}

struct value *bench_document(struct bench *bench, const struct value *changes)
{
    struct arena *arena = bench->cli->arena;
    struct value *levels = value_list(arena), *machine = value_object(arena);
    for (size_t i = 0; i < bench->level_count; i++) {
        levels = value_append(arena, levels, level_value(bench, &bench->levels[i]));
    }
    const char *name = processor(arena), *date = now(arena);
    if (!name || !date) {
        return NULL;
    }
    machine = value_set(arena, machine, "processor", value_text(arena, name));
    machine = value_set(arena, machine, "cores", value_int(arena, machine_cores()));
    machine = value_set(arena, machine, "memory", value_int(arena, machine_memory()));
    machine = value_set(arena, machine, "picset", value_text(arena, PICSET_VERSION));
    machine = value_set(arena, machine, "libvips", value_text(arena, image_library_version()));
    struct value *document = cli_document(bench->cli, "bench");
    document = value_set(arena, document, "measured_at", value_text(arena, date));
    document = value_set(arena, document, "work", bench_work_value(bench));
    if (bench->left_out > 0) {
        document =
            value_set(arena, document, "images_failed", value_int(arena, (int64_t)bench->left_out));
    }
    document = value_set(arena, document, "machine", machine);
    document = value_set(arena, document, "repeat", value_int(arena, bench->options->repeat));
    document = value_set(arena, document, "threads", levels);
    document = value_set(arena, document, "suggested_threads",
                         bench->suggested ? value_int(arena, bench->suggested) : value_null(arena));
    document = value_set(arena, document, "model", model_value(arena, &bench->model));
    return changes ? value_set(arena, document, "changes", changes) : document;
}
