/* SPDX-License-Identifier: MIT
 * ICC profiles (ICC.1:2022): header, tag table, matrix columns and curves. A matrix profile is sRGB
 * or Display P3 when its columns and its curve are theirs within what profile makers' rounding
 * does. */
#include "profile.h"

#include <math.h>

#include "bytes.h"

#define HEADER_SIZE 128
#define COLUMN_TOLERANCE 0.004 /* of XYZ; Adobe RGB's nearest column is 0.05 away from P3's */
#define CURVE_TOLERANCE 0.004  /* of linear light; a plain gamma of 2.2 is 0.008 away */

/* Red, green and blue in XYZ, adapted to D50 by Bradford's matrix. */
static const double columns_srgb[3][3] = {
    {0.43607, 0.22249, 0.01392}, {0.38515, 0.71687, 0.09708}, {0.14307, 0.06061, 0.71410}};
static const double columns_p3[3][3] = {
    {0.51512, 0.24120, -0.00105}, {0.29198, 0.69225, 0.04189}, {0.15710, 0.06657, 0.78407}};

static struct span find_tag(struct span icc, const char *name)
{
    uint32_t count = bytes_inside(icc, HEADER_SIZE, 4) ? bytes_be32(icc.bytes + HEADER_SIZE) : 0;
    for (size_t i = 0; i < count && bytes_inside(icc, HEADER_SIZE + 4 + i * 12, 12); i++) {
        const uint8_t *entry = icc.bytes + HEADER_SIZE + 4 + i * 12;
        if (memcmp(entry, name, 4) == 0) {
            size_t at = bytes_be32(entry + 4), size = bytes_be32(entry + 8);
            return bytes_inside(icc, at, size) ? bytes_part(icc, at, size) : (struct span){0};
        }
    }
    return (struct span){0};
}

static double read_fixed(const uint8_t *bytes) /* s15Fixed16 */
{
    return (double)(int32_t)bytes_be32(bytes) / 65536;
}

static bool column_is(struct span tag, const double expected[3])
{
    if (tag.size < 20 || memcmp(tag.bytes, "XYZ ", 4) != 0) {
        return false;
    }
    for (size_t i = 0; i < 3; i++) {
        if (fabs(read_fixed(tag.bytes + 8 + i * 4) - expected[i]) > COLUMN_TOLERANCE) {
            return false;
        }
    }
    return true;
}

static double srgb_curve(double x)
{
    return x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4);
}

/* parametricCurveType, 10.18: gamma and up to six more numbers. */
static double parametric(const uint8_t *bytes, unsigned kind, double x)
{
    double n[7] = {0};
    static const unsigned counts[] = {1, 3, 4, 5, 7};
    for (size_t i = 0; i < counts[kind]; i++) {
        n[i] = read_fixed(bytes + 12 + i * 4);
    }
    double a = n[1], b = n[2], c = n[3], d = n[4];
    switch (kind) {
    case 0:
        return pow(x, n[0]);
    case 1:
        return a * x + b >= 0 ? pow(a * x + b, n[0]) : 0;
    case 2:
        return (a * x + b >= 0 ? pow(a * x + b, n[0]) : 0) + c;
    case 3:
        return x >= d ? pow(a * x + b, n[0]) : c * x;
    default:
        return x >= d ? pow(a * x + b, n[0]) + n[5] : c * x + n[6];
    }
}

/* The curve's value at x; below 0 when there is none. */
static double curve_at(struct span tag, double x)
{
    if (tag.size >= 12 && memcmp(tag.bytes, "para", 4) == 0) {
        static const size_t sizes[] = {16, 24, 28, 32, 40};
        unsigned kind = bytes_be16(tag.bytes + 8);
        return kind <= 4 && tag.size >= sizes[kind] ? parametric(tag.bytes, kind, x) : -1;
    }
    if (tag.size < 12 || memcmp(tag.bytes, "curv", 4) != 0) {
        return -1;
    }
    size_t count = bytes_be32(tag.bytes + 8);
    if (count > (tag.size - 12) / 2) {
        return -1;
    }
    if (count < 2) {
        return count == 0 ? x : pow(x, bytes_be16(tag.bytes + 12) / 256.0);
    }
    double place = x * (double)(count - 1);
    size_t i = (size_t)place < count - 1 ? (size_t)place : count - 2;
    double low = bytes_be16(tag.bytes + 12 + i * 2), high = bytes_be16(tag.bytes + 14 + i * 2);
    return (low + (high - low) * (place - (double)i)) / 65535;
}

static bool curve_is_srgb(struct span tag)
{
    for (int i = 0; i <= 32; i++) {
        double x = i / 32.0;
        double y = curve_at(tag, x);
        if (!(fabs(y - srgb_curve(x)) <= CURVE_TOLERANCE)) {
            return false;
        }
    }
    return true;
}

static enum profile_kind rgb_kind(struct span icc)
{
    static const char *const colours[] = {"rXYZ", "gXYZ", "bXYZ"};
    static const char *const curves[] = {"rTRC", "gTRC", "bTRC"};
    bool srgb = true, p3 = true;
    if (find_tag(icc, "A2B0").bytes) {
        return PROFILE_RGB; /* a colour engine takes the table before the matrix */
    }
    for (size_t i = 0; i < 3; i++) {
        struct span column = find_tag(icc, colours[i]);
        srgb = srgb && column_is(column, columns_srgb[i]);
        p3 = p3 && column_is(column, columns_p3[i]);
        if ((!srgb && !p3) || !curve_is_srgb(find_tag(icc, curves[i]))) {
            return PROFILE_RGB;
        }
    }
    return srgb ? PROFILE_SRGB : PROFILE_P3;
}

enum profile_kind profile_kind(struct span icc)
{
    if (icc.size < HEADER_SIZE + 4 || memcmp(icc.bytes + 36, "acsp", 4) != 0 ||
        bytes_be32(icc.bytes) > icc.size) {
        return PROFILE_DAMAGED;
    }
    const uint8_t *space = icc.bytes + 16;
    if (memcmp(space, "RGB ", 4) == 0) {
        return rgb_kind(icc);
    }
    if (memcmp(space, "GRAY", 4) == 0) {
        return PROFILE_GREY;
    }
    return memcmp(space, "CMYK", 4) == 0 ? PROFILE_CMYK : PROFILE_OTHER;
}
