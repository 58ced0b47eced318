// What predictions mean at a prevalence, from sensitivity and specificity: the one thing that the
// browser computes and does not look up, since the prevalence is chosen on the page. As
// idc_core/metrics/clinic.py and joint.py; tests/web holds both together to the last printed digit.

/**
 * @typedef {{ value: number, low: number, high: number }} Interval NaN where it is not known
 * @typedef {[number, number]} Corner sensitivity and specificity
 * @typedef {(sensitivity: number, specificity: number) => number} Figure
 */

/** Share of positive predictions that are right. @param {number} prevalence @returns {Figure} */
export function ppvAt(prevalence) {
  return (sensitivity, specificity) => {
    const found = sensitivity * prevalence;
    return found / (found + (1 - specificity) * (1 - prevalence));
  };
}

/** Share of negative predictions that are right. @param {number} prevalence @returns {Figure} */
export function npvAt(prevalence) {
  return (sensitivity, specificity) => {
    const left = specificity * (1 - prevalence);
    return left / (left + (1 - sensitivity) * prevalence);
  };
}

/** @type {Figure} */
export function likelihoodRatioPositive(sensitivity, specificity) {
  return sensitivity / (1 - specificity);
}

/** @type {Figure} */
export function likelihoodRatioNegative(sensitivity, specificity) {
  return (1 - sensitivity) / specificity;
}

/**
 * How a figure of both rates is bounded by what their intervals and that of balanced accuracy allow
 * together.
 * @param {Figure} figure one that rises, or falls, with both
 * @param {Interval} sensitivity
 * @param {Interval} specificity
 * @param {Interval} balanced
 * @returns {Interval}
 */
export function bounded(figure, sensitivity, specificity, balanced) {
  const value = figure(sensitivity.value, specificity.value);
  const known = corners(sensitivity, specificity, balanced)
    .map(([one, other]) => figure(one, other))
    .filter((each) => !Number.isNaN(each));
  if (!known.length) return { value, low: NaN, high: NaN };
  return { value, low: Math.min(...known), high: Math.max(...known) };
}

/** @param {Interval} sensitivity @param {Interval} specificity @param {Interval} balanced @returns {Corner[]} */
function corners(sensitivity, specificity, balanced) {
  /** @type {Corner} */
  const low = [sensitivity.low, specificity.low];
  /** @type {Corner} */
  const high = [sensitivity.high, specificity.high];
  const isInside = (/** @type {Interval} */ { value }) => value > 0 && value < 1;
  // Where one rate lies on a bound, balanced accuracy may know of the other alone.
  if (!isInside(sensitivity) || !isInside(specificity)) return [low, high];
  const best = cut(turned(high), turned(low), -2 * balanced.high).map(turned);
  return [...cut(low, high, 2 * balanced.low), ...best];
}

/** @param {Corner} corner @returns {Corner} */
function turned([one, other]) {
  return [-one, -other];
}

/**
 * Corners of the box nearest `low` whose sum is at least `least`.
 * @param {Corner} low @param {Corner} high @param {number} least
 * @returns {Corner[]}
 */
function cut(low, high, least) {
  if (!(low[0] + low[1] < least)) return [low];
  const first = smaller(least - low[0], high[1]), second = smaller(least - low[1], high[0]);
  return [[least - first, first], [second, least - second]];
}

/** As Python's `min`: the first where it is not known which is smaller. @param {number} a @param {number} b */
function smaller(a, b) {
  return b < a ? b : a;
}
