import assert from "node:assert/strict";
import { test } from "node:test";

import { begun, closed, hasContent, stepped, takenBack } from "../../dashboard/widgets/region_draft.js";
import { listenForKeys, listenForRegions, spotAt } from "../../dashboard/widgets/region_hand.js";
import {
  areaOfParts, cornerAt, edgeAt, nextCorner, perimeterOf, ringArea, sizeInWords, withAdded, withMoved,
  withRemoved,
} from "../../dashboard/widgets/region_shapes.js";
import { RegionTools } from "../../dashboard/widgets/region_tools.js";

const SQUARE = [0, 0, 100, 0, 100, 100, 0, 100];
const HOLE = [20, 20, 20, 40, 40, 40, 40, 20];
const PARTS = [[SQUARE, HOLE], [[200, 0, 230, 0, 230, 40]]];
const ABOUT = { run: "r", data: "d", split: "test", patient: "p", slide: "s", frame: "slide" };

test("area leaves holes out, perimeter counts them, each direction by its own size of a pixel", () => {
  assert.equal(ringArea(SQUARE), 10000);
  assert.equal(ringArea(SQUARE.toReversed()), 10000);
  assert.equal(areaOfParts(PARTS, [1, 1]), 10000 - 400 + 600);
  assert.equal(areaOfParts(PARTS, [0.5, 2]), 10000 - 400 + 600);
  assert.equal(perimeterOf([[SQUARE, HOLE]], [1, 1]), 480);
  assert.equal(perimeterOf([[SQUARE]], [0.5, 2]), 2 * 50 + 2 * 200);
  assert.equal(areaOfParts([], [1, 1]), 0);
});

test("the nearest corner within reach is taken, of holes and further parts too", () => {
  assert.deepEqual(cornerAt(PARTS, { x: 98, y: 3 }, 9), { part: 0, ring: 0, corner: 1 });
  assert.deepEqual(cornerAt(PARTS, { x: 39, y: 41 }, 9), { part: 0, ring: 1, corner: 2 });
  assert.deepEqual(cornerAt(PARTS, { x: 230, y: 40 }, 9), { part: 1, ring: 0, corner: 2 });
  assert.equal(cornerAt(PARTS, { x: 50, y: 50 }, 9), null);
});

test("on an edge a corner is added between its ends, on the closing edge at the end", () => {
  assert.deepEqual(edgeAt(PARTS, { x: 60, y: 4 }, 9), { part: 0, ring: 0, corner: 1 });
  const closing = edgeAt(PARTS, { x: 3, y: 60 }, 9);
  assert.deepEqual(closing, { part: 0, ring: 0, corner: 4 });
  assert.equal(edgeAt(PARTS, { x: 60, y: 60 }, 9), null);
  assert.deepEqual(withAdded(PARTS, closing, { x: 1, y: 60 })[0][0], [...SQUARE, 1, 60]);
});

test("a corner is moved and removed without touching what was there before", () => {
  const second = { part: 0, ring: 0, corner: 1 };
  assert.deepEqual(withMoved(PARTS, second, { x: 9, y: 8 })[0][0], [0, 0, 9, 8, 100, 100, 0, 100]);
  assert.deepEqual(withRemoved(PARTS, second)[0], [[0, 0, 100, 100, 0, 100], HOLE]);
  assert.deepEqual(PARTS[0][0], SQUARE);
});

test("a triangle without a corner is none: its hole is filled, its part is gone", () => {
  assert.deepEqual(withRemoved(PARTS, { part: 1, ring: 0, corner: 0 }), [PARTS[0]]);
  const holed = [[SQUARE, [20, 20, 20, 40, 40, 40]]];
  assert.deepEqual(withRemoved(holed, { part: 0, ring: 1, corner: 2 }), [[SQUARE]]);
});

test("corners are walked through all rings and round again, in both directions", () => {
  assert.deepEqual(nextCorner(PARTS, null, 1), { part: 0, ring: 0, corner: 0 });
  assert.deepEqual(nextCorner(PARTS, { part: 0, ring: 0, corner: 3 }, 1), { part: 0, ring: 1, corner: 0 });
  assert.deepEqual(nextCorner(PARTS, { part: 0, ring: 0, corner: 0 }, -1), { part: 1, ring: 0, corner: 2 });
  assert.equal(nextCorner([], null, 1), null);
});

test("size is said in mm² and µm where a pixel's size is known, else in pixels", () => {
  assert.equal(sizeInWords(250000, 2000, true), "0.25 mm², perimeter 2,000 µm");
  assert.equal(sizeInWords(12345, 45.67, true), "0.0123 mm², perimeter 45.7 µm");
  assert.equal(sizeInWords(2500, 200, false), "2,500 px², perimeter 200 px");
});

