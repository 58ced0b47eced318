import assert from "node:assert/strict";
import { test } from "node:test";

import {
  areaOf, border, colour, GLYPH_PX, gridOf, gridPlace, markOf, nearness, outcome, placeIn, scaleBar,
  squareAt, wholeIn, words,
} from "../../dashboard/widgets/slide_squares.js";

// Four squares in a frame of 3 × 2 that begins at column 2, row 1: found and missed IDC, a false
// alarm, and one that nobody labelled.
const PARTS = {
  x: [101, 151, 101, 201], y: [51, 51, 101, 101], score: [0.9, 0.25, 0.5, 0.75], label: [1, 1, 0, null],
  unscored: [], left: 2, top: 1, columns: 3, rows: 2, stride: 50,
};
const INK = {
  tp: [1, 1, 1], fn: [2, 2, 2], fp: [3, 3, 3], tn: [4, 4, 4], unlabelled: [5, 5, 5], score: [6, 6, 6],
  near: [7, 7, 7], label: [8, 8, 8], contour: "", verdict: "", paper: "", text: "",
};
const DRAWN = { threshold: 0.5, opacity: 0.8, ink: INK };
const WORDS = { tp: "found", fn: "missed", fp: "false alarm", tn: "rightly left", unlabelled: "no label" };

const OVERLAYS = {
  outcome: { rule: "outcome", kinds: ["tp", "fn", "fp", "tn", "unlabelled"] },
  errors: { rule: "outcome", kinds: ["fn", "fp"] },
  score: { rule: "score", kinds: [] }, near: { rule: "near", kinds: [] },
  label: { rule: "label", kinds: [] }, predicted: { rule: "predicted", kinds: [] },
  tissue: { rule: "nothing", kinds: [] },
};

test("a square is called by its score and judged by its label, the threshold itself being called", () => {
  assert.deepEqual([0, 1, 2, 3].map((at) => outcome(PARTS, at, 0.5)), ["tp", "fn", "fp", "unlabelled"]);
  assert.equal(outcome(PARTS, 2, 0.5000001), "tn");
  assert.equal(outcome({ score: [null], label: [1] }, 0, 0.5), null);
});

test("each overlay gives a square its own colour at a threshold", () => {
  const of = (at, overlay, more) => colour(PARTS, at, OVERLAYS[overlay], { ...DRAWN, ...more });
  assert.deepEqual(of(0, "outcome"), [1, 1, 1, 0.8]);
  assert.deepEqual(of(1, "outcome"), [2, 2, 2, 0.8]);
  assert.deepEqual(of(2, "outcome", { threshold: 0.6 }), [4, 4, 4, 0.2 * 0.8]);
  assert.deepEqual(of(3, "outcome"), [5, 5, 5, 0.2 * 0.8]);
  assert.deepEqual(of(0, "errors"), [0, 0, 0, 0]);
  assert.deepEqual(of(1, "errors"), [2, 2, 2, 0.8]);
  assert.deepEqual(of(3, "errors"), [0, 0, 0, 0]);
  assert.deepEqual(of(0, "label"), [8, 8, 8, 0.8]);
  assert.deepEqual(of(2, "label"), [4, 4, 4, 0.2 * 0.8]);
  assert.deepEqual(of(1, "score"), [6, 6, 6, 0.8 * 0.25]);
  assert.deepEqual(of(2, "near"), [7, 7, 7, 0.8]);
  assert.deepEqual(of(2, "predicted"), [6, 6, 6, 0.8]);
  assert.deepEqual(of(3, "predicted", { threshold: 0 }), [6, 6, 6, 0.8]);
  assert.deepEqual(of(2, "predicted", { threshold: 0.6 }), [4, 4, 4, 0.2 * 0.8]);
  assert.deepEqual(of(0, "tissue"), [0, 0, 0, 0]);
});

test("a square whose score is not to be seen yet has no colour under any overlay", () => {
  const hidden = { score: [null], label: [1] };
  for (const overlay of ["outcome", "errors", "label", "score", "predicted", "near"]) {
    assert.deepEqual(colour(hidden, 0, OVERLAYS[overlay], DRAWN), [0, 0, 0, 0], overlay);
  }
});

test("nearness is 1 at the threshold and 0 at the far end of either side", () => {
  assert.deepEqual([0, 0.125, 0.25, 0.625, 1].map((score) => nearness(score, 0.25)), [0, 0.5, 1, 0.5, 0]);
  assert.equal(nearness(1, 1), 1);
  assert.equal(nearness(0, 0), 1);
});

