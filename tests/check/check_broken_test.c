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
    "    { 'id': 'share', 'stages': [{ 'resize': { 'size': '96x50', 'fit': 'cover', 'enlarge':"
    "      'allow' } }, { 'flatten': { 'colour': '#ffffff' } }, { 'encode': { 'format': 'jpeg' } "
    "}],"
    "      'path': 'img/${name}-share.jpg', 'emit': [{ 'html-head': { 'property': 'og:image' } }],"
    "      'require': { 'keep': ['provenance'] } },"
    "    { 'id': 'photo', 'matrix': { 'px': [60, 120, 240, 480], 'codec': ['webp', 'jpeg'] },"
    "      'stages': [{ 'resize': { 'width': '${px}' } }, { 'flatten': { 'colour': '#ffffff' } },"
    "                 { 'metadata': { 'keep': ['icc', 'xmp'] } },"
    "                 { 'encode': { 'format': '${codec}' } }],"
    "      'path': 'img/${name}-${width}w.${ext}', 'emit': ['picture', 'css'],"
    "      'require': { 'keep': ['provenance'] } } ],"
    "  'emit': ['manifest', { 'webmanifest': { 'path': '${name}.webmanifest', 'base': '/' } },"
    "           { 'html-head': { 'path': '${name}.head.html', 'base': '/', 'origin':"
    "             'https://example.org' } },"
    "           { 'picture': { 'path': '${name}.html' } },"
    "           { 'css': { 'path': '${name}.css' } }] }";

static const char scales[] =
    "{ 'version': 1, 'name': 'scales', 'summary': 'scales', 'inputs': { 'night': 'its own' },"
    "  'prepare': ['orient', { 'colour': { 'to': 'srgb' } }],"
    "  'outputs': ["
    "    { 'id': 'at', 'matrix': { 'x': [1, 2, 3] },"
    "      'stages': [{ 'resize': { 'scale': '${x}/3' } }, { 'encode': { 'format': 'png' } }],"
    "      'path': 'at/${name}@${x}x.png' },"
    "    { 'id': 'dir', 'matrix': { 'in': ['main', 'night'],"
    "                               'd': [{ 'dir': 'mdpi', 'x': 1 }, { 'dir': 'hdpi', 'x': 1.5 },"
    "                                     { 'dir': 'xxxhdpi', 'x': 4 }] }, 'from': '${in}',"
    "      'stages': [{ 'resize': { 'scale': '${d.x}/4', 'enlarge': 'drop' } },"
    "                 { 'encode': { 'format': 'png' } }],"
    "      'path': 'res/${in}-${d.dir}/${name}.png' } ] }";

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

enum extra { PLAIN, WITH_LABEL, WITH_ALPHA, WITH_P3, WITH_FRAMES };

