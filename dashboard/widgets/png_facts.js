// Each fact as a text chunk (iTXt) after the header of a PNG; as idc_core/facts/pictures.py does.

const AFTER_HEADER = 33;

/**
 * The parts of the PNG with its facts, in order; its pixels stay as they are.
 * @param {Uint8Array<ArrayBuffer>} png
 * @param {Record<string, string>} facts
 */
export function withFacts(png, facts) {
  const said = Object.entries(facts).map(([name, text]) =>
    chunk("iTXt", new TextEncoder().encode(`idc:${name}\0\0\0\0\0${text}`)),
  );
  return [png.slice(0, AFTER_HEADER), ...said, png.slice(AFTER_HEADER)];
}

/** @param {string} kind @param {Uint8Array} body */
function chunk(kind, body) {
  const whole = new Uint8Array(12 + body.length);
  const view = new DataView(whole.buffer);
  view.setUint32(0, body.length);
  whole.set(new TextEncoder().encode(kind), 4);
  whole.set(body, 8);
  view.setUint32(8 + body.length, checksum(whole.subarray(4, 8 + body.length)));
  return whole;
}

/** CRC-32, as the PNG specification has it. @param {Uint8Array} bytes */
function checksum(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
