/* SPDX-License-Identifier: MIT
 * `picset check PATH --for PRESET`: whole trees are right, and each thing that is broken in one
 * gives exactly the line that says so. The trees are made by presets of the test. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vips/vips.h>

#include "image.h"
#include "images.h"
#include "json.h"
#include "memory.h"
#include "program.h"
#include "scratch.h"

/* ---- The presets ------------------------------------------------------------------------------
 */

static const char store[] =
    "{ 'version': 1, 'name': 'store', 'summary': 'an app store', 'source': 'its handbook',"
    "  'checked': '2026-09', 'inputs': { 'dark': 'for the night' },"
    "  'prepare': ['orient', { 'colour': { 'to': 'srgb' } }],"
    "  'outputs': ["
    "    { 'id': 'any', 'stages': [{ 'resize': { 'size': '64x64', 'fit': 'cover', 'enlarge':"
    "      'allow' } }, { 'flatten': { 'colour': '#ffffff' } }, { 'encode': { 'format': 'png' } }],"
    "      'path': 'Assets.xcassets/AppIcon.appiconset/AppIcon.png',"
    "      'emit': [{ 'xcassets': { 'platform': 'ios', 'size': '64x64' } }] },"
    "    { 'id': 'dark', 'from': 'dark', 'stages': [{ 'resize': { 'size': '64x64', 'fit': 'cover',"
    "      'enlarge': 'allow' } }, { 'encode': { 'format': 'png' } }],"
    "      'path': 'Assets.xcassets/AppIcon.appiconset/AppIcon-dark.png',"
    "      'emit': [{ 'xcassets': { 'platform': 'ios', 'size': '64x64', 'appearance': 'dark' } }]"
    "    },"
    "    { 'id': 'set', 'matrix': { 'x': [1, 2, 3] },"
    "      'stages': [{ 'resize': { 'size': '${20*x}', 'fit': 'cover', 'enlarge': 'allow' } },"
    "                 { 'encode': { 'format': 'png' } }],"
    "      'path': 'Assets.xcassets/Logo.imageset/Logo@${x}x.png',"
    "      'emit': [{ 'xcassets': { 'scale': '${x}x', 'size': '20x20' } }] },"
    "    { 'id': 'shot', 'stages': [{ 'resize': { 'size': '80x60', 'fit': 'cover', 'enlarge':"
    "      'allow' } }, { 'encode': { 'format': 'jpeg' } }],"
    "      'path': 'shots/${name}.jpg',"
    "      'require': { 'format': ['jpeg', 'png'], 'alpha': false, 'bytes': '8KB' } },"
    "    { 'id': 'wide', 'stages': [{ 'resize': { 'size': '90x30', 'fit': 'cover', 'enlarge':"
    "      'allow' } }, { 'encode': { 'format': 'jpeg' } }],"
    "      'path': 'shots/${name}-wide.jpg',"
    "      'require': { 'width': '60..120', 'height': '20..', 'pixels': '..3000',"
    "                   'aspect': '3:1' } } ],"
    "  'emit': ['xcassets'] }";

static const char droid[] =
    "{ 'version': 1, 'name': 'droid', 'summary': 'a robot', 'names': 'android',"
    "  'source': 'its guide',"
    "  'params': { 'densities': [{ 'dir': 'mdpi', 'x': 1 }, { 'dir': 'hdpi', 'x': 1.5 },"
    "                            { 'dir': 'xhdpi', 'x': 2 }] },"
    "  'prepare': ['orient', { 'colour': { 'to': 'srgb' } }],"
    "  'outputs': ["
    "    { 'id': 'drawable', 'matrix': { 'd': '${densities}' },"
    "      'stages': [{ 'resize': { 'size': '${24*d.x}', 'fit': 'cover', 'enlarge': 'allow' } },"
    "                 { 'encode': { 'format': 'webp' } }],"
    "      'path': 'res/drawable-${d.dir}/${name}.webp' },"
    "    { 'id': 'layer', 'matrix': { 'layer': ['foreground', 'background'] },"
    "      'stages': [{ 'resize': { 'size': '54x54', 'fit': 'cover', 'enlarge': 'allow' } },"
    "                 { 'encode': { 'format': 'png' } }],"
    "      'path': 'res/mipmap-mdpi/${name}_${layer}.png',"
    "      'emit': [{ 'android-xml': { 'layer': '${layer}' } }] },"
    "    { 'id': 'mono', 'stages': ['monochrome',"
    "        { 'resize': { 'size': '24x24', 'fit': 'cover', 'enlarge': 'allow' } },"
    "        { 'encode': { 'format': 'png' } }],"
    "      'path': 'res/drawable/${name}_mono.png',"
    "      'require': { 'format': ['png', 'webp'] } } ],"
    "  'emit': [{ 'android-xml': { 'path': 'res/mipmap-anydpi-v26/${name}.xml' } }] }";

