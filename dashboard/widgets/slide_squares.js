// What is known of a slide's squares, one per patch: where each lies, its outcome, its colour.
import { digits } from "./digits.js";

/**
 * @typedef {[number, number, number]} Rgb
 * @typedef {"tp" | "fn" | "fp" | "tn" | "unlabelled"} Outcome
 *
 * @typedef {object} Parts the squares of one map, as charts/slide_map.py writes them: a value each
 * @property {number[]} x left edge in pixels of the slide
 * @property {number[]} y
 * @property {(number | null)[]} score null while it is hidden
 * @property {(0 | 1 | null)[]} label
 * @property {[number, number][]} unscored places of patches without a score
 * @property {number} left column of the first square
 * @property {number} top
 * @property {number} columns
 * @property {number} rows
 * @property {number} stride from one square to the next, in pixels of the slide
 *
 * @typedef {Pick<Parts, "left" | "top" | "columns" | "rows" | "stride">} Frame
 *
 * @typedef {Record<Outcome | "score" | "near" | "label", Rgb> & { contour: string, verdict: string,
 *   paper: string, text: string }} Ink
 *
 * @typedef {"outcome" | "score" | "predicted" | "near" | "label" | "nothing"} Rule
 *
 * @typedef {{ rule: Rule, kinds: Outcome[] }} Overlay how squares are coloured (overlays.py);
 *   `kinds`: outcomes that get a colour, where the rule is "outcome"
 *
 * @typedef {object} Whole the slide that the squares were cut from
 * @property {number} side of a square of the grid, in pixels of the slide's finest level
 * @property {number} width of that level
 * @property {number} height
 * @property {string | null} tiles where they lie, without level, column and row
 * @property {string} stamp another where the slide is another
 * @property {number} tile pixels along a tile's side
 * @property {string | null} picture of all of it, small
 * @property {string | null} over where `Over` lies
 *
 * @typedef {object} Over what lies over it, as cut/laid_over.py writes it
 * @property {Partial<Record<Role, number[][]>>} outlines rings of x, y, x, y, … in its pixels
 * @property {Record<string, [row: number, first: number, length: number][]>} squares without a
 *   label, in runs
 *
 * @typedef {"positive" | "negative" | "roi" | "exclude"} Role
 *
 * @typedef {Overlay & { name: string, overlay: string, contour: boolean, squares: string,
 *   threshold: number | null }} Layer
 *
 * @typedef {object} Data as widgets/slide_viewer.py sends it
 * @property {string} library
 * @property {string | null} tissue a picture over the whole frame
 * @property {Whole | null} whole the slide itself, in place of it
 * @property {Layer[]} maps
 * @property {number} threshold
 * @property {number} opacity
 * @property {[number, number] | null} picked
 * @property {[number, number][]} strip
 * @property {[number, number][]} chosen
 * @property {Record<string, string>} judged
 * @property {boolean} areas whether a rectangle can be drawn
 * @property {import("./region_bench.js").Regions | null} regions that are drawn on it, if they can be
 * @property {number | null} um_per_px
 * @property {string} said
 * @property {Record<Outcome, string>} words
 * @property {[negative: string, positive: string]} classes
 * @property {Ink} ink
 */

/** @type {Record<Outcome, string>} */
export const LETTERS = { tp: "TP", fn: "FN", fp: "FP", tn: "TN", unlabelled: "?" };
/** @type {[number, number, number, number]} */
const NOTHING = [0, 0, 0, 0];

/**
 * Column and row of a place, counted from the slide's own corner.
 * @param {number} x
 * @param {number} y
 * @param {number} stride from one square to the next
 * @returns {[column: number, row: number]}
 */
export function gridPlace(x, y, stride) {
  return [Math.floor((x - 1) / stride), Math.floor((y - 1) / stride)];
}

