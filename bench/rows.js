// SPDX-License-Identifier: MIT
// The table: each row is a work, who does it, and what picset is to reach against whom. A goal holds
// ratios of medians: against/picset of wall seconds at least `faster`, or a figure at most or at least.
// Limits hold files of two contestants together: points of SSIMULACRA2 and bytes.
import { join } from "node:path";
import { again, bare, graphicsmagick, imagemagick, picset, sharp, stat, vipsthumbnail } from "./contestants.js";

const per_file = "sharp(file).resize().FORMAT().toFile(), all results of an image at once";
const decode_once = "one raw decode, one raw resize per size, all encodes of it at once";

const icons = [
  "ios-appicon", "ios-appicon-legacy", "ios-imageset", "macos-icon", "watchos", "watchos-single", "tvos",
  "appstore-screenshots", "android-launcher", "android-drawable", "android-notification", "android-splash",
  "play-listing", "flutter", "react-native", "capacitor", "tauri", "electron", "chrome-extension", "favicon",
  "favicon-full", "pwa",
].join(",");
const alike =
  "the same PNG and WebP files (sizes, margins and colours as in picset's plan; no masks), PNG at sharp's own settings " +
  "(compressionLevel 6, no filters, no palette), WebP lossless, nothing else";

// Rows share what they are about; `rounds` is how often at most, `slow` contestants run once.
export function rows(program, tool, folder) {
  const preset = (name) => ["-p", `bench/presets/${name}.json`];
  const naive = (inFlight) => sharp("naive", inFlight, { name: "sharp per file", settings: per_file });
  const once = (inFlight) => sharp("once", inFlight, { name: "sharp decode-once", settings: decode_once });
  const web = ["-p", "web", "--set", 'web.formats=["webp",["jpeg","png"]]'];
  return [
    {
      id: "W1",
      title: "4K PNGs to 7 widths of WebP and JPEG at quality 80, WebP method 4",
      encoders: "JPEG quality 80 baseline 4:2:0, WebP quality 80; `auto` chooses WebP's method and holds the score of quality 80 at method 4",
      inputs: "large",
      options: preset("ladder"),
      rounds: 3,
      contestants: [
        picset(program, {}),
        picset(program, { name: "picset auto", preset: "ladder-auto", settings: "WebP method: auto" }),
        naive(1),
        once(1),
        { ...imagemagick, slow: true },
        { ...graphicsmagick, slow: true },
      ],
      goals: [
        { who: "picset", against: "sharp per file", faster: 2.1 },
        { who: "picset", against: "sharp decode-once", faster: 1.5 },
        { who: "picset auto", against: "sharp per file", faster: 3.3 },
        { who: "picset auto", against: "sharp decode-once", faster: 2.4 },
        { who: "picset", against: "sharp decode-once", memory: 0.6 },
      ],
    },
    {
      id: "W2",
      title: "W1 with AVIF beside WebP and JPEG",
      encoders: "as W1, AVIF quality 50 4:4:4; `auto` chooses AVIF's effort and holds the score of quality 50 at effort 4",
      inputs: "large",
      options: [...preset("ladder"), "--set", 'formats=["avif","webp","jpeg"]'],
      rounds: 3,
      contestants: [
        picset(program, {
          name: "picset auto",
          preset: "ladder-auto",
          settings: "WebP method: auto, AVIF effort: auto",
        }),
        { ...sharp("naive", 1, { name: "sharp per file", settings: `${per_file}; AVIF effort 4` }), slow: true },
        sharp("once", 1, { name: "sharp decode-once", more: { effort: 2 }, settings: `${decode_once}; AVIF effort 2` }),
      ],
      goals: [
        { who: "picset auto", against: "sharp per file", faster: 8 },
        { who: "picset auto", against: "sharp decode-once", faster: 1.5 },
      ],
      limits: { who: "picset auto", against: "sharp per file", format: "avif", points: 0.5, bytes: 1.1 },
    },
    {
      id: "W3",
      title: "24 JPEG photographs to thumbnails within 512 and 256 px",
      encoders: "JPEG quality 80 baseline 4:2:0",
      inputs: "cameras",
      options: preset("boxes"),
      box: true,
      rounds: 5,
      contestants: [
        picset(program, {}),
        naive(2),
        vipsthumbnail(1),
        vipsthumbnail(2),
        { ...imagemagick, slow: true },
        { ...graphicsmagick, slow: true },
      ],
      goals: [
        { who: "picset", against: "sharp per file", faster: 1.6 },
        { who: "picset", against: "vipsthumbnail", faster: 2.5 },
      ],
    },
    {
      id: "W4",
      title: "48 mixed photographs to the preset web without AVIF",
      encoders: "the preset's own: JPEG, PNG and WebP at the qualities of picset's plan, for everybody",
      inputs: "mixed",
      options: web,
      more: { progressive: true },
      rounds: 3,
      contestants: [
        picset(program, { options: ["--set", "web.method=4"], settings: "WebP method 4" }),
        picset(program, { name: "picset auto", options: ["--set", "web.method=auto"], settings: "WebP method: auto" }),
        once(2),
      ],
      goals: [
        { who: "picset", against: "sharp decode-once", faster: 1.2 },
        { who: "picset auto", against: "sharp decode-once", faster: 1.9 },
        { who: "picset", busy: 0.95 },
        { who: "picset", against: "sharp decode-once", memory: 0.6 },
      ],
    },
    {
      id: "engine",
      title: "a third of W4's photographs: what the engine adds, and what a second core gives",
      inputs: "third",
      options: [...web, "--set", "web.method=4"],
      more: { progressive: true },
      rounds: 3,
      contestants: [
        picset(program, { settings: "WebP method 4" }),
        picset(program, { name: "picset -j 1", jobs: 1, settings: "WebP method 4" }),
        bare(tool, 1),
        bare(tool, 2),
      ],
      goals: [
        { who: "picset -j 1", against: "bare codecs", cpu: 1.08 },
        { who: "picset", alone: "picset -j 1", copies: "bare codecs, 2 copies", against: "bare codecs", scaling: 0.97 },
      ],
    },
    {
      id: "again",
      title: "1 000 unchanged images, a second run",
      inputs: "many",
      options: ["-p", "thumbnails"],
      rounds: 15,
      contestants: [again(program, join(folder, "work", "again")), stat],
      goals: [{ who: "picset", against: "stat", slower: 10 }],
    },
    {
      id: "W5",
      title: "one icon of 1024 px to all icon presets in one run",
      inputs: "icon",
      options: ["-p", icons],
      folder: "${preset}",
      fresh: true,
      rounds: 3,
      contestants: [
        picset(program, { settings: `picset render -p ${icons}: the PNG and WebP files, and .ico, .icns, XML, JSON and markup` }),
        sharp("naive", 1, { name: "sharp per file", settings: `${per_file}; ${alike}` }),
        sharp("once", 1, { name: "sharp decode-once", settings: `${decode_once}; ${alike}` }),
      ],
      goals: [
        { who: "picset", against: "sharp per file", faster: 3 },
        { who: "picset", against: "sharp decode-once", faster: 3 },
      ],
    },
    {
      id: "W5-sizes",
      title: "one icon of 1024 px to sixty PNG sizes",
      inputs: "icon",
      options: preset("icons"),
      fresh: true,
      rounds: 5,
      contestants: [picset(program, {}), naive(1), once(1), { ...imagemagick, slow: true }],
      goals: [
        { who: "picset", against: "sharp per file", faster: 3 },
        { who: "picset", against: "sharp decode-once", faster: 3 },
      ],
    },
  ];
}
