// The slider's scale: which thresholds it stops at, where on it each lies, and how each is written.

/** @typedef {"even" | "logit"} Spacing "logit" where all scores lie close to 0 or 1 */

const END = 0.02; // on a logit scale 0 and 1 have no place: they stand so far beyond all others
const EVEN = Array.from({ length: 1001 }, (_, step) => step / 1000);

export class Scale {
  /** @param {readonly number[]} [grid] thresholds, strictly rising @param {Spacing} [spacing] */
  constructor(grid = EVEN, spacing = "even") {
    this.grid = grid;
    this.spacing = spacing;
    const inner = grid.filter((value) => value > 0 && value < 1);
    this.low = logit(inner.at(0) ?? 0.01);
    this.high = logit(inner.at(-1) ?? 0.99);
    this.places = grid.map((value) => this.placeOf(value));
  }

  /** Where a threshold lies, 0 to 1 along the slider. @param {number} value */
  placeOf(value) {
    if (this.spacing === "even" || value <= 0 || value >= 1) return value;
    const share = this.high > this.low ? (logit(value) - this.low) / (this.high - this.low) : 0.5;
    return END + (1 - 2 * END) * Math.min(1, Math.max(0, share));
  }

  /** The threshold of the grid that lies nearest to a place. @param {number} place */
  at(place) {
    const after = firstFrom(this.places, place);
    if (after === 0) return this.grid[0];
    if (after === this.grid.length) return this.grid[after - 1];
    const isBefore = place - this.places[after - 1] <= this.places[after] - place;
    return this.grid[isBefore ? after - 1 : after];
  }

  /**
   * So many thresholds of the grid up (or down) from a value, which need not be one itself.
   * @param {number} value @param {number} by
   */
  step(value, by) {
    const from = firstFrom(this.grid, value);
    const isOn = this.grid[from] === value;
    const to = from + by - (by > 0 && !isOn ? 1 : 0);
    return this.grid[Math.min(this.grid.length - 1, Math.max(0, to))];
  }
}

/** How many thresholds a key moves by; null for a key that is none of the slider's.
 * @param {string} key @param {boolean} shift */
export function stepsOf(key, shift) {
  const one = shift ? 10 : 1;
  /** @type {Record<string, number>} */
  const known = {
    ArrowRight: one, ArrowUp: one, ArrowLeft: -one, ArrowDown: -one,
    PageUp: 100, PageDown: -100, Home: -Infinity, End: Infinity,
  };
  return Object.hasOwn(known, key) ? known[key] : null;
}

/** A threshold exactly, with three decimals where it has no more. @param {number} value */
export function exactly(value) {
  const short = value.toFixed(3);
  return Number(short) === value ? short : String(value);
}

/** The threshold that was typed, with a decimal point or a comma; null where it is none from 0 to 1.
 * @param {string} typed */
export function thresholdOf(typed) {
  const text = typed.trim().replace(",", ".").replace("−", "-");
  if (!/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return null;
  const value = Number(text);
  return value >= 0 && value <= 1 ? value : null;
}

/** What a screen reader says of a threshold.
 * @param {number} value @param {string | undefined} sensitivity @param {string | undefined} specificity */
export function spoken(value, sensitivity, specificity) {
  const rates = [["sensitivity", sensitivity], ["specificity", specificity]]
    .filter(([, said]) => said && said !== "–");
  return [`threshold ${exactly(value)}`, ...rates.map((each) => each.join(" "))].join(", ");
}

/** @param {number} value */
function logit(value) {
  return Math.log(value) - Math.log1p(-value);
}

/** The index of the first that is not below a value. @param {readonly number[]} rising @param {number} value */
function firstFrom(rising, value) {
  let low = 0, high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