static const char site[] =
    "{ 'version': 1, 'name': 'site', 'summary': 'a site',"
    "  'prepare': ['orient', { 'colour': { 'to': 'srgb' } }],"
    "  'outputs': ["
    "    { 'id': 'ico', 'matrix': { 'px': [16, 32, 48] },"
    "      'stages': [{ 'resize': { 'size': '${px}', 'fit': 'cover', 'enlarge': 'allow' } },"
    "                 { 'pack': { 'format': 'ico' } }], 'path': '${name}.ico' },"
    "    { 'id': 'icns', 'matrix': { 'm': [{ 'px': 32, 'd': 1 }, { 'px': 64, 'd': 2 }] },"
    "      'stages': [{ 'resize': { 'size': '${m.px}', 'fit': 'cover', 'enlarge': 'allow' } },"
    "                 { 'pack': { 'format': 'icns', 'density': '${m.d}' } }],"
    "      'path': '${name}.icns' },"
    "    { 'id': 'app', 'matrix': { 'px': [48, 96] },"
    "      'stages': [{ 'resize': { 'size': '${px}', 'fit': 'cover', 'enlarge': 'allow' } },"
    "                 { 'encode': { 'format': 'png' } }], 'path': 'icons/${name}-${px}.png',"
    "      'emit': ['webmanifest', { 'html-head': { 'rel': 'icon' } }] },"
    "    { 'id': 'photo', 'matrix': { 'px': [60, 120, 240, 480], 'codec': ['webp', 'jpeg'] },"
    "      'stages': [{ 'resize': { 'width': '${px}' } }, { 'flatten': { 'colour': '#ffffff' } },"
    "                 { 'metadata': { 'keep': ['icc', 'xmp'] } },"
    "                 { 'encode': { 'format': '${codec}' } }],"
    "      'path': 'img/${name}-${width}w.${ext}', 'emit': ['picture', 'css'],"
    "      'require': { 'keep': ['provenance'] } } ],"
    "  'emit': [{ 'webmanifest': { 'path': '${name}.webmanifest', 'base': '/' } },"
    "           { 'html-head': { 'path': '${name}.head.html', 'base': '/' } },"
    "           { 'picture': { 'path': '${name}.html' } },"
    "           { 'css': { 'path': '${name}.css' } }] }";

static const char label[] =
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='r'><rdf:Description "
    "Iptc4xmpExt:DigitalSourceType='http://cv.iptc.org/newscodes/digitalsourcetype/"
    "trainedAlgorithmicMedia'/></rdf:RDF></x:xmpmeta>";

/* ---- The trees --------------------------------------------------------------------------------
 */

static void preset_write(const char *folder, const char *name, const char *text)
{
    struct buffer document = {0};
    for (; *text; text++) {
        buffer_char(&document, *text == '\'' ? '"' : *text);
    }
    assert_false(buffer_failed(&document));
    scratch_write(folder, name, document.data);
    buffer_free(&document);
}

static void bytes_write(const char *folder, const char *name, const struct buffer *bytes)
{
    scratch_write(folder, name, ""); /* its parents */
    FILE *file = fopen(scratch_path(folder, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes->data, 1, bytes->size, file), bytes->size);
    assert_int_equal(fclose(file), 0);
}

static void image_write(const char *folder, const char *name, enum picture_kind kind, int width,
                        int height, const char *suffix, bool labelled)
{
    struct picture picture = picture_gradient(kind, width, height, 1);
    struct buffer bytes = {0};
    if (labelled) {
        vips_image_set_blob_copy(picture.image, VIPS_META_XMP_NAME, label, strlen(label));
    }
    image_encode(picture.image, suffix, &bytes);
    bytes_write(folder, name, &bytes);
    buffer_free(&bytes);
    picture_release(&picture);
}

static void must(const char *folder, const char *const *arguments, const char *other)
{
    struct program program = {.folder = folder, .other = other};
    program_call(&program, arguments);
    if (program.code != 0) {
        fail_msg("%s: %s", arguments[0], program.error);
    }
    program_end(&program);
}

static int make_trees(void **state)
{
    struct error error = {0};
    char *folder = scratch_make();
    assert_int_equal(image_library_start(&error), STATUS_OK);
    preset_write(folder, "presets/store.json", store);
    preset_write(folder, "presets/droid.json", droid);
    preset_write(folder, "presets/site.json", site);
    image_write(folder, "hero.png", PICTURE_RGBA, 300, 200, ".png", true);
    image_write(folder, "dark.png", PICTURE_RGBA, 80, 80, ".png", false);
    must(folder,
         (const char *[]){"render", "hero.png", "--input", "dark=dark.png", "-p",
                          "store,droid,site", "-o", "good/${preset}", "--state", "state", NULL},
         NULL);
    *state = folder;
    return 0;
}

