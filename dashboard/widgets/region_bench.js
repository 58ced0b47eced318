// The tools below the slide, and the list of the regions that are stored.
import { make } from "./dom.js";

/**
 * @import { About, Draft } from "./region_draft.js"
 * @import { Part } from "./region_shapes.js"
 *
 * @typedef {"polygon" | "brush" | "erase" | "corners"} Tool
 *
 * @typedef {object} Stored a region as it stands
 * @property {string} region
 * @property {string} token of its newest record
 * @property {string} name
 * @property {boolean} excluded
 * @property {string} size in words
 * @property {string} patches how many lie in it, in words
 * @property {string} who
 * @property {string} at
 *
 * @typedef {object} Regions as views/patients/regions.py sends them
 * @property {About} about
 * @property {number} scale
 * @property {[number, number] | null} um of a pixel of the frame
 * @property {string[]} classes
 * @property {string[]} exclusions
 * @property {number} longest a name
 * @property {Stored[]} stored
 * @property {{ token: string, words: string } | null} undo
 * @property {string} shapes where `Shapes` lie
 * @property {Record<string, string>} answered by the act's token: "", or why nothing was stored
 * @property {string} note
 *
 * @typedef {object} Shapes
 * @property {Record<string, Part[]>} parts of each stored region, by its token
 * @property {[number, number][]} crosses middles of excluded patches
 *
 * @typedef {object} Asked what the buttons do
 * @property {() => void} begin
 * @property {(tool: Tool) => void} use
 * @property {() => void} save
 * @property {() => void} takeBack
 * @property {() => void} giveUp
 * @property {() => void} resume
 * @property {() => void} undo
 * @property {(name: string, excluded: boolean) => void} call
 * @property {(stored: Stored) => void} show
 * @property {(stored: Stored) => void} correct
 * @property {(stored: Stored) => void} remove
 */

const TOOLS = /** @type {[Tool, string][]} */ ([
  ["polygon", "Polygon"], ["brush", "Brush"], ["erase", "Erase"], ["corners", "Corners"],
]);
const HINTS = {
  polygon: "Click corners; double-click or Enter closes, Backspace takes the last one back, Escape gives up. Drag moves the slide. Without a mouse: arrow keys move the slide, Space sets a corner at the cross.",
  brush: "Drag to paint, with Shift to take away. Without a mouse: arrow keys move the slide, Space paints at the cross.",
  erase: "Drag to take away. Without a mouse: Space takes away at the cross.",
  corners: "Drag a corner; press on an edge to add one; Delete removes the one that was touched last. Without a mouse: [ and ] choose a corner, Space moves it to the cross.",
};
const OWN = "own words …";

export class RegionBench {
  drawnList = "";
  drawnNames = "";
  idle = make("div", "idle");
  stored = said("kept", "status");
  tools = make("div", "tools");
  sizeLabel = make("label", "size", "Brush ");
  size = Object.assign(make("input"), { type: "number", min: "1", step: "any", value: "200" });
  unit = make("span", "unit", "µm");
  names = make("select");
  own = Object.assign(make("input"), { type: "text", placeholder: "Own words", autocomplete: "off" });
  measure = said("measure", "status");
  hint = make("p", "hint");
  trouble = said("trouble", "alert");
  list = make("ul", "list");
  note = make("p", "about");

  /** @param {HTMLElement} host @param {Asked} asked */
  constructor(host, asked) {
    this.host = host;
    this.asked = asked;
    this.begin = button("Draw a region", asked.begin, "begin");
    this.resume = button("Take up what was given up", asked.resume, "resume");
    this.undo = button("", asked.undo, "undo");
    this.save = button("Save region", asked.save, "save");
    this.back = button("Take back", asked.takeBack, "back");
    this.toolButtons = TOOLS.map(([tool, words]) => button(words, () => asked.use(tool), tool));
    this.idle.append(this.begin, this.resume, this.undo, this.stored);
    this.fillTools();
    this.list.setAttribute("aria-label", "Regions on this slide");
    host.replaceChildren(this.idle, this.tools, this.trouble, this.list, this.note);
    this.warn("");
  }

  fillTools() {
    const group = make("span", "group"), giveUp = button("Give up", this.asked.giveUp, "give-up");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Tool");
    group.append(...this.toolButtons);
    this.sizeLabel.append(this.size, this.unit);
    this.names.setAttribute("aria-label", "Name of the region");
    this.own.setAttribute("aria-label", "Own words");
    this.names.onchange = () => { this.called(); if (!this.own.hidden) this.own.focus(); };
    this.own.oninput = () => this.called();
    this.tools.append(
      group, this.sizeLabel, this.names, this.own, this.save, this.back, giveUp, this.measure, this.hint);
  }

  /** What is chosen and typed, told to the desk. */
  called() {
    const [kind, name] = this.chosen();
    this.own.hidden = name !== null;
    this.asked.call(name ?? this.own.value, kind === "excluded");
  }

