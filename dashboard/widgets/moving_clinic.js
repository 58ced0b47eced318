// A thousand patches and the predictive values, at the prevalence that the page was drawn for.
/** @import { Now } from "./threshold_bus.js" */
/** @import { Table } from "./threshold_table.js" */
/** @import { Marks } from "./moving_marks.js" */
/** @import { Outcome } from "./moving_histogram.js" */
import { halfEven } from "./digits.js";
import { sensitivityOf, specificityOf } from "./moving_curves.js";
import { disc, place, plotSize, rounded, squareOf } from "./moving_marks.js";
import { npvAt, ppvAt } from "./predictive_values.js";

/**
 * @typedef {object} Thousand
 * @property {"thousand"} kind
 * @property {number} prevalence
 * @property {number} columns
 * @property {number} rows
 * @property {Record<Outcome, { colour: string, shape: string, fill: string }>} outcomes in the order of the patches
 *
 * @typedef {object} Predictive
 * @property {"predictive"} kind
 * @property {number} prevalence
 * @property {number} first prevalence of the lines
 * @property {number} last
 * @property {number} points of each line
 * @property {{ colour: string }[]} lines PPV and NPV
 * @property {number} size of a dot, square px
 */

/**
 * How many of a thousand patches would be of each outcome, as `of_a_thousand` in Python.
 * @param {number} sensitivity @param {number} specificity @param {number} prevalence
 * @returns {Record<Outcome, number>}
 */
export function ofAThousand(sensitivity, specificity, prevalence) {
  const positive = halfEven(1000 * prevalence);
  const tp = positive ? halfEven(positive * sensitivity) : 0;
  const tn = positive < 1000 ? halfEven((1000 - positive) * specificity) : 0;
  return { tp, fn: positive - tp, fp: 1000 - positive - tn, tn };
}

/**
 * @param {Marks} marks
 * @param {Element} svg
 * @param {Thousand} told
 * @param {Now & { table: Table }} now
 */
export function paintThousand(marks, svg, told, now) {
  const size = plotSize(svg), counts = now.table.counts(now.index);
  if (!size) return;
  const many = ofAThousand(sensitivityOf(counts), specificityOf(counts), told.prevalence);
  // As large as a cell allows: charts.py says the same to Vega.
  const side = 0.86 * Math.min(size.width / told.columns, size.height / told.rows) - 1.2;
  const outlines = { square: squareOf(side ** 2), circle: disc(side ** 2) };
  const patches = marks.of(svg, "patches");
  let next = 0;
  for (const [outcome, { colour, shape, fill }] of Object.entries(told.outcomes)) {
    const end = next + many[/** @type {Outcome} */ (outcome)];
    for (const patch of patches.slice(next, end)) {
      marks.set(patch, "d", shape === "square" ? outlines.square : outlines.circle);
      marks.set(patch, "fill", fill);
      marks.set(patch, "stroke", colour);
    }
    next = end;
  }
}

/**
 * @param {Marks} marks
 * @param {Element} svg
 * @param {Predictive} told
 * @param {Now & { table: Table }} now
 */
export function paintPredictive(marks, svg, told, now) {
  const size = plotSize(svg), counts = now.table.counts(now.index);
  if (!size) return;
  const { width, height } = size;
  const rates = /** @type {const} */ ([sensitivityOf(counts), specificityOf(counts)]);
  const lines = marks.of(svg, "lines");
  const dots = marks.shapes(svg, "now", 2);
  [ppvAt, npvAt].forEach((figure, at) => {
    const { colour } = told.lines[at];
    const along = prevalences(told).map((share) => [share, figure(share)(...rates)])
      .filter(([, value]) => Number.isFinite(value))
      .map(([share, value]) => [rounded(tenThousandth(share) * width), rounded((1 - tenThousandth(value)) * height)]);
    const line = lines.find((each) => each.getAttribute("stroke") === colour);
    if (line) marks.set(line, "d", along.map((each, index) => `${index ? "L" : "M"}${each}`).join(""));
    const value = figure(told.prevalence)(...rates);
    const dot = dots[at], isDefined = Number.isFinite(value);
    if (!dot) return;
    marks.set(dot, "d", isDefined ? disc(told.size) : "");
    marks.set(dot, "fill", colour);
    if (isDefined) marks.set(dot, "transform", place(told.prevalence * width, (1 - value) * height));
  });
}

/** @param {Predictive} told */
function prevalences({ first, last, points }) {
  const step = (last - first) / (points - 1); // as NumPy's linspace, to the last bit
  return Array.from({ length: points }, (_, at) => at * step + first);
}

/** To the four decimals in which the server sends a line. @param {number} value */
function tenThousandth(value) {
  return halfEven(value * 10_000) / 10_000;
}