/**
 * Where a place lies in the frame: left, top and side as parts of the picture's width, as
 * OpenSeadragon counts.
 * @param {Frame} frame @param {number} x @param {number} y
 * @returns {[left: number, top: number, side: number]}
 */
export function placeIn(frame, x, y) {
  const side = 1 / frame.columns, [column, row] = gridPlace(x, y, frame.stride);
  return [(column - frame.left) * side, (row - frame.top) * side, side];
}

/**
 * Where the whole slide lies: left, top and width as parts of the frame's width. The grid begins at
 * the slide's corner, the frame at its first square.
 * @param {Frame} frame @param {Pick<Whole, "side" | "width">} whole
 * @returns {{ x: number, y: number, width: number }}
 */
export function wholeIn(frame, { side, width }) {
  return {
    x: -frame.left / frame.columns, y: -frame.top / frame.columns,
    width: width / (side * frame.columns),
  };
}

/**
 * The number of each square by its place.
 * @param {Pick<Parts, "x" | "y" | "stride">} parts
 * @returns {Map<string, number>}
 */
export function gridOf({ x, y, stride }) {
  return new Map(x.map((left, at) => [gridPlace(left, y[at], stride).join(), at]));
}

/**
 * The square at a point of the picture, null where none is.
 * @param {Frame} frame
 * @param {Map<string, number>} grid
 * @param {{ x: number, y: number }} point in parts of the picture's width
 */
export function squareAt(frame, grid, point) {
  const column = Math.floor(point.x * frame.columns) + frame.left;
  const row = Math.floor(point.y * frame.columns) + frame.top;
  return grid.get(`${column},${row}`) ?? null;
}

/**
 * Left, top, right, bottom of a rectangle drawn from one corner to the other, in pixels of the slide.
 * @param {Frame} frame @param {{ x: number, y: number }} from @param {{ x: number, y: number }} to
 * @returns {number[]}
 */
export function areaOf(frame, from, to) {
  const px = frame.stride * frame.columns;
  const [x, y] = [frame.stride * frame.left, frame.stride * frame.top];
  return [Math.min(from.x, to.x) * px + x, Math.min(from.y, to.y) * px + y,
    Math.max(from.x, to.x) * px + x, Math.max(from.y, to.y) * px + y].map(Math.round);
}

/**
 * The outcome of a square at a threshold; null while its score is hidden.
 * @param {Pick<Parts, "score" | "label">} parts @param {number} at @param {number} threshold
 * @returns {Outcome | null}
 */
export function outcome(parts, at, threshold) {
  const score = parts.score[at];
  if (score === null) return null;
  if (parts.label[at] === null) return "unlabelled";
  const isIdc = score >= threshold;
  return parts.label[at] ? (isIdc ? "tp" : "fn") : isIdc ? "fp" : "tn";
}

/** Sides of a square from which on there is room for a disc or a ring, and for letters (px). */
export const GLYPH_PX = 9, LETTER_PX = 30;

/**
 * What tells missed IDC and a false alarm apart without their colours: a disc and a ring, or, where
 * there is no room for either, nothing and stripes. Null for all other squares.
 * @param {Outcome | null} what @param {number} side of the square, in pixels of the page
 * @returns {"disc" | "ring" | "solid" | "stripes" | null}
 */
export function markOf(what, side) {
  if (what === "fn") return side >= GLYPH_PX ? "disc" : "solid";
  if (what === "fp") return side >= GLYPH_PX ? "ring" : "stripes";
  return null;
}

/**
 * A square's colour under an overlay: red, green, blue, and its opacity from 0 to 1.
 * @param {Pick<Parts, "score" | "label">} parts
 * @param {number} at
 * @param {Overlay} overlay
 * @param {{ threshold: number, opacity: number, ink: Ink }} drawn
 * @returns {[number, number, number, number]}
 */
