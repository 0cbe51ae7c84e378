/* SPDX-License-Identifier: MIT
 * What is said of a generated image: read back from each format, joined with a packet that came
 * with the image, absent where it shall be, and in the manifest. */
#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "encoding.h"
#include "generated.h"
#include "images.h"
#include "json.h"
#include "loading.h"
#include "memory.h"
#include "scratch.h"
#include "support.h"

static const char whole_packet[] =
    "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
    "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
    "<rdf:Description rdf:about=\"\"\n"
    " xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\"\n"
    " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"\n"
    " Iptc4xmpExt:DigitalSourceType=\"http://cv.iptc.org/newscodes/digitalsourcetype/"
    "trainedAlgorithmicMedia\"\n"
    " Iptc4xmpExt:AISystemUsed=\"fake&lt;1&gt; (kie &amp; co)\"\n"
    " xmp:CreatorTool=\"picset " PICSET_VERSION "\"\n"
    " xmp:CreateDate=\"2026-11-22T10:00:01Z\"/>\n"
    "</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>";

static const struct provenance sample = {
    .provider = "kie & co", .model = "fake<1>", .made_ms = 1795341601999};

static void packet_is_whole(void **state)
{
    (void)state;
    struct buffer out = {0};
    provenance_packet(&sample, &out);
    assert_buffer_text(&out, whole_packet);
    struct provenance timeless = {.provider = "p", .model = "m"};
    provenance_packet(&timeless, &out);
    assert_null(strstr(buffer_string(&out), "CreateDate"));
    buffer_free(&out);
}

static void assert_label(const char *xmp, const char *type)
{
    struct buffer out = {0};
    provenance_label((struct span){(const uint8_t *)xmp, strlen(xmp)}, &out);
    assert_int_equal(out.size > 0, type != NULL);
    if (type) {
        char attribute[200];
        snprintf(attribute, sizeof attribute,
                 "DigitalSourceType=\"http://cv.iptc.org/newscodes/digitalsourcetype/%s\"", type);
        assert_non_null(strstr(buffer_string(&out), attribute));
    }
    buffer_free(&out);
}

static void labels_are_found(void **state)
{
    (void)state;
    assert_label("", NULL);
    assert_label("digitalsourcetype/", NULL);
    assert_label("<a b='http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture'/>", NULL);
    assert_label("<a b='digitalsourcetype/trainedAlgorithmicMediaX'/>", NULL);
    assert_label("<a b='digitalsourcetype/trainedAlgorithmicMedia", NULL); /* cut off */
    assert_label("<a b='digitalsourcetype/trainedAlgorithmicMedia'/>", "trainedAlgorithmicMedia");
    assert_label("<a>http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia</a>",
                 "algorithmicMedia");
    assert_label("digitalsourcetype/digitalCapture digitalsourcetype/compositeSynthetic ",
                 "compositeSynthetic");
}

/* ---- Formats ---- */

static const char foreign[] = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"r\">"
                              "<rdf:Description dc:rights=\"Ann\"/></rdf:RDF></x:xmpmeta>";
static const char labelled[] = "<rdf:RDF><rdf:Description a:DigitalSourceType=\"x\"/></rdf:RDF>";

/* The packet of a file that the loader reads, as text in the arena; NULL: there is none. */
static const char *packet_of(const char *path, const void *bytes, size_t size, struct arena *arena)
{
    struct loading loading = {0};
    struct limits limits = limits_default();
    if (path) {
        loading_probe_file(&loading, path, &limits);
    } else {
        loading_probe(&loading, bytes, size, &limits);
    }
    assert_int_equal(loading.status, STATUS_OK);
    struct span xmp = loading.source.container.xmp;
    const char *text = xmp.size > 0 ? arena_slice(arena, (const char *)xmp.bytes, xmp.size) : NULL;
    loading_end(&loading);
    return text;
}

