/* SPDX-License-Identifier: MIT
 * `picset sandbox`: the stand-in for services as a server, until it is interrupted. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "generate/server.h"
#include "http.h"
#include "json.h"
#include "sandbox.h"
#include "signals.h"
#include "text.h"

struct sandbox_options {
    int port;
    const char *address;
    struct texts fault;
    double seconds, credit;
    const char *rate;
    bool list_faults;
};

static const struct option options_table[] = {
    {.name = "port",
     OPT_INT(struct sandbox_options, port),
     .def = "8765",
     .max = 65535,
     .value_name = "N",
     .help = "where it listens; 0: any port that is free"},
    {.name = "address",
     OPT_TEXT(struct sandbox_options, address),
     .def = "127.0.0.1",
     .value_name = "ADDR",
     .help = "an address of this machine; others than loopback let others in"},
    {.name = "seconds",
     OPT_NUMBER(struct sandbox_options, seconds),
     .def = "0",
     .max = 3600,
     .unit = "s",
     .value_name = "S",
     .help = "how long each image takes, besides the drawing"},
    {.name = "rate",
     OPT_TEXT(struct sandbox_options, rate),
     .def = "",
     .value_name = "N/S",
     .help = "at most N requests for images in any S seconds, like 20/10; more are rejected"},
    {.name = "credit",
     OPT_NUMBER(struct sandbox_options, credit),
     .def = "0",
     .max = 1e9,
     .value_name = "N",
     .help = "Kie's credits of half a cent at the start; 0: 10000"},
    {.name = "fault",
     OPT_TEXTS(struct sandbox_options, fault),
     .value_name = "NAME[:COUNT][@AFTER]",
     .help = "misbehave: COUNT times (1 when not said, '*': always), after AFTER times without; "
             "may be given again"},
    {.name = "list-faults",
     OPT_BOOL(struct sandbox_options, list_faults),
     .def = "false",
     .help = "list the faults there are, and what they strike"},
    {.name = NULL}};

static const struct option_set sets[] = {{"Options of the sandbox", options_table}, {NULL, NULL}};

static enum status list_faults(struct cli *cli, struct error *error)
{
    const char *name, *where, *help;
    struct arena *arena = cli->arena;
    struct value *list = value_list(arena);
    for (size_t i = 0; (name = sandbox_fault_name(i, &where, &help)); i++) {
        struct value *fault =
            value_set(arena, value_object(arena), "name", value_text(arena, name));
        fault = value_set(arena, fault, "where", value_text(arena, where));
        list = value_append(arena, list, value_set(arena, fault, "help", value_text(arena, help)));
        if (cli->globals.quiet) {
            buffer_format(&cli->out, "%s\n", name);
        } else if (!cli->globals.json) {
            buffer_format(&cli->out, "%-20s %-9s %s\n", name, where, help);
        }
    }
    return cli->globals.json
               ? cli_json(cli, value_set(arena, cli_document(cli, "faults"), "faults", list), error)
               : STATUS_OK;
}

/* "20/10" */
static enum status read_rate(struct arena *arena, const char *text,
                             struct sandbox_settings *settings, struct error *error)
{
    const char *slash = strchr(text, '/');
    int64_t count = 0;
    const char *number = slash ? arena_slice(arena, text, (size_t)(slash - text)) : NULL;
    if (!*text) {
        return STATUS_OK;
    }
    if (slash && !number) {
        return error_memory(error);
    }
    if (!slash || !text_to_int64(number, &count) || count < 1 || count > 1000000 ||
        !text_to_double(slash + 1, &settings->rate_seconds) || settings->rate_seconds <= 0) {
        return error_set(error, STATUS_USAGE, "'--rate %s' is no rate like 20/10", text);
    }
    settings->rate_count = (int)count;
    return STATUS_OK;
}

static void happened(void *data, const char *line)
{
    const struct cli *cli = data;
    if (!cli->globals.quiet) {
        cli_line(cli, line);
    }
}