export function colour(parts, at, { rule, kinds }, { threshold, opacity, ink }) {
  const score = parts.score[at], what = outcome(parts, at, threshold);
  if (score === null || what === null || rule === "nothing") return NOTHING;
  if (rule === "score") return [...ink.score, opacity * score];
  if (rule === "predicted") {
    return score >= threshold ? [...ink.score, opacity] : [...ink.tn, 0.2 * opacity];
  }
  if (rule === "near") return [...ink.near, opacity * nearness(score, threshold)];
  if (rule === "outcome" && !kinds.includes(what)) return NOTHING;
  if (what === "unlabelled") return [...ink[what], 0.2 * opacity];
  if (rule === "label") return parts.label[at] ? [...ink.label, opacity] : [...ink.tn, 0.2 * opacity];
  return [...ink[what], what === "tn" ? 0.2 * opacity : opacity];
}

/**
 * 1 at the threshold, 0 at the far end of its side.
 * @param {number} score @param {number} threshold
 */
export function nearness(score, threshold) {
  const far = score >= threshold ? 1 - threshold : threshold;
  return far === 0 ? 1 : 1 - Math.abs(score - threshold) / far;
}

/**
 * The border between squares predicted IDC and all others, as lines from x, y to x, y in grid
 * squares.
 * @param {Pick<Parts, "x" | "y" | "score" | "stride">} parts
 * @param {number} threshold
 * @returns {[number, number, number, number][]}
 */
export function border(parts, threshold) {
  /** @type {Map<string, [number, number]>} */
  const predicted = new Map();
  parts.score.forEach((score, at) => {
    if (score === null || score < threshold) return;
    const place = gridPlace(parts.x[at], parts.y[at], parts.stride);
    predicted.set(place.join(), place);
  });
  /** @type {[number, number, number, number][]} */
  const lines = [];
  for (const [column, row] of predicted.values()) {
    for (const [right, down, x0, y0, x1, y1] of [
      [-1, 0, 0, 0, 0, 1], [1, 0, 1, 0, 1, 1], [0, -1, 0, 0, 1, 0], [0, 1, 0, 1, 1, 1],
    ]) {
      if (predicted.has(`${column + right},${row + down}`)) continue;
      lines.push([column + x0, row + y0, column + x1, row + y1]);
    }
  }
  return lines;
}

/**
 * A square in words, for the tip under the pointer.
 * @param {Pick<Parts, "x" | "y" | "score" | "label">} parts
 * @param {number} at
 * @param {Pick<Data, "threshold" | "words" | "classes">} data
 */
export function words(parts, at, data) {
  const place = `x ${parts.x[at]}, y ${parts.y[at]}`, score = parts.score[at];
  const what = outcome(parts, at, data.threshold);
  if (what === null || score === null) {
    return `${place}\nnot judged yet: prediction and label are hidden`;
  }
  if (parts.label[at] === null) {
    const predicted = `predicted ${data.classes[score >= data.threshold ? 1 : 0]}`;
    return `${predicted}\nscore ${digits(score)} · ${data.words.unlabelled}\n${place}`;
  }
  const label = `labelled ${data.classes[parts.label[at]]}`;
  return `${LETTERS[what]} · ${data.words[what]}\nscore ${digits(score)} · ${label}\n${place}`;
}

/**
 * The bar of a scale: how many patches long, how many pixels of the page, and what it says.
 * @param {number} side of a square, in pixels of the page
 * @param {number | null} um micrometres a pixel of the slide has
 * @param {number} stride from one patch to the next, in pixels of the slide
 */
export function scaleBar(side, um, stride) {
  const count = [1, 2, 5, 10, 20, 50, 100, 200].find((many) => many * side >= 70) ?? 500;
  const length = um ? ` · ${metres(count * stride * um)}` : "";
  const patches = count === 1 ? "patch" : "patches";
  return { wide: count * side, text: `${count} ${patches} · ${count * stride} px${length}` };
}

/** @param {number} um */
function metres(um) {
  return um >= 1000 ? `${(um / 1000).toFixed(1)} mm` : `${Math.round(um)} µm`;
}
