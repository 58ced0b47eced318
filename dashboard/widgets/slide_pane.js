// One map of a slide: OpenSeadragon pans and zooms the tissue, the squares lie above it.
import { address, make, penOf } from "./dom.js";
import { colours, drawArea, drawOver, drawScale, drawSquares, pathOf, pathsOf } from "./slide_drawing.js";
import { areaOf, border, gridOf, placeIn, squareAt, wholeIn, words } from "./slide_squares.js";

/**
 * @import { Viewer } from "openseadragon"
 * @import { Data, Frame, Layer, Over, Parts } from "./slide_squares.js"
 * @typedef {typeof import("openseadragon")} Library
 * @typedef {{ x: number, y: number }} Point
 *
 * @typedef {object} Drawn what a pane shows
 * @property {Data} data
 * @property {Layer} map
 * @property {Parts} parts
 * @property {Map<string, number>} at the number of each square by its "x,y"
 * @property {Map<string, number>} grid and by its "column,row"
 * @property {HTMLCanvasElement} colours
 * @property {Path2D | null} border
 * @property {ReturnType<typeof pathsOf> | null} over
 *
 * @typedef {object} Listener who is told what is done to a pane
 * @property {Pane | null} leading
 * @property {(pane: Pane) => void} lead it was touched
 * @property {(pane: Pane) => void} follow it moved
 * @property {(x: number, y: number) => void} tell a square was clicked
 * @property {(area: number[]) => void} tellArea a rectangle was drawn
 * @property {boolean} isDrawing whether the hand draws a region
 * @property {(pane: Pane, pen: CanvasRenderingContext2D, origin: Point, side: number) => void} paint
 *   draws regions; `origin` of the frame and `side` of a square in pixels of the page
 */

export class Pane {
  isOpen = false;
  /** @type {Drawn | null} */
  drawn = null;
  /** A rectangle that is being drawn. @type {Point | null} */
  from = null;
  /** @type {Point | null} */
  to = null;

  /**
   * @param {Library} library
   * @param {HTMLElement} element
   * @param {Frame} frame
   * @param {Pick<Data, "tissue" | "whole">} below what lies below the squares
   * @param {Listener} view
   */
  constructor(library, element, frame, below, view) {
    this.library = library;
    this.element = element;
    this.frame = frame;
    this.view = view;
    const stage = make("div", "stage");
    this.name = make("div", "name");
    this.tip = make("div", "tip");
    this.tip.hidden = true;
    this.told = make("div", "told");
    this.told.setAttribute("role", "status");
    element.replaceChildren(stage, this.name, this.told, this.tip);
    /** @type {Viewer} */
    this.viewer = new library.Viewer({
      element: stage,
      // Its types do not know that pictures can be placed.
      tileSources: /** @type {any} */ (sources(frame, below)),
      drawer: "canvas", showNavigationControl: false, showNavigator: true,
      navigatorPosition: "TOP_RIGHT", navigatorSizeRatio: 0.14, navigatorAutoFade: true,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
      gestureSettingsTouch: { clickToZoom: false }, gestureSettingsPen: { clickToZoom: false },
      maxZoomPixelRatio: below.whole?.tiles ? 4 : 32, minZoomImageRatio: 0.7, visibilityRatio: 0.4, animationTime: 0.35,
    });
    this.canvas = make("canvas", "over");
    this.viewer.canvas.append(this.canvas);
    this.viewer.canvas.setAttribute("role", "application");
    this.listen();
  }

  listen() {
    const { viewer, view } = this;
    viewer.addHandler("open", () => {
      this.isOpen = true;
      viewer.viewport.goHome(true);
      this.show();
    });
    viewer.addHandler("open-failed", () => { this.isOpen = false; });
    viewer.addHandler("tile-load-failed", (event) => this.tellWhy(event.tile.getUrl()));
    viewer.addHandler("tile-loaded", () => { this.told.textContent = ""; });
    viewer.addHandler("update-viewport", () => this.draw());
    viewer.addHandler("resize", () => this.draw());
    viewer.addHandler("viewport-change", () => view.follow(this));
    viewer.addHandler("canvas-click", (event) => {
      const at = event.quick && !view.isDrawing ? this.squareAt(event.position) : null;
      if (at !== null && this.drawn) view.tell(this.drawn.parts.x[at], this.drawn.parts.y[at]);
    });
    this.listenForAreas();
    // Letters belong to the page's own keys; turning a slide would lose the way.
    viewer.addHandler("canvas-key", (event) => {
      const pressed = /** @type {KeyboardEvent} */ (event.originalEvent);
      if (/^[a-z]$/i.test(pressed.key)) event.preventDefaultAction = true;
    });
    for (const kind of ["pointerenter", "focusin"]) {
      this.element.addEventListener(kind, () => view.lead(this));
    }
    this.element.addEventListener("pointermove", (event) => this.hover(event));
    this.element.addEventListener("pointerleave", () => { this.tip.hidden = true; });
  }

