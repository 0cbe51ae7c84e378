/* SPDX-License-Identifier: MIT
 * A measurement as tables, for people. */
#include "bench.h"
#include "text.h"

static void spread_words(struct buffer *out, struct bench_spread spread)
{
    buffer_format(out, "%.2f (%.2f to %.2f)", spread.median, spread.low, spread.high);
}

static void say_levels(const struct bench *bench, struct buffer *out)
{
    const struct batch_summary *work = &bench->work;
    buffer_text(out, "threads  seconds, median and range  images/s  files/s  MP/s in     out  "
                     "speed-up  efficiency  busy     peak\n");
    for (size_t i = 0; i < bench->level_count; i++) {
        const struct bench_level *level = &bench->levels[i];
        const double seconds = level->seconds.median;
        struct buffer range = {0}, peak = {0};
        spread_words(&range, level->seconds);
        text_bytes(&peak, level->peak.median);
        buffer_format(out,
                      "%7d  %25s  %8.2f  %7.1f  %7.1f  %6.1f  %8.2f  %8.0f %%  %2.0f %%  %7s\n",
                      level->threads, buffer_string(&range), (double)work->sources / seconds,
                      (double)work->renditions / seconds, (double)work->pixels_in / 1e6 / seconds,
                      (double)work->pixels_out / 1e6 / seconds, level->speedup,
                      100 * level->efficiency, 100 * level->busy, buffer_string(&peak));
        buffer_free(&range);
        buffer_free(&peak);
    }
    if (!bench->suggested) {
        buffer_format(
            out,
            "\nthe machine was busy with other work (%.0f %% of the CPU time was not to be "
            "had): no suggestion\n",
            100 * bench->lost);
        return;
    }
    buffer_format(out, "\nsuggested: -j %d, the fewest threads that are as fast as the fastest%s\n",
                  bench->suggested, bench->options->repeat > 1 ? " within the spread" : "");
}

static void say_stages(const struct bench *bench, struct buffer *out)
{
    const struct bench_level *level = &bench->levels[bench->level_count - 1];
    double all = level->unattributed.median;
    bool apart = false;
    for (size_t i = 0; i < level->stage_count; i++) {
        all += level->stages[i].cpu.median;
    }
    buffer_format(out, "\nCPU seconds by what they went into, %d thread%s\n", level->threads,
                  level->threads == 1 ? "" : "s");
    for (size_t i = 0; i < level->stage_count && all > 0; i++) {
        const struct bench_stage *stage = &level->stages[i];
        struct buffer range = {0};
        spread_words(&range, stage->cpu);
        buffer_format(out, "  %-28s %26s  %5.1f %%  %6zu times%s\n", stage->what,
                      buffer_string(&range), 100 * stage->cpu.median / all, stage->count,
                      stage->apart ? " *" : "");
        buffer_free(&range);
        apart = apart || stage->apart;
    }
    struct buffer rest = {0};
    spread_words(&rest, level->unattributed);
    buffer_format(out, "  %-28s %26s  %5.1f %%\n", "not attributed", buffer_string(&rest),
                  all > 0 ? 100 * level->unattributed.median / all : 0);
    buffer_free(&rest);
    if (apart) {
        buffer_text(
            out, "* its library works on threads of its own: what the process took and no thread\n"
                 "  of ours saw, by how long they waited\n");
    }
    buffer_format(
        out,
        "%zu tasks that could have run waited %.2f s for a thread, %d thread%s %.2f s for a task:\n"
        "sums over all of them, not seconds of the run\n",
        level->tasks, level->waiting.median, level->threads, level->threads == 1 ? "" : "s",
        level->idle.median);
}

static void say_model(const struct bench *bench, struct buffer *out)
{
    const struct bench_model *model = &bench->model;
    buffer_format(
        out,
        "\nmodel: these tasks, as long as they took with %d thread%s, on other numbers of "
        "cores\n  cores  seconds  measured  speed-up  efficiency  pixels moved, GB/s\n",
        bench->levels[0].threads, bench->levels[0].threads == 1 ? "" : "s");
    for (int i = 0; i < model->count; i++) {
        const struct bench_schedule *on = &model->schedules[i];
        struct buffer measured = {0};
        if (on->measured > 0) {
            buffer_format(&measured, "%.2f", on->measured);
        }
        buffer_format(out, "  %5d  %7.2f  %8s  %8.2f  %8.0f %%  %18.2f\n", on->cores, on->seconds,
                      buffer_string(&measured), on->speedup, 100 * on->efficiency,
                      on->moving / 1e9);
        buffer_free(&measured);
    }
    buffer_format(
        out,
        "no core shortens %.3f s outside of tasks (the start, between plan and run, the end), nor\n"
        "the longest chain of one image's tasks, %.2f s of %.2f s; pixels moved are an\n"
        "estimate: what each task reads and writes, once; a copy reads and writes %.1f GB/s\n"
        "on one core of this machine, %.1f GB/s on all: near that, memory is the limit\n",
        model->serial, model->longest, model->tasks, model->copying_alone / 1e9,
        model->copying / 1e9);
}

static void say_changes(const struct value *saved, const struct value *changes, struct buffer *out)
{
    const struct value *date = value_get(saved, "measured_at");
    buffer_format(out, "\nsince the saved run%s%s\n",
                  date && date->type == VALUE_TEXT ? " of " : "",
                  date && date->type == VALUE_TEXT ? date->text : "");
    for (size_t i = 0; i < changes->list.count; i++) {
        const struct value *change = changes->list.items[i];
        buffer_format(out, "  %-44s %s\n", value_get(change, "what")->text,
                      value_get(change, "words")->text);
    }
}

void bench_say(struct bench *bench, const struct value *changes, struct buffer *out)
{
    const struct batch_summary *work = &bench->work;
    buffer_format(out,
                  "%zu image%s, %.1f MP in, %zu files, %.1f MP out; %d run%s of each after one to "
                  "warm up, into memory\n\n",
                  work->sources, work->sources == 1 ? "" : "s", (double)work->pixels_in / 1e6,
                  work->renditions, (double)work->pixels_out / 1e6, bench->options->repeat,
                  bench->options->repeat == 1 ? "" : "s");
    say_levels(bench, out);
    say_stages(bench, out);
    say_model(bench, out);
    if (changes) {
        say_changes(bench->saved, changes, out);
    }
}