  /** @returns {[kind: string, name: string | null]} */
  chosen() {
    return JSON.parse(this.names.value || '["region", null]');
  }

  /** What a new region is called until somebody says otherwise. */
  get named() {
    const [kind, name] = this.chosen();
    return { name: name ?? this.own.value, excluded: kind === "excluded" };
  }

  /** @param {Regions} told @param {Draft | null} draft @param {boolean} canResume */
  update(told, draft, canResume) {
    this.own.maxLength = told.longest;
    this.unit.textContent = told.um ? "µm" : "px";
    this.fillNames(told);
    this.idle.hidden = Boolean(draft);
    this.tools.hidden = !draft;
    this.resume.hidden = !canResume;
    this.undo.hidden = !told.undo;
    this.undo.textContent = told.undo ? `Undo: ${told.undo.words}` : "";
    this.note.textContent = told.note;
    this.note.hidden = !told.note;
    this.drawList(told.stored);
  }

  /** @param {Regions} told */
  fillNames({ classes, exclusions }) {
    const wanted = JSON.stringify([classes, exclusions]);
    if (this.drawnNames === wanted) return;
    this.drawnNames = wanted;
    this.names.replaceChildren(optionsOf("Region", "region", classes), optionsOf("Excluded", "excluded", exclusions));
    this.own.hidden = this.chosen()[1] !== null;
  }

  /** Shows what a draft is called. @param {Draft} draft */
  name({ name, excluded }) {
    const kind = excluded ? "excluded" : "region", known = JSON.stringify([kind, name]);
    const isKnown = [...this.names.options].some((each) => each.value === known);
    this.names.value = isKnown ? known : JSON.stringify([kind, null]);
    this.own.hidden = isKnown;
    if (!isKnown && this.own.value !== name) this.own.value = name;
  }

  /**
   * @param {Draft} draft @param {Tool} tool @param {string} size
   * @param {{ isWaiting: boolean, isOvertaken: boolean }} state
   */
  draw({ past, now }, tool, size, { isWaiting, isOvertaken }) {
    for (const each of this.toolButtons) {
      each.setAttribute("aria-pressed", String(each.dataset.does === tool));
    }
    this.sizeLabel.hidden = tool !== "brush" && tool !== "erase";
    this.measure.textContent = size;
    this.hint.textContent = HINTS[tool];
    this.back.disabled = !past.length || isWaiting;
    this.save.disabled = isWaiting || !(now.parts.length || now.strokes.length || now.open.length >= 6);
    this.save.textContent = isWaiting ? "Saving …" : isOvertaken ? "Save as a new region" : "Save region";
  }

  /** @param {string} sentence */
  warn(sentence) {
    this.trouble.textContent = sentence;
    this.trouble.hidden = !sentence;
  }

  /** @param {Stored[]} stored */
  drawList(stored) {
    const wanted = JSON.stringify(stored);
    if (this.drawnList === wanted) return;
    this.drawnList = wanted;
    this.list.replaceChildren(...stored.map((each) => this.row(each)));
    this.list.hidden = !stored.length;
  }

  /** @param {Stored} stored */
  row(stored) {
    const { name, excluded, size, patches, who, at } = stored, row = make("li");
    row.dataset.region = stored.region;
    row.append(
      make("b", "", name), make("span", "kind", excluded ? "excluded" : "region"),
      make("span", "size", size), make("span", "patches", patches),
    );
    const does = make("span", "does");
    const { show, correct, remove } = this.asked;
    for (const [words, act] of /** @type {[string, (one: Stored) => void][]} */ (
      [["Show", show], ["Correct", correct], ["Remove", remove]])) {
      const made = button(words, () => act(stored), words.toLowerCase());
      made.setAttribute("aria-label", `${words} ${name}`);
      does.append(made);
    }
    row.append(make("span", "who", `${who}, ${at}`), does);
    return row;
  }

  /** Which row is marked. @param {string} region */
  mark(region) {
    for (const row of this.list.querySelectorAll("li")) row.classList.toggle("chosen", row.dataset.region === region);
  }
}

/** @param {string} words @param {() => void} does @param {string} name */
function button(words, does, name) {
  const made = Object.assign(make("button", "", words), { type: "button", onclick: does });
  made.dataset.does = name;
  return made;
}

/** @param {string} kind @param {string} role */
function said(kind, role) {
  const made = make("span", kind);
  made.setAttribute("role", role);
  return made;
}

/** @param {string} title @param {string} kind @param {string[]} names */
function optionsOf(title, kind, names) {
  const group = make("optgroup");
  group.label = title;
  for (const name of [...names, null]) {
    const words = kind === "excluded" ? `excluded: ${name ?? OWN}` : name ?? OWN;
    const option = make("option", "", words);
    option.value = JSON.stringify([kind, name]);
    group.append(option);
  }
  return group;
}
