// SPDX-License-Identifier: MIT
// install.js FOLDER: the preset pwa's set below FOLDER, served over loopback as it would be at a site's root: Chromium
// finds the web manifest and its icons fit for installation, and finds fault when something is wrong with them.
"use strict";
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { run, serve } = require("./browser.js");

const folder = process.argv[2];
const head = fs.readFileSync(path.join(folder, "head.html"), "utf8");
const manifest = JSON.parse(fs.readFileSync(path.join(folder, "manifest.webmanifest"), "utf8"));

// `change` makes another manifest of the one that was emitted.
async function visit(browser, change = one => one) {
  const changed = JSON.stringify(change(structuredClone(manifest)));
  const server = await serve(folder, url => {
    if (url === "/") return `<!doctype html><html lang="en"><title>app</title><link rel="icon" href="/icons/icon-192.png">${head}<h1>app</h1>`;
    return url === "/manifest.webmanifest" ? changed : undefined;
  });
  const page = await browser.page({ width: 412, height: 915, ratio: 2, lasting: true });
  try {
    await page.go(`${server.url}/`);
    const { installabilityErrors } = await page.send("Page.getInstallabilityErrors");
    const read = await page.send("Page.getAppManifest");
    const icons = await page.ask(async list => Promise.all(list.map(async ({ src, sizes }) => {
      const picture = new Image();
      picture.src = src;
      await picture.decode();
      return `${src} ${sizes === `${picture.naturalWidth}x${picture.naturalHeight}` ? "" : `is ${picture.naturalWidth}x${picture.naturalHeight}, not ${sizes}`}`.trim();
    })), manifest.icons);
    return { faults: installabilityErrors.map(one => one.errorId), errors: read.errors.map(one => one.message), url: read.url, icons,
      complaints: page.complaints, server: server.url };
  } finally {
    await page.close();
    server.close();
  }
}

run({
  "the emitted set can be installed": async browser => {
    const seen = await visit(browser);
    assert.deepEqual(seen.faults, []);
    assert.deepEqual(seen.errors, []);
    assert.deepEqual(seen.complaints, []);
    assert.equal(seen.url, `${seen.server}/manifest.webmanifest`);
    assert.deepEqual(seen.icons, manifest.icons.map(one => one.src));
  },
  "it has what an installation wants": () => {
    const sizes = purpose => manifest.icons.filter(one => (one.purpose || "any").split(" ").includes(purpose)).map(one => one.sizes).sort();
    assert.deepEqual(sizes("any"), ["192x192", "512x512"]);
    assert.deepEqual(sizes("maskable"), ["192x192", "512x512"]);
    assert.equal(manifest.display, "standalone");
  },
  "an icon that is not there is a fault": async browser => {
    const seen = await visit(browser, one => ({ ...one, icons: one.icons.map(icon => ({ ...icon, src: "/nowhere.png" })) }));
    assert.ok(seen.faults.length > 0, "no fault was found");
  },
  "a manifest without icons is a fault": async browser => {
    const seen = await visit(browser, ({ icons, ...rest }) => rest);
    assert.ok(seen.faults.length > 0, "no fault was found");
  },
});
