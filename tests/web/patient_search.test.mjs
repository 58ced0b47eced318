import assert from "node:assert/strict";
import { test } from "node:test";

import { optionAfter } from "../../dashboard/frame/patient_search.js";

test("arrows lead from suggestion to suggestion, round the ends, and no other key does", () => {
  assert.deepEqual([optionAfter(0, "ArrowDown", 3), optionAfter(2, "ArrowDown", 3)], [1, 0]);
  assert.deepEqual([optionAfter(0, "ArrowUp", 3), optionAfter(0, "ArrowUp", 0)], [2, null]);
  assert.equal(optionAfter(1, "a", 3), null);
});
