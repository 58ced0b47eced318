import assert from "node:assert/strict";
import { test } from "node:test";

import { isWrittenIn, keyOf, Keys } from "../../dashboard/widgets/keys.js";

const BODY = { tagName: "BODY" };

function pressed(key, more = {}) {
  const { on = BODY, ...changed } = more;
  const flags = { isComposing: false, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  return { ...flags, key, code: "", repeat: false, composedPath: () => [on], ...changed };
}

/** Keys over a page that a test changes as it goes; `done` says what they did. */
function keysOf(more = {}) {
  const done = [];
  const keys = new Keys({
    isDialogOpen: () => false, isDrawn: () => true, isPanelDue: () => false, place: () => "/patients",
    buttonOf: (key) => ({ click: () => done.push(`click ${key}`) }),
    free: (field) => done.push(`free ${field.tagName}`), now: () => 1000, ...more,
  });
  return Object.assign(keys, { done });
}

function panel(done, known, more = {}) {
  const press = (key, held, waited) => {
    if (!known.includes(key)) return false;
    done.push(`${key}${held ? " held" : ""}${waited ? ` aimed at ${waited.aim}` : ""}`);
    return true;
  };
  return { host: { isConnected: true }, press, isBusy: () => false, aimOf: () => undefined, ...more };
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
  const keys = keysOf();
  keys.listeners.set("a", panel(keys.done, "1")).set("b", panel(keys.done, "12"));
  assert.equal(keys.isTaken(pressed("1")), true);
  assert.equal(keys.isTaken(pressed("2", { repeat: true })), true);
  assert.equal(keys.isTaken(pressed("9")), false);
  assert.deepEqual(keys.done, ["1", "2 held"]);
});

test("a panel that has left the page hears nothing more", () => {
  const keys = keysOf();
  keys.listeners.set("gone", panel(keys.done, "1", { host: { isConnected: false } }));
  keys.listeners.set("here", panel(keys.done, "1"));
  keys.isTaken(pressed("1"));
  assert.deepEqual([...keys.listeners.keys()], ["here"]);
  assert.deepEqual(keys.done, ["1"]);
});

test("a key of a page's button presses it once, however long it is held", () => {
  const keys = keysOf();
  assert.equal(keys.isTaken(pressed("u")), true);
  assert.equal(keys.isTaken(pressed("u", { repeat: true })), true);
  assert.deepEqual(keys.done, ["click next_unreviewed"]);
});

test("a button that is not there or is locked leaves the key to the browser", () => {
  const keys = keysOf({ buttonOf: () => null });
  assert.equal(keys.isTaken(pressed("u")), false);
  assert.equal(keys.isTaken(pressed("u", { repeat: true })), false);
  assert.equal(keys.isTaken(pressed("x")), false);
  assert.deepEqual(keys.waiting.map(({ key }) => key), ["U"]);
});

test("each key of a button that a drawn page shows a moment later is done, one answer after the other", () => {
  let isThere = false, now = 0;
  const keys = keysOf({ now: () => now, buttonOf: (key) => isThere ? { click: () => keys.done.push(key) } : null });
  for (let nth = 0; nth < 2; nth++) keys.isTaken(pressed("P", { shiftKey: true }));
  keys.settled();
  assert.deepEqual(keys.done, []);
  isThere = true;
  keys.settled();
  assert.deepEqual(keys.done, ["previous_patient"]);
  now = 20000; // the server took its time
  keys.drawn();
  assert.deepEqual([keys.done, keys.waiting], [["previous_patient", "previous_patient"], []]);
  isThere = false;
  keys.drawn();
  keys.isTaken(pressed("P", { shiftKey: true }));
  now = 25000;
  isThere = true; // long after: the hand no longer means it
  keys.settled();
  assert.deepEqual([keys.done.length, keys.waiting], [2, []]);
});

test("the page's own keys are asked for by the names of buttons and never by a key without one", () => {
  const asked = [];
  const keys = keysOf({ buttonOf: (key) => { asked.push(key); return null; } });
  for (const key of ["x", "u", "Tab"]) keys.isTaken(pressed(key));
  assert.deepEqual(asked, ["next_unreviewed"]);
});

test("in a field Escape frees it and every other key is the field's", () => {
  const keys = keysOf(), on = { tagName: "INPUT", type: "text" };
  keys.listeners.set("a", panel(keys.done, ["1", "Escape"]));
  assert.equal(keys.isTaken(pressed("1", { on })), false);
  assert.equal(keys.isTaken(pressed("Escape", { on })), false);
  assert.deepEqual(keys.done, ["free INPUT"]);
});

