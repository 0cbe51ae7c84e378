/* SPDX-License-Identifier: MIT
 * Two renditions of one image over each other, with a divider that pointer and keyboard move. At
 * 100 % a pixel of the larger one is a pixel of the screen. */

const viewer = { dialog: document.getElementById("viewer"), image: null, left: null, right: null, zoom: "1", split: 50, back: null };
const ZOOMS = [["fit", "Fit"], ["1", "100 %"], ["2", "200 %"], ["4", "400 %"]];

const comparable = image => image.renditions.filter(one => DRAWN.includes(one.format));
const place = rendition => rendition.url || rendition.data;

/* Beside a rendition: the fallback of the same size, else the lightest other of it, else the
 * largest of the same output. */
function counterpart(image, rendition) {
  const tile = image.groups.flatMap(group => group.tiles).find(one => one.renditions.includes(rendition));
  const others = tile ? tile.renditions.filter(one => one !== rendition && DRAWN.includes(one.format)) : [];
  const fallback = others.find(one => one === tile.fallback);
  const lightest = [...others].sort((a, b) => a.bytes - b.bytes)[0];
  const same = comparable(image).filter(one => one !== rendition && one.output === rendition.output && one.preset === rendition.preset);
  return fallback || lightest || largestOf(same.length ? same : comparable(image)) || rendition;
}

function viewerPictures() {
  const { left, right } = viewer;
  const bigger = left.width * left.height >= right.width * right.height ? left : right;
  const room = viewer.stage.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  const fit = Math.min(1 / ratio, room.width / bigger.width, room.height / bigger.height);
  const factor = viewer.zoom === "fit" ? fit : Number(viewer.zoom) / ratio;
  viewer.sheet.style.width = `${bigger.width * factor}px`;
  viewer.sheet.style.height = `${bigger.height * factor}px`;
  viewer.sheet.classList.toggle("coarse", factor * ratio >= 2);
  viewerSplit();
}

function viewerCentre() {
  const { stage } = viewer;
  stage.scrollTo((stage.scrollWidth - stage.clientWidth) / 2, (stage.scrollHeight - stage.clientHeight) / 2);
  viewerSplit();
}

/* The divider stands still on the screen; what is cut off the upper picture follows the scrolling. */
function viewerSplit() {
  const stage = viewer.stage.getBoundingClientRect(), sheet = viewer.sheet.getBoundingClientRect();
  const from = Math.max(stage.left, sheet.left), to = Math.min(stage.right, sheet.right);
  const at = from + ((to - from) * viewer.split) / 100;
  viewer.upper.style.clipPath = `inset(0 0 0 ${Math.max(0, at - sheet.left)}px)`;
  viewer.divider.style.left = `${at - stage.left}px`;
  viewer.divider.style.top = `${Math.max(0, sheet.top - stage.top)}px`;
  viewer.divider.style.height = `${Math.min(stage.bottom, sheet.bottom) - Math.max(stage.top, sheet.top)}px`;
  viewer.range.value = viewer.split;
  viewer.range.setAttribute("aria-valuetext", `${Math.round(viewer.split)} % ${formatName(viewer.left.format)}, the rest ${formatName(viewer.right.format)}`);
}

function viewerDrag(event) {
  const stage = viewer.stage.getBoundingClientRect(), sheet = viewer.sheet.getBoundingClientRect();
  const from = Math.max(stage.left, sheet.left), to = Math.min(stage.right, sheet.right);
  viewer.split = Math.min(100, Math.max(0, ((event.clientX - from) / (to - from)) * 100));
  viewerSplit();
}

function viewerFacts(side, rendition, other) {
  const ratio = rendition.bytes / other.bytes, share = Math.round(Math.abs(ratio - 1) * 100);
  const than = ratio >= 2 ? `${ratio.toFixed(1)} times as heavy` : share ? `${share} % ${ratio < 1 ? "lighter" : "heavier"}` : "";
  side.replaceChildren(
    el("p", { class: "facts" }, badge(rendition.format), el("strong", {}, bytesText(rendition.bytes)), el("span", {}, sizeText(rendition)),
      el("span", {}, qualityText(rendition)), rendition.seconds && el("span", {}, secondsText(rendition.seconds)), than && el("span", { class: rendition.bytes < other.bytes ? "better" : "" }, than)),
    el("p", { class: "path" }, rendition.path || "inline, a data URI"),
    el("p", { class: "steps" }, [...(rendition.steps || []), rendition.chosen].filter(Boolean).join(" → ")));
}

