/* SPDX-License-Identifier: MIT
 * What generated images cost, as a user sees it: prices of all models, bounds, what is said and
 * with which exit code. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "generating.h"
#include "provider.h"
#include "scratch.h"
#include "served.h"

static void every_model_has_a_price(void **state)
{
    (void)state;
    for (const struct provider *const *provider = provider_list(); *provider; provider++) {
        for (const struct model *model = (*provider)->models; model->name; model++) {
            static const char *const any[] = {NULL};
            const char *const *sizes = model->sizes ? model->sizes : any;
            do {
                if (model_price(model, *sizes) <= 0) {
                    fail_msg("%s: %s at %s has no price", (*provider)->name, model->name,
                             *sizes ? *sizes : "its size");
                }
            } while (*sizes && *++sizes);
        }
    }
}

static void models_are_listed_with_their_prices(void **state)
{
    const char *folder = *state;
    expect(folder, 0, ARGUMENTS("generate", "--list-models", "--provider", "gemini"),
           ARGUMENTS("gemini: Google",
                     "  gemini-3.1-flash-lite-image\n      Nano Banana 2 Lite: 1K "
                     "only\n      1K $0.0336\n",
                     "  1K $0.0336  2K $0.0504  4K $0.113\n"));
    struct program program = {.folder = folder};
    program_call_with(&program, "generate", "--list-models");
    assert_int_equal(program.code, 0);
    assert_has(program.out, "\nopenai: ");
    assert_null(strstr(program.out, "flash-image-preview")); /* retired */
    program_end(&program);
    expect(folder, 0, ARGUMENTS("generate", "--list-models", "--json"),
           ARGUMENTS("\"schema\": \"picset/models/1\"", "\"model\": \"gpt-image-2\"",
                     "\"4K\": 0.461"));
    expect(folder, 2, ARGUMENTS("generate", "--list-models", "--provider", "gemni"),
           ARGUMENTS("did you mean 'gemini'?"));
}

static void prices_have_all_their_digits(void **state)
{
    const char *folder = *state;
    expect(folder, 0,
           ARGUMENTS("generate", "--provider", "kie", "--base-url", "sandbox", "--size", "4K",
                     "--aspect", "1:1", "--prompt", "x", "-p", "tiny", "-n"),
           ARGUMENTS("  $0.045\n", "1 to ask for, $0.045\n"));
    expect(folder, 0,
           ARGUMENTS("generate", "--provider", "gemini", "--base-url", "sandbox", "--size", "1K",
                     "--prompt", "x", "-p", "tiny", "-o", "out"),
           ARGUMENTS("1024x1024 png, $0.0336\n", "1 generated; $0.0336 of the sandbox's money"));
    expect(folder, 0, ARGUMENTS("jobs"), ARGUMENTS(" $0.0336 ", "1 job, 1 done; $0.0336\n"));
    expect(folder, 0, ARGUMENTS("jobs", "show", "1"), ARGUMENTS("cost      $0.0336\n"));
    expect(folder, 0, ARGUMENTS("jobs", "--json"), ARGUMENTS("\"cost\": 0.0336"));
}

static void tokens_that_were_counted_are_the_cost(void **state)
{
    const char *folder = *state; /* a few tokens in at $8, 1056 out at $30 a million */
    expect(folder, 0,
           ARGUMENTS("generate", "--provider", "openai", "--base-url", "sandbox", "--aspect", "1:1",
                     "--size", "1K", "--prompt", "x", "-p", "tiny", "-o", "out", "--max-cost",
                     "0.22"),
           ARGUMENTS("1024x1024 png, $0.0317\n"));
    expect(folder, 8,
           ARGUMENTS("generate", "--provider", "openai", "--base-url", "sandbox", "--aspect", "1:1",
                     "--size", "1K", "--prompt", "y", "-p", "tiny", "-o", "out", "--max-cost",
                     "0.21"),
           ARGUMENTS("at $0.211 it would pass the bound of $0.21: $0.00 are spent"));
}

