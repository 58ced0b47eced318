// A matrix of counts: what each cell says, looked up.
/** @import { Now } from "./threshold_bus.js" */
/** @import { Table } from "./threshold_table.js" */
/** @import { Marks } from "./moving_marks.js" */

/** @typedef {{ kind: "matrix", cells: { count: string, share: string }[] }} Matrix keys of the texts, in
 *   the order in which the cells are drawn */

/**
 * @param {Marks} marks
 * @param {Element} svg
 * @param {Matrix} told
 * @param {Now & { table: Table }} now
 */
export function paintMatrix(marks, svg, told, now) {
  const counts = marks.of(svg, "count"), shares = marks.of(svg, "share");
  told.cells.forEach((keys, at) => {
    sayKnown(marks, counts[at], now.table.text(keys.count, now.index));
    sayKnown(marks, shares[at], now.table.text(keys.share, now.index));
  });
}

/** @param {Marks} marks @param {Element | undefined} mark @param {string | undefined} text */
function sayKnown(marks, mark, text) {
  if (mark && text !== undefined) marks.say(mark, text);
}
