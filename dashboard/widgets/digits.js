// A score in digits that say something, wherever in 0 to 1 it lies; as idc_core/io/digits.py.

/** @param {number} score @param {number} places decimals in the middle of 0 to 1 */
export function digits(score, places = 3) {
  if (score > 0 && score < 0.01) return plain(score.toPrecision(3));
  const half = 0.5 * 10 ** -places; // from here on so many places would say 1
  if (score >= 1 - half && score < 1) return `1 − ${plain((1 - score).toPrecision(3))}`;
  return score.toFixed(places);
}

/** Two digits, for where there is little room. @param {number} score */
export function shortDigits(score) {
  if (score > 0 && score < 0.005) return score.toExponential(0);
  return score >= 0.995 && score < 1 ? `1−${(1 - score).toExponential(0)}` : score.toFixed(2);
}

/** 1.00e-7 as 1e-7. @param {string} text */
function plain(text) {
  return text.replace(/\.?0+(?=e|$)/, "");
}
