import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { follow, now, tell } from "../../dashboard/widgets/threshold_bus.js";

let heard, troubles;
const said = (at, moving = false) => ({ at, index: -1, moving, table: null });

beforeEach(() => {
  globalThis.window = {};
  heard = [];
  troubles = [];
  globalThis.reportError = (error) => troubles.push(error.message);
});

test("before anything is told there is no threshold, and nobody is called", () => {
  follow((told) => heard.push(told));
  assert.equal(now(), null);
  assert.deepEqual(heard, []);
});

test("what is told reaches every follower once, before telling ends", () => {
  follow(({ at }) => heard.push(["one", at]));
  follow(({ at, moving }) => heard.push(["two", at, moving]));
  tell(said(0.42, true));
  assert.deepEqual(heard, [["one", 0.42], ["two", 0.42, true]]);
  assert.equal(now().at, 0.42);
});

test("who comes later hears at once what was told last", () => {
  tell(said(0.3));
  follow(({ at }) => heard.push(at));
  assert.deepEqual(heard, [0.3]);
});

test("who has ended hears no more, also when that happens while it is told", () => {
  const ends = [];
  ends.push(follow(() => { heard.push("one"); for (const end of ends) end(); }));
  ends.push(follow(() => heard.push("two")));
  tell(said(0.1));
  tell(said(0.2));
  assert.deepEqual(heard, ["one", "two"]);
});

test("one that fails keeps it from no other, and its error is reported", () => {
  follow(() => { throw new Error("no canvas"); });
  follow(({ at }) => heard.push(at));
  tell(said(0.5));
  assert.deepEqual(heard, [0.5]);
  assert.deepEqual(troubles, ["no canvas"]);
});