static void encode_one(struct encoding *encoding, const char *format, unsigned keep,
                       const char *own, VipsImage *picture, struct arena *arena)
{
    encoding_start(encoding, &stage_encode, arena_format(arena, "{\"format\":\"%s\"}", format));
    encoding->step.in.keep = keep;
    encoding_plan(encoding, picture);
    encoding->flow.xmp = whole_packet;
    if (own) {
        encoding->source.container.xmp = (struct span){(const uint8_t *)own, strlen(own)};
    }
    encoding_run(encoding, picture);
    assert_string_equal(encoding->message, "");
}

static void formats_carry_it(void **state)
{
    static const char *const formats[] = {"jpeg", "png", "webp"};
    struct arena *arena = arena_new();
    VipsImage *picture = picture_new(60, 40, 3, 8);
    struct encoding encoding;
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        encode_one(&encoding, formats[i], KEEP_ICC | KEEP_PROVENANCE, NULL, picture, arena);
        assert_string_equal(packet_of(NULL, encoding.bytes.data, encoding.bytes.size, arena),
                            whole_packet);
        encoding_end(&encoding);
        encode_one(&encoding, formats[i], KEEP_ICC, NULL, picture, arena);
        assert_null(packet_of(NULL, encoding.bytes.data, encoding.bytes.size, arena));
        encoding_end(&encoding);
    }
    encode_one(&encoding, "avif", KEEP_PROVENANCE, NULL, picture, arena);
    assert_non_null(
        memmem(encoding.bytes.data, encoding.bytes.size, whole_packet, sizeof whole_packet - 1));
    encoding_end(&encoding);
    image_release(&picture);
    arena_free(arena);
}

static void packet_of_source_is_kept(void **state)
{
    struct arena *arena = arena_new();
    VipsImage *picture = picture_new(60, 40, 3, 8);
    struct encoding encoding;
    (void)state;
    encode_one(&encoding, "png", KEEP_PROVENANCE, labelled, picture, arena);
    assert_string_equal(packet_of(NULL, encoding.bytes.data, encoding.bytes.size, arena), labelled);
    encoding_end(&encoding);

    encode_one(&encoding, "png", KEEP_PROVENANCE, foreign, picture, arena);
    const char *joined = packet_of(NULL, encoding.bytes.data, encoding.bytes.size, arena);
    const char *ours = strstr(whole_packet, "<rdf:Description");
    const char *end = strstr(ours, "</rdf:RDF>");
    const char *want =
        arena_format(arena,
                     "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"r\">"
                     "<rdf:Description dc:rights=\"Ann\"/>%.*s</rdf:RDF></x:xmpmeta>",
                     (int)(end - ours), ours);
    assert_string_equal(joined, want);
    encoding_end(&encoding);

    encode_one(&encoding, "png", KEEP_PROVENANCE, "no packet", picture, arena);
    assert_string_equal(packet_of(NULL, encoding.bytes.data, encoding.bytes.size, arena),
                        whole_packet);
    encoding_end(&encoding);
    image_release(&picture);
    arena_free(arena);
}

/* ---- A whole set ---- */

static const char preset_text[] =
    "{\"version\":1,\"name\":\"all\",\"summary\":\"each kind of file\",\"outputs\":["
    "{\"stages\":[{\"encode\":{\"format\":\"jpeg\"}}],\"path\":\"a.jpg\"},"
    "{\"stages\":[{\"resize\":{\"width\":20}},{\"encode\":{\"format\":\"webp\"}}],"
    "\"path\":\"a.webp\"},"
    "{\"stages\":[{\"resize\":{\"width\":20}},{\"encode\":{\"format\":\"webp\"}}],"
    "\"inline\":true},"
    "{\"stages\":[{\"metadata\":{\"keep\":[\"copyright\"]}},{\"encode\":{\"format\":\"png\"}}],"
    "\"path\":\"kept.png\"},"
    "{\"stages\":[{\"metadata\":{\"keep\":\"none\"}},{\"encode\":{\"format\":\"png\"}}],"
    "\"path\":\"none.png\"},"
    "{\"stages\":[{\"resize\":{\"width\":16}},{\"pack\":{\"format\":\"ico\"}}],"
    "\"path\":\"a.ico\"}],\"emit\":[\"manifest\"]}";

