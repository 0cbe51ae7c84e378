/* SPDX-License-Identifier: MIT
 * Project files: what images they become, and what each mistake is told. Files that are found are a
 * table here; those that are read lie in a folder of the test. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "project.h"
#include "scratch.h"
#include "support.h"
#include "text.h"

static struct arena *arena;
static char *folder;

/* ---- Files that are there ------------------------------------------------------------------- */

static enum status find(void *data, const char *pattern, struct arena *own,
                        const struct project_found **out, size_t *count, struct error *error)
{
    static const struct project_found photos[] = {{"photos/beach.jpg", "beach", ""},
                                                  {"photos/trips/fog.jpg", "fog", "trips/"}};
    static const struct project_found icon[] = {{"art/icon.png", "icon", ""}};
    (void)data;
    (void)own;
    if (strcmp(pattern, "photos/**/*.jpg") == 0) {
        *out = photos;
        *count = 2;
        return STATUS_OK;
    }
    if (strcmp(pattern, "art/icon.png") == 0) {
        *out = icon;
        *count = 1;
        return STATUS_OK;
    }
    return error_set(error, STATUS_MISSING, "no file matches '%s'", pattern);
}

static int make_files(void **state)
{
    (void)state;
    arena = arena_new();
    folder = scratch_make();
    scratch_write(folder, "texts.csv",
                  "scene,lang,title\npier,en,\"Ferry, 9:00\"\npier,de,Fähre\nmill,en,${x}\n");
    scratch_write(folder, "langs.json", "[{\"code\": \"en\"}, {\"code\": \"de\"}]");
    scratch_write(folder, "object.json", "{}");
    scratch_write(folder, "none.csv", "a\n");
    scratch_write(folder, "broken.csv", "a,b\n1\n");
    scratch_write(folder, "prompts/pier.txt",
                  "\xef\xbb\xbf"
                  "a pier, a sign: \"${row.title}\"\n\n");
    scratch_write(folder, "prompts/mill.txt", "a mill");
    scratch_write(folder, "prompts/bad.txt", "a ${rwo.title}");
    scratch_write(folder, "prompts/empty.txt", " \n");
    scratch_write(folder, "photos.csv",
                  "file,focus,alt\nbeach.jpg,\"0.6,40%\",A beach\nphotos/trips/fog.jpg,,Fog\n");
    scratch_write(folder, "stray.csv", "file,alt\nbeach.jpg,A\nbaech.jpg,B\n");
    scratch_write(folder, "column.csv", "file,altt\nbeach.jpg,A\n");
    scratch_write(folder, "focus.csv", "file,focus\n\nbeach.jpg,middle\n");
    scratch_write(folder, "about.json", "{\"beach.jpg\": {\"alt\": \"${x}\"}}");
    scratch_write(folder, "art/dark-beach.png", "x");
    scratch_write(folder, "lamp.png", "x");
    return arena && chdir(folder) == 0 ? 0 : -1;
}

static int remove_files(void **state)
{
    (void)state;
    int left = chdir("/");
    scratch_remove(folder);
    arena_free(arena);
    return left;
}

/* ---- A project in words --------------------------------------------------------------------- */