  // A tile that does not come says why; what lies below it is still to be seen.
  /** @param {string} source */
  async tellWhy(source) {
    const answer = await fetch(source).catch(() => null);
    if (answer?.ok) return;
    this.told.textContent = answer ? await answer.text() : "The server does not answer.";
  }

  // With the Shift key a drag draws a rectangle instead of moving the slide.
  listenForAreas() {
    const { viewer } = this;
    viewer.addHandler("canvas-press", (event) => {
      const pressed = /** @type {PointerEvent} */ (event.originalEvent);
      const shift = this.drawn?.data.areas && pressed.shiftKey && !this.view.isDrawing;
      this.from = shift ? viewer.viewport.pointFromPixel(event.position, true) : null;
    });
    viewer.addHandler("canvas-drag", (event) => {
      if (!this.from) return;
      event.preventDefaultAction = true;
      this.to = viewer.viewport.pointFromPixel(event.position, true);
      this.draw();
    });
    viewer.addHandler("canvas-drag-end", (event) => {
      if (this.from) event.preventDefaultAction = true;
    });
    viewer.addHandler("canvas-release", () => {
      if (this.from && this.to) this.view.tellArea(areaOf(this.frame, this.from, this.to));
      this.from = this.to = null;
      this.draw();
    });
  }

  /**
   * @param {Data} data @param {Layer} map @param {Parts} parts @param {Over | null} over
   * @param {boolean} moved
   */
  update(data, map, parts, over, moved) {
    const known = this.drawn?.parts === parts ? this.drawn : null;
    this.drawn = {
      data, map, parts,
      at: known?.at ?? new Map(parts.x.map((x, at) => [`${x},${parts.y[at]}`, at])),
      grid: known?.grid ?? gridOf(parts),
      colours: colours(this.frame, parts, map, data),
      border: map.contour ? pathOf(border(parts, data.threshold)) : null,
      over: over && pathsOf(over),
    };
    this.name.textContent = data.maps.length > 1 ? map.name : "";
    this.viewer.canvas.setAttribute("aria-label", data.said);
    if (this.isOpen) this.show(moved);
  }

  show(moved = false) {
    if (moved) this.reveal();
    this.draw();
  }

  reveal() {
    const picked = this.drawn?.data.picked;
    if (!picked || this.view.leading !== this) return;
    const [left, top, side] = placeIn(this.frame, ...picked);
    const bounds = this.viewer.viewport.getBounds(true);
    const inside = left >= bounds.x && top >= bounds.y && left + side <= bounds.x + bounds.width
      && top + side <= bounds.y + bounds.height;
    if (!inside) this.viewer.viewport.panTo(new this.library.Point(left + side / 2, top + side / 2));
  }

  closer() { this.viewer.viewport.zoomBy(1.6).applyConstraints(); }
  farther() { this.viewer.viewport.zoomBy(1 / 1.6).applyConstraints(); }
  whole() { this.viewer.viewport.goHome(); }
  patch() {
    const picked = this.drawn?.data.picked;
    if (!picked) return;
    const [left, top, side] = placeIn(this.frame, ...picked);
    this.viewer.viewport.fitBounds(new this.library.Rect(left - 2 * side, top - 2 * side, 5 * side, 5 * side));
  }

  /**
   * Shows a part of the slide, with room around it.
   * @param {[number, number, number, number]} part left, top, right, bottom in pixels of a frame
   * @param {number} scale of which so many are a pixel of the patches
   */
  showPart([left, top, right, bottom], scale) {
    const { x, y } = this.pointOf({ x: left, y: top }, scale), end = this.pointOf({ x: right, y: bottom }, scale);
    const [wide, tall] = [end.x - x, end.y - y], room = 0.4 * Math.max(wide, tall);
    this.viewer.viewport.fitBounds(
      new this.library.Rect(x - room, y - room, wide + 2 * room, tall + 2 * room));
  }

