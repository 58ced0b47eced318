import assert from "node:assert/strict";
import { test } from "node:test";

import { isTaken, isWrittenIn, keyOf } from "../../dashboard/widgets/keys.js";

const BODY = { tagName: "BODY" };

function pressed(key, more = {}) {
  const { on = BODY, ...changed } = more;
  const flags = { isComposing: false, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  return { ...flags, key, code: "", repeat: false, composedPath: () => [on], ...changed };
}

function page(more = {}) {
  const done = [];
  const buttonOf = (key) => ({ click: () => done.push(`click ${key}`) });
  const free = (field) => done.push(`free ${field.tagName}`);
  return { done, isDialogOpen: () => false, buttonOf, free, ...more };
}

function panel(done, keys, isConnected = true) {
  const press = (key, held) => {
    if (!keys.includes(key)) return false;
    done.push(`${key}${held ? " held" : ""}`);
    return true;
  };
  return { host: { isConnected }, press };
}

test("a digit is the same on every keyboard, and with Shift it is what is printed on it", () => {
  assert.equal(keyOf({ code: "Digit3", key: "§", shiftKey: false }), "3");
  assert.equal(keyOf({ code: "Numpad3", key: "3", shiftKey: false }), "3");
  assert.equal(keyOf({ code: "Digit3", key: "#", shiftKey: true }), "#");
});

test("a letter is one key in either case, and Shift makes it another", () => {
  assert.equal(keyOf({ code: "KeyN", key: "n", shiftKey: false }), "N");
  assert.equal(keyOf({ code: "KeyN", key: "N", shiftKey: false }), "N");
  assert.equal(keyOf({ code: "KeyN", key: "N", shiftKey: true }), "Shift+N");
  assert.equal(keyOf({ code: "Enter", key: "Enter", shiftKey: true }), "Enter");
});

test("letters belong to fields that are written in, and to no slider, button or page", () => {
  for (const field of [{ tagName: "TEXTAREA" }, { tagName: "SELECT" }, { isContentEditable: true },
    { tagName: "INPUT", type: "text" }, { tagName: "INPUT", type: "search" }]) {
    assert.equal(isWrittenIn(field), true, JSON.stringify(field));
  }
  for (const field of [BODY, {}, { tagName: "BUTTON" }, { tagName: "INPUT", type: "range" },
    { tagName: "INPUT", type: "checkbox" }, { tagName: "INPUT", type: "radio" }]) {
    assert.equal(isWrittenIn(field), false, JSON.stringify(field));
  }
});

test("a key goes to the first panel that knows it, with whether it is held", () => {
  const own = page();
  const listeners = new Map([["a", panel(own.done, "1")], ["b", panel(own.done, "12")]]);
  assert.equal(isTaken(pressed("1"), listeners, own), true);
  assert.equal(isTaken(pressed("2", { repeat: true }), listeners, own), true);
  assert.equal(isTaken(pressed("9"), listeners, own), false);
  assert.deepEqual(own.done, ["1", "2 held"]);
});

test("a panel that has left the page hears nothing more", () => {
  const own = page();
  const listeners = new Map([["gone", panel(own.done, "1", false)], ["here", panel(own.done, "1")]]);
  isTaken(pressed("1"), listeners, own);
  assert.deepEqual([...listeners.keys()], ["here"]);
  assert.deepEqual(own.done, ["1"]);
});

test("a key of a page's button presses it once, however long it is held", () => {
  const own = page();
  assert.equal(isTaken(pressed("u"), new Map(), own), true);
  assert.equal(isTaken(pressed("u", { repeat: true }), new Map(), own), true);
  assert.equal(isTaken(pressed("N", { shiftKey: true }), new Map(), own), true);
  assert.deepEqual(own.done, ["click next_unreviewed", "click next_patient"]);
});

test("a button that is not there or is locked leaves the key to the browser", () => {
  assert.equal(isTaken(pressed("u"), new Map(), page({ buttonOf: () => null })), false);
});

test("the page's own keys are asked for by the names of buttons and never by a key without one", () => {
  const asked = [];
  const own = page({ buttonOf: (key) => { asked.push(key); return null; } });
  for (const key of ["x", "u", "Tab"]) isTaken(pressed(key), new Map(), own);
  assert.deepEqual(asked, ["next_unreviewed"]);
});

test("in a field Escape frees it and every other key is the field's", () => {
  const own = page(), on = { tagName: "INPUT", type: "text" };
  const listeners = new Map([["a", panel(own.done, ["1", "Escape"])]]);
  assert.equal(isTaken(pressed("1", { on }), listeners, own), false);
  assert.equal(isTaken(pressed("Escape", { on }), listeners, own), false);
  assert.deepEqual(own.done, ["free INPUT"]);
});

test("behind a dialog, with a modifier or while a word is composed no key counts", () => {
  const own = page(), listeners = new Map([["a", panel(own.done, "1")]]);
  assert.equal(isTaken(pressed("1"), listeners, { ...own, isDialogOpen: () => true }), false);
  for (const flag of ["ctrlKey", "metaKey", "altKey", "isComposing"]) {
    assert.equal(isTaken(pressed("1", { [flag]: true }), listeners, own), false, flag);
  }
  assert.deepEqual(own.done, []);
});