static void image_words(struct buffer *out, const struct project *project,
                        const struct project_image *image)
{
    const struct project_wishes *wishes = &image->wishes;
    const char *texts[][2] = {{"prompt", image->prompt},  {"alt", image->alt},
                              {"aspect", wishes->aspect}, {"size", wishes->size},
                              {"format", wishes->format}, {"thinking", wishes->thinking}};
    buffer_format(out, "%s %s|%s|%s",
                  image->part     ? "part"
                  : image->source ? "file"
                                  : "made",
                  image->id, image->dir, image->name);
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (texts[i][1]) {
            buffer_format(out, " %s=%s", texts[i][0], texts[i][1]);
        }
    }
    if (image->focus_given) {
        buffer_format(out, " focus=%g,%g", image->focus_x, image->focus_y);
    }
    if (wishes->seed_given) {
        buffer_format(out, " seed=%lld", (long long)wishes->seed);
    }
    buffer_text(out, wishes->grounding ? " grounding" : "");
    if (image->level) {
        buffer_format(out, " level=%zu", image->level);
    }
    for (size_t i = 0; i < image->reference_count; i++) {
        const struct project_reference *reference = &image->references[i];
        buffer_format(out, " ref=%s",
                      reference->path  ? reference->path
                      : reference->url ? reference->url
                                       : project->images[reference->image].id);
    }
    if (image->inputs) {
        buffer_char(out, ' ');
        value_print(out, image->inputs);
    }
    for (size_t i = 0; i < image->made_input_count; i++) {
        buffer_format(out, " %s=<%s>", image->made_inputs[i].name,
                      project->images[image->made_inputs[i].image].id);
    }
    for (size_t i = 0; i < image->preset_count; i++) {
        buffer_format(out, " %s", image->presets[i].name);
        if (image->presets[i].changes) {
            value_print(out, image->presets[i].changes);
        }
    }
    if (!image->part) {
        buffer_format(out, " → %s", image->out);
    }
    buffer_char(out, '\n');
}