  /** @param {Point} at in pixels of a frame @param {number} scale see `showPart` */
  panTo(at, scale) { this.viewer.viewport.panTo(this.pointOf(at, scale)); }

  /** @param {Point} at in pixels of a frame @param {number} scale see `showPart` */
  pointOf({ x, y }, scale) {
    const { left, top, columns, stride } = this.frame, px = stride * scale;
    return new this.library.Point((x / px - left) / columns, (y / px - top) / columns);
  }

  /** @param {import("openseadragon").Point} pixel */
  squareAt(pixel) {
    if (!this.drawn) return null;
    return squareAt(this.frame, this.drawn.grid, this.viewer.viewport.pointFromPixel(pixel, true));
  }

  /** @param {PointerEvent} event */
  hover(event) {
    if (this.view.isDrawing) this.tip.hidden = true;
    if (!this.isOpen || !this.drawn || this.view.isDrawing) return;
    const box = this.element.getBoundingClientRect();
    const pixel = new this.library.Point(event.clientX - box.left, event.clientY - box.top);
    const at = this.squareAt(pixel);
    this.tip.hidden = at === null;
    if (at === null) return;
    this.tip.textContent = words(this.drawn.parts, at, this.drawn.data);
    const right = pixel.x > box.width - 190;
    this.tip.style.transform = `translate(${Math.round(pixel.x + (right ? -190 : 14))}px, ${Math.round(pixel.y + 14)}px)`;
  }

  draw() {
    if (!this.isOpen || !this.drawn) return;
    const { canvas, frame, viewer, drawn } = this;
    const width = viewer.canvas.clientWidth, height = viewer.canvas.clientHeight;
    const dense = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * dense) || canvas.height !== Math.round(height * dense)) {
      canvas.width = Math.round(width * dense);
      canvas.height = Math.round(height * dense);
    }
    const origin = viewer.viewport.pixelFromPoint(new this.library.Point(0, 0), true);
    const end = viewer.viewport.pixelFromPoint(new this.library.Point(1, 0), true);
    const side = (end.x - origin.x) / frame.columns;
    const { threshold, tissue } = drawn.data;
    Object.assign(canvas.dataset, { left: origin.x, top: origin.y, side, dense, threshold, tissue });
    viewer.drawer.setImageSmoothingEnabled?.(side < 150);
    const pen = penOf(canvas);
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(drawn.colours, origin.x, origin.y, side * frame.columns, side * frame.rows);
    pen.translate(origin.x, origin.y);
    const seen = { left: -origin.x, top: -origin.y, width, height };
    const scene = { pen, side, frame, ...drawn };
    drawSquares(scene, drawn.border, seen);
    if (drawn.over && drawn.data.whole) drawOver(scene, drawn.over, side / drawn.data.whole.side);
    if (this.from && this.to) drawArea(pen, this.from, this.to, side * frame.columns);
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    this.view.paint(this, pen, origin, side);
    drawScale(pen, side, height, frame.stride, drawn.data);
  }

  destroy() {
    this.isOpen = false;
    this.viewer.destroy();
  }
}

/**
 * The slide itself, tile by tile above a small picture of it, or the picture of the frame alone.
 * @param {Frame} frame @param {Pick<Data, "tissue" | "whole">} below
 */
function sources(frame, { tissue, whole }) {
  if (!whole) return [{ tileSource: image(tissue ? address(tissue) : blank(frame)) }];
  const place = wholeIn(frame, whole), { tiles, picture, width, height, stamp } = whole;
  const found = [];
  if (picture) found.push({ tileSource: image(address(picture)), ...place });
  if (tiles) {
    const getTileUrl = (/** @type {number} */ level, /** @type {number} */ x, /** @type {number} */ y) =>
      address(`${tiles}/${level}/${x}_${y}.jpg?${stamp}`);
    found.push({ tileSource: { width, height, tileSize: whole.tile, tileOverlap: 0, getTileUrl }, ...place });
  }
  return found;
}

/** @param {string} url */
function image(url) {
  return { type: "image", url };
}

/** Without pixels there is still a slide to move over. @param {Frame} frame */
function blank(frame) {
  const canvas = make("canvas");
  canvas.width = frame.columns;
  canvas.height = frame.rows;
  return canvas.toDataURL();
}
