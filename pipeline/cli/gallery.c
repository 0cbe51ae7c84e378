/* SPDX-License-Identifier: MIT
 * `picset report`: what was made, as a page to look at. */
#include "gallery.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../gallery.h"
#include "text.h"

static const char page_name[] = "report.html";

struct gallery_options {
    const char *out;
};

/* ---- Where the record may lie -----------------------------------------------------------------
 */

/* What the store in `state` knows; nothing when there is no store, and none is made. */
static enum status write_from(const char *state, const char *root, const char *page,
                              struct gallery_summary *summary, struct error *error)
{
    struct store *store = NULL;
    *summary = (struct gallery_summary){0};
    if (access(state, R_OK | W_OK | X_OK) != 0) {
        return STATUS_OK;
    }
    enum status status = store_open(state, &store, NULL, error);
    if (status == STATUS_OK) {
        status = gallery_write(store, root, page, summary, error);
    }
    store_close(store);
    return status;
}

/* Without --state: where a run from here keeps it, then beside each project file that the folder is
 * below. `tried` gets the names. */
static enum status write_from_any(struct cli *cli, const char *root, const char *page,
                                  struct gallery_summary *summary, struct buffer *tried,
                                  struct error *error)
{
    struct error ignored = {0};
    struct buffer folder = {0};
    enum status status = STATUS_OK;
    if (store_default_folder(&folder, &ignored) == STATUS_OK) {
        status = write_from(buffer_string(&folder), root, page, summary, error);
        buffer_format(tried, "'%s'", buffer_string(&folder));
    }
    buffer_free(&folder);
    const char *above = root;
    for (int up = 0; up < 16 && status == STATUS_OK && summary->sets == 0; up++) {
        const char *project = arena_format(cli->arena, "%s/picset.json", above);
        const char *state = arena_format(cli->arena, "%s/.picset", above);
        above = arena_format(cli->arena, "%s/..", above);
        if (!project || !state || !above) {
            return error_memory(error);
        }
        if (access(project, F_OK) == 0) {
            status = write_from(state, root, page, summary, error);
            buffer_format(tried, "%s'%s'", tried->size ? ", " : "", state);
        }
    }
    return status;
}

/* ---- What is said -----------------------------------------------------------------------------
 */

static void say(struct cli *cli, const char *page, const struct gallery_summary *summary)
{
    struct buffer bytes = {0};
    text_bytes(&bytes, (double)summary->bytes);
    cli_say(cli, "%s%s: %zu image%s, %zu rendition%s, %s", page,
            cli->globals.dry_run ? " would show" : "", summary->images,
            summary->images == 1 ? "" : "s", summary->renditions,
            summary->renditions == 1 ? "" : "s", buffer_string(&bytes));
    buffer_free(&bytes);
}

static enum status print_document(struct cli *cli, const char *page,
                                  const struct gallery_summary *summary, struct error *error)
{
    struct value *document = cli_document(cli, "report");
    document = value_set(cli->arena, document, "page", value_text(cli->arena, page));
    document =
        value_set(cli->arena, document, "images", value_int(cli->arena, (int64_t)summary->images));
    document =
        value_set(cli->arena, document, "sets", value_int(cli->arena, (int64_t)summary->sets));
    document = value_set(cli->arena, document, "renditions",
                         value_int(cli->arena, (int64_t)summary->renditions));
    document = value_set(cli->arena, document, "bytes", value_int(cli->arena, summary->bytes));
    return cli_json(cli, document, error);
}

/* ---- The command ------------------------------------------------------------------------------
 */

static const char *page_of(struct cli *cli, const char *root, const char *out)
{
    bool ends = text_ends(root, "/");
    return *out ? out : arena_format(cli->arena, "%s%s%s", root, ends ? "" : "/", page_name);
}

static enum status nothing_known(const struct cli *cli, const char *root,
                                 const struct buffer *tried, struct error *error)
{
    const char *state = cli->globals.state;
    if (*state) {
        return error_set(error, STATUS_MISSING,
                         "no record of anything made in '%s' is in '%s', which --state names", root,
                         state);
    }
    return error_set(error, STATUS_MISSING,
                     "no record of anything made in '%s'; looked in %s. A run with another --state "
                     "is shown with the same --state",
                     root, tried->size ? buffer_string(tried) : "no place");
}

