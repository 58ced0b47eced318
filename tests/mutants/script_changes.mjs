// The same small errors for scripts: reads their paths as JSON from stdin, prints [[change, …], …].
// Acorn comes with ESLint.
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";

import { parse } from "../web/node_modules/acorn/dist/acorn.mjs";

const INSTEAD = {
  "<": ["comparison", "<=", ">"],
  "<=": ["comparison", "<", ">="],
  ">": ["comparison", ">=", "<"],
  ">=": ["comparison", ">", "<="],
  "===": ["comparison", "!=="],
  "!==": ["comparison", "==="],
  "+": ["arithmetic", "-"],
  "-": ["arithmetic", "+"],
  "*": ["arithmetic", "/"],
  "/": ["arithmetic", "*"],
  "&&": ["and/or", "||"],
  "||": ["and/or", "&&"],
  "??": ["and/or", "&&"],
};
const PAIRS = [
  ["min", "max"], ["floor", "ceil"], ["some", "every"], ["x", "y"], ["width", "height"],
  ["left", "top"], ["right", "bottom"], ["first", "last"], ["clientX", "clientY"],
  ["low", "high"], ["add", "remove"], ["start", "end"], ["soonest", "latest"],
  ["tp", "fp"], ["fn", "tn"], ["offsetX", "offsetY"], ["rows", "columns"],
];
const PARTNER = Object.fromEntries(PAIRS.flatMap(([one, other]) => [[one, other], [other, one]]));
const LEAVES = ["ReturnStatement", "ContinueStatement", "ThrowStatement"];

/** @param {string} path */
function changesOf(path) {
  const source = readFileSync(path, "utf-8");
  const found = [];
  const put = (operator, start, end, said) => {
    const [first, last] = [start, end].map((at) => Buffer.byteLength(source.slice(0, at)));
    found.push({ operator, start: first, end: last, new: said });
  };
  const instead = (operator, { start, end }, said) => put(operator, start, end, said);
  const of = (node) => source.slice(node.start, node.end);

  function exchanged(operator, parts) {
    for (let at = 0; at + 1 < parts.length; at++) {
      const [one, other] = [parts[at], parts[at + 1]];
      if (of(one) === of(other)) continue;
      put(operator, one.start, other.end, of(other) + source.slice(one.end, other.start) + of(one));
    }
  }

  function binary({ left, right, operator }) {
    const [kind, ...others] = INSTEAD[operator] ?? [];
    const isText = [left, right].some((each) => typeof each.value === "string" || each.type === "TemplateLiteral");
    if (kind === "arithmetic" && isText) return;
    const start = source.indexOf(operator, left.end);
    for (const said of others) put(kind, start, start + operator.length, said);
  }

  function literal(node) {
    if (typeof node.value === "boolean") instead("constant", node, String(!node.value));
    if (typeof node.value !== "number") return;
    const isSmall = Number.isInteger(node.value) && node.value < 10;
    instead("constant", node, String(isSmall ? node.value + 1 : node.value * 2));
  }

  const OF = {
    BinaryExpression: binary,
    LogicalExpression: binary,
    Literal: literal,
    UnaryExpression: (node) => {
      if (node.operator === "!") instead("dropped not", node, of(node.argument));
    },
    MemberExpression: ({ property, computed }) => {
      if (computed || !Object.hasOwn(PARTNER, property.name)) return;
      instead("wrong key", property, PARTNER[property.name]);
    },
    CallExpression: (node) => {
      const plain = node.arguments.every((each) => ["Identifier", "MemberExpression"].includes(each.type));
      if (plain) exchanged("swapped arguments", node.arguments);
    },
    IfStatement: (node) => {
      const { type, body } = node.consequent;
      const first = type === "BlockStatement" && body.length === 1 ? body[0] : node.consequent;
      if (!node.alternate && LEAVES.includes(first.type)) instead("missing early return", node, ";");
    },
    ArrayExpression: ({ elements }) => {
      if (elements.length < 2) return;
      put("dropped element", elements.at(-2).end, elements.at(-1).end, "");
    },
    TemplateLiteral: (node) => exchanged("swapped fields", node.expressions),
  };

  function visit(node) {
    OF[node.type]?.(node);
    for (const below of Object.values(node).flat()) if (below?.type) visit(below);
  }
  visit(parse(source, { ecmaVersion: "latest", sourceType: "module" }));
  return found;
}

console.log(JSON.stringify(JSON.parse(await text(process.stdin)).map(changesOf)));
