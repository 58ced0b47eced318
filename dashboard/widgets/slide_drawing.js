// Draws a slide's squares: colour, grid, border, marks, what is chosen, the scale.
import { shortDigits } from "./digits.js";
import { make, penOf } from "./dom.js";
import {
  colour, gridPlace, LETTER_PX, LETTERS, markOf, outcome, scaleBar,
} from "./slide_squares.js";

/**
 * @import { Data, Frame, Layer, Over, Overlay, Parts, Role } from "./slide_squares.js"
 * @typedef {{ x: number, y: number }} Point
 *
 * @typedef {object} Scene all that one drawing needs
 * @property {CanvasRenderingContext2D} pen its origin is the corner of the frame
 * @property {number} side of a square, in pixels of the page
 * @property {Frame} frame
 * @property {Parts} parts
 * @property {Map<string, number>} at the number of each square by its "x,y"
 * @property {Layer} map
 * @property {Data} data
 */

const GRID_PX = 14;

/**
 * One pixel a square; where no patch was exported the page shows, not tissue and not a colour,
 * unless the slide itself lies below.
 * @param {Frame} frame @param {Parts} parts @param {Overlay} overlay @param {Data} data
 */
export function colours(frame, parts, overlay, data) {
  const canvas = make("canvas");
  canvas.width = frame.columns;
  canvas.height = frame.rows;
  const pen = penOf(canvas);
  if (!data.whole) {
    pen.fillStyle = data.ink.paper;
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }
  const image = pen.getImageData(0, 0, canvas.width, canvas.height);
  const put = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number[]} */ rgba) => {
    const [column, row] = gridPlace(x, y, frame.stride), [red, green, blue, alpha] = rgba;
    const at = (row - frame.top) * frame.columns + column - frame.left;
    image.data.set([red, green, blue, Math.round(255 * alpha)], 4 * at);
  };
  for (const [x, y] of parts.unscored) put(x, y, [0, 0, 0, 0]);
  parts.x.forEach((x, at) => put(x, parts.y[at], colour(parts, at, overlay, data)));
  pen.putImageData(image, 0, 0);
  return canvas;
}

/**
 * @param {Scene} scene
 * @param {Path2D | null} border in grid squares
 * @param {{ left: number, top: number, width: number, height: number }} seen the part in view
 */
export function drawSquares(scene, border, seen) {
  if (scene.side >= GRID_PX) drawGrid(scene);
  if (border) drawBorder(scene, border);
  drawMarks(scene, seen);
  drawChoice(scene);
}

/**
 * A rectangle that is being drawn.
 * @param {CanvasRenderingContext2D} pen @param {Point} from @param {Point} to
 * @param {number} width of the frame, in pixels of the page
 */
export function drawArea(pen, from, to, width) {
  pen.strokeStyle = "#111";
  pen.lineWidth = 1.5;
  pen.setLineDash([5, 4]);
  pen.strokeRect(from.x * width, from.y * width, (to.x - from.x) * width, (to.y - from.y) * width);
  pen.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} pen @param {number} side @param {number} height
 * @param {number} stride @param {Data} data
 */
export function drawScale(pen, side, height, stride, data) {
  const { wide, text } = scaleBar(side, data.um_per_px, stride);
  pen.font = "12px system-ui, sans-serif";
  const box = Math.max(wide, pen.measureText(text).width) + 20;
  pen.fillStyle = data.ink.paper;
  pen.globalAlpha = 0.86;
  pen.fillRect(8, height - 40, box, 32);
  pen.globalAlpha = 1;
  pen.fillStyle = data.ink.text;
  pen.fillRect(18, height - 15, wide, 3);
  pen.textAlign = "left";
  pen.textBaseline = "alphabetic";
  pen.fillText(text, 18, height - 21);
}

/** @param {Scene} scene */
function drawGrid({ pen, frame, parts, side }) {
  pen.strokeStyle = "rgba(255,255,255,.45)";
  pen.lineWidth = 1;
  pen.beginPath();
  parts.x.forEach((_, at) => pen.rect(...box(frame, parts, at, side)));
  pen.stroke();
}

/**
 * @param {Frame} frame @param {Parts} parts @param {number} at @param {number} side
 * @returns {[number, number, number, number]}
 */