struct bench {
    struct arena *arena;
    char *folder;
    struct buffer file;
    struct batch_image image;
    struct error error;
};

static int set_up(void **state)
{
    struct bench *bench = memory_zero(1, sizeof *bench);
    struct picture picture = picture_gradient(PICTURE_RGB, 60, 40, 1);
    bench->arena = arena_new();
    bench->folder = scratch_make();
    image_encode(picture.image, ".png", &bench->file);
    picture_release(&picture);
    bench->image = (struct batch_image){
        .bytes = bench->file.data, .size = bench->file.size, .name = "a", .xmp = whole_packet};
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    buffer_free(&bench->file);
    scratch_remove(bench->folder);
    arena_free(bench->arena);
    memory_free(bench);
    return 0;
}

static void run_batch(struct bench *bench, size_t expect_files)
{
    struct batch_summary summary;
    struct batch *batch = NULL;
    struct preset_library library = {0};
    const struct preset *preset = NULL;
    assert_int_equal(preset_parse("all.json", preset_text, sizeof preset_text - 1, bench->arena,
                                  &preset, &bench->error),
                     STATUS_OK);
    struct batch_preset presets[] = {{.preset = preset}};
    struct batch_request request = {.images = &bench->image,
                                    .image_count = 1,
                                    .presets = presets,
                                    .preset_count = 1,
                                    .library = &library,
                                    .out = scratch_path(bench->folder, "out"),
                                    .state = scratch_path(bench->folder, "state"),
                                    .overwrite = OVERWRITE_CHANGED,
                                    .jobs = 2,
                                    .limits = limits_default()};
    if (batch_plan(&request, &batch, &bench->error) != STATUS_OK ||
        batch_run(batch, &summary, &bench->error) != STATUS_OK) {
        fail_msg("%s", bench->error.message);
    }
    assert_int_equal(summary.files, expect_files);
    batch_free(batch);
}

static const char *packet_in(struct bench *bench, const char *name)
{
    return packet_of(scratch_path(bench->folder, name), NULL, 0, bench->arena);
}

static struct job job_sample(struct arena *arena)
{
    return (struct job){.provider = "kie",
                        .model = "fake-1",
                        .asked = support_value(arena, "{'prompt':'a cat','aspect':'4:3','seed':7}"),
                        .width = 60,
                        .height = 40,
                        .format = "png",
                        .cost = 0.04,
                        .finished_ms = 1795341601999};
}

static void set_carries_it(void **state)
{
    struct bench *bench = *state;
    struct job job = job_sample(bench->arena);
    bench->image.generation = generated_value(&job, false, bench->arena);
    run_batch(bench, 6);
    assert_string_equal(packet_in(bench, "out/a.jpg"), whole_packet);
    assert_string_equal(packet_in(bench, "out/a.webp"), whole_packet);
    assert_string_equal(packet_in(bench, "out/kept.png"), whole_packet);
    assert_null(packet_in(bench, "out/none.png"));
    char *manifest = scratch_read(bench->folder, "out/manifest.json");
    const struct value *document = NULL;
    assert_int_equal(json_parse(bench->arena, manifest, strlen(manifest), &document, &bench->error),
                     STATUS_OK);
    memory_free(manifest);
    const struct value *set = value_get(document, "sets")->list.items[0];
    assert_value_text(value_get(value_get(set, "source"), "generation"),
                      "{\"provider\":\"kie\",\"model\":\"fake-1\","
                      "\"prompt-hash\":\"2b8f3709fb5984f5cb684ce13fa398fd\","
                      "\"asked\":{\"aspect\":\"4:3\",\"seed\":7},"
                      "\"got\":{\"width\":60,\"height\":40,\"format\":\"png\"},\"cost\":0.04}");
    const struct value *renditions = value_get(set, "renditions");
    size_t inlined = 0;
    for (size_t i = 0; i < renditions->list.count; i++) {
        const struct value *uri = value_get(renditions->list.items[i], "data-uri");
        inlined += uri != NULL;
        /* a 20 px WebP is a few dozen bytes; with a packet it would be more than 800 */
        assert_true(!uri || strlen(uri->text) < 600);
    }
    assert_int_equal(inlined, 1);
}

