import assert from "node:assert/strict";
import { test } from "node:test";

import { beside } from "../../dashboard/views/patients/slide_strip.js";

test("an arrow key leads to the slide beside, round the ends, and no other key does", () => {
  assert.deepEqual([beside(0, "ArrowRight", 3), beside(2, "ArrowDown", 3)], [1, 0]);
  assert.deepEqual([beside(1, "ArrowLeft", 3), beside(0, "ArrowUp", 3)], [0, 2]);
  assert.deepEqual([beside(0, "Enter", 3), beside(0, "ArrowRight", 0)], [null, null]);
});
