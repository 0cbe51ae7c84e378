/* SPDX-License-Identifier: MIT
 * Words and pixels of the Nano Banana models. Source of the pixels: Google's image generation guide
 * for gemini-3.1-flash-image and gemini-2.5-flash-image; others are taken to share the former's. */
#include "generate/models.h"

const char *const aspects_wide[] = {"1:1", "1:4", "1:8", "2:3",  "3:2",  "3:4",  "4:1",  "4:3",
                                    "4:5", "5:4", "8:1", "9:16", "16:9", "21:9", "auto", NULL};
const char *const aspects_common[] = {"1:1", "2:3",  "3:2",  "3:4",  "4:3",  "4:5",
                                      "5:4", "9:16", "16:9", "21:9", "auto", NULL};
const char *const sizes_from_512[] = {"512", "1K", "2K", "4K", NULL};
const char *const sizes_from_1k[] = {"1K", "2K", "4K", NULL};

/* Ratio and pixels at 1K; 2K and 4K are twice and four times as many a side. */
#define RATIOS_COMMON(ratio_)                                                                      \
    ratio_("1:1", 1024, 1024) ratio_("2:3", 848, 1264) ratio_("3:2", 1264, 848)                    \
        ratio_("3:4", 896, 1200) ratio_("4:3", 1200, 896) ratio_("4:5", 928, 1152)                 \
            ratio_("5:4", 1152, 928) ratio_("9:16", 768, 1376) ratio_("16:9", 1376, 768)           \
                ratio_("21:9", 1584, 672)
#define RATIOS_EXTREME(ratio_)                                                                     \
    ratio_("1:4", 512, 2048) ratio_("1:8", 384, 3072) ratio_("4:1", 2048, 512)                     \
        ratio_("8:1", 3072, 384)
#define AT_1K(aspect_, width_, height_) {aspect_, "1K", width_, height_},
#define AT_ALL(aspect_, width_, height_)                                                           \
    {aspect_, "1K", width_, height_}, {aspect_, "2K", 2 * width_, 2 * height_},                    \
        {aspect_, "4K", 4 * width_, 4 * height_},

const struct model_size pixels_from_1k[] = {RATIOS_COMMON(AT_ALL) RATIOS_EXTREME(AT_ALL) /* */
                                            {0}};
const struct model_size pixels_common[] = {RATIOS_COMMON(AT_ALL) /* */
                                           {0}};
const struct model_size pixels_only_1k[] = {RATIOS_COMMON(AT_1K) RATIOS_EXTREME(AT_1K) /* */
                                            {0}};
/* 21:9 at 512 is left out: the guide's 792x168 is not 21:9, so nobody knows. */
const struct model_size pixels_from_512[] = {{"1:1", "512", 512, 512},
                                             {"1:4", "512", 256, 1024},
                                             {"1:8", "512", 192, 1536},
                                             {"2:3", "512", 424, 632},
                                             {"3:2", "512", 632, 424},
                                             {"3:4", "512", 448, 600},
                                             {"4:1", "512", 1024, 256},
                                             {"4:3", "512", 600, 448},
                                             {"4:5", "512", 464, 576},
                                             {"5:4", "512", 576, 464},
                                             {"8:1", "512", 1536, 192},
                                             {"9:16", "512", 384, 688},
                                             {"16:9", "512", 688, 384},
                                             RATIOS_COMMON(AT_ALL) RATIOS_EXTREME(AT_ALL) /* */
                                             {0}};
const struct model_size pixels_first[] = {{"1:1", "1K", 1024, 1024},
                                          {"2:3", "1K", 832, 1248},
                                          {"3:2", "1K", 1248, 832},
                                          {"3:4", "1K", 864, 1184},
                                          {"4:3", "1K", 1184, 864},
                                          {"4:5", "1K", 896, 1152},
                                          {"5:4", "1K", 1152, 896},
                                          {"9:16", "1K", 768, 1344},
                                          {"16:9", "1K", 1344, 768},
                                          {"21:9", "1K", 1536, 672},
                                          {0}};
