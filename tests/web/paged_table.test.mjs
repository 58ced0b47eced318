import assert from "node:assert/strict";
import { test } from "node:test";

import { shareOf } from "../../dashboard/widgets/paged_cells.js";
import { rowAfter, whereOf } from "../../dashboard/widgets/paged_table.js";

test("arrows lead from row to row and stop at both ends; Home and End lead there", () => {
  assert.deepEqual([rowAfter(0, "ArrowDown", 3), rowAfter(2, "ArrowDown", 3)], [1, 2]);
  assert.deepEqual([rowAfter(1, "ArrowUp", 3), rowAfter(0, "ArrowUp", 3)], [0, 0]);
  assert.deepEqual([rowAfter(1, "Home", 3), rowAfter(1, "End", 3)], [0, 2]);
  assert.equal(rowAfter(1, "Enter", 3), null);
});

test("the line between the buttons says which rows of how many", () => {
  assert.equal(whereOf(40, 40, 279, 279), "41 to 80 of 279");
  assert.equal(whereOf(99960, 40, 100000, 100000), "99,961 to 100,000 of 100,000");
  assert.equal(whereOf(0, 2, 2, 279), "1 to 2 of 2 (279 without filters)");
  assert.equal(whereOf(0, 0, 0, 279), "none found (279 without filters)");
});

test("a share's bar is as long as its text says", () => {
  assert.deepEqual(["37.5 %", "100.0 %", ""].map(shareOf), [0.375, 1, 0]);
});