function box(frame, parts, at, side) {
  const [column, row] = gridPlace(parts.x[at], parts.y[at], frame.stride);
  return [(column - frame.left) * side, (row - frame.top) * side, side, side];
}

/**
 * Lines from x, y to x, y as one path.
 * @param {[number, number, number, number][]} lines
 */
export function pathOf(lines) {
  const path = new Path2D();
  for (const [x0, y0, x1, y1] of lines) {
    path.moveTo(x0, y0);
    path.lineTo(x1, y1);
  }
  return path;
}

/** @param {Scene} scene @param {Path2D} path */
function drawBorder({ pen, frame, side, data }, path) {
  pen.save();
  pen.scale(side, side);
  pen.translate(-frame.left, -frame.top);
  for (const { colour, wide } of [
    { colour: "rgba(255,255,255,.9)", wide: 3.5 }, { colour: data.ink.contour, wide: 1.8 },
  ]) {
    pen.strokeStyle = colour;
    pen.lineWidth = wide / side;
    pen.stroke(path);
  }
  pen.restore();
}

/** How outlines of a role are dashed, in pixels of the page. @type {Record<Role, number[]>} */
const DASHES = { positive: [], negative: [7, 4], roi: [2, 3], exclude: [2, 3] };

/**
 * Outlines by role, in pixels of the slide, and squares without a label, in grid squares.
 * @param {Over} over
 */
export function pathsOf({ outlines, squares }) {
  const unlabelled = new Path2D();
  for (const runs of Object.values(squares)) {
    for (const [row, first, length] of runs) unlabelled.rect(first, row, length, 1);
  }
  const drawn = Object.entries(outlines).map(([role, rings]) => {
    const path = new Path2D();
    for (const ring of rings) {
      for (let at = 0; at < ring.length; at += 2) {
        if (at) path.lineTo(ring[at], ring[at + 1]);
        else path.moveTo(ring[at], ring[at + 1]);
      }
      path.closePath();
    }
    return { role: /** @type {Role} */ (role), path };
  });
  return { unlabelled, drawn };
}

/**
 * @param {Scene} scene
 * @param {ReturnType<typeof pathsOf>} paths
 * @param {number} px of the page to a pixel of the slide
 */
export function drawOver({ pen, frame, side, data }, { unlabelled, drawn }, px) {
  const placed = new Path2D(), corner = [-frame.left * side, -frame.top * side];
  placed.addPath(unlabelled, new DOMMatrix([side, 0, 0, side, ...corner]));
  pen.fillStyle = hatch(pen);
  pen.fill(placed);
  pen.save();
  pen.translate(corner[0], corner[1]);
  pen.scale(px, px);
  for (const { role, path } of drawn) {
    for (const { colour, wide } of [
      { colour: "rgba(255,255,255,.9)", wide: 3.5 }, { colour: data.ink.verdict, wide: 1.6 },
    ]) {
      pen.setLineDash(DASHES[role].map((length) => length / px));
      pen.strokeStyle = colour;
      pen.lineWidth = wide / px;
      pen.stroke(path);
    }
  }
  pen.restore();
}

/** Grey lines far apart: to be seen, and seen through. @param {CanvasRenderingContext2D} pen */
function hatch(pen) {
  const tile = make("canvas"), apart = 8;
  tile.width = tile.height = apart;
  const drawn = penOf(tile);
  drawn.strokeStyle = "rgba(60,70,80,.55)";
  for (const from of [-apart, 0, apart]) {
    drawn.moveTo(from, apart);
    drawn.lineTo(from + apart, 0);
  }
  drawn.stroke();
  return pen.createPattern(tile, "repeat") ?? "transparent";
}

/**
 * Colour is never alone: a disc for missed IDC, a ring for a false alarm, which has stripes where
 * squares are small; letters where they are large.
 * @param {Scene} scene
 * @param {{ left: number, top: number, width: number, height: number }} seen
 */
