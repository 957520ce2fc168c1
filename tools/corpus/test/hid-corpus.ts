/// <reference types="node" />

/** The files of `hid`, and what of a report descriptor can be reckoned without the driver's parser. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A device of the corpus. */
export interface CorpusDevice {
  readonly name: string;
  /** Where in the source it is from. */
  readonly path: string;
  readonly vendor?: number;
  readonly product?: number;
  readonly subclass?: number;
  readonly protocol?: number;
  readonly descriptor_hex?: string;
  readonly configuration_hex?: string;
  /** Which package drives it; @busbar/hid where it is left out. */
  readonly package?: string;
  /** The error that opening it must end in; it opens where that is left out. */
  readonly refused?: string;
}

const folder = join(import.meta.dirname, "../hid");
const packages = join(import.meta.dirname, "../../../packages");

/** All devices, with the file that they are in. */
export const hidDevices: readonly (CorpusDevice & { readonly file: string })[] = readdirSync(folder)
  .sort()
  .flatMap((file) => {
    const { devices } = JSON.parse(readFileSync(join(folder, file), "utf8")) as {
      readonly devices: readonly CorpusDevice[];
    };
    return devices.map((device) => ({ ...device, file }));
  });

/** The path of a package's component. @param name "@busbar/hid" */
export function componentOf(name: string): string {
  const short = name.replace("@busbar/", "");
  return join(packages, short, "dist", `${short}.wasm`);
}

/** Bytes from hex. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

/**
 * The bits of each report, by its type and id ("input 1"), from nothing but the items that say how many there are: HID
 * 1.11, 6.2.2. Written apart from the driver's parser, to judge it.
 */
export function reportBits(descriptor: Uint8Array): Map<string, number> {
  const types: Readonly<Record<number, string>> = { 128: "input", 144: "output", 176: "feature" };
  let state = { size: 0, count: 0, id: 0 };
  const stack: (typeof state)[] = [];
  const bits = new Map<string, number>();
  for (let offset = 0; offset < descriptor.length; ) {
    const prefix = descriptor[offset]!;
    const length = [0, 1, 2, 4][prefix & 3]!;
    let value = 0;
    for (let byte = length; byte > 0; byte--) value = value * 256 + descriptor[offset + byte]!;
    const item = prefix & 0xfc;
    const type = types[item];
    if (type !== undefined) {
      const key = `${type} ${state.id}`;
      bits.set(key, (bits.get(key) ?? 0) + state.size * state.count);
    } else if (item === 0x74) state = { ...state, size: value };
    else if (item === 0x94) state = { ...state, count: value };
    else if (item === 0x84) state = { ...state, id: value };
    else if (item === 0xa4) stack.push(state);
    else if (item === 0xb4) state = stack.pop()!;
    offset += 1 + length;
  }
  return bits;
}
