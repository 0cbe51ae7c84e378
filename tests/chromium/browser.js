// SPDX-License-Identifier: MIT
// Headless Chromium over its DevTools pipe, with nothing but node: JSON messages that end in NUL, on
// descriptors 3 and 4. A browser lives in a folder of its own and is gone when the test ends.
"use strict";
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const http = require("node:http");
const os = require("node:os");
const path = require("node:path");

const FLAGS = ["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--disable-gpu",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions", "--mute-audio",
  "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb", "--password-store=basic", "--use-mock-keychain"];

class Browser {
  static async open() {
    const browser = new Browser();
    browser.folder = fs.mkdtempSync(path.join(os.tmpdir(), "picset-chromium-"));
    const flags = [...FLAGS, `--user-data-dir=${browser.folder}`, ...(process.getuid() === 0 ? ["--no-sandbox"] : []), "about:blank"];
    browser.process = spawn(process.env.CHROMIUM || "chromium", flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
      env: { ...process.env, HOME: browser.folder }, detached: true });
    browser.waiting = new Map();
    browser.listeners = [];
    browser.last = 0;
    browser.rest = "";
    browser.process.stdio[4].setEncoding("utf8").on("data", text => browser.receive(text));
    browser.process.stdio[3].on("error", () => {});
    browser.process.on("exit", () => browser.fail(new Error("Chromium has ended")));
    process.on("exit", () => browser.kill());
    await browser.send("Browser.getVersion");
    return browser;
  }

  receive(text) {
    const messages = (this.rest + text).split("\0");
    this.rest = messages.pop();
    for (const message of messages.map(one => JSON.parse(one))) {
      const waiting = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (waiting && message.error) waiting.reject(new Error(`${waiting.method}: ${message.error.message}`));
      else if (waiting) waiting.resolve(message.result);
      else for (const listener of this.listeners) listener(message);
    }
  }

  fail(error) {
    for (const waiting of this.waiting.values()) waiting.reject(error);
    this.waiting.clear();
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.last;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject, method }));
  }

  // The whole process group, at once.
  kill() {
    if (this.process.pid && !this.killed) {
      this.killed = true;
      try {
        process.kill(-this.process.pid, "SIGKILL");
      } catch {} // it has ended by itself
    }
    fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  async close() {
    const ended = new Promise(resolve => this.process.once("exit", resolve));
    this.killed = true;
    process.kill(-this.process.pid, "SIGKILL");
    await ended;
    this.kill();
  }

  // A page without any memory of the ones before: no cache, no storage. Nothing can be installed from such a
  // one: `lasting` gives a page as a user has it.
  async page({ width = 1280, height = 900, ratio = 1, scheme = "light", motion = "no-preference", lasting = false } = {}) {
    const { browserContextId } = lasting ? {} : await this.send("Target.createBrowserContext");
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank", browserContextId });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, sessionId, targetId, browserContextId);
    for (const domain of ["Page", "Runtime", "Network", "Log", "DOM"]) await page.send(`${domain}.enable`);
    await page.send("Network.setCacheDisabled", { cacheDisabled: true });
    await page.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: ratio, mobile: false });
    await page.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: motion }] });
    return page;
  }
}

class Page {
  constructor(browser, session, target, context) {
    Object.assign(this, { browser, session, target, context, requests: [], complaints: [] });
    this.listener = message => message.sessionId === session && this.hear(message);
    browser.listeners.push(this.listener);
  }

  hear({ method, params }) {
    if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
    if (method === "Runtime.exceptionThrown") this.complaints.push(params.exceptionDetails.exception?.description || params.exceptionDetails.text);
    if (method === "Log.entryAdded" && /error|warning/.test(params.entry.level)) this.complaints.push(`${params.entry.text} ${params.entry.url || ""}`);
    if (method === "Runtime.consoleAPICalled" && /error|warning|assert/.test(params.type)) this.complaints.push(params.args.map(one => one.value ?? one.description).join(" "));
    if (method === "Page.loadEventFired") this.loaded?.();
  }

