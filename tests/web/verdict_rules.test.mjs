import assert from "node:assert/strict";
import { test } from "node:test";

import { actionOf, aimOf, ASKED_MS, isBusy, REACTION_MS, refusalOf } from "../../dashboard/widgets/verdict_rules.js";

const UNSURE = { does: "verdict", words: "Unsure", key: "3", hint: "", verdict: "unsure", to: "", off: false };
const NEXT = { ...UNSURE, does: "show", words: "next", key: "N", verdict: "" };
const UNDO = { ...UNSURE, does: "undo", words: "Undo", key: "Z", verdict: "" };
const STANDING = { verdict: "artefact", words: "Artefact", token: "t" };
const NOW = 100_000;

function state(shown = {}, more = {}) {
  const about = { reader: "Ada" };
  const base = { about, buttons: [UNSURE], steps: [NEXT], undo: UNDO, standing: null, reading: true, patches: 1 };
  const panel = { isAwaited: false, pending: null, isBlank: false, since: 0, asked: null, note: "", named: "Ada" };
  return { ...panel, shown: { ...base, ...shown }, ...more };
}

function said(action, given, now = NOW) {
  return refusalOf(action, given, now)?.said ?? null;
}

test("a key means the verdict, step or undo that carries it, and nothing where that is off", () => {
  const { shown } = state();
  assert.equal(actionOf(shown, "3"), UNSURE);
  assert.equal(actionOf(shown, "N"), NEXT);
  assert.equal(actionOf(shown, "Z"), UNDO);
  assert.equal(actionOf(shown, "4"), undefined);
  assert.equal(actionOf({ ...shown, undo: null }, "Z"), undefined);
  assert.equal(actionOf({ ...shown, steps: [{ ...NEXT, off: true }] }, "N"), undefined);
});

test("a key waits while an act, a patch, a picture or the reader's name is under way", () => {
  const seen = state();
  assert.equal(isBusy(seen), false);
  assert.equal(isBusy({ ...seen, pending: { words: "Next" } }), true);
  assert.equal(isBusy({ ...seen, isAwaited: true }), true);
  assert.equal(isBusy({ ...seen, shown: null }), true);
  assert.equal(isBusy({ ...seen, named: "Bo" }), true);
  assert.equal(isBusy({ ...seen, named: "" }), false, "nobody is named: the key says so at once");
  assert.equal(isBusy({ ...seen, named: null }), false);
  assert.equal(isBusy({ ...seen, named: "Bo", shown: { ...seen.shown, reading: false } }), false);
});

test("a verdict is aimed at what is displayed, an undo at what it names, a step at nothing", () => {
  const shown = { ...state().shown, identity: "a patch", undo: { ...UNDO, to: "a batch" } };
  assert.equal(aimOf(shown, "3"), "a patch");
  assert.equal(aimOf(shown, "Z"), "a batch");
  assert.equal(aimOf(shown, "N"), undefined);
  assert.equal(aimOf(shown, "4"), undefined);
});

test("a first verdict of a known reader on a patch that is seen is not refused", () => {
  assert.equal(refusalOf(UNSURE, state(), NOW), null);
});

test("while an act is under way every click is ignored and told which act", () => {
  const given = state({}, { pending: { words: "Artefact" } });
  for (const action of [UNSURE, NEXT, UNDO]) {
    assert.equal(said(action, given), "“Artefact” is still being done: this click was ignored.");
  }
});

test("while the next patch is loading every click is ignored", () => {
  for (const action of [UNSURE, NEXT, UNDO]) {
    assert.equal(said(action, state({}, { isAwaited: true })),
      "The next patch is loading: this click was ignored.");
  }
});

test("nobody judges a patch sooner than it can be seen, but may step on", () => {
  const given = state({}, { since: NOW - REACTION_MS + 1 });
  assert.equal(said(UNSURE, given), "This patch had only just appeared: the key was ignored.");
  assert.equal(said(NEXT, given), null);
  assert.equal(said(UNSURE, given, NOW + 1), null);
});

test("a patch without its picture is not judged", () => {
  assert.equal(said(UNSURE, state({}, { isBlank: true })),
    "A patch cannot be judged without its picture: reload the page.");
});

test("a verdict needs a name, and the one that the server knows", () => {
  assert.equal(said(UNSURE, state({}, { named: "" })), "Enter your reader name first, at the top right.");
  assert.equal(said(UNSURE, state({}, { named: "Bo" })), "Your name is still being saved: click again.");
  assert.equal(said(UNSURE, state({}, { named: null })), null);
  assert.equal(said(UNSURE, state({ about: { reader: "" } }, { named: null })),
    "Enter your reader name first, at the top right.");
  assert.equal(said(UNSURE, state({ reading: false }, { named: "" })), null);
});

test("what was said already is said once, unless a note comes with it", () => {
  const shown = { standing: { ...STANDING, verdict: "unsure", words: "Unsure" } };
  assert.equal(said(UNSURE, state(shown)),
    "You have already judged this patch “Unsure”. Z undoes it.");
  assert.match(said(UNSURE, state(shown, { note: "a fold" })), /again to replace that/);
});

test("a standing verdict is replaced by the second press, which is neither at once nor much later", () => {
  const shown = { standing: STANDING };
  const first = refusalOf(UNSURE, state(shown), NOW);
  assert.equal(first.said,
    "You have judged this patch “Artefact”: press 3 again to replace that, Z undoes it.");
  assert.deepEqual(first.asked, { verdict: "unsure", at: NOW });
  const asked = state(shown, { asked: first.asked });
  const again = (after) => refusalOf(UNSURE, asked, NOW + after);
  assert.deepEqual(again(ASKED_MS.soonest), { said: first.said, asked: first.asked });
  assert.equal(again(ASKED_MS.soonest + 1), null);
  assert.equal(again(ASKED_MS.latest - 1), null);
  assert.deepEqual(again(ASKED_MS.latest).asked, { verdict: "unsure", at: NOW + ASKED_MS.latest });
});

test("the second press counts only for the verdict that was asked about", () => {
  const asked = { verdict: "not_assessable", at: NOW - 1000 };
  const found = refusalOf(UNSURE, state({ standing: STANDING }, { asked }), NOW);
  assert.deepEqual(found.asked, { verdict: "unsure", at: NOW });
});

test("of several patches what stands is named, and a button without a key is clicked again", () => {
  const shown = { standing: { ...STANDING, words: "2 of 5 judged" }, patches: 5 };
  assert.equal(said({ ...UNSURE, key: "" }, state(shown)), "2 of 5 judged: click again to replace that.");
});
