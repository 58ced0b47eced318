// The patch on the left, every channel of a layer on the right; the channel under the pointer, or the
// selected one, is overlaid on the patch. Values come as one grey picture (0..255 between each channel's
// smallest and largest) and are coloured here, so that pointing needs no answer from the server.
import { find, make, penOf } from "../../../widgets/dom.js";
import { Pictures, picture } from "./channel_pictures.js";
import { channelAt, colour, GAP, grid, place, short, sorted } from "./channel_sheet.js";

/**
 * @import { Data } from "./channel_sheet.js"
 * @typedef {HTMLCanvasElement & { telling?: number }} Tiles
 * @typedef {HTMLCanvasElement & { source?: string, picture?: Promise<HTMLImageElement> }} Over
 *
 * @typedef {object} State
 * @property {number | null} chosen
 * @property {number | null} pointed
 * @property {"shared" | "own"} scale
 * @property {string} sort
 * @property {number[]} order
 * @property {number} columns
 * @property {number} rows
 * @property {number} side of a tile, in pixels of the page
 * @property {number} [room] below the top of the tiles when they were first laid out
 */

/** @param {Mounted<Data>} mounted */
export default function ({ data, parentElement, setTriggerValue }) {
  const part = (/** @type {string} */ name) => find(parentElement, name);
  const canvas = /** @type {Tiles} */ (part(".tiles")), over = /** @type {Over} */ (part(".over"));
  const veiled = /** @type {HTMLInputElement} */ (part(".veil"));
  /** @type {State} */
  const state = {
    chosen: data.chosen, pointed: null, scale: data.scale, sort: data.sort,
    order: sorted(data, data.sort), columns: 1, rows: 1, side: 0,
  };
  /** The pictures, once they are there. @type {Pictures | null} */
  let ready = null;
  const top = (/** @type {number} */ channel) => data[state.scale][channel];
  let gone = false;
  const watcher = new ResizeObserver(() => { if (ready) layOut(ready); });

  // Mostly the layer changes and the patch stays: it is not decoded anew.
  const decoded = over.source === data.patch && over.picture ? over.picture : picture(data.patch);
  Object.assign(over, { source: data.patch, picture: decoded });
  Promise.all([picture(data.sheet), decoded]).then(([sheet, patch]) => {
    if (gone) return;
    ready = new Pictures(data, sheet, patch);
    colourAll(ready);
    layOut(ready);
    watcher.observe(part(".mosaic"));
  });

  /** @param {Pictures} pictures */
  function colourAll(pictures) {
    pictures.colour(top);
    const colours = Array.from({ length: 17 }, (_, at) => colour(data, Math.round((at * 255) / 16)));
    part(".ramp").style.background = `linear-gradient(90deg, ${colours.join(",")})`;
  }

  /** @param {Pictures} pictures */
  function layOut(pictures) {
    const width = part(".mosaic").clientWidth;
    if (!width) return;
    const room = window.innerHeight - part(".tiles").getBoundingClientRect().top - 24;
    Object.assign(state, grid(data.count, width, Math.min(720, Math.max(300, state.room ??= room))));
    const scale = window.devicePixelRatio || 1;
    const wide = state.columns * (state.side + GAP) + GAP, high = state.rows * (state.side + GAP) + GAP;
    Object.assign(canvas.style, { width: `${wide}px`, height: `${high}px` });
    Object.assign(canvas, { width: Math.round(wide * scale), height: Math.round(high * scale) });
    draw(pictures);
  }

  /** @param {Pictures} pictures */
  function draw(pictures) {
    const scale = canvas.width / (state.columns * (state.side + GAP) + GAP);
    const pen = penOf(canvas);
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingEnabled = false;
    for (const at of state.order) {
      pen.drawImage(pictures.sheet, ...place(at, data), data.width, data.height, ...corner(at), state.side, state.side);
    }
    outline(pen, state.chosen, true);
    if (state.pointed !== state.chosen) outline(pen, state.pointed, false);
    drawPatch(pictures);
    tell();
    canvas.dataset.drawn = data.sheet.slice(-48) + data.patch.slice(-48);  // what is on show
  }

  /**
   * Dark and pale lines side by side are seen on every colour.
   * @param {CanvasRenderingContext2D} pen
   * @param {number | null} at
   * @param {boolean} kept
   */
  function outline(pen, at, kept) {
    if (at === null) return;
    const [left, top] = corner(at);
    pen.lineWidth = GAP;
    pen.strokeStyle = getComputedStyle(canvas).getPropertyValue(kept ? "--st-text-color" : "--st-primary-color");
    pen.strokeRect(left - GAP / 2, top - GAP / 2, state.side + GAP, state.side + GAP);
    pen.lineWidth = 2;
    pen.strokeStyle = "#fff";
    pen.strokeRect(left + 1, top + 1, state.side - 2, state.side - 2);
  }

  /** @param {number} channel @returns {[number, number]} */
  function corner(channel) {
    const step = state.side + GAP, at = state.order.indexOf(channel);
    return [GAP + (at % state.columns) * step, GAP + Math.floor(at / state.columns) * step];
  }

  /** @param {Pictures} pictures */
  function drawPatch(pictures) {
    const at = state.pointed ?? state.chosen;
    const pen = penOf(over);
    pen.globalAlpha = 1;
    pen.imageSmoothingEnabled = true;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(pictures.patch, 0, 0, over.width, over.height);
    if (at === null || !data.has_place) return;
    pen.globalAlpha = Number(veiled.value);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(pictures.veil(at), 0, 0, over.width, over.height);
  }

  function tell() {
    const at = state.pointed ?? state.chosen;
    part(".card .head").textContent = at === null ? "The patch" : `Channel ${at}`;
    part(".card .state").textContent = at === null
      ? "Point at a channel to overlay it on the patch; click to select it."
      : [data.has_place ? "" : "This layer has no positions: each channel is a single value.",
         data.odd ? data.odd[at] : ""].filter(Boolean).join(" ");
    part(".card dl").replaceChildren(...(at === null ? [] : factsOf(at)).flatMap(
      ([name, value]) => [make("dt", "", name), make("dd", "", value)]));
    part(".veiling").hidden = at === null || !data.has_place;
    const own = state.scale === "own" && at === null;
    part(".low").textContent = !data.signed ? "0" : own ? "− maximum" : short(-top(at ?? 0));
    part(".zero").textContent = data.signed ? "0" : "";
    part(".high").textContent = own ? "maximum" : short(top(at ?? 0));
    canvas.setAttribute("aria-valuenow", String(at ?? -1));
    canvas.setAttribute("aria-valuetext", part(".card").textContent);
  }

  /** @param {number} at @returns {[name: string, value: string][]} */
  function factsOf(at) {
    /** @type {[string, string][]} */
    const facts = [["min", short(data.low[at])], ["max", short(data.high[at])],
      ["mean", short(data.mean[at])], ["zeros", `${Math.round(100 * data.zeros[at])} %`]];
    const auc = data.auc?.[at];
    if (data.auc) facts.push(["AUC", auc?.toFixed(2) ?? "–"]);
    return facts;
  }

  // A held key passes over many channels; the server hears of the one it stops at.
  /** @param {number | null} number @param {Pictures} pictures */
  function choose(number, pictures) {
    state.chosen = number;
    draw(pictures);
    clearTimeout(canvas.telling);
    // eslint-disable-next-line no-restricted-globals -- a held key passes over many channels
    canvas.telling = setTimeout(() => setTriggerValue("channel", number ?? -1), 150);
  }

  canvas.onpointermove = (event) => {
    const number = ready && channelAt(event.offsetX, event.offsetY, state);
    if (number === state.pointed) return;
    state.pointed = number;
    if (ready) draw(ready);
  };
  canvas.onpointerleave = () => {
    state.pointed = null;
    if (ready) draw(ready);
  };
  canvas.onclick = (event) => {
    const number = ready && channelAt(event.offsetX, event.offsetY, state);
    if (ready && number !== null) choose(number === state.chosen ? null : number, ready);
  };
  canvas.onkeydown = (event) => {
    if (!ready) return;
    /** @type {Record<string, number>} */
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: state.columns, ArrowUp: -state.columns };
    if (event.key === "Escape" && state.chosen !== null) choose(null, ready);
    if (!(event.key in steps)) return;
    event.preventDefault();
    const next = state.chosen === null ? 0 : state.order.indexOf(state.chosen) + steps[event.key];
    if (next >= 0 && next < data.count) choose(state.order[next], ready);
  };
  for (const choice of radios(".scale input")) {
    choice.checked = choice.value === state.scale;
    choice.onchange = () => {
      state.scale = choice.value === "own" ? "own" : "shared";
      if (ready) {
        colourAll(ready);
        draw(ready);
      }
      setTriggerValue("scale", choice.value);
    };
  }
  part(".by-class").hidden = !data.auc;
  for (const choice of radios(".sort input")) {
    choice.checked = choice.value === state.sort;
    choice.onchange = () => {
      state.sort = choice.value;
      state.order = sorted(data, state.sort);
      if (ready) draw(ready);
      setTriggerValue("sort", choice.value);
    };
  }
  veiled.oninput = () => { if (ready) drawPatch(ready); };
  return () => {
    gone = true;
    watcher.disconnect();
  };

  /** @param {string} selector @returns {NodeListOf<HTMLInputElement>} */
  function radios(selector) {
    return parentElement.querySelectorAll(selector);
  }
}