test("every step is taken back in turn, and a polygon closes from three corners on", () => {
  const empty = begun(ABOUT, { name: "pen", excluded: true });
  assert.match(empty.region, /^[0-9a-f]{32}$/);
  assert.equal(hasContent(empty), false);
  const two = stepped(stepped(empty, { open: [0, 0] }), { open: [0, 0, 9, 0] });
  assert.equal(closed(two), two);
  const three = closed(stepped(two, { open: [0, 0, 9, 0, 9, 9] }));
  assert.deepEqual(three.now, { parts: [[[0, 0, 9, 0, 9, 9]]], open: [], strokes: [] });
  assert.equal(hasContent(three), true);
  assert.deepEqual(takenBack(three).now.open, [0, 0, 9, 0, 9, 9]);
  assert.deepEqual(takenBack(takenBack(takenBack(takenBack(takenBack(three))))).now, empty.now);
});

/** A pane whose view is a tenth of a frame of 4 × 2 squares of 50 px that begins at column 1, row 2. */
function pane() {
  const handlers = new Map(), heard = new Map();
  return {
    frame: { left: 1, top: 2, columns: 4, rows: 2, stride: 50 },
    library: { Point: class { constructor(x, y) { Object.assign(this, { x, y }); } } },
    element: {
      clientWidth: 400, clientHeight: 200, addEventListener: (name, does) => heard.set(name, does),
      getBoundingClientRect: () => ({ left: 10, top: 20 }),
    },
    viewer: {
      canvas: { focus: () => {} }, addHandler: (name, does) => handlers.set(name, does),
      viewport: { pointFromPixel: ({ x, y }) => ({ x: x / 400, y: y / 400 }) },
    },
    does(name, x = 0, y = 0, shiftKey = false) {
      const event = { position: { x, y }, originalEvent: { shiftKey }, preventDefaultAction: false };
      handlers.get(name)(event);
      return event.preventDefaultAction;
    },
  };
}

/** Writes down what it is told. */
function desk(grabs = false) {
  const told = [];
  return {
    told, isDrawing: true, scale: 2,
    grab: (at, reach, erases) => { told.push(["grab", at, reach, erases]); return grabs; },
    drag: (at) => told.push(["drag", at]), letGo: (at) => told.push(["letGo", at]),
    click: (at) => told.push(["click", at]), point: () => {},
    press: (key) => { told.push(["press", key]); return key === "Enter"; },
  };
}

test("a point of the pane is a pixel of the frame, counted from the slide's own corner", () => {
  assert.deepEqual(spotAt(pane(), { scale: 2 }, { x: 0, y: 0 }), { x: 100, y: 200 });
  assert.deepEqual(spotAt(pane(), { scale: 2 }, { x: 100, y: 50 }), { x: 200, y: 250 });
});

test("a press that hardly moves is a click however long it lasts; a drag moves the slide", () => {
  const on = pane(), told = desk();
  listenForRegions(on, told);
  on.does("canvas-press", 100, 50);
  assert.equal(on.does("canvas-drag", 103, 50), false);
  on.does("canvas-release", 103, 50);
  assert.deepEqual(told.told.map(([what]) => what), ["grab", "click"]);
  const [, at, reach, erases] = told.told[0];
  assert.deepEqual([at, Math.round(reach), erases], [{ x: 200, y: 250 }, 9, false]);
  on.does("canvas-press", 100, 50);
  on.does("canvas-release", 130, 50);
  assert.equal(told.told.length, 3);
  assert.equal(on.does("canvas-double-click"), true);
});

test("a drag that a tool takes moves no slide, and Shift takes away", () => {
  const on = pane(), told = desk(true);
  listenForRegions(on, told);
  on.does("canvas-press", 0, 0, true);
  assert.equal(on.does("canvas-drag", 50, 0), true);
  on.does("canvas-release", 50, 0);
  assert.equal(on.does("canvas-drag-end", 50, 0), true);
  assert.deepEqual(told.told.map(([what]) => what), ["grab", "drag", "letGo"]);
  assert.equal(told.told[0][3], true);
  told.isDrawing = false;
  on.does("canvas-press", 0, 0);
  assert.equal(told.told.length, 3);
});

test("keys are the desk's while it draws, but for fields, and none goes on to the page", () => {
  class Field {}
  globalThis.HTMLElement = Field;
  const heard = [], told = desk();
  listenForKeys({ addEventListener: (_, does) => heard.push(does) }, pane, told);
  const press = (key, tagName) => {
    const field = Object.assign(new Field(), { tagName });
    const event = { key, composedPath: () => [field], stopped: 0, prevented: 0 };
    event.stopPropagation = () => { event.stopped++; };
    event.preventDefault = () => { event.prevented++; };
    for (const does of heard) does(event);
    return event;
  };
  assert.deepEqual([press("Enter", "DIV").prevented, press("1", "DIV").prevented], [1, 0]);
  assert.equal(press("1", "DIV").stopped, 1);
  assert.equal(press("Enter", "INPUT").stopped, 0);
  told.isDrawing = false;
  assert.equal(press("1", "DIV").stopped, 0);
});