static const char *json_of(const char *text) /* ' for " */
{
    char *json = arena_text(arena, text);
    for (char *c = json; *c; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    return json;
}

static const struct project *parse_at(const char *file, const char *text, struct error *error)
{
    const struct project_settings settings = {.file = file, .find = find};
    const struct project *project = NULL;
    const char *json = json_of(text);
    return project_parse(&settings, json, strlen(json), arena, &project, error) == STATUS_OK
               ? project
               : NULL;
}

static void assert_images(const char *text, const char *words)
{
    struct error error = {0};
    struct buffer out = {0};
    const struct project *project = parse_at("picset.json", text, &error);
    assert_error_text(&error, STATUS_OK, "");
    assert_non_null(project);
    for (size_t i = 0; i < project->image_count; i++) {
        image_words(&out, project, &project->images[i]);
    }
    assert_buffer_text(&out, words);
}

/* ---- What is read --------------------------------------------------------------------------- */

static void a_matrix_of_lists(void **state)
{
    (void)state;
    assert_images(
        "{'version': 1, 'out': 'img/', 'images': [{"
        "'matrix': {'scene': [{'id': 'pier', 'text': 'a pier'}, {'id': 'mill', 'text': "
        "'a mill'}], 'lang': ['en', 'de'], 'n': [1]},"
        "'id': '${scene.id}-${lang}', 'prompt': '${scene.text} in ${lang}',"
        "'alt': '${name}: ${scene.text}', 'seed': '${n}', 'presets': ['web']}]}",
        "made pier-en||pier-en prompt=a pier in en alt=pier-en: a pier seed=1 web → img/\n"
        "made pier-de||pier-de prompt=a pier in de alt=pier-de: a pier seed=1 web → img/\n"
        "made mill-en||mill-en prompt=a mill in en alt=mill-en: a mill seed=1 web → img/\n"
        "made mill-de||mill-de prompt=a mill in de alt=mill-de: a mill seed=1 web → "
        "img/\n");
}

static void rows_and_prompts_of_files(void **state)
{
    (void)state;
    assert_images(
        "{'version': 1, 'images': [{'matrix': {'row': {'file': 'texts.csv'}},"
        "'id': '${row.scene}/${row.lang}', 'prompt-file': 'prompts/${row.scene}.txt',"
        "'alt': '${row.title}', 'out': 'p/${row.lang}/${preset}', 'presets': ['web',"
        "{'preset': 'og', 'out': 'o/', 'set': {'base': 'https://x/${row.lang}/', 'n': 2}}]}]}",
        "made pier/en|pier/|en prompt=a pier, a sign: \"Ferry, 9:00\" alt=Ferry, 9:00 web "
        "og{\"out\":\"o/\",\"set\":{\"base\":\"https://x/en/\",\"n\":2}} → p/en/${preset}\n"
        "made pier/de|pier/|de prompt=a pier, a sign: \"Fähre\" alt=Fähre web "
        "og{\"out\":\"o/\",\"set\":{\"base\":\"https://x/de/\",\"n\":2}} → p/de/${preset}\n"
        "made mill/en|mill/|en prompt=a mill alt=${x} web "
        "og{\"out\":\"o/\",\"set\":{\"base\":\"https://x/en/\",\"n\":2}} → p/en/${preset}\n");
    assert_images("{'version': 1, 'images': [{'matrix': {'lang': {'file': 'langs.json'}},"
                  "'id': '${lang.code}', 'prompt': 'x', 'presets': ['web']}]}",
                  "made en||en prompt=x web → .\nmade de||de prompt=x web → .\n");
}

static void files_and_what_is_known_of_them(void **state)
{
    (void)state;
    assert_images("{'version': 1, 'images': [{'source': 'photos/**/*.jpg', 'about': 'photos.csv',"
                  "'alt': 'a photo of ${name}', 'inputs': {'dark': 'art/dark-${name}.png',"
                  "'background': '#0b3d5c'}, 'presets': ['web']}]}",
                  "file photos/beach.jpg||beach alt=A beach focus=0.6,0.4 "
                  "{\"dark\":\"art/dark-beach.png\",\"background\":\"#0b3d5c\"} web → .\n"
                  "file photos/trips/fog.jpg|trips/|fog alt=Fog {\"background\":\"#0b3d5c\"} web → "
                  ".\n");
    assert_images("{'version': 1, 'images': [{'source': 'art/icon.png', 'id': 'app',"
                  "'about': {'icon.png': {'alt': 'The ${name}'}}, 'presets': ['./my.json']}]}",
                  "file app||icon alt=The icon ./my.json → .\n");
    assert_images("{'version': 1, 'images': [{'source': 'photos/**/*.jpg', 'id': 'p-${name}',"
                  "'about': 'about.json', 'presets': ['web']}]}",
                  "file p-beach||beach alt=${x} web → .\nfile p-fog|trips/|fog web → .\n");
}

static void defaults_lie_below(void **state)
{
    (void)state;
    assert_images("{'version': 1, 'defaults': {'prompt': 'nothing', 'presets': ['web'], 'size': "
                  "'2K', 'inputs': {'background': '#fff'}, 'alt': 'x'}, 'images': ["
                  "{'id': 'a'}, {'id': 'b', 'prompt': 'b', 'presets': ['og'], 'size': '4K',"
                  "'inputs': {'dark': '#000'}}, {'source': 'art/icon.png', 'alt': ''}]}",
                  "made a||a prompt=nothing alt=x size=2K {\"background\":\"#fff\"} web → .\n"
                  "made b||b prompt=b alt=x size=4K {\"background\":\"#fff\",\"dark\":\"#000\"} og "
                  "→ .\n"
                  "file art/icon.png||icon {\"background\":\"#fff\"} web → .\n");
}

static void references_have_an_order(void **state)
{
    (void)state;
    assert_images("{'version': 1, 'images': ["
                  "{'id': 'c', 'prompt': 'c', 'references': ['id:b', 'id:icon'], 'presets': ['w']},"
                  "{'id': 'b', 'prompt': 'b', 'references': ['id:a', 'lamp.png',"
                  "'https://example.org/x.png'], 'grounding': 'true', 'thinking': 'high'},"
                  "{'id': 'a', 'prompt': 'a', 'aspect': '16:9', 'format': 'png', 'seed': '7'},"
                  "{'id': 'icon', 'source': 'art/icon.png', 'presets': ['w'],"
                  "'inputs': {'dark': {'prompt': 'dark ${name}', 'references': ['id:icon']}}}]}",
                  "made c||c prompt=c level=2 ref=b ref=art/icon.png w → .\n"
                  "made b||b prompt=b thinking=high grounding level=1 ref=a ref=lamp.png "
                  "ref=https://example.org/x.png → .\n"
                  "made a||a prompt=a aspect=16:9 format=png seed=7 → .\n"
                  "part icon/dark||dark prompt=dark icon ref=art/icon.png\n"
                  "file icon||icon dark=<icon/dark> w → .\n");
}

static void provider_and_budget(void **state)
{
    struct error error = {0};
    (void)state;
    const struct project *project =
        parse_at("picset.json",
                 "{'version': 1, 'provider': {'name': 'kie', 'model': 'm', 'base-url': "
                 "'http://127.0.0.1:1', 'fields': {'seed': true}}, 'budget': {'cost': 5.5},"
                 "'images': [{'id': 'a', 'prompt': 'a'}]}",
                 &error);
    assert_non_null(project);
    assert_string_equal(project->provider.name, "kie");
    assert_string_equal(project->provider.model, "m");
    assert_string_equal(project->provider.base_url, "http://127.0.0.1:1");
    assert_null(project->provider.upload_url);
    assert_value_text(project->provider.fields, "{\"seed\":true}");
    assert_true(project->cost_max == 5.5);
    assert_int_equal(project->images_max, -1);
}

static void paths_begin_at_the_file(void **state)
{
    struct error error = {0};
    struct buffer out = {0};
    (void)state;
    scratch_write(folder, "sub/lamp.png", "x");
    scratch_write(folder, "sub/p.txt", "p");
    const struct project *project =
        parse_at("sub/picset.json",
                 "{'version': 1, 'images': [{'id': 'a', 'prompt-file': 'p.txt', 'references': "
                 "['lamp.png'], 'presets': ['web', 'mine/x.json'], 'out': 'o/'},"
                 "{'id': 'b', 'prompt': 'b', 'presets': ['web']}]}",
                 &error);
    assert_error_text(&error, STATUS_OK, "");
    assert_non_null(project);
    assert_string_equal(project->folder, "sub/");
    image_words(&out, project, &project->images[0]);
    image_words(&out, project, &project->images[1]);
    assert_buffer_text(&out, "made a||a prompt=p ref=sub/lamp.png web sub/mine/x.json → sub/o/\n"
                             "made b||b prompt=b web → sub\n");
}

/* ---- What is refused ------------------------------------------------------------------------ */

#define IMAGES(text_) "{'version': 1, 'images': [" text_ "]}"
#define OUTLINE(text_) "{'version': 1, " text_ ", 'images': [{'id': 'a', 'prompt': 'a'}]}"

static const struct {
    const char *text, *message;
} mistakes[] = {
    {"[]", "a project must be an object, not a list ([])"},
    {"{'version': 1,}", "line 1, column 15: not valid JSON: string or '}' expected near }"},
    {"{'version': 2, 'images': []}", "/version: 'version' is 2, must be 1"},
    {"{'version': 1}", "'images' is missing in a project"},
    {IMAGES(""), "/images: the list of images is empty"},
    {"{'version': 1, 'image': []}", "/image: unknown key 'image' of a project; did you mean "
                                    "'images'?"},
    {OUTLINE("'out': 3"), "/out: 'out' is a number (3), and must be a text"},
    {OUTLINE("'provider': {'nam': 'kie'}"),
     "/provider/nam: unknown key 'nam' of a provider; did you mean 'name'?"},
    {OUTLINE("'budget': {'cost': 'much'}"),
     "/budget/cost: 'cost' is \"much\" (a text), must be a number -1..1000000000 US dollars"},
    {OUTLINE("'budget': {'cots': 1}"),
     "/budget/cots: unknown option 'cots' of 'a budget'; did you mean 'cost'?"},
    {OUTLINE("'defaults': {'id': 'x'}"),
     "/defaults/id: an 'id' is unique: it cannot stand in the defaults"},
    {OUTLINE("'defaults': {'preset': []}"),
     "/defaults/preset: unknown key 'preset' of the defaults; did you mean 'presets'?"},
    {OUTLINE("'defaults': {'alt': '${nmae}'}"),
     "/defaults/alt: unknown name 'nmae' in '${…}'; did you mean 'name'?"},
    {IMAGES("{'id': 'a'}"), "/images/0: an image has exactly one of 'source', 'prompt' and "
                            "'prompt-file'; this has none"},
    {IMAGES("{'prompt': 'a', 'source': 'b'}"),
     "/images/0: an image has exactly one of 'source', 'prompt' and 'prompt-file'; this has "
     "several"},
    {IMAGES("{'prompt': 'a'}"),
     "/images/0: 'id' is missing: an image that is made from a prompt needs a name"},
    {IMAGES("{'id': 'a', 'promt': 'a'}"),
     "/images/0/promt: unknown key 'promt' of an image; did you mean 'prompt'?"},
    {IMAGES("{'id': '../a', 'prompt': 'a'}"),
     "/images/0/id: '../a' cannot be an id: up to 200 bytes that may name files, '/' between "
     "folders"},
    {IMAGES("{'id': 'a', 'prompt': ' '}"), "/images/0/prompt: the prompt is empty"},
    {IMAGES("{'id': 'a', 'prompt-file': 'prompts/empty.txt'}"),
     "/images/0/prompt-file: the prompt is empty"},
    {IMAGES("{'id': 'a', 'prompt-file': 'prompts/none.txt'}"),
     "/images/0/prompt-file: prompts/none.txt: no such file"},
    {IMAGES("{'id': 'a', 'prompt-file': 'prompts'}"),
     "/images/0/prompt-file: prompts: is no plain file"},
    {IMAGES("{'id': 'a', 'matrix': {'row': {'file': 'texts.csv'}}, 'prompt-file': "
            "'prompts/bad.txt'}"),
     "/images/0/prompt-file: prompts/bad.txt: unknown name 'rwo' in '${…}'; did you mean 'row'? "
     "[row.scene=pier]"},
    {IMAGES("{'id': 'a', 'prompt': 'a'}, {'id': 'a', 'prompt': 'b'}"),
     "/images/1/id: the id 'a' is that of /images/0 already"},
    {IMAGES("{'id': 'a', 'prompt': '${x}', 'matrix': {'x': ['b', 'c']}}"),
     "/images/0/id: the id 'a' is that of /images/0 [x=b] already [x=c]"},
    {IMAGES("{'id': 'a', 'source': 'photos/**/*.jpg', 'presets': ['web']}"),
     "/images/0/id: the id 'a' is that of the file 'photos/beach.jpg' already"},
    {IMAGES("{'source': 'photos/*.gif', 'presets': ['web']}"),
     "/images/0/source: no file matches 'photos/*.gif'"},
    {IMAGES("{'source': 'art/icon.png'}"), "/images/0: 'presets' is missing: what to make of it"},
    {IMAGES("{'source': 'art/icon.png', 'presets': []}"),
     "/images/0/presets: 'presets' is a list ([]), and must be a list with at least one preset"},
    {IMAGES("{'source': 'art/icon.png', 'presets': ['web', {'set': {}}]}"),
     "/images/0/presets/1: 'presets' is an object ({\"set\":{}}), and must be a list of names or "
     "of "
     "objects like { \"preset\": \"web\", \"set\": { … } }"},
    {IMAGES("{'source': 'art/icon.png', 'presets': [{'preset': 'web', 'sets': {}}]}"),
     "/images/0/presets/0/sets: unknown key 'sets' of a preset of an image; did you mean 'set'?"},
    {IMAGES("{'source': 'art/icon.png', 'presets': ['web'], 'aspect': '1:1'}"),
     "/images/0/aspect: 'aspect' is for images that are made from a prompt"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'about': 'photos.csv'}"),
     "/images/0/about: 'about' is for files that 'source' finds; a prompt has 'alt' and 'focus'"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'focus': '2,3'}"),
     "/images/0/focus: 'focus' is '2,3', and must be two fractions 0..1 or percentages, like "
     "0.5,0.3 or 50%,30%"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'seed': 'x'}"),
     "/images/0/seed: 'seed' is \"x\" (a text), must be a whole number 0..9007199254740991"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'matrix': {}, 'inputs': {'dark': 'none.png'}}"),
     "/images/0/inputs/dark: no such file 'none.png'"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'inputs': {'dark': 3}}"),
     "/images/0/inputs/dark: 'dark' is a number (3), and must be a path, a colour, or { "
     "\"prompt\": … }"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'inputs': {'dark': {'aspect': '1:1'}}}"),
     "/images/0/inputs/dark: an input that is made has exactly one of 'prompt' and 'prompt-file'"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'matrix': {'name': ['x']}}"),
     "/images/0/matrix/name: 'name' cannot be the name of a matrix variable: name, dir, preset, "
     "width, height, format, ext and hash are known from the plan"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'matrix': {'x': []}}"),
     "/images/0/matrix/x: the list of 'x' is empty"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'matrix': {'x': 3}}"),
     "/images/0/matrix/x: 'x' is a number (3), and must be a list, or { \"file\": \"rows.csv\" }"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'matrix': {'x': {'fil': 'x'}}}"),
     "/images/0/matrix/x/fil: unknown key 'fil' of a matrix list in a file; did you mean 'file'?"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'matrix': {'x': {'file': 'gone.csv'}}}"),
     "/images/0/matrix/x: gone.csv: no such file"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'matrix': {'x': {'file': 'broken.csv'}}}"),
     "/images/0/matrix/x: broken.csv: line 2: 1 field, and the header names 2"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'matrix': {'x': {'file': 'none.csv'}}}"),
     "/images/0/matrix/x: none.csv: has no rows"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'matrix': {'x': {'file': 'object.json'}}}"),
     "/images/0/matrix/x: object.json: holds an object, and must hold a list"},
    {IMAGES("{'id': '${r.langg}', 'prompt': 'a', 'matrix': {'r': {'file': 'texts.csv'}}}"),
     "/images/0/id: 'r' has no key 'langg'; did you mean 'lang'? [r.scene=pier]"},
    {IMAGES("{'source': 'photos/**/*.jpg', 'about': 'stray.csv', 'presets': ['web']}"),
     "/images/0/about: stray.csv: line 3: 'baech.jpg' is none of the files that 'source' finds"},
    {IMAGES("{'source': 'photos/**/*.jpg', 'about': {'x.jpg': {}}, 'presets': ['web']}"),
     "/images/0/about/x.jpg: 'x.jpg' is none of the files that 'source' finds"},
    {IMAGES("{'source': 'photos/**/*.jpg', 'about': {'beach.jpg': {'foucs': ''}}, 'presets': "
            "['web']}"),
     "/images/0/about/beach.jpg/foucs: unknown key 'foucs' of what is known of a file; did you "
     "mean 'focus'?"},
    {IMAGES("{'source': 'photos/**/*.jpg', 'about': 'column.csv', 'presets': ['web']}"),
     "/images/0/about: column.csv: line 1: unknown column 'altt'; did you mean 'alt'?"},
    {IMAGES("{'source': 'photos/**/*.jpg', 'about': 'focus.csv', 'presets': ['web']}"),
     "/images/0/about: focus.csv: line 3: 'focus' is 'middle', and must be two fractions 0..1 or "
     "percentages, like 0.5,0.3 or 50%,30%"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'references': ['gone.png']}"),
     "/images/0/references/0: no such file 'gone.png'"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'references': ['id:lamb']}, {'id': 'lamp', 'prompt': 'b'}"),
     "/images/0/references: no image has the id 'lamb'; did you mean 'lamp'?"},
    {IMAGES("{'id': 'a', 'prompt': 'a', 'references': ['id:a']}"),
     "/images/0/references: references lead in a circle: 'a', 'a'"},
    {IMAGES("{'id': 'x', 'prompt': 'x', 'references': ['id:a']},"
            "{'id': 'a', 'prompt': 'a', 'references': ['id:b']},"
            "{'id': 'b', 'prompt': 'b', 'references': ['id:c']},"
            "{'id': 'c', 'prompt': 'c', 'references': ['id:a']}"),
     "/images/1/references: references lead in a circle: 'a', 'b', 'c', 'a'"},
};

