/* SPDX-License-Identifier: MIT
 * Every fault of the sandbox against the whole program: two images are asked for, one is struck.
 * What a run ends with, what it says, which images are there, and what the sandbox's ledger says
 * was made and paid for: at once, with the next run, and with the consent to ask again. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scratch.h"
#include "served.h"
#include "text.h"

enum { LANES = 7, FILES = 2 };

struct course { /* how it goes on; each run: exit code and images on disk */
    int code, images, next_code, next_images;
    bool consent; /* a third run with it brings everything */
    int made;     /* tasks in the ledger at the end */
    int lost;     /* of them, made and never fetched, which the program has said */
};

/* it is over with the first run */
static const struct course heals = {0, 2, 0, 2, false, 2, 0};
/* the next run brings the rest */
static const struct course waits = {6, 1, 0, 2, false, 2, 0};
static const struct course waits_all = {8, 0, 0, 2, false, 2, 0};
/* nobody knows whether it was made: it was not, or it was */
static const struct course asks = {6, 1, 6, 1, true, 2, 0};
static const struct course asks_made = {6, 1, 6, 1, true, 3, 1};
/* the service's last word is no, before or after a task was made */
static const struct course ends = {6, 1, 6, 1, true, 2, 0};
static const struct course ends_made = {6, 1, 6, 1, true, 3, 1};
/* the same, where the answer itself is what was fetched */
static const struct course ends_told = {6, 1, 6, 1, true, 3, 0};

static const struct hold {
    const char *fault;
    const struct course *course;
    const char *words;    /* in what the first run says */
    const char *provider; /* NULL: kie */
    const char *fault_too;
    bool reference, listens;
} holds[] = {
    /* those that take long, at once */
    {"maintenance", &heals, "", NULL, NULL, false, false},
    {"hang-create", &asks, "it is not known", NULL, NULL, false, false},
    {"hang-created", &asks_made, "it is not known", NULL, NULL, false, false},
    {"poll-hang", &heals, "", NULL, NULL, false, false},
    {"drip", &heals, "", NULL, NULL, false, false},
    {"hang", &heals, "", NULL, NULL, false, false},
    {"truncated", &heals, "", NULL, NULL, false, false},
    {"rate-limit", &heals, "", NULL, NULL, false, false},
    {"rate-limit-after", &heals, "", NULL, NULL, false, false},
    {"rate-limit-code", &heals, "", NULL, NULL, false, false},
    {"rate-limit", &heals, "", "gemini", NULL, false, false},
    {"rate-limit-after", &heals, "", "openai", NULL, false, false},
    {"server-error", &asks, "it is not known whether the service made it", NULL, NULL, false,
     false},
    {"server-code", &asks, "Internal Error", NULL, NULL, false, false},
    {"bad-gateway", &asks, "it is not known", NULL, NULL, false, false},
    {"unavailable", &asks, "overloaded", NULL, NULL, false, false},
    {"bad-key", &waits, "You do not have access permissions", NULL, NULL, false, false},
    {"key-limit", &waits, "The sub-key usage exceeds its limit", NULL, NULL, false, false},
    {"no-credit", &waits, "Insufficient credits", NULL, NULL, false, false},
    {"quota-day", &waits, "You exceeded your current quota", NULL, NULL, false, false},
    {"quota-day", &waits, "You exceeded your current quota", "gemini", NULL, false, false},
    {"wrapped-error", &heals, "", "gemini", NULL, false, false},
    {"invalid", &ends, "aspect_ratio is not within the range of allowed options, code 422", NULL,
     NULL, false, false},
    {"drop-created", &asks_made, "it is not known", NULL, NULL, false, false},
    {"cut-created", &asks_made, "it is not known", NULL, NULL, false, false},
    {"html-created", &asks_made, "it is not known", NULL, NULL, false, false},
    {"drop-created", &asks_made, "it is not known", "gemini", NULL, false, false},
    {"cut-created", &asks_made, "it is not known", "openai", NULL, false, false},
    {"error-with-task", &heals, "", NULL, NULL, false, false},
    {"refused", &ends_made, "flagged as sensitive", NULL, NULL, false, false},
    {"refused", &ends_told, "refused", "gemini", NULL, false, false},
    {"no-image", &ends_made, "without an image", NULL, NULL, false, false},
    {"no-image", &ends_told, "No image was generated", "gemini", NULL, false, false},
    {"fail-400", &ends_made, "prohibited content, code 400", NULL, NULL, false, false},
    {"fail-422", &ends_made, "does not match format 'uri', code 422", NULL, NULL, false, false},
    {"fail-429", &ends_made, "The upstream is busy, code 429", NULL, NULL, false, false},
    {"fail-500", &ends_made, "Internal Error, Please try again later, code 500", NULL, NULL, false,
     false},
    {"fail-501", &ends_made, "Generation Failed, code 501", NULL, NULL, false, false},
    {"fail-505", &ends_made, "The feature is disabled, code 505", NULL, NULL, false, false},
    {"thought-first", &heals, "", "gemini", NULL, false, false},
    {"draft-first", &heals, "", "gemini", NULL, false, false},
    {"poll-rate-limit", &heals, "", NULL, NULL, false, false},
    {"poll-error", &heals, "", NULL, NULL, false, false},
    {"poll-bad-gateway", &heals, "", NULL, NULL, false, false},
    {"poll-unavailable", &heals, "", NULL, NULL, false, false},
    {"poll-cut", &heals, "", NULL, NULL, false, false},
    {"poll-text", &heals, "", NULL, NULL, false, false},
    {"poll-bomb", &heals, "", NULL, NULL, false, false},
    {"poll-null", &heals, "", NULL, NULL, false, false},
    {"poll-state", &heals, "", NULL, NULL, false, false},
    {"poll-object", &heals, "", NULL, NULL, false, false},
    {"task-lost", &ends_made, "Task not found, code 404", NULL, NULL, false, false},
    {"drop", &heals, "", NULL, NULL, false, false},
    {"wrong-type", &heals, "asked for jpeg, got png", NULL, NULL, false, false},
    {"wrong-size", &heals, "asked for 1024x1024 px, got 512x512", NULL, NULL, false, false},
    {"not-image", &heals, "", NULL, NULL, false, false},
    {"empty", &heals, "", NULL, NULL, false, false},
    {"expired-link", &heals, "", NULL, NULL, false, false},
    {"fetch-error", &heals, "", NULL, NULL, false, false},
    {"gzip-bomb", &waits, "it is made, but could not be fetched", NULL, NULL, false, false},
    {"redirect-loop", &waits, "the next start tries again", NULL, NULL, false, false},
    {"redirect-inside", &waits, "to a link-local address is not allowed", NULL, NULL, false, false},
    {"refresh-error", &heals, "", NULL, "expired-link", false, false},
    {"upload-error", &heals, "", NULL, NULL, true, false},
    {"upload-denied", &waits_all, "Authentication failed", NULL, NULL, true, false},
    {"duplicate-callback", &heals, "", NULL, NULL, false, true},
    {"bad-signature", &heals, "", NULL, NULL, false, true},
    {"stale-callback", &heals, "", NULL, NULL, false, true},
    {"no-callback", &heals, "", NULL, NULL, false, true},
};
enum { HOLDS = sizeof holds / sizeof *holds };

