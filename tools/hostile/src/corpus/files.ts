/** What stands where a component is expected: files that are none, or not whole, and binaries without measure. */

import type { HostileCase } from "../case.ts";
import { sensor } from "../wat/sensor.ts";
import { wat } from "../wat/text.ts";

const preamble = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
const noWasm = "./case.wasm is not a WebAssembly file; name a component built by busbar build.";

function file(
  name: string,
  bytes: () => Promise<Uint8Array> | Uint8Array,
  ends: HostileCase["ends"],
  more: Partial<HostileCase> = {},
): HostileCase {
  return { name, kind: "sensor", bytes: async () => bytes(), ends, ...more };
}

/** See above. */
export const files: readonly HostileCase[] = [
  file("an empty file", () => new Uint8Array(), noWasm),
  file("a text", () => new TextEncoder().encode("#!/bin/sh\nrm -rf /\n"), noWasm),
  file("a zip", () => Uint8Array.of(0x50, 0x4b, 3, 4, ...new Array<number>(100).fill(0)), noWasm),
  file(
    "a core module",
    () => wat("(module)"),
    /^\.\/case\.wasm is a core WebAssembly module, not a component/,
    { byCommand: true },
  ),
  file(
    "an empty component",
    () => Uint8Array.from(preamble),
    /^\.\/case\.wasm is no device driver: it exports nothing/,
  ),
  file(
    "a component that is cut",
    async () => (await sensor()).slice(0, -100),
    /^\.\/case\.wasm cannot be linked: .*; use another build of it\.$/,
    { byCommand: true },
  ),
  file(
    "a component that is doubled",
    async () => {
      const one = await sensor();
      return Uint8Array.from([...one, ...one]);
    },
    /^\.\/case\.wasm cannot be linked: .*; use another build of it\.$/,
  ),
  file(
    "components nested 10,000 deep",
    () => nested(10_000),
    /^\.\/case\.wasm cannot be linked: components are nested more than \d+ deep; use another build of it\.$/,
  ),
  file(
    "3 million imports",
    () => imports(3_000_000),
    /^\.\/case\.wasm cannot be linked: .*; use another build of it\.$|^\.\/case\.wasm imports/,
  ),
  file(
    "a section that says it has 4 GiB",
    () => Uint8Array.of(...preamble, 0, 0xff, 0xff, 0xff, 0xff, 0x0f),
    /^\.\/case\.wasm cannot be linked: .*; use another build of it\.$/,
  ),
  file(
    "a list that says it has four thousand million items",
    () => Uint8Array.of(...preamble, 10, 5, 0xff, 0xff, 0xff, 0xff, 0x0f),
    /^\.\/case\.wasm cannot be linked: .*; use another build of it\.$/,
  ),
];

/** Unsigned LEB128. */
function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

/** Components in components. */
function nested(depth: number): Uint8Array {
  const heads: number[][] = [];
  let size = preamble.length;
  for (let level = 0; level < depth; level += 1) {
    const head = [...preamble, 4, ...leb(size)];
    heads.push(head);
    size += head.length;
  }
  return Uint8Array.from([...heads.reverse().flat(), ...preamble]);
}

/** A component that imports so many instances of a type without anything in it. */
function imports(count: number): Uint8Array {
  const type = [7, 3, 1, 0x42, 0];
  const body = new Uint8Array(5 + count * 12);
  let at = leb(count).length;
  body.set(leb(count));
  for (let index = 0; index < count; index += 1) {
    body[at + 1] = 8;
    body[at + 2] = 0x61;
    // Seven letters from "a" to "p".
    for (let digit = 0; digit < 7; digit += 1) body[at + 3 + digit] = 0x61 + ((index >>> (4 * digit)) & 0x0f);
    body[at + 10] = 5;
    at += 12;
  }
  const contents = body.subarray(0, at);
  const size = leb(at);
  const bytes = new Uint8Array(preamble.length + type.length + 1 + size.length + at);
  bytes.set([...preamble, ...type, 10, ...size]);
  bytes.set(contents, bytes.length - at);
  return bytes;
}
