// One slide, or two side by side that move together: tissue below, one square a patch above.
// OpenSeadragon pans and zooms; the squares are coloured here, so a threshold costs one number. They
// follow the bar's slider while it moves; the server's answer brings all other figures after it.
import { address, find, make } from "./dom.js";
import { RegionDesk } from "./region_desk.js";
import { Pane } from "./slide_pane.js";
import { follow, now } from "./threshold_bus.js";

/**
 * @import { Data, Over, Parts } from "./slide_squares.js"
 * @typedef {typeof import("openseadragon")} Library
 * @typedef {HTMLElement & { view?: View }} Host
 */

/** @param {Mounted<Data>} mounted */
export default function ({ data, parentElement, setTriggerValue }) {
  const host = /** @type {Host} */ (find(parentElement, ".slide"));
  const view = (host.view ??= new View(host));
  view.tell = (x, y) => setTriggerValue("square", [x, y, ++view.clicks]);
  view.tellArea = (area) => setTriggerValue("area", [...area, ++view.clicks]);
  view.desk.send = (act) => setTriggerValue("region", act);
  view.update(data);
  // eslint-disable-next-line no-restricted-globals -- Streamlit may be putting the element elsewhere
  return () => { setTimeout(() => host.isConnected || view.end(), 2000); };
}

class View {
  clicks = 0;
  /** @type {Pane[]} */
  panes = [];
  /** What was fetched, by its address. @type {Map<string, Promise<any>>} */
  fetching = new Map();
  /** What the server sent last. @type {Data | null} */
  wanted = null;
  /** What each pane shows. @type {Parts[]} */
  shown = [];
  /** What lies over the slide. @type {Over | null} */
  over = null;
  /** What the panes were built for. @type {string | null} */
  shape = null;
  /** The threshold of the colours. */
  coloured = NaN;
  /** @type {string | null} */
  picked = null;
  /** @type {Pane | null} */
  leading = null;
  /** @type {(x: number, y: number) => void} */
  tell = () => {};
  /** @type {(area: number[]) => void} */
  tellArea = () => {};

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.desk = new RegionDesk(host, this);
    find(host, ".buttons").onclick = (event) => {
      const pressed = event.target instanceof Element ? event.target.closest("button") : null;
      const [first] = this.panes;
      if (!pressed || !first) return;
      this.lead(first);
      act(first, pressed.dataset.does);
    };
    this.unfollow = follow(() => this.recolour());
  }

  /** @param {Data} data */
  async update(data) {
    this.wanted = data;
    const style = getComputedStyle(this.host);
    data.ink.paper = style.getPropertyValue("--st-background-color") || "#fff";
    data.ink.text = style.getPropertyValue("--st-text-color") || "#1c2733";
    find(this.host, ".buttons [data-does=patch]").hidden = !data.picked;
    const [library, parts, over, shapes] = await Promise.all([
      openSeadragon(data.library),
      Promise.all(data.maps.map((map) => this.fetched(map.squares))),
      data.whole?.over ? this.fetched(data.whole.over) : null,
      data.regions ? this.fetched(data.regions.shapes) : null,
    ]);
    if (this.wanted !== data) return;
    const { columns, rows } = parts[0];
    const ground = data.whole && { ...data.whole, over: null };
    const shape = JSON.stringify([data.tissue, ground, data.maps.length, columns, rows]);
    if (this.shape !== shape) this.rebuild(library, data, parts[0]);
    this.shape = shape;
    const moved = this.picked !== String(data.picked);
    this.picked = String(data.picked);
    this.shown = parts;
    this.over = over;
    this.desk.update(data.regions, shapes);
    this.colour(data, this.movingTo() ?? data.threshold, moved);
  }

  /** @param {Data} data @param {number} threshold */
  colour(data, threshold, moved = false) {
    this.coloured = threshold;
    // Another run has its own threshold, whatever the bar says.
    this.panes.forEach((pane, at) => {
      const map = data.maps[at];
      const own = { ...data, threshold: map.threshold ?? threshold };
      pane.update(own, map, this.shown[at], this.over, moved);
    });
  }

  recolour() {
    if (!this.wanted || !this.panes.length) return;
    const threshold = this.movingTo() ?? this.wanted.threshold;
    if (threshold !== this.coloured) this.colour(this.wanted, threshold);
  }

  /** Where the bar's threshold is, while it moves and no answer for it is there. */
  movingTo() {
    const told = now();
    return told?.moving ? told.at : null;
  }

  /** @param {string} source @returns {Promise<any>} */
  async fetched(source) {
    const known = this.fetching.get(source);
    if (known) return known;
    if (this.fetching.size > 8) this.fetching.clear();
    const coming = fetch(address(source)).then((answer) => answer.json());
    this.fetching.set(source, coming);
    return coming;
  }

  /** @param {Library} library @param {Data} data @param {Parts} frame */
  rebuild(library, data, frame) {
    this.destroy();
    const box = find(this.host, ".panes");
    const elements = data.maps.map(() => make("div", "pane"));
    box.replaceChildren(...elements); // all before one is measured
    const width = this.host.clientWidth / data.maps.length;
    const { whole } = data;
    const fitting = whole ? (width * whole.height) / whole.width : (width * frame.rows) / frame.columns;
    box.style.height = `${Math.round(Math.min(600, Math.max(340, fitting)))}px`;
    this.panes = elements.map((element) => new Pane(library, element, frame, data, this));
    for (const pane of this.panes) this.desk.listen(pane);
    this.lead(this.panes[0]);
  }

  get isDrawing() { return this.desk.isDrawing; }
  /** @param {Parameters<RegionDesk["paint"]>} scene */
  paint(...scene) { this.desk.paint(...scene); }

  // The pane that was touched last leads; the other one follows.
  /** @param {Pane} pane */
  lead(pane) { this.leading = pane; }
  /** @param {Pane} pane */
  follow(pane) {
    if (pane !== this.leading || !this.panes.every((each) => each.isOpen)) return;
    const bounds = pane.viewer.viewport.getBounds(true);
    for (const other of this.panes) if (other !== pane) other.viewer.viewport.fitBounds(bounds, true);
  }

  destroy() {
    for (const pane of this.panes) pane.destroy();
    this.panes = [];
    this.shape = null;
  }

  end() {
    this.unfollow();
    this.destroy();
  }
}

/** @param {Pane} pane @param {string | undefined} does what its button is called */
function act(pane, does) {
  if (does === "whole") pane.whole();
  else if (does === "closer") pane.closer();
  else if (does === "farther") pane.farther();
  else if (does === "patch") pane.patch();
}

/** @param {string} source @returns {Promise<Library>} */
function openSeadragon(source) {
  if (window.OpenSeadragon) return Promise.resolve(window.OpenSeadragon);
  window.idcOpenSeadragon ??= new Promise((done, failed) => {
    const script = make("script");
    script.src = address(source);
    script.onload = () => window.OpenSeadragon ? done(window.OpenSeadragon) : failed();
    script.onerror = failed;
    document.head.append(script);
  });
  return window.idcOpenSeadragon;
}