static void each_mistake_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
        struct error error = {0};
        char whole[2048];
        const struct project *project = parse_at("picset.json", mistakes[i].text, &error);
        assert_null(project);
        (void)error_format(&error, whole, sizeof(whole));
        assert_true(text_starts(whole, "picset.json: "));
        assert_string_equal(whole + strlen("picset.json: "), mistakes[i].message);
        bool missing = strstr(whole, "no such file") || strstr(whole, "no file matches");
        assert_int_equal(error.status, missing ? STATUS_MISSING : STATUS_USAGE);
    }
}

static void a_matrix_has_a_bound(void **state)
{
    struct buffer text = {0};
    struct error error = {0};
    (void)state;
    buffer_text(&text,
                "{'version': 1, 'images': [{'id': '${a}${b}${c}', 'prompt': 'x', 'matrix': {");
    for (int variable = 0; variable < 3; variable++) {
        buffer_format(&text, "%s'%c': [0", variable ? "," : "", 'a' + variable);
        for (int i = 1; i < 50; i++) {
            buffer_format(&text, ",%d", i);
        }
        buffer_char(&text, ']');
    }
    buffer_text(&text, "}}]}");
    assert_null(parse_at("p.json", buffer_string(&text), &error));
    assert_error_text(&error, STATUS_REFUSED,
                      "p.json: /images/0/matrix: more than 100000 combinations");
    buffer_free(&text);
}

