// What the page says of a threshold at the prevalence that was chosen on it, to the last digit as the
// server says it (views/operating_point/clinic/use_texts.py).
/** @import { Table } from "./threshold_table.js" */
/** @import { Interval } from "./predictive_values.js" */
import { fixed } from "./digits.js";
import { ofAThousand } from "./moving_clinic.js";
import { sensitivityOf, specificityOf } from "./moving_curves.js";
import { bounded, likelihoodRatioNegative, likelihoodRatioPositive, npvAt, ppvAt } from "./predictive_values.js";

/**
 * @typedef {object} InUse
 * @property {number} prevalence
 * @property {string[]} held keys of the figures whose interval is shown
 * @property {Record<string, string>} words of each outcome, in the order in which they are said
 */

/**
 * The texts at a grid value, by their keys.
 * @param {InUse} told
 * @param {Table} table
 * @param {number} index
 * @returns {Record<string, string>}
 */
export function useTexts({ prevalence, held, words }, table, index) {
  const [sensitivity, specificity, balanced] = ["sensitivity", "specificity", "balanced_accuracy"]
    .map((name) => intervalOf(table.number(name, index)));
  const figures = {
    "use.ppv": ppvAt(prevalence),
    "use.npv": npvAt(prevalence),
    "use.plus": likelihoodRatioPositive,
    "use.minus": likelihoodRatioNegative,
  };
  const found = thousandTexts(prevalence, words, table, index);
  for (const [key, figure] of Object.entries(figures)) {
    const { value, low, high } = bounded(figure, sensitivity, specificity, balanced);
    const isRatio = figure === likelihoodRatioPositive || figure === likelihoodRatioNegative;
    found[`${key}.value`] = figureText(value, isRatio);
    found[`${key}.around`] = held.includes(key) && isSaid(value, isRatio) ? ends(low, high, isRatio) : "";
  }
  return found;
}

/**
 * @param {number} prevalence @param {Record<string, string>} words @param {Table} table
 * @param {number} index
 * @returns {Record<string, string>}
 */
function thousandTexts(prevalence, words, table, index) {
  const counts = table.counts(index);
  /** @type {Record<string, number>} */
  const many = ofAThousand(sensitivityOf(counts), specificityOf(counts), prevalence);
  const both = { positive: many.tp + many.fp, negative: many.tn + many.fn };
  const named = Object.entries(words).map(([outcome, said]) => `${many[outcome]} ${said}`);
  const said = Object.entries({ ...many, ...both })
    .map(([name, patches]) => [`use.${name}`, patches.toLocaleString("en-US")]);
  return { ...Object.fromEntries(said), "use.named": `${named.join(", ")}.` };
}

/** @param {{ value: number, low: number | null, high: number | null } | null} number @returns {Interval} */
function intervalOf(number) {
  return { value: number?.value ?? NaN, low: number?.low ?? NaN, high: number?.high ?? NaN };
}

/** @param {number} value @param {boolean} isRatio it may be without bound */
function isSaid(value, isRatio) {
  return Number.isFinite(value) || (isRatio && value === Infinity);
}

/** @param {number} value @param {boolean} isRatio */
function figureText(value, isRatio) {
  if (!isSaid(value, isRatio)) return "–";
  return value === Infinity ? "∞" : fixed(value, 2);
}

/** In brackets; nothing where they are not known. @param {number} low @param {number} high @param {boolean} isRatio */
function ends(low, high, isRatio) {
  const [from, to] = [low, high].map((each) => figureText(each, isRatio));
  if (isRatio && high === Infinity && from !== "–") return `[at least ${from}]`;
  return from === "–" || to === "–" ? "" : `[${from}–${to}]`;
}
