// What the rows of a page say at each threshold of a grid: counts from the server
// (docs/threshold-table.md), written here as idc_core/facts/row_words.py writes them, letter by letter.
import { fixed, halfEven } from "./digits.js";
import { address } from "./dom.js";

/**
 * @typedef {{ positives: number, negatives: number, whole: boolean, fn: number[], fp: number[],
 *   judged: number[] }} Counted a row: differences of its counts from threshold to threshold
 * @typedef {{ format: string, of: string, grid: number[], rows: Counted[] }} Told
 * @typedef {{ positives: number, negatives: number, whole: boolean, fn: number, fp: number,
 *   judged: number }} Counts at one threshold
 */

const FORMAT = "idc-threshold-rows/1";
const UNDEFINED = "–";

/**
 * The rows at an address, gzipped JSON.
 * @param {string} source @param {string} of digest of what the page shows
 * @returns {Promise<Rows>} rejected where they cannot be had, or are of something else
 */
export async function rowsOf(source, of) {
  const answer = await fetch(address(source));
  if (!answer.ok || !answer.body) throw new Error(`expected rows: the server answered ${answer.status}.`);
  const raw = answer.body.pipeThrough(new DecompressionStream("gzip"));
  return new Rows(await new Response(raw).json(), of);
}

export class Rows {
  /** @param {Told} told @param {string} of */
  constructor(told, of) {
    if (told.format !== FORMAT) throw new Error(`expected ${FORMAT}: found ${told.format}.`);
    if (told.of !== of) throw new Error(`expected the rows of ${of}: found those of ${told.of}.`);
    this.grid = told.grid;
    this.rows = told.rows.map((row) => ({
      ...row, fn: summed(row.fn), fp: summed(row.fp), judged: summed(row.judged),
    }));
  }

  /** The index of exactly this threshold, -1 where it is off the grid. @param {number} at */
  indexOf(at) {
    return this.grid.indexOf(at);
  }

  /** What a cell says; undefined where only the server knows.
   * @param {number} row @param {string} column @param {number} index @returns {string | undefined} */
  text(row, column, index) {
    const own = this.rows[row];
    if (!own) return undefined;
    return writtenOf({ ...own, fn: own.fn[index], fp: own.fp[index], judged: own.judged[index] }, column);
  }
}

/** @param {Counts} counts @param {string} column @returns {string | undefined} */
export function writtenOf({ positives, negatives, whole, fn, fp, judged }, column) {
  switch (column) {
    case "fn": return many(fn);
    case "fp": return many(fp);
    case "open": return many(fn + fp - judged);
    case "sensitivity": return rate(positives - fn, positives);
    case "specificity": return rate(negatives - fp, negatives);
    case "reviewed": return fn + fp ? share(judged / (fn + fp)) : "";
    // Rounded as the list rounds it, before it is written.
    case "predicted": return whole ? share(halfEven(1000 * ((positives - fn + fp) / (positives + negatives))) / 1000) : "";
    default: return undefined;
  }
}

/** A count with thousands apart by a comma. @param {number} count */
export function many(count) {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** @param {number} right @param {number} every */
function rate(right, every) {
  return every ? fixed(right / every, 3) : UNDEFINED;
}

/** @param {number} value */
function share(value) {
  return `${fixed(100 * value, 1)} %`;
}

/** @param {number[]} steps */
function summed(steps) {
  let sum = 0;
  return Int32Array.from(steps, (step) => (sum += step));
}
