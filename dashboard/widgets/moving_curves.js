// What marks the threshold on a curve: a point that counts give, or a line across.
/** @import { Now } from "./threshold_bus.js" */
/** @import { Table } from "./threshold_table.js" */
/** @import { Marks } from "./moving_marks.js" */
import { disc, place, plotSize } from "./moving_marks.js";

/**
 * @typedef {{ tp: number, fp: number, fn: number, tn: number }} Counts
 * @typedef {{ kind: "point", curve: "roc" | "pr" | "workload", colour: string, size: number }} Point
 */

/** Place of a point on its curve, both axes from 0 to 1. @type {Record<string, (counts: Counts) => [number, number]>} */
const ON_CURVE = {
  roc: (counts) => [1 - specificityOf(counts), sensitivityOf(counts)],
  pr: (counts) => [sensitivityOf(counts), counts.tp / (counts.tp + counts.fp)],
  workload: (counts) => [(counts.tp + counts.fp) / totalOf(counts), sensitivityOf(counts)],
};

/** @param {Counts} counts */
export function sensitivityOf({ tp, fn }) {
  return tp / (tp + fn);
}

/** @param {Counts} counts */
export function specificityOf({ tn, fp }) {
  return tn / (tn + fp);
}

/** @param {Counts} counts */
function totalOf({ tp, fp, fn, tn }) {
  return tp + fp + fn + tn;
}

/**
 * The point of a curve; none where one of its two rates is not defined.
 * @param {Marks} marks
 * @param {Element} svg
 * @param {Point} told
 * @param {Now & { table: Table }} now
 */
export function paintPoint(marks, svg, told, now) {
  const size = plotSize(svg);
  if (!size) return;
  const [across, up] = ON_CURVE[told.curve](now.table.counts(now.index));
  const isDefined = Number.isFinite(across) && Number.isFinite(up);
  for (const mark of marks.shapes(svg, "now", isDefined ? 1 : 0)) {
    marks.set(mark, "d", disc(told.size));
    marks.set(mark, "fill", told.colour);
    marks.set(mark, "transform", place(across * size.width, (1 - up) * size.height));
  }
}

/**
 * The line of the threshold, across an axis from 0 to 1.
 * @param {Marks} marks
 * @param {Element} svg
 * @param {Now} now
 */
export function paintRule(marks, svg, now) {
  const size = plotSize(svg);
  if (!size) return;
  for (const rule of marks.of(svg, "now")) marks.set(rule, "transform", place(now.at * size.width, 0));
}
