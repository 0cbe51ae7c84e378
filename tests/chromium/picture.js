// SPDX-License-Identifier: MIT
// picture.js FOLDER: the <picture> elements below FOLDER (made by chromium.sh), in pages of many sizes: Chromium
// loads what sizes and srcset imply and nothing else, nothing jumps, and older formats are fallen back to.
"use strict";
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { run, serve } = require("./browser.js");

const folder = process.argv[2];
const VIEWPORTS = [320, 768, 1440, 2560], RATIOS = [1, 2, 3];
const IMAGE = /\.(avif|webp|jpg|png)$/;

// What the browser may choose among, read off the markup by the page itself: the first <source> whose
// type and media hold, else the <img>.
function offered() {
  const media = text => !text || matchMedia(text).matches;
  const length = text => (text.endsWith("vw") ? (innerWidth * parseFloat(text)) / 100 : parseFloat(text));
  const slot = sizes => {
    const parts = sizes.split(",").map(one => one.trim().match(/^(\(.*\))?\s*(\S+)$/));
    return length(parts.find(([, condition]) => media(condition))[2]);
  };
  const picture = document.querySelector("picture"), img = picture.querySelector("img");
  const source = [...picture.querySelectorAll("source")].find(one => media(one.media)) || img;
  const candidates = source.srcset.split(", ").map(one => one.split(" ")).map(([url, width]) => ({ url, width: parseInt(width, 10) }));
  return { candidates, slot: slot(source.sizes), current: new URL(img.currentSrc).pathname.slice(1), complete: img.complete, drawn: img.clientWidth };
}

// HTML leaves the choice among densities to the browser; this one takes the first that reaches the screen's.
function implied(candidates, slot, ratio) {
  return candidates.find(one => one.width / slot >= ratio) || candidates[candidates.length - 1];
}

const STYLE = "<style>body { margin: 0 } img { display: block; width: 100%; height: auto }</style>";
// Pictures come when the page has been drawn without them.
const PAINTED = "<script>window.shifts = []; new PerformanceObserver(list => shifts.push(...list.getEntries().map(one => one.value)))" +
  ".observe({ type: 'layout-shift', buffered: true }); requestAnimationFrame(() => requestAnimationFrame(() => fetch('/painted')));</script>";
const without = (html, types) => types.reduce((text, type) => text.replace(new RegExp(`<source[^>]*type="${type}"[^>]*>`, "g"), ""), html);

function pageOf(url) {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  if (pathname === "/painted") return "";
  if (pathname !== "/page") return undefined;
  let html = fs.readFileSync(path.join(folder, searchParams.get("markup")), "utf8");
  html = without(html, searchParams.getAll("without"));
  if (searchParams.has("unsized")) html = html.replace(/ (width|height)="\d+"/g, "");
  return `<!doctype html><link rel="icon" href="data:,"><meta name="viewport" content="width=device-width">${STYLE}${PAINTED}${html}<p>${"What stands below. ".repeat(40)}</p>`;
}

async function look(browser, server, query, viewport, ratio) {
  const page = await browser.page({ width: viewport, height: 800, ratio });
  await page.go(`${server.url}/page?${query}`);
  await page.until(() => document.querySelector("img").complete && document.querySelector("img").naturalWidth > 0);
  await page.settle();
  const seen = await page.ask(offered);
  seen.shift = await page.ask(() => new Promise(resolve => setTimeout(() => resolve(shifts.reduce((a, b) => a + b, 0)), 60)));
  seen.loaded = page.requests.map(url => new URL(url).pathname.slice(1)).filter(url => IMAGE.test(url));
  assert.deepEqual(page.complaints, []);
  await page.close();
  return seen;
}

async function everywhere(browser, query, check, ratios = RATIOS) {
  const server = await serve(folder, pageOf);
  const chosen = new Set();
  try {
    for (const viewport of VIEWPORTS) {
      for (const ratio of ratios) {
        const seen = await look(browser, server, query, viewport, ratio);
        const where = `${viewport} px at ${ratio}x, slot ${seen.slot}`;
        const expected = implied(seen.candidates, seen.slot, ratio);
        assert.equal(seen.loaded.join(" "), expected.url, `${where}: ${seen.loaded.join(" ")} instead of ${expected.url}`);
        assert.equal(seen.current, expected.url, where);
        assert.equal(seen.shift, 0, `${where}: the layout shifts`);
        chosen.add(expected.url);
        check?.(seen, viewport, where);
      }
    }
  } finally {
    server.close();
  }
  return chosen;
}

// The width that stands in srcset is the file's own.
function widthsAreTrue(seen, where) {
  const renditions = JSON.parse(fs.readFileSync(path.join(folder, "manifest.json"), "utf8")).sets.flatMap(set => set.renditions);
  for (const { url, width } of seen.candidates) assert.equal(renditions.find(one => one.path === url)?.width, width, `${where}: ${url}`);
}

run({
  "every viewport and density loads one file, the one implied": async browser => {
    const chosen = await everywhere(browser, "markup=full.web.html", (seen, viewport, where) => {
      assert.equal(seen.slot, viewport, where);
      widthsAreTrue(seen, where);
    });
    assert.deepEqual([...chosen].sort(), [1920, 2560, 320, 3840, 640, 960].map(width => `full-${width}w.avif`));
  },
  "sizes are heeded: half of a wide window": browser => everywhere(browser, "markup=half.web.html", (seen, viewport, where) => {
    assert.equal(seen.slot, viewport >= 1000 ? viewport / 2 : viewport, where);
  }),
  "each shape at its media query": browser => everywhere(browser, "markup=shapes.art-direction.html", (seen, viewport, where) => {
    const shape = viewport >= 1024 ? "landscape" : viewport >= 600 ? "square" : "portrait";
    assert.match(seen.current, new RegExp(`^shapes-${shape}-\\d+w\\.avif$`), where);
  }),
  "without AVIF: WebP": async browser => {
    for (const url of await everywhere(browser, "markup=full.web.html&without=image/avif", undefined, [2])) assert.match(url, /\.webp$/);
  },
  "without AVIF and WebP: JPEG": async browser => {
    for (const url of await everywhere(browser, "markup=full.web.html&without=image/avif&without=image/webp", undefined, [2])) assert.match(url, /\.jpg$/);
  },
  "a page without the sizes would shift: the measure works": async browser => {
    const server = await serve(folder, pageOf);
    const seen = await look(browser, server, "markup=full.web.html&unsized", 768, 1).finally(server.close);
    assert.ok(seen.shift > 0.01, `shifted by ${seen.shift}`);
  },
});
