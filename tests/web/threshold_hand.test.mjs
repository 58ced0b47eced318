import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Hand } from "../../dashboard/frame/threshold_hand.js";

const ABOUT = { run: "demo", split: "test" };
let hand, sent, told, time, painted;

beforeEach(() => {
  sent = [];
  told = [];
  time = 0;
  painted = NaN;
  hand = new Hand({
    send: (act) => sent.push(act),
    tell: () => told.push([hand.at, hand.moving]),
    time: () => time,
    token: () => `t${sent.length + 1}`,
    isPainted: (at) => at === painted,
  });
  answer(0.5);
  told.length = 0;
});

function answer(value, answered = "", about = ABOUT) {
  hand.update({ value, answered, about });
}

function drag(...values) {
  for (const value of values) hand.move(value);
  hand.rest();
}

test("the server's threshold stands on the slider and is told", () => {
  answer(0.12345678806304931);
  assert.deepEqual(told, [[0.12345678806304931, false]]);
});

test("while the hand moves nothing is sent; at rest one message, with what it was moved for", () => {
  hand.move(0.6);
  hand.move(0.7);
  assert.deepEqual(sent, []);
  hand.rest();
  hand.rest();
  assert.deepEqual(sent, [{ threshold: 0.7, about: ABOUT, token: "t1", painted: false }]);
});

test("it moves from the first movement until the answer stands on the page", () => {
  hand.move(0.6);
  assert.equal(hand.moving, true);
  hand.rest();
  hand.drawn(); // of what was asked before
  assert.equal(hand.moving, true);
  answer(0.6, "t1");
  assert.equal(hand.moving, true);
  hand.drawn();
  assert.deepEqual(told.at(-1), [0.6, false]);
});

test("back where it was, nothing is sent and nothing moves any more", () => {
  drag(0.6, 0.5);
  assert.deepEqual(sent, []);
  assert.deepEqual(told.at(-1), [0.5, false]);
});

test("back where it was while an answer is under way, that is sent too", () => {
  drag(0.6);
  drag(0.5);
  assert.deepEqual(sent.map(({ threshold }) => threshold), [0.6, 0.5]);
  answer(0.6, "t1");
  hand.drawn();
  assert.deepEqual([hand.at, hand.moving], [0.5, true]);
  answer(0.5, "t2");
  hand.drawn();
  assert.deepEqual([hand.at, hand.moving], [0.5, false]);
});

test("an answer does not take the slider out of the hand", () => {
  drag(0.6);
  hand.move(0.7);
  answer(0.6, "t1");
  hand.drawn();
  assert.deepEqual([hand.at, hand.moving], [0.7, true]);
  hand.rest();
  assert.deepEqual(sent.map(({ threshold }) => threshold), [0.6, 0.7]);
});

test("what a rule or a link sets moves the slider, unless the hand moved it after", () => {
  answer(0.3);
  assert.deepEqual(told.at(-1), [0.3, false]);
  drag(0.6);
  answer(0.4); // asked for before the hand moved
  hand.drawn();
  assert.deepEqual([hand.at, hand.moving], [0.6, true]);
});

test("what was moved for another run or split is let go", () => {
  hand.move(0.6);
  answer(0.2, "", { run: "other", split: "test" });
  hand.rest();
  assert.deepEqual(sent, []);
  assert.equal(hand.at, 0.2);
  hand.drawn();
  assert.deepEqual(told.at(-1), [0.2, false]);
});

test("a message that was ignored is answered too: the server's threshold comes back", () => {
  drag(0.6);
  answer(0.5, "t1");
  hand.drawn();
  assert.deepEqual(told.at(-1), [0.5, false]);
});

test("a message that no answer came to is sent once more, the same, when the page was drawn without it", () => {
  drag(0.6);
  time = 4000;
  hand.drawn();
  assert.equal(sent.length, 1);
  time = 6000;
  hand.drawn();
  hand.drawn();
  assert.equal(sent.length, 2);
  assert.deepEqual(sent[1], sent[0]);
});

test("the server hears whether the charts show the threshold at rest", () => {
  painted = 0.6;
  drag(0.6);
  answer(0.6, "t1");
  hand.drawn();
  drag(0.7);
  assert.deepEqual(sent.map((act) => act.painted), [true, false]);
});

test("at rest the server's own charts are asked for once, and nothing moves meanwhile", () => {
  painted = 0.5;
  hand.settle();
  hand.settle();
  assert.deepEqual(sent, [{ threshold: 0.5, about: ABOUT, token: "t1", painted: false }]);
  assert.equal(hand.moving, false);
  answer(0.5, "t1");
  hand.drawn();
  hand.settle();
  assert.equal(sent.length, 2);
});

test("while it moves no charts are asked for", () => {
  hand.move(0.6);
  hand.settle();
  hand.rest();
  hand.settle();
  assert.deepEqual(sent.map(({ threshold }) => threshold), [0.6]);
});