struct lane { /* one fault: a sandbox, and a folder to stand in */
    const struct hold *hold;
    struct served served;
    char place[32]; /* of the receiver of callbacks */
    struct program program;
    pid_t run;
    bool bad;
};

/* ---- Runs
 * ------------------------------------------------------------------------------------------ */

static void run_begin(struct lane *lane, bool consent)
{
    const struct hold *hold = lane->hold;
    char prompts[2][64], callback[64];
    (void)snprintf(prompts[0], sizeof prompts[0], "%s one", hold->fault);
    (void)snprintf(prompts[1], sizeof prompts[1], "%s two", hold->fault);
    (void)snprintf(callback, sizeof callback, "http://%s/", lane->place);
    const char *arguments[SERVED_WORDS] = {"generate", "--prompt", prompts[0], "--prompt",
                                           prompts[1], "-j",       "1"};
    size_t count = served_words(&lane->served, hold->provider ? hold->provider : "kie", arguments);
    if (hold->reference) {
        arguments[count++] = "--reference";
        arguments[count++] = "reference.png";
    }
    if (hold->listens) {
        arguments[count++] = "--listen";
        arguments[count++] = lane->place;
        arguments[count++] = "--callback-url";
        arguments[count++] = callback;
    }
    if (consent) {
        arguments[count++] = "--repeat-unknown";
    }
    lane->program = (struct program){.folder = lane->served.folder};
    lane->run = program_start(&lane->program, arguments);
}

static int images_in(const struct lane *lane)
{
    struct buffer list = {0};
    int files = 0;
    scratch_list(scratch_path(lane->served.folder, "out"), &list);
    for (const char *line = buffer_string(&list); *line; line = strchr(line, '\n') + 1) {
        const char *dot = line + strcspn(line, ".\n");
        files += text_starts(dot, ".webp\n") || text_starts(dot, ".jpg\n");
    }
    buffer_free(&list);
    return files % FILES == 0 ? files / FILES : -1;
}

static void complain(struct lane *lane, const char *what, int is, int wanted)
{
    if (is != wanted) {
        print_error("%s (%s): %s: %d, not %d; it said: %s\n", lane->hold->fault,
                    lane->hold->provider ? lane->hold->provider : "kie", what, is, wanted,
                    lane->program.error ? lane->program.error : "");
        lane->bad = true;
    }
}

