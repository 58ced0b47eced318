import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { paintPoint, paintRule } from "../../dashboard/widgets/moving_curves.js";
import { bars, paintHistogram } from "../../dashboard/widgets/moving_histogram.js";
import { Marks, placeOf } from "../../dashboard/widgets/moving_marks.js";
import { paintMatrix } from "../../dashboard/widgets/moving_matrix.js";
import { ofAThousand, paintPredictive, paintThousand } from "../../dashboard/widgets/moving_clinic.js";
import { at, chart, moved, said } from "./fake_svg.mjs";

const HISTOGRAM = {
  kind: "histogram", edges: [0, 0.4, 0.8, 1], places: [0, 0.4, 0.8, 1], positive: [0, 3, 1], negative: [4, 2, 0],
  odds: false, linear: 20, colours: { tp: "green", fn: "red", fp: "orange", tn: "grey" },
  beside: { rule: 0, flag: 6, flag_before: -6 },
};
let marks;

beforeEach(() => { marks = new Marks(); });

const told = (found) => found.map(({ left, right, patches, outcome }) => [left, right, patches, outcome]);
const point = (curve, index) => {
  const svg = chart({ now: [at(0, 0)] });
  paintPoint(marks, svg, { kind: "point", curve, colour: "violet", size: 150 }, moved(index));
  return marks.of(svg, "now").filter((each) => each.getAttribute("display") === null).map(placeOf);
};

test("the point of each curve stands where the counts put it", () => {
  assert.deepEqual(point("roc", 1), [{ x: (1 - 4 / 6) * 200, y: 25 }]);
  assert.deepEqual(point("pr", 1), [{ x: 150, y: 40 }]);
  assert.deepEqual(point("workload", 1), [{ x: 100, y: 25 }]);
});

test("where nothing is predicted positive, precision has no point; where Vega drew none, one is added", () => {
  assert.deepEqual(point("pr", 2), []);
  const svg = chart({ now: [] });
  paintPoint(marks, svg, { kind: "point", curve: "pr", colour: "violet", size: 150 }, moved(1));
  assert.equal(marks.of(svg, "now")[0].getAttribute("fill"), "violet");
});

test("the line of the threshold goes along an axis from 0 to 1", () => {
  const svg = chart({ now: [at(0, 0)] });
  paintRule(marks, svg, moved(1));
  assert.deepEqual(placeOf(marks.of(svg, "now")[0]), { x: 100, y: 0 });
});

test("cells say what the table says, and keep what it does not know", () => {
  const svg = chart({ count: [said("7"), said("8")], share: [said("old"), said("old")] });
  const cells = [{ count: "tp.count", share: "tp.row" }, { count: "unknown", share: "fn.row" }];
  paintMatrix(marks, svg, { kind: "matrix", cells }, moved(1));
  assert.deepEqual(marks.of(svg, "count").map((each) => each.textContent), ["tp.count 1", "8"]);
  assert.deepEqual(marks.of(svg, "share").map((each) => each.textContent), ["tp.row 1", "fn.row 1"]);
});

test("the bin of the threshold is split, and every bar has the colour of its side", () => {
  assert.deepEqual(told(bars(HISTOGRAM, 0.5, { tp: 3, fp: 0 })), [
    [0.4, 0.5, 1, "fn"], [0.5, 0.8, 2, "tp"], [0.8, 1, 1, "tp"], [0, 0.4, -4, "tn"], [0.4, 0.5, -2, "tn"],
  ]);
});

test("at an edge no bin is split; at both ends all are on one side", () => {
  assert.deepEqual(told(bars(HISTOGRAM, 0.4, { tp: 4, fp: 2 })).map(([, , , outcome]) => outcome), ["tp", "tp", "tn", "fp"]);
  assert.deepEqual(told(bars(HISTOGRAM, 0, { tp: 4, fp: 6 })).map(([, , , outcome]) => outcome), ["tp", "tp", "fp", "fp"]);
  assert.deepEqual(told(bars(HISTOGRAM, 1, { tp: 1, fp: 0 })), [
    [0.4, 0.8, 3, "fn"], [1, 1, 1, "tp"], [0, 0.4, -4, "tn"], [0.4, 0.8, -2, "tn"],
  ]);
});

