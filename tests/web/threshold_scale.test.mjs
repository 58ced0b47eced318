import assert from "node:assert/strict";
import { test } from "node:test";

import { exactly, Scale, spoken, stepsOf, thresholdOf } from "../../dashboard/frame/threshold_scale.js";

const RARE = [0, 1e-7, 1e-6, 1e-5, 1e-4, 1];

test("on an even scale a threshold lies where it says", () => {
  const scale = new Scale();
  assert.equal(scale.grid.length, 1001);
  for (const value of [0, 0.001, 0.42, 0.12345678806304931, 1]) assert.equal(scale.placeOf(value), value);
  assert.equal(scale.at(0.4203), 0.42);
  assert.equal(scale.at(0.4206), 0.421);
});

test("every threshold of a grid is found again at its own place", () => {
  for (const scale of [new Scale(), new Scale(RARE, "logit"), new Scale([0, 0.98, 0.999999, 1], "logit")]) {
    assert.deepEqual(scale.places.map((place) => scale.at(place)), scale.grid);
  }
});

test("on a logit scale equal ratios of odds are equal distances, and 0 and 1 stand at the ends", () => {
  const [zero, first, second, third, fourth, one] = new Scale(RARE, "logit").places;
  assert.deepEqual([zero, one], [0, 1]);
  assert.equal(first, 0.02);
  assert.ok(Math.abs((second - first) - (third - second)) < 1e-4);
  assert.equal(fourth, 0.98);
});

test("a place between two thresholds belongs to the nearer one, of that scale", () => {
  const scale = new Scale(RARE, "logit"), [, first, second] = scale.places;
  assert.equal(scale.at(first + 0.4 * (second - first)), 1e-7);
  assert.equal(scale.at(first + 0.6 * (second - first)), 1e-6);
  assert.equal(scale.at(-0.1), 0);
  assert.equal(scale.at(1.1), 1);
});

test("a threshold beyond all scores lies at the edge of them, and one lone threshold in the middle", () => {
  assert.equal(new Scale(RARE, "logit").placeOf(0.5), 0.98);
  assert.equal(new Scale([0, 0.3, 1], "logit").placeOf(0.3), 0.5);
  assert.equal(new Scale([0, 1], "logit").placeOf(0.3) > 0.02, true);
});

test("a step leads to the next threshold of the grid, from between two of them as well", () => {
  const scale = new Scale();
  assert.equal(scale.step(0.42, 1), 0.421);
  assert.equal(scale.step(0.42, -1), 0.419);
  assert.equal(scale.step(0.42, 10), 0.43);
  assert.equal(scale.step(0.4205, 1), 0.421);
  assert.equal(scale.step(0.4205, -1), 0.42);
  assert.equal(scale.step(0.999, 10), 1);
  assert.equal(scale.step(0, -1), 0);
  assert.equal(scale.step(0.42, Infinity), 1);
  assert.equal(scale.step(0.42, -Infinity), 0);
  assert.equal(new Scale(RARE, "logit").step(1e-6, 1), 1e-5);
});

test("arrows move by one, with Shift by ten, Page keys by a hundred, Home and End to the ends", () => {
  const keys = ["ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown", "PageUp", "PageDown", "Home", "End"];
  assert.deepEqual(keys.map((key) => stepsOf(key, false)), [1, 1, -1, -1, 100, -100, -Infinity, Infinity]);
  assert.deepEqual(keys.slice(0, 4).map((key) => stepsOf(key, true)), [10, 10, -10, -10]);
  assert.deepEqual(["3", "Tab", "Enter", "constructor"].map((key) => stepsOf(key, false)), Array(4).fill(null));
});

test("a threshold is written exactly", () => {
  const written = [0.42, 0, 1, 0.5, 0.12345678806304931, 1e-7, 0.0005].map(exactly);
  assert.deepEqual(written, ["0.420", "0.000", "1.000", "0.500", "0.12345678806304931", "1e-7", "0.0005"]);
  for (const value of [0.1 + 0.2, 1 / 3, 2.03e-6]) assert.equal(Number(exactly(value)), value);
});

test("a number is read with a point or a comma; what is no threshold is none", () => {
  const read = ["0.42", "0,42", " .5 ", ",5", "1", "0", "1e-6", "2,5E-3", "1."].map(thresholdOf);
  assert.deepEqual(read, [0.42, 0.42, 0.5, 0.5, 1, 0, 1e-6, 0.0025, 1]);
  const none = ["", " ", "1.1", "-0.1", "0.1.2", "0,1,2", "abc", "0x1", "Infinity", "1e", "1 2", "."];
  assert.deepEqual(none.map(thresholdOf), Array(none.length).fill(null));
});

test("a screen reader hears the threshold with its sensitivity and specificity, where they are known", () => {
  assert.equal(spoken(0.42, "0.84 [0.80–0.87]", "0.91 [0.88–0.93]"),
    "threshold 0.420, sensitivity 0.84 [0.80–0.87], specificity 0.91 [0.88–0.93]");
  assert.equal(spoken(0.42, undefined, "0.91"), "threshold 0.420, specificity 0.91");
  assert.equal(spoken(1e-7, undefined, undefined), "threshold 1e-7");
});