static void run_end(struct lane *lane, const char *which, int code, int images, const char *words)
{
    char what[64];
    program_wait(&lane->program, lane->run);
    (void)snprintf(what, sizeof what, "exit code of the %s run", which);
    complain(lane, what, lane->program.code, code);
    (void)snprintf(what, sizeof what, "images after the %s run", which);
    complain(lane, what,
             access(scratch_path(lane->served.folder, "out"), F_OK) == 0 ? images_in(lane) : 0,
             images);
    complain(lane, "its words", strstr(lane->program.error, words) != NULL, true);
    program_end(&lane->program);
}

/* All jobs that have failed are asked for again with the next run. */
static void retry_failed(struct lane *lane)
{
    for (int id = 1; id <= 2; id++) {
        char number[8];
        struct program program = {.folder = lane->served.folder};
        (void)snprintf(number, sizeof number, "%d", id);
        program_call_with(&program, "jobs", "show", number, "--json");
        bool failed = strstr(program.out, "\"state\": \"failed\"") ||
                      strstr(program.out, "\"state\": \"refused\"");
        program_end(&program);
        if (failed) {
            program_call_with(&program, "jobs", "retry", number);
            complain(lane, "exit code of the retry", program.code, 0);
            program_end(&program);
        }
    }
}

static void ledger_check(struct lane *lane, struct world *world)
{
    const struct course *course = lane->hold->course;
    const struct value *ledger = served_ledger(world, &lane->served);
    complain(lane, "tasks made", (int)int_at(ledger, "created"), course->made);
    complain(lane, "tasks made twice", (int)int_at(ledger, "repeated"), course->made - 2);
    complain(lane, "tasks not fetched", (int)int_at(ledger, "undelivered"), course->lost);
}

/* ---- All faults
 * ------------------------------------------------------------------------------------ */

static int port_free(void)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof place;
    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(file, (struct sockaddr *)&place, size), 0);
    assert_int_equal(getsockname(file, (struct sockaddr *)&place, &size), 0);
    close(file);
    return ntohs(place.sin_port);
}

static void lane_begin(struct lane *lane, const struct hold *hold)
{
    const char *options[] = {"--fault", hold->fault, hold->fault_too ? "--fault" : NULL,
                             hold->fault_too, NULL};
    *lane = (struct lane){.hold = hold, .served = served_begin(options)};
    if (hold->reference) {
        program_image(lane->served.folder, "reference.png", 64, 64);
    }
    (void)snprintf(lane->place, sizeof lane->place, "127.0.0.1:%d", port_free());
}

static void lanes_run(struct lane *lanes, size_t count, struct world *world)
{
    for (size_t i = 0; i < count; i++) {
        served_await(&lanes[i].served);
        run_begin(&lanes[i], false);
    }
    for (size_t i = 0; i < count; i++) {
        const struct course *course = lanes[i].hold->course;
        run_end(&lanes[i], "first", course->code, course->images, lanes[i].hold->words);
        run_begin(&lanes[i], false);
    }
    for (size_t i = 0; i < count; i++) {
        const struct course *course = lanes[i].hold->course;
        run_end(&lanes[i], "second", course->next_code, course->next_images, "");
        if (course->consent) {
            const struct value *ledger = served_ledger(world, &lanes[i].served);
            complain(&lanes[i], "tasks made twice unasked", (int)int_at(ledger, "repeated"), 0);
            retry_failed(&lanes[i]);
            run_begin(&lanes[i], true);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (lanes[i].hold->course->consent) {
            run_end(&lanes[i], "third", 0, 2, "");
        }
        ledger_check(&lanes[i], world);
    }
}

static void every_fault_holds(void **state)
{
    (void)state;
    struct world world = client_begin();
    const char *only = getenv("PICSET_FAULT");
    size_t bad = 0;
    for (size_t next = 0; next < HOLDS;) {
        struct lane lanes[LANES];
        size_t count = 0;
        for (; next < HOLDS && count < LANES; next++) {
            if (!only || strcmp(only, holds[next].fault) == 0) {
                lane_begin(&lanes[count++], &holds[next]);
            }
        }
        lanes_run(lanes, count, &world);
        for (size_t i = 0; i < count; i++) {
            bad += lanes[i].bad;
            served_end(&lanes[i].served);
        }
    }
    client_end(&world);
    assert_int_equal(bad, 0);
}

static void every_fault_is_there(void **state)
{
    (void)state;
    const char *name, *where, *help;
    for (size_t i = 0; (name = sandbox_fault_name(i, &where, &help)); i++) {
        size_t found = 0;
        for (size_t j = 0; j < HOLDS; j++) {
            found += strcmp(holds[j].fault, name) == 0;
        }
        if (found == 0) {
            fail_msg("fault '%s' is not in the table of this test", name);
        }
    }
}

int main(void)
{
    static const char *const keys[] = {"KIE_API_KEY", "GEMINI_API_KEY", "OPENAI_API_KEY"};
    for (size_t i = 0; i < 3; i++) {
        unsetenv(keys[i]);
    }
    setenv("PICSET_PACE", "0.1", 1);
    setenv("PICSET_CALLBACK_KEY", "the key of this test's callbacks", 1);
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_fault_is_there),
                                       cmocka_unit_test(every_fault_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
