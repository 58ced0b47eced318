// The tools that draw a region: what each does with a press, a drag, a click and a key.
import { closed } from "./region_draft.js";
import { paintPointer } from "./region_paint.js";
import { cornerAt, edgeAt, nextCorner, withAdded, withMoved, withRemoved } from "./region_shapes.js";

/**
 * @import { Tool } from "./region_bench.js"
 * @import { Draft, Step } from "./region_draft.js"
 * @import { Place } from "./region_paint.js"
 * @import { Handle, Part, Spot, Stroke } from "./region_shapes.js"
 * @import { Pane } from "./slide_pane.js"
 *
 * @typedef {object} Work what is worked on
 * @property {Draft | null} draft
 * @property {boolean} isWaiting for the server's answer: nothing is drawn meanwhile
 * @property {number} scale pixels of the frame to a pixel of the patches
 * @property {number} radius of the brush, in pixels of the frame
 * @property {(change: Partial<Step>) => void} step
 * @property {(draft: Draft) => void} change
 * @property {() => void} takeBack
 * @property {() => void} giveUp
 * @property {() => void} refresh
 * @property {() => void} redraw
 * @property {(at: Spot) => void} panTo
 */

const DOUBLE_MS = 400;

export class RegionTools {
  /** @type {Tool} */
  tool = "polygon";
  /** @type {Stroke | null} */
  stroke = null;
  /** A corner that is dragged, and the polygons with it where it is now. */
  /** @type {Handle | null} */
  held = null;
  /** @type {Part[] | null} */
  moving = null;
  /** @type {Handle | null} */
  chosen = null;
  /** @type {Spot | null} */
  pointer = null;
  byKeys = false;
  clicked = -Infinity;

  /** @param {Work} work */
  constructor(work) { this.work = work; }

  get isDrawing() { return this.work.draft !== null; }
  get scale() { return this.work.scale; }

  /** Nothing is held, and nothing chosen. */
  rest() { this.stroke = this.held = this.moving = this.chosen = this.pointer = null; }

  /** @param {Tool} tool */
  use(tool) {
    this.rest();
    this.tool = tool;
  }

  /** @param {Spot} at @param {boolean} erases @returns {Stroke} */
  begunAt({ x, y }, erases) {
    return { points: [[x, y]], radius: this.work.radius, erases: erases || this.tool === "erase" };
  }

  /** @param {Spot} at @param {number} reach @param {boolean} erases */
  grab(at, reach, erases) {
    if (!this.work.draft || this.work.isWaiting) return false;
    if (this.tool === "brush" || this.tool === "erase") {
      this.stroke = this.begunAt(at, erases);
      this.work.refresh();
      return true;
    }
    if (this.tool !== "corners") return false;
    const { parts } = this.work.draft.now;
    this.held = this.chosen = cornerAt(parts, at, reach);
    if (!this.held) {
      this.held = this.chosen = edgeAt(parts, at, reach);
      if (this.held) this.work.step({ parts: withAdded(parts, this.held, at) });
    }
    this.work.refresh();
    return this.held !== null;
  }

  /** @param {Spot} at */
  drag(at) {
    if (this.stroke) {
      const [x, y] = this.stroke.points.at(-1) ?? [at.x, at.y];
      if (Math.hypot(at.x - x, at.y - y) >= this.stroke.radius * 0.08) this.stroke.points.push([at.x, at.y]);
    } else if (this.held && this.work.draft) this.moving = withMoved(this.work.draft.now.parts, this.held, at);
    this.pointer = at;
    this.work.redraw();
  }

  /** @param {Spot} at */
  letGo(at) {
    const { stroke, moving } = this;
    this.drag(at);
    this.stroke = this.held = this.moving = null;
    if (stroke && this.work.draft) this.work.step({ strokes: [...this.work.draft.now.strokes, stroke] });
    else if (moving) this.work.step({ parts: moving });
  }

  /** @param {Spot} at @param {number} reach */
  click(at, reach) {
    if (!this.work.draft || this.work.isWaiting || this.tool !== "polygon") return;
    const { open } = this.work.draft.now, now = performance.now();
    const near = (/** @type {number} */ from) => Math.hypot(open[from] - at.x, open[from + 1] - at.y) <= reach;
    const isDouble = open.length > 0 && near(open.length - 2) && now - this.clicked < DOUBLE_MS;
    this.clicked = now;
    if (open.length >= 6 && (isDouble || near(0))) this.work.change(closed(this.work.draft));
    else if (!isDouble) this.work.step({ open: [...open, at.x, at.y] });
  }

  /** @param {Pane} pane @param {Spot | null} at */
  point(pane, at) {
    this.pointer = at;
    this.byKeys = false;
    pane.draw();
  }

  /** @param {string} key @param {Spot} middle @param {boolean} erases */
  press(key, middle, erases) {
    if (!this.work.draft) return false;
    if (key.startsWith("Arrow")) this.byKeys = true;
    if (key === "Enter") this.work.change(closed(this.work.draft));
    else if (key === "Escape") this.work.giveUp();
    else if (key === "Backspace") this.work.takeBack();
    else if (key === "Delete" && this.chosen) {
      this.work.step({ parts: withRemoved(this.work.draft.now.parts, this.chosen) });
      this.chosen = null;
      this.work.refresh();
    } else if ((key === "[" || key === "]") && this.tool === "corners") this.walk(key === "]" ? 1 : -1);
    else if (key === " ") this.atMiddle(middle, erases);
    else return false;
    return true;
  }

  /** @param {1 | -1} step */
  walk(step) {
    if (!this.work.draft) return;
    const { parts } = this.work.draft.now;
    this.chosen = nextCorner(parts, this.chosen, step);
    this.byKeys = true;
    if (this.chosen) {
      const { part, ring, corner } = this.chosen, points = parts[part][ring];
      this.work.panTo({ x: points[2 * corner], y: points[2 * corner + 1] });
    }
    this.work.refresh();
  }

  /** @param {Spot} at @param {boolean} erases */
  atMiddle(at, erases) {
    this.byKeys = true;
    if (!this.work.draft || this.work.isWaiting) return;
    const { open, parts, strokes } = this.work.draft.now;
    if (this.tool === "polygon") this.work.step({ open: [...open, at.x, at.y] });
    else if (this.tool === "corners") {
      if (this.chosen) this.work.step({ parts: withMoved(parts, this.chosen, at) });
    } else {
      this.work.step({ strokes: [...strokes, this.begunAt(at, erases)] });
    }
  }

  /** @param {Pane} pane @param {CanvasRenderingContext2D} pen @param {Place} place */
  paint(pane, pen, { left, top, px }) {
    const isBrush = this.tool === "brush" || this.tool === "erase";
    const radius = isBrush ? this.work.radius * px : 0;
    const middle = { x: pane.element.clientWidth / 2, y: pane.element.clientHeight / 2 };
    if (this.byKeys) {
      paintPointer(pen, middle, radius, this.tool === "erase");
      paintPointer(pen, middle, 0, false);
    } else if (isBrush && this.pointer) {
      const at = { x: left + this.pointer.x * px, y: top + this.pointer.y * px };
      paintPointer(pen, at, radius, this.tool === "erase");
    }
  }
}
