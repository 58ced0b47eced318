import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Marks, disc, placeOf, plotSize, squareOf } from "../../dashboard/widgets/moving_marks.js";
import { Fake, at, chart, said } from "./fake_svg.mjs";

let marks;

beforeEach(() => { marks = new Marks(); });

test("what was changed can be undone: attributes, texts, and shapes of our own", () => {
  const svg = chart({ now: [at(1, 2)], flag: [said("before")] });
  const [point] = marks.of(svg, "now"), [flag] = marks.of(svg, "flag");
  marks.set(point, "transform", "translate(3,4)");
  marks.set(point, "transform", "translate(5,6)");
  marks.set(point, "fill", "red");
  marks.say(flag, "after");
  marks.shapes(svg, "now", 3);
  assert.equal(marks.of(svg, "now").length, 3);
  marks.restore();
  assert.deepEqual(marks.of(svg, "now"), [point]);
  assert.deepEqual(Object.fromEntries(point.attributes), { transform: "translate(1,2)" });
  assert.equal(flag.textContent, "before");
});

test("one chart can be undone alone", () => {
  const [one, other] = [chart({ now: [at(1, 2)] }), chart({ now: [at(1, 2)] })];
  for (const svg of [one, other]) {
    marks.set(marks.of(svg, "now")[0], "transform", "translate(3,4)");
    marks.shapes(svg, "now", 2);
  }
  marks.restore(one);
  assert.deepEqual(marks.of(one, "now").map(placeOf), [{ x: 1, y: 2 }]);
  assert.deepEqual(placeOf(marks.of(other, "now")[0]), { x: 3, y: 4 });
  assert.equal(marks.of(other, "now").length, 2);
});

test("what Vega writes over it meanwhile is what is gone back to", () => {
  const svg = chart({ now: [at(1, 2)] });
  const [point] = marks.of(svg, "now");
  marks.set(point, "transform", "translate(3,4)");
  point.setAttribute("transform", "translate(10,20)");
  marks.overwritten(point, "transform");
  marks.set(point, "transform", "translate(30,40)");
  marks.restore();
  assert.equal(point.getAttribute("transform"), "translate(10,20)");
});

test("more shapes than Vega has drawn are added, fewer are hidden, none is removed, and they come back", () => {
  const svg = chart({ areas: [at(0, 0), at(1, 0)] });
  assert.equal(marks.shapes(svg, "areas", 4).length, 4);
  const one = marks.shapes(svg, "areas", 1);
  assert.equal(one.length, 1);
  const displays = () => marks.of(svg, "areas").map((each) => each.getAttribute("display"));
  assert.deepEqual(displays(), [null, "none", "none", "none"]);
  marks.shapes(svg, "areas", 3);
  assert.deepEqual(displays(), [null, null, null, "none"]);
});

test("a group that is drawn anew keeps no shape of ours", () => {
  const svg = chart({ areas: [at(0, 0)] });
  marks.shapes(svg, "areas", 3);
  const group = marks.group(svg, "areas");
  group.append(at(7, 7));
  marks.drawnAnew(new Set([group]));
  assert.deepEqual(group.children.map((each) => placeOf(each)?.x), [0, 7]);
});

test("a chart that is not drawn has no size, no marks, and nothing is added", () => {
  const svg = new Fake("svg", { root: "" });
  assert.equal(plotSize(svg), null);
  assert.deepEqual(marks.shapes(svg, "areas", 3), []);
  assert.deepEqual(marks.of(svg, "now"), []);
});

test("size and places are read where Vega writes them, and outlines are written as it does", () => {
  assert.deepEqual(plotSize(chart({})), { width: 200, height: 100 });
  assert.deepEqual(placeOf(at(1.5, -2e-3)), { x: 1.5, y: -0.002 });
  assert.equal(placeOf(new Fake("path")), null);
  assert.equal(disc(150), "M6.124,0A6.124,6.124,0,1,1,-6.124,0A6.124,6.124,0,1,1,6.124,0");
  assert.equal(squareOf(15.6816), "M-1.98,-1.98h3.96v3.96h-3.96Z");
});
