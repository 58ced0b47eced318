// Paints regions over a slide: stored ones with their names, and the one that is being drawn. An
// excluded region is dashed, hatched and crossed out, so that it is told apart without its colour.
import { make, penOf } from "./dom.js";

/**
 * @import { Handle, Part, Ring, Spot, Stroke } from "./region_shapes.js"
 * @import { Step } from "./region_draft.js"
 *
 * @typedef {object} Place where the frame's pixels lie on the canvas
 * @property {number} left of the frame's corner, in pixels of the page
 * @property {number} top
 * @property {number} px of the page to a pixel of the frame
 */

const INK = "#0A3D91", OUT = "#3A2A00", HALO = "rgba(255,255,255,.92)";
const HANDLE_PX = 7;

/** @param {Part[]} parts @param {Place} place */
export function pathOfParts(parts, { left, top, px }) {
  const path = new Path2D();
  for (const ring of parts.flat()) {
    for (let at = 0; at < ring.length; at += 2) {
      const [x, y] = [left + ring[at] * px, top + ring[at + 1] * px];
      if (at) path.lineTo(x, y);
      else path.moveTo(x, y);
    }
    path.closePath();
  }
  return path;
}

/**
 * A stored region.
 * @param {CanvasRenderingContext2D} pen
 * @param {{ name: string, excluded: boolean, parts: Part[] }} region
 * @param {Place} place @param {boolean} chosen
 */
export function paintRegion(pen, { name, excluded, parts }, place, chosen) {
  const path = pathOfParts(parts, place);
  if (excluded) {
    pen.fillStyle = hatched(pen, "rgba(58,42,0,.6)", "rgba(255,255,255,.28)");
    pen.fill(path, "evenodd");
  }
  pen.setLineDash(excluded ? [10, 4, 2, 4] : []);
  line(pen, path, excluded ? OUT : INK, chosen ? 3.6 : 2);
  pen.setLineDash([]);
  const [x, y] = highest(parts);
  label(pen, excluded ? `✕ ${name}` : name, place.left + x * place.px, place.top + y * place.px);
}

/** @param {CanvasRenderingContext2D} pen @param {Path2D} path @param {string} ink @param {number} wide */
function line(pen, path, ink, wide) {
  for (const [colour, width] of /** @type {[string, number][]} */ ([[HALO, wide + 2.4], [ink, wide]])) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.stroke(path);
  }
}

/** The corner that stands highest. @param {Part[]} parts @returns {[number, number]} */
function highest(parts) {
  /** @type {[number, number]} */
  let found = [0, Infinity];
  for (const [outer] of parts) {
    for (let at = 0; at < outer.length; at += 2) {
      if (outer[at + 1] < found[1]) found = [outer[at], outer[at + 1]];
    }
  }
  return found;
}

/** @param {CanvasRenderingContext2D} pen @param {string} text @param {number} x @param {number} y */
function label(pen, text, x, y) {
  const said = text.length > 24 ? `${text.slice(0, 23)}…` : text;
  pen.font = "600 12px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "bottom";
  const wide = pen.measureText(said).width + 10;
  const left = Math.min(Math.max(x, wide / 2), pen.canvas.clientWidth - wide / 2);
  const foot = Math.max(y - 3, 18);
  pen.fillStyle = HALO;
  pen.fillRect(left - wide / 2, foot - 17, wide, 17);
  pen.fillStyle = "#1C2733";
  pen.fillText(said, left, foot - 2);
}

/**
 * Lines far apart over a tint.
 * @param {CanvasRenderingContext2D} pen @param {string} ink @param {string} ground
 */
function hatched(pen, ink, ground) {
  const tile = make("canvas"), apart = 9;
  tile.width = tile.height = apart;
  const drawn = penOf(tile);
  drawn.fillStyle = ground;
  drawn.fillRect(0, 0, apart, apart);
  drawn.strokeStyle = ink;
  drawn.lineWidth = 1.2;
  for (const from of [-apart, 0, apart]) {
    drawn.moveTo(from, 0);
    drawn.lineTo(from + apart, apart);
  }
  drawn.stroke();
  return pen.createPattern(tile, "repeat") ?? ground;
}

/**
 * Crosses over patches that are excluded.
 * @param {CanvasRenderingContext2D} pen
 * @param {[number, number][]} middles in pixels of the frame @param {Place} place
 * @param {number} side of a square, in pixels of the page
 */
export function paintCrosses(pen, middles, { left, top, px }, side) {
  if (side < 9) return;
  const arm = Math.min(6, side * 0.22), path = new Path2D();
  for (const [x, y] of middles) {
    const [across, down] = [left + x * px, top + y * px];
    path.moveTo(across - arm, down - arm);
    path.lineTo(across + arm, down + arm);
    path.moveTo(across + arm, down - arm);
    path.lineTo(across - arm, down + arm);
  }
  line(pen, path, OUT, 1.4);
}

/**
 * What is being drawn.
 * @param {CanvasRenderingContext2D} pen @param {Step} step @param {Place} place
 * @param {{ handles: boolean, chosen: Handle | null, pointer: Spot | null }} shown
 *   `pointer` in pixels of the frame
 */
