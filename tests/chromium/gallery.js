// SPDX-License-Identifier: MIT
// gallery.js FOLDER: the page of `picset report` opened as a file: it stays at home and complains of nothing, every
// picture and control has a name, text can be read in light and dark, the keyboard moves the divider.
"use strict";
const assert = require("node:assert");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { run } = require("./browser.js");

const folder = path.resolve(process.argv[2]);
const address = pathToFileURL(path.join(folder, "report.html")).href, home = pathToFileURL(folder).href;

async function open(browser, how, use) {
  const page = await browser.page(how);
  try {
    await page.go(address);
    await page.settle();
    await use(page);
    assert.deepEqual(page.complaints, []);
    const away = page.requests.filter(url => !url.startsWith(`${home}/`) && !url.startsWith("data:"));
    assert.deepEqual(away, []);
  } finally {
    await page.close();
  }
}

// Every text that can be seen, with its contrast to what is behind it (WCAG 2.2, 1.4.3). What has a picture
// behind it is left out: there is none with text on it.
function contrasts() {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3]));
  const light = colour => colour.map(one => one / 255).map(one => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((total, one, i) => total + one * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    const layers = [];
    for (let up = element; up; up = up.parentElement) {
      layers.push(rgba(getComputedStyle(up).backgroundColor));
      if (up.tagName === "DIALOG") break;
    }
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const wrong = [];
  let count = 0;
  const texts = document.createTreeWalker(document.querySelector("dialog[open]") || document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const element = text.parentElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
    if (!text.data.trim() || /SCRIPT|STYLE|NOSCRIPT/.test(element.tagName) || element.closest("title") || !element.checkVisibility() || box.width < 2) continue;
    const under = behind(element), colour = over(rgba(element.closest("svg") ? style.fill : style.color), under);
    const [low, high] = [light(under), light(colour)].sort((a, b) => a - b);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const ratio = (high + 0.05) / (low + 0.05);
    count++;
    if (ratio < (large ? 3 : 4.5)) wrong.push(`${ratio.toFixed(2)} '${text.data.trim().slice(0, 30)}' .${element.className}`);
  }
  return { count, wrong };
}

async function readable(page, least) {
  const { count, wrong } = await page.ask(contrasts);
  assert.ok(count >= least, `only ${count} texts were seen`);
  assert.deepEqual(wrong, []);
}

// Names as a screen reader hears them.
async function named(page) {
  const { nodes } = await page.send("Accessibility.getFullAXTree");
  const seen = nodes.filter(one => !one.ignored && /^(button|link|slider|combobox|searchbox|checkbox|radio|img|image|dialog|DisclosureTriangle)$/.test(one.role.value));
  assert.ok(seen.length > 20, `only ${seen.length} controls and pictures were seen`);
  assert.deepEqual(seen.filter(one => !one.name?.value.trim()).map(one => `${one.role.value} without a name`), []);
}

async function openViewer(page) {
  await page.ask(() => [...document.querySelectorAll(".file")].find(one => /AVIF 640 × 3/.test(one.getAttribute("aria-label"))).focus());
  await page.press("Enter");
  await page.until(() => document.querySelector("dialog").open);
}
const divider = page => page.ask(() => Math.round(document.querySelector(".divider").getBoundingClientRect().left));

run({
  "opens from a file, shows every image, asks nobody": browser => open(browser, {}, async page => {
    assert.deepEqual(await page.ask(() => [...document.querySelectorAll(".plate h2")].map(one => one.textContent)), ["icon", "night", "wide"]);
    await page.until(() => [...document.querySelectorAll("img")].every(one => one.loading !== "lazy" || one.getBoundingClientRect().top > innerHeight || one.complete));
    assert.deepEqual(await page.ask(() => [...document.querySelectorAll("img")].filter(one => one.complete && !one.naturalWidth).map(one => one.src)), []);
    assert.deepEqual(await page.ask(() => [...document.querySelectorAll("img")].filter(one => !one.alt).map(one => one.src)), []);
    assert.equal(await page.ask(() => document.querySelector("blockquote").textContent), "a train at night </script><b>&amp;");
    assert.match(await page.ask(() => document.querySelector(".alt").textContent), /A train <b>& "more"<\/b>/);
  }),
  "says what the record says": browser => open(browser, {}, async page => {
    const text = await page.ask(() => document.body.innerText);
    for (const part of [/3\s+images/, /Saved for visitors/i, /Time per stage/i, /encode avif/, /Generated/, /sandbox ·/, /web \/ picture/, /left out, and why/, /WebP/, /q\d\d/]) assert.match(text, part);
  }),
  "text can be read, light": browser => open(browser, { scheme: "light" }, page => readable(page, 100)),
  "text can be read, dark": browser => open(browser, { scheme: "dark" }, page => readable(page, 100)),
  "text can be read in the viewer": browser => open(browser, {}, async page => {
    await openViewer(page);
    await readable(page, 10);
  }),
  "every control and picture has a name": browser => open(browser, {}, async page => {
    await named(page);
    await openViewer(page);
    await page.settle();
    await named(page).catch(error => assert.match(error.message, /^only/)); // the page behind is inert
  }),
  "a telephone scrolls one way only": browser => open(browser, { width: 320, height: 700, ratio: 2 }, async page => {
    assert.equal(await page.ask(() => document.documentElement.scrollWidth), 320);
    await openViewer(page);
    await page.settle();
    assert.ok((await page.ask(() => document.querySelector(".bar").scrollWidth)) <= 320);
  }),
  "two renditions at 100 %, moved by keys": browser => open(browser, { width: 1200, height: 800 }, async page => {
    await openViewer(page);
    await page.until(() => [...document.querySelectorAll(".sheet img")].every(one => one.complete && one.naturalWidth === 640));
    assert.equal(await page.ask(() => document.querySelector(".sheet").getBoundingClientRect().width), 640);
    assert.equal(await page.ask(() => document.activeElement.type), "range");
    const middle = await divider(page);
    for (let i = 0; i < 10; i++) await page.press("ArrowRight");
    const right = await divider(page);
    assert.equal(right, middle + 32, "ten steps of half a percent of 640 px");
    await page.press("Home");
    assert.equal(await divider(page), middle - 320);
    assert.equal(await page.ask(() => document.querySelector(".upper").style.clipPath), "inset(0px)");
    await page.press("End");
    assert.equal(await divider(page), middle + 320);
    assert.match(await page.ask(() => document.querySelector(".range").getAttribute("aria-valuetext")), /^100 % AVIF/);
    await page.drag({ x: middle + 320 + 22, y: 300 }, { x: middle + 22, y: 300 });
    assert.ok(Math.abs((await divider(page)) - middle) <= 1, "dragged back to the middle");
    await page.press("Escape");
    assert.equal(await page.ask(() => document.querySelector("dialog").open), false);
    assert.match(await page.ask(() => document.activeElement.getAttribute("aria-label") || ""), /AVIF 640/, "focus goes back to where it came from");
  }),
  "on a dense screen a pixel is a pixel": browser => open(browser, { width: 1200, height: 800, ratio: 2 }, async page => {
    await openViewer(page);
    await page.settle();
    assert.equal(await page.ask(() => document.querySelector(".sheet").getBoundingClientRect().width), 320);
  }),
  "search, formats and presets choose": browser => open(browser, {}, async page => {
    const shown = () => page.ask(() => [...document.querySelectorAll(".plate h2")].map(one => one.textContent).join(" "));
    await page.press("/", "Slash");
    assert.equal(await page.ask(() => document.activeElement.id), "search");
    await page.send("Input.insertText", { text: "train" });
    assert.equal(await shown(), "night");
    await page.ask(() => document.getElementById("tools").reset() || document.getElementById("search").dispatchEvent(new Event("input")));
    await page.ask(() => [...document.querySelectorAll(".chip")].find(one => one.textContent.startsWith("AVIF")).click());
    assert.equal(await shown(), "night wide");
    assert.deepEqual(await page.ask(() => [...new Set([...document.querySelectorAll(".file .badge")].map(one => one.textContent))]), ["AVIF"]);
    await page.ask(() => {
      document.getElementById("search").value = "nothing at all";
      document.getElementById("search").dispatchEvent(new Event("input"));
    });
    assert.equal(await shown(), "");
    await page.ask(() => document.querySelector(".empty button").click());
    assert.equal(await shown(), "icon night wide");
  }),
});
