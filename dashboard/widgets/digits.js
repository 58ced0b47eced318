// A score in digits that say something, wherever in 0 to 1 it lies; as idc_core/io/digits.py, letter
// by letter.

/** @param {number} score @param {number} places decimals in the middle of 0 to 1 */
export function digits(score, places = 3) {
  if (score > 0 && score < 0.01) return general(score);
  const half = 0.5 * 10 ** -places; // from here on so many places would say 1
  if (score >= 1 - half && score < 1) return `1 − ${general(1 - score)}`;
  return fixed(score, places);
}

/** Two digits, for where there is little room. @param {number} score */
export function shortDigits(score) {
  if (score > 0 && score < 0.005) return exponential(score, 0);
  return score >= 0.995 && score < 1 ? `1−${exponential(1 - score, 0)}` : fixed(score, 2);
}

/**
 * So many decimals, as Python writes them: of a number just between two, the even one.
 * @param {number} value @param {number} places
 */
export function fixed(value, places) {
  const said = value.toFixed(places);
  const isBetween = /50{25}$/.test(value.toFixed(places + 26));
  if (!isBetween || Number(said.at(-1)) % 2 === 0) return said;
  return (Number(said) - Math.sign(value) * 10 ** -places).toFixed(places); // rounded away from 0
}

/** The nearest whole number, of two as near the even one, as Python's `round`. @param {number} value */
export function halfEven(value) {
  const below = Math.floor(value), over = value - below;
  if (over !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** Three digits that count, as Python's `.3g` of a number below 1. @param {number} value */
function general(value) {
  const [digit, power] = value.toExponential(2).split("e").map(Number);
  if (power < -4) return exponential(value, 2).replace(/\.?0+(?=e)/, "");
  return String(Number((digit * 10 ** power).toFixed(2 - power)));
}

/** Two digits in the power, as Python writes it. @param {number} value @param {number} places */
function exponential(value, places) {
  return value.toExponential(places).replace(/e-(\d)$/, "e-0$1");
}
