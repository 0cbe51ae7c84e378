/* SPDX-License-Identifier: MIT
 * The committed documents say what the tables say: made again, they are the same. And the schema
 * fits the presets that it is for. */
#include <string.h>

#include "json.h"
#include "memory.h"
#include "program.h"
#include "scratch.h"

static void same_as_committed(const char *document, const char *file)
{
    struct program program = {0};
    char *committed = scratch_read(PICSET_SOURCE_DIR "/presets", file);
    program_call_with(&program, "docs", document);
    assert_int_equal(program.code, 0);
    assert_non_null(committed);
    if (strcmp(program.out, committed) != 0) {
        print_error("presets/%s is out of date: picset docs %s > presets/%s\n", file, document,
                    file);
        fail();
    }
    program_end(&program);
    memory_free(committed);
}

static void schema_is_current(void **state)
{
    (void)state;
    same_as_committed("schema", "schema.json");
}

static void project_schema_is_current(void **state)
{
    (void)state;
    same_as_committed("project", "project.schema.json");
}

static void manifest_schema_is_current(void **state)
{
    (void)state;
    same_as_committed("manifest", "manifest.schema.json");
}

static void readme_is_current(void **state)
{
    (void)state;
    same_as_committed("presets", "README.md");
}

/* Every "$ref" in `value` names a definition that is there. */
static void assert_references(const struct value *value, const struct value *definitions)
{
    static const char prefix[] = "#/$defs/";
    if (value->type == VALUE_LIST) {
        for (size_t i = 0; i < value->list.count; i++) {
            assert_references(value->list.items[i], definitions);
        }
    }
    for (size_t i = 0; value->type == VALUE_OBJECT && i < value->object.count; i++) {
        const struct member *member = &value->object.members[i];
        if (strcmp(member->key, "$ref") == 0) {
            assert_memory_equal(member->value->text, prefix, strlen(prefix));
            assert_non_null(value_get(definitions, member->value->text + strlen(prefix)));
        } else {
            assert_references(member->value, definitions);
        }
    }
}

static void references_lead_somewhere(void **state)
{
    static const char *const documents[][3] = {{"docs", "schema", NULL},
                                               {"docs", "project", NULL},
                                               {"stages", "resize", "--json"},
                                               {"stages", "picture", "--json"}};
    (void)state;
    for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++) {
        struct program program = {0};
        struct arena *arena = arena_new();
        struct error error = {0};
        const struct value *value = NULL;
        program_call_with(&program, documents[i][0], documents[i][1], documents[i][2]);
        assert_int_equal(program.code, 0);
        assert_int_equal(json_parse(arena, program.out, program.out_size, &value, &error),
                         STATUS_OK);
        assert_references(value, value_get(value, "$defs"));
        program_end(&program);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schema_is_current),          cmocka_unit_test(project_schema_is_current),
        cmocka_unit_test(manifest_schema_is_current), cmocka_unit_test(readme_is_current),
        cmocka_unit_test(references_lead_somewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