static size_t count_in(struct bench *bench, const char *name, const char *text)
{
    struct source source;
    struct limits limits = limits_default();
    size_t count = 0;
    assert_int_equal(
        source_read(&source, scratch_path(bench->folder, name), &limits, &bench->error), STATUS_OK);
    const uint8_t *at = source.bytes;
    while ((at = memmem(at, source.size - (size_t)(at - source.bytes), text, strlen(text)))) {
        at++;
        count++;
    }
    source_release(&source);
    return count;
}

static void icons_and_others_do_not(void **state)
{
    struct bench *bench = *state;
    run_batch(bench, 6);
    assert_int_equal(count_in(bench, "out/a.jpg", "DigitalSourceType"), 1);
    assert_int_equal(count_in(bench, "out/a.ico", "DigitalSourceType"), 0);
    bench->image.xmp = NULL; /* no generated image: three and the manifest are others now */
    run_batch(bench, 4);
    assert_int_equal(count_in(bench, "out/a.jpg", "DigitalSourceType"), 0);
}

static void packet_changes_are_seen(void **state)
{
    struct bench *bench = *state;
    FILE *file = fopen(scratch_path(bench->folder, "a.png"), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bench->file.data, 1, bench->file.size, file), bench->file.size);
    fclose(file);
    bench->image.bytes = NULL;
    bench->image.path = arena_text(bench->arena, scratch_path(bench->folder, "a.png"));
    run_batch(bench, 6);
    run_batch(bench, 0); /* unchanged */
    struct buffer other = {0};
    struct provenance later = sample;
    later.made_ms += 5000;
    provenance_packet(&later, &other);
    bench->image.xmp = buffer_string(&other);
    run_batch(bench, 4); /* none.png and the icon stand */
    assert_string_equal(packet_in(bench, "out/a.jpg"), buffer_string(&other));
    buffer_free(&other);
}

static void job_as_facts(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct job job = job_sample(arena);
    assert_value_text(generated_value(&job, true, arena),
                      "{\"provider\":\"kie\",\"model\":\"fake-1\",\"prompt\":\"a cat\","
                      "\"asked\":{\"aspect\":\"4:3\",\"seed\":7},"
                      "\"got\":{\"width\":60,\"height\":40,\"format\":\"png\"},\"cost\":0.04}");
    const char *packet = generated_packet(&job, arena);
    assert_non_null(strstr(packet, "AISystemUsed=\"fake-1 (kie)\""));
    assert_non_null(strstr(packet, "CreateDate=\"2026-11-22T"));
    job.cost = -1;
    job.asked = NULL;
    assert_value_text(generated_value(&job, true, arena),
                      "{\"provider\":\"kie\",\"model\":\"fake-1\",\"asked\":{},"
                      "\"got\":{\"width\":60,\"height\":40,\"format\":\"png\"}}");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packet_is_whole),
        cmocka_unit_test(labels_are_found),
        cmocka_unit_test(formats_carry_it),
        cmocka_unit_test(packet_of_source_is_kept),
        cmocka_unit_test_setup_teardown(set_carries_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(icons_and_others_do_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(packet_changes_are_seen, set_up, tear_down),
        cmocka_unit_test(job_as_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