static void some_that_came_are_a_part(void **state)
{
    const char *folder = *state;
    const char *const *arguments = ARGUMENTS(
        "generate", "--provider", "gemini", "--base-url", "sandbox", "--size", "1K", "--prompt",
        "one", "--prompt", "two", "--max-cost", "0.05", "-p", "tiny", "-o", "out");
    expect(folder, 6, arguments,
           ARGUMENTS("two: at $0.0336 it would pass the bound of $0.05: $0.0336 are spent",
                     "1 generated, 1 waiting for the next start"));
    expect(folder, 0, arguments, ARGUMENTS("1 generated, 1 there already"));
    expect(folder, 8,
           ARGUMENTS("generate", "--provider", "gemini", "--base-url", "sandbox", "--size", "1K",
                     "--prompt", "three", "--max-cost", "0", "-p", "tiny", "-o", "out"),
           ARGUMENTS("would pass the bound of $0.00", "1 waiting for the next start"));
}

static void an_unknown_price_keeps_no_bound(void **state)
{
    static const char project[] =
        "{\"version\": 1, \"provider\": {\"name\": \"kie\", \"model\": \"nano-banana-2\",\n"
        " \"fields\": {\"prices\": [%s]}}, \"budget\": {\"cost\": 1},\n"
        " \"images\": [{\"id\": \"a\", \"prompt\": \"a\", \"size\": \"1K\", \"aspect\": \"1:1\",\n"
        " \"presets\": [\"tiny\"]}]}";
    const char *folder = *state;
    char text[512];
    (void)snprintf(text, sizeof text, project, "");
    scratch_write(folder, "picset.json", text);
    expect(folder, 2, ARGUMENTS("build"),
           ARGUMENTS("picset: picset.json: /images/0: the price of nano-banana-2 at 1K is not "
                     "known, so a bound on the cost cannot be kept; the project file can say it: "
                     "\"provider\": {\"model\": \"nano-banana-2\", \"fields\": {\"prices\": [\"1K "
                     "0.04\"]}}"));
    assert_there(folder, "a-40.png", false);
    /* A model that nobody knew costs what nobody knows, whatever it is like otherwise. */
    scratch_write(
        folder, "new.json",
        "{\"version\": 1, \"provider\": {\"name\": \"gemini\", \"model\": \"banana-9\",\n"
        "\"fields\": {\"prompt-max\": 99}}, \"images\": [{\"id\": \"a\", \"prompt\": \"a\",\n"
        "\"presets\": [\"tiny\"]}]}");
    expect(folder, 0, ARGUMENTS("plan", "--project", "new.json"),
           ARGUMENTS("banana-9", "  price unknown\n", "$0.00 and what is unknown\n"));
    expect(folder, 2, ARGUMENTS("plan", "--project", "new.json", "--max-cost", "1"),
           ARGUMENTS("the price of banana-9 at "));
    (void)snprintf(text, sizeof text, project, "\"1K 0.5\"");
    scratch_write(folder, "picset.json", text);
    expect(folder, 0, ARGUMENTS("plan"), ARGUMENTS("1 to ask for, $0.50\n"));
    expect(folder, 0, ARGUMENTS("build", "--base-url", "sandbox"), ARGUMENTS("1 generated"));
}

static void too_little_credit_is_told_before(void **state)
{
    const char *folder = *state;
    static const char *const options[] = {"--credit", "6", NULL}; /* of half a cent */
    struct served served = served_begin(options);
    served_await(&served);
    expect(
        folder, 6,
        ARGUMENTS("generate", "--provider", "kie", "--base-url", served.url, "--aspect", "1:1",
                  "--size", "1K", "--concurrency", "1", "--prompt", "one", "--prompt", "two", "-p",
                  "tiny", "-o", "out"),
        ARGUMENTS("picset: warning: kie has $0.03 left, and all images together may cost $0.04\n",
                  "1 generated, 1 waiting for the next start; $0.02"));
    expect(folder, 0,
           ARGUMENTS("generate", "-v", "--provider", "kie", "--base-url", served.url, "--aspect",
                     "1:1", "--size", "1K", "--prompt", "one", "-p", "tiny", "-o", "out"),
           ARGUMENTS("picset: warning: kie has $0.01 left"));
    expect(folder, 0,
           ARGUMENTS("generate", "-v", "--provider", "kie", "--base-url", "sandbox", "--prompt",
                     "three", "-p", "tiny", "-o", "out"),
           ARGUMENTS("three: sent to sandbox as kie\nthree: task ", "\nthree: generated, "));
    served_end(&served);
}

