import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { gzipSync } from "node:zlib";

import { Table, tableOf } from "../../dashboard/widgets/threshold_table.js";

// Written by hand: four thresholds, 4 positive and 6 negative patches.
const TOLD = {
  format: "idc-threshold-table/1",
  of: "abc",
  digest: "of the rest",
  grid: [0, 0.25, 0.5, 1],
  scale: "even",
  positives: 4,
  negatives: 6,
  patients: 3,
  tp: [4, 3, 3, 0],
  fp: [6, 2, 1, 0],
  numbers: { precision: { value: [0.4, 0.6, 0.75, null], low: [0.1, 0.2, 0.3, null], high: [0.7, 0.8, 0.9, null] } },
  texts: {
    "sensitivity.value": { skeletons: ["# [#–#]", "–"], rows: ["0;1.000;0.510;1.000", "0;0.750;0.301;0.954", "", "1"] },
    "sentence.predicted": { skeletons: ["# of # patches"], rows: ["0;10;10", "0;5;10", "0;4;10", "0;0;10"] },
  },
};

const table = (changed = {}) => new Table({ ...TOLD, ...changed }, "abc");
let fetched, answer;

beforeEach(() => {
  fetched = [];
  answer = new Response(gzipSync(JSON.stringify(TOLD)));
  globalThis.window = { location: { href: "http://here/idc/operating-point?run=demo" } };
  globalThis.fetch = async (url) => { fetched.push(url); return answer; };
});

test("a text is what the server wrote at that threshold, or the row before where it is empty", () => {
  const texts = [0, 1, 2, 3].map((index) => table().text("sensitivity.value", index));
  assert.deepEqual(texts, ["1.000 [0.510–1.000]", "0.750 [0.301–0.954]", "0.750 [0.301–0.954]", "–"]);
  assert.equal(table().text("sentence.predicted", 2), "4 of 10 patches");
});

test("a text whose numbers hold signs of a replacement stays as it is", () => {
  const texts = { key: { skeletons: ["#$ of $& #"], rows: ["0;1;2", "0;3;4", "", ""] } };
  assert.equal(table({ texts }).text("key", 2), "3$ of $& 4");
});

test("a key that is not in the table has no text", () => {
  assert.equal(table().text("auc.value", 0), undefined);
  assert.equal(table().text("constructor", 0), undefined);
});

test("the counts of a threshold add up to the patches", () => {
  assert.deepEqual(table().counts(1), { tp: 3, fp: 2, fn: 1, tn: 4 });
  assert.deepEqual(table().counts(3), { tp: 0, fp: 0, fn: 4, tn: 6 });
});

test("a number comes with its interval; what is not defined is null", () => {
  assert.deepEqual(table().number("precision", 1), { value: 0.6, low: 0.2, high: 0.8 });
  assert.equal(table().number("precision", 3), null);
  assert.equal(table().number("npv", 1), null);
});

test("the nearest threshold of the grid, the lower one of two as near", () => {
  const near = [-1, 0, 0.1, 0.125, 0.13, 0.5, 0.74, 0.76, 1, 2].map((at) => table().nearest(at));
  assert.deepEqual(near, [0, 0, 0, 0, 1, 2, 2, 3, 3, 3]);
});

test("a threshold off the grid has no index, however near", () => {
  assert.equal(table().indexOf(0.25), 1);
  assert.equal(table().indexOf(0.25 + Number.EPSILON), -1);
});

test("a table is fetched under the server's path and unpacked", async () => {
  const found = await tableOf("/media/1.gz", "abc");
  assert.deepEqual(fetched, ["http://here/idc/media/1.gz"]);
  assert.equal(found.text("sensitivity.value", 1), "0.750 [0.301–0.954]");
  assert.deepEqual([found.positives, found.negatives, found.patients, found.scale], [4, 6, 3, "even"]);
});

test("a table of something else, of another layout, or damaged is refused", async () => {
  await assert.rejects(tableOf("/media/1.gz", "other"), /expected the table of other: found that of abc/);
  assert.throws(() => table({ format: "idc-threshold-table/0" }), /expected idc-threshold-table\/1/);
  assert.throws(() => table({ tp: [4, 3] }), /expected 4 values of each: found 2/);
  assert.throws(() => table({ grid: [0, 0.5, 0.5, 1] }), /thresholds that rise/);
  const texts = { key: { skeletons: ["#"], rows: ["0;1"] } };
  assert.throws(() => table({ texts }), /expected 4 values of each: found 1/);
});

test("an answer that is no table is refused", async () => {
  answer = new Response("gone", { status: 404 });
  await assert.rejects(tableOf("/media/1.gz", "abc"), /the server answered 404/);
  answer = new Response(gzipSync(JSON.stringify(TOLD)).subarray(0, 200));
  await assert.rejects(tableOf("/media/1.gz", "abc"));
});