test("on an axis of log odds the split lies at the threshold's log odds, and no farther than the ends", () => {
  const odds = { ...HISTOGRAM, odds: true, places: [-5, -1, 1, 5] };
  assert.deepEqual(told(bars(odds, 0.5, { tp: 3, fp: 0 }))[0], [-1, 0, 1, "fn"]);
  const beyond = told(bars(odds, 0.9999999, { tp: 0, fp: 0 }));
  assert.deepEqual(beyond[1], [1, 5, 1, "fn"]);
});

test("bars, line and words are drawn between the axes that two invisible corners give", () => {
  const svg = chart({
    whole: [at(0, 0), at(200, 100)], areas: [at(0, 0)], rule: [at(0, 0)], flag: [said("")], flag_before: [said("")],
  });
  paintHistogram(marks, svg, HISTOGRAM, moved(1, { ...moved(0).table, counts: () => ({ tp: 3, fp: 0 }) }));
  assert.equal(marks.of(svg, "areas").length, 5);
  const [first] = marks.of(svg, "areas");
  const most = Math.log1p(3 / 20), whole = most + Math.log1p(4 / 20), ground = (100 * most) / whole;
  const tall = (100 * Math.log1p(1 / 20)) / whole;
  assert.equal(first.getAttribute("fill"), "red");
  const drawn = first.getAttribute("d").match(/-?[\d.]+(e-?\d+)?/g).map(Number);
  [80.5, ground - tall, 20, tall, -20].forEach((value, index) => assert.ok(Math.abs(drawn[index] - value) < 1e-9, `${drawn}`));
  assert.deepEqual(placeOf(marks.of(svg, "rule")[0]), { x: 100, y: 0 });
  assert.deepEqual(placeOf(marks.of(svg, "flag")[0]), { x: 106, y: 11 });
  assert.equal(marks.of(svg, "flag")[0].textContent, "threshold 0.500");
  assert.equal(marks.of(svg, "flag_before")[0].textContent, "");
});

test("a thousand patches are shared out, of two as near to the even number", () => {
  assert.deepEqual(ofAThousand(0.5, 0.25, 0.009), { tp: 4, fn: 5, fp: 743, tn: 248 });
  assert.deepEqual(ofAThousand(1, 1, 1), { tp: 1000, fn: 0, fp: 0, tn: 0 });
});

test("each of a thousand patches has colour and shape of its outcome", () => {
  const svg = chart({ patches: Array.from({ length: 1000 }, () => at(0, 0)) });
  const outcomes = {
    tp: { colour: "green", shape: "square", fill: "green" }, fn: { colour: "red", shape: "circle", fill: "red" },
    fp: { colour: "orange", shape: "circle", fill: "transparent" }, tn: { colour: "grey", shape: "square", fill: "grey" },
  };
  paintThousand(marks, svg, { kind: "thousand", prevalence: 0.4, columns: 50, rows: 20, outcomes }, moved(1));
  const drawn = marks.of(svg, "patches");
  const many = (colour) => drawn.filter((each) => each.getAttribute("stroke") === colour).length;
  assert.deepEqual(["green", "red", "orange", "grey"].map(many), [300, 100, 200, 400]);
  assert.match(drawn[299].getAttribute("d"), /h.*v/);
  assert.match(drawn[300].getAttribute("d"), /A/);
  assert.equal(drawn[999].getAttribute("stroke"), "grey");
  const inside = (each) => drawn[each].getAttribute("fill");
  assert.deepEqual([399, 400, 599, 600].map(inside), ["red", "transparent", "transparent", "grey"]);
});

test("both predictive values run across all prevalences, and a dot stands at the one chosen", () => {
  const lines = [at(0, 0, { stroke: "green" }), at(0, 0, { stroke: "grey" })];
  const svg = chart({ lines, now: [at(0, 0), at(0, 0)] });
  const shown = { kind: "predictive", prevalence: 0.5, first: 0, last: 1, points: 3, size: 130, lines: [{ colour: "green" }, { colour: "grey" }] };
  paintPredictive(marks, svg, shown, moved(1));
  assert.equal(lines[0].getAttribute("d"), "M0,100L100,30.77L200,0");
  assert.equal(lines[1].getAttribute("d"), "M0,0L100,27.27L200,100");
  const [ppv] = marks.of(svg, "now");
  assert.ok(Math.abs(placeOf(ppv).y - 100 * (1 - 0.75 / (0.75 + 2 / 6))) < 1e-9);
  paintPredictive(marks, svg, shown, moved(2));
  assert.equal(marks.of(svg, "now")[0].getAttribute("d"), "", "nothing is predicted positive");
  assert.equal(lines[0].getAttribute("d"), "");
});
