/* SPDX-License-Identifier: MIT
 * `picset render`: images in, whole sets out. */
#include <unistd.h>

#include "gallery.h"
#include "plan_show.h"
#include "report.h"
#include "signals.h"

static void abandon(void *data)
{
    batch_abandon(data);
}

/* An encoder may still be at work and cannot be stopped from within: nothing it uses may go away.
 */
static void leave(struct cli *cli)
{
    struct error late = {0};
    if (cli_flush(cli, &late) != STATUS_OK) {
        cli_error(cli, &late);
    }
    _exit(STATUS_INTERRUPTED);
}

/* The page is of what was made, whatever was not. */
static enum status show(struct cli *cli, const struct batch_request *request, const char *root,
                        enum status made, struct error *error)
{
    struct error late = {0};
    if (made != STATUS_OK && made != STATUS_PARTIAL) {
        return made;
    }
    if (gallery_after(cli, request->state, root, &late) != STATUS_OK) {
        *error = late;
        return late.status;
    }
    return made;
}

static enum status render(struct cli *cli, struct request *request, bool page,
                          struct signals *signals, struct error *error)
{
    struct report report;
    struct batch *batch = NULL;
    struct batch_summary summary = {0};
    if (report_start(&report, cli, &request->batch, error) != STATUS_OK) {
        return error->status;
    }
    request->batch.event = report_event;
    request->batch.data = &report;
    request->batch.interrupted = &signals->interrupted;
    enum status status = batch_plan(&request->batch, &batch, error);
    if (status == STATUS_OK) {
        struct error late = {0};
        signals->data = batch;
        __atomic_store_n(&signals->abandon, abandon, __ATOMIC_RELEASE);
        status = batch_run(batch, &summary, error);
        __atomic_store_n(&signals->abandon, NULL, __ATOMIC_RELEASE);
        error->status = status;
        report_batch(&report, batch, NULL);
        if (report_end(&report, &summary, error, &late) != STATUS_OK) {
            *error = late;
            status = late.status;
        }
        if (status == STATUS_INTERRUPTED) {
            leave(cli);
        }
        if (summary.failed > 0) {
            error_clear(error); /* each was told of when it happened */
        }
        if (page) {
            status = show(cli, &request->batch, batch_root(batch), status, error);
        }
    }
    batch_free(batch);
    return status;
}

static enum status run(struct cli *cli, const void *options, const struct words *words,
                       struct error *error)
{
    const struct request_options *asked = options;
    struct request request;
    struct signals signals;
    if (request_make(cli, options, words, &request, error) != STATUS_OK) {
        return error->status;
    }
    if (cli->globals.dry_run) {
        return plan_show(cli, &request, error);
    }
    if (signals_start(&signals, cli, error) != STATUS_OK) {
        return error->status;
    }
    enum status status = render(cli, &request, asked->report, &signals, error);
    signals_stop(&signals);
    return status;
}

static const struct example examples[] = {
    {"picset render photo.jpg --preset web -o public/img",
     "the responsive set of one photo, its <picture> element and a manifest"},
    {"picset render photos/ -r -p web,thumbnails -o public/img",
     "two presets for a whole folder; each photo is decoded once"},
    {"picset render 'photos/**/*.{jpg,png}' -p web -o 'public/${preset}'",
     "files by a pattern, a folder for each preset"},
    {"picset render photo.jpg -p web --set web.widths=400,800 --focus 0.5,0.3",
     "other widths, and the point that square crops keep in sight"},
    {"git ls-files '*.jpg' | picset render --files-from - -p web", "files from a list"},
    {"curl -s https://example.org/a.jpg | picset render - --name a -p web",
     "an image from standard input"},
    {NULL, NULL}};

const struct command command_render = {
    .name = "render",
    .summary = "make the image sets of presets from images",
    .usage = "IMAGE ... --preset PRESET [-o DIR] [options]",
    .text =
        "Images are files, folders (with -r), patterns in quotes, or '-' for standard input. Each "
        "is decoded once and every file of every preset is made from it, on all cores. A folder's "
        "or pattern's tree is kept below the output folder; of a file given by name only the name "
        "is. In folders only files that look like images are taken, hidden ones and picset's own "
        "outputs are not.\n\n"
        "Every file is written under a temporary name and renamed when its set is complete, so "
        "that a killed run leaves nothing half. What is unchanged since the last run is not made "
        "again. A bad image does not harm the others: it is named, and the exit code is 6.",
    .examples = examples,
    .sets = request_sets,
    .size = sizeof(struct request_options),
    .words = WORDS_FILES,
    .limits = limit_options,
    .makes = true,
    .run = run,
};