static void wait_for_the_end(const struct signals *signals)
{
    const struct timespec beat = {.tv_nsec = 50 * 1000 * 1000};
    while (!__atomic_load_n(&signals->interrupted, __ATOMIC_ACQUIRE)) {
        (void)nanosleep(&beat, NULL);
    }
}

static enum status serve(struct cli *cli, const struct sandbox_settings *settings,
                         struct error *error)
{
    struct signals signals;
    struct sandbox *sandbox = NULL;
    if (signals_start(&signals, cli, error) != STATUS_OK) {
        return error->status;
    }
    enum status status = sandbox_start(settings, &sandbox, error);
    if (status == STATUS_OK && cli->globals.json) {
        struct value *document = cli_document(cli, "sandbox");
        document =
            value_set(cli->arena, document, "url", value_text(cli->arena, sandbox_url(sandbox)));
        status = cli_json(cli, document, error);
    } else if (status == STATUS_OK) {
        buffer_format(&cli->out, "%s\n", sandbox_url(sandbox));
    }
    status = status == STATUS_OK ? cli_flush(cli, error) : status;
    if (status == STATUS_OK) {
        wait_for_the_end(&signals);
    }
    sandbox_stop(sandbox);
    signals_stop(&signals);
    return status;
}

/* Signs callbacks with the key that the receiver's side has in the same variable. */
static enum status serve_signed(struct cli *cli, struct sandbox_settings *settings,
                                struct error *error)
{
    struct secret *key = NULL;
    if (secret_load("PICSET_CALLBACK_KEY", NULL, &key, error) != STATUS_OK) {
        return error->status;
    }
    settings->webhook_key = key ? secret_text(key) : NULL;
    enum status status = serve(cli, settings, error);
    secret_free(key);
    return status;
}

static enum status run(struct cli *cli, const void *fields, const struct words *words,
                       struct error *error)
{
    const struct sandbox_options *options = fields;
    struct sandbox_settings settings = {.address = options->address,
                                        .port = options->port,
                                        .seconds = options->seconds,
                                        .credit = options->credit,
                                        .event = happened,
                                        .data = cli};
    const char **faults = arena_array(cli->arena, options->fault.count + 1, sizeof(*faults));
    (void)words;
    if (options->list_faults) {
        return list_faults(cli, error);
    }
    if (!faults) {
        return error_memory(error);
    }
    for (size_t i = 0; i < options->fault.count; i++) {
        faults[i] = options->fault.list[i];
    }
    settings.faults = faults;
    if (read_rate(cli->arena, options->rate, &settings, error) != STATUS_OK) {
        return error->status;
    }
    return serve_signed(cli, &settings, error);
}

static const struct example examples[] = {
    {"picset sandbox", "serve on http://127.0.0.1:8765 until interrupted"},
    {"picset generate --base-url http://127.0.0.1:8765 --prompt x -p web",
     "ask it instead of the real service"},
    {"picset sandbox --rate 20/10 --seconds 5 --fault rate-limit:3",
     "as slow and as strict as a real service"},
    {"picset sandbox --list-faults", "how it can misbehave"},
    {NULL, NULL}};

const struct command command_sandbox = {
    .name = "sandbox",
    .summary = "serve the stand-in for services: no key, no cost, faults by name",
    .usage = "[--port N] [options]",
    .text =
        "Speaks the protocols of Kie, Gemini and OpenAI on one port and draws a picture for every "
        "prompt: always the same for the same prompt, seed and size, in the exact pixels that the "
        "services promise. Its address goes to standard output, a line for each request to "
        "standard error. GET /_sandbox/ledger lists what was asked of it; POST /_sandbox/faults "
        "makes it misbehave. With PICSET_CALLBACK_KEY in the environment it signs its callbacks.",
    .examples = examples,
    .sets = sets,
    .size = sizeof(struct sandbox_options),
    .words = WORDS_NONE,
    .run = run,
};