test("the square under the pointer is found by its place in the frame, and none where none is", () => {
  const grid = gridOf(PARTS), at = (x, y) => squareAt(PARTS, grid, { x, y });
  assert.equal(at(0.01, 0.01), 0);
  assert.equal(at(0.34, 0.32), 1);
  assert.equal(at(0.32, 0.34), 2);
  assert.equal(at(0.99, 0.66), 3);
  assert.equal(at(0.5, 0.5), null);
  assert.equal(at(-0.01, 0.1), null);
  assert.equal(at(0.1, 0.67), null);
});

test("places are counted from 1, so that the fiftieth pixel is of the first square still", () => {
  assert.deepEqual([[1, 1], [50, 51], [101, 100]].map(([x, y]) => gridPlace(x, y, 50)), [[0, 0], [0, 1], [2, 1]]);
  assert.deepEqual([[1, 1], [96, 97], [193, 96]].map(([x, y]) => gridPlace(x, y, 96)), [[0, 0], [0, 1], [2, 0]]);
});

test("a place lies in the frame where its square is found again", () => {
  const grid = gridOf(PARTS);
  PARTS.x.forEach((x, nth) => {
    const [left, top, side] = placeIn(PARTS, x, PARTS.y[nth]);
    assert.equal(squareAt(PARTS, grid, { x: left + side / 2, y: top + side / 2 }), nth);
  });
  assert.deepEqual(placeIn(PARTS, 151, 101), [1 / 3, 1 / 3, 1 / 3]);
});

test("the whole slide lies so that its squares lie in the frame", () => {
  // Squares of 100 of its pixels: the frame's first, column 2 and row 1, begins at 200, 100.
  const { x, y, width } = wholeIn(PARTS, { side: 100, width: 900 });
  assert.deepEqual([x, y, width], [-2 / 3, -1 / 3, 3]);
  const [left] = placeIn(PARTS, 151, 101);
  assert.ok(Math.abs(x + (300 / 900) * width - left) < 1e-12);
});

test("a rectangle is told in pixels of the slide, whichever corner it was begun at", () => {
  const one = { x: 0, y: 1 / 3 }, other = { x: 2 / 3, y: 0 };
  assert.deepEqual(areaOf(PARTS, one, other), [100, 50, 200, 100]);
  assert.deepEqual(areaOf(PARTS, other, one), [100, 50, 200, 100]);
});

test("the border runs around called squares and not between two of them", () => {
  const two = { x: [1, 51], y: [1, 1], score: [0.9, 0.5], stride: 50 };
  assert.equal(border(two, 0.5).length, 6);
  assert.equal(border(two, 0.6).length, 4);
  assert.deepEqual(border({ x: [1], y: [1], score: [null], stride: 50 }, 0.5), []);
  const [left] = border({ x: [101], y: [51], score: [1], stride: 50 }, 0.5);
  assert.deepEqual(left, [2, 1, 2, 2]);
});

test("the tip says outcome, score, label and place, and of a patch not read only its place", () => {
  const data = { threshold: 0.5, words: WORDS, classes: ["no IDC", "IDC"] };
  assert.equal(words(PARTS, 0, data), "TP · found\nscore 0.900 · labelled IDC\nx 101, y 51");
  assert.equal(words(PARTS, 3, data), "predicted IDC\nscore 0.750 · no label\nx 201, y 101");
  assert.match(words(PARTS, 0, { ...data, classes: ["stroma", "tumour"] }), /labelled tumour/);
  assert.equal(words({ x: [1], y: [1], score: [null], label: [1] }, 0, data),
    "x 1, y 1\nnot judged yet: prediction and label are hidden");
});

test("the scale is as long as few patches, in micrometres or millimetres where these are known", () => {
  assert.deepEqual(scaleBar(80, null, 50), { wide: 80, text: "1 patch · 50 px" });
  assert.deepEqual(scaleBar(20, 0.5, 50), { wide: 100, text: "5 patches · 250 px · 125 µm" });
  assert.deepEqual(scaleBar(1, 0.5, 50), { wide: 100, text: "100 patches · 5000 px · 2.5 mm" });
  assert.equal(scaleBar(0.1, null, 50).text, "500 patches · 25000 px");
});

test("missed IDC and a false alarm differ in shape at every size, and nothing else has a mark", () => {
  for (let side = 1; side <= 60; side++) {
    const marks = ["fn", "fp"].map((what) => markOf(what, side));
    assert.deepEqual(marks, side >= GLYPH_PX ? ["disc", "ring"] : ["solid", "stripes"], `${side} px`);
    for (const what of ["tp", "tn", "unlabelled", null]) assert.equal(markOf(what, side), null);
  }
});
