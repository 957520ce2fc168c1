/** Bytes that are nearly right, and what must hold of each. Shared by the tests and by `fuzz.ts`. */

import type { Random } from "@busbar/fuzz";
import { DriverError, parseConfiguration } from "@busbar/guest";
import {
  BulkPayloads,
  chooseEndpoint,
  decodeProbe,
  FrameAssembler,
  findVideoFunction,
  modesOf,
} from "../src/index.ts";
import { payload, picture, realCamera, realCameras, simulatedCamera } from "./support.ts";

/** What damaged inputs are made from. */
export const corpus = [
  ...realCameras.map(realCamera),
  simulatedCamera("isochronous"),
  simulatedCamera("bulk"),
  payload({ clock: true }, picture(0, 60)),
  payload({ fid: 1, eof: true }, picture(1, 60)),
  Uint8Array.from([1, 0, 1, 1, 0x15, 0x16, 5, 0, ...Array<number>(14).fill(0), 0, 12, 0, 0]),
];

const MOST_PICTURE = 500;

/**
 * Feeds bytes to every parser.
 *
 * @returns whether they have a mode, a picture or the answer of a probe
 * @throws when anything else than a typed error comes out, or a result that cannot be
 */
export function exercise(input: Uint8Array, random: Random): boolean {
  return [
    typed(() => checkFunction(input)),
    typed(() => checkPayloads(input, random, false)),
    typed(() => checkPayloads(input, random, true)),
    typed(() => decodeProbe(input).maximumPayloadBytes > 0),
  ].includes(true);
}

function checkFunction(input: Uint8Array): boolean {
  const found = findVideoFunction(parseConfiguration(input));
  if (found === undefined) return false;
  let modes = 0;
  for (const { formats, endpoints } of found.streams) {
    const own = modesOf(formats);
    for (const { width, height, intervalMs, formatIndex, frameIndex } of own) {
      const isRight = width > 0 && height > 0 && intervalMs > 0 && formatIndex > 0 && frameIndex > 0;
      if (!isRight || !Number.isFinite(intervalMs)) throw new Error("a mode that cannot be");
    }
    // Each needs four bytes for its interval at least: nothing is made of a claim.
    if (own.length > 512 || own.length * 4 > input.length)
      throw new Error("more modes than there are bytes for");
    for (const { address, payloadBytes } of endpoints) {
      if (address < 0x80 || payloadBytes < 1 || payloadBytes > 0xffff)
        throw new Error("an endpoint that cannot be");
    }
    if (endpoints.length > 0) typed(() => chooseEndpoint(endpoints, 1).payloadBytes > 0);
    modes += own.length;
  }
  return modes > 0;
}

/** The input again and again, in pieces, as payloads or as what bulk transfers bring. */
function checkPayloads(input: Uint8Array, random: Random, isBulk: boolean): boolean {
  const assembler = new FrameAssembler({ maximumBytes: MOST_PICTURE, isPicture: (data) => data[0] === 0xff });
  const bulk = new BulkPayloads(assembler, 1 + random(200));
  let isAny = false;
  let sequence = -1;
  for (let offset = 0, piece = 1; offset < input.length; offset += piece) {
    piece = 1 + random(80);
    const data = input.subarray(offset, offset + piece);
    if (isBulk) bulk.add(data, 1 + random(80));
    else assembler.addPayload(data);
    if (random(30) === 0) assembler.skip();
    for (let frame = assembler.take(); frame !== undefined; frame = assembler.take()) {
      if (frame.data.length > MOST_PICTURE || frame.data[0] !== 0xff)
        throw new Error("a picture that cannot be");
      if (frame.sequence <= sequence) throw new Error("pictures that are out of order");
      sequence = frame.sequence;
      isAny = true;
    }
  }
  return isAny;
}

/** A typed error is a right answer. */
function typed(body: () => boolean): boolean {
  try {
    return body();
  } catch (error) {
    if (error instanceof DriverError) return false;
    throw error;
  }
}

/** Payloads of a stream, one after the other, with headers that are mostly right. */
export function randomPayloads(random: Random): Uint8Array {
  const parts = Array.from({ length: 1 + random(12) }, () => {
    const flags = random(256);
    const header = [random(10) === 0 ? random(256) : 2, flags];
    const data = Array.from({ length: random(60) }, (_, index) => (index === 0 ? 0xff : random(256)));
    return [...header, ...data];
  });
  return Uint8Array.from(parts.flat());
}
