// A matrix of counts: what each cell says, looked up.
/** @import { Now } from "./threshold_bus.js" */
/** @import { Table } from "./threshold_table.js" */
/** @import { Marks } from "./moving_marks.js" */

/**
 * @typedef {object} Matrix
 * @property {"matrix"} kind
 * @property {{ count: string, share: string }[]} cells keys of the texts, in the order in which the
 *   cells are drawn
 * @property {string} source address of a table of its own; empty where it follows the page's
 */

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