function viewerShow() {
  const { left, right, image } = viewer;
  for (const [element, one] of [[viewer.lower, left], [viewer.upper, right]]) {
    element.src = place(one);
    element.alt = `${image.source.alt || image.name}: ${formatName(one.format)} ${sizeText(one)}`;
  }
  for (const [element, one] of [[viewer.leftChoice, left], [viewer.rightChoice, right]]) element.value = String(image.renditions.indexOf(one));
  viewerFacts(viewer.leftFacts, left, right);
  viewerFacts(viewer.rightFacts, right, left);
  viewerPictures();
}

function viewerChoice(side, label) {
  const choice = el("select", { onchange: event => {
    viewer[side] = viewer.image.renditions[Number(event.target.value)];
    viewerShow();
  } });
  for (const group of viewer.image.groups) {
    const options = group.tiles.flatMap(tile => tile.renditions).filter(one => DRAWN.includes(one.format)).map(one =>
      el("option", { value: String(viewer.image.renditions.indexOf(one)) }, `${formatName(one.format)} ${sizeText(one)} · ${bytesText(one.bytes)}`));
    if (options.length) choice.append(el("optgroup", { label: `${group.preset} / ${group.output}` }, ...options));
  }
  viewer[`${side}Choice`] = choice;
  return el("label", {}, el("span", {}, label), choice);
}

function viewerBar() {
  const zooms = ZOOMS.map(([zoom, name]) => el("label", {}, el("input", { type: "radio", name: "zoom", value: zoom, checked: viewer.zoom === zoom, onchange: () => {
    viewer.zoom = zoom;
    viewerPictures();
    viewerCentre();
  } }), el("span", {}, name)));
  const swap = el("button", { type: "button", class: "plain", "aria-label": "Swap the sides", title: "Swap the sides", onclick: () => {
    [viewer.left, viewer.right] = [viewer.right, viewer.left];
    viewerShow();
  } }, "⇄");
  return el("div", { class: "bar" }, viewerChoice("left", "Left"), swap, viewerChoice("right", "Right"),
    el("fieldset", { class: "zooms" }, el("legend", { class: "hidden" }, "Size"), ...zooms),
    el("button", { type: "button", class: "plain close", "aria-label": "Close", onclick: () => viewer.dialog.close() }, "✕"));
}

function viewerBuild() {
  viewer.lower = el("img", { decoding: "async", draggable: "false" });
  viewer.upper = el("img", { decoding: "async", draggable: "false", class: "upper" });
  viewer.sheet = el("div", { class: "sheet" }, viewer.lower, viewer.upper);
  viewer.stage = el("div", { class: "stage", tabindex: "0", "aria-label": "The pictures; arrow keys move the view", onscroll: viewerSplit }, viewer.sheet);
  viewer.divider = el("div", { class: "divider", "aria-hidden": "true" });
  viewer.range = el("input", { type: "range", class: "range", min: "0", max: "100", step: "0.5", value: "50", "aria-label": "Divider between left and right",
    oninput: event => {
      viewer.split = Number(event.target.value);
      viewerSplit();
    } });
  viewer.leftFacts = el("div", {});
  viewer.rightFacts = el("div", {});
  viewer.divider.addEventListener("pointerdown", event => {
    viewer.divider.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  viewer.divider.addEventListener("pointermove", event => viewer.divider.hasPointerCapture(event.pointerId) && viewerDrag(event));
  viewer.dialog.replaceChildren(viewerBar(), el("div", { class: "window" }, viewer.stage, viewer.divider), viewer.range,
    el("div", { class: "sides" }, viewer.leftFacts, viewer.rightFacts));
}

function viewerOpen(image, rendition, other) {
  viewer.back = document.activeElement;
  viewer.image = image;
  viewer.left = rendition;
  viewer.right = other || counterpart(image, rendition);
  viewer.split = 50;
  viewerBuild();
  viewer.dialog.showModal();
  viewerShow();
  viewerCentre();
  viewer.range.focus();
}

viewer.dialog.addEventListener("close", () => {
  viewer.dialog.replaceChildren(); /* the pictures may be large */
  if (viewer.back && viewer.back.isConnected) viewer.back.focus();
});
window.addEventListener("resize", () => viewer.dialog.open && viewerPictures());