export function paintDraft(pen, { parts, open, strokes }, place, { handles, chosen, pointer }) {
  if (strokes.length) paintBrushed(pen, parts, strokes, place);
  else {
    const path = pathOfParts(parts, place);
    pen.fillStyle = "rgba(10,61,145,.16)";
    pen.fill(path, "evenodd");
    line(pen, path, INK, 2.4);
  }
  if (handles) parts.forEach((rings, part) => rings.forEach((ring, number) => {
    const own = chosen?.part === part && chosen.ring === number ? chosen.corner : -1;
    paintHandles(pen, ring, place, own);
  }));
  if (!open.length) return;
  const path = new Path2D();
  for (let at = 0; at < open.length; at += 2) {
    path.lineTo(place.left + open[at] * place.px, place.top + open[at + 1] * place.px);
  }
  if (pointer) path.lineTo(place.left + pointer.x * place.px, place.top + pointer.y * place.px);
  line(pen, path, INK, 2);
  paintHandles(pen, open, place, -1);
}

/** @param {CanvasRenderingContext2D} pen @param {Ring} ring @param {Place} place @param {number} chosen */
function paintHandles(pen, ring, { left, top, px }, chosen) {
  for (let at = 0; at < ring.length; at += 2) {
    const size = at / 2 === chosen ? HANDLE_PX + 4 : HANDLE_PX;
    const [x, y] = [left + ring[at] * px - size / 2, top + ring[at + 1] * px - size / 2];
    pen.fillStyle = at / 2 === chosen ? "#111" : "#fff";
    pen.strokeStyle = at / 2 === chosen ? "#fff" : "#111";
    pen.lineWidth = 1.5;
    pen.fillRect(x, y, size, size);
    pen.strokeRect(x, y, size, size);
  }
}

/** @param {CanvasRenderingContext2D} pen @param {Part[]} parts @param {Stroke[]} strokes @param {Place} place */
function paintBrushed(pen, parts, strokes, place) {
  const sheet = make("canvas"), dense = window.devicePixelRatio || 1;
  sheet.width = pen.canvas.width;
  sheet.height = pen.canvas.height;
  const drawn = penOf(sheet);
  drawn.scale(dense, dense);
  cover(drawn, parts, strokes, place);
  drawn.globalCompositeOperation = "source-in";
  drawn.fillStyle = hatched(drawn, "rgba(10,61,145,.6)", "rgba(10,61,145,.16)");
  drawn.fillRect(0, 0, sheet.width, sheet.height);
  pen.save();
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.drawImage(sheet, 0, 0);
  pen.restore();
}

/**
 * Covers what polygons and strokes leave.
 * @param {CanvasRenderingContext2D} pen @param {Part[]} parts @param {Stroke[]} strokes @param {Place} place
 */
function cover(pen, parts, strokes, place) {
  const { left, top, px } = place;
  pen.fillStyle = pen.strokeStyle = "#000";
  for (const part of parts) pen.fill(pathOfParts([part], place), "evenodd");
  pen.lineCap = pen.lineJoin = "round";
  for (const { points, radius, erases } of strokes) {
    pen.globalCompositeOperation = erases ? "destination-out" : "source-over";
    pen.lineWidth = 2 * radius * px;
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(left + x * px, top + y * px);
    if (points.length === 1) pen.lineTo(left + points[0][0] * px + 0.01, top + points[0][1] * px);
    pen.stroke();
  }
}

/** Along the longer side of the sheet on which a brushed region is measured. */
const MEASURED_PX = 512;

/**
 * About how many pixels of the frame a brushed region covers, counted on a small sheet.
 * @param {Part[]} parts @param {Stroke[]} strokes
 */
export function coveredArea(parts, strokes) {
  /** @type {number[]} */
  const xs = [];
  /** @type {number[]} */
  const ys = [];
  for (const [outer] of parts) outer.forEach((value, at) => (at % 2 ? ys : xs).push(value));
  for (const { points, radius } of strokes) {
    for (const [x, y] of points) { xs.push(x - radius, x + radius); ys.push(y - radius, y + radius); }
  }
  const low = (/** @type {number[]} */ all) => all.reduce((a, b) => Math.min(a, b), Infinity);
  const high = (/** @type {number[]} */ all) => all.reduce((a, b) => Math.max(a, b), -Infinity);
  const [x, y, wide, tall] = [low(xs), low(ys), high(xs) - low(xs), high(ys) - low(ys)];
  if (!(wide > 0 && tall > 0)) return 0;
  const px = MEASURED_PX / Math.max(wide, tall);
  const sheet = make("canvas");
  sheet.width = Math.ceil(wide * px);
  sheet.height = Math.ceil(tall * px);
  const pen = penOf(sheet, { willReadFrequently: true });
  cover(pen, parts, strokes, { left: -x * px, top: -y * px, px });
  const { data } = pen.getImageData(0, 0, sheet.width, sheet.height);
  let sum = 0;
  for (let at = 3; at < data.length; at += 4) sum += data[at];
  return sum / 255 / px ** 2;
}

/**
 * The brush under the pointer, or the middle that the space bar draws at.
 * @param {CanvasRenderingContext2D} pen @param {Spot} at in pixels of the page
 * @param {number} radius in pixels of the page; 0 for a cross @param {boolean} erases
 */
export function paintPointer(pen, at, radius, erases) {
  const path = new Path2D();
  if (radius) path.arc(at.x, at.y, Math.max(radius, 1), 0, 7);
  else for (const [x, y] of [[12, 0], [0, 12]]) {
    path.moveTo(at.x - x, at.y - y);
    path.lineTo(at.x + x, at.y + y);
  }
  pen.setLineDash(erases ? [4, 3] : []);
  line(pen, path, "#111", 1.2);
  pen.setLineDash([]);
}
