// Regions on a slide: drawn, corrected, removed. What is sent says on which slide of which run it was
// drawn; it stays in this tab until the server has said that it is stored.
import { find } from "./dom.js";
import { pageKeys } from "./keys.js";
import { RegionBench } from "./region_bench.js";
import {
  begun, closed, forgetDraft, hasContent, keepDraft, keptDraft, mark, stepped, takenBack,
} from "./region_draft.js";
import { listenForKeys, listenForRegions } from "./region_hand.js";
import { coveredArea, paintCrosses, paintDraft, paintRegion } from "./region_paint.js";
import { areaOfParts, perimeterOf, sizeInWords } from "./region_shapes.js";
import { RegionTools } from "./region_tools.js";

/**
 * @import { Pane } from "./slide_pane.js"
 * @import { Regions, Shapes, Stored, Tool } from "./region_bench.js"
 * @import { Draft } from "./region_draft.js"
 * @import { Part, Spot } from "./region_shapes.js"
 *
 * @typedef {object} Stage what the desk stands beside
 * @property {Pane[]} panes
 * @property {Pane | null} leading
 *
 * @typedef {{ token: string, draft: Draft | null, words: string, sent: number }} Pending
 */

const PATIENCE_MS = 15000;
const NO_SHAPE = { region: "", name: "", excluded: false, parts: [], strokes: [] };

export class RegionDesk {
  /** @type {Regions | null} */
  told = null;
  /** @type {Shapes} */
  shapes = { parts: {}, crosses: [] };
  /** @type {Draft | null} */
  draft = null;
  /** @type {Draft | null} */
  givenUp = null;
  shown = "";
  /** @type {Pending | null} */
  pending = null;
  /** What was sent last, for a second try. @type {{ draft: Draft, token: string } | null} */
  tried = null;
  /** @type {(act: Record<string, unknown>) => void} */
  send = () => {};

  /** @param {HTMLElement} slide @param {Stage} stage */
  constructor(slide, stage) {
    this.stage = stage;
    this.host = find(slide, ".regions");
    this.bench = new RegionBench(this.host, {
      begin: () => this.begin(), use: (tool) => this.use(tool), save: () => this.save(),
      takeBack: () => this.takeBack(), giveUp: () => this.giveUp(), resume: () => this.resume(),
      undo: () => this.undo(), call: (name, excluded) => this.call(name, excluded),
      show: (stored) => this.show(stored), correct: (stored) => this.correct(stored),
      remove: (stored) => this.remove(stored),
    });
    this.hand = new RegionTools(this);
    listenForKeys(slide, () => this.stage.leading, this.hand);
  }

  get isDrawing() { return this.draft !== null; }
  get isWaiting() { return this.pending !== null; }
  get scale() { return this.told?.scale ?? 1; }

  get radius() {
    const um = this.told?.um, size = Number(this.bench.size.value) || 1;
    return Math.max(size / 2 / (um ? (um[0] + um[1]) / 2 : 1), 0.5);
  }

  /** @param {Regions | null} told @param {Shapes | null} shapes */
  update(told, shapes) {
    this.host.hidden = !told;
    const before = JSON.stringify(this.told?.about);
    this.told = told;
    if (!told) { this.draft = null; return; }
    this.shapes = shapes ?? { parts: {}, crosses: [] };
    if (JSON.stringify(told.about) !== before) this.turnTo(told);
    this.answer(told);
    pageKeys().listen("regions", {
      host: this.host, isBusy: () => false, aimOf: () => undefined, press: () => false,
      holds: () => this.isDrawing,
    });
    this.refresh();
  }

  /** Another slide, or the first: what was begun on it is taken up. @param {Regions} told */
  turnTo(told) {
    this.draft = keptDraft(told.about);
    this.givenUp = null;
    this.hand.rest();
    this.shown = "";
    this.bench.warn("");
    this.bench.stored.textContent = "";
    if (this.draft) this.bench.name(this.draft);
  }

  /** @param {Regions} told */
  answer({ answered, stored }) {
    const { pending, tried, draft } = this;
    if (!pending) {
      // An answer that came too late to be waited for: what is drawn on follows what was stored.
      const late = stored.find((each) => each.token === tried?.token && each.region === draft?.region);
      if (late && draft && draft.follows !== late.token) this.change({ ...draft, follows: late.token });
      return;
    }
    const isThere = stored.some((each) => each.token === pending.token);
    const said = isThere ? "" : answered[pending.token];
    if (said === undefined) return;
    this.pending = null;
    this.bench.warn(said);
    if (said) return;
    this.bench.stored.textContent = pending.words;
    if (!pending.draft) return;
    forgetDraft(pending.draft.about);
    if (this.draft?.region === pending.draft.region) this.draft = null;
    this.shown = pending.draft.region;
  }