/** Tools over a draft of nothing, with a brush of 10 pixels. */
function work() {
  const made = {
    draft: begun(ABOUT, { name: "pen", excluded: true }), isWaiting: false, scale: 1, radius: 10, panned: [],
    step: (change) => { made.draft = stepped(made.draft, change); },
    change: (draft) => { made.draft = draft; },
    takeBack: () => { made.draft = takenBack(made.draft); },
    giveUp: () => { made.draft = null; },
    refresh: () => {}, redraw: () => {}, panTo: (at) => made.panned.push(at),
  };
  return [made, new RegionTools(made)];
}

const SPOTS = [{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 100 }];

test("clicks set corners; a double click, the first corner and Enter close the polygon", () => {
  const ends = [
    (tools) => { tools.click(SPOTS[2], 5); }, (tools) => { tools.click({ x: 2, y: 2 }, 5); },
    (tools) => { tools.press("Enter", SPOTS[0], false); },
  ];
  for (const end of ends) {
    const [made, tools] = work();
    for (const spot of SPOTS) tools.click(spot, 5);
    assert.deepEqual(made.draft.now.open, [0, 0, 100, 0, 100, 100]);
    end(tools);
    assert.deepEqual(made.draft.now, { parts: [[[0, 0, 100, 0, 100, 100]]], open: [], strokes: [] });
  }
});

test("a double click before there are three corners sets no second corner at the place", () => {
  const [made, tools] = work();
  for (const spot of [SPOTS[0], SPOTS[0], SPOTS[1]]) tools.click(spot, 5);
  assert.deepEqual(made.draft.now.open, [0, 0, 100, 0]);
});

test("the brush draws one stroke a drag, with Shift or as eraser one that takes away", () => {
  const [made, tools] = work();
  for (const [tool, shift] of [["brush", false], ["brush", true], ["erase", false]]) {
    tools.use(tool);
    assert.equal(tools.grab(SPOTS[0], 5, shift), true);
    tools.drag({ x: 0.5, y: 0 });
    tools.drag(SPOTS[1]);
    tools.letGo(SPOTS[1]);
  }
  assert.deepEqual(made.draft.now.strokes[0], { points: [[0, 0], [100, 0]], radius: 10, erases: false });
  assert.deepEqual(made.draft.now.strokes.map(({ erases }) => erases), [false, true, true]);
  tools.press("Backspace", SPOTS[0], false);
  assert.equal(made.draft.now.strokes.length, 2);
});

test("a corner is dragged, a new one pulled out of an edge, the one touched last removed by Delete", () => {
  const [made, tools] = work();
  made.step({ parts: [[SQUARE]] });
  tools.use("corners");
  assert.equal(tools.grab({ x: 50, y: 50 }, 5, false), false);
  tools.grab({ x: 98, y: 1 }, 5, false);
  tools.drag({ x: 120, y: -10 });
  tools.letGo({ x: 120, y: -10 });
  assert.deepEqual(made.draft.now.parts, [[[0, 0, 120, -10, 100, 100, 0, 100]]]);
  tools.grab({ x: 1, y: 50 }, 5, false);
  tools.drag({ x: -20, y: 50 });
  tools.letGo({ x: -20, y: 50 });
  assert.deepEqual(made.draft.now.parts[0][0].slice(-2), [-20, 50]);
  tools.press("Delete", SPOTS[0], false);
  assert.deepEqual(made.draft.now.parts, [[[0, 0, 120, -10, 100, 100, 0, 100]]]);
});

test("without a mouse Space draws at the middle, and brackets choose the corner that it moves", () => {
  const [made, tools] = work();
  for (const spot of SPOTS) tools.press(" ", spot, false);
  tools.press("Enter", SPOTS[0], false);
  tools.use("corners");
  tools.press("]", SPOTS[0], false);
  tools.press("]", SPOTS[0], false);
  assert.deepEqual(made.panned, [SPOTS[0], SPOTS[1]]);
  tools.press(" ", { x: 90, y: 9 }, false);
  assert.deepEqual(made.draft.now.parts, [[[0, 0, 90, 9, 100, 100]]]);
  tools.use("brush");
  tools.press(" ", SPOTS[2], true);
  assert.deepEqual(made.draft.now.strokes, [{ points: [[100, 100]], radius: 10, erases: true }]);
  assert.equal(tools.press("q", SPOTS[0], false), false);
});

test("while the server is waited for nothing is drawn", () => {
  const [made, tools] = work();
  made.isWaiting = true;
  tools.click(SPOTS[0], 5);
  tools.use("brush");
  assert.equal(tools.grab(SPOTS[0], 5, false), false);
  tools.press(" ", SPOTS[0], false);
  assert.deepEqual(made.draft.now.strokes, []);
  assert.deepEqual(made.draft.now.open, []);
});