static bool parse_once(void *data)
{
    static const char text[] =
        "{\"version\": 1, \"defaults\": {\"alt\": \"x ${name}\"}, \"images\": [{\"matrix\": "
        "{\"row\": "
        "{\"file\": \"texts.csv\"}}, \"id\": \"${row.scene}-${row.lang}\", \"prompt-file\": "
        "\"prompts/${row.scene}.txt\", \"presets\": [{\"preset\": \"web\", \"set\": {\"a\": "
        "\"${row.lang}\"}}]}, {\"source\": \"photos/**/*.jpg\", \"about\": \"photos.csv\", "
        "\"inputs\": "
        "{\"dark\": {\"prompt\": \"x\", \"references\": [\"id:mill-en\"]}}, \"presets\": "
        "[\"web\"]}]}";
    const struct project_settings settings = {.file = "picset.json", .find = find};
    const struct project *project = NULL;
    struct arena *own = arena_new();
    struct error error = {0};
    (void)data;
    enum status status =
        own ? project_parse(&settings, text, strlen(text), own, &project, &error) : STATUS_FAILED;
    if (own && status != STATUS_OK) {
        assert_string_equal(error.message, "out of memory");
    }
    arena_free(own);
    return status == STATUS_OK;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    (void)support_each_allocation(parse_once, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_matrix_of_lists),
        cmocka_unit_test(rows_and_prompts_of_files),
        cmocka_unit_test(files_and_what_is_known_of_them),
        cmocka_unit_test(defaults_lie_below),
        cmocka_unit_test(references_have_an_order),
        cmocka_unit_test(provider_and_budget),
        cmocka_unit_test(paths_begin_at_the_file),
        cmocka_unit_test(each_mistake_is_told),
        cmocka_unit_test(a_matrix_has_a_bound),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