  refresh() {
    const { told, draft } = this;
    if (!told) return;
    this.bench.update(told, draft, this.givenUp !== null);
    this.bench.mark(this.shown);
    this.host.dataset.pending = String(this.pending !== null);
    const state = { isWaiting: this.isWaiting, isOvertaken: this.isOvertaken };
    if (draft) this.bench.draw(draft, this.hand.tool, this.sizeOf(draft), state);
    for (const pane of this.stage.panes) pane.element.classList.toggle("draws", Boolean(draft));
    this.redraw();
  }

  redraw() { for (const pane of this.stage.panes) pane.draw(); }

  /** @param {Spot} at in pixels of the frame */
  panTo(at) { this.stage.leading?.panTo(at, this.scale); }

  /** Whether the region that is corrected has changed since, or is gone. */
  get isOvertaken() {
    const { draft, told } = this;
    if (!draft?.follows || !told) return false;
    return !told.stored.some((each) => each.region === draft.region && each.token === draft.follows);
  }

  /** @param {Stored} stored @returns {Part[]} */
  partsOf({ token }) { return this.shapes.parts[token] ?? []; }

  /** @param {Draft} draft */
  sizeOf({ now: { parts, strokes, open } }) {
    const um = this.told?.um ?? null, unit = um ?? /** @type {[number, number]} */ ([1, 1]);
    if (strokes.length) {
      const area = coveredArea(parts, strokes) * unit[0] * unit[1];
      return `about ${sizeInWords(area, 0, um !== null).split(",")[0]}; exact once saved`;
    }
    const all = open.length >= 6 ? [...parts, [open]] : parts;
    return all.length ? sizeInWords(areaOfParts(all, unit), perimeterOf(all, unit), um !== null) : "";
  }

  begin() {
    if (!this.told) return;
    this.start(begun(this.told.about, this.bench.named), "polygon");
  }

  /** @param {Stored} stored */
  correct(stored) {
    if (!this.told) return;
    if (this.draft && hasContent(this.draft)) {
      this.bench.warn("Save what is being drawn, or give it up, before another region is corrected.");
      return;
    }
    const { region, token } = stored, parts = this.partsOf(stored);
    this.start(begun(this.told.about, stored, { region, follows: token, parts }), "corners");
    this.show(stored);
  }

  /** @param {Draft} draft @param {Tool} tool */
  start(draft, tool) {
    this.draft = draft;
    this.hand.use(tool);
    this.bench.warn("");
    this.bench.stored.textContent = "";
    this.bench.name(draft);
    this.refresh();
    this.focus();
  }

  focus() { this.stage.leading?.viewer.canvas.focus({ preventScroll: true }); }

  /** @param {Tool} tool */
  use(tool) {
    if (tool === "corners" && this.draft?.now.strokes.length) {
      this.bench.warn("Save the region first: its corners are known once the brush's strokes are.");
      return;
    }
    this.hand.use(tool);
    this.bench.warn("");
    this.refresh();
    this.focus();
  }

  /** @param {string} name @param {boolean} excluded */
  call(name, excluded) {
    if (!this.draft) return;
    this.draft = { ...this.draft, name, excluded };
    keepDraft(this.draft);
  }

  /** @param {Partial<import("./region_draft.js").Step>} change */
  step(change) {
    if (!this.draft || this.pending) return;
    this.change(stepped(this.draft, change));
  }

  /** @param {Draft} draft */
  change(draft) {
    this.draft = draft;
    keepDraft(draft);
    this.bench.warn("");
    this.refresh();
  }

  takeBack() {
    if (!this.draft || this.pending) return;
    this.hand.rest();
    this.change(takenBack(this.draft));
    this.focus();
  }

  giveUp() {
    if (!this.draft || this.pending) return;
    if (this.draft.now.open.length) { this.step({ open: [] }); return; }
    this.givenUp = hasContent(this.draft) ? this.draft : null;
    forgetDraft(this.draft.about);
    this.draft = null;
    this.bench.warn("");
    this.refresh();
  }

  resume() {
    if (!this.givenUp) return;
    const draft = this.givenUp;
    this.givenUp = null;
    keepDraft(draft);
    this.start(draft, draft.follows ? "corners" : "polygon");
  }

