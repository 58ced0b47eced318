// The histogram of the scores: bars in the colours of the threshold's two sides, the bar that it
// splits, its line and its letters.
/** @import { Now } from "./threshold_bus.js" */
/** @import { Table } from "./threshold_table.js" */
/** @import { Marks } from "./moving_marks.js" */
import { digits } from "./digits.js";
import { place, placeOf } from "./moving_marks.js";

/**
 * @typedef {"tp" | "fn" | "fp" | "tn"} Outcome
 *
 * @typedef {object} Histogram
 * @property {"histogram"} kind
 * @property {number[]} edges of the bins, scores
 * @property {number[]} places of the edges on the axis, in its units
 * @property {number[]} positive patches a bin
 * @property {number[]} negative
 * @property {boolean} odds whether the axis is one of log odds
 * @property {number} linear the symmetric log scale is linear up to about so many patches
 * @property {Record<Outcome, string>} colours
 * @property {Record<string, number>} beside px from the line, by the layer of what stands there
 *
 * @typedef {{ left: number, right: number, patches: number, outcome: Outcome }} Bar places in units of the
 *   axis; patches without IDC below 0
 */

/**
 * The bars at a threshold, those with IDC first, each from left to right; none is empty.
 * @param {Histogram} told
 * @param {number} at
 * @param {{ tp: number, fp: number }} counts predicted positive at the threshold
 * @returns {Bar[]}
 */
export function bars(told, at, counts) {
  return [
    ...half(told, at, told.positive, counts.tp, ["fn", "tp"], 1),
    ...half(told, at, told.negative, counts.fp, ["tn", "fp"], -1),
  ];
}

/**
 * @param {Histogram} told
 * @param {number} at
 * @param {number[]} patches
 * @param {number} above how many of them are predicted positive
 * @param {[Outcome, Outcome]} outcomes on the left and on the right of the threshold
 * @param {1 | -1} sign
 */
function half({ edges, places, odds }, at, patches, above, [below, beyond], sign) {
  /** @type {Bar[]} */
  const found = [];
  const add = (/** @type {number} */ left, /** @type {number} */ right, /** @type {number} */ count, /** @type {Outcome} */ outcome) => {
    if (count) found.push({ left, right, patches: sign * count, outcome });
  };
  // From the right: what is left of `above` at the bin of the threshold lies on its right side.
  let rest = above;
  for (let bin = patches.length - 1; bin >= 0; bin--) {
    const [left, right] = [places[bin], places[bin + 1]];
    if (at <= edges[bin]) {
      add(left, right, patches[bin], beyond);
      rest -= patches[bin];
    } else if (at < edges[bin + 1] || bin === patches.length - 1) {
      const line = placeOfScore(at, odds, places);
      add(line, right, rest, beyond);
      add(left, line, patches[bin] - rest, below);
    } else {
      add(left, right, patches[bin], below);
    }
  }
  return found.reverse();
}

/** @param {number} score @param {boolean} odds @param {number[]} places */
export function placeOfScore(score, odds, places) {
  if (!odds) return score;
  const first = places[0], last = places[places.length - 1];
  return Math.min(Math.max(Math.log(score) - Math.log1p(-score), first), last);
}

/**
 * Both axes, read off two invisible marks at the far corners of all bars.
 * @param {Marks} marks
 * @param {Element} svg
 * @param {Histogram} told
 */
function axes(marks, svg, told) {
  const [first, second] = marks.of(svg, "whole");
  const top = placeOf(first), bottom = placeOf(second);
  if (!top || !bottom) return null;
  const { places, linear } = told, left = places[0];
  const wide = (bottom.x - top.x) / (places[places.length - 1] - left);
  const log = (/** @type {number} */ patches) => Math.sign(patches) * Math.log1p(Math.abs(patches) / linear);
  const most = log(Math.max(...told.positive)), least = log(-Math.max(...told.negative));
  const tall = (bottom.y - top.y) / (least - most);
  return {
    x: (/** @type {number} */ place) => top.x + (place - left) * wide,
    y: (/** @type {number} */ patches) => top.y + (log(patches) - most) * tall,
  };
}

const HALF_PX = 0.5; // Vega moves bars by so much to the right, so that they do not blur

/**
 * @param {Marks} marks
 * @param {Element} svg
 * @param {Histogram} told
 * @param {Now & { table: Table }} now
 */
export function paintHistogram(marks, svg, told, now) {
  const scale = axes(marks, svg, told);
  if (!scale) return;
  const found = bars(told, now.at, now.table.counts(now.index));
  const shapes = marks.shapes(svg, "areas", found.length), ground = scale.y(0);
  shapes.forEach((shape, at) => {
    const { left, right, patches, outcome } = found[at];
    const x = scale.x(left), wide = scale.x(right) - x, end = scale.y(patches);
    const tall = Math.abs(end - ground);
    marks.set(shape, "d", `M${x + HALF_PX},${Math.min(end, ground)}h${wide}v${tall}h${-wide}Z`);
    marks.set(shape, "fill", told.colours[outcome]);
  });
  const at = placeOfScore(now.at, told.odds, told.places), line = scale.x(at);
  for (const [layer, beside] of Object.entries(told.beside)) {
    for (const mark of marks.of(svg, layer)) {
      marks.set(mark, "transform", place(line + beside, placeOf(mark)?.y ?? 0));
    }
  }
  const isAfterMiddle = at > (told.places[0] + told.places[told.places.length - 1]) / 2;
  const said = `threshold ${digits(now.at)}`;
  for (const flag of marks.of(svg, "flag")) marks.say(flag, isAfterMiddle ? "" : said);
  for (const flag of marks.of(svg, "flag_before")) marks.say(flag, isAfterMiddle ? said : "");
}
