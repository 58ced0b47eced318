import assert from "node:assert/strict";
import { test } from "node:test";

import { Rows, writtenOf } from "../../dashboard/widgets/paged_rows.js";

const ROW = { positives: 3, negatives: 2, whole: true, fn: [0, 1, 0, 1], fp: [2, 0, -1, 0], judged: [1, 0, 0, 1] };
const TOLD = { format: "idc-threshold-rows/1", of: "it", grid: [0, 0.25, 0.5, 0.75], rows: [ROW] };
const COLUMNS = ["fn", "fp", "open", "sensitivity", "specificity", "predicted", "reviewed"];

test("counts are summed to each threshold and written into the cells", () => {
  const rows = new Rows(TOLD, "it");
  const said = (index) => COLUMNS.map((column) => rows.text(0, column, index));
  assert.deepEqual(said(0), ["0", "2", "1", "1.000", "0.000", "100.0 %", "50.0 %"]);
  assert.deepEqual(said(3), ["2", "1", "1", "0.333", "0.500", "40.0 %", "66.7 %"]);
  assert.deepEqual([rows.indexOf(0.5), rows.indexOf(0.3)], [2, -1]);
});

test("what only the server knows is not said: other columns, other rows", () => {
  const rows = new Rows(TOLD, "it");
  assert.deepEqual([rows.text(0, "map", 0), rows.text(1, "fn", 0)], [undefined, undefined]);
});

test("a sample has no burden, no errors have no share, and no patches no rate", () => {
  const counts = { positives: 0, negatives: 1200, whole: false, fn: 0, fp: 0, judged: 0 };
  const said = COLUMNS.map((column) => writtenOf(counts, column));
  assert.deepEqual(said, ["0", "0", "0", "–", "1.000", "", ""]);
  assert.equal(writtenOf({ ...counts, fp: 1200 }, "open"), "1,200");
});

test("rows of something else, or in another format, are refused", () => {
  assert.throws(() => new Rows(TOLD, "other"), /expected the rows of other/);
  assert.throws(() => new Rows({ ...TOLD, format: "x" }, "it"), /found x/);
});