  save() {
    if (!this.draft || this.pending) return;
    const own = this.isOvertaken ? { ...this.draft, region: mark(), follows: "" } : this.draft;
    const draft = closed(own);
    if (draft !== this.draft) this.change(draft);
    if (draft.now.open.length) {
      this.bench.warn("Close the polygon first, with at least three corners, or take its corners back.");
      return;
    }
    const { region, follows, name, excluded, about, now: { parts, strokes } } = draft;
    const pairs = parts.map((rings) => rings.map((ring) =>
      Array.from({ length: ring.length / 2 }, (_, at) => [ring[2 * at], ring[2 * at + 1]])));
    // The same act sent again has the same token: it is stored once.
    const token = this.tried?.draft === draft ? this.tried.token : mark();
    const words = `${follows ? "Corrected" : "Stored"}: ${name}.`;
    const act = { does: "save", region, follows, name, excluded, parts: pairs, strokes, about, token };
    if (this.tell(act, words, draft)) this.tried = { draft, token };
  }

  /** @param {Stored} stored */
  remove({ region, token, name }) {
    if (!this.told) return;
    if (this.draft?.region === region) {
      this.bench.warn("Save the correction of this region, or give it up, before the region is removed.");
      return;
    }
    const { about } = this.told;
    this.tell({ ...NO_SHAPE, does: "remove", region, follows: token, name, about, token: mark() }, `Removed: ${name}.`, null);
  }

  undo() {
    const to = this.told?.undo;
    if (!this.told || !to) return;
    const { about } = this.told;
    this.tell({ ...NO_SHAPE, does: "undo", follows: to.token, about, token: mark() }, `Undone: ${to.words}.`, null);
  }

  /**
   * Sends an act, one at a time; whether it was sent.
   * @param {Record<string, unknown> & { token: string }} act @param {string} words @param {Draft | null} draft
   */
  tell(act, words, draft) {
    if (this.pending) return false;
    const reader = window.idcReader?.name ?? "";
    if (!reader) {
      this.bench.warn("Enter your reader name at the top right; then save again. What you drew is kept.");
      return false;
    }
    this.bench.warn("");
    const pending = this.pending = { token: act.token, draft, words, sent: Date.now() };
    this.send({ ...act, reader });
    // eslint-disable-next-line no-restricted-globals -- an answer that never comes tells nothing
    setTimeout(() => this.waited(pending), PATIENCE_MS);
    this.refresh();
    return true;
  }

  /** @param {Pending} pending */
  waited(pending) {
    if (this.pending !== pending) return;
    this.pending = null;
    this.bench.warn("The server has not answered. What you drew is kept here: save again.");
    this.refresh();
  }

  /** @param {Stored} stored */
  show(stored) {
    this.shown = stored.region;
    this.stage.leading?.showPart(bounds(this.partsOf(stored)), this.scale);
    this.refresh();
  }

  /** @param {Pane} pane */
  listen(pane) { listenForRegions(pane, this.hand); }

  /**
   * @param {Pane} pane @param {CanvasRenderingContext2D} pen
   * @param {Spot} origin of the frame, in pixels of the page @param {number} side of a square there
   */
  paint(pane, pen, origin, side) {
    const { told, draft, hand } = this;
    if (!told) return;
    const { left, top, stride } = pane.frame;
    const place = {
      left: origin.x - left * side, top: origin.y - top * side, px: side / (stride * told.scale),
    };
    paintCrosses(pen, this.shapes.crosses, place, side);
    for (const each of told.stored) {
      const isShown = each.region === this.shown, parts = this.partsOf(each);
      if (each.region !== draft?.region && parts.length) paintRegion(pen, { ...each, parts }, place, isShown);
    }
    if (!draft) return;
    const { now } = draft, strokes = hand.stroke ? [...now.strokes, hand.stroke] : now.strokes;
    paintDraft(pen, { ...now, parts: hand.moving ?? now.parts, strokes }, place, {
      handles: hand.tool === "corners", chosen: hand.chosen, pointer: hand.byKeys ? null : hand.pointer,
    });
    hand.paint(pane, pen, place);
  }

}

/** Left, top, right, bottom. @param {Part[]} parts @returns {[number, number, number, number]} */
function bounds(parts) {
  /** @type {[number, number, number, number]} */
  const found = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [outer] of parts) outer.forEach((value, at) => {
    found[at % 2] = Math.min(found[at % 2], value);
    found[2 + (at % 2)] = Math.max(found[2 + (at % 2)], value);
  });
  return found;
}
