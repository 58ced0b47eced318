import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { offerFold } from "../../dashboard/frame/fold_bar.js";

const SELECTED = "demo · Test · threshold 0.233 (operating point, locked) · all patients";
let button, words, classes, root, stored;

beforeEach(() => {
  root = { bar: "open" };
  stored = new Map();
  classes = new Set();
  globalThis.document = { documentElement: { dataset: root } };
  globalThis.localStorage = { setItem: (name, value) => stored.set(name, value) };
  words = { hidden: null, textContent: "" };
  button = { said: {}, setAttribute: (name, value) => { button.said[name] = value; } };
});

function offer() {
  const parts = { ".selected": words, ".fold": button };
  const classList = { toggle: (name, on) => { if (on) classes.add(name); else classes.delete(name); } };
  offerFold({ querySelector: (selector) => parts[selector], classList }, SELECTED);
}

test("an open bar shows its controls, and a button that collapses it", () => {
  offer();
  assert.equal(words.hidden, true);
  assert.equal(button.textContent, "▲");
  assert.deepEqual(button.said, { "aria-label": "Collapse the bar to one line", "aria-expanded": "true" });
  assert.deepEqual([...classes], []);
});

test("folded, it says what is selected, and stays so on the next page and the next day", () => {
  offer();
  button.onclick();
  assert.equal(root.bar, "folded");
  assert.equal(stored.get("idc_bar"), "folded");
  assert.equal(words.hidden, false);
  assert.equal(words.textContent, SELECTED);
  assert.deepEqual(button.said, { "aria-label": "Show the controls of the bar", "aria-expanded": "false" });
  assert.deepEqual([...classes], ["folded"]);
  offer();
  assert.equal(words.hidden, false, "drawn again, as after a rerun, it is folded still");
  button.onclick();
  assert.equal(root.bar, "open");
  assert.equal(stored.get("idc_bar"), "open");
  assert.equal(words.hidden, true);
});

test("without storage it folds all the same", () => {
  globalThis.localStorage = { setItem: () => { throw new Error("forbidden"); } };
  offer();
  button.onclick();
  assert.equal(root.bar, "folded");
  assert.equal(words.hidden, false);
});