static enum status report(struct cli *cli, const char *root, const char *out, struct error *error)
{
    struct gallery_summary summary = {0};
    struct buffer tried = {0};
    struct stat facts;
    const char *state = cli->globals.state, *page = page_of(cli, root, out);
    if (stat(root, &facts) != 0 || !S_ISDIR(facts.st_mode)) {
        return error_set(error, STATUS_MISSING, "no such folder '%s'", root);
    }
    if (strcmp(state, "none") == 0) {
        return error_set(error, STATUS_USAGE,
                         "'--state none' leaves nothing to report of: name the one of the run");
    }
    if (!page) {
        return error_memory(error);
    }
    const char *target = cli->globals.dry_run ? NULL : page;
    enum status status = *state ? write_from(state, root, target, &summary, error)
                                : write_from_any(cli, root, target, &summary, &tried, error);
    if (status == STATUS_OK && summary.sets == 0 && !*state) {
        status = gallery_write_manifest(root, target, &summary, error);
        if (status == STATUS_OK && summary.sets > 0 && !cli->globals.quiet) {
            cli_say(cli, "nothing is remembered of '%s': shown from its manifest.json", root);
        }
    }
    if (status == STATUS_OK && summary.sets == 0) {
        status = nothing_known(cli, root, &tried, error);
    }
    buffer_free(&tried);
    if (status != STATUS_OK) {
        return status;
    }
    if (cli->globals.json) {
        return print_document(cli, page, &summary, error);
    }
    if (!cli->globals.quiet) {
        say(cli, page, &summary);
    }
    return STATUS_OK;
}

static enum status run(struct cli *cli, const void *options, const struct words *words,
                       struct error *error)
{
    const struct gallery_options *gallery = options;
    if (words->count != 1) {
        cli->hint = "report";
        return error_set(error, STATUS_USAGE, "%s: name one folder that picset made sets in",
                         words->count ? "more than one folder given" : "no folder given");
    }
    return report(cli, words->list[0], gallery->out, error);
}

enum status gallery_after(struct cli *cli, const char *state, const char *root, struct error *error)
{
    struct gallery_summary summary = {0};
    struct buffer folder = {0};
    const char *page = page_of(cli, root, "");
    enum status status = STATUS_OK;
    if (!page) {
        return error_memory(error);
    }
    if (!state) {
        status = store_default_folder(&folder, error);
        state = buffer_string(&folder);
    }
    if (status == STATUS_OK) {
        status = write_from(state, root, page, &summary, error);
    }
    if (status == STATUS_OK && summary.sets > 0 && !cli->globals.quiet) {
        say(cli, page, &summary);
    }
    buffer_free(&folder);
    return status == STATUS_OK ? status : error_at(error, "--report");
}

static const struct option gallery_table[] = {
    {.name = "out",
     OPT_TEXT(struct gallery_options, out),
     .def = "",
     .short_name = 'o',
     .value_name = "FILE",
     .help = "the page; without it: report.html in the folder. Pictures are named from where it "
             "lies, so move both together"},
    {.name = NULL}};

static const struct option_set gallery_sets[] = {{"The page", gallery_table}, {NULL, NULL}};

static const struct example examples[] = {
    {"picset report public/img", "public/img/report.html: open it in a browser"},
    {"picset report public/img -o /tmp/look.html",
     "the page elsewhere, the pictures where they are"},
    {"picset render photos/ -r -p web -o public/img --report", "make and show in one go"},
    {NULL, NULL}};

const struct command command_report = {
    .name = "report",
    .summary = "show what was made as a page: pictures, bytes, savings, cost",
    .usage = "DIR [-o FILE] [options]",
    .text =
        "Writes one HTML file that shows every image whose sets were made in the folder: its "
        "renditions by preset and width, bytes by format as a plot, what AVIF and WebP save "
        "against JPEG or PNG, the quality used, warnings, what was left out and why, time per "
        "stage, and of generated images the prompt, the service and the price. Any two renditions "
        "can be laid over each other at 100 %, with a slider between them.\n\n"
        "The page works without a network and without a server; it holds no picture itself, but "
        "names the renditions by their place. What it tells comes from picset's record of former "
        "runs, or where there is none from the manifest.json in the folder, not from the files. A "
        "file of that name that picset has not written is not replaced.",
    .examples = examples,
    .sets = gallery_sets,
    .size = sizeof(struct gallery_options),
    .words = WORDS_FILES,
    .makes = true,
    .run = run,
};
