// What a hand does to a slide while a region is drawn: pointer and keys become calls of its tools.
// Without a tool that takes the drag, dragging still moves the slide.

/**
 * @import { Pane } from "./slide_pane.js"
 * @import { Spot } from "./region_shapes.js"
 *
 * @typedef {object} Desk who draws with them
 * @property {boolean} isDrawing
 * @property {number} scale pixels of the regions' frame to a pixel of the patches
 * @property {(at: Spot, reach: number, erases: boolean) => boolean} grab whether the drag is taken
 * @property {(at: Spot) => void} drag
 * @property {(at: Spot) => void} letGo
 * @property {(at: Spot, reach: number) => void} click
 * @property {(pane: Pane, at: Spot | null) => void} point
 * @property {(key: string, at: Spot, erases: boolean) => boolean} press whether the key meant something
 */

/** How near is near, in pixels of the page. */
const REACH_PX = 9;
const MOVED_PX = 6;

/** @param {Pane} pane @param {Desk} desk */
export function listenForRegions(pane, desk) {
  const { viewer } = pane;
  /** @type {Spot | null} */
  let pressed = null;
  let isTaken = false;
  viewer.addHandler("canvas-press", (event) => {
    if (!desk.isDrawing) return;
    viewer.canvas.focus({ preventScroll: true });
    const { shiftKey } = /** @type {PointerEvent} */ (event.originalEvent);
    pressed = event.position;
    isTaken = desk.grab(spotAt(pane, desk, event.position), reachOf(pane, desk), shiftKey);
  });
  viewer.addHandler("canvas-drag", (event) => {
    if (!desk.isDrawing || !isTaken) return;
    event.preventDefaultAction = true;
    desk.drag(spotAt(pane, desk, event.position));
  });
  viewer.addHandler("canvas-drag-end", (event) => {
    if (isTaken) event.preventDefaultAction = true;
  });
  viewer.addHandler("canvas-release", (event) => {
    if (!desk.isDrawing || !pressed) return;
    const at = spotAt(pane, desk, event.position);
    const moved = Math.hypot(event.position.x - pressed.x, event.position.y - pressed.y);
    pressed = null;
    if (isTaken) desk.letGo(at);
    else if (moved <= MOVED_PX) desk.click(at, reachOf(pane, desk));
  });
  viewer.addHandler("canvas-double-click", (event) => {
    if (desk.isDrawing) event.preventDefaultAction = true;
  });
  pane.element.addEventListener("pointermove", (event) => {
    if (!desk.isDrawing) return;
    const box = pane.element.getBoundingClientRect();
    const pixel = { x: event.clientX - box.left, y: event.clientY - box.top };
    desk.point(pane, spotAt(pane, desk, pixel));
  });
  pane.element.addEventListener("pointerleave", () => { if (desk.isDrawing) desk.point(pane, null); });
}

/**
 * Keys while a region is drawn: those of the desk, and none goes on to the page.
 * @param {HTMLElement} host @param {() => Pane | null} pane @param {Desk} desk
 */
export function listenForKeys(host, pane, desk) {
  const isOurs = (/** @type {KeyboardEvent} */ event) => {
    const field = event.composedPath()[0];
    const isField = field instanceof HTMLElement && /^(INPUT|SELECT|BUTTON)$/.test(field.tagName);
    return desk.isDrawing && !isField && !event.ctrlKey && !event.metaKey && !event.altKey;
  };
  host.addEventListener("keydown", (event) => {
    const on = pane();
    if (!on || !isOurs(event)) return;
    const middle = { x: on.element.clientWidth / 2, y: on.element.clientHeight / 2 };
    if (!desk.press(event.key, spotAt(on, desk, middle), event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  // The slide has heard it by now: it is none of the page's.
  host.addEventListener("keydown", (event) => { if (isOurs(event)) event.stopPropagation(); });
}

/**
 * A point of the pane in pixels of the regions' frame.
 * @param {Pane} pane @param {Desk} desk @param {Spot} pixel
 */
export function spotAt({ viewer, library, frame }, { scale }, pixel) {
  const point = viewer.viewport.pointFromPixel(new library.Point(pixel.x, pixel.y), true);
  const px = frame.stride * scale;
  return {
    x: (point.x * frame.columns + frame.left) * px, y: (point.y * frame.columns + frame.top) * px,
  };
}

/** @param {Pane} pane @param {Desk} desk */
function reachOf(pane, desk) {
  const [from, to] = [{ x: 0, y: 0 }, { x: REACH_PX, y: 0 }].map((pixel) => spotAt(pane, desk, pixel));
  return to.x - from.x;
}
