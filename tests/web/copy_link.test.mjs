import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { offerLink } from "../../dashboard/frame/copy_link.js";

const LINK = "http://localhost:8501/threshold?run=demo";
let parts, copied;

function element(inner = {}) {
  return { hidden: true, querySelector: (selector) => inner[selector] ?? null };
}

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  copied = [];
  const done = [];
  const field = { value: "", done, focus: () => done.push("focus"), select: () => done.push("select") };
  const byHand = element({ input: field }), button = { textContent: "Copy link" };
  const host = element({ button, ".by-hand": byHand });
  parts = { button, byHand, field };
  globalThis.location = { href: LINK };
  globalThis.requestAnimationFrame = (act) => act();
  clipboard(async (link) => { copied.push(link); });
  offerLink(host);
});

afterEach(() => mock.timers.reset());

function clipboard(writeText) {
  Object.defineProperty(globalThis, "navigator", { value: { clipboard: { writeText } }, configurable: true });
}

test("the address is copied as it is when the button is pressed, and the button says so for a while", async () => {
  globalThis.location.href = `${LINK}&threshold=0.5`;
  await parts.button.onclick();
  assert.deepEqual(copied, [`${LINK}&threshold=0.5`]);
  assert.equal(parts.button.textContent, "Copied");
  mock.timers.tick(1599);
  assert.equal(parts.button.textContent, "Copied");
  mock.timers.tick(1);
  assert.equal(parts.button.textContent, "Copy link");
});

test("where the browser forbids it the link stands in a field, selected, until it was copied by hand", async () => {
  clipboard(async () => { throw new Error("forbidden"); });
  await parts.button.onclick();
  assert.equal(parts.byHand.hidden, false);
  assert.equal(parts.field.value, LINK);
  assert.deepEqual(parts.field.done, ["focus", "select"]);
  parts.field.oncopy();
  assert.equal(parts.byHand.hidden, true);
  assert.equal(parts.button.textContent, "Copied");
});

test("Escape and leaving the field take it away, and nothing is said to be copied", async () => {
  clipboard(undefined);
  for (const leave of [() => parts.field.onkeydown({ key: "Escape" }), () => parts.field.onblur()]) {
    await parts.button.onclick();
    assert.equal(parts.byHand.hidden, false);
    leave();
    assert.equal(parts.byHand.hidden, true);
    assert.equal(parts.button.textContent, "Copy link");
  }
});