static int remove_trees(void **state)
{
    scratch_remove(*state);
    return 0;
}

/* ---- What is broken ---------------------------------------------------------------------------
 */

enum act {
    REMOVE, /* the file is not there */
    RENAME, /* it is called `text` */
    COPY,   /* `text` is a copy of it */
    CUT,    /* its second half is not there */
    GROW,   /* 20000 bytes follow it */
    CHANGE, /* `text`, and what it becomes after a "=>" */
    PAINT,  /* another picture: of this kind and size, encoded as `text` says */
    LABEL   /* the same, labelled as generated */
};

struct breakage {
    const char *preset;
    enum act act;
    const char *file, *text;
    enum picture_kind kind;
    int width, height;
    const char *says; /* '\n' between lines */
};

#define STORE(output_) " (store" output_ "; its handbook; checked 2026-09)"
#define DROID(output_) " (droid" output_ "; its guide)"
#define SITE(output_) " (site" output_ ")"
#define ICON "Assets.xcassets/AppIcon.appiconset/"
#define LOGO "Assets.xcassets/Logo.imageset/"

static const struct breakage breakages[] = {
    {"store", PAINT, ICON "AppIcon.png", ".png", PICTURE_RGB, 65, 64,
     ICON "AppIcon.png: size: is 65x64 px; must be 64x64 px" STORE("/any")},
};

static void change(char *folder, const char *name, const char *text)
{
    const char *arrow = strstr(text, "=>");
    char *before = scratch_read(folder, name), *from = strndup(text, (size_t)(arrow - text));
    struct buffer after = {0};
    assert_non_null(before);
    char *at = strstr(before, from);
    if (!at) {
        fail_msg("'%s' is not in:\n%s", from, before);
    }
    buffer_bytes(&after, before, (size_t)(at - before));
    buffer_text(&after, arrow + 2);
    buffer_text(&after, at + strlen(from));
    bytes_write(folder, name, &after);
    buffer_free(&after);
    memory_free(before);
    free(from);
}

static void break_tree(char *folder, const struct breakage *breakage)
{
    char name[256], other[256];
    struct stat facts;
    snprintf(name, sizeof(name), "out/%s/%s", breakage->preset, breakage->file);
    snprintf(other, sizeof(other), "out/%s/%s", breakage->preset,
             breakage->text ? breakage->text : "");
    const char *path = scratch_path(folder, name);
    assert_int_equal(stat(path, &facts), 0);
    switch (breakage->act) {
    case REMOVE:
        assert_int_equal(unlink(path), 0);
        break;
    case RENAME:
        assert_int_equal(rename(path, scratch_path(folder, other)), 0);
        break;
    case COPY:
        must(folder, (const char *[]){name, other, NULL}, "cp");
        break;
    case CUT:
        assert_int_equal(truncate(path, facts.st_size / 2), 0);
        break;
    case GROW:
        assert_int_equal(truncate(path, facts.st_size + 20000), 0);
        break;
    case CHANGE:
        change(folder, name, breakage->text);
        break;
    case PAINT:
    case LABEL:
        image_write(folder, name, breakage->kind, breakage->width, breakage->height, breakage->text,
                    breakage->act == LABEL);
        break;
    }
}

/* The lines as they are printed, for files below out/PRESET/. */
static void lines_expect(struct buffer *out, const struct breakage *breakage)
{
    for (const char *line = breakage->says; *line;) {
        size_t length = strcspn(line, "\n");
        buffer_format(out, "out/%s/%.*s\n", breakage->preset, (int)length, line);
        line += length + (line[length] == '\n');
    }
}

static void each_breakage_says_so(void **state)
{
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof(breakages) / sizeof(breakages[0]); i++) {
        struct program program = {.folder = *state};
        struct buffer expected = {0};
        must(*state, (const char *[]){"-r", "good", "out", NULL}, "cp");
        break_tree(*state, &breakages[i]);
        program_call_with(&program, "check", "out", "--for", breakages[i].preset);
        lines_expect(&expected, &breakages[i]);
        if (program.code != 7 || *program.error ||
            strcmp(program.out, buffer_string(&expected)) != 0) {
            print_error("%s, act %d: %d\n%s%s-- instead of\n%s", breakages[i].file,
                        breakages[i].act, program.code, program.error, program.out,
                        buffer_string(&expected));
            wrong++;
        }
        buffer_free(&expected);
        program_end(&program);
        must(*state, (const char *[]){"-rf", "out", NULL}, "rm");
    }
    assert_int_equal(wrong, 0);
}

static void whole_trees_are_right(void **state)
{
    struct program program = {.folder = *state};
    assert_program(&program, 0, "good: right: 25 files\n", "", "check", "good", "--for",
                   "store,droid,site");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_trees_are_right),
        cmocka_unit_test(each_breakage_says_so),
    };
    return cmocka_run_group_tests(tests, make_trees, remove_trees);
}