static void image_write(const char *folder, const char *name, enum picture_kind kind, int width,
                        int height, const char *suffix, enum extra extra)
{
    struct picture picture = picture_gradient(kind, width, height, extra == WITH_FRAMES ? 2 : 1);
    struct buffer bytes = {0};
    VipsImage *image = picture.image;
    VipsBlob *profile = NULL;
    g_object_ref(image);
    if (extra == WITH_LABEL) {
        vips_image_set_blob_copy(image, VIPS_META_XMP_NAME, label, strlen(label));
    } else if (extra == WITH_ALPHA) {
        assert_int_equal(vips_bandjoin_const1(picture.image, &image, 255, NULL), 0);
        g_object_unref(picture.image);
    } else if (extra == WITH_P3) {
        assert_int_equal(vips_profile_load("p3", &profile, NULL), 0);
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, VIPS_AREA(profile)->data,
                                 VIPS_AREA(profile)->length);
        vips_area_unref(VIPS_AREA(profile));
    }
    image_encode(image, suffix, &bytes);
    scratch_write_bytes(folder, name, &bytes);
    buffer_free(&bytes);
    g_object_unref(image);
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
    preset_write(folder, "presets/scales.json", scales);
    image_write(folder, "hero.webp", PICTURE_RGBA, 300, 200, ".webp[lossless]", WITH_LABEL);
    image_write(folder, "dark.png", PICTURE_RGBA, 80, 80, ".png", PLAIN);
    must(folder,
         (const char *[]){"render", "hero.webp", "--input", "dark=dark.png", "--input",
                          "night=dark.png", "-p", "store,droid,site,scales", "-o", "good/${preset}",
                          "--state", "state", NULL},
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
    TAKE,   /* it is a copy of `text` */
    CUT,    /* its second half is not there */
    GROW,   /* zeros follow it, to 20000 bytes */
    CHANGE, /* `text`, and what it becomes after a "=>" */
    WRITE,  /* it holds `text` */
    PAINT,  /* another picture: of this kind and size, encoded as `text` says */
    LABEL,  /* the same, labelled as generated */
    OPAQUE, /* the same with an alpha channel that is nowhere used */
    P3,     /* the same with the profile of Display P3 */
    ANIMATE /* the same twice, one after the other */
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
#define OF(output_) " (" output_ ")"
#define ICON "Assets.xcassets/AppIcon.appiconset/"
#define LOGO "Assets.xcassets/Logo.imageset/"

static const struct breakage breakages[] = {
    /* sizes */
    {"store", PAINT, ICON "AppIcon.png", ".png", PICTURE_RGB, 65, 64,
     ICON "AppIcon.png: size: is 65x64 px; must be 64x64 px" STORE("/any")},
    {"store", PAINT, LOGO "Logo@2x.png", ".png", PICTURE_RGB, 60, 60,
     LOGO "Logo@2x.png: size: is 60x60 px; must be 40x40 px" STORE("/set")},
    {"droid", PAINT, "res/drawable-hdpi/hero.webp", ".webp", PICTURE_RGBA, 24, 24,
     "res/drawable-hdpi/hero.webp: size: is 24x24 px; must be 36x36 px" DROID("/drawable")},
    {"site", PAINT, "icons/hero-96.png", ".png", PICTURE_RGBA, 95, 95,
     "icons/hero-96.png: size: is 95x95 px; must be 96x96 px" SITE("/app")},
    {"site", LABEL, "img/hero-120w.jpg", ".jpg", PICTURE_RGB, 100, 67,
     "img/hero-120w.jpg: size: is 100x67 px; its name says width 120" SITE("/photo")},
    {"site", LABEL, "img/hero-60w.webp", ".webp", PICTURE_RGB, 80, 53,
     "img/hero-60w.webp: size: is 80x53 px; its name says width 60" SITE("/photo")},
    {"store", PAINT, "shots/hero-wide.jpg", ".jpg", PICTURE_RGB, 54, 18,
     "shots/hero-wide.jpg: size: is 54x18 px; must be 60 to 120 px wide and 20 or more px "
     "high" STORE("/wide")},
    {"store", PAINT, "shots/hero-wide.jpg", ".jpg", PICTURE_RGB, 90, 40,
     "shots/hero-wide.jpg: aspect: is 90x40 px; must be of aspect 3:1" STORE(
         "/wide") "\n"
                  "shots/hero-wide.jpg: pixels: has 3600 pixels; must have 3000 or less" STORE(
                      "/wide")},
    {"store", PAINT, "shots/hero-wide.jpg", ".jpg", PICTURE_RGB, 120, 40,
     "shots/hero-wide.jpg: pixels: has 4800 pixels; must have 3000 or less" STORE("/wide")},
    /* densities */
    {"scales", PAINT, "at/hero@3x.png", ".png", PICTURE_RGBA, 16, 16,
     "at/hero@3x.png: density: is 16x16 px; must be 300x201 px beside 'hero@1x.png' of 100x67" OF(
         "scales/at")},
    {"scales", TAKE, "at/hero@2x.png", "at/hero@1x.png", 0, 0, 0,
     "at/hero@2x.png: density: is 100x67 px; must be 200x134 px beside 'hero@1x.png' of "
     "100x67" OF("scales/at")},
    {"scales", TAKE, "res/main-mdpi/hero.png", "res/main-xxxhdpi/hero.png", 0, 0, 0,
     "res/main-mdpi/hero.png: density: is 300x200 px; must be 75x50 px beside "
     "'res/main-hdpi/hero.png' of 113x75" OF("scales/dir")},
    {"scales", PAINT, "res/night-hdpi/hero.png", ".png", PICTURE_RGBA, 36, 36,
     "res/night-hdpi/hero.png: density: is 36x36 px; must be 30x30 px beside "
     "'res/night-mdpi/hero.png' of 20x20" OF("scales/dir")},
    /* formats */
    {"store", PAINT, ICON "AppIcon.png", ".jpg", PICTURE_RGB, 64, 64,
     ICON "AppIcon.png: format: holds jpeg; must be png" STORE("/any")},
    {"droid", PAINT, "res/drawable-mdpi/hero.webp", ".png", PICTURE_RGBA, 24, 24,
     "res/drawable-mdpi/hero.webp: format: holds png; must be webp" DROID("/drawable")},
    {"site", PAINT, "img/hero-60w.jpg", ".tif", PICTURE_RGB, 60, 40,
     "img/hero-60w.jpg: format: holds a TIFF image; must be jpeg" SITE("/photo")},
    {"store", PAINT, "shots/hero.jpg", ".png", PICTURE_RGB, 80, 60,
     "shots/hero.jpg: format: holds png; its name says jpeg" STORE("/shot")},
    {"store", RENAME, "shots/hero.jpg", "shots/hero.gif", 0, 0, 0,
     "shots/hero.gif: format: holds jpeg; its name says gif" STORE("/shot")},
    {"site", CHANGE, "hero.webmanifest", "image/png=>image/webp", 0, 0, 0,
     "hero.webmanifest: stated: says that 'hero-48.png' is image/webp; it is image/png" SITE("")},
    /* alpha */
    {"store", PAINT, ICON "AppIcon.png", ".png", PICTURE_RGBA, 64, 64,
     ICON "AppIcon.png: alpha: has an alpha channel, and uses it; must have none" STORE("/any")},
    {"store", OPAQUE, ICON "AppIcon.png", ".png", PICTURE_RGB, 64, 64,
     ICON
     "AppIcon.png: alpha: has an alpha channel, opaque everywhere; must have none" STORE("/any")},
    {"droid", PAINT, "res/drawable/hero_mono.png", ".png", PICTURE_GREY, 24, 24,
     "res/drawable/hero_mono.png: alpha: has no alpha channel; must have one" DROID("/mono")},
    {"site", LABEL, "img/hero-240w.webp", ".webp", PICTURE_RGBA, 240, 160,
     "img/hero-240w.webp: alpha: has an alpha channel, and uses it; must have none" SITE("/photo")},
    /* colour */
    {"store", PAINT, "shots/hero.jpg", ".jpg", PICTURE_CMYK, 80, 60,
     "shots/hero.jpg: profile: is cmyk; must be srgb or grey" STORE("/shot")},
    {"store", P3, "shots/hero.jpg", ".jpg", PICTURE_RGB, 80, 60,
     "shots/hero.jpg: profile: is p3; must be srgb or grey" STORE("/shot")},
    {"store", P3, LOGO "Logo@1x.png", ".png", PICTURE_RGBA, 20, 20,
     LOGO "Logo@1x.png: profile: is p3; must be srgb or grey" STORE("/set")},
    {"droid", ANIMATE, "res/drawable-mdpi/hero.webp", ".webp", PICTURE_RGBA, 24, 24,
     "res/drawable-mdpi/hero.webp: frames: has 2 frames; must be a still" DROID("/drawable")},
    /* bytes */
    {"store", GROW, "shots/hero.jpg", NULL, 0, 0, 0,
     "shots/hero.jpg: bytes: has 20000 bytes; must have 8000 or less" STORE("/shot")},
    /* damage */
    {"store", CUT, ICON "AppIcon.png", NULL, 0, 0, 0,
     ICON "AppIcon.png: broken: ...; must be a whole image" STORE("/any")},
    {"store", CUT, "shots/hero.jpg", NULL, 0, 0, 0,
     "shots/hero.jpg: broken: ...; must be a whole image" STORE("/shot")},
    {"droid", CUT, "res/drawable-xhdpi/hero.webp", NULL, 0, 0, 0,
     "res/drawable-xhdpi/hero.webp: broken: ...; must be a whole image" DROID("/drawable")},
    {"site", CUT, "hero.ico", NULL, 0, 0, 0,
     "hero.ico: members: holds a damaged icon: a member ends behind the file; must be a whole "
     "icon" SITE("/ico")},
    {"site", CUT, "hero.icns", NULL, 0, 0, 0,
     "hero.icns: members: holds a damaged icon: its length is not the file's; must be a whole "
     "icon" SITE("/icns")},
    {"store", CHANGE, ICON "Contents.json", "\"images\"=>images", 0, 0, 0,
     ICON "Contents.json: damaged: line 2, column 3: not valid JSON: string or '}' expected near "
          "images; must be JSON" STORE("")},
    {"site", CHANGE, "hero.webmanifest", "\"name\"=>name", 0, 0, 0,
     "hero.webmanifest: damaged: line 2, column 3: not valid JSON: string or '}' expected near "
     "name; must be JSON" SITE("")},
    {"droid", CHANGE, "res/mipmap-anydpi-v26/hero.xml", "</adaptive-icon>=>", 0, 0, 0,
     "res/mipmap-anydpi-v26/hero.xml: damaged: is not well-formed; must be XML" DROID("")},
    /* what is not there */
    {"store", REMOVE, ICON "AppIcon.png", NULL, 0, 0, 0,
     ICON "AppIcon.png: missing: is not there; is required" STORE("/any")},
    {"store", RENAME, ICON "AppIcon.png", ICON "Appicon.png", 0, 0, 0,
     ICON "AppIcon.png: missing: is not there, but 'Appicon.png' is; is required" STORE(
         "/any") "\n" ICON "Contents.json: unnamed: does not name 'Appicon.png'; must name each "
                 "file beside it" STORE("")},
    {"store", REMOVE, LOGO "Logo@3x.png", NULL, 0, 0, 0,
     LOGO "Logo@3x.png: missing: is not there; is required for x=3" STORE("/set")},
    {"store", REMOVE, LOGO "Contents.json", NULL, 0, 0, 0,
     LOGO "Contents.json: missing: is not there; is required" STORE("")},
    {"store", REMOVE, "Assets.xcassets/Contents.json", NULL, 0, 0, 0,
     "Assets.xcassets/Contents.json: missing: is not there; is required" STORE("")},
    {"droid", REMOVE, "res/drawable-xhdpi/hero.webp", NULL, 0, 0, 0,
     "res/drawable-xhdpi/hero.webp: missing: is not there; is required for d=xhdpi,2" DROID(
         "/drawable")},
    {"droid", REMOVE, "res/mipmap-mdpi/hero_background.png", NULL, 0, 0, 0,
     "res/mipmap-anydpi-v26/hero.xml: dangling: names '@mipmap/hero_background'; that resource is "
     "not there" DROID("") "\n"
                           "res/mipmap-mdpi/hero_background.png: missing: is not there; is "
                           "required for layer=background" DROID("/layer")},
    {"droid", REMOVE, "res/mipmap-anydpi-v26/hero.xml", NULL, 0, 0, 0,
     "res/mipmap-anydpi-v26/hero.xml: missing: is not there; is required" DROID("")},
    {"site", REMOVE, "img/hero-120w.webp", NULL, 0, 0, 0,
     "img/hero-120w.webp: missing: is not there; is required for px=120 codec=webp" SITE("/photo")},
    {"site", REMOVE, "img/hero-300w.jpg", NULL, 0, 0, 0,
     "img/hero-300w.jpg: missing: is not there; is required for px=480 codec=jpeg" SITE("/photo")},
    {"site", REMOVE, "hero.ico", NULL, 0, 0, 0,
     "hero.ico: missing: is not there; is required" SITE("/ico")},
    {"site", REMOVE, "icons/hero-48.png", NULL, 0, 0, 0,
     "icons/hero-48.png: missing: is not there; is required for px=48" SITE("/app")},
    /* catalogues and manifests */
    {"store", CHANGE, ICON "Contents.json", "AppIcon-dark.png=>Dark.png", 0, 0, 0,
     ICON "Contents.json: dangling: names 'Dark.png'; that file is not there" STORE(
         "") "\n" ICON "Contents.json: unnamed: does not name 'AppIcon-dark.png'; must name each "
             "file beside it" STORE("")},
    {"store", CHANGE, LOGO "Contents.json", "\"2x\"=>\"3x\"", 0, 0, 0,
     LOGO "Contents.json: stated: says that 'Logo@2x.png' is 60x60 px; it is 40x40" STORE("")},
    {"store", CHANGE, ICON "Contents.json", "\"dark\"=>\"tinted\"", 0, 0, 0,
     ICON "Contents.json: stated: says that 'AppIcon-dark.png' has appearances "
          "[{\"appearance\":\"luminosity\",\"value\":\"tinted\"}]; must be "
          "[{\"appearance\":\"luminosity\",\"value\":\"dark\"}]" STORE("")},
    {"store", CHANGE, ICON "Contents.json", "\"platform\": \"ios\",=>", 0, 0, 0,
     ICON "Contents.json: stated: says of 'AppIcon.png' no platform; must be \"ios\"" STORE("")},
    {"store", CHANGE, LOGO "Contents.json", "universal=>iphone", 0, 0, 0,
     LOGO "Contents.json: stated: says that 'Logo@1x.png' has idiom \"iphone\"; must be "
          "\"universal\"" STORE("")},
    {"store", COPY, ICON "AppIcon.png", ICON "old.png", 0, 0, 0,
     ICON
     "Contents.json: unnamed: does not name 'old.png'; must name each file beside it" STORE("")},
    {"site", CHANGE, "hero.webmanifest", "/icons/hero-48.png=>/icons/hero-64.png", 0, 0, 0,
     "hero.webmanifest: dangling: names '/icons/hero-64.png'; that file is not there" SITE(
         "") "\n"
             "hero.webmanifest: unnamed: does not name 'hero-48.png' for purpose any; must name "
             "each icon" SITE("")},
    {"site", CHANGE, "hero.webmanifest", "96x96=>128x128", 0, 0, 0,
     "hero.webmanifest: stated: says that 'hero-96.png' is 128x128; it is 96x96" SITE("")},
    {"site", CHANGE, "hero.head.html", "hero-48.png=>hero-64.png", 0, 0, 0,
     "hero.head.html: dangling: names '/icons/hero-64.png'; that file is not there" SITE("")},
    {"site", CHANGE, "hero.html", "hero-120w.jpg=>hero-121w.jpg", 0, 0, 0,
     "hero.html: dangling: names 'img/hero-121w.jpg'; that file is not there" SITE("")},
    {"site", CHANGE, "hero.css", "hero-300w.webp=>hero-30w.webp", 0, 0, 0,
     "hero.css: dangling: names 'img/hero-30w.webp'; that file is not there" SITE("")},
    {"droid", CHANGE, "res/mipmap-anydpi-v26/hero.xml", "hero_background=>hero_back", 0, 0, 0,
     "res/mipmap-anydpi-v26/hero.xml: dangling: names '@mipmap/hero_back'; that resource is not "
     "there" DROID("")},
    {"site", CHANGE, "manifest.json", "hero-120w.webp=>hero-121w.webp", 0, 0, 0,
     "manifest.json: dangling: names 'img/hero-121w.webp'; that file is not there" SITE("")},
    {"site", CHANGE, "manifest.json", "\"width\": 240=>\"width\": 241", 0, 0, 0,
     "manifest.json: stated: says that 'hero-240w.webp' is 241x160 px; it is 240x160" SITE("")},
    {"site", CHANGE, "manifest.json", "\"schema\"=>schema", 0, 0, 0,
     "manifest.json: damaged: line 2, column 3: not valid JSON: string or '}' expected near "
     "schema; must be JSON" SITE("")},
    {"site", CHANGE, "hero.webmanifest", "\"name\": \"hero\",=>", 0, 0, 0,
     "hero.webmanifest: damaged: has no name; must have 'name' or 'short_name'" SITE("")},
    {"site", CHANGE, "hero.webmanifest", "\"start_url\": \"/\"=>\"start_url\": 5", 0, 0, 0,
     "hero.webmanifest: damaged: has a 'start_url' that is no text; must be a URL" SITE("")},
    {"site", CHANGE, "hero.webmanifest", "\"icons\"=>\"ikons\"", 0, 0, 0,
     "hero.webmanifest: unnamed: does not name 'hero-48.png' for purpose any; must name each "
     "icon" SITE("") "\n"
                     "hero.webmanifest: unnamed: does not name 'hero-96.png' for purpose any; must "
                     "name each icon" SITE("")},
    {"site", CHANGE, "hero.webmanifest", "\"type\"=>\"purpose\": \"maskablee\", \"type\"", 0, 0, 0,
     "hero.webmanifest: stated: has an icon of purpose 'maskablee'; must be any, maskable or "
     "monochrome" SITE("") "\n"
                           "hero.webmanifest: unnamed: does not name 'hero-48.png' for purpose "
                           "any; must name each icon" SITE("")},
    {"droid", WRITE, "res/mipmap-anydpi-v26/hero.xml",
     "<adaptive-icon><background "
     "android:drawable=\"@mipmap/hero_background\"/></adaptive-icon>",
     0, 0, 0,
     "res/mipmap-anydpi-v26/hero.xml: damaged: has no <foreground>; must have one" DROID("")},
    {"store", CHANGE, "Assets.xcassets/Contents.json", "\"version\": 1=>\"version\": 9", 0, 0, 0,
     "Assets.xcassets/Contents.json: damaged: has no 'info' of version 1; must have it" STORE("")},
    {"site", WRITE, "manifest.json", "{}", 0, 0, 0,
     "manifest.json: damaged: is empty; must hold sets" SITE("")},
    {"site", WRITE, "hero.html", "", 0, 0, 0,
     "hero.html: damaged: names no file; must name some" SITE("")},
    {"site", CHANGE, "hero.html", "</picture>=>", 0, 0, 0,
     "hero.html: damaged: has a <picture> that does not end; must be whole" SITE("")},
    {"site", CHANGE, "hero.html", "image/webp=>image/avif", 0, 0, 0,
     "hero.html: stated: says that 'hero-60w.webp' is image/avif; it is image/webp" SITE(
         "") "\n"
             "hero.html: stated: says that 'hero-120w.webp' is image/avif; it is image/webp" SITE(
                 "") "\n"
                     "hero.html: stated: says that 'hero-240w.webp' is image/avif; it is "
                     "image/webp" SITE("") "\n"
                                           "hero.html: stated: says that 'hero-300w.webp' is "
                                           "image/avif; it is image/webp" SITE("")},
    {"site", CHANGE, "hero.html", "240w.webp 240w=>240w.webp 250w", 0, 0, 0,
     "hero.html: stated: says that 'hero-240w.webp' is 250 px wide; it is 240 px" SITE("")},
    {"site", CHANGE, "hero.head.html", "96x96=>152x152", 0, 0, 0,
     "hero.head.html: stated: says that 'hero-96.png' is 152x152; it is 96x96" SITE("")},
    {"site", CHANGE, "hero.head.html", "width\" content=\"96=>width\" content=\"1200", 0, 0, 0,
     "hero.head.html: stated: says that 'hero-share.jpg' is 1200 px wide; it is 96 px" SITE("")},
    {"site", CHANGE, "hero.head.html", "hero-share.jpg=>hero-shared.jpg", 0, 0, 0,
     "hero.head.html: dangling: names '/img/hero-shared.jpg'; that file is not there" SITE("")},
    {"site", WRITE, "hero.head.html", "\n", 0, 0, 0,
     "hero.head.html: damaged: names no file; must name some" SITE("")},
    /* names */
    {"droid", RENAME, "res/drawable-hdpi/hero.webp", "res/drawable-hdpi/Hero.webp", 0, 0, 0,
     "res/drawable-hdpi/Hero.webp: name: is called 'Hero'; a valid name is 'hero'" DROID(
         "/drawable")},
    {"droid", COPY, "res/drawable-hdpi/hero.webp", "res/drawable-hdpi/hero.png", 0, 0, 0,
     "res/drawable-hdpi/hero.webp: twin: stands beside 'hero.png'; must be the only file of its "
     "name" DROID("/drawable")},
    {"droid", COPY, "res/drawable/hero_mono.png", "res/drawable/hero_mono.webp", 0, 0, 0,
     "res/drawable/hero_mono.webp: format: holds png; its name says webp" DROID(
         "/mono") "\n"
                  "res/drawable/hero_mono.webp: twin: stands beside 'hero_mono.png'; must be the "
                  "only file of its name" DROID("/mono")},
    /* the label of a generated image */
    {"site", PAINT, "img/hero-120w.jpg", ".jpg", PICTURE_RGB, 120, 80,
     "img/hero-120w.jpg: label: has no IPTC DigitalSourceType; a generated image must keep it" SITE(
         "/photo")},
    {"site", PAINT, "img/hero-300w.webp", ".webp", PICTURE_RGB, 300, 200,
     "img/hero-300w.webp: label: has no IPTC DigitalSourceType; a generated image must keep "
     "it" SITE("/photo")},
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
    scratch_write_bytes(folder, name, &after);
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
    case TAKE:
        must(folder, (const char *[]){other, name, NULL}, "cp");
        break;
    case CUT:
        assert_int_equal(truncate(path, facts.st_size / 2), 0);
        break;
    case GROW:
        assert_int_equal(truncate(path, 20000), 0);
        break;
    case CHANGE:
        change(folder, name, breakage->text);
        break;
    case WRITE:
        scratch_write(folder, name, breakage->text);
        break;
    case PAINT:
    case LABEL:
    case OPAQUE:
    case P3:
    case ANIMATE:
        image_write(folder, name, breakage->kind, breakage->width, breakage->height, breakage->text,
                    (enum extra)(breakage->act - PAINT));
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

/* What a decoder says of damaged pixels is its own affair. */
static void decoders_words_remove(char *text)
{
    static const char before[] = "broken: ", after[] = "; must be a whole image";
    for (char *at = strstr(text, before); at; at = strstr(at, before)) {
        char *end = strstr(at, after);
        assert_non_null(end);
        at += strlen(before);
        assert_true(end - at >= 3);
        memcpy(at, "...", 3);
        memmove(at + 3, end, strlen(end) + 1);
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
        decoders_words_remove(program.out);
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
    assert_program(&program, 0, "good: right: 35 files\n", "", "check", "good", "--for",
                   "store,droid,site,scales");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_trees_are_right),
        cmocka_unit_test(each_breakage_says_so),
    };
    return cmocka_run_group_tests(tests, make_trees, remove_trees);
}
