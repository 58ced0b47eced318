// A region that is being drawn, with every step of it, so that each can be taken back. It is kept in
// this tab until it is stored or given up: a reload, another patient or a lost answer lose nothing.

/**
 * @import { Part, Stroke } from "./region_shapes.js"
 *
 * @typedef {object} About what was on the screen when it was begun
 * @property {string} run
 * @property {string} data
 * @property {string} split
 * @property {string} patient
 * @property {string} slide
 * @property {"slide" | "patches"} frame what coordinates count
 *
 * @typedef {object} Step
 * @property {Part[]} parts closed polygons
 * @property {number[]} open corners of the polygon that is not closed yet, x, y, x, y, …
 * @property {Stroke[]} strokes of the brush since it was stored last
 *
 * @typedef {object} Draft
 * @property {About} about
 * @property {string} region which one it becomes, or corrects
 * @property {string} follows the record that it corrects, "" for a new one
 * @property {string} name
 * @property {boolean} excluded
 * @property {Step} now
 * @property {Step[]} past
 */

const KEPT = "idc.region.";
const MOST_PAST = 200;
/** @type {Step} */
const NOTHING_DRAWN = { parts: [], open: [], strokes: [] };

/**
 * @param {About} about @param {{ name: string, excluded: boolean }} named
 * @param {{ region: string, follows: string, parts: Part[] }} [corrects]
 * @returns {Draft}
 */
export function begun(about, { name, excluded }, corrects) {
  const { region = mark(), follows = "", parts = [] } = corrects ?? {};
  return { about, region, follows, name, excluded, now: { ...NOTHING_DRAWN, parts }, past: [] };
}

/** 32 hexadecimal digits that nobody else has. */
export function mark() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
}

/** A step further. @param {Draft} draft @param {Partial<Step>} change @returns {Draft} */
export function stepped(draft, change) {
  return {
    ...draft, now: { ...draft.now, ...change }, past: [...draft.past, draft.now].slice(-MOST_PAST),
  };
}

/** A step back; the same where there is none. @param {Draft} draft @returns {Draft} */
export function takenBack(draft) {
  const before = draft.past.at(-1);
  return before ? { ...draft, now: before, past: draft.past.slice(0, -1) } : draft;
}

/** With its open polygon closed, if that has three corners. @param {Draft} draft @returns {Draft} */
export function closed(draft) {
  const { open, parts } = draft.now;
  return open.length < 6 ? draft : stepped(draft, { parts: [...parts, [open]], open: [] });
}

/** Whether anything would be lost with it. @param {Draft} draft */
export function hasContent({ now, past }) {
  return past.length > 0 || now.open.length > 0 || now.strokes.length > 0;
}

/** @param {About} about */
const placeOf = (about) => KEPT + JSON.stringify(about);

// Storage can be forbidden, or full: the draft then lasts as long as the page.
/** @param {Draft} draft */
export function keepDraft(draft) {
  try {
    sessionStorage.setItem(placeOf(draft.about), JSON.stringify({ ...draft, past: draft.past.slice(-20) }));
  } catch { /* see above */ }
}

/** @param {About} about @returns {Draft | null} */
export function keptDraft(about) {
  try { return JSON.parse(sessionStorage.getItem(placeOf(about)) ?? "null"); } catch { return null; }
}

/** @param {About} about */
export function forgetDraft(about) {
  try { sessionStorage.removeItem(placeOf(about)); } catch { /* see above */ }
}