/* What was sent costs, whoever sees it through. */
static void an_interrupted_run_and_the_next_tell_of_one_sum(void **state)
{
    const char *folder = *state;
    static const char *const options[] = {"--seconds", "3", NULL};
    struct served served = served_begin(options);
    served_await(&served);
    const char *const *arguments =
        ARGUMENTS("generate", "--provider", "kie", "--base-url", served.url, "--aspect", "1:1",
                  "--size", "1K", "--prompt", "one", "--prompt", "two", "-p", "tiny", "-o", "out");
    struct program program = {.folder = folder}, jobs = {.folder = folder};
    const pid_t pid = program_start(&program, arguments);
    for (int i = 0; i < 200; i++) { /* until both have a task */
        program_call_with(&jobs, "jobs");
        const bool sent = strstr(jobs.out, "2 running") != NULL;
        program_end(&jobs);
        if (sent) {
            break;
        }
        pause_seconds(0.05);
    }
    assert_int_equal(kill(pid, SIGINT), 0);
    program_wait(&program, pid);
    assert_int_equal(program.code, 130);
    assert_has(program.error, "2 waiting for the next start; $0.04; ");
    program_end(&program);
    expect(
        folder, 0, ARGUMENTS("jobs"),
        ARGUMENTS("2 jobs, 2 running; $0.00, and $0.04 for what was sent and is not finished\n"));
    expect(folder, 0, arguments,
           ARGUMENTS("2 generated; $0.04 for what an earlier run had sent; "));
    expect(folder, 0, ARGUMENTS("jobs"), ARGUMENTS("2 jobs, 2 done; $0.04\n"));
    served_end(&served);
}

static void the_columns_of_jobs_stand_below_their_names(void **state)
{
    const char *folder = *state;
    struct program program = {.folder = folder, .input = "from a pipe\n"};
    program_call_with(&program, "generate", "--provider", "gemini", "--base-url", "sandbox",
                      "--size", "1K", "--prompt-file", "-", "-p", "tiny", "-o", "out");
    assert_int_equal(program.code, 0);
    program_end(&program);
    program_call_with(&program, "jobs");
    char *rows = program.out, *second = strchr(rows, '\n') + 1;
    assert_ptr_equal(strstr(second, "from-a-pipe"), second + (strstr(rows, "name") - rows));
    assert_ptr_equal(strstr(second, "gemini-"), second + (strstr(rows, "model") - rows));
    assert_ptr_equal(strstr(second, "1024x1024"), second + (strstr(rows, "size") - rows));
    assert_ptr_equal(strstr(second, "$0.0336"), second + (strstr(rows, "cost") - rows));
    program_end(&program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_FOLDER(test_)                                                                           \
    cmocka_unit_test_setup_teardown(test_, generating_folder, generating_remove)
        cmocka_unit_test(every_model_has_a_price),
        IN_FOLDER(models_are_listed_with_their_prices),
        IN_FOLDER(prices_have_all_their_digits),
        IN_FOLDER(tokens_that_were_counted_are_the_cost),
        IN_FOLDER(some_that_came_are_a_part),
        IN_FOLDER(an_unknown_price_keeps_no_bound),
        IN_FOLDER(too_little_credit_is_told_before),
        IN_FOLDER(an_interrupted_run_and_the_next_tell_of_one_sum),
        IN_FOLDER(the_columns_of_jobs_stand_below_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