test("behind a dialog, with a modifier or while a word is composed no key counts", () => {
  const open = keysOf({ isDialogOpen: () => true });
  open.listeners.set("a", panel(open.done, "1"));
  assert.equal(open.isTaken(pressed("1")), false);
  const keys = keysOf();
  keys.listeners.set("a", panel(keys.done, "1"));
  for (const flag of ["ctrlKey", "metaKey", "altKey", "isComposing"]) {
    assert.equal(keys.isTaken(pressed("1", { [flag]: true })), false, flag);
  }
  assert.deepEqual([...open.done, ...keys.done], []);
});

test("keys wait for a busy panel and are done in order, with what they were aimed at", () => {
  const keys = keysOf();
  let busy = true, aim = "the first patch";
  keys.listeners.set("a", panel(keys.done, "3N", { isBusy: () => busy, aimOf: (key) => key === "3" ? aim : undefined }));
  for (const key of ["n", "3"]) assert.equal(keys.isTaken(pressed(key)), true);
  assert.equal(keys.isTaken(pressed("n", { repeat: true })), true, "a held key never waits");
  keys.settled();
  assert.deepEqual(keys.done, ["N held"]);
  busy = false;
  aim = "the second patch";
  keys.settled();
  assert.deepEqual(keys.done.slice(1), ["N aimed at undefined", "3 aimed at the first patch"]);
  assert.deepEqual(keys.waiting, []);
});

test("each key that waited is done when the one before it has been answered", () => {
  const keys = keysOf();
  let busy = true;
  const own = panel(keys.done, "N", { isBusy: () => busy });
  keys.listeners.set("a", { ...own, press: (...all) => { busy = true; return own.press(...all); } });
  for (let nth = 0; nth < 3; nth++) keys.isTaken(pressed("n"));
  for (const done of [1, 2, 3]) {
    busy = false;
    keys.settled();
    assert.equal(keys.done.length, done);
  }
});

test("keys that come before the page is drawn wait for its buttons and its panel", () => {
  let drawn = false, due = false;
  const keys = keysOf({ isDrawn: () => drawn, isPanelDue: () => due });
  for (const key of ["u", "3"]) assert.equal(keys.isTaken(pressed(key)), true);
  assert.equal(keys.isTaken(pressed("x")), false);
  keys.settled();
  assert.deepEqual(keys.done, []);
  drawn = true;
  keys.drawn();
  assert.deepEqual(keys.done, ["click next_unreviewed"]);
  due = true; // the answer to the click: a page with a panel
  keys.drawn();
  assert.deepEqual(keys.done, ["click next_unreviewed"]);
  keys.listeners.set("a", panel(keys.done, "3"));
  keys.settled();
  assert.deepEqual(keys.done, ["click next_unreviewed", "3 aimed at undefined"]);
});

test("a button is pressed again only when the page has answered", () => {
  const keys = keysOf();
  for (let nth = 0; nth < 3; nth++) keys.isTaken(pressed("N", { shiftKey: true }));
  assert.equal(keys.done.length, 1);
  keys.drawn();
  assert.equal(keys.done.length, 2);
  keys.drawn();
  assert.deepEqual(keys.done, ["click next_patient", "click next_patient", "click next_patient"]);
});

test("a key that waited does nothing on another page, or after a click", () => {
  for (const change of ["place", "forget"]) {
    let busy = true, place = "/patients";
    const keys = keysOf({ place: () => place });
    keys.listeners.set("a", panel(keys.done, "N", { isBusy: () => busy }));
    keys.isTaken(pressed("n"));
    if (change === "place") place = "/teaching";
    else keys.forget();
    busy = false;
    keys.settled();
    assert.deepEqual([keys.done, keys.waiting], [[], []], change);
  }
});

test("a key that waited for its page also waits for a button that the page draws late, but not for ever", () => {
  let there = false, now = 0;
  const keys = keysOf({ now: () => now, buttonOf: (key) => there ? { click: () => keys.done.push(key) } : null });
  const early = { tagName: "BODY" };
  assert.equal(keys.isTaken(pressed("u"), early), true);
  keys.settled();
  assert.deepEqual([keys.done, keys.waiting.length], [[], 1]);
  now = 4999;
  keys.settled();
  assert.equal(keys.waiting.length, 1);
  there = true;
  keys.settled();
  assert.deepEqual([keys.done, keys.waiting], [["next_unreviewed"], []]);
  keys.drawn();
  there = false;
  keys.isTaken(pressed("u"), early);
  keys.settled();
  now += 5000;
  there = true; // long after, on a page that did not change in between
  keys.settled();
  assert.deepEqual([keys.done, keys.waiting], [["next_unreviewed"], []]);
});
