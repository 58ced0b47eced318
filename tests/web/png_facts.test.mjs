import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";

import { withFacts } from "../../dashboard/widgets/png_facts.js";

// One transparent pixel, as every PNG: signature, header, pixels, end.
const PIXEL = Uint8Array.from(Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42m"
  + "NkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64"));

function chunks(png) {
  const view = Buffer.from(png), found = [];
  for (let at = 8; at < view.length;) {
    const size = view.readUInt32BE(at), kind = view.toString("latin1", at + 4, at + 8);
    const body = view.subarray(at + 8, at + 8 + size);
    const isWhole = view.readUInt32BE(at + 8 + size) === crc32(view.subarray(at + 4, at + 8 + size));
    found.push({ kind, body, isWhole });
    at += 12 + size;
  }
  return found;
}

test("each fact is a text chunk of its own between header and pixels, with its checksum", () => {
  const found = chunks(Buffer.concat(withFacts(PIXEL, { run: "demo", threshold: "0.5" })));
  assert.deepEqual(found.map(({ kind }) => kind), ["IHDR", "iTXt", "iTXt", "IDAT", "IEND"]);
  assert.deepEqual(found.map(({ isWhole }) => isWhole), [true, true, true, true, true]);
  assert.equal(found[1].body.toString(), "idc:run\0\0\0\0\0demo");
  assert.equal(found[2].body.toString(), "idc:threshold\0\0\0\0\x000.5");
});

test("letters of every language are kept, and their bytes counted", () => {
  const found = chunks(Buffer.concat(withFacts(PIXEL, { patient: "Müller 三" })));
  assert.equal(found[1].body.length, "idc:patient\0\0\0\0\0".length + 11);
  assert.equal(found[1].body.toString("utf8").slice(-8), "Müller 三");
  assert.equal(found[1].isWhole, true);
});

test("the picture's own bytes stay as they are", () => {
  const [head, , rest] = withFacts(PIXEL, { run: "demo" });
  assert.deepEqual(Buffer.concat([head, rest]), Buffer.from(PIXEL));
  assert.deepEqual(Buffer.concat(withFacts(PIXEL, {})), Buffer.from(PIXEL));
});