function drawMarks({ pen, frame, parts, side, map, data }, seen) {
  const by = map.rule, { threshold, ink, judged } = data;
  const errors = by === "outcome";
  const striped = new Path2D();
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  for (let at = 0; at < parts.x.length; at++) {
    const [left, top] = box(frame, parts, at, side);
    if (left + side < seen.left || top + side < seen.top
      || left > seen.left + seen.width || top > seen.top + seen.height) continue;
    const what = outcome(parts, at, threshold), score = parts.score[at];
    const mark = errors ? markOf(what, side) : null;
    if (mark === "disc" || mark === "ring") glyph(pen, mark, left + side / 2, top + side / 2, side);
    if (mark === "stripes") striped.rect(left, top, side, side);
    if (side >= LETTER_PX && what && score !== null && by !== "nothing") {
      const text = what === "unlabelled" && (errors || by === "label") ? "?"
        : by === "label" ? data.classes[parts.label[at] ? 1 : 0]
        : errors ? LETTERS[what] : shortDigits(score);
      letter(pen, text, left + side / 2, top + side - 9);
    }
    const verdict = judged[`${parts.x[at]},${parts.y[at]}`];
    if (verdict && side >= 7) badge(pen, verdict, left + side, top, side, ink.verdict);
  }
  pen.fillStyle = stripes(pen, side);
  pen.fill(striped);
}

/**
 * @param {CanvasRenderingContext2D} pen @param {"disc" | "ring"} mark
 * @param {number} x @param {number} y @param {number} side
 */
function glyph(pen, mark, x, y, side) {
  pen.beginPath();
  pen.arc(x, y, Math.min(7, side * 0.2), 0, 7);
  pen.lineWidth = 2;
  pen.strokeStyle = pen.fillStyle = "#fff";
  if (mark === "disc") pen.fill();
  else pen.stroke();
}

/**
 * White diagonals, so close that every square of this side has one.
 * @param {CanvasRenderingContext2D} pen @param {number} side
 */
function stripes(pen, side) {
  const tile = make("canvas"), apart = side < 4 ? 2 : 4;
  tile.width = tile.height = apart;
  const drawn = penOf(tile);
  drawn.fillStyle = "#fff";
  for (let at = 0; at < apart; at++) drawn.fillRect(at, apart - 1 - at, 1, 1);
  return pen.createPattern(tile, "repeat") ?? "transparent";
}

/** @param {CanvasRenderingContext2D} pen @param {string} text @param {number} x @param {number} y */
function letter(pen, text, x, y) {
  pen.font = "600 11px system-ui, sans-serif";
  pen.lineWidth = 3;
  pen.strokeStyle = "rgba(0,0,0,.65)";
  pen.fillStyle = "#fff";
  pen.strokeText(text, x, y);
  pen.fillText(text, x, y);
}

/**
 * @param {CanvasRenderingContext2D} pen @param {string} text
 * @param {number} right @param {number} top @param {number} side @param {string} colour
 */
function badge(pen, text, right, top, side, colour) {
  const size = Math.min(15, side * 0.55);
  pen.fillStyle = colour;
  pen.fillRect(right - size, top, size, size);
  if (size < 9) return;
  pen.fillStyle = "#fff";
  pen.font = `700 ${size - 4}px system-ui, sans-serif`;
  pen.fillText(text, right - size / 2, top + size / 2 + 0.5);
}

/** @param {Scene} scene */
function drawChoice(scene) {
  const { data, at } = scene;
  const frame = (/** @type {[number, number]} */ place, /** @type {string} */ colour,
    /** @type {number} */ wide, /** @type {number[]} */ dashes = []) =>
    frameOf(scene, at.get(place.join()), colour, wide, dashes);
  for (const place of data.chosen) frame(place, data.ink.verdict, 2.5);
  for (const place of data.strip) frame(place, "#fff", 1.5, [3, 3]);
  if (!data.picked) return;
  frame(data.picked, "#fff", 6);
  frame(data.picked, "#111", 3);
}

/**
 * @param {Scene} scene @param {number | undefined} at
 * @param {string} colour @param {number} wide @param {number[]} dashes
 */
function frameOf({ pen, frame, parts, side }, at, colour, wide, dashes) {
  if (at === undefined) return;
  pen.setLineDash(dashes);
  pen.strokeStyle = colour;
  pen.lineWidth = wide;
  pen.strokeRect(...box(frame, parts, at, side));
  pen.setLineDash([]);
}