  send(method, params) {
    return this.browser.send(method, params, this.session);
  }

  // Until the load event: then every picture that is not lazy has come.
  async go(url) {
    const loaded = new Promise(resolve => (this.loaded = resolve));
    const { errorText } = await this.send("Page.navigate", { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    await loaded;
  }

  // A function of the page's, called there with plain data; what it returns, awaited.
  async ask(call, ...given) {
    const expression = `(${call})(${given.map(one => JSON.stringify(one)).join(",")})`;
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description || exceptionDetails.text);
    return result.value;
  }

  // Two frames: what was asked for is drawn.
  settle() {
    return this.ask(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)))));
  }

  async until(call, ...given) {
    for (const start = Date.now(); !(await this.ask(call, ...given)); await new Promise(resolve => setTimeout(resolve, 30))) {
      if (Date.now() - start > 20000) throw new Error(`waited in vain for ${call}`);
    }
  }

  async press(key, code = key) {
    const keys = { ArrowLeft: 37, ArrowRight: 39, Home: 36, End: 35, Enter: 13, Escape: 27, Tab: 9, " ": 32, "/": 191 };
    const what = { key, code, windowsVirtualKeyCode: keys[key], text: key === "Enter" ? "\r" : key.length === 1 ? key : undefined };
    await this.send("Input.dispatchKeyEvent", { type: what.text ? "keyDown" : "rawKeyDown", ...what });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...what });
  }

  async drag(from, to) {
    const at = (type, point) => this.send("Input.dispatchMouseEvent", { type, ...point, button: "left", buttons: 1, clickCount: 1 });
    await at("mousePressed", from);
    await at("mouseMoved", to);
    await at("mouseReleased", to);
  }

  async shot(file) {
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    fs.writeFileSync(file, Buffer.from(data, "base64"));
  }

  async close() {
    this.browser.listeners = this.browser.listeners.filter(one => one !== this.listener);
    if (this.context) await this.browser.send("Target.disposeBrowserContext", { browserContextId: this.context });
    else await this.browser.send("Target.closeTarget", { targetId: this.target });
  }
}

const TYPES = { html: "text/html; charset=utf-8", json: "application/json", webmanifest: "application/manifest+json", avif: "image/avif",
  webp: "image/webp", jpg: "image/jpeg", png: "image/png", svg: "image/svg+xml", ico: "image/x-icon", js: "text/javascript" };

// The files of a folder on a port of its own; `page(url)` may give an HTML text instead. Pictures wait until
// the page that names them has asked for /painted: it has been drawn without them then.
async function serve(folder, page) {
  let held = [], painted = false;
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const text = page(request.url), file = path.join(folder, decodeURIComponent(pathname));
    const type = text === undefined ? TYPES[path.extname(pathname).slice(1)] : TYPES.html;
    const send = () => response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(text === undefined ? fs.readFileSync(file) : text);
    if (text === undefined && !fs.existsSync(file)) return response.writeHead(404).end();
    if (pathname === "/painted") {
      painted = true;
      for (const one of held.splice(0)) one();
    } else if (text !== undefined) {
      painted = !text.includes("/painted");
    } else if (/^image/.test(type) && !painted) {
      return held.push(send);
    }
    return send();
  });
  await new Promise(resolve => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://localhost:${server.address().port}`, close: () => {
    server.closeAllConnections();
    server.close();
  } };
}

// Runs the cases, says which failed, ends the browser whatever happens.
async function run(cases) {
  const watch = setTimeout(() => {
    console.log("FAILED: took longer than five minutes");
    process.exit(1);
  }, 300000);
  const browser = await Browser.open();
  let failed = 0;
  for (const [name, test] of Object.entries(cases)) {
    try {
      await test(browser);
      console.log(`ok      ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAILED  ${name}: ${error.message || error}`);
    }
  }
  await browser.close();
  clearTimeout(watch);
  process.exit(failed ? 1 : 0);
}

module.exports = { Browser, run, serve };
