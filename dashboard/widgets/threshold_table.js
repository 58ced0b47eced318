// What the page says at each threshold of a grid, as the server wrote it (docs/threshold-table.md):
// texts to the last digit, and the counts that figures are drawn from.
import { address } from "./dom.js";

/**
 * @typedef {{ skeletons: string[], rows: string[] }} Texts of one key, a row each grid value: the
 *   number of a skeleton and what stands for each of its `#`, by `;`; empty where as the row before
 * @typedef {{ value: (number | null)[], low: (number | null)[], high: (number | null)[] }} Bounds
 *
 * @typedef {object} Told a table as the server wrote it
 * @property {string} format
 * @property {string} of digest of what it was made of
 * @property {string} digest of the rest
 * @property {number[]} grid thresholds, strictly rising
 * @property {"even" | "logit"} scale
 * @property {number} positives patches labelled positive
 * @property {number} negatives
 * @property {number} patients
 * @property {number[]} tp at each grid value: score at least the threshold
 * @property {number[]} fp
 * @property {Record<string, Bounds>} numbers
 * @property {Record<string, Texts>} texts
 */

const FORMAT = "idc-threshold-table/1";

/**
 * The table at an address, gzipped JSON.
 * @param {string} source
 * @param {string} of digest of what the page shows
 * @returns {Promise<Table>} rejected where it cannot be had, is damaged, or is of something else
 */
export async function tableOf(source, of) {
  const answer = await fetch(address(source));
  if (!answer.ok || !answer.body) throw new Error(`expected a table: the server answered ${answer.status}.`);
  const raw = answer.body.pipeThrough(new DecompressionStream("gzip"));
  return new Table(await new Response(raw).json(), of);
}

export class Table {
  /** The row in force at each grid value, of the keys that were asked for. @type {Map<string, Int32Array>} */
  inForce = new Map();

  /** @param {Told} told @param {string} of */
  constructor(told, of) {
    const complaint = complaintOf(told, of);
    if (complaint) throw new Error(complaint);
    this.told = told;
    this.grid = told.grid;
    this.scale = told.scale;
    this.positives = told.positives;
    this.negatives = told.negatives;
    this.patients = told.patients;
  }

  /** The grid value closest to a threshold, by its index; of two as close, the lower. @param {number} at */
  nearest(at) {
    const after = this.grid.findIndex((value) => value >= at);
    if (after <= 0) return after < 0 ? this.grid.length - 1 : 0;
    return at - this.grid[after - 1] <= this.grid[after] - at ? after - 1 : after;
  }

  /** The index of exactly this threshold, -1 where it is off the grid. @param {number} at */
  indexOf(at) {
    const nearest = this.nearest(at);
    return this.grid[nearest] === at ? nearest : -1;
  }

  /** Patches of each outcome. @param {number} index */
  counts(index) {
    const tp = this.told.tp[index], fp = this.told.fp[index];
    return { tp, fp, fn: this.positives - tp, tn: this.negatives - fp };
  }

  /** A metric with its interval; null where it is not defined or not in the table.
   * @param {string} name @param {number} index */
  number(name, index) {
    const known = this.told.numbers[name], value = known?.value[index] ?? null;
    if (!known || value === null) return null;
    return { value, low: known.low[index], high: known.high[index] };
  }

  /** What the page says of a key at a grid value; undefined for a key that is not in the table.
   * @param {string} key @param {number} index @returns {string | undefined} */
  text(key, index) {
    const known = Object.hasOwn(this.told.texts, key) ? this.told.texts[key] : undefined;
    if (!known) return undefined;
    const inForce = this.inForce.get(key) ?? rowsInForce(known.rows);
    this.inForce.set(key, inForce);
    const [skeleton, ...numbers] = known.rows[inForce[index]].split(";");
    let next = 0;
    return known.skeletons[Number(skeleton)].replace(/#/g, () => numbers[next++]);
  }
}

/** @param {string[]} rows */
function rowsInForce(rows) {
  let last = 0;
  return Int32Array.from(rows, (row, index) => (row === "" ? last : (last = index)));
}

/** What is wrong with a table; empty where it can be shown. @param {Told} told @param {string} of */
function complaintOf(told, of) {
  if (told.format !== FORMAT) return `expected ${FORMAT}: found ${told.format}.`;
  if (told.of !== of) return `expected the table of ${of}: found that of ${told.of}.`;
  const { grid, tp, fp } = told, many = grid.length;
  const isRising = grid.every((value, index) => index === 0 || value > grid[index - 1]);
  if (!many || !isRising) return "expected thresholds that rise: found others.";
  const columns = [
    tp, fp, ...Object.values(told.texts).map(({ rows }) => rows),
    ...Object.values(told.numbers).flatMap(({ value, low, high }) => [value, low, high]),
  ];
  const short = columns.find((each) => each.length !== many);
  return short ? `expected ${many} values of each: found ${short.length}.` : "";
}
